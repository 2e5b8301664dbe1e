"""Papers: which papers exactly? The works that match the filters, as a table or a list, and each in full at ``?paper=key``.

The reader's own list is at ``?list=reading``.
"""

import streamlit as st

from tracker.views import findings, page, shell
from tracker.views.widgets import address, blocks, browser, detail, downloads, papers, reading_list

shell.guard()
view = page.view()
browser.connect()
listing, faults = papers.read_listing(view)

if address.paper():
    detail.show(view, address.paper() or "")
    st.stop()
if address.is_list_open():
    reading_list.show(view)
    st.stop()

blocks.header(view, "Papers", findings.papers(view.selection), faults=faults)
blocks.stop_if_nothing(view)
shown = papers.load(view, listing)
with st.container(horizontal=True, vertical_alignment="bottom"):
    papers.controls(listing)
    reading_list.keep_chosen(view, papers.ticked(shown))
    reading_list.opener()
    downloads.popover(view)
papers.show(view, shown)
