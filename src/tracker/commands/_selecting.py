"""The arguments ``--filter`` and ``-o`` as feed and digest take them, and where their output goes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tracker.pipeline.whole_file import open_whole

STDOUT = "-"


def add_filter(parser: argparse.ArgumentParser) -> None:
    """``--filter QUERY``."""
    parser.add_argument(
        "--filter",
        default="",
        metavar="QUERY",
        help="the app's address after the question mark, such as 'application=assessment&from=2025'",
    )


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
