"""What's new: what changed since…?"""

import streamlit as st

from tracker.views import change_details, change_rows, changes, findings, page, shell
from tracker.views.widgets import blocks, downloads, news

shell.guard()
view = page.view()
found = news.find(view)

blocks.header(view, "What's new", findings.whats_new(found, view.noun))
if view.is_empty:
    blocks.stop_if_nothing(view)
news.choose_day(view)
news.downloads(view, found)

if found.is_quiet:
    blocks.say(changes.quiet_in_words(found, view.shared.states, view.settings.sources))
for name in changes.LISTS:
    part = found.lists[name]
    if part.count:
        blocks.rule()
        blocks.heading(f"{changes.TITLES[name]}: {part.count:,}", news.SUBTITLES[name])
        changed = change_details.stream_changed(found, name, view.store, stop=news.SHOWN)
        st.html(change_rows.rows(changed, name, view.taxonomy, query=view.filters.to_query()))
        downloads.csv(view, part, key=f"csv_{name}", name=f"{name}_since_{found.since:%Y-%m-%d}.csv")
        if part.count > news.SHOWN:
            blocks.say(f"And {part.count - news.SHOWN:,} more.")
            blocks.page_link("papers", "All that is new or changed since then", filters=news.since_filters(view, found))
