"""What the reader of arXiv's feeds makes of good, odd and wild bytes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.helpers import NOW, make_answer, read_fixture
from sources.tiny_arxiv import make_entry, make_feed
from tracker.domain.dates import PartialDate
from tracker.domain.record import AbstractState, Provenance, Record, Status
from tracker.errors import MalformedAnswerError
from tracker.sources.arxiv_feed import Echo, Feed, find_error_text, parse_feed


def parse(body: str | bytes, content_type: str = "application/atom+xml") -> Feed:
    """The feed in *body*."""
    return parse_feed(make_answer(body, content_type=content_type), query="q", retrieved_at=NOW)


def test_entry_becomes_a_whole_record() -> None:
    """A22, A23: markup decoded, names on one line, primary category first, first of several DOIs, Unicode as it is."""
    feed = parse(read_fixture("arxiv/quirks.xml"))

    assert feed.records[1] == Record(
        key="arxiv:2403.00002",
        source="arxiv",
        title="$ω$Help: who <listens> to אבג and 😀?",
        provenance=Provenance("arxiv", "q", NOW, "arxiv-atom/1"),
        arxiv_id="2403.00002",
        doi="10.2196/59479",
        version=3,
        abstract="People who are socially withdrawn talk to a machine.",
        authors=("Bo Sample", "Jürgen Tést"),
        venue="arXiv",
        published=PartialDate("2024-03-01"),
        updated_at=datetime(2024, 6, 1, 8, tzinfo=UTC),
        categories=("cs.CL", "cs.HC"),
        comment="12 pages, accepted somewhere",
        journal_ref="J. Examples 3 (2024) 17",
        is_preprint=True,
    )


def test_title_zero_and_spaced_abstract_survive() -> None:
    """A22: a title of 0 is a title; an abstract keeps its line breaks and loses only the spaces around it."""
    record = parse(read_fixture("arxiv/quirks.xml")).records[0]

    assert record.title == "0"
    assert record.abstract == "Two spaces before, a line break\ninside, a no-break\u00a0space, P < 0.05 & more."
    assert (record.doi, record.journal_ref, record.comment) == (None, None, None)


def test_old_identifier_and_missing_things_are_tolerated() -> None:
    """A23: no abstract, no category, a DOI that is none."""
    record = parse(read_fixture("arxiv/quirks.xml")).records[2]

    assert (record.key, record.version) == ("arxiv:hep-th/9901001", 2)
    assert (record.abstract, record.abstract_state) == (None, AbstractState.ABSENT)
    assert (record.doi, record.categories) == (None, ())


def test_entry_that_cannot_become_a_record_is_kept_with_its_reason() -> None:
    """One bad entry costs itself, is counted, and says why."""
    feed = parse(read_fixture("arxiv/quirks.xml"))

    assert [(one.entry, one.reason) for one in feed.rejected] == [("http://arxiv.org/abs/2403.00004v1", "it has no published date")]
    assert (feed.entry_count, feed.total) == (4, 4)
    assert feed.last_submitted_at == datetime(1999, 1, 1, 10, tzinfo=UTC)
    assert feed.echo == Echo('ti:(LLM OR "language model")', "", 0, 10)


def test_withdrawn_papers_are_told_by_the_authors_words() -> None:
    """A24: in the comment, or in very old papers in place of the abstract; "socially withdrawn" is something else."""
    records = parse(read_fixture("arxiv/withdrawn.xml")).records

    assert [record.status for record in records] == [Status.WITHDRAWN, Status.WITHDRAWN]
    assert parse(read_fixture("arxiv/quirks.xml")).records[1].status is Status.CURRENT


def test_feed_of_the_old_server_is_read_the_same_way() -> None:
    """A25: a namespace on each element, wrapped titles, dates with an offset."""
    feed = parse(read_fixture("arxiv/legacy.xml"))

    record = feed.records[0]
    assert record.title == "A title that the old server wrapped"
    assert record.comment == "8 pages, 3 figures"
    assert record.updated_at == datetime(2012, 4, 2, 2, 38, 54, tzinfo=UTC)
    assert (record.doi, record.version) == ("10.1103/physrevb.85.115117", 2)
    assert feed.echo == Echo("au:example", "", 0, 1)


@pytest.mark.parametrize("name", ["arxiv/error_400.xml", "arxiv/error_500.xml", "arxiv/error_legacy_200.xml"])
def test_error_entry_is_never_a_result(name: str) -> None:
    """A9: one entry, total 1, but an error; by either scheme."""
    with pytest.raises(MalformedAnswerError, match="an error in place of results"):
        parse(read_fixture(name))


def test_words_of_an_error_are_found() -> None:
    """A7: they go into the message; a page of results has none."""
    assert find_error_text(make_answer(read_fixture("arxiv/error_400.xml"))) == "Invalid query string: '(ti:a'"
    assert find_error_text(make_answer(read_fixture("arxiv/quirks.xml"))) == ""
    assert find_error_text(make_answer("no feed")) == ""


@pytest.mark.parametrize("content_type", ["text/html", "application/json", "", "application/octet-stream"])
def test_other_content_type_is_refused(content_type: str) -> None:
    """feedparser makes an empty feed of an HTML page, without a word."""
    with pytest.raises(MalformedAnswerError, match="in place of a feed"):
        parse(make_feed([make_entry(1).to_xml()], total=1), content_type)


@pytest.mark.parametrize("total", ["", "many", "-1", "1.5", "\u0663"])
def test_total_that_is_no_number_is_refused(total: str) -> None:
    """Without a total nothing can be proved complete."""
    body = make_feed([make_entry(1).to_xml()], total=1).replace(">1</opensearch", f">{total}</opensearch")

    with pytest.raises(MalformedAnswerError, match="no total"):
        parse(body)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_feed_is_never_a_shorter_one(share: float) -> None:
    """A13: feedparser would return what came before the cut."""
    body = read_fixture("arxiv/quirks.xml")

    with pytest.raises(MalformedAnswerError):
        parse(body[: int(len(body) * share)])


def test_name_of_a_file_is_not_opened() -> None:
    """feedparser takes bytes for a file name; an answer that is one must not be read from the disk."""
    with pytest.raises(MalformedAnswerError, match="not a whole Atom feed"):
        parse(__file__.encode())


def test_entities_are_not_expanded() -> None:
    """A feed with entities of its own is refused or read without them; no file gets in."""
    body = make_feed([make_entry(1, title="x").to_xml().replace(">x<", ">&file;<")], total=1)
    body = body.replace("<feed", '<!DOCTYPE feed [<!ENTITY file SYSTEM "file:///etc/passwd">]>\n<feed', 1)

    with pytest.raises(MalformedAnswerError):
        parse(body)


FRAGMENTS = st.sampled_from(
    [
        "<entry>",
        "</entry>",
        "<id>http://arxiv.org/abs/2401.00001v1</id>",
        "<title>",
        "</title>",
        "<published>2024-01-01</published>",
        "<published>9999-99-99T99:99:99Z</published>",
        "<updated>x</updated>",
        "</feed>",
        "&",
        "&amp;",
        "\x00",
        "]]>",
        "<![CDATA[",
    ]
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=200), st.lists(st.one_of(FRAGMENTS, st.text(max_size=20)), max_size=8).map("".join)))
def test_wild_bytes_raise_malformed_answers_and_nothing_else(wild: bytes | str) -> None:
    """Whatever comes: a feed, or the one error that says it is none."""
    for body in (wild, make_feed([wild], total=1) if isinstance(wild, str) else wild + make_feed([], total=0).encode()):
        try:
            feed = parse(body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass"))
        except MalformedAnswerError:
            continue
        assert all(record.key == f"arxiv:{record.arxiv_id}" and record.title for record in feed.records)
