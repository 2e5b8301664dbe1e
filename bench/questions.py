"""The questions of the pages, asked of our index and, in the same run, of pandas, polars, DuckDB and plain SQL.

    pip install -r bench/requirements.txt
    python bench/questions.py corpus.db [REPETITIONS]

All are given the same works, in memory and prepared the way each likes best (pandas and polars: a boolean column per label; DuckDB: a
table of works and one of labels; SQL: the tracker's own SQLite file). Engines take turns, question by question; an answer that differs
from ours is named. Printed: median milliseconds, and in brackets how many times ours. The word is asked of the
store's full-text index by us and by SQL, and looked for in titles and abstracts by the others, which have no such index and no stems.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl

from tracker.data_files import read_taxonomy
from tracker.domain.dates import PartialDate
from tracker.settings import read_settings
from tracker.store.opening import open_store
from tracker.views.filters import Filters
from tracker.views.gaps import cross
from tracker.views.index import Index, Selection, day_number, select
from tracker.views.periods import count_periods

FIRST, LAST = day_number(PartialDate("2024").first_day()), day_number(PartialDate("2025-06").last_day())
FILTERS = Filters(from_=PartialDate("2024"), to=PartialDate("2025-06"), application=("intervention",), preprints="1")
AREAS = ("education", "assessment", "intervention")
RISKS = ("inaccuracy", "inequality_stigma", "unethical_services", "insufficient_reliability", "opacity")
Engine = dict[str, Callable[[], Any]]


@dataclass(frozen=True)
class Works:
    """What everybody is given: a row a work in scope."""

    frame: pd.DataFrame
    labels: list[str]


def read_works(index: Index) -> Works:
    """The works in scope with a boolean column for every label."""
    rows = index.rows("works")
    kept = np.flatnonzero(rows.in_scope)
    columns: dict[str, Any] = {"key": rows.keys[kept], "day": rows.published_first[kept], "month": rows.months[kept]}
    for label, found in rows.labels.items():
        carries = np.zeros(len(rows), np.bool_)
        carries[found] = True
        columns[label] = carries[kept]
    return Works(pd.DataFrame(columns), list(rows.labels))


def ours(index: Index, search: Callable[..., Any], labels: list[str]) -> Engine:
    """Our own answers; no selection is remembered from one question to the next."""
    taxonomy = read_taxonomy(read_settings())
    areas = [taxonomy.label(f"application:{area}") for area in AREAS]
    risks = [taxonomy.label(f"risk:{risk}") for risk in RISKS]
    as_of = PartialDate("2026-10-31").first_day()

    def selected(filters: Filters = FILTERS) -> Selection:
        index.forget()
        return select(index, filters, search=search)

    def months() -> Any:
        periods = count_periods(selected(Filters(from_=FILTERS.from_, to=FILTERS.to)), as_of=as_of, labels=labels)
        return {label: sum(periods.counts[label]) for label in labels}

    return {
        "count a filter": lambda: selected().count,
        "months of every label": months,
        "areas by risks": lambda: [[cell.count for cell in row] for row in cross(selected(Filters()), areas, risks)],
        "newest fifty": lambda: len(selected().keys("newest", 0, 50)),
        "a word": lambda: selected(Filters(q="hotline")).count,
    }


def with_pandas(works: Works) -> Engine:
    """Masks and group-by."""
    frame = works.frame
    wanted = [f"application:{area}" for area in AREAS]

    def chosen() -> pd.DataFrame:
        return frame[(frame["day"] >= FIRST) & (frame["day"] <= LAST) & frame["application:intervention"]]

    def months() -> Any:
        dated = frame[(frame["day"] >= FIRST) & (frame["day"] <= LAST)]
        return dated.groupby("month")[works.labels].sum().sum().to_dict()

    return {
        "count a filter": lambda: len(chosen()),
        "months of every label": months,
        "areas by risks": lambda: [[int((frame[area] & frame[f"risk:{risk}"]).sum()) for risk in RISKS] for area in wanted],
        "newest fifty": lambda: len(chosen().sort_values(["day", "key"], ascending=[False, True])["key"].head(50)),
        "a word": lambda: int(frame["text"].str.contains("hotline", regex=False).sum()),
    }


def with_polars(works: Works) -> Engine:
    """Lazy frames, all its threads."""
    frame = pl.from_pandas(works.frame.drop(columns="text")).with_columns(pl.Series("text", works.frame["text"].tolist()))
    in_dates = (pl.col("day") >= FIRST) & (pl.col("day") <= LAST)
    chosen = frame.lazy().filter(in_dates & pl.col("application:intervention"))
    pairs = [(pl.col(f"application:{area}") & pl.col(f"risk:{risk}")).sum().alias(f"{area}:{risk}") for area in AREAS for risk in RISKS]

    def months() -> Any:
        monthly = frame.lazy().filter(in_dates).group_by("month").agg(pl.col(works.labels).sum()).collect()
        return monthly.select(pl.col(works.labels).sum()).row(0, named=True)

    return {
        "count a filter": lambda: chosen.select(pl.len()).collect().item(),
        "months of every label": months,
        "areas by risks": lambda: np.array(frame.lazy().select(pairs).collect().row(0)).reshape(len(AREAS), len(RISKS)).tolist(),
        "newest fifty": lambda: chosen.sort(["day", "key"], descending=[True, False]).select("key").head(50).collect().height,
        "a word": lambda: frame.lazy().select(pl.col("text").str.contains("hotline", literal=True).sum()).collect().item(),
    }


def with_sql(execute: Callable[[str], list[tuple[Any, ...]]], works: str, labels: str) -> Engine:
    """The same statements for any engine that speaks SQL; *works* and *labels* are tables or subqueries of it."""
    dated = f"day BETWEEN {FIRST} AND {LAST}"
    carrying = f"SELECT work FROM {labels} AS l WHERE label = 'application:intervention'"
    names = {
        name: ", ".join(f"'{facet}:{one}'" for one in ones) for name, facet, ones in (("a", "application", AREAS), ("r", "risk", RISKS))
    }
    pairs = (
        f"SELECT a.label, r.label, count(*) FROM {labels} AS a JOIN {labels} AS r ON a.work = r.work JOIN {works} AS w ON w.work = a.work "
        f"WHERE a.label IN ({names['a']}) AND r.label IN ({names['r']}) GROUP BY 1, 2"
    )

    def months() -> Any:
        text = f"SELECT month, label, count(*) FROM {works} AS w JOIN {labels} AS l ON l.work = w.work WHERE {dated} GROUP BY 1, 2"
        found: dict[str, int] = {}
        for _, label, count in execute(text):
            found[label] = found.get(label, 0) + count
        return found

    def crossed() -> Any:
        found = {(area, risk): count for area, risk, count in execute(pairs)}
        return [[found.get((f"application:{area}", f"risk:{risk}"), 0) for risk in RISKS] for area in AREAS]

    return {
        "count a filter": lambda: execute(f"SELECT count(*) FROM {works} AS w WHERE {dated} AND work IN ({carrying})")[0][0],
        "months of every label": months,
        "areas by risks": crossed,
        "newest fifty": lambda: len(
            execute(f"SELECT work FROM {works} AS w WHERE {dated} AND work IN ({carrying}) ORDER BY day DESC, work LIMIT 50")
        ),
    }


def with_duckdb(works: Works) -> Engine:
    """In memory, all its threads."""
    connection = duckdb.connect()
    facts = works.frame[["key", "day", "month", "text"]].rename(columns={"key": "work"})
    long = [pd.DataFrame({"work": works.frame.loc[works.frame[label], "key"], "label": label}) for label in works.labels]
    connection.register("facts", facts)
    connection.register("long", pd.concat(long))
    connection.execute("CREATE TABLE works AS SELECT * FROM facts")
    connection.execute("CREATE TABLE labels AS SELECT * FROM long")
    engine = with_sql(lambda text: connection.execute(text).fetchall(), "works", "labels")
    scan = "SELECT count(*) FROM works WHERE contains(text, 'hotline')"
    return {**engine, "a word": lambda: connection.execute(scan).fetchall()[0][0]}


def with_sqlite(path: str) -> Engine:
    """The tracker's own file: what a page without an index would ask."""
    connection = sqlite3.connect(path)
    seconds = "min(published_first) * 86400, 'unixepoch'"
    month = f"CAST(strftime('%Y', {seconds}) AS INT) * 12 + strftime('%m', {seconds})"
    works = f"(SELECT work, min(published_first) AS day, {month} AS month FROM record GROUP BY work HAVING max(in_scope))"
    labels = (
        "(SELECT DISTINCT record.work AS work, label.name AS label FROM record_label JOIN label ON label.id = record_label.label_id "
        "JOIN record ON record.id = record_label.record_id)"
    )
    found = "SELECT rowid FROM record_fts WHERE record_fts MATCH 'hotline'"
    text = f"SELECT count(DISTINCT work) FROM record WHERE id IN ({found}) AND work IN (SELECT work FROM record WHERE in_scope)"
    engine = with_sql(lambda statement: connection.execute(statement).fetchall(), works, labels)
    return {**engine, "a word": lambda: connection.execute(text).fetchall()[0][0]}


