"""Which records describe one paper: what two records could share, and how they are linked.

:func:`match_keys` says what a record could have in common with another; only records that share a key are compared.
:func:`compare` looks at two records and says how they are linked. Both depend on nothing else, so the order of arrival cannot
matter. How links make works is :mod:`tracker.domain.grouping`'s business.

Strongest evidence first: arXiv's author-given DOI, PubMed's copy of an arXiv preprint, PubMed's UpdateIn and UpdateOf (NLM,
"Preprints in PubMed"), JMIR's preprint DOIs, an arXiv comment that names its successor; then title, authors and dates.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rapidfuzz import fuzz

from tracker.domain import identifiers
from tracker.domain.names import Agreement, Name, find_agreement, read_ends, read_names
from tracker.domain.record import Record
from tracker.domain.titles import LEAST_DISTINCT, LEAST_HEAD, Likeness, Title, compare_titles, read_title

RULES = 3  # raised when the same two records are judged differently; stored links of earlier rules are then made anew

EARLIEST = timedelta(days=-60)  # article before preprint: authors post late
EARLIEST_EXACT = timedelta(days=-366)  # where title and authors leave no doubt
LATEST = timedelta(days=3 * 366)
SHARE_OF_AUTHORS = 0.5  # of the shorter list
THIN_SIMILARITY = 0.95  # asked of titles that differ, where one author is all that agrees
LEAST_LONE_WORDS = 8  # content words from which an identical title needs no authors beside it
LEAST_DOI_SIMILARITY = 0.6  # below it, and with other authors, a shared DOI was given wrongly
HOPELESS = 60  # percent of token_set_ratio below which two titles are not looked at
KEY_WORDS = 3  # longest words of a title that stand in a key beside an author

_UPDATES = ("UpdateIn", "UpdateOf")  # versions of one paper; errata, comments and retraction notices are other papers
_ABOUT_ANOTHER = {  # publication types (lower case) and relations of records that speak about another paper
    "published erratum": "correction",
    "retraction of publication": "retraction",
    "retraction notice": "retraction",
    "expression of concern": "concern",
    "comment": "comment",
}
_ABOUT_RELATIONS = {"ErratumFor": "correction", "RetractionOf": "retraction", "ExpressionOfConcernFor": "concern", "CommentOn": "comment"}
_DOI_IN_NOTE = re.compile(r"10\.\d{4,9}/[^\s;,]+")
_ARXIV_IN_NOTE = re.compile(r"(?<![\d.])\d{4}\.\d{4,5}(?!\d)")  # yes: arXiv:2405.01234v2   no: 10.2196/2405.01234567
_SUPERSEDED = re.compile(
    r"supersed|replaced by|merged (?:in|with)|subsumed|newer version|updated version|see (?:also )?arxiv", re.IGNORECASE
)


class Verdict(StrEnum):
    """What is said of two records. ``POSSIBLE`` is shown to people, never merged."""

    SAME = "same"
    POSSIBLE = "possible"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Link:
    """Why two records are, or may be, one paper. ``score`` runs from 0 to 1, 1 where an identifier says so."""

    verdict: Verdict
    method: str
    score: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A record as it is compared. ``notice`` is what kind of notice about another paper it is; empty: a paper."""

    key: str
    identifiers: frozenset[str]
    successors: frozenset[str]  # arXiv ids that its comment calls its successors
    slot: str
    title: Title
    signed: tuple[str, ...]  # the authors as their source writes them
    first_day: date | None
    last_day: date | None
    is_preprint: bool
    notice: str

    @property
    def authors(self) -> tuple[Name, ...]:
        """The persons among the authors; read when asked for, because few records are ever compared."""
        return read_names(self.signed)


def profile(record: Record) -> Profile:
    """*record* made ready for comparing."""
    title = read_title(record.title)
    return Profile(
        key=record.key,
        identifiers=_identifiers(record),
        successors=_successors(record),
        slot=slot(record),
        title=title,
        signed=record.authors,
        first_day=record.published.first_day() if record.published else None,
        last_day=record.published.last_day() if record.published else None,
        is_preprint=record.is_preprint,
        notice=title.notice or _notice(record),
    )


def slot(record: Record) -> str:
    """The place in a work that only one record can hold: one arXiv preprint, one article. Empty: any number fit (PubMed's copies).

    Two records in different places of one kind are not joined by a likeness of titles alone; see ``grouping``.
    """
    if record.arxiv_id:
        return f"arxiv {record.arxiv_id}"
    is_copy = (record.venue or "").casefold() == "arxiv" or (record.doi and identifiers.arxiv_id_of_doi(record.doi))
    return "" if record.is_preprint or is_copy else f"article {record.doi or record.key}"


