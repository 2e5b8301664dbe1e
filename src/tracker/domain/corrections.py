"""Labels a person decided. They win over rules, survive reclassification and are shown as "human".

``data/corrections.csv`` holds one decision a row: ``record,facet,label,verdict,note,who,when``; of several on the same label
the last one counts. ``scope,in`` decides whether a record is in scope at all. Rows are never deleted by the program: those
that the rules have come to agree with are listed, so that a person can retire them.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tracker.domain.classifier import Classifier
from tracker.domain.record import NAMED, AbstractState, Labelling, Record
from tracker.domain.scheme import Taxonomy
from tracker.errors import ConfigurationError

COLUMNS = ("record", "facet", "label", "verdict", "note", "who", "when")
VERDICTS = {"yes": True, "no": False}
SCOPE, IN = "scope", "in"  # the pseudo-label that decides scope
MAX_NOTE, MAX_WHO = 2_000, 100  # code points; readers of CSV stop at 131,072 in a cell, and so would the tracker

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})  # control, format (zero width, bidirectional), half surrogates, private use
_FORMULA = re.compile(r"[=+\-@＝＋－＠]")  # yes: =1+1   no: '=1+1, one-off


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One decision: record *key* has (or has not) the label. ``when`` is an ISO day or instant, as the person wrote it."""

    key: str
    facet: str
    label: str
    verdict: bool
    note: str = ""
    who: str = ""
    when: str = ""

    @property
    def label_key(self) -> str:
        """``facet:label``."""
        return f"{self.facet}:{self.label}"

    def to_row(self) -> str:
        """The line of ``corrections.csv``, with its line end.

        >>> Correction(key="arxiv:2401.00001", facet="risk", label="opacity", verdict=False, note="a virtue, here").to_row()
        'arxiv:2401.00001,risk,opacity,no,"a virtue, here",,\\n'
        """
        line = io.StringIO()
        values = (self.key, self.facet, self.label, "yes" if self.verdict else "no", self.note, self.who, self.when)
        csv.writer(line, lineterminator="\n").writerow(values)
        return line.getvalue()


def tidied(row: Correction) -> Correction:
    """*row* fit to be written: note and name on one line, without unseen signs, and no formula for whoever opens the file in Excel.

    Raises ``ConfigurationError`` if one of them is too long to be meant.

    >>> tidied(Correction(key="a:1", facet="risk", label="opacity", verdict=True, note=" two\\nlines ", who="=1+1")).to_row()
    "a:1,risk,opacity,yes,two lines,'=1+1,\\n"
    """
    for name, text, most in (("note", row.note, MAX_NOTE), ("name", row.who, MAX_WHO)):
        if len(text) > most:
            raise ConfigurationError(f"The {name} has {len(text):,} characters; at most {most:,} are kept, please shorten it.")
    return replace(row, note=_tidy(row.note), who=_tidy(row.who))


def _tidy(text: str) -> str:
    seen = "".join(" " if char.isspace() else char for char in text if char.isspace() or unicodedata.category(char) not in _UNSEEN)
    line = " ".join(seen.split())
    return f"'{line}" if _FORMULA.match(line) else line


class Corrections:
    """All decisions, by record. A record is found under any of its identifiers."""

    def __init__(self, rows: Iterable[Correction] = ()) -> None:
        self.rows = tuple(rows)
        self._keys = frozenset(row.key for row in self.rows)

    def rows_for(self, record: Record) -> list[Correction]:
        """The decisions on *record*, in the file's order."""
        names = {record.key, f"arxiv:{record.arxiv_id}", f"pubmed:{record.pmid}", f"doi:{record.doi}"}
        return [row for row in self.rows if row.key in names] if names & self._keys else []

    def classify(self, classifier: Classifier, record: Record) -> Labelling:
        """What the rules say of *record*, as people corrected it. Not for records whose abstract is withheld: see :meth:`apply`."""
        rows = self.rows_for(record)
        scope = [row.verdict for row in rows if (row.facet, row.label) == (SCOPE, IN)]
        labelling = classifier.classify_record(record, in_scope=scope[-1] if scope else None)
        return apply_corrections(labelling, rows, classifier.taxonomy)

    def apply(self, classifier: Classifier, record: Record, labelling: Labelling) -> Labelling:
        """*labelling* of *record* with people's decisions: read anew if its text is there, else changed as it stands."""
        if record.abstract_state is AbstractState.WITHHELD:
            return apply_corrections(labelling, self.rows_for(record), classifier.taxonomy)
        return self.classify(classifier, record)


