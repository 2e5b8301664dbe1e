"""Text folded for comparison: markup, accents, case and spelling habits gone. Never shown, never stored as a record's text.

arXiv titles and names carry TeX, PubMed's carry HTML and Greek letters, publishers write British or American.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

_MARKUP = re.compile(r"[<&\\{}$]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,40}>")  # yes: <i>, </sup>   no: a < b
_TEX_ACCENT = re.compile(r"\\(?:[`'^\"~=.](?=\s*[{a-zA-Z\\])|[uvHcdbtkr](?=[{\s]))\s*")  # yes: \"{u}, \'e, \c{c}   no: \beta
_TEX_COMMAND = re.compile(r"\\([a-zA-Z]+)(\s*)")  # yes: \alpha, \textit   no: \"
_STYLES = frozenset(
    ("emph", "em", "it", "bf", "sc", "rm", "tt", "text", "textit", "textbf", "textsc", "textsf", "texttt", "textrm", "mathrm")
)
_GREEK = re.compile("[α-ω]")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "’": "'", "‘": "'", "‐": "-", "‒": "-", "−": "-"}
)
_BRITISH = (
    (re.compile(r"is(e|ed|es|er|ers|ing|ation|ations)$"), r"iz\1"),  # yes: organisation   no: this
    (re.compile(r"(?<=[a-z]{3})our(s|al|ed|ing)?$"), r"or\1"),  # yes: behaviour, behavioural   no: four, hour
    (re.compile(r"^(p|an|h|gyn|orthop)ae"), r"\1e"),  # yes: paediatric, anaesthesia   no: aesthetic
    (re.compile(r"l(led|ling|lor|lors)$"), r"\1"),  # yes: counselling   no: telling is harmless: both sides are folded
    (re.compile(r"^(cent|theat)re(s?)$"), r"\1er\2"),
    (re.compile(r"^programmes?$"), "program"),
)
_MAYBE_BRITISH = re.compile("is(?:e|ing|ation)|our|ae|ll(?:ed|ing|or)|tre|programme")  # what each of the above needs


def fold(text: str) -> str:
    """*text* in lower case, without markup, TeX and accents; punctuation stays.

    >>> fold('The $\\\\beta$-Effect of <i>Na\\\\"{i}ve</i> Müller')
    'the beta-effect of naive muller'
    """
    if text.isascii() and not _MARKUP.search(text):  # nine of ten texts
        return " ".join(text.lower().split())
    plain = _TAG.sub(" ", html.unescape(text))
    plain = _TEX_ACCENT.sub("", plain)
    plain = _TEX_COMMAND.sub(lambda found: " " if found[1] in _STYLES else found[1] + found[2], plain)
    decomposed = unicodedata.normalize("NFKD", re.sub(r"[{}$]", "", plain)).casefold()
    letters = "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_LETTERS)
    return " ".join(_GREEK.sub(lambda found: _greek_name(found[0]), letters).split())


def _greek_name(letter: str) -> str:
    """The name as TeX writes it; Unicode's own for λ is LAMDA."""
    return unicodedata.name(letter).split()[3].lower().replace("lamda", "lambda")


@lru_cache(maxsize=100_000)  # texts share their words
def to_american(word: str) -> str:
    """A folded word in one spelling.

    >>> [to_american(word) for word in ("behaviour", "organisation", "counselling", "paediatric", "detection")]
    ['behavior', 'organization', 'counseling', 'pediatric', 'detection']
    """
    if _MAYBE_BRITISH.search(word):  # one word of fifty
        for pattern, american in _BRITISH:
            word = pattern.sub(american, word)
    return word
