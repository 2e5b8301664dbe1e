"""A full back-fill beside the floor that the services' own rules set, and beside other clients, against one test server.

    python bench/harvest.py http://127.0.0.1:8900 [--only shipped|wide] [--peers PYTHON]

The server stands in for both services at their real pace (``/api/query`` and ``/entrez/eutils``) and counts requests, too early
ones included, at ``/_standin/stats``. Two tables: the shipped queries, and *wide* ones that find nearly everything the server has,
so that there is a floor to speak of. Rows:

- sources     both sources side by side: records parsed and checked, nothing stored
- refresh     ``tracker refresh`` as its own process with an empty database: start, labels and storing included
- arxiv, paperscraper   the same arXiv query, and for the latter the same PubMed query, each in its default settings
  (``--peers``: an interpreter that has them, see requirements.txt here; the wide queries would take them a quarter of an hour)

The floor is what the rules cost a client that needs no time itself: 3 s x (requests - 1) for arXiv, requests / 3 for NCBI,
side by side. Processor time and memory are those of all processes of a row; memory is the most they held together,
shared pages counted once (Linux).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import requests

from tracker.domain.queries import Queries, parse_queries
from tracker.sources.arxiv_pages import SIZES
from tracker.sources.base import HarvestPlan, SourceOptions
from tracker.sources.pubmed_requests import BATCH_SIZE, LIST_CEILING
from tracker.sources.registry import open_source

DATA = Path(__file__).resolve().parents[1] / "data"
PATHS = {"arxiv": "/api/query", "pubmed": "/entrez/eutils"}
PEER_SECONDS = 300
LOOK_SECONDS = 0.1
WIDE = """
arxiv: {all_of: {nearly everything: [model*, learn*, language*, data*, human*, task*]}}
pubmed: {all_of: {nearly everything: {title_abstract: [health*, patient*, model*, studies, study, method*]}}}
"""
SOURCES = """
import sys
sys.path.insert(0, sys.argv[1])
import harvest
print(harvest.harvest(sys.argv[2], harvest.parse_queries(sys.argv[3])))
"""
ARXIV_PEER = """
import sys, time, arxiv
arxiv.Client.query_url_format = sys.argv[1] + "/api/query?{}"
print(sum(1 for _ in arxiv.Client().results(arxiv.Search(query=sys.argv[2], max_results=None))))
"""
PAPERSCRAPER_PEER = """
import sys, arxiv, pymed_paperscraper.api as api
arxiv.Client.query_url_format = sys.argv[1] + "/api/query?{}"
api.BASE_URL = sys.argv[1]
from paperscraper.arxiv import get_arxiv_papers_api
from paperscraper.pubmed import get_pubmed_papers
print(len(get_arxiv_papers_api(sys.argv[2])) + len(get_pubmed_papers(sys.argv[3])))
"""


@dataclass(frozen=True)
class Row:
    """What one client did."""

    client: str
    seconds: float
    processor_seconds: float
    records: int
    requests: dict[str, int]
    too_early: int
    megabytes: float

    @property
    def floor_seconds(self) -> float:
        """What the rules cost for these requests."""
        return max(3.0 * (self.requests.get("arxiv", 1) - 1), self.requests.get("ncbi", 0) / 3)

    def __str__(self) -> str:
        ratio = f"{self.seconds / self.floor_seconds:8.2f}" if self.floor_seconds else "       -"
        return (
            f"{self.client:13}{self.requests.get('arxiv', 0):6}{self.requests.get('ncbi', 0):6}{self.records:9,}{self.seconds:9.1f} s"
            f"{self.floor_seconds:9.1f} s{ratio}{self.too_early:10}{self.processor_seconds:9.1f} s{self.megabytes:7.0f} MB"
        )


HEAD = "client         arxiv  ncbi  records     time      floor    ratio too early  processor    memory"


class Watch(threading.Thread):
    """Looks how much memory this process and its children hold together, until told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most_kilobytes = 0
        self._is_over = threading.Event()

    def run(self) -> None:
        """Look, and look again."""
        while not self._is_over.wait(LOOK_SECONDS):
            self.most_kilobytes = max(self.most_kilobytes, sum(map(kilobytes_of, family_of(os.getpid()))))

    def stop(self) -> float:
        """The most there was, in megabytes."""
        self._is_over.set()
        self.join()
        return self.most_kilobytes / 1024


def family_of(pid: int) -> list[int]:
    """*pid* and all its descendants; empty where it has gone, or the system does not tell."""
    try:
        children = [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]
    except OSError:
        return []
    return [pid, *(one for child in children for one in family_of(child))]


