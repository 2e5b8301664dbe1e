"""The tracker in a notebook: open the data, filter, count, draw, take a table along, label a text of your own.

    >>> import tracker
    >>> labelling = tracker.classify("A chatbot built on GPT-4 for people with depression", "It gives emotional support.")
    >>> labelling.in_scope, sorted(labelling.labels["application"])
    (True, ['emotional_support', 'intervention'])

Numbers are those of the dashboard: the same filters (the words of its address), the same index, the same counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType

import pandas as pd
import plotly.graph_objects as go

from tracker.data_files import read_taxonomy
from tracker.domain.classifier import Classifier
from tracker.domain.record import Labelling
from tracker.domain.taxonomy import Label, Taxonomy
from tracker.errors import FilterError
from tracker.pipeline.opening import open_tracker
from tracker.pipeline.table import FACETS_WITH_FLAGS, column_names, to_row
from tracker.pipeline.whole_file import open_whole
from tracker.settings import Settings, read_settings
from tracker.store.base import Store
from tracker.store.opening import open_store
from tracker.views import charts, frames, gaps, notices, periods
from tracker.views.exports import FORMATS, stream_entries, write_export
from tracker.views.filters import read_filters
from tracker.views.index import Index, Selection, select
from tracker.views.live import Shared
from tracker.views.palettes import palette


def open_papers(database: str | Path | None = None) -> Papers:
    """The papers of *database* (a file or an address), by default those the settings name; the shipped sample where there are none yet.

    Raises ``ConfigurationError`` for wrong settings, ``StoreUnavailableError`` where nothing can be read. Use it in a ``with``, or close
    it.
    """
    settings = read_settings()
    if database is None:
        return Papers(open_tracker(settings), settings)
    url = str(database) if "://" in str(database) else f"sqlite:///{Path(database).absolute()}"
    return Papers(open_store(url, search_seconds=settings.search_seconds or None), settings)


def classify(title: str, abstract: str | None = None) -> Labelling:
    """Label a text by the rules in force: whether it is in scope, its labels with their strength (1 named, 2 studied), the evidence."""
    return _classifier().classify(title=title, abstract=abstract)


class Papers:
    """An open database and its index, as they were when it was opened."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._sources = settings.sources
        self._shared = Shared(Index(store.load_index()), store.load_harvest_states(), store.load_about())
        self.taxonomy: Taxonomy = read_taxonomy(settings)

    def __enter__(self) -> Papers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Papers: {self.select().count:,} works in scope, data to {self.as_of}, taxonomy {self.taxonomy.version}>"

    def close(self) -> None:
        """Let go of the database. Tables and figures made before stay."""
        self._store.close()

    @property
    def as_of(self) -> date:
        """The day the data speak of; the month that holds it is not over."""
        return notices.data_day(self._shared.states, self._shared.newest, now=datetime.now(UTC))

    @property
    def is_sample(self) -> bool:
        """Whether the shipped sample still stands in for a source that was never harvested completely."""
        return notices.is_sample(self._shared.states, self._shared.about, self._sources)

    def select(self, filters: str = "") -> Found:
        """The papers that *filters* keep: the dashboard's address after the question mark, ``application=assessment&from=2025``.

        Raises ``FilterError`` for a filter nobody knows, ``SearchSyntaxError`` for words that cannot be read,
        ``SearchTooLongError`` for those that take too long to find.
        """
        return Found(self, select(self._shared.index, read_filters(filters, self.taxonomy), search=self._store.search))

    def labels(self, facet: str) -> list[Label]:
        """The first-level labels of *facet*, in taxonomy order. Raises ``FilterError`` for a facet there is not."""
        if facet not in self.taxonomy.facets:
            raise FilterError(f"There is no facet {facet!r}; those there are: {', '.join(self.taxonomy.facets)}.")
        return frames.main_labels(self.taxonomy, facet)


