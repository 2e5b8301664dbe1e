"""References: read back by other people's parsers, whatever a title holds."""

from __future__ import annotations

from typing import Any

import bibtexparser
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from fakes import NOW, make_labelling, make_record
from tracker.domain.dates import PartialDate
from tracker.domain.record import Relation, Status
from tracker.pipeline.entry import Entry, to_entry
from tracker.store.base import StoredRecord
from tracker.views.citations import citation_key, one_line, to_apa, to_bibtex, to_ris

HOSTILE = [
    '=HYPERLINK("http://evil.example")',
    "A } brace, a { brace and \\input{/etc/passwd}",
    "100% of $5 & #1_~^ \\write18{rm}",
    "Line\nER  - \nTY  - JOUR",
    "@article{x, title={y}}",
    "Quotes \"inside\" and 'out'",
    "NUL\x00 and bell\x07",
    "right\u202eleft \u2066isolate",
    "naïve Größe 中文 🧠",
]


def make_entry(*, labels: dict[str, dict[str, int]] | None = None, **changes: Any) -> Entry:
    """A record as an entry; an article unless *changes* say otherwise."""
    record = make_record(**({"source": "pubmed", "doi": "10.2196/59479"} | changes))
    return to_entry(
        [
            StoredRecord(
                id=1,
                record=record,
                labelling=make_labelling(**({"labels": labels} if labels else {})),
                work=record.key,
                origin="harvest",
                first_seen_at=NOW,
                last_changed_at=NOW,
                last_confirmed_at=NOW,
            )
        ]
    )


def read_bibtex(text: str) -> Any:
    """The one entry in *text*; a block that cannot be parsed fails the test."""
    library = bibtexparser.parse_string(text)
    assert library.failed_blocks == []
    (entry,) = library.entries
    return entry


def test_concern_stands_in_every_reference() -> None:
    """RIS notes, BibTeX's note and APA say what was corrected and doubted."""
    entry = make_entry(status=Status.CORRECTED, relations=(Relation("ExpressionOfConcernIn", "38000009"),))

    assert read_bibtex(to_bibtex(entry))["note"] == "Corrected, Expression of concern"
    assert "status corrected; expression of concern;" in to_ris(entry)
    assert "(Corrected, Expression of concern)." in to_apa(entry)


def test_article_in_ris_reads_back() -> None:
    """Type, names, title, journal, date, identifiers, labels and status."""
    entry = make_entry(published=PartialDate("2024-03"), status=Status.RETRACTED, labels={"risk": {"opacity": 1}})

    (found,) = rispy.loads(to_ris(entry))

    assert found == {
        "type_of_reference": "JOUR",
        "id": "example2024.pubmed.38000001",
        "title": "A language model that listens: emotional support by chatbot",
        "authors": ["Example, Ada", "Sample, Bo"],
        "year": "2024",
        "date": "2024/03//",
        "secondary_title": "JMIR Mental Health",
        "accession_number": "38000001",
        "doi": "10.2196/59479",
        "urls": ["https://pubmed.ncbi.nlm.nih.gov/38000001/"],
        "keywords": ["risk:opacity"],
        "notes": ["Tracker key pubmed:38000001; status retracted; taxonomy 2026.1"],
    }


def test_preprint_in_ris_is_no_journal_article() -> None:
    """An unpublished work of its server, found by its arXiv id."""
    (found,) = rispy.loads(to_ris(make_entry(source="arxiv", doi=None)))

    assert (found["type_of_reference"], found["publisher"], found["accession_number"]) == ("UNPB", "arXiv", "arXiv:2401.00001")
    assert "secondary_title" not in found


def test_article_in_bibtex_reads_back() -> None:
    """Kind, key and every field."""
    entry = read_bibtex(to_bibtex(make_entry(status=Status.CORRECTED)))

    assert (entry.entry_type, entry.key) == ("article", "example2024.pubmed.38000001")
    assert {field.key: field.value for field in entry.fields} == {
        "title": "{A language model that listens: emotional support by chatbot}",
        "author": "Example, Ada and Sample, Bo",
        "year": "2024",
        "month": "jan",
        "journal": "JMIR Mental Health",
        "doi": "10.2196/59479",
        "url": "https://pubmed.ncbi.nlm.nih.gov/38000001/",
        "pmid": "38000001",
        "keywords": "application:intervention",
        "note": "Corrected",
    }


