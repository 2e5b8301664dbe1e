"""Two spellings of one query are the same, two queries are not."""

from __future__ import annotations

import pytest

from tracker.sources.arxiv_query import is_same_query


@pytest.mark.parametrize(
    "echoed",
    [
        'ti:(LLM OR "language model") AND submittedDate:[202401010000 TO 299912312359]',
        '(ti:LLM OR ti:"language model") AND submittedDate:[202401010000 TO 299912312359]',
        '((ti:(LLM  OR "language model")))\nAND submittedDate:[202401010000 TO 299912312359]',
    ],
)
def test_rewritten_query_is_the_same(echoed: str) -> None:
    """The server distributes fields over brackets; that changes nothing."""
    assert is_same_query('ti:(LLM OR "language model") AND submittedDate:[202401010000 TO 299912312359]', echoed)


@pytest.mark.parametrize(
    "echoed", ["ti:(LLM OR language model)", 'ti:LLM OR "language model"', 'ti:(LLM AND "language model")', "", "ti:LLM"]
)
def test_query_understood_otherwise_is_not_the_same(echoed: str) -> None:
    """Lost quotes, a lost field, another operator, a lost half."""
    assert not is_same_query('ti:(LLM OR "language model")', echoed)
