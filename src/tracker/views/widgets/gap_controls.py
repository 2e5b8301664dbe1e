"""What the gap map shows: which two facets, as what, in how much detail, over which years. All of it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from tracker.views import gap_tiles, gaps, html, years
from tracker.views.filters import CHOICES
from tracker.views.page import View
from tracker.views.widgets import address

_SHOWS = {gap_tiles.WORKS: "Works", gap_tiles.SHARE: "Share", gap_tiles.RATIO: "Observed ÷ expected"}
_ROWS = {"main": "Main labels", "all": "In detail"}
_SETS = {"application": "Applications", "risk": "Risks", "both": "Both"}
_STRENGTHS = {"any": "Named or studied", "studied": "Studied"}
_YEARS = "gap_years"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Fields are the names in the address; the first known value of each is its default and stays out of it."""

    map: str
    show: str
    rows: str
    sets: str

    @property
    def crossing(self) -> gaps.GapMap:
        """The two facets."""
        return gaps.MAPS[self.map]

    @property
    def in_detail(self) -> bool:
        """Whether narrower labels have rows of their own; as columns they would be too narrow to read."""
        return self.rows == "all" and self.crossing.is_turned


_KNOWN: Mapping[str, Mapping[str, str]] = {
    "map": {name: one.title for name, one in gaps.MAPS.items()},
    "show": _SHOWS,
    "rows": _ROWS,
    "sets": _SETS,
}


def read() -> tuple[Options, list[str]]:
    """What the address says, and a sentence for each value in it that nobody knows."""
    given = address.read_page_values(tuple(_KNOWN))
    faults = [
        f"{name} has no value {value!r:.60}; known are {', '.join(_KNOWN[name])}"
        for name, value in given.items()
        if value not in _KNOWN[name]
    ]
    return Options(**{name: _value(name, given.get(name)) for name in _KNOWN}), faults


def show(view: View, options: Options) -> None:
    """The controls of the map."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        _choice("map", "Map", options.map)
        _choice("show", "Show", options.show)
        has_narrower = any(label.parent for label in view.taxonomy.facets[options.crossing.by].labels.values())
        if has_narrower and options.crossing.is_turned:
            _choice("rows", "Labels", options.rows)
        if "risk" in (options.crossing.of, options.crossing.by):
            _strength(view)
        _years(view)


def show_sets(options: Options) -> None:
    """The control of the UpSet figure."""
    _choice("sets", "Sets of", options.sets)


def _choice(name: str, title: str, value: str) -> None:
    key = f"shown_{name}"
    st.session_state[key] = value
    st.segmented_control(
        title, list(_KNOWN[name]), key=key, required=True, format_func=lambda one: _KNOWN[name][one], on_change=_chosen, args=(name, key),
        wrap=True,
    )  # fmt: skip


def _chosen(name: str, key: str) -> None:
    """Callback: what is the default stays out of the address."""
    value = str(st.session_state[key])
    address.write_page_value(name, "" if value == next(iter(_KNOWN[name])) else value)


def _strength(view: View) -> None:
    """The shared filter ``strength``, beside the map that it changes most."""
    key = "gap_strength"
    st.session_state[key] = view.filters.strength
    st.segmented_control(
        "A risk is", CHOICES["strength"], key=key, required=True, format_func=_STRENGTHS.__getitem__,
        on_change=lambda: address.write(view.filters.having("strength", st.session_state[key])),
    )  # fmt: skip


def _years(view: View) -> None:
    """A slider over the shared filters ``from`` and ``to``; words where there is nothing to slide over."""
    span = years.find_years(view.selection, view.taxonomy, until=view.as_of.year)
    if span is None or span[0] == span[1]:
        said = f"No {view.noun} is dated." if span is None else f"All dated {view.noun}s are of {span[0]}."
        st.html(f'<div class="mh"><p class="mut sub">{html.escape(said)}</p></div>')
        return
    st.session_state[_YEARS] = years.years_of(view.filters, span)
    st.slider(
        "Years", *span, key=_YEARS, help=f"The filters From and To. A range leaves undated {view.noun}s out.",
        on_change=lambda: address.write(years.with_years(view.filters, st.session_state[_YEARS], span)), width=330,
    )  # fmt: skip


def _value(name: str, given: str | None) -> str:
    return given if given is not None and given in _KNOWN[name] else next(iter(_KNOWN[name]))
