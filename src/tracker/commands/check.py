"""``tracker check``: validate taxonomy, queries, settings, shipped data and database; every fault at once."""

from __future__ import annotations

import argparse

from tracker.commands._output import write_line
from tracker.errors import ConfigurationError
from tracker.pipeline.check import find_faults

HELP = "validate the taxonomy, the queries, the settings, the shipped data and the database; name every fault at once"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There is nothing to choose."""


def run(_: argparse.Namespace) -> int:
    """Exit code 0 if all is well; raises ``ConfigurationError``, exit code 2, with every fault."""
    faults = find_faults()
    if faults:
        raise ConfigurationError(f"{len(faults)} {'fault' if len(faults) == 1 else 'faults'} found:", faults)
    write_line("Taxonomy, queries, settings, shipped data and database are in order.")
    return 0
