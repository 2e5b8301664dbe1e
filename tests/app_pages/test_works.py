"""Many records, one work: what the pages show of it."""

from __future__ import annotations

import small_corpus
from app_pages.conftest import open_page, said
from fakes import make_labelling, make_record
from tracker.domain.record import Record
from tracker.settings import Settings

PREPRINT, ARTICLE = "arxiv:2505.00001", "pubmed:39000005"


def _pair(title: str, article_title: str, doi: str | None = None) -> list[Record]:
    authors = ("Ida Ten", "Jo Eleven")
    preprint = make_record(key=PREPRINT, title=title, authors=authors, doi=doi)
    return [preprint, make_record(source="pubmed", key=ARTICLE, title=article_title, authors=authors, doi=doi)]


def _fill(data: Settings, records: list[Record]) -> None:
    small_corpus.fill(data, [(record, make_labelling(evidence=())) for record in records])


def test_work_shows_all_its_records_whichever_was_asked_for(data: Settings) -> None:
    """The address of the preprint shows the paper: article first, its life, and why the two are one."""
    _fill(data, _pair("Counsellors meet machines", "Counsellors meet machines", doi="10.1000/a"))

    work = said(open_page("papers", paper=PREPRINT))
    alone = said(open_page("papers", paper=PREPRINT, count="records"))

    assert all(words in work for words in ("2 records of this work", "<b>Preprint</b>", "<b>Published</b>", "the same DOI"))
    assert "· article ·" in work
    assert "· preprint ·" in alone


def test_possible_twin_is_linked_and_the_lines_that_decide_can_be_copied(data: Settings) -> None:
    """Alike but not merged: two works, each with a way to the other."""
    _fill(data, _pair("Counsellors meet machines: what trainees learn", "Counsellors meet machines: study protocol"))

    app = open_page("papers", paper=PREPRINT)

    assert "<b>Possibly the same:</b>" in said(app)
    assert f"papers?paper={ARTICLE}" in said(app)
    assert f"{PREPRINT},{ARTICLE},different,why" in "\n".join(code.value for code in app.code)
