"""Since when: the day *What's new* looks back to, and what it found."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from tracker.domain.dates import PartialDate
from tracker.views.changes import Changes, find_changes, start_of
from tracker.views.filters import Filters
from tracker.views.page import View
from tracker.views.widgets import address

SHOWN = 20  # rows of each list
SUBTITLES = {
    "retracted": "First, because they change what may be cited. They stay in the store, marked, and out of every trend.",
    "published": "Known as a preprint before, and since then with a journal version.",
    "new": "First seen by the tracker since then, newest publication first.",
    "versions": "Something a reader sees was changed at the source.",
    "relabelled": "Labelled anew by a changed taxonomy or by a person.",
}
_PRESETS = (7, 30, 90)  # days
_DEFAULT = 30  # days back if the address names no day


def find(view: View) -> Changes:
    """What changed since the day in the address, a month ago if it names none."""
    since = view.filters.since or PartialDate.of(_days_ago(view, _DEFAULT))
    index = view.shared.index
    return _find(view.settings.database_url, index.data_version, view.selection.filters.to_query(), str(since), view)


def choose_day(view: View) -> None:
    """Buttons for the usual days; any other can be set in the sidebar."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html('<div class="mh">Look back</div>', width="content")
        for days in _PRESETS:
            filters = view.filters.having("since", PartialDate.of(_days_ago(view, days)))
            st.button(f"{days} days", key=f"since_{days}", disabled=filters == view.filters, on_click=address.write, args=(filters,))


def since_filters(view: View, changes: Changes) -> Filters:
    """The filters in force, narrowed to what is new or changed since then."""
    return view.filters.having("since", PartialDate.of(changes.since.date()))


def _days_ago(view: View, days: int) -> date:
    return view.now.date() - timedelta(days=days)


@st.cache_resource(max_entries=16, show_spinner=False)
def _find(url: str, data_version: int, query: str, since: str, _view: View) -> Changes:
    """Histories are read from the store: once per data version, filter and day."""
    return find_changes(_view.shared.index, _view.selection.filters, _view.store, since=start_of(PartialDate.parse(since)))
