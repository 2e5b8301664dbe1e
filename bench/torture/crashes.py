"""What changes a database apart from refreshes, interrupted at every step: :mod:`crash.operations` of the tests, more thoroughly."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[2] / "tests" / "crash" / "operations.py"
OPERATIONS = ("migration", "reclassify", "snapshot", "correction")
DISKS = tuple(f"full:{2**power}" for power in range(12, 21))  # bytes that a file may have
ENDS = {0: "done", 3: "refused in one sentence", -9: "killed"}


def crashes(_: Path | None, rounds: int, __: random.Random) -> list[str]:
    """Interrupt each operation at its first *rounds* steps, on each disk and beside a writer; returns what was lost."""
    steps = ["999999999", *map(str, range(1, rounds + 1)), *DISKS, "locked"]  # the first comes to its end undisturbed
    return [loss for name in OPERATIONS for loss in _interrupt(name, steps)]


def _interrupt(name: str, steps: list[str]) -> list[str]:
    losses, ended, whole = list[str](), Counter[str](), None
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        command = [sys.executable, str(PROGRAM), name, folder, *steps]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            assert process.stdout
            for line in process.stdout:
                one = json.loads(line)
                whole = whole or one["held"]
                ended[ENDS.get(one["ended"], str(one["ended"]))] += 1
                losses += [f"{name} at {one['step']}: {fault}" for fault in one["faults"]]
                losses += [f"{name} at {one['step']}: afterwards not what it is undisturbed"] if one["held"] != whole else []
        if process.returncode:
            losses.append(f"{name}: exit {process.returncode}")
    print(f"{name}: {sum(ended.values())} times, {dict(ended)}; {len(losses)} losses", flush=True)
    return losses
