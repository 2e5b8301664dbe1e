"""The one piece of script in the page (``browser.js``): width, the tab's storage, and links between papers without a new start.

Without it (a browser that forbids it) everything still works: the user agent tells telephones, the reading list lives as long as
the session, and links load the page anew. What it sends is a stranger's word and is read like any other file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import streamlit as st
from streamlit.components import v2

from tracker.errors import ReadingListError
from tracker.views.reading_list import ReadingList, parse_reading_list
from tracker.views.widgets import address

_SCRIPT = Path(__file__).with_name("browser.js").read_text(encoding="utf-8")
_KEY = "browser"
_LIST, _RESTORED, _SESSION = "reading_list", "reading_list_restored", "browser_session"


def connect() -> None:
    """Put the script into the page, once a run."""
    state = st.session_state
    reading = reading_list()
    data = {
        "narrow": is_narrow(),
        "session": state.setdefault(_SESSION, uuid4().hex),
        "restored": bool(state.get(_RESTORED)),
        "list": reading.to_json() if len(reading) else "",
    }
    with st.container(key="browser_script"):
        _component()(key=_KEY, data=data, on_narrow_change=lambda: None, on_kept_change=_restore, on_opened_change=_open)


def is_narrow() -> bool:
    """Whether rows that wrap fit better than a table. Until the browser has said it: telephones say so in their user agent."""
    said = _said("narrow")
    return said if isinstance(said, bool) else "Mobi" in (st.context.headers.get("User-Agent") or "")


def reading_list() -> ReadingList:
    """This session's list."""
    kept: ReadingList = st.session_state.get(_LIST) or ReadingList()
    return kept


def keep(reading: ReadingList) -> None:
    """Make *reading* this session's list."""
    st.session_state[_LIST] = reading


@st.cache_resource(show_spinner=False)
def _component() -> Callable[..., object]:
    """The script, registered once a process."""
    return v2.component("tracker_browser", js=_SCRIPT)


def _restore() -> None:
    """Callback: what the tab kept from before the page was loaded anew, in front of what was added since."""
    kept = _said("kept")
    st.session_state[_RESTORED] = True
    try:
        keep(parse_reading_list(str(kept).encode("utf-8", "replace")).joined(reading_list()))
    except ReadingListError:
        return  # another program's, or of another version; the next change overwrites it


def _open() -> None:
    """Callback: the link to a paper was pressed."""
    key = _said("opened")
    if isinstance(key, str) and key:
        address.open_paper(key)


def _said(name: str) -> object:
    state = st.session_state.get(_KEY)
    return state.get(name) if state else None
