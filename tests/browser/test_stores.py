"""Stores that are nearly nothing: every page says so in words of its own, and nothing breaks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import small_corpus
from browser.conftest import TITLES, hear_complaints, running, visit
from small_corpus import Paper

PAPERS = small_corpus.make_papers()


@dataclass(frozen=True, slots=True)
class Case:
    """A store, and what its pages say: the line on all of them, and a sentence of each."""

    papers: list[Paper]
    line: str
    said: dict[str, str]


NOTHING = "Nothing has been gathered yet."
CASES = {
    "no works": Case(
        [],
        "0 of no works",
        dict.fromkeys(("overview", "trends", "gap_map", "papers", "whats_new"), NOTHING)
        | {"methods": "0 out of scope by the rules", "data": "This copy has not gathered anything yet"},
    ),
    "one work": Case(
        PAPERS[:1],
        "1 of 1 work",
        {
            "overview": "1 work: too few for shares.",
            "trends": "Too few whole quarters for a line",
            "gap_map": "No work here names a risk.",
            "papers": "1–1 of 1 work",
            "whats_new": "1 new work",
            "methods": "1 arXiv",
            "data": "arXiv and PubMed are complete.",
        },
    ),
    "works without dates": Case(
        [(replace(record, published=None), labelling) for record, labelling in PAPERS[:4]],
        "4 of 4 works",
        {
            "overview": "No work here is dated to the month",
            "trends": "4 works not dated that finely",
            "gap_map": "No work is dated.",
            "papers": "1–4 of 4 works",
            "whats_new": "4 new works",
            "methods": "4 arXiv",
            "data": "arXiv and PubMed are complete.",
        },
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_page_of_a_small_store_says_what_there_is(browser: Browser, tmp_path: Path, case: Case) -> None:
    """Seven pages, each with a designed state: no exception, no error in the browser, and the filters as nobody set them."""
    settings = small_corpus.make_data_dir(tmp_path / "data")
    small_corpus.fill(settings, case.papers, is_harvested=bool(case.papers))
    with running(settings) as url:
        context = browser.new_context(base_url=url)
        tab = context.new_page()
        heard = hear_complaints(tab)

        tab.goto("/")

        for name in TITLES:
            visit(tab, name)
            expect(tab.locator(".st-key-chips")).to_contain_text(case.line)
            expect(tab.get_by_test_id("stMain").get_by_text(case.said[name]).first).to_be_visible()
        assert heard == []
        context.close()
