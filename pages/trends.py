"""Trends: what is rising or fading?"""

import streamlit as st

from tracker.views import page, shell, trend_findings, trends
from tracker.views.widgets import blocks, choices
from tracker.views.widgets import trends as shown_trends

shell.guard()
view = page.view()
choice, faults = choices.read(trends.CHOICES)
shown = shown_trends.Trends(view, choice)
standing = view.selection.standing.count

blocks.header(view, "Trends", trend_findings.page(shown.comparison, view.noun, standing=standing) if standing else "", faults=faults)
blocks.stop_if_nothing(view)

with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
    choices.show("period", "Period", choice["period"], trends.CHOICES)
    choices.show("values", "Show", choice["values"], trends.CHOICES)
    choices.show("by", "By", choice["by"], trends.CHOICES)
blocks.rule()
shown_trends.panels(shown)
blocks.rule()
shown_trends.growth(shown)
blocks.rule()
shown_trends.calls(shown)
