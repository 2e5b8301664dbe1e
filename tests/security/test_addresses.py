"""Addresses that nobody writes by hand: any parameter with any value, repeated, as long as a server lets through."""

from __future__ import annotations

import difflib
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small_taxonomy import make_taxonomy
from tracker.domain.search import parse_search
from tracker.errors import SearchSyntaxError
from tracker.views import filters as filters_module
from tracker.views.filters import CHOICES, LIST_FILTERS, NAMES, parse_filters

TAXONOMY = make_taxonomy()
MOST_SAID = 12 * len(NAMES)  # sentences that any one address can call for
LONG = 100_000  # signs; proxies let through 8,000, a WebSocket any number


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that were compared with the known ones: the dear part of reading an address."""
    words: list[str] = []

    def compare(word: str, *others: Any, **options: Any) -> list[str]:
        words.append(word)
        return real(word, *others, **options)

    real = difflib.get_close_matches
    monkeypatch.setattr(filters_module.difflib, "get_close_matches", compare)
    return words


def many(count: int) -> list[str]:
    """Different words that nobody knows."""
    return [f"w{number}" for number in range(count)]


@pytest.mark.parametrize(
    "query",
    [
        *(f"{name}={','.join(many(LONG // 6))}" for name in NAMES),
        *(f"{name}={'x' * LONG}" for name in NAMES),
        "&".join(f"risk={word}" for word in many(LONG // 10)),
        "&".join(f"{word}=1" for word in many(LONG // 8)),
        "&".join(f"q={word}" for word in many(LONG // 8)),
        "q=" + "(" * LONG,
        "q=" + "%22a%22 OR " * (LONG // 10),
        "&" * LONG,
        "=" * LONG,
        "%" * LONG,
        "risk=" + "%00" * (LONG // 3),
        "risk=" + quote("\ud800" * 1000, errors="surrogatepass"),
    ],
    ids=lambda query: query[:24],
)
def test_long_address_is_read_with_little_work(query: str, compared: list[str]) -> None:
    """Thousands of wrong values cost as much as a few, and are said in sentences that can be read."""
    found, problems = parse_filters(query, TAXONOMY)

    assert len(compared) <= MOST_SAID
    assert len(problems) <= MOST_SAID
    assert all(len(problem) < 1_000 for problem in problems)
    assert all(len(found.values(name)) <= len(CHOICES) + 100 for name in NAMES if name != "q")


def test_wrong_values_that_are_not_named_are_counted() -> None:
    """Nothing is dropped in silence: what is too much to be named is counted."""
    _, problems = parse_filters(f"risk={','.join(many(1000))}&opacity=1&{'&'.join(f'{word}=1' for word in many(50))}", TAXONOMY)

    assert problems[10] == "risk has 990 more values that it does not know"
    assert problems[-1] == "41 more names are no filters"
    assert len(problems) == 22


@settings(max_examples=200)
@given(
    values=st.dictionaries(
        st.sampled_from([*NAMES, "page", "sort", "paper", "view", "unknown", ""]) | st.text(max_size=20),
        st.lists(st.text(max_size=60) | st.sampled_from(["opacity", "1", "in", "2024", "9999-99", "a,b", ","]), max_size=5),
        max_size=8,
    )
)
def test_any_parameters_give_filters_that_can_be_used(values: dict[str, list[str]]) -> None:
    """Whatever comes, there are filters, their own address says the same, and their words are read or refused."""
    found, _ = parse_filters(values, TAXONOMY)
    again, problems = parse_filters(found.to_parameters(), TAXONOMY)

    assert all(found.values(name) == again.values(name) for name in LIST_FILTERS)
    assert problems == []
    assert found.in_words(TAXONOMY)
    with suppress(SearchSyntaxError):  # nothing else
        parse_search(found.q)
