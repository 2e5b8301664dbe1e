"""Gives a record its labels, and says why: which words, by which rule, and what a mask or a veto took away.

Every decision is a sum: the points of the rules that matched against a threshold. Pure and deterministic: a record's labels
depend on its own words and the taxonomy only. A record out of scope gets no labels. How sums are made: :mod:`tracker.domain.scoring`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from tracker.domain.dates import PartialDate
from tracker.domain.hits import Hits, Match, in_order
from tracker.domain.lexicon import Lexicon
from tracker.domain.record import NAMED, STUDIED, EvidenceSpan, Labelling, Record, Suppressed
from tracker.domain.scheme import Label, Rule, Scored, Taxonomy
from tracker.domain.scoring import Finding, MaskSpan, Outcome, Sheet, make_sheet, score
from tracker.domain.text import Document, join_fields

MAX_EVIDENCE = 12  # spans kept for one label: a screen shows a handful
MAX_SUPPRESSED = 3  # likewise
MAX_QUOTED = 3  # words quoted for each signal in the scope's reason


class Classifier:
    """A taxonomy compiled for use. Building takes a moment (a tenth of a second); classifying is cheap and thread-safe."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        rules = [*taxonomy.masks, *taxonomy.scope.vetoes, *(rule for signal in taxonomy.scope.signals for rule in _all_rules(signal))]
        scope_patterns = sum(len(rule.patterns) for rule in rules)
        self._labels: list[Label] = list(taxonomy.labels())
        rules += [rule for label in self._labels for rule in _all_rules(label)]
        self.rule_numbers: dict[str, int] = {rule.id: number for number, rule in enumerate(rules)}
        self._rule_of: list[int] = [number for number, rule in enumerate(rules) for _ in rule.patterns]  # by pattern
        self.signals: list[Sheet] = [make_sheet(signal, self.rule_numbers) for signal in taxonomy.scope.signals]
        self._sheets: list[Sheet] = [make_sheet(label, self.rule_numbers) for label in self._labels]
        self._sheet_of: dict[int, int] = {number: place for place, sheet in enumerate(self._sheets) for number in sheet.most}
        self._order: dict[str, int] = {label.id: place for place, label in enumerate(self._labels)}
        self._parts: dict[str, list[str]] = {}  # rule -> level-2 labels that it gives beside its own
        for label in self._labels:
            for part in label.parts:
                self._parts.setdefault(part, []).append(label.id)
        self.lexicon = Lexicon([pattern for rule in rules for pattern in rule.patterns], scope_patterns, self._rule_of)

    def classify_record(self, record: Record, *, in_scope: bool | None = None) -> Labelling:
        """The labelling of *record*, from its title, abstract, keywords, MeSH headings and publication types.

        ``in_scope`` is a person's word on scope; ``None`` leaves it to the rules.
        """
        return self.classify(
            title=record.title,
            abstract=record.abstract,
            keywords=record.keywords,
            mesh=record.mesh,
            publication_types=record.publication_types,
            published=record.published,
            in_scope=in_scope,
        )

    def classify(
        self,
        *,
        title: str | None,
        abstract: str | None = None,
        keywords: Sequence[str] | str = (),
        mesh: Sequence[str] | str = (),
        publication_types: Sequence[str] = (),
        published: PartialDate | None = None,
        in_scope: bool | None = None,
    ) -> Labelling:
        """The labelling of one description. Any Unicode will do; ``published=None`` means the year is not held against it."""
        document = Document(join_fields(title, abstract, keywords, mesh))
        return _Classification(self, document, publication_types).labelling(published, in_scope)

    def typed(self, publication_types: Sequence[str]) -> dict[int, list[int]]:
        """Rule → places in *publication_types* that its ``TYPE:`` patterns name."""
        found: dict[int, list[int]] = {}
        for place, name in enumerate(publication_types):
            for number in self.lexicon.types.get(name.casefold(), ()):
                found.setdefault(self._rule_of[number], []).append(place)
        return found

    def found_on_scope(self, hits: Hits) -> dict[int, list[Match]]:
        """Rule → where it matches, for those that decide scope."""
        return self.lexicon.found(hits)

    def found_on_labels(self, hits: Hits) -> dict[int, list[Match]]:
        """Rule → where it matches, for all others, which need no look where a record is out of scope."""
        self.lexicon.search_rest(hits)
        return self.lexicon.found_in_rest(hits)

    def within_reach(self, rules: Iterable[int]) -> list[tuple[Label, Sheet]]:
        """The labels, in taxonomy order, whose threshold *rules* could reach if each gave all it can; no other need be summed."""
        most: dict[int, float] = {}
        for rule in rules:
            place = self._sheet_of.get(rule)
            if place is not None:
                most[place] = most.get(place, 0.0) + self._sheets[place].most[rule]
        reached = sorted(place for place, points in most.items() if points >= self._labels[place].threshold)
        return [(self._labels[place], self._sheets[place]) for place in reached]

    def in_order(self, names: Iterable[str]) -> list[Label]:
        """The labels *names*, in taxonomy order."""
        return [self._labels[place] for place in sorted(self._order[name] for name in names)]

    def children(self, rule_id: str) -> Sequence[str]:
        """The level-2 labels that the rule gives where it gives its own label."""
        return self._parts.get(rule_id, ())


def _all_rules(scored: Scored) -> tuple[Rule, ...]:
    return (*scored.rules, *scored.masks, *scored.vetoes)


