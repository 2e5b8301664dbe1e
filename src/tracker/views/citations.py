"""One entry as a reference: RIS, BibTeX, APA.

Authorities: the RIS specification (refman.com, 2011), BibTeX's own manual (btxdoc) with the biblatex fields ``eprint`` and
``eprinttype``, APA 7th edition. Text from outside is put on one line and freed of control and direction-override characters; in
BibTeX every character that TeX would act on is written out, so that a title can neither break the file nor run a command.
A reference cites the best record, with its own date: an article by the year of the journal, not of its preprint.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from tracker.domain import identifiers
from tracker.domain.dates import PartialDate
from tracker.pipeline.entry import CONCERN, Entry
from tracker.views.author_names import AuthorName, split_name
from tracker.views.wording import MONTHS

# Controls and half surrogates break files; overrides of direction let a title reorder the line around it.
_UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")  # yes: NUL, RLO   no: é, RLM
_TEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", **{sign: f"\\{sign}" for sign in "$&#%_"},
}  # fmt: skip
_TEX_SIGN = re.compile("[" + re.escape("".join(_TEX)) + "]")
_ENCODED = {ord(sign): f"%{ord(sign):X}" for sign in "{}\\"}  # in a DOI, which is not set as text and may not unbalance the braces
_PLAIN_IN_KEY = re.compile(r"[^A-Za-z0-9.-]")
_APA_AUTHORS = 20  # more are shortened to the first 19 and the last


def one_line(text: str) -> str:
    """*text* on one line, without characters that break files or turn the line around.

    >>> one_line("Trust\\nme\\x00: care")
    'Trust me : care'
    """
    return " ".join(_UNWANTED.sub(" ", text).split())


def citation_key(entry: Entry) -> str:
    """First author's family name, year and our key: stable from export to export and unique, since the key is.

    Letters, digits, dots and hyphens only; whatever else a DOI holds is written as ``-hex-``.
    """
    family = split_name(entry.record.authors[0]).family if entry.record.authors else "anonymous"
    letters = unicodedata.normalize("NFKD", family).encode("ascii", "ignore").decode()
    published = _cited_date(entry)
    return f"{re.sub('[^a-z]', '', letters.lower()) or 'anonymous'}{published.year if published else 'nd'}.{_plain_key(entry.record.key)}"


def to_ris(entry: Entry, *, abstract: bool = False, note: str = "") -> str:
    """The reference in RIS, CRLF line ends, with a blank line after it. ``KW`` holds our labels, ``N1`` a reader's *note*, if there
    is one, then our key and the status."""
    return _ris(_ris_fields(entry, abstract, note))


def to_bibtex(entry: Entry, *, abstract: bool = False, note: str = "") -> str:
    """The reference in BibTeX: ``@article`` or, for a preprint, ``@misc``; a blank line after it. A reader's *note* is ``annote``."""
    kind = "misc" if entry.record.is_preprint else "article"
    return _bibtex(kind, citation_key(entry), [*_bibtex_fields(entry, abstract), ("annote", _braced(note))])


def title_to_ris(key: str, title: str, *, note: str = "") -> str:
    """A reference to a paper of which only our key and the title are known."""
    facts = [("TY", "GEN"), ("ID", _plain_key(key)), ("TI", title or key), ("UR", address_of(key))]
    return _ris([*facts, ("N1", note), ("N1", f"Tracker key {key}")])


def title_to_bibtex(key: str, title: str, *, note: str = "") -> str:
    """The same in BibTeX."""
    url = _braced_raw((address_of(key) or "").translate(_ENCODED))
    return _bibtex("misc", _plain_key(key), [("title", _braced(title or key, protect=True)), ("url", url), ("annote", _braced(note))])


def address_of(key: str) -> str | None:
    """The page of the paper with our *key*, built from the id in it if that passes; else ``None``.

    >>> address_of("arxiv:2401.00001")
    'https://arxiv.org/abs/2401.00001'
    """
    source, _, number = key.partition(":")
    builders: dict[str, Callable[[str], str | None]] = {
        "arxiv": identifiers.arxiv_url, "pubmed": identifiers.pubmed_url, "doi": identifiers.doi_url
    }  # fmt: skip
    build = builders.get(source)
    return build(number) if build else None


def to_apa(entry: Entry) -> str:
    """The reference as a line of plain text in APA style; a paper that was retracted, withdrawn, corrected or doubted says so."""
    published = _cited_date(entry)
    status = f" ({', '.join(entry.warnings)})" if entry.warnings else ""
    parts = [
        _apa_authors([split_name(one_line(name)) for name in entry.record.authors]),
        f"({published.year if published else 'n.d.'}).",
        f"{one_line(entry.record.title).rstrip('.')}{status}.",
        f"{one_line(entry.record.venue)}." if entry.record.venue else "",
        _link(entry) or "",
    ]
    return " ".join(part for part in parts if part)