def match_keys(one: Profile) -> frozenset[str]:
    """What a record could share with another description of the same paper. Short, and the same for ever for the same record."""
    keys = set(one.identifiers) | {f"arxiv:{successor}" for successor in one.successors}
    if len(one.title.words) >= LEAST_HEAD:  # a head that says enough stands for the title, with or without a subtitle
        keys.add(f"t:{_digest(one.title.head if len(one.title.head_words) >= LEAST_HEAD else one.title.core)}")
    longest = sorted(one.title.words, key=lambda word: (-len(word), word))[:KEY_WORDS]
    for end, name in zip("fl", read_ends(one.signed), strict=False):
        keys |= {f"{end}:{_digest(f'{name.family} {name.initial} {word[:6]}')}" for word in longest}
    return frozenset(keys)


def compare(first: Profile, second: Profile) -> Link | None:
    """How two records are linked; ``None`` if they are not. The order of the two does not matter."""
    shared = first.identifiers & second.identifiers
    if shared and not _is_notice_about(first, second):
        return _link_by_identifier(shared, first, second)
    if first.notice or second.notice:
        return None  # a reply is not the paper it replies to, whatever its title
    authors = find_agreement(first.authors, second.authors)
    likeness, similarity = Likeness.NONE, 0.0
    if may_be_alike(first.title.text, second.title.text):
        likeness, similarity = compare_titles(first.title, second.title)
    if _names_successor(first, second):
        is_same = likeness >= Likeness.NEAR and (authors is None or authors.at_an_end)
        return Link(Verdict.SAME if is_same else Verdict.POSSIBLE, "successor", 1.0 if is_same else round(similarity, 3))
    if likeness is Likeness.NONE:
        return None
    return _link_by_title(first, second, likeness, similarity, authors)


def may_be_alike(first: str, second: str) -> bool:
    """Whether two titles (``Title.text``) deserve a closer look, in a microsecond. Without that or a common identifier there is no link."""
    return bool(fuzz.token_set_ratio(first, second, score_cutoff=HOPELESS))


def is_identifier(match_key: str) -> bool:
    """Whether a match key is an identifier, which links whatever the titles are."""
    return match_key.startswith(("arxiv:", "pmid:", "doi:"))


def _is_notice_about(first: Profile, second: Profile) -> bool:
    """Whether one says that the other is wrong. Such a notice may carry the identifier of what it is about; a comment has its own."""
    return first.notice != second.notice and bool({first.notice, second.notice} & {"correction", "retraction", "concern"})


def _link_by_identifier(shared: frozenset[str], first: Profile, second: Profile) -> Link:
    """The link that a shared identifier makes. A DOI typed by an author may be wrong, so it needs some likeness beside it."""
    kinds = {key.split(":", 1)[0] for key in shared}
    if "arxiv" in kinds:
        return Link(Verdict.SAME, "arxiv_id", 1.0)
    if "pmid" in kinds:
        return Link(Verdict.SAME, "pubmed_update", 1.0)
    similarity = fuzz.token_set_ratio(first.title.text, second.title.text) / 100
    authors = find_agreement(first.authors, second.authors)
    are_strangers = authors is not None and not authors.count
    share_a_volume = not _can_be_versions(first, second)  # two preprints with the DOI of the proceedings both are in
    if similarity < LEAST_DOI_SIMILARITY and (are_strangers or share_a_volume):
        return Link(Verdict.POSSIBLE, "doi", round(similarity, 3))
    return Link(Verdict.SAME, "doi", 1.0)


