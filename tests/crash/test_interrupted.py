"""Operations interrupted at any step: the database opens and is whole, nothing acknowledged is gone, and the next try completes it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

OPERATIONS = ("migration", "reclassify", "snapshot", "correction")
STEPS = ("9999", "1", "4", "14", "27", "full:4096", "locked")  # the first comes to its end undisturbed
KILLED, REFUSED = -9, 3


def interrupt(name: str, folder: Path) -> list[dict[str, Any]]:
    """Interrupt *name* at every one of ``STEPS``, in a process that may die."""
    command = [sys.executable, str(Path(__file__).with_name("operations.py")), name, str(folder), *STEPS]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.mark.parametrize("name", OPERATIONS)
def test_interrupted_operation_loses_nothing_and_can_be_done_again(name: str, tmp_path: Path) -> None:
    """Killed at any statement, commit or renaming, without room on the disk, and beside somebody who writes all the time."""
    undisturbed, *interrupted = interrupt(name, tmp_path)

    assert undisturbed["ended"] == 0
    assert [one for one in interrupted if one["faults"] or one["held"] != undisturbed["held"]] == []
    ends = {one["step"]: one["ended"] for one in interrupted}
    assert [ends["1"], ends["4"], ends["full:4096"], ends["locked"]] == [KILLED, KILLED, REFUSED, REFUSED]
