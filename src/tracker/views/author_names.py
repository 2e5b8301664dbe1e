"""Authors' names split the way reference managers want them: family, given, suffix.

Sources give "Given Family". The last word is taken for the family name, with lower-case particles before it (van, de la) and
without a suffix (Jr). Limits: a family name of two capitalised words ("García Márquez") cannot be told from a middle name; groups
are recognised by words such as *Consortium* and kept whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_GROUP = re.compile(
    r"\b(?:and|association|center|centre|collaborat\w+|committee|consortium|council|department|foundation|group|initiative|institute|"
    r"investigators|network|organi[sz]ation|project|society|study|team|university|workgroup)\b",
    re.IGNORECASE,
)  # yes: EPPIC Consortium, Research and Care Group   no: Ada Anderson
_SUFFIX = re.compile(r"(?:jr|sr)\.?|ii|iii|iv", re.IGNORECASE)  # yes: Jr., III   no: Ivy


@dataclass(frozen=True, slots=True)
class AuthorName:
    """One author. A group has its whole name in ``family`` and ``is_group`` set; ``given`` and ``suffix`` may be empty."""

    family: str
    given: str = ""
    suffix: str = ""
    is_group: bool = False

    @property
    def initials(self) -> str:
        """The given names as initials: ``Ada Jean-Luc`` → ``A. J.-L.``"""
        return " ".join("-".join(f"{part[0].upper()}." for part in word.split("-") if part) for word in self.given.split())


def split_name(name: str) -> AuthorName:
    """The parts of a name as a source writes it.

    >>> split_name("Ludwig van Example Jr")
    AuthorName(family='van Example', given='Ludwig', suffix='Jr', is_group=False)
    >>> split_name("Example Trial Group").family
    'Example Trial Group'
    """
    words = name.split()
    if _GROUP.search(name) or not words:
        return AuthorName(" ".join(words), is_group=True)
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    start = len(words) - 1
    while start > 1 and words[start - 1].islower():
        start -= 1
    return AuthorName(" ".join(words[start:]), " ".join(words[:start]), suffix)
