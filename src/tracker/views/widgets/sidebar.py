"""The filters of the sidebar: what a reader sees and changes. What they mean stands in the address (:mod:`.address`)."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tracker.domain.taxonomy import Taxonomy
from tracker.settings import KNOWN_SOURCES
from tracker.views import html
from tracker.views.filters import CHOICES, LIST_FILTERS, NAMES, Filters
from tracker.views.notices import SOURCE_NAMES, Freshness
from tracker.views.widgets import address

TITLE = "Mental-Health LLM Tracker"
TAGLINE = "What is written about language models in mental health: arXiv and PubMed, sorted by use and risk."
SEARCH_HELP = (
    "Words are joined by AND. Use OR, NOT or a minus before a word, quotes around a phrase, parentheses around alternatives. "
    "Searched: title, abstract, authors, venue, keywords."
)
_IN_DETAIL = "application_detail"  # the labels of application that have no button of their own
_DETAILS = ("condition", "population", "study", "model", "language")
CHOICE_NAMES = {  # of a filter with few values: its title, and value → word on the button
    "strength": ("A risk counts when it is", {"any": "Named or studied", "studied": "Studied"}),
    "retracted": ("Retracted and withdrawn", {"1": "Shown, marked", "0": "Left out", "only": "Only these"}),
    "scope": ("Scope", {"in": "In scope", "out": "Out of scope", "all": "Both"}),
    "count": ("Count", {"works": "Works", "records": "Records"}),
}


def show(filters: Filters, taxonomy: Taxonomy, *, years: Sequence[int], freshness: Sequence[Freshness]) -> None:
    """Draw the sidebar for *filters*; every change is written to the address before the next run."""
    _follow(filters, taxonomy)
    with st.sidebar:
        _title()
        st.text_input(
            "Search", key=_key("q"), type="search", placeholder='words, "phrases", -not', help=SEARCH_HELP,
            on_change=_changed, args=(taxonomy,),
        )  # fmt: skip
        with st.grid(columns=2, min_column_width=90):
            _date("from", "From", "Start", years, taxonomy)
            _date("to", "To", "Today", years, taxonomy)
        _areas(taxonomy)
        _labels("risk", "Risk", "Any risk", taxonomy)
        _labels("safeguard", "Call (safeguard)", "Any call", taxonomy)
        st.pills(
            "Source", KNOWN_SOURCES, selection_mode="multi", key=_key("source"), format_func=SOURCE_NAMES.__getitem__,
            on_change=_changed, args=(taxonomy,),
        )  # fmt: skip
        st.toggle("Include preprints", key=_key("preprints"), on_change=_changed, args=(taxonomy,))
        with st.expander("More filters", expanded=_narrows_in_detail(filters, taxonomy)):
            _more(taxonomy, years)
        st.html(_fresh(freshness))


def _title() -> None:
    st.html(f'<div class="mh"><h2 style="font-size:1.25rem">{TITLE}</h2><p class="mut sub">{TAGLINE}</p></div>')


def _areas(taxonomy: Taxonomy) -> None:
    st.pills(
        "Application", _area_ids(taxonomy), selection_mode="multi", key=_key("application"),
        format_func=lambda name: html.escape_markdown(_name("application", name, taxonomy)), on_change=_changed, args=(taxonomy,),
    )  # fmt: skip


def _labels(facet: str, title: str, placeholder: str, taxonomy: Taxonomy, *, ids: Sequence[str] = (), key: str = "") -> None:
    st.multiselect(
        title, ids or list(taxonomy.facets[facet].labels), key=_key(key or facet), placeholder=placeholder,
        format_func=lambda name: _name(facet, name, taxonomy), on_change=_changed, args=(taxonomy,),
    )  # fmt: skip


def _date(name: str, title: str, placeholder: str, years: Sequence[int], taxonomy: Taxonomy, *, note: str | None = None) -> None:
    st.selectbox(
        title, [str(year) for year in years], index=None, key=_key(name), placeholder=placeholder, accept_new_options=True,
        help=note, on_change=_changed, args=(taxonomy,),
    )  # fmt: skip


def _more(taxonomy: Taxonomy, years: Sequence[int]) -> None:
    detailed = [name for name in taxonomy.facets["application"].labels if name not in _area_ids(taxonomy)]
    _labels("application", "Application in detail", "Any", taxonomy, ids=detailed, key=_IN_DETAIL)
    for facet in _DETAILS:
        _labels(facet, taxonomy.facets[facet].name, "Any", taxonomy)
    for name, (title, words) in CHOICE_NAMES.items():
        st.selectbox(title, CHOICES[name], key=_key(name), format_func=words.__getitem__, on_change=_changed, args=(taxonomy,))
    _date(
        "since", "New or changed since", "Any time", years, taxonomy, note="A year, a month such as 2026-03, or a day such as 2026-03-21."
    )


def _fresh(freshness: Sequence[Freshness]) -> str:
    lines = "".join(f'<p class="fresh">{html.state_mark(one.mark)}{html.escape(one.sentence)}</p>' for one in freshness)
    return f'<div class="mh"><hr class="rule" style="margin:.5rem 0">{lines}</div>'


def _follow(filters: Filters, taxonomy: Taxonomy) -> None:
    """Bring the widgets in line with *filters*, where these changed elsewhere: address, chip, Back, another page's link."""
    state = st.session_state
    if state.get("shown_filters") == filters and _key("q") in state:
        _say_again()
        return
    areas = _area_ids(taxonomy)
    for name in NAMES:
        values = filters.values(name)
        state[_key(name)] = list(values) if name in LIST_FILTERS else (values[0] if values else _resting(name))
    state[_key("application")] = [name for name in filters.application if name in areas]
    state[_key(_IN_DETAIL)] = [name for name in filters.application if name not in areas]
    state[_key("preprints")] = filters.preprints == "1"
    state["shown_filters"] = filters


