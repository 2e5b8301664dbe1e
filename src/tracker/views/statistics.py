"""Shares and ratios with their uncertainty, and when there are too few to give one. Intervals are 95 %.

Authorities: Wilson (1927) for a share, recommended by Brown, Cai and DasGupta (2001); for the ratio of two Poisson counts the same
interval of after ÷ (before + after), which is binomial given the sum (Przyborowski and Wilenski, 1940); for the difference of two
shares Newcombe's (1998, Statistics in Medicine 17:873) tenth method, made of the two Wilson intervals.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

TOO_FEW = 20  # no percentage below so many
TOO_FEW_TO_COMPARE = 40  # no ratio below so many in both periods together
Z95 = 1.959964  # normal quantile of 0.975


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``n``. ``share``, ``low`` and ``high`` are 0 to 1; 0, 0 and 1 where n is 0."""

    count: int
    n: int

    @property
    def is_enough(self) -> bool:
        """Whether a percentage may be shown."""
        return self.n >= TOO_FEW

    @property
    def share(self) -> float:
        """The share found."""
        return self.count / self.n if self.n else 0.0

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return wilson(self.count, self.n)[0]

    @property
    def high(self) -> float:
        """The upper end of the interval."""
        return wilson(self.count, self.n)[1]


@dataclass(frozen=True, slots=True)
class Growth:
    """How many in one period and in the one before, both of the same length. Ratios are after ÷ before; ``inf`` where before is 0."""

    before: int
    after: int

    @property
    def is_enough(self) -> bool:
        """Whether a ratio may be shown; else it is too few to say."""
        return self.before + self.after >= TOO_FEW_TO_COMPARE

    @property
    def ratio(self) -> float:
        """The ratio found; 1 where there is nothing at all."""
        return _odds(self.after / (self.before + self.after)) if self.before + self.after else 1.0

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return _odds(wilson(self.after, self.before + self.after)[0])

    @property
    def high(self) -> float:
        """The upper end of the interval."""
        return _odds(wilson(self.after, self.before + self.after)[1])

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the interval leaves "same" out, and there are enough to say so."""
        return self.is_enough and not self.low <= 1 <= self.high


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two shares of different papers are apart, *after* − *before*, −1 to 1."""

    before: Share
    after: Share

    @property
    def is_enough(self) -> bool:
        """Whether both shares may be shown."""
        return self.before.is_enough and self.after.is_enough

    @property
    def value(self) -> float:
        """The difference found."""
        return self.after.share - self.before.share

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return self.value - math.hypot(self.after.share - self.after.low, self.before.high - self.before.share)

    @property
    def high(self) -> float:
        """The upper end of the interval."""
        return self.value + math.hypot(self.after.high - self.after.share, self.before.share - self.before.low)

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the interval leaves "no difference" out, and there are enough to say so."""
        return self.is_enough and not self.low <= 0 <= self.high


def wilson(count: int, n: int) -> tuple[float, float]:
    """The score interval of *count* in *n*; everything where n is 0.

    >>> [round(end, 3) for end in wilson(8, 40)]
    [0.105, 0.348]
    """
    if n == 0:
        return 0.0, 1.0
    share, square = count / n, Z95 * Z95
    middle = share + square / (2 * n)
    reach = Z95 * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    low, high = (middle - reach) / (1 + square / n), (middle + reach) / (1 + square / n)
    return (0.0 if count == 0 else low), (1.0 if count == n else high)


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else math.inf