def _plain_key(key: str) -> str:
    """Our key as part of a citation key: ``arxiv.2401.00001``."""
    source, _, number = key.partition(":")
    return f"{source}.{_PLAIN_IN_KEY.sub(lambda sign: f'-{ord(sign[0]):x}-', re.sub('-', '-2d-', number))}"


def _ris(fields: Iterable[tuple[str, str | None]]) -> str:
    lines = [f"{tag}  - {one_line(value)}" for tag, value in fields if value]
    return "\r\n".join([*lines, "ER  - ", "", ""])


def _bibtex(kind: str, key: str, fields: Iterable[tuple[str, str | None]]) -> str:
    lines = ",\n".join(f"  {name} = {value}" for name, value in fields if value)
    return f"@{kind}{{{key},\n{lines}\n}}\n\n"


def _cited_date(entry: Entry) -> PartialDate | None:
    return entry.record.published or entry.published


def _link(entry: Entry) -> str | None:
    return identifiers.doi_url(entry.doi) if entry.doi else entry.record.url


def _labels(entry: Entry) -> list[str]:
    return [f"{facet}:{label}" for facet, labels in entry.labels.items() for label in labels]


def _ris_fields(entry: Entry, abstract: bool, note: str) -> Iterator[tuple[str, str | None]]:
    record, published = entry.record, _cited_date(entry)
    yield "TY", "UNPB" if record.is_preprint else "JOUR"
    yield "ID", citation_key(entry)
    yield "TI", record.title
    for name in record.authors:
        yield "AU", _ris_author(split_name(name))
    if published:
        year, month, day = (*published.text.split("-"), "", "")[:3]
        yield "PY", year
        yield "DA", f"{year}/{month}/{day}/"
    yield ("PB" if record.is_preprint else "T2"), record.venue
    yield "AN", entry.pmid or (f"arXiv:{entry.arxiv_id}" if entry.arxiv_id else None)
    yield "DO", entry.doi
    yield "UR", record.url
    for label in _labels(entry):
        yield "KW", label
    yield "N1", note
    concern = f"; {CONCERN.lower()}" if entry.has_concern else ""
    yield "N1", f"Tracker key {record.key}; status {entry.status.value}{concern}; taxonomy {entry.best.labelling.taxonomy}"
    yield "AB", entry.abstract if abstract else None


def _ris_author(name: AuthorName) -> str:
    return ", ".join(part for part in (name.family, name.given, name.suffix) if part)


def _bibtex_fields(entry: Entry, abstract: bool) -> Iterator[tuple[str, str | None]]:
    record, published = entry.record, _cited_date(entry)
    yield "title", _braced(record.title, protect=True)
    yield "author", _braced_raw(" and ".join(_bibtex_author(split_name(one_line(name))) for name in record.authors))
    yield "year", f"{{{published.year}}}" if published else None
    yield "month", MONTHS[published.month - 1].lower() if published and published.month else None
    yield ("howpublished" if record.is_preprint else "journal"), _braced(record.venue)
    yield "doi", _braced_raw((entry.doi or "").translate(_ENCODED))
    yield "url", _braced_raw(record.url or "")
    if entry.arxiv_id:
        yield "eprint", _braced_raw(entry.arxiv_id)
        yield "eprinttype", "{arxiv}"
    yield "pmid", _braced_raw(entry.pmid or "")
    yield "keywords", _braced(", ".join(_labels(entry)))
    yield "note", _braced_raw(", ".join(entry.warnings))
    yield "abstract", _braced(entry.abstract) if abstract else None


def _bibtex_author(name: AuthorName) -> str:
    if name.is_group:
        return f"{{{_tex(name.family)}}}"
    return ", ".join(_tex(part) for part in (name.family, name.suffix, name.given) if part)


def _tex(text: str) -> str:
    return _TEX_SIGN.sub(lambda sign: _TEX[sign[0]], text)


def _braced(text: str | None, *, protect: bool = False) -> str | None:
    """The field's value; ``protect`` keeps a style from changing the capitals."""
    escaped = _tex(one_line(text or ""))
    return _braced_raw(f"{{{escaped}}}" if protect and escaped else escaped)


def _braced_raw(text: str) -> str | None:
    return f"{{{text}}}" if text else None


def _apa_authors(names: list[AuthorName]) -> str:
    shown = [f"{name.family}, {name.initials}" if name.initials else name.family for name in names]
    shown = [f"{text}, {name.suffix}" if name.suffix else text for text, name in zip(shown, names, strict=True)]
    if len(shown) > _APA_AUTHORS:
        return f"{', '.join(shown[: _APA_AUTHORS - 1])}, … {shown[-1]}"
    return ", & ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part) if shown else ""
