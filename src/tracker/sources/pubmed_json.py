"""Reads ESearch and ESummary answers. Touches no network; any doubt is an error.

Authority: www.ncbi.nlm.nih.gov/books/NBK25499. Their errors come with status 200 and may not even be valid JSON (a raw line
break inside a string), so the parser is lenient about that and strict about everything else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.domain.identifiers import is_pmid
from tracker.errors import MalformedAnswerError
from tracker.sources.answers import Answer
from tracker.sources.faults import FaultKind, TransientError
from tracker.sources.pubmed_article import SOURCE

_IGNORED = {
    "errorlist": ("phrasesnotfound", "fieldsnotfound"),
    "warninglist": ("phrasesignored", "quotedphrasesnotfound", "outputmessages"),
}
_NO_ITEMS = "no items found"  # a count of 0 says it already
_CLAMPED = "restrictions achieved"  # the 9,999 limit: the count says it already


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """How many match in all, the PMIDs that came, and what of the query was ignored (in the service's words)."""

    count: int
    pmids: tuple[str, ...]
    warnings: tuple[str, ...]


def parse_search(answer: Answer, *, most: int) -> SearchAnswer:
    """The result of an ESearch that asked for up to *most* PMIDs from the first on.

    Raises ``MalformedAnswerError`` for an error, and for a list that is not as long as the count says.
    """
    result = _parse_object(answer).get("esearchresult")
    if not isinstance(result, dict):
        raise MalformedAnswerError(SOURCE, answer.url, "no search result")
    if "ERROR" in result:  # never "nothing found", whatever it says
        raise MalformedAnswerError(SOURCE, answer.url, hide_internals(str(result["ERROR"])))
    count, pmids = str(result.get("count", "")), result.get("idlist")
    if not (count.isascii() and count.isdecimal()) or not isinstance(pmids, list):
        raise MalformedAnswerError(SOURCE, answer.url, "a search result without count or list")
    if not all(isinstance(pmid, str) and is_pmid(pmid) for pmid in pmids):
        raise MalformedAnswerError(SOURCE, answer.url, "a list that holds something other than PMIDs")
    expected = min(int(count[:9]), most)
    if len(set(pmids)) != expected:
        raise MalformedAnswerError(SOURCE, answer.url, f"a list of {len(set(pmids)):,} PMIDs where {expected:,} were announced")
    return SearchAnswer(int(count[:9]), tuple(pmids), _read_warnings(result))


def parse_existing(answer: Answer, pmids: list[str]) -> set[str]:
    """Those of *pmids* that ESummary knows. Raises ``MalformedAnswerError`` if it does not speak of every one of them."""
    result = _parse_object(answer).get("result")
    if not isinstance(result, dict):
        raise MalformedAnswerError(SOURCE, answer.url, "no summaries")
    known = {pmid for pmid in pmids if isinstance(result.get(pmid), dict) and "error" not in result[pmid]}
    if not isinstance(result.get("uids"), list):
        raise MalformedAnswerError(SOURCE, answer.url, "summaries without their list")
    return known


def find_json_error(answer: Answer) -> str:
    """The words of an error in JSON; empty if *answer* is none."""
    try:
        parsed = json.loads(answer.body, strict=False)
    except (ValueError, RecursionError):
        return ""
    words = parsed.get("error", "") if isinstance(parsed, dict) else ""
    return hide_internals(words) if isinstance(words, str) else ""


def refuse_refusals(answer: Answer) -> None:
    """Raise ``TransientError`` for a refusal that arrived as a success: the limiter's JSON, or an HTML page."""
    start = answer.body.lstrip()[:200].lower()
    if start.startswith(b'{"error"') and b"rate limit" in start:
        raise TransientError(FaultKind.THROTTLED, "says its rate limit is exceeded")
    if "html" in answer.content_type or start.startswith((b"<!doctype html", b"<html")) or b"<!doctype html" in start:
        raise TransientError(FaultKind.BROKEN, "answers with a web page in place of data")


def hide_internals(words: str) -> str:
    """*words* of the service, shortened; exception dumps are kept from the reader."""
    return "an internal error" if "C++" in words else " ".join(words.split())[:200]


def _parse_object(answer: Answer) -> Mapping[str, Any]:
    try:
        parsed = json.loads(answer.body, strict=False)  # errors may hold a raw line break
    except (ValueError, RecursionError) as error:
        raise MalformedAnswerError(SOURCE, answer.url, "not JSON") from error
    if not isinstance(parsed, dict):
        raise MalformedAnswerError(SOURCE, answer.url, "JSON of another shape")
    return parsed


def _read_warnings(result: Mapping[str, Any]) -> tuple[str, ...]:
    """One sentence a warning; those that merely repeat the count are left out."""
    found = []
    for group, names in _IGNORED.items():
        lists = result.get(group)
        if not isinstance(lists, dict):
            continue
        for name in names:
            said = lists.get(name)
            words = [str(one) for one in said if _is_news(str(one))] if isinstance(said, list) else []
            if words:
                found.append(f"PubMed reports {name}: {', '.join(words)[:300]}; correct the search in queries.yaml")
    return tuple(found)


def _is_news(words: str) -> bool:
    return not any(known in words.lower() for known in (_NO_ITEMS, _CLAMPED))