def _link_by_title(first: Profile, second: Profile, likeness: Likeness, similarity: float, authors: Agreement | None) -> Link | None:
    """The link that title, authors and dates make; the strength asked of each depends on the others."""
    if authors is None:
        if likeness is not Likeness.EXACT or len(first.title.words) < LEAST_HEAD or not _can_be_versions(first, second):
            return None
        is_lone = len(first.title.words) >= LEAST_LONE_WORDS and _in_time(first, second, EARLIEST)
        return Link(Verdict.SAME if is_lone else Verdict.POSSIBLE, "title", round(similarity / 2, 3))
    if not _authors_agree(authors):
        return None
    score = round(similarity * (0.5 + authors.share / 2), 3)
    if not _can_be_versions(first, second):
        return Link(Verdict.POSSIBLE, "title_authors", score) if likeness >= Likeness.NEAR else None
    if likeness is Likeness.WEAK:
        return Link(Verdict.POSSIBLE, "title_authors", score)
    is_exact = likeness is Likeness.EXACT
    is_distinct = len(first.title.words) >= LEAST_DISTINCT or authors.count > 1
    is_thin = authors.count == 1 and not is_exact and similarity < THIN_SIMILARITY and max(len(first.authors), len(second.authors)) > 1
    in_time = _in_time(first, second, EARLIEST_EXACT if is_exact else EARLIEST)
    verdict = Verdict.SAME if is_distinct and not is_thin and in_time else Verdict.POSSIBLE
    return Link(verdict, "title_authors", score)


def _authors_agree(authors: Agreement) -> bool:
    return authors.at_an_end and authors.share >= SHARE_OF_AUTHORS


def _can_be_versions(first: Profile, second: Profile) -> bool:
    """Whether the two can be stages of one paper: not two articles, not two arXiv preprints, which are papers of their own."""
    return not (first.slot and second.slot) or first.slot.split()[0] != second.slot.split()[0]


def _in_time(first: Profile, second: Profile, earliest: timedelta) -> bool:
    """Whether the later stage came out when it can have; dates not given, or given to the year, get the benefit of the doubt."""
    early, late = (first, second) if first.is_preprint or not second.is_preprint else (second, first)
    if not (early.first_day and early.last_day and late.first_day and late.last_day):
        return True
    if early.is_preprint == late.is_preprint:
        return abs(early.first_day - late.first_day) <= LATEST
    return late.last_day >= early.first_day + earliest and late.first_day <= early.last_day + LATEST


def _identifiers(record: Record) -> frozenset[str]:
    """``arxiv:…``, ``pmid:…`` and ``doi:…`` of *record* and of the other versions that its source names."""
    keys = {f"arxiv:{record.arxiv_id}"} if record.arxiv_id else set()
    updates = [one for one in record.relations if one.kind in _UPDATES]
    notes = " ".join(one.note for one in updates if not one.pmid and not one.doi)
    keys |= {f"pmid:{pmid}" for pmid in (record.pmid, *(one.pmid for one in updates)) if pmid}
    keys |= {_doi_key(doi) for doi in (record.doi, *(one.doi for one in updates)) if doi}
    keys |= {_doi_key(doi.lower().rstrip(".")) for doi in _DOI_IN_NOTE.findall(notes)}
    keys |= {f"arxiv:{arxiv_id}" for arxiv_id in _ARXIV_IN_NOTE.findall(_DOI_IN_NOTE.sub("", notes))}
    return frozenset(keys)


def _doi_key(doi: str) -> str:
    """The identifier a DOI stands for: arXiv's own is the arXiv id, JMIR's preprint is its article, a version is its paper.

    >>> [_doi_key(doi) for doi in ("10.48550/arxiv.2403.14814", "10.2196/preprints.59479", "10.21203/rs.3.rs-1/v2")]
    ['arxiv:2403.14814', 'doi:10.2196/59479', 'doi:10.21203/rs.3.rs-1']
    """
    arxiv_id = identifiers.arxiv_id_of_doi(doi)
    if arxiv_id:
        return f"arxiv:{arxiv_id}"
    doi = doi.replace("10.2196/preprints.", "10.2196/", 1)
    return "doi:" + (re.sub(r"/v\d+$", "", doi) if doi.startswith("10.21203/") else doi)


def _successors(record: Record) -> frozenset[str]:
    comment = record.comment or ""
    return frozenset(_ARXIV_IN_NOTE.findall(comment)) - {record.arxiv_id or ""} if _SUPERSEDED.search(comment) else frozenset()


def _names_successor(first: Profile, second: Profile) -> bool:
    return any(f"arxiv:{one}" in second.identifiers for one in first.successors) or any(
        f"arxiv:{one}" in first.identifiers for one in second.successors
    )


def _notice(record: Record) -> str:
    kinds = [_ABOUT_ANOTHER[one.casefold()] for one in record.publication_types if one.casefold() in _ABOUT_ANOTHER]
    kinds += [_ABOUT_RELATIONS[one.kind] for one in record.relations if one.kind in _ABOUT_RELATIONS]
    return min((kind for kind in kinds if kind), default="")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
