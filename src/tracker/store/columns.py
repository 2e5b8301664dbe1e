"""Column types that mean the same in every engine: instants, words as they came, and plain JSON."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_decode = json.JSONDecoder().raw_decode  # reads what _encode wrote: nothing stands around the value
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once: a page of records has 12,000 values
# PostgreSQL keeps no NUL, no engine keeps half of a surrogate pair (UTF-8 has neither place for it). Both are written as a mark
# and four digits, all of them control characters, so that in the search index they part words as the originals would.
_MARK = "\x90"
_UNKEEPABLE = re.compile(f"[\x00{_MARK}\ud800-\udfff]")
_ESCAPED = re.compile(f"{_MARK}([\x80-\x8f]{{4}})")


def to_microseconds(instant: datetime) -> int:
    """Microseconds since 1970-01-01 UTC. Raises ``ValueError`` for an instant without a zone.

    >>> to_microseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone; the store keeps UTC only")
    return (instant - _EPOCH) // _MICROSECOND


def to_keepable(text: str) -> str:
    """*text* with what an engine cannot keep written otherwise; :func:`from_keepable` undoes it, whatever the text.

    >>> from_keepable(to_keepable("a\\x00b")) == "a\\x00b"
    True
    """
    if text.isascii() and "\0" not in text:  # nine of ten, and known at a glance
        return text
    return _UNKEEPABLE.sub(lambda found: _MARK + "".join(chr(0x80 + int(digit, 16)) for digit in f"{ord(found[0]):04x}"), text)


def from_keepable(text: str) -> str:
    """The text that :func:`to_keepable` was given."""
    if _MARK not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int("".join(f"{ord(digit) - 0x80:x}" for digit in found[1]), 16)), text)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as microseconds since 1970: exact, sortable and the same in every engine."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Datetime to number; ``None`` stays."""
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Number to datetime; ``None`` stays."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class Name(TypeDecorator[str]):
    """Text of our own making (keys, states): stored as it is; asking for a name that no engine can keep finds nothing."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Text to what can be kept; ``None`` stays."""
        return None if value is None else to_keepable(value)


class Words(TypeDecorator[str]):
    """Text as somebody else wrote it: comes back to the character, whatever it holds."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Text to what can be kept; ``None`` stays."""
        return None if value is None else to_keepable(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """What was kept to the text; ``None`` stays."""
        return None if value is None else from_keepable(value)


class PlainJson(TypeDecorator[Any]):
    """Plain JSON as compact text, characters unescaped (so that the search index reads words); SQL null is ``None``."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Value to text; ``None`` stays."""
        if isinstance(value, list) and not value:  # two lists of three
            return "[]"
        return None if value is None else to_keepable(_encode(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Text to value; ``None`` stays."""
        if value is None:
            return None
        return [] if value == "[]" else _decode(from_keepable(value))[0]
