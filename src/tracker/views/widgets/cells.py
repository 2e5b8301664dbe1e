"""What is read of a figure: chosen by a click, or with select boxes by who cannot click one; then said in words, with its papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from tracker.domain.taxonomy import Label
from tracker.errors import FilterError
from tracker.views import gap_findings, gap_tables, html, narrowing, overlaps, paper
from tracker.views.filters import Filters
from tracker.views.gaps import Cell, GapMap
from tracker.views.index import Selection, select
from tracker.views.ladder import RUNGS, Ladder, rung_mask
from tracker.views.overlaps import LabelSet, Overlaps
from tracker.views.page import View
from tracker.views.rows import Bools
from tracker.views.widgets import blocks, downloads

SETS_KEY, LADDER_KEY = "label_sets", "ladder"
_SHOWN = 3  # papers
_SET, _AREA, _RUNG = "gap_set", "gap_ladder_area", "gap_rung"
_NOT_SAID = "The filters cannot say exactly this (labels of one facet are joined by “or”), so here are the newest, and all in a file."


def map_key(crossing: GapMap) -> str:
    """The figure's key; each map has its own, or it would keep the cell chosen in another."""
    return f"gap_map_{crossing.name}"


def chosen_pair(crossing: GapMap, of: Sequence[Label], by: Sequence[Label]) -> tuple[Label, Label]:
    """The two labels whose cell is read; the first of each to begin with."""
    return _find(of, _label_key(crossing.of)), _find(by, _label_key(crossing.by))


def choose_pair(crossing: GapMap, of: Sequence[Label], by: Sequence[Label]) -> None:
    """The two select boxes."""
    with st.grid(columns=2, min_column_width=150):
        _box(crossing.of.title(), of, _label_key(crossing.of))
        _box("Call" if crossing.by == "safeguard" else crossing.by.title(), by, _label_key(crossing.by))


def pair_clicked(crossing: GapMap) -> None:
    """Callback of the map: put the cell that was clicked into the select boxes."""
    clicked = _clicked(map_key(crossing), 2)
    if clicked:
        st.session_state[_label_key(crossing.of)], st.session_state[_label_key(crossing.by)] = clicked


def filters_of(view: View, cell: Cell) -> Filters | None:
    """The filters that show exactly the papers of a cell; ``None`` if the language cannot say them."""
    wanted = {cell.row.facet: [cell.row.id], cell.column.facet: [cell.column.id]}
    return narrowing.narrow(view.selection.standing.filters, wanted, view.taxonomy)


def read_cell(view: View, cell: Cell) -> None:
    """The cell in words, its newest papers, and the way to all of them."""
    standing = view.selection.standing
    _say(gap_findings.cell(cell, view.noun))
    papers = _among(standing, standing.label_mask(cell.row.key) & standing.label_mask(cell.column.key))
    _papers(view, papers, filters_of(view, cell), "cell")


def chosen_set(found: Overlaps) -> LabelSet:
    """The set that is read; the most frequent to begin with."""
    name = st.session_state.get(_SET)
    return next((one for one in found.sets if one.id == name), found.sets[0])


def choose_set(found: Overlaps) -> None:
    """The select box of the sets."""
    names = {one.id: " + ".join(label.short_name for label in one.labels) for one in found.sets}
    st.session_state[_SET] = chosen_set(found).id
    st.selectbox("Labels", list(names), key=_SET, format_func=names.__getitem__, persist_state="session")


def set_clicked() -> None:
    """Callback of the UpSet figure."""
    clicked = _clicked(SETS_KEY, 1)
    if clicked:
        st.session_state[_SET] = clicked[0]


def read_set(view: View, found: Overlaps, one: LabelSet) -> None:
    """The set in words and its newest papers; only where no paper has another label of it can the filters say it."""
    _say(gap_findings.label_set(one, found, view.noun))
    wanted: dict[str, list[str]] = {}
    for label in one.labels:
        wanted.setdefault(label.facet, []).append(label.id)
    papers = overlaps.papers_of(view.selection.standing, found.labels, one)
    _papers(view, papers, narrowing.narrow(papers.filters, wanted, view.taxonomy), "set")


