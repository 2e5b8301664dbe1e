"""A small PubMed for tests: articles of our own making, served the way E-utilities serve them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from sources.faulty_server import JSON, XML, Asked, Reply


def make_article(pmid: str, *, inside: str = "", title: str = "") -> str:
    """A ``PubmedArticle`` with the least it can have, and *inside* its Article."""
    return (
        f'<PubmedArticle><MedlineCitation Status="Publisher"><PMID Version="1">{pmid}</PMID><Article>'
        f"<Journal><JournalIssue><PubDate><Year>2024</Year><Month>Mar</Month></PubDate></JournalIssue>"
        f"<Title>Journal of Examples</Title></Journal><ArticleTitle>{title or f'A listening machine, part {pmid}.'}</ArticleTitle>"
        f"{inside}</Article></MedlineCitation><PubmedData><ArticleIdList>"
        f'<ArticleId IdType="pubmed">{pmid}</ArticleId></ArticleIdList></PubmedData></PubmedArticle>'
    )


def make_set(inside: str) -> str:
    """An EFetch answer around *inside*, with the document type that every real one has."""
    return (
        '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
        f'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>{inside}</PubmedArticleSet>'
    )


def make_search(pmids: list[str], *, count: int | None = None, **more: object) -> str:
    """An ESearch answer."""
    total = len(pmids) if count is None else count
    result = {"count": str(total), "retmax": str(len(pmids)), "retstart": "0", "idlist": pmids, "querytranslation": "", **more}
    return json.dumps({"header": {"type": "esearch", "version": "0.3"}, "esearchresult": result})


@dataclass
class TinyPubmed:
    """Answers like E-utilities. ``created`` and ``revised`` map PMIDs to days (YYYY/MM/DD); ``withheld`` ones EFetch leaves out."""

    pmids: list[str]
    created: dict[str, str] = field(default_factory=dict)
    revised: dict[str, str] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)
    existing: set[str] = field(default_factory=set)
    ceiling: int = 9_999

    def __call__(self, asked: Asked) -> Reply:
        utility = asked.path.rsplit("/", 1)[-1]
        return {"esearch.fcgi": self._search, "efetch.fcgi": self._fetch, "esummary.fcgi": self._summarize}[utility](asked.form)

    def _search(self, form: dict[str, str]) -> Reply:
        found = self.pmids
        for first, last, tag in re.findall(r'\("([\d/]+)"\[(?:crdt|lr)\] : "([\d/]+)"\[(crdt|lr)\]\)', form["term"]):
            days = self.created if tag == "crdt" else self.revised
            found = [pmid for pmid in found if first <= days.get(pmid, "2000/01/01") <= last]
        return Reply(200, make_search(found[: min(self.ceiling, int(form["retmax"]))], count=len(found)), JSON)

    def _fetch(self, form: dict[str, str]) -> Reply:
        known = {*self.pmids, *self.existing} - self.withheld
        return Reply(200, make_set("".join(make_article(pmid) for pmid in form["id"].split(",") if pmid in known)), XML)

    def _summarize(self, form: dict[str, str]) -> Reply:
        result: dict[str, object] = {"uids": form["id"].split(",")}
        for pmid in form["id"].split(","):
            error = {"uid": pmid, "error": "cannot get document summary"}
            result[pmid] = {"uid": pmid, "title": "x"} if pmid in {*self.pmids, *self.existing} else error
        return Reply(200, json.dumps({"header": {}, "result": result}), JSON)
