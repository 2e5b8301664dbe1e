"""Sums: the points of the rules that matched, after masks, against a threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tracker.domain.hits import Match, Span
from tracker.domain.scheme import Rule, Scored
from tracker.domain.text import Document

AGAIN, OFTEN = 2, 4  # sentences from which a rule's extra points count
MaskSpan = tuple[str, Span]  # the mask's rule id and the place it covers


class Finding(NamedTuple):
    """One rule that counts: where it matches outside masks, and which publication types it names."""

    rule: Rule
    matches: Sequence[Match]
    types: Sequence[int]


class Outcome(NamedTuple):
    """What the rules say of one label.

    ``taken_by`` names, for a label that is not given but would be without them, the masks, vetoes and negative rules with
    their words.
    """

    points: float
    is_given: bool
    findings: tuple[Finding, ...] = ()
    taken_by: tuple[MaskSpan, ...] = ()

    def places(self) -> list[tuple[int, int, str]]:
        """Start, minus the end and rule id of all words that speak for the label, by start, the longest first."""
        places = set()
        for finding in self.findings:
            if finding.rule.weight > 0:
                rule_id = finding.rule.id
                places.update([(start, -end, rule_id) for match in finding.matches for start, end in match])
        return sorted(places)

    def is_studied(self, document: Document) -> bool:
        """Whether the words that speak for the label stand in the title or in two sentences or more."""
        sentences, first = document.sentences(), None
        for finding in self.findings:
            for match in finding.matches if finding.rule.weight > 0 else ():
                sentence = sentences[match[0][0]]
                if _is_in_title(match, document) or sentence != (sentence if first is None else first):
                    return True
                first = sentence
        return False


@dataclass(frozen=True, slots=True)
class Sheet:
    """Something decided by a sum, with its rules by number; ``most`` are the points that each rule can give at most."""

    scored: Scored
    rules: Mapping[int, Rule]
    masks: tuple[tuple[int, Rule], ...]
    vetoes: tuple[tuple[int, Rule], ...]
    most: Mapping[int, float]


def make_sheet(scored: Scored, number_of: Mapping[str, int]) -> Sheet:
    """The sheet of *scored*, given the numbers of rules by id."""
    rules = {number_of[rule.id]: rule for rule in scored.rules}
    masks, vetoes = (tuple((number_of[rule.id], rule) for rule in some) for some in (scored.masks, scored.vetoes))
    most = {
        number: max(0.0, rule.weight + sum(max(0.0, more) for more in (rule.title, rule.again, rule.often)))
        for number, rule in rules.items()
    }
    return Sheet(scored, rules, masks, vetoes, most)


def score(
    sheet: Sheet, found: Mapping[int, Sequence[Match]], typed: Mapping[int, Sequence[int]], masks: Sequence[MaskSpan], document: Document
) -> Outcome:
    """The outcome for *sheet*, given where each rule matches (*found*, *typed*, by number) and which places are masked."""
    findings: list[Finding] = []
    masked: list[MaskSpan] = []
    points = positive = 0.0
    numbers = found.keys() | typed.keys() if typed else found.keys()
    for number in sorted(numbers & sheet.rules.keys()):
        rule = sheet.rules[number]
        matches = kept = found.get(number, ())
        if masks:
            kept = [match for match in matches if not _covering(match, masks)]
        if kept or number in typed:
            finding = Finding(rule, kept, typed.get(number, ()))
            findings.append(finding)
            gained = _points(finding, document) if rule.title or rule.again or rule.often else rule.weight
            points += gained
            positive += gained if rule.weight > 0 else 0.0
        elif rule.weight > 0:  # all its matches are masked
            positive += rule.weight
            masked += [mask for match in matches for mask in _covering(match, masks)]
    vetoes = [(veto.id, match[0]) for number, veto in sheet.vetoes for match in found.get(number, ())]
    threshold = sheet.scored.threshold
    if points >= threshold and not vetoes:
        return Outcome(points, True, tuple(findings))
    if positive < threshold:
        return Outcome(points, False, tuple(findings))
    against = [(one.rule.id, match[0]) for one in findings if one.rule.weight < 0 for match in one.matches]
    return Outcome(points, False, tuple(findings), (*vetoes, *masked, *against))


def _covering(match: Match, masks: Sequence[MaskSpan]) -> list[MaskSpan]:
    """The masks that cover any word of *match*."""
    return [mask for mask in masks for start, end in match if mask[1][0] < end and start < mask[1][1]]


def _is_in_title(match: Match, document: Document) -> bool:
    return match[-1][0] < document.title_end and match[0][0] < document.title_end


def _points(finding: Finding, document: Document) -> float:
    """The rule's weight, with its extra for the title and for more sentences."""
    rule, points = finding.rule, finding.rule.weight
    if rule.title:
        for match in finding.matches:
            if _is_in_title(match, document):
                points += rule.title
                break
    if rule.again or rule.often:
        numbers = document.sentences()
        sentences = len({numbers[match[0][0]] for match in finding.matches})
        points += (rule.again if sentences >= AGAIN else 0.0) + (rule.often if sentences >= OFTEN else 0.0)
    return points
