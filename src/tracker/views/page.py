"""What every page starts from: the data, opened once per process, the filters, and the works they mean.

Shared by all sessions and never changed: the store, one index per data version (:mod:`tracker.views.live`), the taxonomy.
(``st.cache_data`` would copy them on every run; the resource caches hand out the thing itself.) Everything else is made anew on
each run.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

import streamlit as st

from tracker import data_files
from tracker.domain.taxonomy import Taxonomy
from tracker.errors import ConfigurationError, FilterError, SearchSyntaxError, SearchTooLongError, TrackerError
from tracker.pipeline.opening import open_tracker
from tracker.settings import Settings, read_settings
from tracker.store.base import Store
from tracker.views import html, notices
from tracker.views.filters import Filters
from tracker.views.index import Index, Selection, select
from tracker.views.index_reading import read_aside
from tracker.views.live import Live, Shared
from tracker.views.widgets import address, sidebar

_LOOK_AGAIN = 1.0  # seconds between looks whether the index of newer data is ready
_run = threading.local()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything a page needs. ``faults`` are sentences about the address; ``bad_search`` the error of words that cannot be read
    or take too long to find, which are then left out of ``selection`` (but not of ``filters``). ``now`` is the aware UTC instant
    of this run.
    """

    settings: Settings
    store: Store
    taxonomy: Taxonomy
    shared: Shared
    filters: Filters
    selection: Selection
    faults: tuple[str, ...] = ()
    bad_search: FilterError | None = None
    now: datetime

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever gathered."""
        return len(self.shared.index.columns.ids) == 0

    @property
    def noun(self) -> str:
        """``work`` or ``record``: what is counted."""
        return self.selection.unit.removesuffix("s")

    @property
    def is_sample(self) -> bool:
        """Whether the shipped sample stands in for a source."""
        return notices.is_sample(self.shared.states, self.shared.about, self.settings.sources)

    @property
    def as_of(self) -> date:
        """The day the data speak of: what comes after it is not known yet."""
        return notices.data_day(self.shared.states, self.shared.newest, now=self.now)

    @property
    def thin_before(self) -> date | None:
        """Up to which day the sample is thin; ``None`` where no sample stands in."""
        return notices.thin_before(self.shared.about) if self.is_sample else None

    @property
    def sources_line(self) -> str:
        """The beginning of every source line: ``arXiv, PubMed, by 20 Aug 2026``; of a sample only its last month is known."""
        names = ", ".join(notices.SOURCE_NAMES.get(source, source) for source in self.settings.sources)
        return f"{names}, {notices.reach(self.shared.states, self.as_of, sample=self.is_sample)}"


def prepare(name: str) -> View:
    """Open the data, read the address, draw the sidebar. Called by the shell before the page called *name*."""
    data = _open()
    filters, faults = address.read(data.taxonomy, data.settings.sources, page=name)
    years = range(data.now.year, max(data.taxonomy.scope.earliest_year, 2000) - 1, -1)
    fresh = notices.freshness(data.shared.states, data.settings.sources, now=data.now)
    sidebar.show(filters, data.taxonomy, years=list(years), freshness=fresh)
    if data.live.is_behind(data.shared):
        st.fragment(_wait_for_newer, run_every=_LOOK_AGAIN)(data.live, data.shared)
    return _look(data, filters, faults)


def again(filters: Filters, faults: Sequence[str]) -> View:
    """The same view on the data as they are now, for a fragment that runs by itself: without :func:`prepare`."""
    return _look(_open(), filters, faults)


def view() -> View:
    """What was prepared for this run."""
    prepared: View = _run.view
    return prepared


@dataclass(frozen=True, slots=True)
class _Data:
    """What there is to look at, before any filter."""

    settings: Settings
    taxonomy: Taxonomy
    store: Store
    live: Live
    shared: Shared
    now: datetime


def _open() -> _Data:
    settings = read_settings()
    taxonomy = _taxonomy(settings)
    store = _store(settings.database_url, str(settings.data_dir), settings)
    live = _live(settings.database_url, store)
    return _Data(settings, taxonomy, store, live, live.current(), datetime.now(UTC))


def _look(data: _Data, filters: Filters, faults: Sequence[str]) -> View:
    """The view of *filters*, from now on that of this run."""
    selection, bad_search = _select(data.shared.index, filters, data.store)
    _run.view = View(
        settings=data.settings, store=data.store, taxonomy=data.taxonomy, shared=data.shared, filters=filters, selection=selection,
        faults=tuple(faults), bad_search=bad_search, now=data.now,
    )  # fmt: skip
    return view()


def failure(error: TrackerError) -> None:
    """In place of what failed: one clear sentence, every fault, and no traceback."""
    head, *rest = str(error).splitlines() or [""]
    problems = error.problems if isinstance(error, ConfigurationError) and rest else rest
    lines = "".join(f"<li>{html.escape(problem)}</li>" for problem in problems)
    faults = f"<ul>{lines}</ul>" if lines else ""
    advice = "Correct this and reload the page; `tracker check` names every fault at once."
    st.html(
        '<div class="mh"><div class="box bad" role="alert"><h2>The tracker cannot show its data</h2>'
        f"<p>{html.escape(head)}</p>{faults}<p class='mut'>{html.code_words(advice)}</p></div></div>"
    )


def _select(index: Index, filters: Filters, store: Store) -> tuple[Selection, FilterError | None]:
    try:
        return select(index, filters, search=store.search), None
    except (SearchSyntaxError, SearchTooLongError) as error:
        return select(index, filters.without("q"), search=store.search), error


def _taxonomy(settings: Settings) -> Taxonomy:
    """The taxonomy as the file stands now: who edits it need not restart the app."""
    try:
        changed_at = settings.taxonomy_path.stat().st_mtime_ns
    except OSError:
        changed_at = 0
    return _parsed_taxonomy(str(settings.taxonomy_path), changed_at, settings)


@st.cache_resource(max_entries=2, show_spinner=False)
def _parsed_taxonomy(path: str, changed_at: int, _settings: Settings) -> Taxonomy:
    return data_files.read_taxonomy(_settings)


@st.cache_resource(max_entries=2, show_spinner="Opening the data …", on_release=lambda store: store.close())
def _store(url: str, data_dir: str, _settings: Settings) -> Store:
    return open_tracker(_settings)


@st.cache_resource(max_entries=2, show_spinner="Opening the data …", on_release=lambda live: live.close())
def _live(url: str, _opened: Store) -> Live:
    live = Live(_opened, read_aside=partial(read_aside, url))
    live.current()
    gc.freeze()  # what is here stays: looking at it all again, as the collector does now and then, stops every reader for 60 ms
    return live


def _wait_for_newer(live: Live, shown: Shared) -> None:
    """Run the page again when the index of newer data is ready."""
    if live.current() is not shown:
        st.rerun()
    with st.sidebar:
        st.html('<div class="mh"><p class="mut" role="status">Newer data are being prepared; shown are those before.</p></div>')