def _say_again() -> None:
    """Send every value once more. A widget is told its value by the run that set it: one that the browser draws later, on a slow
    line after the first page switch, would come up empty and report that as the reader's change. What is empty needs no telling."""
    state = st.session_state
    for key in map(_key, (*NAMES, _IN_DETAIL)):
        if state.get(key):
            state[key] = state[key]


def _changed(taxonomy: Taxonomy) -> None:
    """Callback of every widget: write what all of them say to the address."""
    state = st.session_state
    values: dict[str, list[str]] = {}
    for name in NAMES:
        value = state.get(_key(name))
        given = value if isinstance(value, list) else [value]
        values[name] = [str(one) for one in given if one not in (None, "", _resting(name))]
    values["application"] += state.get(_key(_IN_DETAIL)) or []
    values["preprints"] = [] if state.get(_key("preprints"), True) else ["0"]
    address.write_values({name: [",".join(given)] if name in LIST_FILTERS else given for name, given in values.items() if given})


def _resting(name: str) -> str | None:
    """The value of a widget that restricts nothing."""
    if name in CHOICES:
        return CHOICES[name][0]
    return "" if name == "q" else None


def _area_ids(taxonomy: Taxonomy) -> list[str]:
    """The founding paper's areas of application, each a button."""
    return [label.id for label in taxonomy.facets["application"].labels.values() if label.level == 1 and not label.outside_paper_three]


def _name(facet: str, name: str, taxonomy: Taxonomy) -> str:
    """The label as a widget shows it, a narrower one behind its parent. Buttons are markdown; the options of boxes are plain text."""
    label = taxonomy.facets[facet].labels[name]
    return label.short_name if label.parent is None else f"↳ {label.short_name}"


def _narrows_in_detail(filters: Filters, taxonomy: Taxonomy) -> bool:
    names = (*_DETAILS, *CHOICE_NAMES, "since")
    return any(filters.values(name) for name in names) or any(name not in _area_ids(taxonomy) for name in filters.application)


def _key(name: str) -> str:
    return f"shown_{name}"
