"""The nearest works of a paper as rows, each with what makes it near: shared labels, the rarest first, and shared words."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.domain.taxonomy import Taxonomy
from tracker.store.base import Store
from tracker.views import html
from tracker.views.neighbours import Neighbour
from tracker.views.paper import label_badge, label_name, paper_address, venue
from tracker.views.wording import any_of, date_in_words

_SHOWN_LABELS, _SHOWN_WORDS = 3, 4
_UNDER = "By shared labels, the rare ones counting more, and by the words of the titles. Nobody chose them."


def nearest(neighbours: Sequence[Neighbour], store: Store, taxonomy: Taxonomy, *, query: str = "") -> str:
    """The rows with their heading, as HTML; one sentence where nothing is near enough."""
    records = {stored.id: stored.record for stored in store.load_records([one.id for one in neighbours], with_text=False)}
    lines = []
    for one in neighbours:
        record = records.get(one.id)
        if record:
            href = html.escape(paper_address(record.key, query))
            by = html.escape(f"{date_in_words(record.published)} · {venue(record)}")
            title = f'<a class="title" href="{href}">{html.escape(record.title) or "(no title)"}</a>'
            lines.append(f'<div class="row"><div>{title}<p class="mut by">{by}</p>{_reason(one, taxonomy)}</div></div>')
    rows = f'<div class="rows small">{"".join(lines)}</div>' if lines else '<p class="mut">No other work shares enough with this one.</p>'
    return f'<div class="mh">{html.heading("Nearest works", _UNDER)}{rows}</div>'


def _reason(one: Neighbour, taxonomy: Taxonomy) -> str:
    """Why it stands there: the labels as badges with how many more, and the words."""
    pairs = [(facet, name) for facet, _, name in (label.partition(":") for label in one.shared)]
    badges = "".join(label_badge(facet, name, taxonomy) for facet, name in pairs[:_SHOWN_LABELS])
    others = ", ".join(label_name(facet, name, taxonomy) for facet, name in pairs[_SHOWN_LABELS:])
    more = f' <span class="mut" title="{html.escape(others)}">and {len(pairs) - _SHOWN_LABELS} more labels</span>' if others else ""
    quoted = any_of([f"“{word}”" for word in one.words[:_SHOWN_WORDS]], "and")
    words = f'<div class="mut">Both titles: {html.escape(quoted)}</div>' if quoted else ""
    return f'<div class="reason"><span class="mut">Both:</span> {badges}{more}{words}</div>'
