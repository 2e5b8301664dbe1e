"""PubMed's dates at the precision they have. Pure.

Authority: DTD pubmed_250101, elements ``PubDate`` (Year/Month/Day, Season or free ``MedlineDate``) and ``ArticleDate``.
A season and a span over months are known to the year only, a span within a month to the month: nothing is invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from tracker.domain.dates import PartialDate

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = re.compile(r"\b(1[5-9]\d\d|2[01]\d\d)\b")
_MONTH_NAME = re.compile(r"\b(" + "|".join(_MONTHS) + r")[a-z]*\b", re.IGNORECASE)
_ONE_DAY = re.compile(r"[A-Za-z]+\.?\s+(\d{1,2})")  # yes: "Nov 15"   no: "Nov 15-30"


def find_publication_date(article_dates: Iterable[Element], issue_date: Element | None) -> PartialDate | None:
    """When a paper appeared: its earliest electronic date, else the date of its issue; ``None`` if neither can be read."""
    electronic = [found for element in article_dates if (found := read_date(element))]
    if electronic:
        return min(electronic, key=lambda found: (found.first_day(), -len(found.text)))
    return read_date(issue_date) if issue_date is not None else None


def read_date(element: Element) -> PartialDate | None:
    """The date in an element with Year, Month and Day, or with MedlineDate; ``None`` if it has no year."""
    free = (element.findtext("MedlineDate") or "").strip()
    if free:
        return parse_medline_date(free)
    return _build(element.findtext("Year"), _month_number(element.findtext("Month")), element.findtext("Day"))


def parse_medline_date(text: str) -> PartialDate | None:
    """What free text such as ``2023 Nov-Dec`` surely says.

    >>> str(parse_medline_date("2023 Nov-Dec")), str(parse_medline_date("2023 Nov 15-30"))
    ('2023', '2023-11')
    """
    years = set(_YEAR.findall(text))
    if not years:
        return None
    months = {_month_number(name) for name in _MONTH_NAME.findall(text)}
    if len(years) > 1 or len(months) != 1:
        return PartialDate(min(years))
    rest = text.replace(min(years), " ").strip()
    day = _ONE_DAY.fullmatch(rest)
    return _build(min(years), months.pop(), day[1] if day else None)


def read_instant(element: Element | None) -> datetime | None:
    """Midnight UTC of the day in an element that always has all three parts (``DateRevised``); ``None`` otherwise."""
    found = read_date(element) if element is not None else None
    if found is None or found.precision != "day":
        return None
    return datetime.combine(found.first_day(), datetime.min.time(), UTC)


def _month_number(text: str | None) -> int | None:
    """1 to 12 from ``11``, ``Nov`` or ``November``; ``None`` otherwise."""
    value = (text or "").strip().lower()
    if value.isascii() and value.isdecimal():
        return int(value[:3]) if 1 <= int(value[:3]) <= 12 else None
    return _MONTHS.index(value[:3]) + 1 if value[:3] in _MONTHS else None


def _build(year: str | None, month: int | None, day: str | None) -> PartialDate | None:
    """The date with as many of its parts as make sense together."""
    year, day = (year or "").strip(), (day or "").strip()
    if not _YEAR.fullmatch(year):
        return None
    if month is None:
        return PartialDate(year)
    if day.isascii() and day.isdecimal():
        try:
            return PartialDate.parse(f"{year}-{month:02}-{int(day[:3]):02}")
        except ValueError:
            pass  # 31 June: the month is still right
    return PartialDate(f"{year}-{month:02}")