def kilobytes_of(pid: int) -> int:
    """Memory in use by one process, pages it shares with others in equal parts (PSS); 0 if it has gone."""
    try:
        return int(Path(f"/proc/{pid}/smaps_rollup").read_text().partition("Pss:")[2].split()[0])
    except (OSError, IndexError):
        return 0


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", help="address of the test server")
    parser.add_argument("--only", choices=("shipped", "wide"), help="one of the two tables")
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter that has the other clients")
    arguments = parser.parse_args()
    texts = {"shipped": (DATA / "queries.yaml").read_text(encoding="utf-8"), "wide": WIDE}
    for name, text in texts.items():
        if arguments.only in (None, name):
            print_table(name, text, arguments.server.rstrip("/"), arguments.peers if name == "shipped" else None)
    return 0


def print_table(name: str, queries_text: str, server: str, peers: str | None) -> None:
    """One table, row by row as they are measured."""
    queries = parse_queries(queries_text)
    print(f"{name} queries; least requests: {least_requests(server, queries)}\n{HEAD}")
    print(measure("sources", server, lambda: run(sys.executable, SOURCES, str(Path(__file__).parent), server, queries_text)), flush=True)
    print(measure("refresh", server, lambda: refresh(server, queries_text)), flush=True)
    for peer, script in (("arxiv", ARXIV_PEER), ("paperscraper", PAPERSCRAPER_PEER)) if peers else ():
        words = (server, queries.query_for("arxiv"), queries.query_for("pubmed"))
        print(measure(peer, server, partial(run, peers, script, *words)), flush=True)


def measure(client: str, server: str, work: Callable[[], int]) -> Row:
    """Run *work*, which returns how many records it got by a child process, and ask the server what that took."""
    time.sleep(3.1)  # whoever comes next starts with a clean slate
    requests.get(f"{server}/_standin/reset", timeout=10)
    watch, own = Watch(), kilobytes_of(os.getpid()) / 1024
    used, began = children_seconds(), time.monotonic()
    watch.start()
    records = work()
    seconds, used = time.monotonic() - began, children_seconds() - used
    megabytes = max(0.0, watch.stop() - own)
    stats = requests.get(f"{server}/_standin/stats", timeout=10).json()
    return Row(client, seconds, used, records, stats["requests"], sum(stats["too_early"].values()), megabytes)


def children_seconds() -> float:
    """Processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def harvest(server: str, queries: Queries) -> int:
    """Both sources side by side; raises what they raise."""
    counts: dict[str, int] = {}
    threads = [threading.Thread(target=drain, args=(name, server, queries, counts)) for name in PATHS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts.values())


def drain(name: str, server: str, queries: Queries, counts: dict[str, int]) -> None:
    """One source to its end."""
    source = open_source(name, SourceOptions(url=server + PATHS[name], reads_aside=True))
    pages = source.harvest(HarvestPlan(query=queries.query_for(name), now=datetime.now(UTC)))
    counts[name] = sum(len(page.records) for page in pages)


def least_requests(server: str, queries: Queries) -> str:
    """The fewest requests that can bring everything, by the page sizes the services allow."""
    found = {name: count_matches(name, server, queries.query_for(name)) for name in PATHS}
    lists = 1 if found["pubmed"] < LIST_CEILING else "slices"
    return f"arxiv {math.ceil(found['arxiv'] / SIZES[0])}, ncbi {lists} + {math.ceil(found['pubmed'] / BATCH_SIZE)}"


def count_matches(name: str, server: str, query: str) -> int:
    """How many records match, by a request of its own."""
    time.sleep(3.1)
    if name == "arxiv":
        feed = requests.get(server + PATHS[name], {"search_query": query, "max_results": "1"}, timeout=60).text
        return int(feed.partition("totalResults>")[2].partition("<")[0])
    form = {"db": "pubmed", "term": query, "retmode": "json", "retmax": "1"}
    return int(requests.post(f"{server}{PATHS[name]}/esearch.fcgi", form, timeout=60).json()["esearchresult"]["count"])


def refresh(server: str, queries_text: str) -> int:
    """The whole program, with a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("taxonomy.yaml", "corrections.csv"):
            if (DATA / name).exists():
                shutil.copy(DATA / name, folder)
        (Path(folder) / "queries.yaml").write_text(queries_text, encoding="utf-8")
        urls = {"TRACKER_ARXIV_URL": server + PATHS["arxiv"], "TRACKER_EUTILS_URL": server + PATHS["pubmed"]}
        command = [sys.executable, "-m", "tracker", "refresh", "--json"]
        environment = os.environ | urls | {"TRACKER_DATA_DIR": folder}
        result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        return sum(source["received"] for source in json.loads(result.stdout)["sources"].values())


def run(python: str, script: str, *words: str) -> int:
    """What *script*, given *words*, prints in the end; 0 where it fails, with the end of what it said."""
    result = subprocess.run(
        [python, "-W", "ignore", "-c", script, *words], capture_output=True, text=True, timeout=PEER_SECONDS, check=False
    )
    if result.returncode:
        print(result.stderr[-600:], file=sys.stderr)
        return 0
    return int(result.stdout.split()[-1])


if __name__ == "__main__":
    sys.exit(main())
