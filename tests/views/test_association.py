"""What chance alone would give, and when a difference is more than that."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.views.association import Chance

CRITICAL = 1.959964**2  # chi-squared with one degree of freedom, 5 %


def test_chance_gives_the_product_of_the_shares() -> None:
    """Of 100 papers 20 carry one label and 30 the other: 6 would carry both, with the variance of Pearson's test."""
    chance = Chance.of(20, 30, 100)

    assert (chance.expected, chance.variance) == (6.0, pytest.approx(3.36))
    assert chance.is_enough


def test_nothing_is_expected_of_no_papers() -> None:
    """An empty selection breaks nothing and says nothing."""
    chance = Chance.of(0, 0, 0)

    assert (chance.expected, chance.is_enough, chance.is_certain) == (0.0, False, False)
    assert chance.interval(0) == (0.0, math.inf)


def test_label_of_all_papers_leaves_nothing_to_compare() -> None:
    """Filtered to education, every paper is on education: its risks are as frequent there as anywhere, and no finding."""
    chance = Chance.of(59, 17, 59)

    assert (chance.expected, chance.is_certain, chance.is_enough) == (17.0, True, False)
    assert chance.interval(17) == (1.0, 1.0)


def test_empty_cell_has_an_interval_that_begins_at_nothing() -> None:
    """None of 7.5 expected: from nothing to less than half."""
    low, high = Chance.of(25, 30, 100).interval(0)

    assert low == 0.0
    assert high == pytest.approx(0.2689, abs=1e-4)


@given(st.data())
def test_interval_leaves_one_out_exactly_where_pearsons_test_finds_a_relation(data: st.DataObject) -> None:
    """The interval and the chi-squared test of the fourfold table never contradict each other."""
    n = data.draw(st.integers(20, 2000))
    row, column = data.draw(st.integers(1, n - 1)), data.draw(st.integers(1, n - 1))
    both = data.draw(st.integers(max(0, row + column - n), min(row, column)))
    without = (row - both, column - both, n - row - column + both)
    squared = n * (both * without[2] - without[0] * without[1]) ** 2 / (row * column * (n - row) * (n - column))

    low, high = Chance.of(row, column, n).interval(both)

    assert low <= high
    if abs(squared - CRITICAL) > 1e-6:
        assert (low > 1 or high < 1) == (squared > CRITICAL)
