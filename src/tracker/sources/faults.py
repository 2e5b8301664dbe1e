"""What can go wrong with one request, and how long to wait before the next try. Touches no network.

Which fault means what, and the times: observed behaviour of both services (arXiv answers 429 and 406 without
``Retry-After``, NCBI 429 with it), condensed in :class:`RetryRules`; ``Retry-After`` has two forms (RFC 9110, 10.2.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from tracker.errors import MalformedAnswerError, SourceError, SourceThrottledError, SourceUnavailableError
from tracker.sources.clock import Clock

MAX_WAIT_SECONDS = 300.0
# Whoever has no network should hear so within half a minute.
UNREACHABLE_TRIES = 3
UNREACHABLE_BASE_SECONDS = 2.0
UNREACHABLE_SECONDS = 30.0
BREAKER_SECONDS = 3600.0
_IPV4 = r"\d{1,3}(?:\.\d{1,3}){3}"
_ADDRESS = re.compile(  # yes: 203.0.113.7, 2001:db8::1, ::ffff:192.0.2.1   no: 12:30, 1.2.3
    rf"(?<![\w.:])(?:(?:[0-9a-f]{{0,4}}:){{2,7}}(?:{_IPV4}|[0-9a-f]{{1,4}})|{_IPV4})(?![\w:])", re.IGNORECASE
)


class FaultKind(StrEnum):
    """Three kinds, because they are waited out differently."""

    THROTTLED = "throttled"  # we are too many for it: another request of the same shape is right, later
    BROKEN = "broken"  # its answer is unusable: a request of another shape may do better
    UNREACHABLE = "unreachable"  # nobody answers: probably the network on this side


class TransientError(Exception):
    """A fault that another try may mend; never leaves :mod:`tracker.sources.http`. ``reason`` fits into a sentence."""

    def __init__(self, kind: FaultKind, reason: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.kind, self.reason, self.retry_after_seconds = kind, reason, retry_after_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRules:
    """How patient to be with one service: the first wait after each kind of fault (doubled each time), and the tries."""

    throttled_seconds: float
    broken_seconds: float
    tries: int = 6

    def first_wait(self, kind: FaultKind) -> float:
        """Seconds before the second try."""
        return {
            FaultKind.THROTTLED: self.throttled_seconds,
            FaultKind.BROKEN: self.broken_seconds,
            FaultKind.UNREACHABLE: UNREACHABLE_BASE_SECONDS,
        }[kind]


class Patience:
    """Counts the faults of one request until it is enough. ``reshaped`` counts those that ask for another shape."""

    def __init__(self, source: str, host: str, rules: RetryRules, clock: Clock) -> None:
        self._source, self._host, self._rules, self._clock = source, host, rules, clock
        self._began = clock.monotonic()
        self.faults = 0
        self.reshaped = 0
        self._unreachable = 0

    def seconds_after(self, fault: TransientError | MalformedAnswerError) -> float:
        """How long to wait before the next try. Raises the error to end with when there have been enough."""
        kind = fault.kind if isinstance(fault, TransientError) else FaultKind.BROKEN
        asked = fault.retry_after_seconds if isinstance(fault, TransientError) else None
        self.faults += 1
        self.reshaped += kind is FaultKind.BROKEN
        self._unreachable += kind is FaultKind.UNREACHABLE
        if self._is_enough(kind) or (asked or 0.0) > MAX_WAIT_SECONDS:
            raise self._final_error(fault, kind, asked) from fault
        wait = min(self._rules.first_wait(kind) * 2 ** (self.faults - 1), MAX_WAIT_SECONDS) if asked is None else asked
        return wait * (1 + 0.25 * self._clock.random())  # the jitter keeps clients that failed together from returning together

    def _is_enough(self, kind: FaultKind) -> bool:
        if kind is FaultKind.UNREACHABLE:
            late = self._clock.monotonic() - self._began > UNREACHABLE_SECONDS
            return late or self._unreachable >= UNREACHABLE_TRIES or self.faults >= self._rules.tries
        return self.faults >= self._rules.tries

    def _final_error(self, fault: TransientError | MalformedAnswerError, kind: FaultKind, asked: float | None) -> SourceError:
        if isinstance(fault, MalformedAnswerError):
            return fault
        tries = f"after {self.faults} tries" if self.faults > 1 else "at the first try"
        if kind is FaultKind.UNREACHABLE:
            return SourceUnavailableError(
                self._source,
                f"{self._source} could not be reached: {self._host} {fault.reason}; check the network connection, then refresh again",
            )
        rest = max(BREAKER_SECONDS, asked or 0.0)
        when = f"wait {'an hour' if rest <= BREAKER_SECONDS else f'{rest / 3600:.0f} hours'}, then refresh again"
        if kind is FaultKind.THROTTLED:
            message = f"{self._source} refuses for now: {self._host} {fault.reason} ({tries}); {when}"
            return SourceThrottledError(self._source, message, retry_after_seconds=rest)
        message = f"{self._source} keeps failing: {self._host} {fault.reason} ({tries}); {when}"
        return SourceUnavailableError(self._source, message, retry_after_seconds=rest)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a ``Retry-After`` header asks for, from either form; ``None`` if there is none or it cannot be read.

    >>> from datetime import UTC
    >>> parse_retry_after("Mon, 23 Nov 2026 06:00:30 GMT", datetime(2026, 11, 23, 6, tzinfo=UTC))
    30.0
    """
    text = (value or "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (TypeError, ValueError):
        return None


def redact(text: str, secrets: tuple[str, ...] = ()) -> str:
    """*text* of a service on one line, at most 300 characters, without *secrets*, network addresses and signs that cannot be printed.

    The last are escapes that a terminal would obey, and marks that turn the reading direction.

    >>> redact("API key abc123 from 203.0.113.7 is wrong", ("abc123",))
    'API key [key] from [address] is wrong'
    """
    for secret in secrets:
        text = text.replace(secret, "[key]")
    printable = "".join(char if char.isprintable() else " " for char in _ADDRESS.sub("[address]", text))
    return " ".join(printable.split())[:300]
