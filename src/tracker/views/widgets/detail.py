"""One paper in full, at an address a reader can share."""

from __future__ import annotations

import streamlit as st

from tracker.pipeline.entry import Entry, to_entry
from tracker.views import citations, html, paper_detail
from tracker.views.page import View
from tracker.views.widgets import address, blocks
from tracker.views.wording import count_in_words


def show(view: View, key: str) -> None:
    """The paper *key*; if there is none, say so and lead back."""
    blocks.banner(view)
    st.button(f"Back to {count_in_words(view.selection.count, view.noun)}", icon=":material/arrow_back:", on_click=address.close_paper)
    stored = view.store.load_record(key)
    if stored is None:
        st.html(f'<div class="mh"><h1>No such paper</h1><p>Nothing is stored under {html.escape(repr(key[:100]))}.</p></div>')
        return
    others = [one for one in view.store.load_work(stored.work) if one.id != stored.id]
    entry = to_entry([stored, *others])
    left, right = st.columns([1.75, 1], gap="large")
    with left:
        _paper(entry, view)
    with right:
        st.html(paper_detail.why(entry, view.taxonomy))


def _paper(entry: Entry, view: View) -> None:
    st.html(paper_detail.head(entry, view.taxonomy))
    _cite(entry)
    blocks.rule()
    st.html(paper_detail.abstract(entry.best, view.taxonomy))
    blocks.rule()
    st.html(paper_detail.work_records(entry))


def _cite(entry: Entry) -> None:
    """The reference in three forms, each with Streamlit's own copy button."""
    with st.popover("Cite", icon=":material/format_quote:"):
        for name, text in (("APA", citations.to_apa(entry)), ("BibTeX", citations.to_bibtex(entry)), ("RIS", citations.to_ris(entry))):
            st.html(f'<div class="mh"><b>{name}</b></div>')
            st.code(text.strip(), language=None, wrap_lines=True)
