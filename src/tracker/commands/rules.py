"""``tracker rules try``: what a changed taxonomy would add and remove, before anything is changed."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from tracker.commands._output import write_json, write_line
from tracker.commands._progress import counting_bar
from tracker.commands.evaluate import read_gold
from tracker.data_files import read_corrections, read_taxonomy, read_text
from tracker.domain.taxonomy import parse_taxonomy
from tracker.pipeline.opening import open_tracker
from tracker.pipeline.rules import RulesTrial, try_rules
from tracker.settings import read_settings

HELP = "what a changed taxonomy would change, over everything stored and against labelled papers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The one thing to do with rules, so far: try them."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True, dest="action")
    attempt = actions.add_parser("try", help="compare a taxonomy file with the one in force; nothing is written")
    attempt.add_argument("file", type=Path, metavar="RULES.yaml", help="the changed taxonomy")
    attempt.add_argument("--gold", type=Path, metavar="FILE", help="labelled papers (JSON Lines) to score both on")
    attempt.add_argument("--json", action="store_true", help="print everything as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; a taxonomy with faults ends with 2 and names them all."""
    settings = read_settings()
    before = read_taxonomy(settings)
    after = parse_taxonomy(read_text(arguments.file, "the changed taxonomy"), place=arguments.file.name)
    gold = read_gold(arguments.gold, before) if arguments.gold else []
    corrections = read_corrections(settings, before)
    with closing(open_tracker(settings)) as store, counting_bar("rules try", store.count_records()) as bar:
        trial = try_rules(before, after, store, corrections=corrections, gold=gold, progress=bar.update)
    if arguments.json:
        write_json(trial.to_json())
    else:
        for line in _in_words(trial):
            write_line(line)
    return 0


def _in_words(trial: RulesTrial) -> list[str]:
    lines = [f"{trial.changed} of {trial.records} records with text would be labelled differently."]
    for name, change in trial.labels.items():
        lines.append(f"{name}: {change.added} more, {change.removed} fewer")
        lines += [f"  + {key}  {title}" for key, title in change.added_examples]
        lines += [f"  - {key}  {title}" for key, title in change.removed_examples]
    if trial.gold:
        lines += ["", "F1 on the labelled papers, before and after:"]
        lines += [f"  {name:34} {before:.3f} → {after:.3f}" for name, (before, after) in trial.gold.items()]
    return lines
