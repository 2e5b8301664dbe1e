"""A reader's own list of papers, with a note on each: a value to pass around, and the file it is saved to and read from.

The file is JSON (RFC 8259, UTF-8) and holds keys, titles and notes, nothing that belongs to others. Reading is strict: a file is
taken as a whole or refused in one sentence. What its keys mean today is found by :mod:`tracker.views.reading_list_works`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tracker.errors import ReadingListError

FORMAT, VERSION = "mental-health-llm-tracker reading list", 1
MAX_PAPERS, MAX_NOTE = 2_000, 2_000  # papers, and code points of a note: a person's list, not a corpus
MAX_BYTES = 5_000_000
_MAX_TITLE = 1_000
_KEY = re.compile(r"(?:arxiv|pubmed|doi):[^\s\x00-\x1f\x7f<>]{1,300}")  # yes: arxiv:2401.00001   no: 2401.00001
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")  # yes: NUL, RLO   no: \n, \t
_WHAT = "This file is not a reading list of this tracker"


@dataclass(frozen=True, slots=True)
class Kept:
    """One paper of the list. ``title`` is as it was when added, so that a paper that is gone can still be named; ``added_at`` is
    an ISO instant in UTC, empty if not known."""

    key: str
    title: str = ""
    note: str = ""
    added_at: str = ""


@dataclass(frozen=True, slots=True)
class ReadingList:
    """Papers in the order they were added; no key twice."""

    papers: tuple[Kept, ...] = ()

    def __len__(self) -> int:
        return len(self.papers)

    def __iter__(self) -> Iterator[Kept]:
        return iter(self.papers)

    @property
    def keys(self) -> frozenset[str]:
        """The keys of all papers."""
        return frozenset(kept.key for kept in self.papers)

    @property
    def noted_count(self) -> int:
        """How many have a note."""
        return sum(bool(kept.note) for kept in self.papers)

    def find(self, keys: Iterable[str]) -> Kept | None:
        """The first paper under one of *keys*."""
        wanted = set(keys)
        return next((kept for kept in self.papers if kept.key in wanted), None)

    def joined(self, others: Iterable[Kept]) -> ReadingList:
        """This list and, behind it, those of *others* that are not in it; the notes of a paper in both are kept, both if they differ.

        Raises ``ReadingListError`` if that were more than ``MAX_PAPERS``.
        """
        by_key = {kept.key: kept for kept in self.papers}
        for other in others:
            known = by_key.get(other.key)
            by_key[other.key] = replace(known, note=_both_notes(known.note, other.note)) if known else other
        if len(by_key) > MAX_PAPERS:
            raise ReadingListError(f"A reading list holds at most {MAX_PAPERS:,} papers; this would make {len(by_key):,}.")
        return ReadingList(tuple(by_key.values()))

    def without(self, keys: Iterable[str]) -> ReadingList:
        """The list without the papers under *keys*."""
        gone = set(keys)
        return ReadingList(tuple(kept for kept in self.papers if kept.key not in gone))

    def noted(self, key: str, note: str) -> ReadingList:
        """The list with *note* on the paper *key*, cut to ``MAX_NOTE``."""
        tidy = tidy_note(note)
        return ReadingList(tuple(replace(kept, note=tidy) if kept.key == key else kept for kept in self.papers))

    def to_json(self, *, saved_at: str = "") -> str:
        """The file's text."""
        papers = [{"key": one.key, "title": one.title, "note": one.note, "added_at": one.added_at} for one in self.papers]
        return json.dumps({"format": FORMAT, "version": VERSION, "saved_at": saved_at, "papers": papers}, ensure_ascii=False, indent=1)


def tidy_note(text: str) -> str:
    """A note without signs that break files or turn the line around, at most ``MAX_NOTE`` long; line ends stay."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()[:MAX_NOTE]


def parse_reading_list(data: bytes) -> ReadingList:
    """The list in a file's bytes. Raises ``ReadingListError`` in one sentence for anything that :meth:`ReadingList.to_json` never wrote."""
    if len(data) > MAX_BYTES:
        raise ReadingListError(f"{_WHAT}: it has {len(data) / 1e6:.1f} MB, more than {MAX_BYTES / 1e6:.0f}.")
    try:
        said = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ReadingListError(f"{_WHAT}: it is not JSON; choose the .json file that this page saved.") from error
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise ReadingListError(f"{_WHAT}; choose the .json file that this page saved.")
    version = said.get("version")
    if version != VERSION or isinstance(version, bool):
        raise ReadingListError(f"This reading list was saved as version {version!r:.20}; this tracker reads version {VERSION}.")
    papers = said.get("papers")
    if not isinstance(papers, list):
        raise ReadingListError(f"{_WHAT}: it names no papers.")
    return ReadingList().joined(_kept(number, one) for number, one in enumerate(papers, 1))


def _kept(number: int, said: Any) -> Kept:
    """One paper of a file; *number* counts from 1."""
    fields = {name: said.get(name, "") for name in Kept.__slots__} if isinstance(said, dict) else {}
    if not fields or not all(isinstance(value, str) for value in fields.values()):
        raise ReadingListError(f"{_WHAT}: paper {number} is not written as this page writes it.")
    if not _KEY.fullmatch(fields["key"]):
        raise ReadingListError(f"{_WHAT}: paper {number} has the key {fields['key']!r:.60}, which is none such as arxiv:2401.00001.")
    title, added_at = (" ".join(_UNWANTED.sub("", fields[name]).split()) for name in ("title", "added_at"))
    return Kept(fields["key"], title[:_MAX_TITLE], tidy_note(fields["note"]), added_at[:30])


def _both_notes(first: str, second: str) -> str:
    if second in first:
        return first
    return tidy_note(f"{first}\n{second}")
