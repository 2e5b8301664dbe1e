"""What RFC 4287 demands of a feed, its grammar and what no grammar can say: an empty answer means that it is valid Atom."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import defusedxml.ElementTree as ET  # noqa: N817  (the name everybody knows it by)
from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
ONCE_IN_FEED = {"id": True, "title": True, "updated": True, "subtitle": False, "generator": False, "icon": False, "logo": False}
ONCE_IN_ENTRY = {"id": True, "title": True, "updated": True, "published": False, "summary": False, "content": False, "source": False}
TEXTS = {"title", "subtitle", "summary", "content", "rights"}
TEXT_TYPES = {"text", "html", "xhtml"}
# RFC 3339 with capital T and Z, as 4287, 3.3 asks.
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-F]{2})*")  # RFC 4151, 2.1
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(;.*)?")


GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).parent / "fixtures" / "atom.rng"))


def find_violations(document: bytes) -> list[str]:
    """Every demand that *document* does not meet, one sentence each."""
    try:
        root = ET.fromstring(document, forbid_dtd=True)
    except ET.ParseError as error:
        return [f"not well-formed: {error}"]
    if root.tag != f"{ATOM}feed":
        return [f"the root is {root.tag}"]
    entries = root.findall(f"{ATOM}entry")
    found = [*_feed(root), *(fault for entry in entries for fault in _entry(entry, bool(root.findall(f"{ATOM}author"))))]
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if not GRAMMAR.validate(etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))):
        found += [f"line {fault.line}: {fault.message}" for fault in GRAMMAR.error_log]
    # 4.1.1: entries of one id are allowed only as versions of one another; readers show them twice.
    return [*found, *(f"the id {one} stands twice" for one in {one for one in ids if ids.count(one) > 1})]


def _feed(feed: Any) -> Iterator[str]:
    yield from _once(feed, ONCE_IN_FEED)
    if not feed.findall(f"{ATOM}author") and any(not entry.findall(f"{ATOM}author") for entry in feed.findall(f"{ATOM}entry")):
        yield "neither the feed nor every entry has an author (4.1.1)"
    yield from _parts(feed)


def _entry(entry: Any, feed_has_author: bool) -> Iterator[str]:
    yield from _once(entry, ONCE_IN_ENTRY)
    links = [link for link in entry.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
    if not links and entry.find(f"{ATOM}content") is None:
        yield "an entry without content has no alternate link (4.1.2)"
    if len({(link.get("type"), link.get("hreflang")) for link in links}) < len(links):
        yield "two alternate links of one type and language (4.1.2)"
    if not feed_has_author and not entry.findall(f"{ATOM}author"):
        yield "an entry without author in a feed without one (4.1.2)"
    yield from _parts(entry)


def _once(element: Any, counts: dict[str, bool]) -> Iterator[str]:
    for name, is_needed in counts.items():
        count = len(element.findall(f"{ATOM}{name}"))
        if count > 1 or (is_needed and not count):
            yield f"{name} stands {count} times"


def _parts(element: Any) -> Iterator[str]:
    """The checks of each child by its kind."""
    checks: dict[str, Callable[[Any], Iterator[str]]] = {
        "id": _id,
        "updated": _date,
        "published": _date,
        "author": _person,
        "contributor": _person,
        "link": _link,
        "category": _category,
    } | dict.fromkeys(TEXTS, _text)
    for child in element:
        name = child.tag.removeprefix(ATOM)
        if name.startswith("{") or (name != "entry" and name not in {*checks, "generator", "icon", "logo", "source"}):
            yield f"unknown element {child.tag}"
        yield from checks.get(name, lambda _: iter(()))(child)


def _id(element: Any) -> Iterator[str]:
    text = element.text or ""
    if not urlsplit(text).scheme or re.search(r"[\s<>\"{}|\\^`]", text):
        yield f"id {text!r} is not an absolute IRI (4.2.6)"
    if text.startswith("tag:") and not TAG.fullmatch(text):
        yield f"id {text!r} is not a tag URI (RFC 4151)"


def _date(element: Any) -> Iterator[str]:
    text = element.text or ""
    if not DATE.fullmatch(text):
        yield f"{element.tag} {text!r} is not an RFC 3339 instant (3.3)"
        return
    datetime.fromisoformat(text)


def _person(element: Any) -> Iterator[str]:
    names = element.findall(f"{ATOM}name")
    if len(names) != 1 or not (names[0].text or "").strip():
        yield "a person without exactly one name (3.2.1)"


def _link(element: Any) -> Iterator[str]:
    if not urlsplit(element.get("href", "")).scheme:
        yield f"link to {element.get('href')!r} (4.2.7.1)"
    if element.get("type") and not MEDIA_TYPE.fullmatch(element.get("type")):
        yield f"link type {element.get('type')!r} (4.2.7.3)"


def _category(element: Any) -> Iterator[str]:
    if not element.get("term"):
        yield "a category without a term (4.2.2.1)"
    if element.get("scheme") and not urlsplit(element.get("scheme")).scheme:
        yield f"category scheme {element.get('scheme')!r} is no IRI (4.2.2.2)"


def _text(element: Any) -> Iterator[str]:
    kind = element.get("type", "text")
    if kind not in TEXT_TYPES and not (element.tag == f"{ATOM}content" and MEDIA_TYPE.fullmatch(kind)):
        yield f"text of type {kind!r} (3.1.1)"
    if kind in ("text", "html") and len(element):
        yield f"{element.tag} of type {kind} has child elements (3.1.1)"
