"""The reading list on the screen: buttons that fill it, and its own page at ``?list=reading`` with notes and files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

import streamlit as st

from tracker.domain.dates import format_instant
from tracker.errors import ReadingListError
from tracker.pipeline.entry import Entry
from tracker.views import html, paper, reading_list_works
from tracker.views.page import View
from tracker.views.reading_list import MAX_NOTE, Kept, ReadingList, parse_reading_list
from tracker.views.reading_list_files import GONE, LIST_FORMATS, list_file_name, write_list
from tracker.views.reading_list_works import Item
from tracker.views.turns import DOWNLOADS
from tracker.views.widgets import address, blocks, browser, refusals
from tracker.views.wording import any_of, count_in_words

ROWS = 20  # on one page; each has a field for its note
_FILE, _SAID, _PAGE = "reading_file", "reading_said", "reading_page"
_NAMED = 5  # papers in a sentence about several


def opener() -> None:
    """The button that leads to the list, with how many are in it."""
    count = len(browser.reading_list())
    st.button(
        f"Reading list · {count:,}" if count else "Reading list", key="open_reading", icon=":material/bookmark:", on_click=address.open_list
    )


def keep_chosen(view: View, entries: Sequence[Entry]) -> None:
    """One button for the rows ticked in the table."""
    reading = browser.reading_list()
    new = [entry for entry in entries if reading.find(_keys(entry)) is None]
    if new:
        label = f"Add {len(new):,} to reading list"
        st.button(label, key="keep_chosen", icon=":material/bookmark_add:", type="primary", on_click=_keep, args=(view, new))
    elif entries:
        label = f"Remove {len(entries):,} from reading list"
        st.button(label, key="drop_chosen", icon=":material/bookmark_remove:", on_click=_drop, args=([*map(_keys, entries)],))


def keep_one(view: View, entry: Entry, *, key: str, kind: Literal["secondary", "tertiary"] = "secondary") -> None:
    """The button of one paper: into the list, or out of it again."""
    if browser.reading_list().find(_keys(entry)):
        st.button(
            "In your reading list", key=key, icon=":material/bookmark_added:", type=kind, help="Press to take it out",
            on_click=_drop, args=([_keys(entry)],),
        )  # fmt: skip
    else:
        st.button("Add to reading list", key=key, icon=":material/bookmark_add:", type=kind, on_click=_keep, args=(view, [entry]))


def note_on(entry: Entry) -> None:
    """The field for a note on a paper that is in the list; nothing else."""
    kept = browser.reading_list().find(_keys(entry))
    if kept:
        _note(kept, "Your note")


def show(view: View) -> None:
    """The list's own page."""
    blocks.banner(view)
    st.button(f"Back to {count_in_words(view.selection.count, view.noun)}", icon=":material/arrow_back:", on_click=address.close_list)
    reading = browser.reading_list()
    items = reading_list_works.find_items(reading, view.shared.index)
    st.title("Reading list", anchor=False)
    st.html(f'<div class="mh"><p class="finding">{html.emphasised(_finding(reading, items))}</p></div>')
    _say_what_happened(items)
    with st.container(horizontal=True):
        if items:
            _take_along(view, reading, items)
        _load(view)
        if items:
            with st.popover("Clear", type="tertiary"):
                blocks.say("This takes every paper and note out of the list.")
                st.button("Clear the list", key="clear_reading", on_click=_clear)
    _rows(view, items)


def _finding(reading: ReadingList, items: Sequence[Item]) -> str:
    if not items:
        return "Nothing is in it yet: tick rows of the table, or press **Add to reading list** on a paper."
    noted = f", {reading.noted_count:,} with a note" if reading.noted_count else ""
    advice = "The list lives in this browser tab until it is closed; save it as a file to keep it."
    return f"**{count_in_words(len(items), 'work')}**{noted}. {advice}"


def _say_what_happened(items: Sequence[Item]) -> None:
    """What the last file came to, and what a refresh did to papers of the list."""
    said = st.session_state.get(_SAID)
    if said:
        st.html(f'<div class="mh"><div class="box warn" role="status">{html.escape(said)}</div></div>')
    sentences = []
    if lost := reading_list_works.gone(items):
        verb = "is" if len(lost) == 1 else "are"
        sentences.append(f"{count_in_words(len(lost), 'paper').capitalize()} {verb} {GONE}, but kept here: {_named(lost)}.")
    sentences += [f"Now one work: {_named(papers)}." for papers in reading_list_works.merged(items)]
    lines = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in sentences)
    if lines:
        st.html(f'<div class="mh"><div class="box warn">{lines}</div></div>')


