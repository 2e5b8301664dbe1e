"""Reads a taxonomy file and names every fault with its line, its label and its rule.

The file's form is described in ``docs/taxonomy_language.md``; what it means, in :mod:`tracker.domain.scheme`.
"""

from __future__ import annotations

import re

from tracker.domain.patterns import Pattern, PatternError, expand_names, parse_pattern
from tracker.domain.scheme import FACETS, ORIGINS, Facet, Label, Rule, Scope, Scored, Taxonomy
from tracker.domain.yaml_nodes import Node, compose
from tracker.errors import TaxonomyError

__all__ = ["FACETS", "Facet", "Label", "Rule", "Scope", "Scored", "Taxonomy", "parse_taxonomy"]

_ID = re.compile(r"[a-z][a-z0-9_]*\Z")  # yes "stigma_2", no "Stigma", "risk:stigma"
_VERSION = re.compile(r"\d{4}\.\d+\Z")  # yes "2026.1", no "0.2-draft"
_LABEL_KEYS = (
    "name", "short_name", "definition", "includes", "excludes", "origin", "level", "parent", "outside_paper_three", "threshold",
    "rules", "masks", "vetoes", "parts",
)  # fmt: skip
_RULE_KEYS = ("weight", "title", "again", "often", "any")


def parse_taxonomy(text: str, *, place: str) -> Taxonomy:
    """The taxonomy in the YAML *text*; *place* names the file in messages.

    Raises ``TaxonomyError`` with every fault at once, each with its line.
    """
    faults: list[tuple[int, str]] = []
    root = compose(text, faults)
    taxonomy = _FileReader().read(root) if root is not None else None
    if faults or taxonomy is None:
        problems = [f"{place} line {line}: {message}" for line, message in sorted(faults)]
        raise TaxonomyError(f"{place} is not a valid taxonomy: {len(problems)} to correct.", problems)
    return taxonomy


