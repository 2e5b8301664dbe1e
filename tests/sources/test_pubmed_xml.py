"""What the reader of PubMed's XML makes of good, odd and wild bytes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.helpers import NOW, make_answer, read_fixture
from sources.tiny_pubmed import make_article, make_set
from tracker.domain.dates import PartialDate
from tracker.domain.record import AbstractState, Provenance, Record, Relation, Status
from tracker.errors import MalformedAnswerError
from tracker.sources.pubmed_dates import parse_medline_date
from tracker.sources.pubmed_xml import ArticleSet, parse_articles


def parse(body: str | bytes) -> ArticleSet:
    """The records in *body*."""
    return parse_articles(make_answer(body, content_type="text/xml"), query="q", retrieved_at=NOW)


@pytest.fixture(scope="module")
def traps() -> ArticleSet:
    """Records that have tripped other readers."""
    return parse(read_fixture("pubmed/traps.xml"))


def test_article_becomes_a_whole_record() -> None:
    """Markup dropped and nothing cut at it, labels kept, own DOI and PMID and not those of references."""
    articles = parse(read_fixture("pubmed/rich_article.xml"))

    assert articles.records["38123456"] == Record(
        key="pubmed:38123456",
        source="pubmed",
        title="Effects of listening machines on mood (P<0.05) with CO2.",
        provenance=Provenance("pubmed", "q", NOW, "pubmed-xml/1"),
        pmid="38123456",
        doi="10.2196/59479",
        abstract="BACKGROUND: Machines that listen are new.\nRESULTS: Mood rose (P<0.001, n>20).\nA last remark.",
        abstract_copyright="©Ada Example. Originally published in JMIR examples.",
        authors=("Ada B Example Jr", "C Sample", "The Listening Group"),
        venue="JMIR examples",
        published=PartialDate("2024-11-05"),
        updated_at=datetime(2026, 11, 20, tzinfo=UTC),
        mesh=("Depression", "Large Language Models"),
        keywords=("chatbot", "in silico talk"),
        publication_types=("Journal Article", "Preprint"),
        languages=("eng", "ger"),
        relations=(
            Relation("UpdateOf", "38000002", "10.48550/arxiv.2403.00002", "arXiv. 2024 Mar 1. doi: 10.48550/arXiv.2403.00002."),
            Relation("ErratumIn", None, None, "JMIR Ex. 2025;12:e2"),
        ),
        is_preprint=True,
        status=Status.CORRECTED,
    )


@pytest.mark.parametrize(
    ("pmid", "published"),
    [("101", "2023"), ("102", "2019"), ("103", "2024-11"), ("104", None), ("105", "2025"), ("110", "2023-02-15"), ("111", "2021-03")],
)
def test_dates_keep_their_real_precision(pmid: str, published: str | None, traps: ArticleSet) -> None:
    """A span of months and a season are known to the year, 31 November to the month, a word not at all."""
    record = traps.records[pmid]

    assert (str(record.published) if record.published else None) == published


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023 Nov-Dec", "2023"),
        ("2019 Winter", "2019"),
        ("2023 Nov 15-30", "2023-11"),
        ("2023 Nov 15", "2023-11-15"),
        ("1998 Dec-1999 Jan", "1998"),
        ("2000-2001", "2000"),
        ("Spring 2020", "2020"),
        ("2020 Sept", "2020-09"),
        ("in press", None),
        ("", None),
    ],
)
def test_free_text_dates_say_no_more_than_they_mean(text: str, expected: str | None) -> None:
    """MedlineDate is free text."""
    found = parse_medline_date(text)

    assert (str(found) if found else None) == expected


@pytest.mark.parametrize(
    ("pmid", "title"),
    [("101", "[A bracketed title.]"), ("102", "Nur auf Deutsch"), ("103", "[No title available]"), ("111", "A whole book")],
)
def test_missing_titles_have_a_substitute(pmid: str, title: str, traps: ArticleSet) -> None:
    """The title in the original language, the book's, or PubMed's own words for none."""
    assert traps.records[pmid].title == title


@pytest.mark.parametrize(
    ("pmid", "status"), [("104", "retracted"), ("105", "current"), ("106", "retracted"), ("107", "withdrawn"), ("108", "current")]
)
def test_status_tells_the_retracted_from_the_notice(pmid: str, status: str, traps: ArticleSet) -> None:
    """N27: by type or by relation, with or without a PMID; the notice itself is not retracted."""
    assert traps.records[pmid].status.value == status


def test_doi_only_in_the_list_of_identifiers_is_found(traps: ArticleSet) -> None:
    """N22: in lower case."""
    assert traps.records["101"].doi == "10.1000/only.in.list"


def test_record_without_authors_and_abstract_is_a_record(traps: ArticleSet) -> None:
    """N22: absent is not empty."""
    record = traps.records["101"]

    assert (record.authors, record.abstract, record.abstract_state) == ((), None, AbstractState.ABSENT)


def test_chapters_and_books_are_records(traps: ArticleSet) -> None:
    """N22: authors of the chapter, else the editors; the book is the venue."""
    chapter, book = traps.records["110"], traps.records["111"]

    assert (chapter.title, chapter.authors, chapter.venue) == ("A chapter on moods", ("Wil Writer",), "The Book of Traps")
    assert chapter.abstract == "SUMMARY: Moods come and go."
    assert book.authors == ("Ed Editor",)


def test_of_two_with_one_pmid_the_later_wins(traps: ArticleSet) -> None:
    """N25: a set may hold two versions of one record."""
    assert traps.records["108"].title == "Second of two."


def test_entries_that_cannot_become_records_are_kept_with_their_reason(traps: ArticleSet) -> None:
    """By PMID where there is one, else by their place."""
    assert {name: one.reason for name, one in traps.rejected.items()} == {
        "109": "it has no MedlineCitation/Article",
        "entry 10": "'' is not a PMID",
        "entry 13": "it has no BookDocument",
    }
    assert traps.deleted == ("112", "113")


def test_forbidden_characters_are_taken_out_and_the_record_named(caplog: pytest.LogCaptureFixture) -> None:
    """N23: one bad byte does not cost 200 records; what cannot be decoded is shown as such."""
    articles = parse(read_fixture("pubmed/forbidden_characters.xml"))

    assert articles.records["201"].title == "Clean."
    assert articles.records["202"].title == "A bell rings and a caf\ufffd here."
    assert "in PMID 202" in caplog.text


def test_entities_and_files_are_refused() -> None:
    """N24: no expansion, no file, no network."""
    with pytest.raises(MalformedAnswerError, match="EntitiesForbidden"):
        parse(read_fixture("pubmed/entities.xml"))


def test_document_type_is_not_fetched() -> None:
    """N24: every answer names a DTD on a host that may be down; the tests' network is closed, so a fetch would fail."""
    assert parse(make_set(make_article("1"))).pmids == {"1"}


