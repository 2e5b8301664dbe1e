"""Two labels together: how often they occur, how often they would if they were unrelated, and what can be said of the difference.

Authority: with both totals fixed, the count of papers with both labels has the mean ``row × column ÷ n`` and the variance that Pearson's
test of the fourfold table uses (1900). The interval is the score interval of a ratio to that mean: it leaves 1 out exactly where
that test, at 5 % and without correction, says that the two are related. It is 95 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tracker.views.statistics import Z95

EXPECTED_ENOUGH = 5.0  # papers expected; below it the interval is not to be trusted (Cochran 1954)


@dataclass(frozen=True, slots=True)
class Chance:
    """What would be found if the two labels were unrelated: ``expected`` papers with both, ``variance`` of that count (papers²)."""

    expected: float
    variance: float

    @classmethod
    def of(cls, row: int, column: int, n: int) -> Chance:
        """From how many papers carry each label, of *n*; nothing is expected of no papers.

        >>> Chance.of(20, 30, 100).expected
        6.0
        """
        if n == 0:
            return cls(0.0, 0.0)
        expected = row * column / n
        return cls(expected, expected * (1 - row / n) * (1 - column / n))

    @property
    def is_certain(self) -> bool:
        """Whether one of the labels is carried by all papers: then the count cannot be another, and there is nothing to compare."""
        return self.expected > 0 and self.variance == 0

    @property
    def is_enough(self) -> bool:
        """Whether a ratio may be shown; else it is too few to say."""
        return self.expected >= EXPECTED_ENOUGH and not self.is_certain

    def interval(self, observed: int) -> tuple[float, float]:
        """The ends of observed ÷ expected; 0 and infinity where nothing is expected.

        >>> [round(end, 2) for end in Chance.of(20, 30, 100).interval(3)]
        [0.22, 1.14]
        """
        if self.expected == 0:
            return 0.0, math.inf
        middle = 2 * observed * self.expected + Z95 * Z95 * self.variance
        reach = math.sqrt(max(0.0, middle * middle - 4 * (observed * self.expected) ** 2))
        scale = 2 * self.expected * self.expected
        return (middle - reach) / scale, (middle + reach) / scale
