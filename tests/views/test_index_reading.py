"""A helper process reads the very same columns."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import small_corpus
from tracker import aside
from tracker.aside import Aside
from tracker.store.opening import open_store
from tracker.views.index_reading import read_aside


def test_columns_read_aside_are_the_same(tmp_path: Path) -> None:
    """Every column, label and number."""
    settings = small_corpus.make_data_dir(tmp_path / "data")
    small_corpus.fill(settings, small_corpus.make_papers())

    found = read_aside(settings.database_url)

    with closing(open_store(settings.database_url)) as store:
        expected = store.load_index()
    assert found is not None
    for field in fields(expected):
        np.testing.assert_equal(getattr(found, field.name), getattr(expected, field.name))


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