def _named(papers: Sequence[Kept]) -> str:
    shown = [f"“{kept.title or kept.key}” ({kept.key})" for kept in papers[:_NAMED]]
    more = len(papers) - len(shown)
    return any_of([*shown, f"{more:,} more"] if more else shown, "and")


def _take_along(view: View, reading: ReadingList, items: Sequence[Item]) -> None:
    st.download_button(
        "Save as a file", reading.to_json(saved_at=format_instant(view.now) or ""), mime="application/json", type="primary",
        file_name=list_file_name("json", len(reading), now=view.now), on_click="ignore", key="reading_json", icon=":material/save:",
    )  # fmt: skip
    with st.popover("Export", icon=":material/download:"):
        blocks.say("With your notes.")
        for name, form in LIST_FORMATS.items():
            st.download_button(
                form.label, refusals.told(partial(_content, view, name, items)), mime=form.media_type, on_click="ignore",
                key=f"reading_{name}", file_name=list_file_name(name, len(items), now=view.now), width="stretch",
            )  # fmt: skip


def _load(view: View) -> None:
    with st.popover("Load a file", icon=":material/upload:"):
        st.file_uploader("A reading list saved here (.json); it joins the present one", type="json", key=_FILE, on_change=_read_file)


def _rows(view: View, items: Sequence[Item]) -> None:
    last = max(1, -(-len(items) // ROWS))
    page = min(int(st.session_state.get(_PAGE) or 1), last)
    for item, entry in reading_list_works.load_items(items[(page - 1) * ROWS : page * ROWS], view.shared.index, view.store):
        kept = item.papers[0]
        st.html(paper.row_of(entry, kept.key, kept.title, view.taxonomy, query=view.filters.to_query()))
        with st.container(horizontal=True, vertical_alignment="center", key=f"item_{kept.key}"):
            for one in item.papers:
                _note(one, f"Note on {one.key}", is_titled=len(item.papers) > 1)
            st.button(
                "Remove", key=f"drop_{kept.key}", type="tertiary", icon=":material/bookmark_remove:", on_click=_drop,
                args=([[one.key for one in item.papers]],),
            )  # fmt: skip
    if last > 1:
        st.pagination(last, default=page, key=f"{_PAGE}_{page}", on_change=_turn, args=(f"{_PAGE}_{page}",))


def _note(kept: Kept, label: str, *, is_titled: bool = True) -> None:
    key = f"note_{kept.key}"
    st.session_state[key] = kept.note
    st.text_area(
        html.escape_markdown(label), key=key, max_chars=MAX_NOTE, height=68, placeholder="Your note", on_change=_write_note,
        args=(kept.key, key), label_visibility="visible" if is_titled else "collapsed",
    )  # fmt: skip


def _content(view: View, name: str, items: Sequence[Item]) -> bytes:
    """The file's bytes, written when the button is pressed."""
    with DOWNLOADS.turn():
        lines = list(reading_list_works.load_items(items, view.shared.index, view.store))
        return write_list(name, lines, view.taxonomy, now=view.now)


def _keep(view: View, entries: Sequence[Entry]) -> None:
    """Callback: into the list."""
    at = format_instant(view.now) or ""
    _try_joining([Kept(entry.record.key, html.one_line(entry.record.title), "", at) for entry in entries])
    address.untick()


def _drop(groups: Sequence[Sequence[str]]) -> None:
    """Callback: out of the list."""
    browser.keep(browser.reading_list().without(key for keys in groups for key in keys))
    address.untick()


def _clear() -> None:
    browser.keep(ReadingList())
    st.session_state[_SAID] = ""


def _write_note(paper_key: str, field: str) -> None:
    browser.keep(browser.reading_list().noted(paper_key, st.session_state[field]))


def _turn(field: str) -> None:
    st.session_state[_PAGE] = st.session_state[field]


def _read_file() -> None:
    """Callback: join the list in the file that was chosen, or keep the sentence that says why it is none."""
    file = st.session_state.get(_FILE)
    if file is None:
        return
    before = browser.reading_list()
    try:
        loaded = parse_reading_list(file.getvalue())
    except ReadingListError as error:
        st.session_state[_SAID] = str(error)
        return
    if _try_joining(loaded.papers):
        new = len(browser.reading_list()) - len(before)
        st.session_state[_SAID] = f"Loaded {count_in_words(len(loaded), 'paper')}: {new:,} new, {len(loaded) - new:,} in the list already."


def _try_joining(papers: Sequence[Kept]) -> bool:
    st.session_state[_SAID] = ""
    try:
        browser.keep(browser.reading_list().joined(papers))
    except ReadingListError as error:
        st.session_state[_SAID] = str(error)
        return False
    return True


def _keys(entry: Entry) -> list[str]:
    return [stored.record.key for stored in entry.records]
