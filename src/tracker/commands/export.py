"""``tracker export``: the works or records that match a filter, as a file; the same bytes as the app's download."""

from __future__ import annotations

import argparse

from tracker.commands._arguments import add_filter
from tracker.commands._output import add_output, open_output, remark
from tracker.commands._selected import open_selected
from tracker.errors import ConfigurationError
from tracker.views.exports import FORMATS, write_export
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
    with open_selected(arguments.filter) as found, open_output(arguments.output) as stream:
        count = write_export(stream, format_name, found.selection, found.store, found.taxonomy, abstracts=arguments.abstracts)
    noun = found.selection.filters.count.removesuffix("s")
    remark(f"{count_in_words(count, noun)} as {FORMATS[format_name].label}: {found.filters_in_words()}")
    return 0