def test_preprint_in_bibtex_has_its_eprint() -> None:
    """``@misc`` with the arXiv id where biblatex looks for it."""
    entry = read_bibtex(to_bibtex(make_entry(source="arxiv", doi=None)))
    fields = {field.key: field.value for field in entry.fields}

    assert (entry.entry_type, fields["eprint"], fields["eprinttype"], fields["howpublished"]) == ("misc", "2401.00001", "arxiv", "arXiv")


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_title_stays_a_title(title: str) -> None:
    """No title ends an entry, begins another, or runs a TeX command."""
    entry = make_entry(title=title, authors=(title,), venue=title, status=Status.RETRACTED)

    (found,) = rispy.loads(to_ris(entry))
    bibtex = read_bibtex(to_bibtex(entry))
    written = {field.key: field.value for field in bibtex.fields}["title"]

    assert found["title"] == one_line(title)
    assert len(bibtex.fields) == 10
    assert written.count("{") == written.count("}")
    assert "\\input" not in written
    assert "\\write" not in written


@given(st.text(max_size=60), st.text(max_size=30))
def test_any_text_gives_one_entry_in_both_formats(title: str, author: str) -> None:
    """Whatever a source sends, one reference comes out and reads back as one."""
    entry = make_entry(title=f"T{title}", authors=(author, "Bo Sample"))

    assert len(rispy.loads(to_ris(entry))) == 1
    assert read_bibtex(to_bibtex(entry)).key == citation_key(entry)


def test_citation_key_is_unique_and_plain() -> None:
    """Keys differ where ours differ, also by signs that BibTeX does not take; accents are folded, nobody is anonymous."""
    keys = ["doi:10.1000/a-b", "doi:10.1000/a(b", "doi:10.1000/a_b", "doi:10.1000/a/b", "doi:10.1000/a-28-b"]
    made = [citation_key(make_entry(key=key, authors=("Élodie Größe",))) for key in keys]

    assert made[0] == "groe2024.doi.10.1000-2f-a-2d-b"
    assert len(set(made)) == len(keys)
    assert all(key.replace(".", "").replace("-", "").isalnum() and key.isascii() for key in made)
    assert citation_key(make_entry(authors=(), published=None)) == "anonymousnd.pubmed.38000001"
    assert citation_key(make_entry(authors=("李 明",))) == "anonymous2024.pubmed.38000001"


def test_reference_cites_the_articles_own_year() -> None:
    """The work is as old as its preprint, but the article is cited by its journal's year."""
    article = make_entry(published=PartialDate("2025-01"))
    preprint = make_entry(source="arxiv", published=PartialDate("2023-12-01"))
    entry = to_entry([*article.records, *preprint.records])

    assert "PY  - 2025" in to_ris(entry)
    assert entry.published == PartialDate("2023-12-01")


def test_abstract_is_given_only_if_asked_for_and_shareable() -> None:
    """arXiv's abstract comes with ``abstract=True``; a publisher's never."""
    preprint, article = make_entry(source="arxiv"), make_entry(abstract_copyright="© Publisher")

    assert "AB  - " not in to_ris(preprint)
    assert f"AB  - {preprint.record.abstract}" in to_ris(preprint, abstract=True)
    assert "abstract = {We build" in to_bibtex(preprint, abstract=True)
    assert "AB  - " not in to_ris(article, abstract=True)
    assert "abstract" not in to_bibtex(article, abstract=True)


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        (("Ada Example",), "Example, A. (2024)."),
        (("Ada Example", "Bo Sample"), "Example, A., & Sample, B. (2024)."),
        (("The Example Group",), "The Example Group (2024)."),
        ((), "(2024)."),
    ],
)
def test_apa_writes_names_with_initials(authors: tuple[str, ...], expected: str) -> None:
    """Family name first, an ampersand before the last, groups whole."""
    assert to_apa(make_entry(authors=authors)).startswith(expected)


def test_apa_says_when_a_paper_was_retracted() -> None:
    """Title, status, journal and link on one line."""
    entry = make_entry(authors=("Ada Example",), status=Status.RETRACTED, title="On trust.", published=None)

    assert to_apa(entry) == "Example, A. (n.d.). On trust (Retracted). JMIR Mental Health. https://doi.org/10.2196/59479"


def test_apa_shortens_long_lists_of_authors() -> None:
    """Of more than twenty, the first nineteen and the last."""
    apa = to_apa(make_entry(authors=tuple(f"Ada Author{number}" for number in range(1, 26))))

    assert "Author19, A., … Author25, A. (2024)" in apa
    assert "Author20" not in apa
