"""A helper process reads the very same columns."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import small_corpus
from tracker import aside
from tracker.aside import Aside
from tracker.domain.search import SearchNode
from tracker.store.opening import open_store
from tracker.views.filters import Filters
from tracker.views.index import Index
from tracker.views.index_reading import read_aside
from tracker.views.rows import RECORDS, WORKS


def test_index_made_aside_is_the_same(tmp_path: Path) -> None:
    """Every column, label and number; what pages wait for is made; it selects like one made here, and nobody can change it."""
    settings = small_corpus.make_data_dir(tmp_path / "data")
    small_corpus.fill(settings, small_corpus.make_papers())

    found = read_aside(settings.database_url)

    with closing(open_store(settings.database_url)) as store:
        expected = store.load_index()
    assert found is not None
    for field in fields(expected):
        np.testing.assert_equal(getattr(found.columns, field.name), getattr(expected, field.name))
    here = Index(expected)
    for unit in (WORKS, RECORDS):
        for field in fields(here.rows(unit)):
            np.testing.assert_equal(getattr(found.rows(unit), field.name), getattr(here.rows(unit), field.name))
    assert {"newest", "label_bits", "studied_bits"} <= vars(found.rows(WORKS)).keys()
    education = Filters(application=("education",))
    assert found.select(education, nothing).keys() == here.select(education, nothing).keys() != []
    with pytest.raises(ValueError, match="read-only"):
        found.rows(WORKS).status[0] = 1


def nothing(_: SearchNode) -> NDArray[np.int64]:
    """A search that nobody makes."""
    raise AssertionError


def test_database_nobody_can_read_gives_none(tmp_path: Path) -> None:
    """The caller then reads it itself, and hears first-hand what is wrong."""
    assert read_aside(f"sqlite:///{tmp_path / 'none.db'}") is None


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system has no precedence of processes")
def test_helper_that_yields_stands_back() -> None:
    """Readers come first."""
    helper = Aside(yields=True)
    helper.start()

    found = helper.try_call(os.getpriority, os.PRIO_PROCESS, 0)

    helper.close()
    assert found == min(19, os.getpriority(os.PRIO_PROCESS, 0) + aside.BEHIND)
