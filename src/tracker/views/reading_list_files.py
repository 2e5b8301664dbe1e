"""A reading list as a file for other programs, notes included: CSV (plain and for Excel), RIS, BibTeX, Markdown.

CSV has the export's columns and, behind them, ``note`` and ``added_at``. A paper that today's data no longer have is there too, with
key, title and note: a list that loses lines without a word is no list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from tracker.domain.taxonomy import Taxonomy
from tracker.pipeline.entry import Entry
from tracker.pipeline.table import column_names, to_row
from tracker.views import citations, html, paper
from tracker.views.exports import FORMATS, Format, csv_bytes, guarded_cells
from tracker.views.reading_list_works import Item
from tracker.views.wording import count_in_words, date_in_words

Line = tuple[Item, Entry | None]
LIST_FORMATS: Mapping[str, Format] = {
    **{name: FORMATS[name] for name in ("csv", "excel", "ris", "bibtex")},
    "markdown": Format("markdown", "Markdown", ".md", "text/markdown"),
}
GONE = "no longer in the tracker's data"


def list_file_name(name: str, count: int, *, now: datetime) -> str:
    """``reading-list_2026-11-23_n12.ris``; *name* is a key of ``LIST_FORMATS`` or ``json``."""
    suffix = LIST_FORMATS[name].suffix if name in LIST_FORMATS else f".{name}"
    return f"reading-list_{now:%Y-%m-%d}_n{count}{suffix}"


def write_list(name: str, lines: Sequence[Line], taxonomy: Taxonomy, *, now: datetime) -> bytes:
    """The bytes of the file; *name* is a key of ``LIST_FORMATS``."""
    if name in ("csv", "excel"):
        return _table(lines, taxonomy, for_excel=name == "excel")
    text = _markdown(lines, now) if name == "markdown" else _references(name, lines)
    return text.encode("utf-8", "backslashreplace")


def _references(name: str, lines: Sequence[Line]) -> str:
    of_entry: Callable[..., str] = citations.to_ris if name == "ris" else citations.to_bibtex
    of_title: Callable[..., str] = citations.title_to_ris if name == "ris" else citations.title_to_bibtex
    return "".join(
        of_entry(entry, note=item.note) if entry else "".join(of_title(kept.key, kept.title, note=kept.note) for kept in item.papers)
        for item, entry in lines
    )


def _table(lines: Sequence[Line], taxonomy: Taxonomy, *, for_excel: bool) -> bytes:
    names = column_names(taxonomy)
    rows = [row for item, entry in lines for row in _rows(item, entry, names)]
    guard: Callable[[list[str]], list[str]] = guarded_cells if for_excel else list
    return csv_bytes([[*names, "note", "added_at"], *map(guard, rows)], "utf-8-sig" if for_excel else "utf-8")


def _rows(item: Item, entry: Entry | None, names: Sequence[str]) -> Iterable[list[str]]:
    if entry:
        return [[*to_row(entry, list(names)), item.note, item.papers[0].added_at]]
    known = [{"key": kept.key, "title": kept.title, "note": kept.note, "added_at": kept.added_at} for kept in item.papers]
    return [[facts.get(name, "") for name in (*names, "note", "added_at")] for facts in known]


def _markdown(lines: Sequence[Line], now: datetime) -> str:
    head = (
        f"# Reading list\n\n{count_in_words(len(lines), 'work').capitalize()}, {date_in_words(now.date())}, Mental-Health LLM Tracker.\n\n"
    )
    return head + "".join(f"{number}. {_item(item, entry)}" for number, (item, entry) in enumerate(lines, 1))


def _item(item: Item, entry: Entry | None) -> str:
    """A numbered line, its link, and the note as a quotation. Everything from outside is literal."""
    kept = item.papers[0]
    if entry:
        by = " · ".join(part for part in (paper.authors(entry.record), paper.venue(entry.record), date_in_words(entry.published)) if part)
        said, title, url = " ".join(f"**{words}.** " for words in entry.warnings), entry.record.title, entry.record.url
    else:
        by, said, title, url = GONE, "", kept.title, citations.address_of(kept.key)
    link = f" <{url}>" if url else ""
    quoted = "".join(f"   > {html.escape_markdown(line)}\n" for line in item.note.splitlines() if line.strip())
    return (
        f"{said}**{html.escape_markdown(title or kept.key)}**  \n   {html.escape_markdown(by)}{link}\n"
        + (f"\n{quoted}" if quoted else "")
        + "\n"
    )
