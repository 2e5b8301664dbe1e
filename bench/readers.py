"""Many readers at once: while a refresh writes, and in real browsers.

    tracker bench corpus 100000 -o corpus.db
    python bench/readers.py writing corpus.db      10 sessions read in one process while another writes 10,000 records
    python bench/readers.py thinking corpus.db     the same, and each session looks at what it read for one to four seconds
    python bench/readers.py browsers corpus.db     10 tabs of a real Chromium use the app at once
    python bench/readers.py writing postgresql+psycopg://…     in that database itself, filled with `tracker snapshot load corpus.db`

*writing* and *thinking* print how long a read takes (the newest data, filters that nothing is remembered of, in half of the reads with
a search for two words, the first 50 works with their text) in quiet and while pages of 500 records are written, four pages a round, and
count errors; before that, how many reads a second there are with and without turns (tracker/store/one_by_one.py). There are 20 different
reads, because a search for common words takes longer than one for rare ones; each read is compared with the median of the same one in the
quiet just before and after its round. *browsers* prints how long it takes from a click on the next page of the table until it is on the
screen and everything is at rest; a reader looks at each for two to six seconds. All work on a copy of a file.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from urllib.request import urlopen

from playwright.async_api import Browser, Page, async_playwright

from tracker.commands.refresh import BEHIND_READERS
from tracker.data_files import read_taxonomy
from tracker.domain.classifier import Classifier
from tracker.domain.dates import PartialDate
from tracker.domain.record import Record
from tracker.pipeline.synthetic import make_records
from tracker.settings import read_settings
from tracker.store import sqlite
from tracker.store.base import Change, Decision, Store
from tracker.store.one_by_one import LONGEST, OneByOne
from tracker.store.opening import open_store
from tracker.views.filters import Filters
from tracker.views.index import select
from tracker.views.index_reading import read_aside
from tracker.views.live import Live

SESSIONS, PAGES, PAGE = 10, 20, 500
ROUNDS = 5  # of writing, each with quiet before and after: the machine's speed changes
READS = 20  # different ones
QUIET_SECONDS = 15  # without a pause; with one, four times as long
COMPARED_SECONDS = 20
CLICKS = 8
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
ROOT = Path(__file__).resolve().parents[1]
WORDS = ("hotline", "chatbot", "anxiety", "depression", "results", "support", "patients", "training", "safety", "empathy", "prompt")
AREAS, RISKS = ("education", "assessment", "intervention"), ("inaccuracy", "opacity", "unethical_services")


def main() -> None:
    """One of the two."""
    what, database = sys.argv[1:]
    if what == "write":
        write(database)
        return
    with tempfile.TemporaryDirectory() as folder:
        url = database
        if "://" not in database:
            shutil.copyfile(database, Path(folder) / "tracker.db")
            url = f"sqlite:///{folder}/tracker.db"
        if what == "browsers":
            browsers(url)
        else:
            writing(url, pause=(1.0, 4.0) if what == "thinking" else (0.0, 0.0))


def writing(url: str, *, pause: tuple[float, float] = (0.0, 0.0)) -> None:
    """Sessions read, in quiet and while another process writes, by turns. *pause*: seconds between two reads of a session, from and to."""
    command = [sys.executable, __file__, "write", url]
    with (
        closing(open_store(url)) as store,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer,
    ):
        live = Live(store, read_aside=partial(read_aside, url))
        live.current().index.rows("works").ordered("newest")
        gc.freeze()  # as the app does
        errors: list[str] = []
        rest = QUIET_SECONDS * (4 if any(pause) else 1)
        _compare_turns(live, store, errors, pause)
        _next_line(writer)  # it has made its papers
        before = store.count_records()
        quiet, busy, seconds, fresh = [_read_for(rest, live, store, errors, pause)], [], 0.0, []
        for _ in range(ROUNDS):
            started = time.monotonic()
            busy.append(_read_until(_start_round(writer), live, store, errors, pause))
            seconds += time.monotonic() - started
            fresh.append(_await_index(live))
            quiet.append(_read_for(rest, live, store, errors, pause))
        print(f"{store.count_records() - before:,} records written in {seconds:.0f} s; {len(errors)} errors of readers {errors[:3]}")
        print(f"index fresh {statistics.median(fresh):.1f} s after the last commit of a round, {max(fresh):.1f} at most")
    around = [_medians(*quiet[number : number + 2]) for number in range(ROUNDS)]
    _tell("quiet", quiet, [around[max(0, number - 1)] for number in range(ROUNDS + 1)])
    _tell("writing", busy, around)


def _start_round(writer: subprocess.Popen[str]) -> Callable[[], bool]:
    """Let *writer* write the pages of a round; says whether it has done so."""
    assert writer.stdin is not None
    writer.stdin.write("go\n")
    writer.stdin.flush()
    waiting = threading.Thread(target=_next_line, args=(writer,))
    waiting.start()
    return lambda: not waiting.is_alive()


def _next_line(writer: subprocess.Popen[str]) -> None:
    assert writer.stdout is not None
    writer.stdout.readline()


def _await_index(live: Live) -> float:
    """Seconds until the index is of the newest data."""
    start = time.monotonic()
    while live.is_behind(live.current()):
        time.sleep(0.05)
    return time.monotonic() - start


def _medians(*rounds: dict[Filters, list[float]]) -> dict[Filters, float]:
    return {filters: statistics.median([one for times in rounds for one in times[filters]]) for filters in rounds[0]}


def _tell(name: str, rounds: list[dict[Filters, list[float]]], medians: list[dict[Filters, float]]) -> None:
    """Print how long the reads of *rounds* took, each beside the median that the same read had in quiet just before and after."""
    for kind in ("filters", "search"):
        reads = [
            (one, one / around[filters])
            for times_of, around in zip(rounds, medians, strict=True)
            for filters, times in times_of.items()
            if bool(filters.q) == (kind == "search")
            for one in times
        ]
        times, ratios = [time for time, _ in reads], [ratio for _, ratio in reads]
        print(
            f"{name}, {kind}: {len(times)} reads, median {statistics.median(times):.0f} ms, "
            f"95th {statistics.quantiles(times, n=100)[94]:.0f}, slowest {max(times):.0f}; "
            f"by its own median in quiet: median {statistics.median(ratios):.2f}, slowest {max(ratios):.1f}, "
            f"{sum(ratio > 2 for ratio in ratios)} over 2"
        )


def _compare_turns(live: Live, store: Store, errors: list[str], pause: tuple[float, float]) -> None:
    """The same sessions in quiet with short reads side by side, as they would be without turns, and one after the other."""
    for name, longest in (("side by side", 0.0), ("one after the other", LONGEST)):
        sqlite._READS = OneByOne(longest)
        reads = _read_for(COMPARED_SECONDS, live, store, errors, pause)
        times = [one for some in reads.values() for one in some]
        a_second = len(times) / COMPARED_SECONDS
        print(f"{name}: {a_second:.0f} reads a second, median {statistics.median(times):.0f} ms, slowest {max(times):.0f}")


def _read_for(seconds: float, live: Live, store: Store, errors: list[str], pause: tuple[float, float]) -> dict[Filters, list[float]]:
    end = time.monotonic() + seconds
    return _read_until(lambda: time.monotonic() > end, live, store, errors, pause)


def write(url: str) -> None:
    """The other process: a round of new papers for each line it is sent, page by page, labelled as a refresh does, and behind the readers
    like one that the app started. Says a line when it is ready, and after each round."""
    os.nice(BEHIND_READERS)
    with closing(open_store(url)) as store:
        classifier = Classifier(read_taxonomy(read_settings()))
        known = store.count_records()
        made = list(make_records(known + PAGES * PAGE, seed=9))[-PAGES * PAGE :]
        starts = iter(range(0, len(made), PAGE))
        print("ready", flush=True)
        for _ in sys.stdin:
            with store.refresh_lock():
                for start in islice(starts, PAGES // ROUNDS):
                    _save(store, classifier, made[start : start + PAGE])
            print("done", flush=True)


def _save(store: Store, classifier: Classifier, page: list[Record]) -> None:
    for source in ("arxiv", "pubmed"):
        chosen = [one for one in page if one.source == source]
        decisions = [Decision(one, Change.NEW, classifier.classify_record(one)) for one in chosen]
        store.save_page(decisions, now=datetime.now(UTC), source=source)


def _read_until(
    is_over: Callable[[], bool], live: Live, store: Store, errors: list[str], pause: tuple[float, float]
) -> dict[Filters, list[float]]:
    """Filters → milliseconds of each read, of all sessions."""
    dice = random.Random(20)
    reads = [_filters(dice, has_words=number % 2 == 1) for number in range(READS)]
    times: dict[Filters, list[float]] = {filters: [] for filters in reads}

    def session(seed: int) -> None:
        dice = random.Random(seed)
        time.sleep(dice.uniform(0.0, pause[1]))  # they do not come at once
        while not is_over():
            filters = dice.choice(reads)
            start = time.perf_counter()
            try:
                index = live.current().index
                index.forget()
                selection = select(index, filters, search=store.search)
                store.load_records([int(one) for one in selection.ids("newest", 0, 50)])
            except Exception as error:
                errors.append(f"{type(error).__name__}: {error}")
            times[filters].append(1000 * (time.perf_counter() - start))
            time.sleep(dice.uniform(*pause))

    threads = [threading.Thread(target=session, args=(seed,)) for seed in range(SESSIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def _filters(dice: random.Random, *, has_words: bool) -> Filters:
    return Filters(
        from_=PartialDate(f"{dice.randint(2020, 2025)}-{dice.randint(1, 12):02}"),
        application=(dice.choice(AREAS),),
        risk=(dice.choice(RISKS),) if dice.random() < 0.5 else (),
        q=" ".join(dice.sample(WORDS, 2)) if has_words else "",
    )


def browsers(database: str) -> None:
    """Start the app and let ten tabs use it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", url.rpartition(":")[2], "--server.headless", "true"]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"TRACKER_DATABASE_URL": database}, stdout=subprocess.DEVNULL)
    try:
        _wait_for(url)
        asyncio.run(_use(url))
    finally:
        server.terminate()


