"""Arguments that several commands take. (Where output goes: :mod:`._output`.)"""

from __future__ import annotations

import argparse


def add_filter(parser: argparse.ArgumentParser) -> None:
    """``--filter QUERY``."""
    parser.add_argument(
        "--filter",
        default="",
        metavar="QUERY",
        help="the app's address after the question mark, such as 'application=assessment&from=2025'",
    )