class _FileReader:
    """Builds the taxonomy and remembers the ids seen, which must be unique."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._words: dict[str, str] = {}

    def read(self, root: Node) -> Taxonomy:
        top = root.mapping(("version", "about", "words", "masks", "scope", "facets"), ("version", "scope", "facets"))
        version = _text(top, "version")
        if "version" in top and not _VERSION.match(version):
            top["version"].fault(f'{version!r} is not a version; write a year and a number, such as "2026.1"')
        self._read_words(top.get("words"))
        masks = self._rules(top.get("masks"), "all", "")
        scope = self._scope(top["scope"]) if "scope" in top else Scope(earliest_year=0, signals=(), names={})
        facets = self._facets(top["facets"]) if "facets" in top else {}
        return Taxonomy(version=version, scope=scope, facets=facets, masks=masks)

    def _read_words(self, node: Node | None) -> None:
        """Names for alternatives that many patterns share; a name may use names before it."""
        for name, child in (node.mapping() if node is not None else {}).items():
            alternatives = [item.typed(str, "words in quotes", "") for item in child.items()]
            try:
                self._words[name] = expand_names(f"({'|'.join(alternatives)})", self._words)
                parse_pattern(self._words[name])
            except PatternError as error:
                child.fault(str(error))

    def _scope(self, node: Node) -> Scope:
        keys = node.mapping(("earliest_year", "signals", "vetoes"), ("earliest_year", "signals"))
        signals: list[Scored] = []
        names: dict[str, str] = {}
        for name, child in (keys["signals"].mapping() if "signals" in keys else {}).items():
            parts = child.mapping(("name", "threshold", "rules", "masks"), ("name", "threshold", "rules"))
            self._claim(name, child)
            names[name] = _text(parts, "name")
            signals.append(
                Scored(
                    id=name,
                    threshold=_number(parts, "threshold", 1.0),
                    rules=self._rules(parts.get("rules"), name, child.where),
                    masks=self._rules(parts.get("masks"), name, child.where),
                )
            )
        year = int(_number(keys, "earliest_year", 0))
        return Scope(earliest_year=year, signals=tuple(signals), names=names, vetoes=self._rules(keys.get("vetoes"), "scope", node.where))

    def _facets(self, node: Node) -> dict[str, Facet]:
        facets: dict[str, Facet] = {}
        for name, child in node.mapping(FACETS, FACETS).items():
            parts = child.mapping(("name", "definition", "labels"), ("name", "definition", "labels"))
            labels: dict[str, Label] = {}
            for label_name, label in (parts["labels"].mapping() if "labels" in parts else {}).items():
                label.where = f"{name}:{label_name}"
                labels[label_name] = self._label(name, label_name, label, labels)
            facets[name] = Facet(id=name, name=_text(parts, "name"), definition=_text(parts, "definition"), labels=labels)
        return facets

    def _label(self, facet: str, name: str, node: Node, earlier: dict[str, Label]) -> Label:
        self._claim(name, node)
        parts = node.mapping(_LABEL_KEYS, ("name", "definition", "origin"))
        parent = _text(parts, "parent") or None
        level = int(_number(parts, "level", 1))
        if parent is not None and (parent not in earlier or earlier[parent].level != 1):
            parts["parent"].fault(f"{parent!r} is not a level-1 label that stands before it in {facet}")
        _check_level(level, parent, node, parts)
        return Label(
            id=name,
            facet=facet,
            name=_text(parts, "name"),
            short_name=_text(parts, "short_name") or _text(parts, "name"),
            definition=_text(parts, "definition"),
            includes=_text(parts, "includes"),
            excludes=_text(parts, "excludes"),
            origin=_origin(parts),
            level=level,
            parent=parent,
            outside_paper_three="outside_paper_three" in parts and parts["outside_paper_three"].typed(bool, "true or false", False),
            threshold=_number(parts, "threshold", 1.0),
            rules=self._rules(parts.get("rules"), name, node.where),
            parts=self._parts(parts.get("parts"), earlier.get(parent or "")),
            masks=self._rules(parts.get("masks"), name, node.where),
            vetoes=self._rules(parts.get("vetoes"), name, node.where),
        )

    def _parts(self, node: Node | None, parent: Label | None) -> tuple[str, ...]:
        """The ids of the parent's rules that the list names."""
        known = {rule.id for rule in parent.rules} if parent else set()
        parts = []
        for item in node.items() if node is not None else []:
            rule_id = f"{parent.id if parent else ''}.{item.typed(str, 'the name of a rule of the parent', '')}"
            if rule_id not in known:
                item.fault(f"{rule_id!r} is not a rule of the parent")
            parts.append(rule_id)
        return tuple(parts)

    def _claim(self, name: str, node: Node) -> None:
        """Note that *name* is taken; ids are unique over all facets because rule ids begin with them."""
        if not _ID.match(name):
            node.fault(f"{name!r} is not an id; use small letters, digits and _")
        if name in self._seen:
            node.fault(f"the id {name!r} is taken already on line {self._seen[name]}")
        self._seen.setdefault(name, node.line)

    def _rules(self, node: Node | None, owner: str, where: str) -> tuple[Rule, ...]:
        """The rules in a mapping of id to list of patterns, or to a mapping with ``weight``, ``title``, ``again``, ``often``, ``any``."""
        rules = []
        for name, child in (node.mapping() if node is not None else {}).items():
            child.where = f"{where} rule {owner}.{name}".strip()
            if not _ID.match(name):
                child.fault(f"{name!r} is not an id; use small letters, digits and _")
            if f"{owner}.{name}" in self._seen:
                child.fault(f"this rule id is taken already on line {self._seen[f'{owner}.{name}']}")
            self._seen.setdefault(f"{owner}.{name}", child.line)
            rules.append(self._rule(f"{owner}.{name}", child))
        return tuple(rules)

    def _rule(self, rule_id: str, node: Node) -> Rule:
        if node.is_list:
            return Rule(id=rule_id, weight=1.0, patterns=self._patterns(node))
        parts = node.mapping(_RULE_KEYS, ("any",))
        return Rule(
            id=rule_id,
            weight=_number(parts, "weight", 1.0),
            title=_number(parts, "title", 0.0),
            again=_number(parts, "again", 0.0),
            often=_number(parts, "often", 0.0),
            patterns=self._patterns(parts["any"]) if "any" in parts else (),
        )

    def _patterns(self, node: Node) -> tuple[Pattern, ...]:
        patterns = []
        items = node.items()
        if not items and node.is_list:
            node.fault("has no pattern")
        for item in items:
            source = item.typed(str, "a pattern in quotes", "")
            try:
                if source:
                    patterns.append(parse_pattern(source, self._words))
            except PatternError as error:
                item.fault(f"pattern {source!r}: {error}")
        return tuple(patterns)


def _origin(parts: dict[str, Node]) -> str:
    origin = _text(parts, "origin")
    if "origin" in parts and origin not in ORIGINS:
        parts["origin"].fault(f"{origin!r} should be one of {', '.join(ORIGINS)}")
    return origin


def _check_level(level: int, parent: str | None, node: Node, parts: dict[str, Node]) -> None:
    """A label of the first level has rules, one of the second a parent and parts of its rules."""
    if (level == 2) != (parent is not None):
        node.fault("level 2 needs a parent, and only level 2 has one")
    if level == 2 and "rules" in parts:
        parts["rules"].fault("a level-2 label has no rules of its own; name rules of its parent in parts")
    if level == 1 and "parts" in parts:
        parts["parts"].fault("only a level-2 label has parts")


def _text(parts: dict[str, Node], name: str) -> str:
    """The text of key *name*, ``""`` if it is not there; empty text is a fault."""
    if name not in parts:
        return ""
    text: str = parts[name].typed(str, "text", "-").strip()
    if not text:
        parts[name].fault("is empty")
    return text


def _number(parts: dict[str, Node], name: str, default: float) -> float:
    return float(parts[name].typed((int, float), "a number", default)) if name in parts else default
