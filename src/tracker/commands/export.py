"""``tracker export``: the works or records that match a filter, as a file; the same bytes as the app's download."""

from __future__ import annotations

import argparse
from contextlib import closing

from tracker.commands._arguments import add_filter
from tracker.commands._output import add_output, open_output, remark
from tracker.data_files import read_taxonomy
from tracker.errors import ConfigurationError
from tracker.pipeline.opening import open_tracker
from tracker.settings import read_settings
from tracker.views.exports import FORMATS, write_export
from tracker.views.filters import read_filters
from tracker.views.index import Index, select
from tracker.views.wording import count_in_words

HELP = "write the works or records that match a filter as CSV, RIS, BibTeX or JSON Lines"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """In which form, which papers, and where to."""
    parser.add_argument("--format", choices=("csv", "ris", "bibtex", "jsonl"), default="csv", help="default: csv")
    parser.add_argument("--excel", action="store_true", help="CSV for Excel: byte-order mark, cells that look like formulas guarded")
    add_filter(parser)
    parser.add_argument(
        "--abstracts",
        action="store_true",
        help="add the abstracts that may be passed on: arXiv's (CC0), and PubMed's only where their notice names an open licence",
    )
    add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0, also if nothing matches; 2 for a filter that nobody knows or a file that cannot be written."""
    if arguments.excel and arguments.format != "csv":
        raise ConfigurationError(f"--excel is a kind of CSV and does not go with --format {arguments.format}; leave one of them out.")
    format_name = "excel" if arguments.excel else arguments.format
    settings = read_settings()
    taxonomy = read_taxonomy(settings)
    filters = read_filters(arguments.filter, taxonomy)
    with closing(open_tracker(settings)) as store:
        selection = select(Index(store.load_index()), filters, search=store.search)
        with open_output(arguments.output) as stream:
            count = write_export(stream, format_name, selection, store, taxonomy, abstracts=arguments.abstracts)
    remark(f"{count_in_words(count, filters.count.removesuffix('s'))} as {FORMATS[format_name].label}: {filters.in_words(taxonomy)}")
    return 0
