"""Download buttons: exactly the rows filtered, written when somebody clicks and not before."""

from __future__ import annotations

from functools import partial
from importlib.metadata import version

import streamlit as st

from tracker.views import html, notices
from tracker.views.exports import FORMATS, open_export
from tracker.views.index import Selection
from tracker.views.page import View
from tracker.views.receipt import Origin, file_name, write_receipt
from tracker.views.turns import DOWNLOADS
from tracker.views.widgets import blocks, refusals
from tracker.views.wording import count_in_words, date_in_words

NOTE = (
    "Without abstracts: PubMed's may belong to their publishers. The receipt says what was filtered, when, and what each column holds. "
    "Two files are made at a time, for all readers: a button that fails is to be pressed again a little later."
)


def popover(view: View) -> None:
    """The primary button of the list: five formats of what the filters keep."""
    counted = count_in_words(view.selection.count, view.noun)
    with st.popover(f"Download {counted}", type="primary", icon=":material/download:"):
        st.html(f'<div class="mh"><b>Exactly the {counted} of these filters</b><p class="mut sub">{html.escape(NOTE)}</p></div>')
        buttons(view, view.selection, key="filtered")
        receipt(view, view.selection, key="filtered")


def buttons(view: View, selection: Selection, *, key: str) -> None:
    """One button a format. The rows are fixed now: what is downloaded is what stands on the screen."""
    for name, form in FORMATS.items():
        st.download_button(
            form.label, refusals.told(partial(_content, view, selection, name)), mime=form.media_type,
            file_name=file_name(selection, name, on=view.now.date()),
            on_click="ignore", key=f"{key}_{name}", width="stretch", disabled=view.is_empty,
        )  # fmt: skip


def csv(view: View, selection: Selection, *, key: str, name: str) -> None:
    """One small button: these rows as CSV, in a file called *name*."""
    st.download_button(
        "CSV", refusals.told(partial(_content, view, selection, "csv")), file_name=name, mime=FORMATS["csv"].media_type,
        on_click="ignore", key=key, icon=":material/download:", type="tertiary",
    )  # fmt: skip


def receipt(view: View, selection: Selection, *, key: str) -> None:
    """What lets somebody else get the same rows: filter, link, counts, sources, taxonomy, columns, how to cite."""
    name = file_name(selection, "csv", on=view.now.date())
    st.download_button(
        "Receipt", partial(_receipt, view, selection, name), file_name=f"{name.removesuffix('.csv')}_receipt.txt", mime="text/plain",
        on_click="ignore", key=f"{key}_receipt", width="stretch",
    )  # fmt: skip


def _receipt(view: View, selection: Selection, name: str) -> str:
    fresh = notices.freshness(view.shared.states, view.settings.sources, now=view.now)
    sample = notices.sample_sentence(view.shared.states, view.shared.about, view.settings.sources, until=view.shared.newest)
    origin = Origin(
        link=blocks.link(view),
        version=version("mental-health-llm-tracker"),
        as_of=date_in_words(view.as_of),
        sources=[*(one.sentence for one in fresh), *([sample.replace("**", "")] if sample else [])],
    )
    return write_receipt(selection, view.taxonomy, origin, file=name, now=view.now)


def _content(view: View, selection: Selection, format_name: str) -> bytes:
    """The file's bytes, written when the button is pressed. Raises ``BusyError`` where too many ask: see :mod:`.refusals`.

    Streamlit takes no file that can also be written to, and closes none.
    """
    with DOWNLOADS.turn(), open_export(format_name, selection, view.store, view.taxonomy) as file:
        return file.read()