class _Classification:
    """The work on one record."""

    def __init__(self, classifier: Classifier, document: Document, publication_types: Sequence[str]) -> None:
        self._classifier, self._document, self._types = classifier, document, publication_types
        self._taxonomy = classifier.taxonomy
        self._hits = classifier.lexicon.search(document)
        self._found = classifier.found_on_scope(self._hits)
        self._typed = classifier.typed(publication_types)
        self._masks = self._mask_spans(self._taxonomy.masks)

    def labelling(self, published: PartialDate | None, decided: bool | None) -> Labelling:
        in_scope, reason = self._scope(published)
        if not (in_scope if decided is None else decided):
            return Labelling(self._taxonomy.version, False, reason)
        self._found |= self._classifier.found_on_labels(self._hits)
        in_reach = self._classifier.within_reach(self._found.keys() | self._typed.keys())
        outcomes = {label.id: self._outcome(sheet) for label, sheet in in_reach}
        given = self._with_children({name: outcome for name, outcome in outcomes.items() if outcome.is_given})
        labels = self._classifier.in_order(given)
        strengths: dict[str, dict[str, int]] = {}
        for label in labels:
            strengths.setdefault(label.facet, {})[label.id] = STUDIED if given[label.id].is_studied(self._document) else NAMED
        evidence = [span for label in labels for span in self._evidence(label, given[label.id])]
        refused = self._classifier.in_order(name for name in outcomes if name not in given)
        suppressed = [entry for label in refused for entry in self._suppressed(label, outcomes[label.id])]
        return Labelling(self._taxonomy.version, True, reason, strengths, tuple(evidence), tuple(suppressed))

    # -- scope ---------------------------------------------------------------------------------------------------------
    def _scope(self, published: PartialDate | None) -> tuple[bool, str]:
        """Whether the record is in scope, and why, in words for the reader."""
        scope = self._taxonomy.scope
        if published is not None and published.year < scope.earliest_year:
            return False, f"Published in {published.year}, before {scope.earliest_year}."
        for veto in scope.vetoes:
            if matches := self._found.get(self._classifier.rule_numbers[veto.id]):
                return False, f"Ruled out by {veto.id}: {self._quote(matches)}."
        outcomes = [(scope.names[sheet.scored.id], sheet.scored, self._outcome(sheet)) for sheet in self._classifier.signals]
        reasons = [f"{name} {outcome.points:g} of {signal.threshold:g} points{self._words(outcome)}" for name, signal, outcome in outcomes]
        return all(outcome.is_given for *_, outcome in outcomes), "; ".join(reasons) + "."

    def _words(self, outcome: Outcome) -> str:
        matches = [match for finding in outcome.findings if finding.rule.weight > 0 for match in finding.matches]
        return f" ({self._quote(matches)})" if matches else ""

    def _quote(self, matches: list[Match]) -> str:
        """The first few different words of *matches*; of words within words, the longer only."""
        words: dict[str, None] = {}
        reached = 0
        for start, end in in_order([span for match in matches for span in match]):
            if end > reached:
                words[self._document.locate(start, end)[3]] = None
                reached = end
                if len(words) == MAX_QUOTED:
                    break
        return ", ".join([f"“{word}”" for word in words])

    # -- sums ----------------------------------------------------------------------------------------------------------
    def _outcome(self, sheet: Sheet) -> Outcome:
        masks = self._masks + self._mask_spans(sheet.scored.masks) if sheet.masks else self._masks
        return score(sheet, self._found, self._typed, masks, self._document)

    def _mask_spans(self, masks: Iterable[Rule]) -> list[MaskSpan]:
        numbers = self._classifier.rule_numbers
        return [(mask.id, span) for mask in masks for match in self._found.get(numbers[mask.id], ()) for span in match]

    def _with_children(self, given: dict[str, Outcome]) -> dict[str, Outcome]:
        """*given* with each level-2 label one of whose parts speaks for its parent."""
        parts: dict[str, list[Finding]] = {}
        for outcome in given.values():
            for finding in outcome.findings:
                for child in self._classifier.children(finding.rule.id):
                    parts.setdefault(child, []).append(finding)
        return given | {child: Outcome(0.0, True, tuple(findings)) for child, findings in parts.items()}

    # -- reasons -------------------------------------------------------------------------------------------------------
    def _evidence(self, label: Label, outcome: Outcome) -> list[EvidenceSpan]:
        """The words that gave *label*, in reading order; of words within words, the longer only."""
        spans: list[EvidenceSpan] = []
        key, reached = label.key, 0
        for start, minus_end, rule_id in outcome.places():
            if -minus_end > reached:
                reached = -minus_end
                spans.append(EvidenceSpan(key, *self._document.locate(start, reached), rule_id))
                if len(spans) == MAX_EVIDENCE:
                    break
        for finding in outcome.findings:
            for place in finding.types:
                text = self._types[place]
                spans.append(EvidenceSpan(label.key, f"publication_types.{place}", 0, len(text), text, finding.rule.id))
        return spans

    def _suppressed(self, label: Label, outcome: Outcome) -> list[Suppressed]:
        """What took *label* away, if it would have been given otherwise."""
        first = islice(dict.fromkeys(outcome.taken_by), MAX_SUPPRESSED)
        return [Suppressed(label.key, rule_id, *self._document.locate(*span)) for rule_id, span in first]
