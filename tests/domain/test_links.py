"""The file in which people say which records are the same paper."""

from __future__ import annotations

import pytest

from tracker.domain.links import PersonLink, parse_links
from tracker.domain.matching import Verdict
from tracker.errors import ConfigurationError

HEAD = "first,second,verdict,note\n"


def test_parse_links_reads_verdicts_with_the_smaller_key_first() -> None:
    """Order within a line does not matter; blanks and a byte-order mark are forgiven."""
    text = "\ufeff" + HEAD + 'pubmed:2, arxiv:2401.00001 ,same,\ndoi:10.1000/x,pubmed:3,different,"two parts, two papers"\n'

    assert parse_links(text, place="links.csv") == (
        PersonLink("arxiv:2401.00001", "pubmed:2", Verdict.SAME),
        PersonLink("doi:10.1000/x", "pubmed:3", Verdict.DIFFERENT, "two parts, two papers"),
    )


def test_parse_links_of_a_file_without_lines_is_empty() -> None:
    """Nobody said anything yet."""
    assert parse_links(HEAD, place="links.csv") == ()


def test_parse_links_names_every_fault_with_its_line() -> None:
    """One run shows them all."""
    lines = [
        "38000001,pubmed:2,same,",
        "pubmed:2,pubmed:2,same,",
        "pubmed:1,pubmed:2,maybe,",
        "pubmed:1,pubmed:3,same,",
        "pubmed:3,pubmed:1,different,",
        "pubmed:1",
    ]
    text = HEAD + "\n".join(lines)

    with pytest.raises(ConfigurationError) as caught:
        parse_links(text, place="links.csv")

    assert caught.value.problems == (
        "links.csv line 2: first is '38000001', not a key like arxiv:2403.14814",
        "links.csv line 3: 'pubmed:2' stands on both sides",
        "links.csv line 4: verdict is 'maybe'; write same or different",
        "links.csv line 6: this pair was called same before",
        "links.csv line 7: second is '', not a key like arxiv:2403.14814",
        "links.csv line 7: verdict is ''; write same or different",
    )


def test_parse_links_asks_for_the_right_columns() -> None:
    """A file of another kind is refused at its first line."""
    with pytest.raises(ConfigurationError, match="the first line must be 'first,second,verdict,note'"):
        parse_links("key,label\n", place="links.csv")
