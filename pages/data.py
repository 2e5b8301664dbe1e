"""Data & refresh: is it fresh, and how do I get it?"""

import streamlit as st

from tracker.views import page, receipt, run_strip, runs, shell
from tracker.views.filters import Filters
from tracker.views.index import select
from tracker.views.widgets import blocks, downloads, refresh
from tracker.views.wording import count_in_digits

shell.guard()
view = page.view()
states, sources = view.shared.states, view.settings.sources
jobs = view.store.load_jobs(limit=24 * run_strip.DAYS)

blocks.header(view, "Data & refresh", runs.finding(states, sources))
refresh.panel(view)

blocks.rule()
blocks.heading(
    "How each source stands",
    "A source that answers short or fails keeps what it brought before; nothing is lost."
    " The next refresh asks for what changed since the watermark, and some days before it.",
)
st.html(runs.source_table(states, sources, jobs, now=view.now))
st.html(run_strip.strip(jobs, sources, today=view.now.date()))

blocks.rule()
blocks.heading("Last runs", "Newest first. Out-of-scope records are stored as well, so that the decision can be checked.")
if jobs:
    st.html(runs.run_table(jobs[:20]))
else:
    st.html('<div class="mh"><p class="mut">No refresh has run on this database yet.</p></div>')
refused = view.store.load_rejected()
if refused:
    with st.expander(runs.rejected_title(view.store.count_rejected(), len(refused))):
        st.html(runs.rejected_table(refused))

blocks.rule()
everything = select(view.shared.index, Filters(), search=view.store.search)
left, right = st.columns(2, gap="large")
with left:
    blocks.heading(
        "Take the data with you",
        f"{count_in_digits(everything.count, 'work')} in scope; the Papers page gives exactly what the filters keep.",
    )
    with st.grid(columns=3, min_column_width=120):
        downloads.buttons(view, everything, key="everything")
        downloads.receipt(view, everything, key="everything")
with right:
    blocks.heading("What the files hold and what you may do with them")
    st.html(blocks.DATA_TERMS)
    with st.expander("Every column of the CSV file, and what it holds"):
        st.html(receipt.dictionary_table(view.taxonomy))
