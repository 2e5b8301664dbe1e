"""Papers: which papers exactly? The works that match the filters, as a table or a list, and each in full at ``?paper=key``.

The reader's own list is at ``?list=reading``.
"""

from tracker.views import page, shell
from tracker.views.widgets import address, browser, detail, papers, reading_list

shell.guard()
view = page.view()
browser.connect()

if address.paper():
    papers.keep_place(view)
    detail.show(view, address.paper() or "")
elif address.is_list_open():
    papers.keep_place(view)
    reading_list.show(view)
else:
    papers.show(view)
