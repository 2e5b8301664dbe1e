"""What changes a database, interrupted at steps spread over its whole course: :mod:`crash.operations` of the tests, more thoroughly."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from crash import disks

PROGRAM = Path(disks.__file__).with_name("operations.py")
OPERATIONS = ("refresh", "migration", "reclassify", "snapshot", "correction")
LIMITS = tuple(f"full:{2**power}" for power in range(12, 21))  # bytes that a file may have
ROOM = tuple(f"disk:{kilobytes}" for kilobytes in (0, 4, 8, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024))
ENDS = {0: "done", 1: "refused in one sentence", 2: "refused in one sentence", -9: "killed"}
_MEMORY = Path("/dev/shm")  # as a place for files quicker than any disk


def crashes(_: Path | None, rounds: int, __: random.Random) -> list[str]:
    """Interrupt each operation at *rounds* steps in each way there is here; returns what was lost."""
    if not disks.may_mount_files():
        print("no disk may be mounted here (or by root only): some or all of full, failing and unplugged disks are left out")
    return [loss for name in OPERATIONS for loss in _torment(name, rounds)]


def _torment(name: str, rounds: int) -> list[str]:
    [undisturbed] = _run(name, ["count"])
    count = int(undisturbed["said"])
    at = sorted({1 + count * number // rounds for number in range(rounds)})
    ways = {"killed": list(map(str, at)), "size of files limited": list(LIMITS), "beside a writer": ["locked"]}
    if disks.alone():
        ways |= {"disk full": list(ROOM), "disk read-only": ["read-only"]}
    if disks.may_mount_files():
        ways |= {"disk fails": [f"read-only:{one}" for one in at], "power cut": [f"power:{one}" for one in (*at, 10 * count)]}
    losses = [f"{name}: {fault}" for fault in undisturbed["faults"]]
    for way, steps in ways.items():
        ended = Counter[str]()
        for one in _run(name, steps):
            ended[ENDS.get(one["ended"], str(one["ended"]))] += 1
            losses += [f"{name}, {way} at {one['step']}: {fault}" for fault in one["faults"]]
            losses += [f"{name}, {way} at {one['step']}: in the end not what it is"] if one["held"] != undisturbed["held"] else []
        print(f"{name} ({count} steps), {way}: {sum(ended.values())} times, {dict(ended)}; {len(losses)} losses so far", flush=True)
    return losses


def _run(name: str, steps: list[str]) -> Iterator[dict[str, Any]]:
    """How it went at each of *steps*."""
    with tempfile.TemporaryDirectory(prefix="torture-", dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        command = [*(disks.alone() or ()), sys.executable, str(PROGRAM), name, folder, *steps]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            yield from map(json.loads, process.stdout)
        if process.returncode:
            raise SystemExit(f"{name} at {steps}: exit {process.returncode}")