def _wait_for(url: str) -> None:
    for _ in range(600):
        with suppress(OSError), urlopen(f"{url}/_stcore/health", timeout=5) as answer:
            if answer.read() == b"ok":
                return
        time.sleep(0.1)
    raise SystemExit("the app did not start within a minute")


async def _use(url: str) -> None:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        first = await _visit(chromium, url, 0, asyncio.Barrier(1))
        print(f"first visitor: {first[0]:.0f} ms; then alone, median of {CLICKS} clicks {statistics.median(first[1:]):.0f} ms", flush=True)
        loaded = asyncio.Barrier(SESSIONS)
        visits = await asyncio.gather(*(_visit(chromium, url, number, loaded) for number in range(1, SESSIONS + 1)))
        clicks = [one for visit in visits for one in visit[1:]]
        print(
            f"{SESSIONS} tabs at once: {len(clicks)} clicks, median {statistics.median(clicks):.0f} ms, slowest {max(clicks):.0f}; "
            f"page loads, median {statistics.median(visit[0] for visit in visits):.0f} ms"
        )
        await chromium.close()


async def _visit(chromium: Browser, url: str, number: int, loaded: asyncio.Barrier) -> list[float]:
    """Milliseconds of the page load, then, once all tabs have *loaded*, of each click on another page of the table."""
    context = await chromium.new_context()
    page = await context.new_page()
    page.set_default_timeout(120_000)
    times = [await _timed(page, lambda: page.goto(f"{url}/papers?application={AREAS[number % 3]}"), "/papers")]
    await loaded.wait()
    for click in range(CLICKS):
        await asyncio.sleep(random.Random(number * 100 + click).uniform(2.0, 6.0))  # a reader looks at what is there
        times.append(await _timed(page, page.get_by_role("button", name="Next page").click, f"page={click + 2}"))
    assert await page.locator("[data-testid=stException]").count() == 0
    await context.close()
    return times


async def _timed(page: Page, act: Callable[[], object], address: str) -> float:
    """Milliseconds until the address says *address*, the table is there, the script has ended and nothing old is on the screen."""
    start = time.perf_counter()
    await act()  # type: ignore[misc]
    await page.wait_for_url(f"**{address}**")
    await page.locator("[data-testid=stDataFrame]").first.wait_for()
    await page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    await page.wait_for_function("document.querySelectorAll('[data-stale=\"true\"]').length === 0")
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
