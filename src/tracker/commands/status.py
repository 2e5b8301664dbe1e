"""``tracker status``: what is stored, how fresh it is, and whether a refresh runs."""

from __future__ import annotations

import argparse
from contextlib import closing
from datetime import UTC, datetime

from tracker.commands._output import write_json, write_line
from tracker.pipeline.opening import open_tracker
from tracker.pipeline.status import read_status
from tracker.settings import read_settings

HELP = "show what is stored, when each source was last asked, and whether a refresh runs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """In which form."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0, whatever state the sources are in."""
    settings = read_settings()
    with closing(open_tracker(settings)) as store:
        status = read_status(settings, store, now=datetime.now(UTC))
    if arguments.json:
        write_json(status.to_json())
    else:
        write_line(status.in_words())
    return 0
