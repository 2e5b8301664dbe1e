"""A small arXiv for tests: entries of our own making, served the way the real API serves them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from sources.faulty_server import ATOM, Asked, Reply

FIRST = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """One paper; entry *n* was sent on the n-th day after the first of 2024."""

    id: str
    submitted: datetime
    updated: datetime
    version: int = 1
    title: str = ""
    comment: str = ""

    def to_xml(self) -> str:
        comment = f"<arxiv:comment>{escape(self.comment)}</arxiv:comment>" if self.comment else ""
        return (
            f"<entry><id>http://arxiv.org/abs/{self.id}v{self.version}</id><title>{escape(self.title)}</title>"
            f"<updated>{self.updated:%Y-%m-%dT%H:%M:%SZ}</updated><summary>A chatbot listens, part {self.id}.</summary>"
            f'<category term="cs.CL"/><published>{self.submitted:%Y-%m-%dT%H:%M:%SZ}</published>{comment}'
            '<arxiv:primary_category term="cs.CL"/><author><name>Ada Example</name></author></entry>'
        )


def make_entry(number: int, **changes: object) -> Entry:
    """The paper number *number*."""
    moment = FIRST + timedelta(days=number)
    entry = Entry(f"2401.{number:05}", moment, moment, title=f"Listening machines {number}")
    return replace(entry, **changes)  # type: ignore[arg-type]


def make_entries(count: int) -> list[Entry]:
    """Papers 1 to *count*."""
    return [make_entry(number) for number in range(1, count + 1)]


def make_feed(entries: list[str], *, total: int, title: str = "arXiv Query:") -> str:
    """A feed as the server writes it; the title tells what it understood, if anything."""
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" '
        f'xmlns="http://www.w3.org/2005/Atom"><id>https://arxiv.org/api/test</id><title>{escape(title)}</title>'
        f"<updated>2026-11-23T06:17:00Z</updated><opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>0</opensearch:startIndex>{''.join(entries)}</feed>"
    )


class TinyArxiv:
    """Answers like the API: pages, both sort orders, date slices, id lists, and no result beyond ``ceiling``."""

    def __init__(self, entries: list[Entry], *, ceiling: int = 10_000) -> None:
        self.entries = entries
        self.ceiling = ceiling

    def __call__(self, asked: Asked) -> Reply:
        values = asked.values
        query, ids = values.get("search_query", ""), values.get("id_list", "")
        start, size = int(values.get("start", 0)), int(values.get("max_results", 10))
        found = self._find_ids(ids) if ids else self._search(query, values["sortBy"], values["sortOrder"])
        title = f"arXiv Query: search_query={query}&id_list={ids}&start={start}&max_results={size}"
        page = [entry.to_xml() for entry in found[start : min(start + size, self.ceiling)]]
        return Reply(200, make_feed(page, total=len(found), title=title), ATOM)

    def _search(self, query: str, key: str, order: str) -> list[Entry]:
        since = re.search(r"submittedDate:\[(\d{12}) TO", query)
        found = [entry for entry in self.entries if not since or f"{entry.submitted:%Y%m%d%H%M}" >= since[1]]
        by = (lambda entry: entry.updated) if key == "lastUpdatedDate" else (lambda entry: entry.submitted)
        return sorted(found, key=by, reverse=order == "descending")

    def _find_ids(self, ids: str) -> list[Entry]:
        wanted = ids.split(",")
        return [entry for entry in self.entries if entry.id in wanted]
