"""*Wrong label?* on a paper's page: says it here where that is allowed, and always gives the row and a text to take elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from tracker.domain.corrections import MAX_NOTE, MAX_WHO, SCOPE, Correction
from tracker.errors import TrackerError
from tracker.pipeline import corrections
from tracker.pipeline.entry import Entry
from tracker.views import html, objection
from tracker.views.page import View

_SAID = "objection_said"  # paper → what the last click came to
_TOKEN = "correction_token"  # noqa: S105 - the key of a text input
_OFF = "This tracker takes no corrections from its pages. Send one of the two texts below to whoever runs it."
_HOW = (
    "A correction wins over the rules, is shown as “human” with your note, and stays when the rules change. It is public: note and name "
    "stand in the tracker's files."
)


def show(view: View, entry: Entry) -> None:
    """The button and what opens behind it."""
    said = st.session_state.get(_SAID, {}).get(entry.record.key)
    with st.popover("Wrong label?", icon=":material/flag:"):
        if said:
            st.html(f'<div class="mh"><div class="box warn" role="status">{html.escape(said)}</div></div>')
        facet, name, verdict = _which(view, entry)
        note = st.text_area("Why? (the next reader will want to know)", key="objection_note", max_chars=MAX_NOTE, height=80)
        who = st.text_input("Your name (optional)", key="objection_who", max_chars=MAX_WHO)
        rows = objection.make_rows(entry, facet, name, verdict, note=note, who=who, now=_now())
        _save(view, entry, rows)
        _copy(view, entry, rows)


def _which(view: View, entry: Entry) -> tuple[str, str, bool]:
    """Which label, and whether the paper has it: the opposite of what stands there, to begin with."""
    facets = objection.facet_names(view.taxonomy)
    facet = st.selectbox("What kind of label?", list(facets), key="objection_facet", format_func=facets.__getitem__)
    labels = objection.label_names(entry, facet, view.taxonomy)
    key = f"objection_label_{facet}"
    name = st.selectbox("Which label?", list(labels), key=key, format_func=labels.__getitem__)
    has = objection.has_label(entry, facet, name)
    names = {
        "yes": "is in scope" if facet == SCOPE else "has this label",
        "no": "is not in scope" if facet == SCOPE else "does not have it",
    }
    said = st.segmented_control(
        "The paper", list(names), default="no" if has else "yes", required=True, format_func=names.__getitem__,
        key=f"objection_verdict_{entry.record.key}_{facet}_{name}_{has}",
    )  # fmt: skip
    return facet, name, said == "yes"


def _save(view: View, entry: Entry, rows: Sequence[Correction]) -> None:
    policy = view.settings.correction_policy
    if policy == "off":
        st.html(f'<div class="mh"><p class="mut sub">{_OFF}</p></div>')
    elif policy == "token":
        st.text_input("Correction token", key=_TOKEN, type="password", max_chars=200)
    if policy != "off":
        st.html(f'<div class="mh"><p class="mut sub">{html.escape(_HOW)}</p></div>')
        st.button("Save the correction", key="objection_save", type="primary", on_click=_write, args=(view, entry.record.key, rows))


def _copy(view: View, entry: Entry, rows: Sequence[Correction]) -> None:
    st.html('<div class="mh"><b>The row for <code>data/corrections.csv</code></b></div>')
    st.code(objection.correction_rows(rows).rstrip("\n"), language=None, wrap_lines=True)
    st.html('<div class="mh"><b>The text for an issue</b></div>')
    st.code(objection.issue_text(entry, rows, view.taxonomy), language=None, wrap_lines=True, height=180)


def _write(view: View, paper: str, rows: Sequence[Correction]) -> None:
    """Callback: write the rows, or keep the sentence that says why not. What may not be is refused there, not here."""
    try:
        token = st.session_state.get(_TOKEN)
        corrections.add_from_app(view.settings, view.store, view.taxonomy, rows, now=_now(), token=token)
    except TrackerError as error:
        st.session_state[_SAID] = {paper: str(error)}
        return
    st.session_state[_SAID] = {
        paper: f"Saved: {rows[0].label_key}, {'yes' if rows[0].verdict else 'no'}. The labels on this page are the new ones."
    }
    st.session_state["objection_note"] = ""


def _now() -> datetime:
    return datetime.now(UTC)