def main() -> None:
    """Ask and print."""
    path, repetitions = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 7
    with closing(open_store(f"sqlite:///{path}")) as store:
        index = Index(store.load_index())
        works = read_works(index)
        works.frame["text"] = _texts(path, works.frame["key"])
        engines = {
            "ours": ours(index, store.search, works.labels),
            "pandas": with_pandas(works),
            "polars": with_polars(works),
            "DuckDB": with_duckdb(works),
            "SQLite": with_sqlite(path),
        }
        print(f"{len(works.frame):,} works in scope, {len(works.labels)} labels; median ms (times ours) of {repetitions}")
        print(f"  {'':24}" + "".join(f"{name:>18}" for name in engines))
        for question in engines["ours"]:
            _ask(question, engines, repetitions if len(works.frame) < 300_000 else 3)


def _ask(question: str, engines: dict[str, Engine], repetitions: int) -> None:
    answers = {name: engine[question]() for name, engine in engines.items()}
    times: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(repetitions):
        for name, engine in engines.items():
            start = time.perf_counter()
            engine[question]()
            times[name].append(1000 * (time.perf_counter() - start))
    medians = {name: statistics.median(found) for name, found in times.items()}
    cells = [f"{median:9.2f} ({median / medians['ours']:5.1f})" for median in medians.values()]
    differing = [name for name, answer in answers.items() if answer != answers["ours"]]
    print(f"  {question:24}" + "".join(f"{cell:>18}" for cell in cells) + (f"   other answer: {', '.join(differing)}" if differing else ""))


def _texts(path: str, keys: pd.Series) -> list[str]:
    with sqlite3.connect(path) as connection:
        found = dict(connection.execute("SELECT work, lower(title || ' ' || abstract) FROM record JOIN record_text ON record_id = id"))
    return [found[key] for key in keys]


if __name__ == "__main__":
    main()
