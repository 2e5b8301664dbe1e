"""The frame around every page: the seven addresses, the data they share, and the way through ``app.py``.

Until ``st.navigation`` has run once in the process, Streamlit runs a file in ``pages/`` by itself for an address that names it,
without ``app.py`` (Streamlit 1.67; github.com/streamlit/streamlit/issues/9624). The first request after a start may be such a
link, so every page begins with :func:`guard`, and every page's file has the name of its address.
"""

from __future__ import annotations

import threading
from pathlib import Path

import streamlit as st

from tracker.errors import TrackerError
from tracker.views import page

PAGES = {  # file and address → title; the order of the navigation
    "overview": "Overview",
    "trends": "Trends",
    "gap_map": "Gap map",
    "papers": "Papers",
    "whats_new": "What's new",
    "methods": "Methods",
    "data": "Data & refresh",
}
_STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
_run = threading.local()


def route() -> None:
    """Run the page that the address names, inside the shared frame. The whole of ``app.py``."""
    here = st.navigation(_pages(), position="top")
    st.html(f"<style>{_STYLE}</style>")
    _run.is_routed = True
    try:
        page.prepare(here.url_path)
        here.run()
    except TrackerError as error:
        page.failure(error)
    finally:
        _run.is_routed = False


def guard() -> None:
    """First statement of every page: send a run that did not come through ``app.py`` there, with the same address."""
    if not getattr(_run, "is_routed", False):
        st.navigation(_pages(), position="hidden")
        st.rerun()


def _pages() -> list[st.Page]:
    return [st.Page(f"pages/{name}.py", title=title, url_path=name, default=name == "overview") for name, title in PAGES.items()]
