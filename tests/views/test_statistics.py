"""Intervals against published values, and the point below which there are too few to say."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.views.statistics import Difference, Growth, Share, wilson


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_equals_the_published_intervals(count: int, n: int, low: float, high: float) -> None:
    """Newcombe (1998, Statistics in Medicine 17:857), table I, method 3."""
    assert wilson(count, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.integers(0, 500), st.integers(0, 500))
def test_interval_holds_what_was_found(before: int, after: int) -> None:
    """Low ≤ found ≤ high, whatever the counts."""
    growth, share = Growth(before, after), Share(before, before + after)

    assert growth.low <= growth.ratio <= growth.high
    assert share.low <= share.share <= share.high


def test_ratio_of_two_counts_has_an_interval() -> None:
    """166 → 214 papers grew by 1.29, and beyond chance."""
    growth = Growth(166, 214)

    assert (round(growth.ratio, 2), round(growth.low, 2), round(growth.high, 2)) == (1.29, 1.05, 1.58)
    assert growth.is_beyond_chance is True


def test_growth_from_nothing_is_endless_but_bounded_below() -> None:
    """No paper before, 50 after: at least so much, without an upper end."""
    growth = Growth(0, 50)

    assert (growth.ratio, growth.high) == (math.inf, math.inf)
    assert 12 < growth.low < 14


@pytest.mark.parametrize(("before", "after", "expected"), [(1, 4, False), (15, 24, False), (20, 20, True), (0, 0, False)])
def test_few_papers_are_too_few_to_compare(before: int, after: int, expected: bool) -> None:
    """Under 40 in both periods together no ratio is given, nor called beyond chance."""
    growth = Growth(before, after)

    assert growth.is_enough is expected
    assert not (growth.is_beyond_chance and not expected)


def test_share_of_nothing_says_nothing() -> None:
    """No papers: no percentage, and an interval from 0 to 1."""
    share = Share(0, 0)

    assert (share.is_enough, share.share, share.low, share.high) == (False, 0.0, 0.0, 1.0)
    assert Share(3, 20).is_enough is True


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [((48, 80), (56, 70), 0.0524, 0.3339), ((3, 10), (9, 10), 0.1705, 0.8090), ((0, 10), (10, 10), 0.6075, 1.0)],
)
def test_difference_equals_the_published_intervals(first: tuple[int, int], second: tuple[int, int], low: float, high: float) -> None:
    """Newcombe (1998, Statistics in Medicine 17:873), table II, method 10."""
    difference = Difference(Share(*first), Share(*second))

    assert (difference.low, difference.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_difference_of_few_is_not_beyond_chance() -> None:
    """Under twenty in one of the two there is nothing to say, however far apart they are."""
    assert Difference(Share(0, 40), Share(40, 40)).is_beyond_chance
    assert not Difference(Share(0, 19), Share(40, 40)).is_beyond_chance
