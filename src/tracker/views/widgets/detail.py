"""One paper in full, at an address a reader can share."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from tracker.data_files import read_corrections
from tracker.domain.corrections import Correction
from tracker.errors import ConfigurationError
from tracker.pipeline.entry import Entry, to_entry
from tracker.store.base import StoredLink
from tracker.views import citations, html, neighbour_rows, neighbours, paper_detail, work_life, work_links
from tracker.views.page import View
from tracker.views.rows import WORKS
from tracker.views.widgets import address, blocks, browser, objection, reading_list
from tracker.views.wording import count_in_words

SHOWN_LINKS = 5
HOW_TO_DECIDE = (
    "Read both papers. Then add one of the two lines to <code>data/links.csv</code>, with your reason for <code>why</code>. "
    "It wins over the matching from the next refresh on; <code>tracker check</code> says whether the file can be read."
)


def show(view: View, key: str) -> None:
    """The paper *key*; if there is none, say so and lead back."""
    blocks.banner(view)
    st.button(f"Back to {count_in_words(view.selection.count, view.noun)}", icon=":material/arrow_back:", on_click=address.close_paper)
    stored = view.store.load_record(key)
    if stored is None:
        st.html(f'<div class="mh"><h1>No such paper</h1><p>Nothing is stored under {html.escape(repr(key[:100]))}.</p></div>')
        return
    entry = to_entry(view.store.load_work(stored.work) if view.filters.count == WORKS else [stored])
    left, right = st.columns([1.75, 1], gap="large")
    with left:
        _paper(entry, view)
    with right:
        st.html(paper_detail.why(entry, view.taxonomy, _decisions(view, entry)))
    with right if browser.is_narrow() else left:  # the reasons come first on a telephone; beside them there is room
        blocks.rule()
        near = neighbours.find_neighbours(view.shared.index, view.store, stored.work)
        st.html(neighbour_rows.nearest(near, view.store, view.taxonomy, query=view.filters.to_query()))


def _paper(entry: Entry, view: View) -> None:
    st.html(paper_detail.head(entry, view.taxonomy))
    with st.container(horizontal=True):
        reading_list.keep_one(view, entry, key="keep_this")
        _cite(entry)
        objection.show(view, entry)
    reading_list.note_on(entry)
    blocks.rule()
    st.html(paper_detail.abstract(entry, view.taxonomy))
    blocks.rule()
    _work(to_entry(view.store.load_work(entry.best.work)), view)


def _decisions(view: View, entry: Entry) -> list[Correction]:
    """What people decided of the entry's records; nothing where the file cannot be read (``tracker check`` says why)."""
    try:
        decided = read_corrections(view.settings, view.taxonomy)
    except ConfigurationError:
        return []
    return [row for stored in entry.records for row in decided.rows_for(stored.record)]


def _work(entry: Entry, view: View) -> None:
    """All records of the work, what happened to them, why they are one, and which papers they may also be."""
    keys = {stored.record.key for stored in entry.records}
    links = view.store.load_links(entry.best.work)
    st.html(paper_detail.work_records(entry))
    st.html(work_life.life(entry, {key: view.store.load_versions(key) for key in keys}))
    st.html(work_links.inside(links, keys) or "<div></div>")
    _possible(work_links.outward(links, keys), keys, view)


def _possible(found: Sequence[StoredLink], keys: Collection[str], view: View) -> None:
    """The likest papers of other works, with the lines that decide."""
    if not found:
        return
    shown = found[:SHOWN_LINKS]
    known = [view.store.load_record(work_links.other_key(one, keys)) for one in shown]
    titles = {stored.record.key: stored.record.title for stored in known if stored}
    st.html(work_links.others(shown, keys, titles, query=view.filters.to_query()))
    with st.expander("How to decide"):
        st.html(f'<div class="mh"><p>{HOW_TO_DECIDE}</p></div>')
        for one in shown:
            st.code(work_links.link_rows(one), language=None, wrap_lines=True)


def _cite(entry: Entry) -> None:
    """The reference in three forms, each with Streamlit's own copy button."""
    with st.popover("Cite", icon=":material/format_quote:"):
        for name, text in (("APA", citations.to_apa(entry)), ("BibTeX", citations.to_bibtex(entry)), ("RIS", citations.to_ris(entry))):
            st.html(f'<div class="mh"><b>{name}</b></div>')
            st.code(text.strip(), language=None, wrap_lines=True)
