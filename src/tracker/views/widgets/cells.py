"""The cell of the gap map that is read: chosen by a click, or with two select boxes by who cannot click a figure."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tracker.domain.taxonomy import Label
from tracker.views import html
from tracker.views.gaps import Cell
from tracker.views.index import Selection, select
from tracker.views.page import View

MAP_KEY = "gap_map"
_AREA, _RISK = "gap_area", "gap_risk"


def chosen(areas: Sequence[Label], risks: Sequence[Label]) -> tuple[Label, Label]:
    """The area and the risk that are chosen; the first of each to begin with."""
    return _find(areas, st.session_state.get(_AREA)), _find(risks, st.session_state.get(_RISK))


def choose(areas: Sequence[Label], risks: Sequence[Label]) -> tuple[Label, Label]:
    """The two select boxes."""
    names = {label.id: html.escape_markdown(label.short_name) for label in (*areas, *risks)}
    with st.grid(columns=2, min_column_width=150):
        st.selectbox("Application", [label.id for label in areas], key=_AREA, format_func=names.__getitem__, persist_state="session")
        st.selectbox("Risk", [label.id for label in risks], key=_RISK, format_func=names.__getitem__, persist_state="session")
    return chosen(areas, risks)


def choose_clicked() -> None:
    """Callback of the map: put the cell that was clicked into the select boxes."""
    points = st.session_state[MAP_KEY]["selection"]["points"]
    if points and len(points[0].get("customdata") or ()) == 2:
        st.session_state[_AREA], st.session_state[_RISK] = points[0]["customdata"]


def papers_of(view: View, cell: Cell) -> Selection:
    """The papers in a cell, as the filters that show them: those in force, narrowed to the cell's two labels."""
    filters = view.selection.standing.filters
    return select(view.shared.index, filters.having("application", cell.row.id).having("risk", cell.column.id), search=view.store.search)


def _find(labels: Sequence[Label], name: str | None) -> Label:
    return next((label for label in labels if label.id == name), labels[0])
