"""Since when: the day *What's new* looks back to, and what it found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from io import BytesIO

import streamlit as st

from tracker.domain.dates import PartialDate
from tracker.views.changes import Changes, find_changes, start_of
from tracker.views.digest import write_digest
from tracker.views.feed import MEDIA_TYPE, write_feed
from tracker.views.filters import Filters
from tracker.views.index import select
from tracker.views.page import View
from tracker.views.turns import DOWNLOADS
from tracker.views.widgets import address, refusals

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


def downloads(view: View, changes: Changes) -> None:
    """The same for elsewhere: a feed of the papers under these filters for feed readers, and this page as a digest to mail."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html('<div class="mh">Take it with you</div>', width="content")
        _download("feed", "Feed (Atom)", partial(_feed, view), "feed.xml", MEDIA_TYPE)
        _download("digest", "Digest (Markdown)", partial(_digest, view, changes), f"digest_{changes.since:%Y-%m-%d}.md", "text/markdown")


def _download(key: str, label: str, write: Callable[[], bytes], name: str, media_type: str) -> None:
    """A button whose file is written when it is pressed."""
    st.download_button(label, refusals.told(write), file_name=name, mime=media_type, on_click="ignore", key=key)


def _feed(view: View) -> bytes:
    """As ``tracker feed`` writes it; the days looked back to are left out, or the feed would stop."""
    stream = BytesIO()
    selection = select(view.shared.index, view.selection.filters.without("since"), search=view.store.search)
    with DOWNLOADS.turn():
        write_feed(stream, selection, view.store, view.taxonomy)
    return stream.getvalue()


def _digest(view: View, changes: Changes) -> bytes:
    """As ``tracker digest`` writes it."""
    stream = BytesIO()
    with DOWNLOADS.turn():
        write_digest(stream, changes, view.store, view.taxonomy, view.settings.sources)
    return stream.getvalue()


def since_filters(view: View, changes: Changes) -> Filters:
    """The filters in force, narrowed to what is new or changed since then."""
    return view.filters.having("since", PartialDate.of(changes.since.date()))


def _days_ago(view: View, days: int) -> date:
    return view.now.date() - timedelta(days=days)


@st.cache_resource(max_entries=16, show_spinner=False)
def _find(url: str, data_version: int, query: str, since: str, _view: View) -> Changes:
    """Histories are read from the store: once per data version, filter and day."""
    return find_changes(_view.shared.index, _view.selection.filters, _view.store, since=start_of(PartialDate.parse(since)))
