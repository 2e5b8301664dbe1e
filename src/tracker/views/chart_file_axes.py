"""The axes of a figure for its picture: where a value stands, which ticks there are and what they say.

Reads plotly's own words for an axis (``range``, ``tickvals``, ``tickformat``, ``domain``, …) as far as our figures use them; where a
figure leaves the range or the ticks to plotly they are found here in much the same way.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from tracker.views.wording import MONTHS

Value = float | None  # a place on an axis in its own unit: days since 1970, a category's number, or the number itself
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2}.*)?$")  # "2026-03", "2026-03-21T06:00"; not "2026", not "GPT-4"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICKS = 6  # how many, where the axis does not say
_HEADROOM = 0.05  # of the range, where the figure does not say


@dataclass(slots=True)
class Axis:
    """One axis. ``low`` and ``high`` are its ends in its own unit (a log axis': powers of ten); a turned one has low > high."""

    name: str
    spec: Mapping[str, Any]
    categories: list[str] = field(default_factory=list)
    low: float = 0.0
    high: float = 1.0

    @property
    def is_x(self) -> bool:
        """Whether it runs from left to right."""
        return self.name.startswith("x")

    @property
    def domain(self) -> tuple[float, float]:
        """Which part of the plot it spans."""
        first, last = self.spec.get("domain") or (0.0, 1.0)
        return float(first), float(last)

    @property
    def is_shown(self) -> bool:
        """Whether its ticks have words."""
        return bool(self.spec.get("visible", True) and self.spec.get("showticklabels", True))

    def number(self, value: Any) -> Value:
        """*value* of the data in the axis' own unit; ``None`` for a gap."""
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return None
        if isinstance(value, str) and _DATE.match(value) and self.spec.get("type") != "category":
            return _days(value)
        if isinstance(value, str):
            if value not in self.categories:
                self.categories.append(value)
            return float(self.categories.index(value))
        if self.spec.get("type") == "log":
            return math.log10(value) if value > 0 else None
        return float(value)

    def fraction(self, place: float) -> float:
        """How far along the axis *place* is, 0 to 1."""
        return (place - self.low) / ((self.high - self.low) or 1.0)

    def ticks(self) -> list[tuple[float, str]]:
        """Place and words of each tick within the range."""
        if not self.spec.get("visible", True):
            return []
        given = self.spec.get("tickvals")
        places = [self.number(value) for value in values(given)] if given is not None else self._own_places()
        texts = self.spec.get("ticktext")
        words = list(values(texts)) if texts is not None else [self._words(place) for place in places if place is not None]
        low, high = sorted((self.low, self.high))
        return [(at, str(text)) for at, text in zip(places, words, strict=False) if at is not None and low - 1e-6 <= at <= high + 1e-6]

    def settle(self, seen: Sequence[float], *, from_zero: bool) -> None:
        """Find the range: the one given, else that of the places *seen*."""
        given = self.spec.get("range")
        if given:
            ends = [self._end(value) for value in given]
            self.low, self.high = ends
            return
        if self.categories and not from_zero:
            self.low, self.high = -0.5, len(self.categories) - 0.5
        else:
            low, high = (min(seen), max(seen)) if seen else (0.0, 1.0)
            is_zero = from_zero or self.spec.get("rangemode") == "tozero"
            room = (high - low or abs(high) or 1.0) * _HEADROOM
            self.low = min(0.0, low - room if low < 0 else 0.0) if is_zero else low - room
            self.high = max(0.0, high + room) if is_zero else high + room
        if self.spec.get("autorange") == "reversed":
            self.low, self.high = self.high, self.low

    def _end(self, value: Any) -> float:
        """An end of a range: of a log axis plotly gives it as the power already."""
        if isinstance(value, str) and _DATE.match(value):
            return _days(value)
        return float(value)

    def _own_places(self) -> list[Value]:
        if self.categories:
            return [float(number) for number in range(len(self.categories))]
        low, high = sorted((self.low, self.high))
        step = _nice((high - low) / max(1, int(self.spec.get("nticks") or _TICKS) - 1))
        return [round(number * step, 9) for number in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]

    def _words(self, place: float) -> str:
        pattern = str(self.spec.get("tickformat") or "")
        if self.categories:
            return self.categories[int(place)]
        if "%b" in pattern or "%Y" in pattern:
            day = _EPOCH + timedelta(days=place)
            return pattern.replace("%b", MONTHS[day.month - 1]).replace("%Y", str(day.year))
        if pattern.endswith("%"):
            return f"{place * 100:.0f}%"
        return f"{self.spec.get('tickprefix') or ''}{place:,.10g}{self.spec.get('ticksuffix') or ''}"


def values(given: Any) -> list[Any]:
    """A trace's values as a list; plotly packs arrays of numbers into base64."""
    if given is None:
        return []
    if isinstance(given, Mapping) and "bdata" in given:
        return list(np.frombuffer(base64.b64decode(given["bdata"]), given["dtype"]).tolist())
    return list(given)


def periods_middle(starts: Iterable[Any], period: str | None, alignment: str | None) -> list[Any]:
    """Plotly's ``xperiod``: the middle of each month, where a trace asks for it."""
    days = list(starts)
    if not period or alignment != "middle":
        return days
    reach = int(period.removeprefix("M")) * 365.25 / 24
    return [(_EPOCH + timedelta(days=_days(str(day)) + reach)).isoformat() for day in days]


def _days(text: str) -> float:
    day = datetime.fromisoformat(text if len(text) > 7 else f"{text}-01")
    aware = day if day.tzinfo else day.replace(tzinfo=UTC)
    return (aware - _EPOCH) / timedelta(days=1)


def _nice(step: float) -> float:
    """The next of 1, 2, 5, 10 … above *step*."""
    if step <= 0:
        return 1.0
    power = math.pow(10, math.floor(math.log10(step)))
    return power * next(factor for factor in (1, 2, 5, 10) if factor * power >= step * (1 - 1e-9))
