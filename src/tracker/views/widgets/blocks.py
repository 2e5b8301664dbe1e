"""The parts every page is made of: header with finding, chips, figure, rule, and what stands in place of a result."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

import plotly.graph_objects as go
import streamlit as st

from tracker.errors import FilterError
from tracker.views import chart_file, html, notices, page, search_fault
from tracker.views.filters import Filters
from tracker.views.index import select
from tracker.views.page import View
from tracker.views.palettes import Palette, palette
from tracker.views.widgets import address, refusals
from tracker.views.wording import count_in_words

_FIGURE_CONFIG = {"displayModeBar": False}
_SHOWN_WORDS = 60  # signs of a search in a chip
_PICTURED_WORDS = 300  # signs of the filters in a picture; a search may have thousands
DATA_TERMS = """<div class="mh"><div class="prose" style="font-size:.9rem">
<p>One row a work, with its ids, title, authors, venue, date at its real precision, labels, and the words that gave them.
Abstracts are left out: they may be protected by copyright. Metadata of arXiv are free to use (CC0).</p>
<p>Thank you to arXiv for use of its open access interoperability.</p>
<p>Data of PubMed come courtesy of the U.S. National Library of Medicine, which does not endorse this tracker; see its
<a href="https://www.ncbi.nlm.nih.gov/About/disclaimer.html" target="_blank" rel="noopener noreferrer">disclaimer
and copyright notice</a>. What is shown may not be the most current data available from NLM.</p>
</div></div>"""


def header(view: View, title: str, sentence: str, *, faults: Sequence[str] = ()) -> None:
    """Banner, title, one sentence of finding (``**bold**`` numbers), what is wrong with the address, and the chips line."""
    banner(view)
    refusals.show()
    st.title(title, anchor=False)
    if sentence:
        finding(sentence)
    _faults(view, [*view.faults, *faults])
    chips(view)


def finding(sentence: str) -> None:
    """What a page or a section found, in one sentence with ``**bold**`` numbers."""
    st.html(f'<div class="mh"><p class="finding">{html.emphasised(sentence)}</p></div>')


def banner(view: View) -> None:
    """On every page as long as the shipped sample stands in for a source."""
    sentence = notices.sample_sentence(view.shared.states, view.shared.about, view.settings.sources, until=view.shared.newest)
    if sentence:
        st.html(f'<div class="mh"><div class="banner" role="note"><i></i><span>{html.emphasised(sentence)}</span></div></div>')


def chips(view: View) -> None:
    """How many of how many, one button for each filter that takes it away, *Reset*, and the link to this very view."""
    with st.container(key="chips", horizontal=True, vertical_alignment="center", gap="small"):
        selection = view.selection
        st.html(f'<div class="mh"><b>{selection.count:,}</b> of {count_in_words(selection.total, view.noun)}</div>', width="content")
        active = view.filters.chips(view.taxonomy)
        for chip in active:
            text = chip.text if len(chip.text) <= _SHOWN_WORDS else f"{chip.text[:_SHOWN_WORDS]}…"
            st.button(
                html.escape_markdown(text), key=f"chip_{chip.name}_{chip.value}"[:200], icon=":material/close:", icon_position="right",
                help="Remove this filter", on_click=address.write, args=(view.filters.without(chip.name, chip.value),),
            )  # fmt: skip
        if active:
            st.button("Reset", key="reset", type="tertiary", on_click=address.write, args=(Filters(),))
        with st.popover("Copy link", icon=":material/link:", type="tertiary"):
            st.code(link(view), language=None, wrap_lines=True)


def link(view: View) -> str:
    """The address of this page with these filters and its own values; without a host where Streamlit does not know it."""
    base = (st.context.url or "").split("?")[0]
    query = "&".join(part for part in (view.filters.to_query(), urlencode(address.page_values())) if part)
    return f"{base}?{query}" if query else base or "/"


def rule() -> None:
    """The line between two blocks."""
    st.html('<div class="mh"><hr class="rule"></div>')


def colours() -> Palette:
    """The colours for the theme that is on. (Switching it does not run the script again: figures follow at the next click.)"""
    return palette(is_dark=st.context.theme.type == "dark")


def heading(title: str, subtitle: str = "", *, level: int = 3) -> None:
    """A block's title and the muted line under it."""
    st.html(f'<div class="mh">{html.heading(title, subtitle, level=level)}</div>')


def reader_heading(part: str) -> None:
    """The title beside a figure of which one *part* is read. On a narrow screen the figure makes way for its list: no click there."""
    wide, narrow = f"Click a {part}, or choose here.", f"Choose here; the list has every {part}."
    st.html(f'<div class="mh">{html.heading(f"Read one {part}", wide, narrow=narrow)}</div>')


def source_line(text: str) -> None:
    """Where a figure comes from, as of when, and how many it counts."""
    st.html(f'<div class="mh"><p class="mut src">{html.escape(text)}</p></div>')


def left_out(view: View) -> str:
    """The end of a source line where retracted and withdrawn papers are not counted."""
    count = view.selection.count - view.selection.standing.count
    return f" · {count_in_words(count, view.noun)} retracted or withdrawn not counted" if count else ""


