"""Operations interrupted at any step: the database opens and is whole, nothing acknowledged is gone, and the next try completes it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crash import disks

OPERATIONS = ("refresh", "migration", "reclassify", "snapshot", "correction")
UNDISTURBED = "count"
STEPS = ("1", "4", "14", "27", "full:4096", "locked")
MEMORY_STEPS = ("disk:0", "disk:40", "disk:100", "read-only")
FILE_STEPS = ("read-only:9", "power:15", "power:9999")
POSSIBLE = (*STEPS, *(MEMORY_STEPS if disks.alone() else ()), *(FILE_STEPS if disks.may_mount_files() else ()))
KILLED, REFUSED = -signal.SIGKILL, 1
_MEMORY = Path("/dev/shm")  # as a place for files quicker than any disk, whose own speed is of no interest here

Ends = dict[str, dict[str, Any]]  # step → how it went


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where the databases are."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        yield Path(name)


@pytest.fixture(scope="module", params=OPERATIONS)
def ends(request: pytest.FixtureRequest, folder: Path) -> Ends:
    """One operation, interrupted at each possible step, in a process that may die."""
    program = [sys.executable, str(Path(__file__).with_name("operations.py")), request.param]
    (folder / request.param).mkdir()
    command = [*(disks.alone() or ()), *program, str(folder / request.param), UNDISTURBED, *POSSIBLE]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    return {one["step"]: one for one in map(json.loads, run.stdout.splitlines())}


def lost(ends: Ends, steps: tuple[str, ...]) -> list[dict[str, Any]]:
    """The steps after which something was wrong, or which led elsewhere than the undisturbed operation."""
    assert (ends[UNDISTURBED]["ended"], ends[UNDISTURBED]["faults"]) == (0, [])
    return [ends[step] for step in steps if ends[step]["faults"] or ends[step]["held"] != ends[UNDISTURBED]["held"]]


def test_interrupted_operation_loses_nothing_and_can_be_done_again(ends: Ends) -> None:
    """Killed at any statement, commit or renaming, where no file may grow, and beside somebody who writes all the time."""
    assert lost(ends, STEPS) == []
    assert [ends[step]["ended"] for step in ("1", "4", "full:4096", "locked")] == [KILLED, KILLED, REFUSED, REFUSED]


@pytest.mark.skipif(disks.alone() is None, reason="no disk may be mounted here; the test above limits the size of files instead")
def test_full_or_read_only_disk_loses_nothing(ends: Ends) -> None:
    """A real disk without a byte left, with room for the beginning, or read-only: one sentence, and with room again it is done."""
    assert lost(ends, MEMORY_STEPS) == []
    assert [ends[step]["ended"] for step in ("disk:0", "disk:40", "read-only")] == [REFUSED] * 3
    assert "the disk is full; free some space" in " ".join(ends[step]["said"] for step in MEMORY_STEPS)


@pytest.mark.skipif(not disks.may_mount_files(), reason="a file may be mounted as a disk by root only, and not everywhere")
def test_failing_disk_and_power_cut_lose_nothing_acknowledged(ends: Ends) -> None:
    """A disk that turns read-only in the midst, and the plug pulled while a reader has the database open, in the midst or at the end."""
    assert lost(ends, FILE_STEPS) == []
    assert [ends[step]["ended"] for step in FILE_STEPS] == [REFUSED, KILLED, 0]
