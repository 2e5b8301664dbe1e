"""The list of papers: order, view and page in the address; a table that opens a paper, or rows that wrap on a phone.

The list is a fragment: turning its page, another order or view, and ticking rows draw it alone, with half the messages.
Whatever else is pressed in it (a filter taken away, a paper kept or opened) concerns the whole page and runs that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from tracker.errors import TrackerError
from tracker.pipeline.entry import Entry
from tracker.views import findings, html, page, paper
from tracker.views.filters import Filters
from tracker.views.page import View
from tracker.views.reading_list import ReadingList
from tracker.views.rows import ORDERS
from tracker.views.widgets import address, blocks, browser, downloads, reading_list
from tracker.views.wording import count_in_words, date_in_words

ROWS = 50  # on one page
VIEWS = ("table", "list")
_ORDER_NAMES = {"newest": "Newest first", "oldest": "Oldest first", "changed": "Changed last"}
_TABLE_KEY = "papers_table"
_IN_PLACE = "papers_in_place"  # what was pressed concerns the list alone
# Pale grounds: the table writes dark text on pale and white on saturated ones, and white on these hues is too weak.
_PALE = {"education": "#CFE3F1", "assessment": "#F8DCC8", "intervention": "#CBEADF"}
_PALE_RISK, _PALE_PLAIN = "#EBD5E5", "#E4E1DA"


@dataclass(frozen=True, slots=True)
class Listing:
    """What part of the list is shown: ``page`` counts from 1."""

    order: str
    view: str
    page: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The rows on the screen; ``key`` is the table's, which changes with them."""

    listing: Listing
    entries: list[Entry]
    key: str


def show(view: View) -> None:
    """The list with its header, controls and pages."""
    st.fragment(_show_or_rerun)(view.filters, view.faults, iter([True]))


def _show_or_rerun(filters: Filters, faults: Sequence[str], is_whole_run: Iterator[bool]) -> None:
    """The fragment. It keeps no view, which would hold old data in memory for as long as a tab stays open."""
    is_in_place = st.session_state.pop(_IN_PLACE, False)
    if next(is_whole_run, False):
        _show(page.view())
        return
    if not is_in_place:
        st.rerun()
    try:
        _show(page.again(filters, faults))
    except TrackerError as error:  # in a whole run the shell says it
        page.failure(error)


def _show(view: View) -> None:
    listing, faults = _read_listing(view)
    blocks.header(view, "Papers", findings.papers(view.selection), faults=faults)
    blocks.stop_if_nothing(view)
    shown = _load(view, listing)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _controls(listing)
        reading_list.keep_chosen(view, _ticked(shown))
        reading_list.opener()
        downloads.popover(view)
    if listing.view == "table":
        _table(view, shown)
    else:
        _cards(view, shown.entries)
    _pages(view, listing)


def keep_place(view: View) -> None:
    """Keep order, view and page in the address while something else is shown, so that the way back leads there."""
    _read_listing(view)


