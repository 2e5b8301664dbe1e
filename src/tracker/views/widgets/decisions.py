"""People's corrections on the page on methods; judged once per data version and file, since it asks the rules again."""

from __future__ import annotations

import streamlit as st

from tracker.data_files import read_corrections
from tracker.domain.corrections import Correction
from tracker.errors import ConfigurationError
from tracker.pipeline.corrections import agreed_corrections
from tracker.views import decisions, html
from tracker.views.page import View
from tracker.views.widgets import blocks


def show(view: View) -> None:
    """How many corrections there are, and those that can be retired."""
    blocks.heading("Corrected by people", decisions.HOW)
    try:
        rows = read_corrections(view.settings, view.taxonomy).rows
        agreed = _agreed(*_judged(view), "".join(row.to_row() for row in rows), view)
    except ConfigurationError as error:
        st.html(f'<div class="mh"><div class="box bad">{html.escape(str(error))}</div></div>')
        return
    blocks.say(decisions.summary(rows, agreed))
    if agreed:
        st.html(decisions.agreed_table(agreed, view.taxonomy))


def _judged(view: View) -> tuple[str, int, str]:
    """What the judgement depends on, but for the corrections."""
    return view.settings.database_url, view.shared.index.data_version, view.taxonomy.version


@st.cache_resource(max_entries=2, show_spinner=False)
def _agreed(url: str, data_version: int, taxonomy: str, rows: str, _view: View) -> list[Correction]:
    return agreed_corrections(_view.settings, _view.store, _view.taxonomy)
