"""Results to stdout or into a file (``-o``), remarks to stderr."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from tracker.pipeline.whole_file import open_whole

STDOUT = "-"


def write_json(value: Mapping[str, Any]) -> None:
    """Exactly one JSON object, in ASCII so that no terminal's encoding can spoil it."""
    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def write_line(text: str) -> None:
    """One line of a result."""
    sys.stdout.write(text + "\n")


def remark(text: str) -> None:
    """One line for the person at the keyboard, never part of the result."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def add_output(parser: argparse.ArgumentParser) -> None:
    """``-o FILE``."""
    parser.add_argument(
        "-o", "--output", default=STDOUT, metavar="FILE", help="write to FILE, which appears only when it is whole; default: stdout"
    )


@contextmanager
def open_output(name: str) -> Iterator[BinaryIO]:
    """The file *name*, which appears when it is whole; standard output for ``-``."""
    if name == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with open_whole(Path(name)) as stream:
        yield stream
