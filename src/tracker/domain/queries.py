"""The searches of ``data/queries.yaml``: read, checked and put into each source's own language. Pure.

A source that has a language here (arXiv, PubMed) is described by blocks of terms: a paper must match every block. Any other
source gives the ``text`` of its query itself. All faults are reported at once, each with its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tracker.domain.query_terms import build_arxiv_block, build_pubmed_terms, contains_any, find_term_fault
from tracker.domain.yaml_nodes import Node, compose
from tracker.errors import ConfigurationError

MAX_ARXIV_TERMS = 250  # each stands twice, and the service's parser is recursive: about 500 are safe
PUBMED_TAGS = {"mesh": "mh", "title_abstract": "tiab"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One source's search. ``text`` is what is sent; ``blocks`` are its terms where they can also be applied here."""

    source: str
    text: str
    blocks: tuple[tuple[str, ...], ...] = ()
    oai_sets: tuple[str, ...] = ()

    def is_match(self, title: str, abstract: str | None) -> bool:
        """Whether title and abstract together match every block; ``False`` for a query that has none."""
        texts = (title, abstract or "")
        return bool(self.blocks) and all(any(contains_any(text, block) for text in texts) for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Queries:
    """The searches by source name."""

    by_source: Mapping[str, Query] = field(default_factory=dict)

    def query_for(self, source: str) -> str:
        """The text sent to *source*. Raises ``ConfigurationError`` if the file has none."""
        return self.search_for(source).text

    def search_for(self, source: str) -> Query:
        """The whole search of *source*. Raises ``ConfigurationError`` if the file has none."""
        if source not in self.by_source:
            known = ", ".join(self.by_source) or "none"
            raise ConfigurationError(f"The queries have no search for {source!r} (there are: {known}); add one to queries.yaml.")
        return self.by_source[source]


def parse_queries(text: str, *, place: str = "queries.yaml") -> Queries:
    """The searches written in *text*. Raises ``ConfigurationError`` with every fault and its line; *place* names the file."""
    faults: list[tuple[int, str]] = []
    root = compose(text, faults)
    found: dict[str, Query] = {}
    for source, node in (root.mapping() if root else {}).items():
        found[source] = _read_query(source, node)
    if root and not found and not faults:
        root.fault("there is no search in it")
    if faults:
        problems = [f"{place}, line {line}: {message}" for line, message in sorted(faults, key=lambda fault: fault[0])]
        raise ConfigurationError(f"{place} is not right; correct it and start again.", problems)
    return Queries(found)


def _read_query(source: str, node: Node) -> Query:
    reader = {"arxiv": _read_arxiv, "pubmed": _read_pubmed}.get(source, _read_text)
    return reader(source, node)


def _read_text(source: str, node: Node) -> Query:
    parts = node.mapping(("about", "text"), ("text",))
    text = parts["text"].typed(str, "the query as the source wants it", "") if "text" in parts else ""
    if "text" in parts and not text.strip():
        parts["text"].fault("is empty")
    return Query(source=source, text=" ".join(text.split()))


def _read_arxiv(source: str, node: Node) -> Query:
    parts = node.mapping(("about", "all_of", "oai_sets"), ("all_of",))
    blocks = tuple(_read_terms(block, "arxiv") for block in _read_blocks(parts).values())
    if sum(map(len, blocks)) > MAX_ARXIV_TERMS:
        parts["all_of"].fault(f"has more than {MAX_ARXIV_TERMS} terms, which arXiv's parser may not survive")
    sets = tuple(item.typed(str, "the name of a set", "") for item in parts["oai_sets"].items()) if "oai_sets" in parts else ()
    return Query(source=source, text=" AND ".join(map(build_arxiv_block, blocks)), blocks=blocks, oai_sets=sets)


def _read_pubmed(source: str, node: Node) -> Query:
    parts = node.mapping(("about", "all_of"), ("all_of",))
    blocks = [_read_pubmed_block(block) for block in _read_blocks(parts).values()]
    return Query(source=source, text=" AND ".join(f"({' OR '.join(block)})" for block in blocks))


def _read_pubmed_block(node: Node) -> list[str]:
    """The alternatives of one block: tagged terms, then groups that count from a creation date on."""
    parts = node.mapping((*PUBMED_TAGS, "since"))
    found: list[str] = []
    for name, tag in PUBMED_TAGS.items():
        if name in parts:
            found += build_pubmed_terms(_read_terms(parts[name], "pubmed"), tag)
    if "since" in parts:
        found += [_read_since(group) for group in parts["since"].items()]
    if not parts:
        node.fault("has no terms")
    return found


def _read_since(node: Node) -> str:
    parts = node.mapping(("created", "title_abstract"), ("created", "title_abstract"))
    created = parts["created"].typed(date, "a day (YYYY-MM-DD)", date.max) if "created" in parts else date.max
    terms = _read_terms(parts["title_abstract"], "pubmed") if "title_abstract" in parts else ()
    return f'(({" OR ".join(build_pubmed_terms(terms, "tiab"))}) AND ("{created:%Y/%m/%d}"[crdt] : "3000"[crdt]))'


def _read_blocks(parts: Mapping[str, Node]) -> dict[str, Node]:
    blocks = parts["all_of"].mapping() if "all_of" in parts else {}
    if "all_of" in parts and not blocks:
        parts["all_of"].fault("has no block of terms")
    return blocks


def _read_terms(node: Node, language: str) -> tuple[str, ...]:
    """The sound terms of a list; a repeated or unusable one is a fault."""
    found: dict[str, str] = {}
    for item in node.items():
        term = item.typed(str, "a word or phrase (put it in quotes if YAML takes it for something else)", None)
        if term is None:
            continue
        if fault := find_term_fault(term, language):
            item.fault(f"{term!r} {fault}")
        elif term.casefold() in found:
            item.fault(f"{term!r} appears twice")
        found.setdefault(term.casefold(), term)
    if not found and node.is_list:
        node.fault("has no terms")
    return tuple(found.values())