def apply_corrections(labelling: Labelling, rows: Sequence[Correction], taxonomy: Taxonomy) -> Labelling:
    """*labelling* with the decisions *rows*: a child given brings its parent, a parent taken takes its children."""
    if not rows:
        return labelling
    labels = {facet: dict(found) for facet, found in labelling.labels.items()}
    in_scope, human = labelling.in_scope, dict.fromkeys(labelling.human)
    for row in rows:
        human[row.label_key] = None
        if row.facet == SCOPE:
            in_scope = row.verdict
        elif row.verdict:
            _give(labels.setdefault(row.facet, {}), row, taxonomy)
        else:
            _take(labels.get(row.facet, {}), row, taxonomy)
    ordered = {} if not in_scope else _ordered(labels, taxonomy)
    kept = {f"{facet}:{name}" for facet, found in ordered.items() for name in found}
    evidence = tuple(span for span in labelling.evidence if span.label in kept)
    reason = labelling.scope_reason if in_scope == labelling.in_scope and f"{SCOPE}:{IN}" not in human else "A person decided it."
    return replace(labelling, in_scope=in_scope, scope_reason=reason, labels=ordered, evidence=evidence, human=tuple(human))


def _give(labels: dict[str, int], row: Correction, taxonomy: Taxonomy) -> None:
    labels.setdefault(row.label, NAMED)
    parent = taxonomy.facets[row.facet].labels[row.label].parent
    if parent is not None:
        labels.setdefault(parent, NAMED)


def _take(labels: dict[str, int], row: Correction, taxonomy: Taxonomy) -> None:
    for name, label in taxonomy.facets[row.facet].labels.items():
        if row.label in (name, label.parent):
            labels.pop(name, None)


def _ordered(labels: dict[str, dict[str, int]], taxonomy: Taxonomy) -> dict[str, dict[str, int]]:
    """*labels* in taxonomy order, empty facets left out."""
    return {
        facet.id: {name: labels[facet.id][name] for name in facet.labels if name in labels[facet.id]}
        for facet in taxonomy.facets.values()
        if labels.get(facet.id)
    }


def parse_corrections(text: str, *, place: str, taxonomy: Taxonomy) -> Corrections:
    """The decisions in the CSV *text*; *place* names the file. Raises ``ConfigurationError`` with every fault and its line."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ConfigurationError(f"{place} line 1: the columns should be {','.join(COLUMNS)}; restore the first line.")
    rows: list[Correction] = []
    problems: list[str] = []
    try:
        for values in reader:
            fault = _fault(values, taxonomy)
            if fault:
                problems.append(f"{place} line {reader.line_num}: {fault}")
            else:
                rows.append(_correction(values))
    except csv.Error as error:  # a cell of more than 131,072 characters
        problems.append(f"{place} line {reader.line_num}: cannot be read on from here ({error})")
    if problems:
        raise ConfigurationError(f"{place} is not valid: {len(problems)} to correct.", problems)
    return Corrections(rows)


def _correction(values: dict[str, str]) -> Correction:
    return Correction(
        key=values["record"],
        facet=values["facet"],
        label=values["label"],
        verdict=VERDICTS[values["verdict"]],
        note=values["note"],
        who=values["who"],
        when=values["when"],
    )


def _fault(values: dict[str, str], taxonomy: Taxonomy) -> str:
    """What is wrong with one row; empty if nothing is."""
    if None in values.values() or None in values:
        return f"should have {len(COLUMNS)} values"
    if ":" not in values["record"]:
        return f"{values['record']!r} is not a record's key, such as arxiv:2401.00001"
    if values["verdict"] not in VERDICTS:
        return f"{values['verdict']!r} should be yes or no"
    return label_fault(f"{values['facet']}:{values['label']}", taxonomy)


def label_fault(label_key: str, taxonomy: Taxonomy) -> str:
    """Why *label_key* (``facet:label``) cannot be decided on; empty if it can."""
    facet, _, label = label_key.partition(":")
    if (facet, label) == (SCOPE, IN):
        return ""
    if facet not in taxonomy.facets:
        return f"{facet!r} is not a facet; facets are {', '.join(taxonomy.facets)}, and {SCOPE}:{IN}"
    if label not in taxonomy.facets[facet].labels:
        return f"{label!r} is not a label of {facet}; labels are {', '.join(taxonomy.facets[facet].labels)}"
    return ""


def agrees(labelling: Labelling, row: Correction) -> bool:
    """Whether the rules alone say what *row* says, given what they made of its record: then it may be retired."""
    if row.facet == SCOPE:
        return labelling.in_scope == row.verdict
    return (row.label in labelling.labels.get(row.facet, {})) == row.verdict
