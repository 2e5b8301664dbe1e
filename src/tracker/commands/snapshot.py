"""``tracker snapshot save|load FILE`` and ``compare OLD NEW``: write, read and check the dataset that ships in ``data/``.

``load`` also takes another tracker's database, as a SQLite file or a URL, and copies it whole into an unused one.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from tracker.commands._output import remark, write_line
from tracker.commands._progress import show_rows
from tracker.domain.dates import PartialDate
from tracker.errors import ConfigurationError
from tracker.pipeline.compare import compare_snapshots
from tracker.pipeline.moving import find_database_url, move_tracker
from tracker.pipeline.opening import open_tracker, utc_now
from tracker.pipeline.snapshot import load_snapshot, save_snapshot
from tracker.settings import read_settings
from tracker.store.opening import open_store

HELP = "write the stored records to a file that can ship, or read such a file"

LEFT_OUT = {
    "out_of_scope": "out of scope",
    "placeholder_without_doi": "known by a placeholder number only",
    "same_doi": "placeholders that share another record's DOI",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Save or load, and what to say of the data."""
    actions = parser.add_subparsers(dest="action", metavar="save|load|compare", required=True)
    save = actions.add_parser("save", help="write the records in scope, without abstracts, and an about file beside them")
    save.add_argument("file", type=Path, metavar="FILE", help="the CSV file to write; the about file gets the ending .json")
    save.add_argument("--sample", metavar="TEXT", help="say that the data are a sample, and which; the dashboard shows it")
    save.add_argument("--thin-before", type=_month, metavar="YYYY-MM", help="from when on the sample is dense; charts shade what is before")
    save.add_argument(
        "--month-precision", action="store_true", help="keep dates to the month, and no versions: for harvests whose days are invented"
    )
    load = actions.add_parser("load", help="add the records of such a file that are not stored yet; or copy a whole tracker")
    load.add_argument(
        "file",
        metavar="FILE",
        help="the CSV file to read; or another tracker's database (a SQLite file, or a URL as in TRACKER_DATABASE_URL), which is copied "
        "with its history, runs and watermarks into the unused database of TRACKER_DATABASE_URL",
    )
    compare = actions.add_parser("compare", help="say whether one such file may take the place of another")
    compare.add_argument("old", type=Path, metavar="OLD", help="the CSV file that is there")
    compare.add_argument("new", type=Path, metavar="NEW", help="the CSV file that is to take its place")
    compare.add_argument("--report", type=Path, metavar="FILE", help="what refresh --json printed: every source must be complete")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; 2 with every fault if a file is damaged, or if the new one lost records."""
    return {"save": _save, "load": _load, "compare": _compare}[arguments.action](arguments)


def _month(text: str) -> PartialDate:
    try:
        return PartialDate.parse(text).to_month()
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _save(arguments: argparse.Namespace) -> int:
    settings = read_settings()
    with closing(open_tracker(settings)) as store:
        saved = save_snapshot(
            settings,
            store,
            arguments.file,
            now=utc_now(),
            sample=arguments.sample,
            thin_before=arguments.thin_before,
            month_precision=arguments.month_precision,
        )
    for reason, count in saved.left_out.items():
        if count:
            remark(f"left out: {count} {LEFT_OUT[reason]}")
    write_line(f"{saved.records} records written to {arguments.file}")
    return 0


def _load(arguments: argparse.Namespace) -> int:
    source_url = find_database_url(arguments.file)
    with closing(open_store(read_settings().database_url)) as store:  # what ships is not wanted beside what is asked for
        if source_url is None:
            added = load_snapshot(store, Path(arguments.file), now=utc_now())
            write_line(f"{added} records added from {arguments.file}")
        else:
            with show_rows("copying") as progress:
                moved = move_tracker(store, source_url, progress=progress)
            write_line(f"{moved} records copied to {store.url}, with their history")
    return 0


def _compare(arguments: argparse.Namespace) -> int:
    comparison = compare_snapshots(arguments.old, arguments.new, report=arguments.report)
    write_line(comparison.in_words())
    if comparison.problems:
        raise ConfigurationError(f"{arguments.new} must not take the place of {arguments.old}.", comparison.problems)
    return 0
