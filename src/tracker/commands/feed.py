"""``tracker feed``: the newest papers that match a filter as an Atom feed."""

from __future__ import annotations

import argparse

from tracker.commands._arguments import add_filter
from tracker.commands._output import add_output, open_output, remark
from tracker.commands._selected import open_selected
from tracker.errors import ConfigurationError
from tracker.views.feed import write_feed
from tracker.views.wording import count_in_words

HELP = "write the newest papers that match a filter as an Atom feed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which papers, what of them, and where to."""
    add_filter(parser)
    parser.add_argument("--self-link", metavar="URL", help="the address at which the feed will be published")
    parser.add_argument("--abstracts", action="store_true", help="add the abstracts that may be passed on, as in export")
    add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0, also if nothing matches; 2 for a filter that nobody knows or a file that cannot be written."""
    if arguments.self_link and not arguments.self_link.startswith(("https://", "http://")):
        raise ConfigurationError(f"--self-link is {arguments.self_link!r}, not an address; write one that starts with https://.")
    with open_selected(arguments.filter) as found, open_output(arguments.output) as stream:
        count = write_feed(
            stream, found.selection, found.store, found.taxonomy, self_link=arguments.self_link, abstracts=arguments.abstracts
        )
    remark(f"{count_in_words(count, 'newest paper')} in the feed: {found.filters_in_words()}")
    return 0