@pytest.mark.parametrize(("body", "reason"), [("<html/>", "<html> in place"), ("<eFetchResult><ERROR>no</ERROR></eFetchResult>", "no")])
def test_other_documents_are_refused(body: str, reason: str) -> None:
    """Only a set of records is one."""
    with pytest.raises(MalformedAnswerError, match=reason):
        parse(body)


def test_unknown_pmid_gives_an_empty_set() -> None:
    """N10: empty is not an error here; the harvest notices what is missing."""
    assert parse(make_set("")).pmids == set()


FRAGMENTS = st.sampled_from(
    [
        "<PMID>1</PMID>",
        "<Article>",
        "</Article>",
        "<PubDate><Year>0000</Year></PubDate>",
        "<Month>99</Month>",
        "<ArticleTitle>x</ArticleTitle>",
        "<PubDate><MedlineDate>2024 Feb 31</MedlineDate></PubDate>",
        "<PubmedArticle>",
        "</PubmedArticle>",
        "&x;",
        "\x0b",
        "&#x1f;",
        "<",
    ]
)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=200), st.lists(st.one_of(FRAGMENTS, st.text(max_size=20)), max_size=8).map("".join)))
def test_wild_bytes_raise_malformed_answers_and_nothing_else(wild: bytes | str) -> None:
    """Whatever comes: a set of records, or the one error that says it is none."""
    bodies = (
        [wild]
        if isinstance(wild, bytes)
        else [make_set(wild), make_set(make_article("7", inside=wild)), make_set(make_article("7", title=wild))]
    )
    for body in bodies:
        try:
            articles = parse(body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass"))
        except MalformedAnswerError:
            continue
        assert all(record.key == f"pubmed:{pmid}" for pmid, record in articles.records.items())
