"""``tracker reclassify``: apply the present taxonomy to everything stored."""

from __future__ import annotations

import argparse
from contextlib import closing

from tracker.commands._output import write_json, write_line
from tracker.commands._progress import counting_bar
from tracker.pipeline.configuration import read_configuration
from tracker.pipeline.opening import open_tracker, utc_now
from tracker.pipeline.reclassify import reclassify
from tracker.settings import read_settings

HELP = "apply the present taxonomy and corrections to everything stored"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """In which form to report."""
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; how many records' labels changed is the report."""
    settings = read_settings()
    configuration = read_configuration(settings)
    with closing(open_tracker(settings)) as store, counting_bar("reclassify", store.count_records()) as bar:
        report = reclassify(settings, configuration, store, now=utc_now, progress=bar.update)
    if arguments.json:
        write_json(report.to_json())
    else:
        write_line(report.in_words())
    return 0
