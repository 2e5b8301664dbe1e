"""The words of a text as the search index knows them: cut, folded and stemmed by SQLite's own FTS5 tokeniser, for any engine.

Two engines give the same answers only if they search the same tokens. Tables of Unicode and stemmers differ from program to
program, so there is one tokeniser here, FTS5's (``porter unicode61 remove_diacritics 2``, sqlite.org/fts5.html section 4.3);
an engine without it asks this module. Cutting at ASCII signs happens here, where FTS5 cuts too, so that each distinct word is
asked for once.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing

TOKENIZER = "porter unicode61 remove_diacritics 2"
# The search box takes 200 code points, so no question can tell tokens apart that agree in their first 255.
MAX_TOKEN = 255
_CHUNK = re.compile("[0-9A-Za-z\x80-\U0010ffff]+")  # yes: naïve, “quoted”, 抑郁症   no: e-mail (two chunks)
_REMEMBERED = 200_000  # distinct chunks, about 30 MB; a million abstracts hold a few hundred thousand
_SHORT = 64  # code points; longer chunks are rarely words and never come again

_known: dict[str, tuple[str, ...]] = {}


def tokenize(texts: Sequence[str | None]) -> list[list[str]]:
    """The tokens of each text in their order; of ``None``, none.

    >>> tokenize(["Naïve models, fine-tuned", None])
    [['naiv', 'model', 'fine', 'tune'], []]
    """
    cut = [_CHUNK.findall(text) if text else [] for text in texts]
    found = _look_up({chunk for chunks in cut for chunk in chunks})
    return [[token for chunk in chunks for token in found[chunk]] for chunks in cut]


def _look_up(chunks: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The tokens of each chunk, from memory or from FTS5."""
    found = {chunk: _known.get(chunk) for chunk in chunks}
    asked = _ask([chunk for chunk, tokens in found.items() if tokens is None])
    if len(_known) + len(asked) > _REMEMBERED:
        _known.clear()
    _known.update({chunk: tokens for chunk, tokens in asked.items() if len(chunk) <= _SHORT})
    return {chunk: asked[chunk] if tokens is None else tokens for chunk, tokens in found.items()}


def _ask(chunks: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What FTS5 makes of each chunk, from a table in memory that lives as long as the question."""
    if not chunks:
        return {}
    found: list[list[str]] = [[] for _ in chunks]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE VIRTUAL TABLE chunk USING fts5(text, content='', tokenize='{TOKENIZER}')")
        connection.execute("CREATE VIRTUAL TABLE token USING fts5vocab(chunk, 'instance')")
        connection.executemany("INSERT INTO chunk (rowid, text) VALUES (?, ?)", enumerate(chunks))
        for number, token in connection.execute("SELECT doc, term FROM token ORDER BY doc, offset"):
            found[number].append(token[:MAX_TOKEN])
    return dict(zip(chunks, map(tuple, found), strict=True))
