"""``tracker correct``: a person's word on one label of one record, or the list of words the rules now agree with."""

from __future__ import annotations

import argparse
from contextlib import closing

from tracker.commands._output import write_line
from tracker.data_files import read_taxonomy
from tracker.domain.corrections import VERDICTS, Correction
from tracker.errors import ConfigurationError
from tracker.pipeline.corrections import add_correction, agreed_corrections, written_now
from tracker.pipeline.opening import open_tracker, utc_now
from tracker.settings import read_settings

HELP = "say that a record has, or has not, a label; a person's word wins over the rules"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The record, the label and the verdict, with a note."""
    parser.add_argument("key", nargs="?", metavar="KEY", help="the record, such as arxiv:2401.00001")
    parser.add_argument("label", nargs="?", metavar="FACET:LABEL", help="such as risk:opacity, or scope:in")
    parser.add_argument("verdict", nargs="?", choices=VERDICTS, metavar="yes|no", help="whether the record has the label")
    parser.add_argument("--note", default="", metavar="TEXT", help="why, for whoever reads it later")
    parser.add_argument("--who", default="", metavar="NAME", help="who decided")
    parser.add_argument("--agreed", action="store_true", help="list the corrections that the rules now agree with, which may be retired")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; an unknown record or label ends with 2 and changes nothing."""
    settings = read_settings()
    taxonomy = read_taxonomy(settings)
    with closing(open_tracker(settings)) as store:
        if arguments.agreed:
            for row in agreed_corrections(settings, store, taxonomy):
                write_line(row.to_row().strip())
            return 0
        correction = _correction(arguments)
        labelling = add_correction(settings, store, taxonomy, correction, now=utc_now())
    labels = ", ".join(f"{facet}:{name}" for facet, found in labelling.labels.items() for name in found) or "none"
    write_line(f"Saved. {correction.key} is {'in' if labelling.in_scope else 'out of'} scope; its labels: {labels}.")
    return 0


def _correction(arguments: argparse.Namespace) -> Correction:
    if arguments.verdict is None:
        raise ConfigurationError("Give a record, a label and yes or no: tracker correct arxiv:2401.00001 risk:opacity no --note TEXT.")
    facet, _, label = arguments.label.partition(":")
    return Correction(
        key=arguments.key,
        facet=facet,
        label=label,
        verdict=VERDICTS[arguments.verdict],
        note=arguments.note,
        who=arguments.who,
        when=written_now(utc_now()),
    )