class Found:
    """The works (or records, with ``count=records``) that a filter keeps."""

    def __init__(self, papers: Papers, selection: Selection) -> None:
        self._papers, self._selection = papers, selection

    def __len__(self) -> int:
        return self.count

    def __repr__(self) -> str:
        return f"<Found: {self.count:,} {self._selection.unit}: {self.in_words}>"

    @property
    def count(self) -> int:
        """How many there are."""
        return self._selection.count

    @property
    def in_words(self) -> str:
        """The filter as a phrase."""
        return self._selection.filters.in_words(self._papers.taxonomy)

    @property
    def keys(self) -> list[str]:
        """Their keys, newest first."""
        return self._selection.keys()

    def frame(self, *, limit: int | None = None) -> pd.DataFrame:
        """A row a paper, newest first (only the first *limit* of them), with the columns of the CSV file.

        Text cells are as in the file (lists joined by ``; ``, dates at the precision that is known, empty: not given); the columns of
        labels and ``is_preprint`` are integers.
        """
        names = column_names(self._papers.taxonomy)
        rows = [to_row(entry, names) for entry in stream_entries(self._papers._store, self._selection.members(stop=limit))]
        made = pd.DataFrame(rows, columns=list(names), dtype="str")
        whole = ["is_preprint", *(name for name in names if name.partition(":")[0] in FACETS_WITH_FLAGS and ":" in name)]
        return made.astype(dict.fromkeys(whole, "int8"))

    def label_counts(self, facet: str) -> pd.DataFrame:
        """A row a first-level label: ``count``, ``share`` of all papers found, and its 95 % interval ``low`` to ``high`` (0 to 1)."""
        found = frames.count_labels(self._selection, self._papers.labels(facet))
        rows = [(one.label.id, one.label.name, one.share.count, one.share.share, one.share.low, one.share.high) for one in found.labels]
        return pd.DataFrame(rows, columns=["label", "name", "count", "share", "low", "high"]).set_index("label")

    def per_period(self, facet: str = "application", *, grain: str = "month") -> pd.DataFrame:
        """Papers per month, quarter or year (*grain*): a row a period (its first day), a column a label of *facet*, and ``all``.

        Retracted and withdrawn papers are left out, and so is the period that is not over.
        """
        made = self._periods(facet, grain)
        columns = {"all": made.totals, **{name.partition(":")[2]: counts for name, counts in made.counts.items()}}
        starts = pd.DatetimeIndex(pd.to_datetime(list(made.starts)), name=grain)
        return pd.DataFrame(columns, index=starts).iloc[: made.complete]

    def crossed(self, rows: str = "application", columns: str = "risk", *, expected: bool = False) -> pd.DataFrame:
        """Papers with a label of facet *rows* and one of *columns*; *expected*: how many there would be if the two were unrelated."""
        down, across = self._papers.labels(rows), self._papers.labels(columns)
        table = gaps.cross(self._selection, down, across)
        values = [[cell.expected if expected else cell.count for cell in line] for line in table]
        return pd.DataFrame(values, index=[one.id for one in down], columns=[one.id for one in across])

    def figure(self, *, months: int = 24) -> go.Figure:
        """The newest *months* as bars, the one that is not over hatched, retracted and withdrawn papers left out."""
        made = self._periods("application", periods.MONTH).recent()
        return charts.month_bars(
            made.starts[-months:], made.totals[-months:], mean=[None] * len(made.starts[-months:]), open_from=made.open_from,
            thin_before=notices.thin_before(self._papers._shared.about) if self._papers.is_sample else None, colours=palette(is_dark=False),
        )  # fmt: skip

    def write(self, path: str | Path, *, format_name: str | None = None) -> int:
        """Write them to *path*, which appears only when it is whole; returns how many. The bytes are those of the app's download.

        *format_name* is ``csv``, ``excel``, ``ris``, ``bibtex`` or ``jsonl``; by default what the file's ending says. Raises
        ``FilterError`` if it says nothing.
        """
        known = {one.suffix: one.name for one in FORMATS.values()}
        chosen = format_name or known.get(Path(path).suffix)
        if chosen not in FORMATS:
            raise FilterError(f"{str(path)!r} does not say in which format; give format_name, one of {', '.join(FORMATS)}.")
        with open_whole(Path(path)) as stream:
            return write_export(stream, chosen, self._selection, self._papers._store, self._papers.taxonomy)

    def _periods(self, facet: str, grain: str) -> periods.Periods:
        if grain not in periods.GRAINS:
            raise FilterError(f"There is no grain {grain!r}; those there are: {', '.join(periods.GRAINS)}.")
        labels: Sequence[str] = [one.key for one in self._papers.labels(facet)]
        return periods.count_periods(self._selection.standing, as_of=self._papers.as_of, grain=grain, labels=labels)

    def _repr_html_(self) -> str:
        """The newest ten, for a notebook's screen; titles are escaped."""
        shown = ["key", "title", "published", "application", "risk"]
        return str(self.frame(limit=10)[shown].to_html(index=False, escape=True))


@lru_cache(maxsize=1)
def _classifier() -> Classifier:
    return Classifier(read_taxonomy(read_settings()))
