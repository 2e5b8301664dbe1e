"""Methods & quality: can I trust it?"""

import streamlit as st

from tracker.views import methods, page, scorecard, shell
from tracker.views.widgets import blocks, decisions

shell.guard()
view = page.view()

card = scorecard.read_scorecard()
blocks.header(view, "Methods & quality", scorecard.finding(card, view.taxonomy))

left, right = st.columns(2, gap="large")
with left:
    blocks.rule()
    blocks.heading("From answers to works", "Live counts; every record put aside is kept with its reason.")
    st.html(methods.flow(view.shared.index))
    blocks.rule()
    blocks.heading("How a label is decided")
    st.html(methods.HOW)
    blocks.rule()
    decisions.show(view)
with right:
    if card and card.taxonomy == view.taxonomy.version:
        blocks.rule()
        blocks.heading("How far the labels can be trusted", f"Against {card.evaluation['papers']:,} labelled papers; 95% intervals.")
        st.html(scorecard.table(card, view.taxonomy))
        st.html(scorecard.statement(card))
    blocks.rule()
    blocks.heading("What the labels cannot tell")
    st.html(methods.LIMITS)

blocks.rule()
blocks.heading(
    "What each label means", f"Taxonomy {view.taxonomy.version}. Level 1 follows Lawrence et al. 2024; extensions are ours and say so."
)
for facet in view.taxonomy.facets.values():
    with st.expander(f"{facet.name} · {len(facet.labels)} labels"):
        st.html(methods.glossary(facet))

blocks.rule()
blocks.heading(
    "What is asked of the sources", "Broad on purpose; what is really about language models in mental health is decided afterwards."
)
for source, text in methods.queries(view.settings).items():
    st.html(f'<div class="mh"><b>{source}</b></div>')
    st.code(text, language=None, wrap_lines=True)

blocks.rule()
blocks.heading("Terms of the data")
st.html(blocks.DATA_TERMS)
