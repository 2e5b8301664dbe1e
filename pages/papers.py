"""Papers: which papers exactly? The works that match the filters, as a table or a list, and each in full at ``?paper=key``."""

import streamlit as st

from tracker.views import findings, page, shell
from tracker.views.widgets import address, blocks, detail, downloads, papers

shell.guard()
view = page.view()
listing, faults = papers.read_listing(view)

if address.paper():
    detail.show(view, address.paper() or "")
    st.stop()

blocks.header(view, "Papers", findings.papers(view.selection), faults=faults)
blocks.stop_if_nothing(view)
with st.container(horizontal=True, vertical_alignment="bottom"):
    papers.controls(listing)
    downloads.popover(view)
papers.show(view, listing)
