"""The papers that ``--filter`` asks for, with what writing them takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import NamedTuple

from tracker.data_files import read_taxonomy
from tracker.domain.taxonomy import Taxonomy
from tracker.pipeline.opening import open_tracker
from tracker.settings import read_settings
from tracker.store.base import Store
from tracker.views.filters import read_filters
from tracker.views.index import Index, Selection, select


class Selected(NamedTuple):
    """The papers, the store that holds them, the taxonomy that names their labels."""

    selection: Selection
    store: Store
    taxonomy: Taxonomy

    def filters_in_words(self) -> str:
        """What was asked for."""
        return self.selection.filters.in_words(self.taxonomy)


@contextmanager
def open_selected(text: str) -> Iterator[Selected]:
    """What the filters in *text* keep, until the block ends. Raises ``FilterError`` for filters that nobody knows."""
    settings = read_settings()
    taxonomy = read_taxonomy(settings)
    filters = read_filters(text, taxonomy)
    with closing(open_tracker(settings)) as store:
        yield Selected(select(Index(store.load_index()), filters, search=store.search), store, taxonomy)
