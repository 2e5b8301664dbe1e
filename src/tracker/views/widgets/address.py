"""The filters in the address: read on every run, written by callbacks, kept over page switches by Streamlit.

The address holds the contract's ids, the widgets in the sidebar show names. Streamlit would write what a widget *shows*
(``bind`` with ``format_func``), so each filter has a hidden input of its own that holds the ids and is bound to the address;
the visible widgets only write into it. Writing ``st.query_params`` by hand instead traps the Back button: page links drop the
parameters, the script would put them back, and each time the browser adds an entry to its history (Streamlit 1.67).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from tracker.domain.taxonomy import Taxonomy
from tracker.views.filters import NAMES, Filters, parse_filters

PAPER = "paper"  # the key of the paper that is open; read and written directly, so that Back closes it
LIST, READING = "list", "reading"  # the reader's own list is open; likewise
PAGE_NAMES = ("page", "sort", "view")  # of the list of papers
_TICKS = "ticks"
GAP_NAMES = ("map", "show", "rows", "sets")  # of the gap map
TREND_NAMES = ("period", "by", "values")  # of the trends
_LAST_PAGE = "page_of_last_run"
_PAGE_VALUES = "page_values_of_this_run"
_PAGES_NAMES = (*PAGE_NAMES, *GAP_NAMES, *TREND_NAMES)
_OWN_NAMES = frozenset({*NAMES, *_PAGES_NAMES, PAPER})


def read(taxonomy: Taxonomy, sources: Sequence[str], *, page: str) -> tuple[Filters, list[str]]:
    """The filters in the address and a sentence for each part of it that nobody knows. Call once a run, before any widget.

    *page* is the address of the page, which tells a link followed from a filter changed.
    """
    _reconcile(page)
    st.session_state[_PAGE_VALUES] = {}
    with st.container(key="address"):
        given = {name: _hidden(name) for name in NAMES}
    strays = {name: st.query_params.get_all(name) for name in _strays()}
    return parse_filters({name: values for name, values in given.items() if values} | strays, taxonomy, sources=sources)


def read_page_values(names: Sequence[str] = PAGE_NAMES) -> dict[str, str]:
    """The page's own values in the address, the first of each of *names*. Call once, on the page that has them."""
    with st.container(key="page_address"):
        given = {name: _hidden(name) for name in names}
    found = {name: values[0] for name, values in given.items() if values}
    st.session_state[_PAGE_VALUES] = found
    return found


def page_values() -> dict[str, str]:
    """What :func:`read_page_values` found in this run; empty on a page without values of its own."""
    return dict(st.session_state.get(_PAGE_VALUES, {}))


def write(filters: Filters) -> None:
    """Callback: put *filters* into the address in place of all that is there, and go to the first page of the list."""
    write_values({name: [value] for name, value in filters.to_parameters().items()})


def write_values(values: Mapping[str, Sequence[str]]) -> None:
    """Callback: the same from contract name → values as typed; what is wrong with them is said by the next :func:`read`."""
    for name in NAMES:
        st.session_state[name] = list(values.get(name, ()))
    st.session_state["page"] = []


def write_page_value(name: str, value: str) -> None:
    """Callback: set one of a page's own names; an empty value takes it out of the address. A new order starts at page 1."""
    st.session_state[name] = [value] if value else []
    if name != "page":
        st.session_state["page"] = []


def drop_faults(filters: Filters) -> None:
    """Callback: leave only what was understood in the address."""
    write(filters)
    for name in _PAGES_NAMES:
        st.session_state[name] = []
    for name in _strays():
        del st.query_params[name]


def open_paper(key: str) -> None:
    """Callback: show one paper."""
    st.query_params[PAPER] = key


def close_paper() -> None:
    """Callback: back to the list."""
    st.query_params.pop(PAPER, None)


def open_list() -> None:
    """Callback: show the reader's own list."""
    st.query_params[LIST] = READING


def close_list() -> None:
    """Callback: back to the papers."""
    st.query_params.pop(LIST, None)


def is_list_open() -> bool:
    """Whether the reader's own list is shown."""
    return LIST in st.query_params


def ticks() -> int:
    """A number that is another one once :func:`untick` was called: part of the key of tables with rows to tick."""
    return int(st.session_state.get(_TICKS, 0))


def untick() -> None:
    """Callback: what was ticked is done with; tables show their rows unticked."""
    st.session_state[_TICKS] = ticks() + 1


def paper() -> str | None:
    """The key of the paper that is open."""
    return st.query_params.get(PAPER)


def _reconcile(page: str) -> None:
    """Settle what Streamlit leaves open where the address and the session differ after the first run.

    A link to another page with filters of its own: they win, where Streamlit would keep the session's. Else the session is right
    and is said again: the browser forgets a filter if a page link is pressed before the filter's input was drawn.
    """
    state = st.session_state
    address = {name: st.query_params.get_all(name) for name in NAMES}
    is_link = state.get(_LAST_PAGE) not in (None, page) and any(address.values())
    for name in NAMES:
        known = state.get(name)
        if known is not None and known != address[name]:
            state[name] = address[name] if is_link else known
    state[_LAST_PAGE] = page


def _strays() -> list[str]:
    return [name for name in st.query_params if name not in _OWN_NAMES]


def _hidden(name: str) -> list[str]:
    return st.multiselect(name, [], key=name, bind="query-params", accept_new_options=True)
