"""What the reader asked for, and the address it is written in: one vocabulary for app, ``export --filter`` and links.

Names and values are the contract's. Several values of one name are joined by OR, different names by AND. Two names are
additions: ``language`` (a facet of the taxonomy) and ``strength`` (``studied`` counts only the risks a paper studies).

* Dates are inclusive. A date known only to the month or year counts where it begins (2024 in January 2024), so that ranges side
  by side add up: no dated paper is counted twice or lost between them. Undated papers match no range.
* ``retracted`` speaks of retracted and of withdrawn papers: the second is what the first is called on a preprint server.
* Reading never fails: what is wrong is left out and said in a sentence each; whoever must not go on raises ``FilterError``.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import parse_qsl, quote

from tracker.domain.dates import PartialDate
from tracker.domain.search import parse_search
from tracker.domain.taxonomy import Taxonomy
from tracker.errors import FilterError, SearchSyntaxError
from tracker.settings import KNOWN_SOURCES
from tracker.views import wording

LABEL_FILTERS = ("application", "risk", "safeguard", "condition", "population", "study", "model", "language")
LIST_FILTERS = ("source", *LABEL_FILTERS)
DATE_FILTERS = ("from", "to", "since")
CHOICES: Mapping[str, tuple[str, ...]] = {  # the default first; it is left out of the address
    "preprints": ("1", "0"),
    "retracted": ("1", "0", "only"),
    "scope": ("in", "out", "all"),
    "count": ("works", "records"),
    "strength": ("any", "studied"),
}
NAMES = ("q", "from", "to", *LIST_FILTERS, *CHOICES, "since")  # also the order in addresses, words and chips

_SHOWN_LENGTH = 60  # of a wrong value in a sentence; addresses can hold thousands of characters
_MOST_NAMED = 10  # wrong names, and wrong values of one name; the others are counted
_CHOICE_WORDS = {
    ("preprints", "0"): "no preprints without a journal version",
    ("retracted", "0"): "retracted and withdrawn left out",
    ("retracted", "only"): "only retracted and withdrawn",
    ("scope", "out"): "out of scope",
    ("scope", "all"): "in and out of scope",
    ("count", "records"): "counted by records",
    ("strength", "studied"): "risks that are studied, not only named",
}
_DATE_WORDS = {"from": "from", "to": "to", "since": "new or changed since"}


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter value as a removable chip: ``filters.without(chip.name, chip.value)`` removes it. ``text`` is plain text."""

    name: str
    value: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Everything a reader can narrow by; the default shows all works in scope.

    Field names are the contract's but for ``from_``. Lists are sorted and free of doubles, so that equal wishes are equal.
    ``q`` is kept as typed (white space at the ends removed); whether it can be read is :func:`tracker.domain.search.parse_search`'s
    business. Raises ``FilterError`` for a choice that does not exist.
    """

    q: str = ""
    from_: PartialDate | None = None
    to: PartialDate | None = None
    source: tuple[str, ...] = ()
    application: tuple[str, ...] = ()
    risk: tuple[str, ...] = ()
    safeguard: tuple[str, ...] = ()
    condition: tuple[str, ...] = ()
    population: tuple[str, ...] = ()
    study: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    preprints: str = "1"
    retracted: str = "1"
    scope: str = "in"
    count: str = "works"
    strength: str = "any"
    since: PartialDate | None = None

    def __post_init__(self) -> None:
        for name in LIST_FILTERS:
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))
        object.__setattr__(self, "q", self.q.strip())
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                raise FilterError(_not_a_value(name, getattr(self, name), known))

    def values(self, name: str) -> tuple[str, ...]:
        """The active values of the filter called *name* in the contract; empty where it restricts nothing."""
        value = getattr(self, _field_of(name))
        if isinstance(value, tuple):
            return value
        is_default = value is None or value == "" or (name in CHOICES and value == CHOICES[name][0])
        return () if is_default else (str(value),)

    @property
    def is_default(self) -> bool:
        """Whether nothing is narrowed and nothing switched."""
        return self == Filters()

    def to_query(self) -> str:
        """The canonical address, without ``?``: stable order, defaults left out, percent-encoded; ``""`` for the default.

        >>> Filters(risk=("opacity", "inaccuracy"), q="trust & care").to_query()
        'q=trust%20%26%20care&risk=inaccuracy,opacity'
        """
        return "&".join(f"{name}={quote(value, safe=',', errors='replace')}" for name, value in self.to_parameters().items())

    def to_parameters(self) -> dict[str, str]:
        """The same as name → value, not encoded; the values of a list stand in one, between commas (ids hold none)."""
        active = ((name, self.values(name)) for name in NAMES)
        return {name: ",".join(values) for name, values in active if values}

    def without(self, name: str, value: str | None = None) -> Filters:
        """The same filters without *value* of *name*, or without *name* altogether."""
        current = getattr(self, _field_of(name))
        if isinstance(current, tuple) and value is not None:
            return self.having(name, [one for one in current if one != value])
        return replace(self, **{_field_of(name): getattr(Filters(), _field_of(name))})

    def having(self, name: str, value: str | Iterable[str] | PartialDate | None) -> Filters:
        """The same filters with *name* set to *value*; a list filter takes one value or several."""
        given: Any = value
        if name in LIST_FILTERS:
            given = (value,) if isinstance(value, str) else tuple(given or ())
        return replace(self, **{_field_of(name): given})

    def chips(self, taxonomy: Taxonomy) -> tuple[Chip, ...]:
        """One chip per active value, in the order of the address."""
        return tuple(Chip(name, value, self._chip_text(name, value, taxonomy)) for name in NAMES for value in self.values(name))

    def in_words(self, taxonomy: Taxonomy) -> str:
        """The filters for people: ``works in scope; risk: Opacity; from Mar 2024``. Plain text; ``q`` is quoted as typed."""
        parts = [f"{self.count} {_CHOICE_WORDS.get(('scope', self.scope), 'in scope')}"]
        for name in NAMES:
            values = self.values(name)
            if not values or name in ("count", "scope"):
                continue
            if name in LIST_FILTERS:
                parts.append(f"{name}: {wording.any_of([_value_name(name, value, taxonomy) for value in values])}")
            else:
                parts.append(self._chip_text(name, values[0], taxonomy))
        return "; ".join(parts)

    def _chip_text(self, name: str, value: str, taxonomy: Taxonomy) -> str:
        if name in DATE_FILTERS:
            return f"{_DATE_WORDS[name]} {wording.date_in_words(PartialDate.parse(value))}"
        if name == "q":
            return f"words “{value}”"
        return _CHOICE_WORDS.get((name, value)) or _value_name(name, value, taxonomy)


def parse_filters(
    query: str | Mapping[str, str | Sequence[str]],
    taxonomy: Taxonomy,
    *,
    sources: Sequence[str] = KNOWN_SOURCES,
    ignore: Collection[str] = (),
) -> tuple[Filters, list[str]]:
    """The filters in an address, and one sentence for each thing in it that nobody knows.

    *query* is a query string (a leading ``?`` is fine) or name → value(s). Names in *ignore* belong to a page (``page``, ``sort``)
    and are passed over. What a sentence speaks of is left out of the filters.
    """
    reader = _Reader(taxonomy, sources)
    given: dict[str, list[str]] = {}
    for name, value in _pairs(query):
        if name not in ignore:
            given.setdefault(name, []).append(value)
    values = {_field_of(name): found for name, texts in given.items() if (found := reader.read(name, texts)) is not None}
    reader.count_strays()
    filters = Filters(**values)
    if filters.from_ and filters.to and filters.from_.first_day() > filters.to.last_day():
        reader.problems.append(f"from ({filters.from_}) is after to ({filters.to}); both are left out")
        filters = replace(filters, from_=None, to=None)
    return filters, reader.problems


def read_filters(query: str, taxonomy: Taxonomy, *, sources: Sequence[str] = KNOWN_SOURCES) -> Filters:
    """The filters in a query string. Raises ``FilterError`` with every fault at once, words that cannot be searched for among them."""
    filters, problems = parse_filters(query, taxonomy, sources=sources)
    try:
        parse_search(filters.q)
    except SearchSyntaxError as error:
        problems.append(f"q cannot be read at {_shown(filters.q[error.start : error.end])}: {error}")
    if problems:
        raise FilterError("The filter cannot be used.", problems)
    return filters


class _Reader:
    """Reads the values of one name after the other and collects what is wrong with them."""

    def __init__(self, taxonomy: Taxonomy, sources: Sequence[str]) -> None:
        self._taxonomy, self._sources = taxonomy, sources
        self.problems: list[str] = []
        self._stray_count = 0

    def read(self, name: str, texts: Sequence[str]) -> Any:
        """The value of the field, ``None`` to leave it at its default."""
        if name not in NAMES:
            self._stray(name)
            return None
        if name == "q":
            return _joined_search(texts)
        values = list(dict.fromkeys(part.strip() for text in texts for part in text.split(",") if part.strip()))
        if not values:
            self.problems.append(f"{name} has no value; give one or leave {name} out")
            return None
        if name in LIST_FILTERS:
            return self._known(name, values) or None
        return self._single(name, values)

    def count_strays(self) -> None:
        """Say how many more names there were than are named."""
        if self._stray_count > _MOST_NAMED:
            self.problems.append(f"{self._stray_count - _MOST_NAMED:,} more names are no filters")

    def _stray(self, name: str) -> None:
        self._stray_count += 1
        if self._stray_count <= _MOST_NAMED:
            self.problems.append(f"{_shown(name)} is not a filter{_advice(name, dict.fromkeys(NAMES, ''))}")

    def _known(self, name: str, values: Sequence[str]) -> tuple[str, ...]:
        known = self._names_of(name)
        unknown = [value for value in values if value not in known]
        self.problems += [_not_a_value(name, value, known) for value in unknown[:_MOST_NAMED]]
        if len(unknown) > _MOST_NAMED:
            self.problems.append(f"{name} has {len(unknown) - _MOST_NAMED:,} more values that it does not know")
        return tuple(value for value in values if value in known)

    def _names_of(self, name: str) -> dict[str, str]:
        if name == "source":
            return dict.fromkeys(self._sources, "")
        facet = self._taxonomy.facets.get(name)
        return {label.id: label.name for label in facet.labels.values()} if facet else {}

    def _single(self, name: str, values: Sequence[str]) -> str | PartialDate | None:
        if len(values) > 1:
            named = ", ".join(map(_shown, values[:_MOST_NAMED])) + (", …" if len(values) > _MOST_NAMED else "")
            self.problems.append(f"{name} takes one value but has {len(values):,} ({named}); it is left out")
            return None
        if name in CHOICES:
            if values[0] in CHOICES[name]:
                return values[0]
            self.problems.append(_not_a_value(name, values[0], CHOICES[name]))
            return None
        try:
            return PartialDate.parse(values[0])
        except ValueError:
            self.problems.append(f"{name} is {_shown(values[0])}, not a date; write YYYY, YYYY-MM or YYYY-MM-DD")
            return None


def _pairs(query: str | Mapping[str, str | Sequence[str]]) -> list[tuple[str, str]]:
    if isinstance(query, str):
        return parse_qsl(query.removeprefix("?"), keep_blank_values=True)
    return [(name, value) for name, given in query.items() for value in ([given] if isinstance(given, str) else given)]


def _joined_search(texts: Sequence[str]) -> str | None:
    """Repeated searches are joined by OR, as the values of every other name are."""
    words = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    if len(words) > 1:
        return " OR ".join(f"({text})" for text in words)
    return words[0] if words else None


def _field_of(name: str) -> str:
    return "from_" if name == "from" else name


def _value_name(name: str, value: str, taxonomy: Taxonomy) -> str:
    """The label's short name; the value itself for sources and for labels the taxonomy no longer has."""
    facet = taxonomy.facets.get(name)
    label = facet.labels.get(value) if facet else None
    return label.short_name or label.name if label else value


def _not_a_value(name: str, value: str, known: Mapping[str, str] | Sequence[str]) -> str:
    names = known if isinstance(known, Mapping) else dict.fromkeys(known, "")
    return f"{name} has no value {_shown(value)}{_advice(value, names)}"


def _advice(word: str, known: Mapping[str, str]) -> str:
    """``; did you mean …?`` with the nearest known id (matched by id or by shown name), else all the ids."""
    by_word = {shown.casefold(): name for name, shown in known.items() if shown} | {name: name for name in known}
    near = difflib.get_close_matches(word[:_SHOWN_LENGTH].casefold().rpartition(":")[2], by_word, n=1)
    if near:
        return f"; did you mean {by_word[near[0]]!r}?"
    return f"; known are {', '.join(known)}" if known else ""


def _shown(value: str) -> str:
    return repr(value if len(value) <= _SHOWN_LENGTH else value[:_SHOWN_LENGTH] + "…")


assert {_field_of(name) for name in NAMES} == {field.name for field in fields(Filters)}  # a name without a field would be lost
