"""``tracker export``: the works or records that match a filter, as a file; the same bytes as the app's download."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path

from tracker.commands._output import remark
from tracker.data_files import read_taxonomy
from tracker.errors import ConfigurationError
from tracker.pipeline.opening import open_tracker
from tracker.pipeline.whole_file import open_whole
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
    parser.add_argument(
        "--filter",
        default="",
        metavar="QUERY",
        help="the app's address after the question mark, such as 'application=assessment&from=2025'",
    )
    parser.add_argument(
        "--abstracts",
        action="store_true",
        help="add the abstracts that may be passed on: arXiv's (CC0), and PubMed's only where their notice names an open licence",
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write to FILE, which appears only when it is whole; default: stdout")


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
        if arguments.output:
            with open_whole(Path(arguments.output)) as stream:
                count = write_export(stream, format_name, selection, store, taxonomy, abstracts=arguments.abstracts)
        else:
            count = write_export(sys.stdout.buffer, format_name, selection, store, taxonomy, abstracts=arguments.abstracts)
            sys.stdout.buffer.flush()
    remark(f"{count_in_words(count, filters.count.removesuffix('s'))} as {FORMATS[format_name].label}: {filters.in_words(taxonomy)}")
    return 0
