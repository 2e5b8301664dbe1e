"""``tracker refresh``: harvest every source (or those named), decide, classify, write, report."""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import sys
from contextlib import closing, suppress

from tracker.commands._output import write_json, write_line
from tracker.commands._progress import show_progress
from tracker.commands._signals import on_termination, stop_like_ctrl_c
from tracker.pipeline.configuration import read_configuration
from tracker.pipeline.opening import open_tracker
from tracker.pipeline.refresh import APP, TRIGGERS, run_refresh
from tracker.settings import KNOWN_SOURCES, read_settings

BEHIND_READERS = 10  # the app that started it answers readers on the same machine: they come first
M_ARENA_MAX = -8  # malloc.h of the GNU C library
HELP = "harvest every source (or those named), classify and store what came, and report"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which sources, how thoroughly, and in which form to report."""
    parser.add_argument(
        "--source",
        action="append",
        choices=KNOWN_SOURCES,
        metavar="NAME",
        help=f"only this source ({', '.join(KNOWN_SOURCES)}); may be repeated",
    )
    parser.add_argument("--full", action="store_true", help="ask for everything, not only for what is new since the last refresh")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    parser.add_argument("--trigger", choices=TRIGGERS, default="cli", help=argparse.SUPPRESS)  # the app says who it is


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0, or 3 if a source failed or answered short."""
    settings = read_settings()
    configuration = read_configuration(settings)
    _collect_less_often()
    _share_one_heap()
    if arguments.trigger == APP and hasattr(os, "nice"):  # Windows has none
        os.nice(BEHIND_READERS)
    with closing(open_tracker(settings)) as store, on_termination(stop_like_ctrl_c), show_progress() as progress:
        report = run_refresh(
            settings,
            store,
            sources=arguments.source,
            full=arguments.full,
            trigger=arguments.trigger,
            configuration=configuration,
            progress=progress,
        )
    if arguments.json:
        write_json(report.to_json())
    else:
        write_line(report.in_words())
    return report.exit_code


def _collect_less_often() -> None:
    """Spare the garbage collector looking at the rules again and again: a fifth of the time that labelling and storing take.

    What a refresh leaves behind is freed without it as a rule; cycles wait until more objects are alive.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _share_one_heap() -> None:
    """All threads take memory from one heap, where the C library allows it: each with its own keeps what pages left free there, 40 MB."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than GNU's
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
