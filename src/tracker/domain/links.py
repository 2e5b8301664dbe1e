"""What people say of pairs of records: the same paper, or not. Read from ``data/links.csv``, a file people edit; it wins.

Columns ``first, second, verdict, note``: two keys as in the CSV export (``arxiv:2403.14814``), ``same`` or ``different``, and why.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from tracker.domain.matching import Verdict
from tracker.errors import ConfigurationError

COLUMNS = ("first", "second", "verdict", "note")
_KEY = re.compile(r"(?:arxiv|pubmed|doi):\S+")  # yes: pubmed:38123456   no: 38123456
_VERDICTS = (Verdict.SAME, Verdict.DIFFERENT)


@dataclass(frozen=True, slots=True)
class PersonLink:
    """A person's verdict on two records, by key; ``first`` is the smaller key. ``note`` says why, empty if nobody did."""

    first: str
    second: str
    verdict: Verdict
    note: str = ""

    @property
    def pair(self) -> tuple[str, str]:
        """The two keys."""
        return self.first, self.second


def parse_links(text: str, *, place: str) -> tuple[PersonLink, ...]:
    """The verdicts in a CSV *text*, in order. Raises ``ConfigurationError`` with every fault and its line.

    >>> parse_links("first,second,verdict,note\\npubmed:1,arxiv:2401.00001,same,checked by hand\\n", place="links.csv")[0].pair
    ('arxiv:2401.00001', 'pubmed:1')
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), restkey="")
    problems: list[str] = []
    found: dict[tuple[str, str], PersonLink] = {}
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ConfigurationError(f"{place}: the first line must be {','.join(COLUMNS)!r}.")
    for row in reader:
        values = {name: (row[name] or "").strip() for name in COLUMNS}
        faults = _find_faults(values, found)
        problems += [f"{place} line {reader.line_num}: {fault}" for fault in faults]
        if not faults:
            first, second = sorted((values["first"], values["second"]))
            found[first, second] = PersonLink(first, second, Verdict(values["verdict"]), values["note"])
    if problems:
        raise ConfigurationError(f"{place} is not right; correct it and start again.", problems)
    return tuple(found.values())


def _find_faults(values: dict[str, str], found: dict[tuple[str, str], PersonLink]) -> list[str]:
    faults = [
        f"{name} is {values[name]!r}, not a key like arxiv:2403.14814" for name in ("first", "second") if not _KEY.fullmatch(values[name])
    ]
    if values["verdict"] not in _VERDICTS:
        faults.append(f"verdict is {values['verdict']!r}; write {_VERDICTS[0]} or {_VERDICTS[1]}")
    if values["first"] == values["second"]:
        faults.append(f"{values['first']!r} stands on both sides")
    known = found.get((min(values["first"], values["second"]), max(values["first"], values["second"])))
    if known and known.verdict != values["verdict"]:
        faults.append(f"this pair was called {known.verdict} before")
    return faults
