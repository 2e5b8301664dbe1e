"""Decides what each harvested record means for the store. Pure: known state and new records in, decisions out.

The rules:

* unknown key → ``new``; same content → ``unchanged``; other content → ``changed``.
* The highest version wins: of two versions in one page the later stays, and a version below the stored one is a stale
  answer of the service, so the stored record stays as it is (``unchanged``).
* A record that only the shipped snapshot knew is ``enriched``: its text comes for the first time. Reports count it as
  *new*, because no harvest had brought it before, and name the number of such records beside; the store keeps its
  ``first_seen_at`` and ``last_changed_at``, so no reader is told that a paper they have seen is news.
* A PubMed record whose snapshot twin is known by its DOI alone takes the twin's place (``replaces``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tracker.domain.record import Labelling, Record
from tracker.store.base import Change, Decision, KnownRecord

Classify = Callable[[Sequence[Record]], Sequence[Labelling]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDecisions:
    """What to do with one page, and the numbers for the report. ``received == new + changed + unchanged``; ``enriched`` ⊆ new."""

    decisions: tuple[Decision, ...] = ()
    received: int = 0
    new: int = 0
    enriched: int = 0
    changed: int = 0
    unchanged: int = 0
    out_of_scope: int = 0


def amend(decided: PageDecisions, amended: Callable[[Record, Labelling], Labelling]) -> PageDecisions:
    """*decided* with each labelling that is to be written as *amended* makes it."""
    before = decided.decisions
    after = tuple(replace(one, labelling=amended(one.record, one.labelling)) if one.labelling else one for one in before)
    more_out = sum(
        old.labelling.in_scope - new.labelling.in_scope for old, new in zip(before, after, strict=True) if old.labelling and new.labelling
    )
    return replace(decided, decisions=after, out_of_scope=decided.out_of_scope + more_out)


def decide(records: Sequence[Record], *, known: Mapping[str, KnownRecord], twins: Mapping[str, str], classify: Classify) -> PageDecisions:
    """One decision per distinct key of *records*, in their order.

    *known* is what the store holds under their keys, *twins* maps the DOI of a snapshot record without PMID to its key.
    *classify* labels all records that will be written, in one call; unchanged ones are none of its business.
    """
    latest = latest_versions(records)
    changes = [find_change(record, known.get(record.key)) for record in latest]
    written = [record for record, change in zip(latest, changes, strict=True) if change is not Change.UNCHANGED]
    labels = {record.key: given for record, given in zip(written, classify(written), strict=True)} if written else {}
    free_twins = dict(twins)
    decisions = [_decide_one(record, change, free_twins, labels) for record, change in zip(latest, changes, strict=True)]
    return PageDecisions(
        decisions=tuple(decisions),
        received=len(decisions),
        new=_count(decisions, Change.NEW, Change.ENRICHED),
        enriched=_count(decisions, Change.ENRICHED),
        changed=_count(decisions, Change.CHANGED),
        unchanged=_count(decisions, Change.UNCHANGED),
        out_of_scope=sum(not _is_in_scope(decision, known) for decision in decisions),
    )


def latest_versions(records: Iterable[Record]) -> list[Record]:
    """Each key once, in the order of first appearance, at its highest version; of equal versions the last one said."""
    latest: dict[str, Record] = {}
    for record in records:
        seen = latest.get(record.key)
        if seen is None or not _is_older(record.version, seen.version):
            latest[record.key] = record
    return list(latest.values())


def find_change(record: Record, known: KnownRecord | None) -> Change:
    """What *record* is to a store that holds *known* under its key (``None`` = nothing)."""
    if known is None:
        return Change.NEW
    if _is_older(record.version, known.version):
        return Change.UNCHANGED
    if known.from_snapshot:
        return Change.ENRICHED
    return Change.UNCHANGED if record.content_hash() == known.content_hash else Change.CHANGED


def _decide_one(record: Record, change: Change, free_twins: dict[str, str], labels: Mapping[str, Labelling]) -> Decision:
    if change is Change.UNCHANGED:
        return Decision(record, change)
    # A twin can be taken once: a second record with the same DOI is a record of its own.
    replaced = free_twins.pop(record.doi, None) if change is Change.NEW and record.doi else None
    return Decision(record, Change.ENRICHED if replaced else change, labels[record.key], replaced)


def _is_older(version: int | None, stored: int | None) -> bool:
    return version is not None and stored is not None and version < stored


def _is_in_scope(decision: Decision, known: Mapping[str, KnownRecord]) -> bool:
    return decision.labelling.in_scope if decision.labelling else known[decision.record.key].in_scope


def _count(decisions: Sequence[Decision], *changes: Change) -> int:
    return sum(decision.change in changes for decision in decisions)
