"""``tracker digest``: what changed since a day, as Markdown."""

from __future__ import annotations

import argparse
from contextlib import closing

from tracker.commands._arguments import add_filter
from tracker.commands._output import add_output, open_output, remark
from tracker.data_files import read_taxonomy
from tracker.domain.dates import PartialDate
from tracker.errors import ConfigurationError
from tracker.pipeline.opening import open_tracker
from tracker.settings import read_settings
from tracker.views.changes import find_changes, start_of
from tracker.views.digest import write_digest
from tracker.views.filters import read_filters
from tracker.views.index import Index

HELP = "write what changed since a day as Markdown"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Since when, which papers, and where to."""
    parser.add_argument("--since", required=True, metavar="DATE", help="the first day that counts: YYYY, YYYY-MM or YYYY-MM-DD, UTC")
    add_filter(parser)
    add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0, also for a quiet time; 2 for a date or filter that nobody knows or a file that cannot be written."""
    try:
        since = start_of(PartialDate.parse(arguments.since))
    except ValueError as error:
        raise ConfigurationError(f"--since: {error}.") from error
    settings = read_settings()
    taxonomy = read_taxonomy(settings)
    filters = read_filters(arguments.filter, taxonomy)
    with closing(open_tracker(settings)) as store:
        changes = find_changes(Index(store.load_index()), filters, store, since=since)
        with open_output(arguments.output) as stream:
            write_digest(stream, changes, store, taxonomy, settings.sources)
    remark(changes.in_words())
    return 0
