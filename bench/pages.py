"""How long the server needs for each page, beside the same page written the usual way.

    tracker bench corpus 100000 -o corpus.db
    python bench/pages.py corpus.db [REPETITIONS]         or a URL, as in TRACKER_DATABASE_URL

Runs the real pages as Streamlit does (its own AppTest; timed is the run of the script in Streamlit's runner, every element sent),
each with every kind of filter, and prints the median and the worst of the repetitions in milliseconds, and after the stroke the
processor's median (on a busy machine the better guide). Each repetition is a new session, and the selections of earlier ones are
forgotten: these are times of a filter nobody has used yet. "Usual" is the page as one would write it first,
``bench/usual_app.py``: the records as a pandas frame in ``st.cache_data``, ``plotly.express``, ``st.dataframe``; it shows less. An
empty script shows what Streamlit itself takes.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import streamlit as st
from streamlit.runtime.scriptrunner import ScriptRunner
from streamlit.testing.v1 import AppTest

from tracker.views import live

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("overview", "trends", "gap_map", "papers", "whats_new", "methods", "data")
FILTERS = {
    "no filter": {},
    "dates": {"from": "2024", "to": "2025-06"},
    "application and risk": {"application": "intervention", "risk": "inaccuracy"},
    "source, no preprints": {"source": "pubmed", "preprints": "0"},
    "since a day": {"since": "2026-09-01"},
    "rare word": {"q": "kleklar"},
    "common word": {"q": "emotional support"},
    "word of nearly all": {"q": "results"},
    "all but a word": {"q": "-results"},
    "records, all scope": {"count": "records", "scope": "all"},
}
EMPTY = "import streamlit as st\nst.write('.')\n"
BESIDE = ("no filter", "dates", "application and risk")  # what the usual pages can do as well
USUAL = ("trends", "gap_map", "papers")
_TIMES: list[tuple[float, float]] = []  # seconds and processor seconds of each run of a script, in order


def main() -> None:
    """Measure and print."""
    database, repetitions = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 9
    os.environ["TRACKER_DATABASE_URL"] = database if "://" in database else f"sqlite:///{Path(database).resolve()}"
    is_file = os.environ["TRACKER_DATABASE_URL"].startswith("sqlite")  # all that the usual way reads
    indexes = _remember_indexes()
    _time_scripts()
    print(f"{database}: median ms (worst) / processor of {repetitions}; Streamlit {st.__version__}; load {os.getloadavg()[0]:.1f}")
    print(f"  {'empty script':34}{_row(_time(lambda: AppTest.from_string(EMPTY).run(), repetitions))}")
    for page in PAGES:
        print(f"  {page}")
        for name, filters in FILTERS.items() if page in (*USUAL, "overview") else [("no filter", {})]:
            line = f"    {name:32}{_row(_time(_ours(page, filters, indexes), repetitions))}"
            if page in USUAL and name in BESIDE and is_file:
                line += f"   usual {_row(_time(_usual(page, filters), repetitions))}"
            print(line, flush=True)
    print(f"  memory of this process: {psutil.Process().memory_info().rss / 1e6:,.0f} MB")


def _remember_indexes() -> list[live.Shared]:
    """Every index that the app makes from now on, so that its selections can be forgotten."""
    made: list[live.Shared] = []
    original = live.Live._make

    def make(self: live.Live) -> live.Shared:
        made.append(original(self))
        return made[-1]

    live.Live._make = make  # type: ignore[method-assign]
    return made


def _ours(page: str, filters: dict[str, str], indexes: list[live.Shared]) -> Callable[[], AppTest]:
    def run() -> AppTest:
        for shared in indexes:
            shared.index.forget()
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        if page != "overview":
            app.switch_page(f"pages/{page}.py")
        for name, value in filters.items():
            app.query_params[name] = value
        return app.run()

    return run


def _usual(page: str, filters: dict[str, str]) -> Callable[[], AppTest]:
    def run() -> AppTest:
        app = AppTest.from_file(str(Path(__file__).with_name("usual_app.py")), default_timeout=120)
        for name, value in {"page": page, **filters}.items():
            app.query_params[name] = value
        return app.run()

    return run


def _time(action: Callable[[], AppTest], repetitions: int) -> list[tuple[float, float]]:
    """Milliseconds, and those of the processor, of each repetition."""
    action()
    found = []
    for _ in range(repetitions):
        _TIMES.clear()
        app = action()
        if app.exception:
            raise SystemExit(f"a page failed: {app.exception[0].message}")
        # A page whose address leads elsewhere runs more than once; these belong together.
        found.append((1000 * sum(wall for wall, _ in _TIMES), 1000 * sum(cpu for _, cpu in _TIMES)))
    return found


def _time_scripts() -> None:
    """Let Streamlit's runner write down how long each run of a script took."""
    original = ScriptRunner._run_script

    def run(self: ScriptRunner, *arguments: Any) -> None:
        start, cpu = time.perf_counter(), time.thread_time()
        original(self, *arguments)
        _TIMES.append((time.perf_counter() - start, time.thread_time() - cpu))

    ScriptRunner._run_script = run  # type: ignore[method-assign]


def _row(times: list[tuple[float, float]]) -> str:
    walls, processor = zip(*times, strict=True)
    return f"{statistics.median(walls):8.0f} ({max(walls):.0f}) / {statistics.median(processor):.0f}"


if __name__ == "__main__":
    main()
