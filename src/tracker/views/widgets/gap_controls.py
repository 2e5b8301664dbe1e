"""What the gap map shows: which two facets, as what, in how much detail, over which years. All of it stands in the address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from tracker.views import gap_tiles, gaps, html, years
from tracker.views.page import View
from tracker.views.widgets import address, choices
from tracker.views.widgets.sidebar import CHOICE_NAMES

_SHOWS = {gap_tiles.WORKS: "Works", gap_tiles.SHARE: "Share", gap_tiles.RATIO: "Observed ÷ expected"}
_ROWS = {"main": "Main labels", "all": "In detail"}
_SETS = {"application": "Applications", "risk": "Risks", "both": "Both"}
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


_KNOWN: choices.Known = {
    "map": {name: one.title for name, one in gaps.MAPS.items()},
    "show": _SHOWS,
    "rows": _ROWS,
    "sets": _SETS,
}


def read() -> tuple[Options, list[str]]:
    """What the address says, and a sentence for each value in it that nobody knows."""
    values, faults = choices.read(_KNOWN)
    return Options(**values), faults


def show(view: View, options: Options) -> None:
    """The controls of the map."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        choices.show("map", "Map", options.map, _KNOWN)
        choices.show("show", "Show", options.show, _KNOWN)
        has_narrower = any(label.parent for label in view.taxonomy.facets[options.crossing.by].labels.values())
        if has_narrower and options.crossing.is_turned:
            choices.show("rows", "Labels", options.rows, _KNOWN)
        if "risk" in (options.crossing.of, options.crossing.by):
            _strength(view)
        _years(view)


def show_sets(options: Options) -> None:
    """The control of the UpSet figure."""
    choices.show("sets", "Sets of", options.sets, _KNOWN)


def _strength(view: View) -> None:
    """The shared filter ``strength``, beside the map that it changes most."""
    key, (_, names) = "gap_strength", CHOICE_NAMES["strength"]
    st.session_state[key] = view.filters.strength
    st.segmented_control(
        "A risk is", list(names), key=key, required=True, format_func=names.__getitem__,
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
