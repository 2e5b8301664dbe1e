"""What the tests of the views share."""

from __future__ import annotations

import pytest

from small_taxonomy import make_taxonomy
from tracker.domain.taxonomy import Taxonomy


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    """The small taxonomy; unchanged by every test."""
    return make_taxonomy()
