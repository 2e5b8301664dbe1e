"""Downloads that could not be made, said in our words on the page's next run: the button itself has only Streamlit's.

Streamlit (1.67) shows *Failed to generate file for download* whatever went wrong, and takes no text from the function that writes the
file; nor does a click on such a button run the page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from tracker.errors import BusyError
from tracker.views import html

T = TypeVar("T", str, bytes)
_SAID = "refused_downloads"


def told(write: Callable[[], T]) -> Callable[[], T]:
    """*write*, which this session hears of where it raises ``BusyError``."""
    said: list[str] = st.session_state.setdefault(_SAID, [])  # the list itself: Streamlit calls from a thread without a session

    def write_or_tell() -> T:
        try:
            return write()
        except BusyError as error:
            said[:] = [str(error)]
            raise

    return write_or_tell


def show() -> None:
    """What was refused since the last run, once."""
    said: list[str] = st.session_state.get(_SAID, [])
    for sentence in said:
        st.html(f'<div class="mh"><div class="box warn" role="alert">The last download was not made. {html.escape(sentence)}</div></div>')
    said.clear()
