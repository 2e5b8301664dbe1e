"""The list of benchmarks is complete, in the document and at the entry point."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `(\w+)", re.MULTILINE)


def test_every_benchmark_has_a_row() -> None:
    """Whoever adds a benchmark says what it answers, how long it takes and what it needs."""
    there = runpy.run_path(str(ROOT / "bench" / "__main__.py"))["benchmarks"]()

    assert set(ROW.findall((ROOT / "bench" / "README.md").read_text(encoding="utf-8"))) == set(there)


def test_entry_point_lists_benchmarks_and_runs_the_one_named() -> None:
    """Without a name there is a line for each; with one its own help answers; an unknown one is named."""

    def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "bench", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)

    assert "\nharvest        A full back-fill beside the floor" in bench().stdout
    assert bench("torture", "--help").stdout.startswith("usage: torture")
    assert (bench("nope").returncode, bench("nope").stderr[:22]) == (2, "'nope' is not a benchm")