def chosen_rung(ladders: Sequence[Ladder]) -> tuple[str, str]:
    """Ids of the area and the rung that are read; the trial to begin with."""
    area = _find([one.label for one in ladders], _AREA).id
    known = [rung.id for rung in RUNGS]
    rung = st.session_state.get(_RUNG)
    return area, rung if rung in known else known[-1]


def choose_rung(ladders: Sequence[Ladder]) -> None:
    """The two select boxes of the ladder."""
    names = {rung.id: rung.name for rung in reversed(RUNGS)}
    st.session_state[_RUNG] = chosen_rung(ladders)[1]
    with st.grid(columns=2, min_column_width=150):
        _box("Area", [one.label for one in ladders], _AREA)
        st.selectbox("Evidence", list(names), key=_RUNG, format_func=names.__getitem__, persist_state="session")


def rung_clicked() -> None:
    """Callback of the ladder."""
    clicked = _clicked(LADDER_KEY, 2)
    if clicked:
        st.session_state[_AREA], st.session_state[_RUNG] = clicked


def filters_of_rung(view: View, area: str, wanted: Mapping[str, Sequence[str]]) -> Filters | None:
    """The filters that show exactly the papers of an area on a rung; ``None`` if the language cannot say them."""
    return narrowing.narrow(view.selection.standing.filters, {"application": [area], **wanted}, view.taxonomy)


def read_rung(view: View, ladders: Sequence[Ladder], chosen: tuple[str, str]) -> None:
    """The rung in words, its newest papers, and the way to all of them."""
    one = next(ladder for ladder in ladders if ladder.label.id == chosen[0])
    rung = next(rung for rung in RUNGS if rung.id == chosen[1])
    standing = view.selection.standing
    _say(gap_findings.rung(one, rung, view.noun))
    papers = _among(standing, standing.label_mask(one.label.key) & rung_mask(standing, rung))
    _papers(view, papers, filters_of_rung(view, one.label.id, rung.wanted), "rung")


def _papers(view: View, papers: Selection, filters: Filters | None, key: str) -> None:
    """The newest of *papers* and a link to the list of exactly them; a file where no filters say them."""
    if not papers.count:
        return
    is_said = filters is not None and _count(view, filters) == papers.count
    query = filters.to_query() if filters and is_said else ""
    st.html(paper.rows(paper.load_entries(view.store, papers, "newest", 0, _SHOWN), view.taxonomy, query=query, small=True))
    if is_said:
        blocks.page_link("papers", gap_tables.counted(papers.count, view.noun), filters=filters)
        return
    st.html(f'<div class="mh"><p class="mut sub">{html.escape(_NOT_SAID)}</p></div>')
    downloads.csv(view, papers, key=f"{key}_csv", name=f"{key}_n{papers.count}.csv")


def _count(view: View, filters: Filters) -> int:
    try:
        return select(view.shared.index, filters, search=view.store.search).count
    except FilterError:
        return -1


def _among(selection: Selection, mask: Bools) -> Selection:
    return Selection(selection.index, selection.filters, selection.mask & mask)


def _say(sentence: str) -> None:
    st.html(f'<div class="mh"><p>{html.emphasised(sentence)}</p></div>')


def _clicked(key: str, size: int) -> list[str] | None:
    """What was clicked in the figure *key*: its ``customdata`` of *size* ids; ``None`` where the click took a choice away."""
    points = st.session_state[key]["selection"]["points"]
    given = list(points[0].get("customdata") or ()) if points else []
    return given if len(given) == size else None


def _box(title: str, labels: Sequence[Label], key: str) -> None:
    names = {label.id: f"↳ {label.short_name}" if label.parent else label.short_name for label in labels}
    st.session_state[key] = _find(labels, key).id
    st.selectbox(title, list(names), key=key, format_func=names.__getitem__, persist_state="session")


def _find(labels: Sequence[Label], key: str) -> Label:
    name = st.session_state.get(key)
    return next((label for label in labels if label.id == name), labels[0])


def _label_key(facet: str) -> str:
    return f"gap_{facet}"
