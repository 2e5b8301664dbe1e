"""Sums: the points of the rules that matched, after masks, against a threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracker.domain.lexicon import Match, Span
from tracker.domain.scheme import Rule, Scored
from tracker.domain.text import Document

AGAIN, OFTEN = 2, 4  # sentences from which a rule's extra points count
MaskSpan = tuple[str, Span]  # the mask's rule id and the place it covers


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that counts: where it matches outside masks, and which publication types it names."""

    rule: Rule
    matches: tuple[Match, ...]
    types: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules say of one label.

    ``taken_by`` names, for a label that is not given but would be without them, the masks, vetoes and negative rules with
    their words. ``sentences`` are those that speak for the label.
    """

    points: float
    is_given: bool
    findings: tuple[Finding, ...] = ()
    taken_by: tuple[MaskSpan, ...] = ()
    sentences: frozenset[int] = frozenset()
    is_in_title: bool = False

    def places(self) -> list[tuple[int, int, str]]:
        """Start, end and rule id of all words that speak for the label, by start, the longest first."""
        found = {
            (start, end, finding.rule.id)
            for finding in self.findings
            if finding.rule.weight > 0
            for match in finding.matches
            for start, end in match
        }
        return sorted(found, key=lambda place: (place[0], -place[1], place[2]))


def score(
    scored: Scored, found: Mapping[str, list[Match]], typed: Mapping[str, list[int]], masks: Sequence[MaskSpan], document: Document
) -> Outcome:
    """The outcome for *scored*, given where each rule matches (*found*, *typed*) and which places are masked."""
    findings: list[Finding] = []
    masked: list[MaskSpan] = []
    regained = 0.0  # points of positive rules that lost all their matches to masks
    for rule in scored.rules:
        matches, types = found.get(rule.id, ()), tuple(typed.get(rule.id, ()))
        kept = tuple(match for match in matches if not _covering(match, masks)) if masks else tuple(matches)
        if kept or types:
            findings.append(Finding(rule, kept, types))
        elif matches and rule.weight > 0:
            regained += rule.weight
            masked += [mask for match in matches for mask in _covering(match, masks)]
    points = sum(_points(finding, document) for finding in findings)
    vetoes = [(veto.id, span) for veto in scored.vetoes for match in found.get(veto.id, ()) for span in match[:1]]
    is_given = points >= scored.threshold and not vetoes
    if not is_given:
        positive = sum(_points(finding, document) for finding in findings if finding.rule.weight > 0)
        if positive + regained < scored.threshold:
            return Outcome(points, False, tuple(findings))
        against = [(one.rule.id, match[0]) for one in findings if one.rule.weight < 0 for match in one.matches]
        return Outcome(points, False, tuple(findings), (*vetoes, *masked, *against))
    return _given(points, findings, document)


def narrow(outcome: Outcome, rule_ids: Sequence[str], document: Document) -> Outcome:
    """What of *outcome* the rules *rule_ids* say; its ``findings`` are empty if none of them matched."""
    findings = [finding for finding in outcome.findings if finding.rule.id in rule_ids]
    return _given(outcome.points, findings, document) if findings else Outcome(0.0, False)


def _given(points: float, findings: Sequence[Finding], document: Document) -> Outcome:
    speaking = [match for finding in findings if finding.rule.weight > 0 for match in finding.matches]
    sentences = frozenset(document.sentence(match[0][0]) for match in speaking)
    return Outcome(points, True, tuple(findings), (), sentences, any(_is_in_title(match, document) for match in speaking))


def _covering(match: Match, masks: Sequence[MaskSpan]) -> list[MaskSpan]:
    """The masks that cover any word of *match*."""
    return [mask for mask in masks for start, end in match if mask[1][0] < end and start < mask[1][1]]


def _is_in_title(match: Match, document: Document) -> bool:
    return match[-1][0] < document.title_end and match[0][0] < document.title_end


def _points(finding: Finding, document: Document) -> float:
    """The rule's weight, with its extra for the title and for more sentences."""
    rule = finding.rule
    points = rule.weight
    if rule.title and any(_is_in_title(match, document) for match in finding.matches):
        points += rule.title
    if rule.again or rule.often:
        sentences = len({document.sentence(match[0][0]) for match in finding.matches})
        points += (rule.again if sentences >= AGAIN else 0.0) + (rule.often if sentences >= OFTEN else 0.0)
    return points
