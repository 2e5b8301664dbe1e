"""Why some records are one paper, and which others may be: method, score and date of each link, as HTML.

A *possible* pair is shown and never merged; who has read both can decide, with a line in ``data/links.csv``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence

from tracker.domain.links import COLUMNS
from tracker.domain.matching import Verdict
from tracker.store.base import StoredLink
from tracker.views import html
from tracker.views.paper import paper_address
from tracker.views.wording import date_in_words
from tracker.views.work_life import record_name

METHODS = {
    "person": "a person said so",
    "arxiv_id": "the article names the preprint's arXiv number",
    "pubmed_update": "PubMed says that one updates the other",
    "doi": "the same DOI",
    "successor": "the preprint names its journal version",
    "title_authors": "title and authors",
    "title": "title alone",
}
_VERDICTS = {Verdict.SAME: "The same paper", Verdict.POSSIBLE: "Possibly the same", Verdict.DIFFERENT: "Not the same"}


def inside(links: Iterable[StoredLink], keys: Collection[str]) -> str:
    """A table of the links between the records *keys* of one work; nothing if there are none."""
    lines = [_line(one) for one in links if one.first in keys and one.second in keys]
    if not lines:
        return ""
    title = html.heading("Why these records are one work", "The strongest first; 1 is certain.")
    return f'<div class="mh">{title}</div>' + html.table(("Records", "Verdict", "Because of", "Linked", "Score"), lines, numbers=1)


def outward(links: Iterable[StoredLink], keys: Collection[str]) -> list[StoredLink]:
    """The links from a record in *keys* to one of another work: possible ones, those passed over, those a person parted."""
    return [one for one in links if (one.first in keys) != (one.second in keys)]


def other_key(link: StoredLink, keys: Collection[str]) -> str:
    """The end of *link* that is not in *keys*."""
    return link.second if link.first in keys else link.first


def others(found: Sequence[StoredLink], keys: Collection[str], titles: Mapping[str, str], *, query: str = "") -> str:
    """Papers this one may be, each with a link to it; *titles* by key."""
    lines = "".join(_other(one, other_key(one, keys), titles, query) for one in found)
    under = "Shown because they are alike; never counted as one unless somebody says so."
    return f'<div class="mh">{html.heading("Possibly the same paper", under)}{lines}</div>'


def link_rows(link: StoredLink) -> str:
    """The header of ``data/links.csv`` and the two lines that decide *link*, one of which to keep."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([link.first, link.second, verdict.value, "why"] for verdict in (Verdict.SAME, Verdict.DIFFERENT))
    return text.getvalue()


def _line(link: StoredLink) -> str:
    pair = f"{record_name(link.first)} and {record_name(link.second)}"
    cells = (pair, _VERDICTS[link.verdict], _because(link), date_in_words(link.linked_at.date()), f"{link.score:.2f}")
    return html.table_line([html.escape(cell) for cell in cells], numbers=1)


def _other(link: StoredLink, key: str, titles: Mapping[str, str], query: str) -> str:
    href = html.escape(paper_address(key, query))
    title = f'<a href="{href}">{html.escape(titles[key]) or "(no title)"}</a>' if key in titles else html.escape(record_name(key))
    kept_apart = " Kept apart, because stronger links say otherwise." if link.verdict is Verdict.SAME else ""
    said = f"{_because(link).capitalize()} · score {link.score:.2f} · {date_in_words(link.linked_at.date())}.{kept_apart}"
    return (
        f'<div class="why"><b>{_VERDICTS[link.verdict]}:</b> {title} <span class="mut">{html.escape(record_name(key))}</span>'
        f'<p class="diff mut">{html.escape(said)}</p></div>'
    )


def _because(link: StoredLink) -> str:
    method = METHODS.get(link.method, link.method)
    return f"{method}: {link.note}" if link.note else method
