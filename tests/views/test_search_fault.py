"""A search that cannot be read is explained in a sentence and a line."""

from __future__ import annotations

import pytest

from tracker.domain.search import parse_search
from tracker.errors import SearchSyntaxError
from tracker.views.search_fault import explain


def fault_of(typed: str) -> str:
    """What the page says of *typed*."""
    with pytest.raises(SearchSyntaxError) as caught:
        parse_search(typed)
    return explain(typed, caught.value)


def test_wrong_part_is_marked_and_harmless() -> None:
    """The part that is wrong stands in its place; what was typed is text."""
    said = fault_of('<b> AND "never')

    assert '<p class="typed">&lt;b&gt; AND <span class="wrong">&quot;never</span></p>' in said


def test_search_of_five_thousand_signs_gets_one_sentence() -> None:
    """The sentence says how long it is and may be; of the words only the place where reading ends is shown."""
    said = fault_of("depression " * 455)

    assert "The search has 5005 characters; at most 200 are read, please shorten it." in said
    assert len(said) < 500
    assert said.count("…") == 2
