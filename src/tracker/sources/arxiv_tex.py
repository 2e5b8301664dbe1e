"""TeX accents as Unicode: OAI-PMH gives names and titles as they were typed, the API gives them decoded. Pure.

Only what stands for letters is decoded; mathematics and other commands stay as they are.
"""

from __future__ import annotations

import re
import unicodedata

_COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ",
}  # fmt: skip
_ACCENT = re.compile(r"""\\(?:([`'^~"=.])\s*|([uvHckrd])(?:\s+|(?=\{)))(?:\{\s*(\\?[A-Za-z])\s*\}|(\\?[A-Za-z]))""")  # \"o  \c{C}  \'{\i}
_LETTER = re.compile(r"\\(ss|ae|AE|oe|OE|aa|AA|[oOlLij])(?![A-Za-z])(?:\{\}|\s*)")  # \o  \ss{}   no: \omega
_BRACED = re.compile(r"\{(\w)\}")  # what is left around a decoded letter: {ö}


def decode_accents(text: str) -> str:
    r"""*text* with its TeX accents and letters decoded.

    >>> decode_accents(r"Mustafa \c{C}elik and J\"{o}rg {\O}stergaard")
    'Mustafa Çelik and Jörg Østergaard'
    """
    if "\\" not in text:
        return text
    return _BRACED.sub(r"\1", _LETTER.sub(lambda found: _LETTERS[found[1]], _ACCENT.sub(_compose, text)))


def _compose(found: re.Match[str]) -> str:
    letter = (found[3] or found[4]).removeprefix("\\")  # \i and \j lose their dot only to make room for the accent
    return unicodedata.normalize("NFC", letter + _COMBINING[found[1] or found[2]])