def _read_listing(view: View) -> tuple[Listing, list[str]]:
    """Order, view and page from the address, and a sentence for each value that cannot be."""
    given = address.read_page_values()
    faults = []
    order, shown = given.get("sort", ORDERS[0]), given.get("view", "")
    if order not in ORDERS:
        faults.append(f"sort has no value {order!r:.60}; known are {', '.join(ORDERS)}")
        order = ORDERS[0]
    if shown and shown not in VIEWS:
        faults.append(f"view has no value {shown!r:.60}; known are {', '.join(VIEWS)}")
    last = max(1, -(-view.selection.count // ROWS))
    page_text = given.get("page", "1")
    page = int(page_text) if page_text.isascii() and page_text.isdigit() and len(page_text) < 8 else 0
    if not 1 <= page <= last:
        faults.append(f"page {page_text!r:.20} does not exist; there are {last}")
    return Listing(order, shown if shown in VIEWS else ("list" if browser.is_narrow() else "table"), min(max(page, 1), last)), faults


def _controls(listing: Listing) -> None:
    """View and order."""
    st.session_state["shown_view"], st.session_state["shown_sort"] = listing.view, listing.order
    st.segmented_control(
        "View", VIEWS, key="shown_view", required=True, format_func=str.title, on_change=_changed, args=("view", "shown_view")
    )
    st.selectbox(
        "Sort", ORDERS, key="shown_sort", format_func=_ORDER_NAMES.__getitem__, width=180, on_change=_changed, args=("sort", "shown_sort")
    )


def _load(view: View, listing: Listing) -> Shown:
    """The rows of this page of the list."""
    start = (listing.page - 1) * ROWS
    entries = paper.load_entries(view.store, view.selection, listing.order, start, start + ROWS)
    # The grid keeps the selected position when its rows change: another key for other rows, or it would open the wrong paper.
    key = f"{_TABLE_KEY}_{hash((view.filters, listing, view.shared.index.data_version, address.ticks()))}"
    return Shown(listing, entries, key)


def _ticked(shown: Shown) -> list[Entry]:
    """The papers whose rows are ticked in the table."""
    state = st.session_state.get(shown.key)
    rows = state["selection"]["rows"] if state and shown.listing.view == "table" else []
    return [shown.entries[row] for row in rows if 0 <= row < len(shown.entries)]


def _cards(view: View, entries: Sequence[Entry]) -> None:
    query = view.filters.to_query()
    with st.container(key="cards", gap=None):
        for entry in entries:
            st.html(paper.row_of(entry, entry.record.key, entry.record.title, view.taxonomy, query=query))
            reading_list.keep_one(view, entry, key=f"keep_{entry.record.key}", kind="tertiary")


def _pages(view: View, listing: Listing) -> None:
    last = max(1, -(-view.selection.count // ROWS))
    start = (listing.page - 1) * ROWS
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        shown = f"{start + 1:,}–{min(start + ROWS, view.selection.count):,} of {count_in_words(view.selection.count, view.noun)}"
        st.html(f'<div class="mh"><p class="mut src">{html.escape(shown)}</p></div>', width="content")
        if last > 1:
            key = f"shown_page_{listing.page}"  # Streamlit warns of a default beside a value in the session: a new key, a new default
            st.pagination(last, default=listing.page, key=key, on_change=_changed, args=("page", key))


def _table(view: View, shown: Shown) -> None:
    entries, reading = shown.entries, browser.reading_list()
    frame = pd.DataFrame([_cells(entry, view, reading) for entry in entries])
    st.dataframe(
        frame, key=shown.key, hide_index=True, height=len(entries) * 40 + 38 if len(entries) < 16 else 680, row_height=40,
        column_config=_columns(view), selection_mode=["multi-row", "single-cell"], on_select=lambda: _open_selected(shown),
        alt=f"Table of {count_in_words(len(entries), view.noun)}; the list view shows the same in full.",
    )  # fmt: skip


def _cells(entry: Entry, view: View, reading: ReadingList) -> dict[str, Any]:
    warnings = "".join(f"[{words}] " for words in entry.warnings)
    is_kept = reading.find(stored.record.key for stored in entry.records) is not None
    return {
        "Date": date_in_words(entry.published),
        "Title": warnings + html.one_line(entry.record.title),
        "Application": _level_one(entry, "application", view),
        "Risk": _first_and_more(_level_one(entry, "risk", view)),
        "Calls": len(entry.labels.get("safeguard", {})),
        "Link": entry.record.url,
        "List": "✓" if is_kept else "",
    }


def _level_one(entry: Entry, facet: str, view: View) -> list[str]:
    labels = [paper.find_label(view.taxonomy, facet, name) for name in entry.labels.get(facet, {})]
    names = [label.short_name for label in labels if label and label.level == 1 and not label.outside_paper_three]
    areas = sum(label.level == 1 and not label.outside_paper_three for label in view.taxonomy.facets[facet].labels.values())
    return ["All three"] if facet == "application" and len(names) == areas == 3 else names


def _first_and_more(names: list[str]) -> list[str]:
    """Cells clip: one name and how many more."""
    return names if len(names) < 2 else [names[0], f"+{len(names) - 1}"]


def _columns(view: View) -> dict[str, Any]:
    config = st.column_config
    areas = [label for label in view.taxonomy.facets["application"].labels.values() if label.level == 1]
    risks = [label for label in view.taxonomy.facets["risk"].labels.values() if label.level == 1]
    more = [f"+{count}" for count in range(1, len(risks))]
    area_names = [*(label.short_name for label in areas), "All three"]
    area_colours = [*(_PALE.get(label.id, _PALE_PLAIN) for label in areas), _PALE_PLAIN]
    risk_names = [*(label.short_name for label in risks), *more]
    return {
        "Date": config.TextColumn(width=88),
        "Title": config.TextColumn(width=382, help="Click a title to see the paper"),
        "Application": config.MultiselectColumn(width=190, options=area_names, color=area_colours),
        "Risk": config.MultiselectColumn(width=190, options=risk_names, color=[_PALE_RISK] * len(risk_names)),
        "Calls": config.NumberColumn(width=62, help="How many of the paper's calls (safeguards) the work heeds"),
        "Link": config.LinkColumn(width=62, display_text="open", help="At arXiv, PubMed or the publisher"),
        "List": config.TextColumn(width=46, help="Whether it is in your reading list"),
    }


def _open_selected(shown: Shown) -> None:
    """Callback of the table: open the paper whose row was clicked, but for its link."""
    cells = st.session_state[shown.key]["selection"]["cells"]
    if cells and cells[0][1] != "Link" and 0 <= cells[0][0] < len(shown.entries):
        address.open_paper(shown.entries[cells[0][0]].record.key)
    else:
        st.session_state[_IN_PLACE] = True


def _changed(name: str, key: str) -> None:
    """Callback of the controls. What is the default stays out of the address."""
    value = str(st.session_state[key])
    defaults = {"page": "1", "sort": ORDERS[0], "view": ""}
    address.write_page_value(name, "" if value == defaults[name] else value)
    st.session_state[_IN_PLACE] = True
