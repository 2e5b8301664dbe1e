"""A page's own choices as rows of buttons whose values stand in the address; the first value is the default and stays out of it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from tracker.views.widgets import address

Known = Mapping[str, Mapping[str, str]]  # name in the address → value → word on the button


def read(known: Known) -> tuple[dict[str, str], list[str]]:
    """What the address says of each name, and a sentence for each value in it that nobody knows. Call once, on the page."""
    given = address.read_page_values(tuple(known))
    faults = [
        f"{name} has no value {value!r:.60}; known are {', '.join(known[name])}"
        for name, value in given.items()
        if value not in known[name]
    ]
    values = {name: given[name] if given.get(name) in words else next(iter(words)) for name, words in known.items()}
    return values, faults


def show(name: str, title: str, value: str, known: Known) -> None:
    """The buttons of one name."""
    key = f"shown_{name}"
    st.session_state[key] = value
    st.segmented_control(
        title, list(known[name]), key=key, required=True, format_func=known[name].__getitem__, on_change=_chosen, args=(name, key, known),
        wrap=True,
    )  # fmt: skip


def _chosen(name: str, key: str, known: Known) -> None:
    value = str(st.session_state[key])
    address.write_page_value(name, "" if value == next(iter(known[name])) else value)
