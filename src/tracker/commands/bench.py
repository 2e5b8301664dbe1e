"""``tracker bench corpus N -o DATABASE``: a synthetic corpus for tests of scale and benchmarks."""

from __future__ import annotations

import argparse
from contextlib import closing

from tracker.commands._output import write_line
from tracker.commands._progress import counting_bar
from tracker.data_files import read_taxonomy
from tracker.pipeline.synthetic import fill_corpus
from tracker.settings import read_settings
from tracker.store.opening import open_store

HELP = "make a database of synthetic papers, for benchmarks; never mixed with real ones"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many, and where to."""
    actions = parser.add_subparsers(dest="action", metavar="corpus", required=True)
    corpus = actions.add_parser("corpus", help="records with realistic text and label frequencies; no paper in it exists")
    corpus.add_argument("count", type=_count, metavar="N", help="how many records")
    corpus.add_argument("-o", "--output", required=True, metavar="DATABASE", help="an empty database: its file or address")
    corpus.add_argument("--seed", type=int, default=1, metavar="S", help="another one gives other papers; default: 1")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; 2 if the database holds records already."""
    taxonomy = read_taxonomy(read_settings())
    url = arguments.output if "://" in arguments.output else f"sqlite:///{arguments.output}"
    with closing(open_store(url)) as store, counting_bar("Making papers", arguments.count) as bar:
        fill_corpus(store, taxonomy, arguments.count, seed=arguments.seed, progress=bar.update)
    write_line(f"{arguments.count} synthetic records written to {arguments.output}")
    return 0


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)