def figure(
    chart: go.Figure,
    *,
    key: str,
    title: str,
    subtitle: str,
    source: str,
    alt: str,
    numbers: Callable[[], bytes],
    file_name: str,
    **options: Any,
) -> Any:
    """A chart with its finding above, its source below, and three files to take away; returns what ``st.plotly_chart`` does.

    *numbers* writes the CSV. The pictures carry *title*, *subtitle*, *source* and what the page rests on inside; they are drawn when
    somebody clicks, always on the light ground (:mod:`tracker.views.chart_file`). *options* go to ``st.plotly_chart``.
    """
    with st.container(gap="xsmall"):
        heading(title, subtitle)
        event = st.plotly_chart(chart, key=key, alt=alt, config=_FIGURE_CONFIG, **options)
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="xxsmall"):
            source_line(source)
            caption = chart_file.Caption(title=title, subtitle=subtitle, source=source, data=_data_line(page.view()))
            _files(chart, caption, numbers, key=key, name=file_name)
    return event


def _files(chart: go.Figure, caption: chart_file.Caption, numbers: Callable[[], bytes], *, key: str, name: str) -> None:
    """The figure's numbers and its picture; nothing is made before the click."""
    files: dict[str, tuple[Callable[[], bytes], str, str]] = {
        "CSV": (numbers, "text/csv", "The numbers of this figure"),
        "SVG": (partial(chart_file.write_svg, chart, caption), "image/svg+xml", "A picture that can be enlarged and edited"),
        "PNG": (partial(chart_file.write_png, chart, caption), "image/png", "A picture for slides and documents"),
    }
    with st.container(horizontal=True, gap="small", width="content", key=f"files_of_{key}"):
        for form, (content, media_type, note) in files.items():
            st.download_button(
                form, content, file_name=f"{name}.{form.lower()}", mime=media_type, on_click="ignore", key=f"{form.lower()}_of_{key}",
                type="tertiary", help=note,
            )  # fmt: skip


def _data_line(view: View) -> str:
    """What every picture says of its data: sources, day, filters, taxonomy, and that a sample is one."""
    names = ", ".join(notices.SOURCE_NAMES.get(source, source) for source in view.settings.sources)
    filters = textwrap.shorten(view.selection.filters.in_words(view.taxonomy), _PICTURED_WORDS, placeholder=" …")
    return chart_file.data_line(
        sources=f"{names} (a sample, not the field)" if view.is_sample else names, as_of=view.as_of, filters=filters,
        taxonomy=view.taxonomy.version, made_on=view.now.date(),
    )  # fmt: skip


def stop_if_nothing(view: View) -> None:
    """End the page here with advice if nothing was gathered yet or nothing matches."""
    if view.is_empty:
        _nothing_gathered()
        st.stop()
    if view.selection.count == 0:
        _nothing_matches(view)
        st.stop()


def page_link(page: str, label: str, *, filters: Filters | None = None) -> None:
    """A link to another page that keeps the filters, or sets *filters*."""
    parameters = filters.to_parameters() if filters else None
    st.page_link(f"pages/{page}.py", label=label, icon=":material/arrow_forward:", icon_position="right", query_params=parameters)


def say(sentence: str) -> None:
    """A paragraph."""
    st.html(f'<div class="mh"><p>{html.emphasised(sentence)}</p></div>')


def _nothing_gathered() -> None:
    st.html(
        '<div class="mh"><div class="box"><h3>Nothing has been gathered yet.</h3><p class="mut">No sample ships with this copy, or it '
        "could not be used. Gather from arXiv and PubMed now: it takes some minutes, and you may leave the page meanwhile.</p></div></div>"
    )
    page_link("data", "Go to Refresh now")


def _nothing_matches(view: View) -> None:
    """Name the filters that emptied the result: one button each with what its removal gives, those that give nothing last."""
    heading(f"No {view.noun} matches all of these filters.", "Take one away:")
    offers = []
    for chip in view.filters.chips(view.taxonomy):
        wider = view.filters.without(chip.name, chip.value)
        offers.append((_count(view, wider), chip.text, wider))
    for number, (count, text, wider) in enumerate(sorted(offers, key=lambda offer: -offer[0])):
        label = f"{html.escape_markdown(text[:_SHOWN_WORDS])} → {count_in_words(count, view.noun)}"
        st.button(label, key=f"widen_{number}", icon=":material/close:", on_click=address.write, args=(wider,))


def _count(view: View, wider: Filters) -> int:
    """What *wider* would show; words that were left out of this page are left out here too."""
    shown = wider.without("q") if view.bad_search else wider
    try:
        return select(view.shared.index, shown, search=view.store.search).count
    except FilterError:
        return 0


def _faults(view: View, faults: Sequence[str]) -> None:
    """What in the address nobody knows, and the part of the search that cannot be read."""
    if view.bad_search:
        st.html(f'<div class="mh"><div class="box warn" role="alert">{search_fault.explain(view.filters.q, view.bad_search)}</div></div>')
    if faults:
        lines = [f"<p>{html.escape(fault if fault.endswith('?') else f'{fault}.')}</p>" for fault in faults]
        st.html(f'<div class="mh"><div class="box warn" role="alert"><b>Left out of the filters:</b>{"".join(lines)}</div></div>')
        st.button("Remove from the address", key="drop_faults", on_click=address.drop_faults, args=(view.filters,))
