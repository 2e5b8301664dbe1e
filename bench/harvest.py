"""A full back-fill beside the floor that the services' own rules set, and beside other clients, against one test server.

    python bench/harvest.py http://127.0.0.1:8900 [--wide] [--refresh] [--peers PYTHON]

The server stands in for both services at their real pace (``/api/query`` and ``/entrez/eutils``) and counts requests, too early
ones included, at ``/_standin/stats``. Rows:

- sources     both sources side by side: records parsed and checked, nothing stored
- refresh     ``tracker refresh`` as its own process: labelled and stored too (``--refresh``)
- arxiv, paperscraper   the same arXiv query, and for the latter the same PubMed query, each in its default settings
  (``--peers``: an interpreter that has them, see requirements.txt here)

The floor is what the rules cost a client that needs no time itself: 3 s x (requests - 1) for arXiv, requests / 3 for NCBI,
side by side. ``--wide`` asks for nearly everything the server has, so that there is a floor to speak of.
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
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from tracker.domain.queries import Queries, parse_queries
from tracker.sources.arxiv_pages import SIZES
from tracker.sources.base import HarvestPlan, SourceOptions
from tracker.sources.pubmed_requests import BATCH_SIZE, LIST_CEILING
from tracker.sources.registry import open_source

DATA = Path(__file__).resolve().parents[1] / "data"
PATHS = {"arxiv": "/api/query", "pubmed": "/entrez/eutils"}
PEER_SECONDS = 300
WIDE = """
arxiv: {all_of: {nearly everything: [model*, learn*, language*, data*, human*, task*]}}
pubmed: {all_of: {nearly everything: {title_abstract: [health*, patient*, model*, studies, study, method*]}}}
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
    records: int
    requests: dict[str, int]
    too_early: int
    megabytes: float | None = None

    @property
    def floor_seconds(self) -> float:
        """What the rules cost for these requests."""
        return max(3.0 * (self.requests.get("arxiv", 1) - 1), self.requests.get("ncbi", 0) / 3)

    def __str__(self) -> str:
        ratio = f"{self.seconds / self.floor_seconds:5.2f}" if self.floor_seconds else "    -"
        memory = f"{self.megabytes:5.0f} MB" if self.megabytes else ""
        return (
            f"{self.client:13}{self.requests.get('arxiv', 0):6}{self.requests.get('ncbi', 0):6}{self.records:9,}{self.seconds:9.1f} s"
            f"{self.floor_seconds:9.1f} s{ratio:>8}{self.too_early:10}  {memory}"
        )


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", help="address of the test server")
    parser.add_argument("--wide", action="store_true", help="ask for nearly everything it has")
    parser.add_argument("--refresh", action="store_true", help="also measure the whole refresh")
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter that has the other clients")
    arguments = parser.parse_args()
    queries_text = WIDE if arguments.wide else (DATA / "queries.yaml").read_text(encoding="utf-8")
    queries, server = parse_queries(queries_text), arguments.server.rstrip("/")
    print("client         arxiv  ncbi  records     time     floor   ratio too early  peak memory")
    ours = measure("sources", server, lambda: harvest(server, queries))
    print(ours, f"least requests: {least_requests(server, queries)}", sep="  ")
    if arguments.refresh:
        print(measure("refresh", server, lambda: refresh(server, queries_text)))
    for name, script in (("arxiv", ARXIV_PEER), ("paperscraper", PAPERSCRAPER_PEER)) if arguments.peers else ():
        print(measure(name, server, lambda script=script: run_peer(arguments.peers, script, server, queries)))
    return 0


def measure(client: str, server: str, work: Any) -> Row:
    """Run *work*, which returns how many records it got, and ask the server what that took."""
    time.sleep(3.1)  # whoever comes next starts with a clean slate
    requests.get(f"{server}/_standin/reset", timeout=10)
    began = time.monotonic()
    records = work()
    seconds = time.monotonic() - began
    stats = requests.get(f"{server}/_standin/stats", timeout=10).json()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 if client == "sources" else None
    return Row(client, seconds, records, stats["requests"], sum(stats["too_early"].values()), megabytes)


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
    source = open_source(name, SourceOptions(url=server + PATHS[name]))
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


def run_peer(python: str, script: str, server: str, queries: Queries) -> int:
    """Another client, in an interpreter of its own."""
    command = [python, "-W", "ignore", "-c", script, server, queries.query_for("arxiv"), queries.query_for("pubmed")]
    result = subprocess.run(command, capture_output=True, text=True, timeout=PEER_SECONDS, check=False)
    if result.returncode:
        print(result.stderr[-600:], file=sys.stderr)
        return 0
    return int(result.stdout.split()[-1])


if __name__ == "__main__":
    sys.exit(main())
