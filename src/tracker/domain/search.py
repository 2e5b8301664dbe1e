"""The query language of the search box: what a person types, as a tree that any engine can answer.

Words stand side by side and all must occur (AND). ``AND``, ``OR`` and ``NOT`` are operators in capitals only; ``-word`` is
``NOT word``; NOT binds strongest, OR weakest; parentheses group; "quoted words" must stand together; ``depress*`` means any
word that begins so. A word that is punctuation through and through is passed over, as if it were not there. ``NOT`` is the
complement: ``NOT x`` alone finds every record without x.

Pure. How a tree becomes SQL is the store's business (:mod:`tracker.store.fts5`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from tracker.errors import SearchSyntaxError

MAX_LENGTH = 200  # code points; what the search box takes
MAX_DEPTH = 20  # parentheses inside one another; engines keep a stack of about 100 for their own parser
_OPEN_QUOTES = '"“„«'
_CLOSE_QUOTES = '"”“»'
_OPERATORS = ("AND", "OR", "NOT")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand side by side in one field; never empty. ``is_prefix``: the last of them is only a beginning."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class And:
    """Every part matches; two parts or more."""

    parts: tuple[SearchNode, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part matches; two parts or more."""

    parts: tuple[SearchNode, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not match."""

    part: SearchNode


SearchNode = Term | And | Or | Not


def parse_search(text: str) -> SearchNode | None:
    """The tree of *text*; ``None`` if it holds no word at all.

    Raises :class:`~tracker.errors.SearchSyntaxError`, and nothing else, with the place of what cannot be read.

    >>> parse_search("depress* -children")
    And(parts=(Term(words=('depress',), is_prefix=True), Not(part=Term(words=('children',), is_prefix=False))))
    >>> parse_search(" ... ") is None
    True
    """
    if len(text) > MAX_LENGTH:
        message = f"The search has {len(text)} characters; at most {MAX_LENGTH} are read, please shorten it."
        raise SearchSyntaxError(message, start=MAX_LENGTH, end=len(text))
    return _Parser(list(_tokens(text))).parse()


def split_words(text: str) -> tuple[str, ...]:
    """The words in *text*: runs of letters and digits, with their accents; everything else parts them.

    >>> split_words("fine-tuned GPT-4o, naïve?")
    ('fine', 'tuned', 'GPT', '4o', 'naïve')
    """
    runs = "".join(char if unicodedata.category(char)[0] in "LNM" else " " for char in text).split()
    return tuple(run for run in runs if any(unicodedata.category(char)[0] in "LN" for char in run))


# What English words end in. A beginning that reaches into an ending ("depressi") is shorter than no stem, so an index of
# stems ("depress") would not know it; see prefix_completions.
_ENDINGS = split_words(
    "able ably al alism ality ally ance ances ant ants ate ated ates ating ation ational ations ative atively ator ators ed ence ences ent "
    "ents er ers es ful fulness ible ibly ic ical ically icity ied ier ies ing ingly ings ion ions ism isms ist ists ities ity ive ively "
    "iveness ivity ization izations ize ized izer izes izing less ly ment mental mentally ments ness ous ously ousness tion tional tions"
)


def prefix_completions(prefix: str) -> tuple[str, ...]:
    """Whole words that *prefix* may be the beginning of, for an index that knows stems only; sorted, often empty.

    A stemming index keeps "depress" for "depression", which does not begin with "depressi". The completions have the same
    stem as the words looked for, so asking for the prefix or any of them finds what a person expects.

    >>> "depression" in prefix_completions("depressi")
    True
    """
    found = set()
    for size in range(1, min(8, len(prefix) - 2)):
        head, tail = prefix[:-size], prefix[-size:].lower()
        found |= {head + ending for ending in _ENDINGS if ending.startswith(tail) and ending != tail}
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # "term", "(", ")", "-", or an operator
    start: int
    end: int
    words: tuple[str, ...] = ()
    is_prefix: bool = False


def _tokens(text: str) -> Iterator[_Token]:
    """The tokens of *text* from left to right. Raises for a quotation mark without its fellow."""
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
            continue
        if char in "()":
            token = _Token(char, at, at + 1)
        elif char == "-":
            token = _dash(text, at)
        elif char in _OPEN_QUOTES:
            token = _quoted(text, at)
        else:
            token = _bare(text, at)
        yield token
        at = token.end


def _dash(text: str, start: int) -> _Token:
    """The hyphens at *start*: a NOT if a word, a phrase or a group follows at once, else punctuation."""
    end = start
    while text[end : end + 1] == "-":
        end += 1
    follows = text[end : end + 1]
    negates = bool(follows) and not follows.isspace() and follows != ")"
    return _Token("-" if negates else "term", start, end)


def _quoted(text: str, start: int) -> _Token:
    end = next((at for at in range(start + 1, len(text)) if text[at] in _CLOSE_QUOTES), None)
    if end is None:
        raise SearchSyntaxError("A quotation mark is opened here and never closed; close it or remove it.", start=start, end=len(text))
    is_prefix = text[end + 1 : end + 2] == "*"
    return _Token("term", start, end + 1 + is_prefix, split_words(text[start + 1 : end]), is_prefix)


def _bare(text: str, start: int) -> _Token:
    end = start
    while end < len(text) and not text[end].isspace() and text[end] not in "()" + _OPEN_QUOTES:
        end += 1
    word = text[start:end]
    if word in _OPERATORS:
        return _Token(word, start, end)
    return _Token("term", start, end, split_words(word), word.endswith("*"))


class _Parser:
    """Recursive descent; one method a level of precedence. A level gives ``None`` where only punctuation stands."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._at, self._depth = tokens, 0, 0

    def parse(self) -> SearchNode | None:
        if not self._tokens:
            return None
        node = self._either()
        if stray := self._peek():  # only a ")" can be left over
            raise _never_opened(stray)
        return node

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, *kinds: str) -> _Token | None:
        token = self._peek()
        if token is None or token.kind not in kinds:
            return None
        self._at += 1
        return token

    def _either(self) -> SearchNode | None:
        parts = [self._all()]
        while self._take("OR"):
            parts.append(self._all())
        return _joined(Or, parts)

    def _all(self) -> SearchNode | None:
        parts = [self._one()]
        while (token := self._peek()) and token.kind not in ("OR", ")"):
            self._take("AND")
            parts.append(self._one())
        return _joined(And, parts)

    def _one(self) -> SearchNode | None:
        negations = 0
        while self._take("NOT", "-"):
            negations += 1
        node = self._group() if self._take("(") else self._term()
        return Not(node) if node and negations % 2 else node

    def _group(self) -> SearchNode | None:
        opening = self._tokens[self._at - 1]
        self._depth += 1
        if self._depth > MAX_DEPTH:
            message = f"More than {MAX_DEPTH} parentheses stand inside one another; please simplify the search."
            raise SearchSyntaxError(message, start=opening.start, end=opening.end)
        if closing := self._take(")"):
            raise SearchSyntaxError("Nothing stands between these parentheses.", start=opening.start, end=closing.end)
        node = self._either()
        if not self._take(")"):
            raise _never_closed(opening)
        self._depth -= 1
        return node

    def _term(self) -> SearchNode | None:
        if token := self._take("term"):
            return Term(token.words, token.is_prefix) if token.words else None
        raise self._missing_word()

    def _missing_word(self) -> SearchSyntaxError:
        """What to say where a word should stand and does not."""
        token = self._peek()
        if token and token.kind != ")":
            message = f"A word is missing before {token.kind}; write one there, or put {token.kind} in quotes to search for it."
            return SearchSyntaxError(message, start=token.start, end=token.end)
        before = self._tokens[self._at - 1] if self._at else None
        if before is None:
            return _never_opened(self._tokens[0])
        if before.kind == "(":
            return _never_closed(before)
        message = f"Nothing stands after {before.kind}; write a word there, or put {before.kind} in quotes to search for it."
        return SearchSyntaxError(message, start=before.start, end=before.end)


def _never_opened(token: _Token) -> SearchSyntaxError:
    return SearchSyntaxError("This parenthesis was never opened; remove it or open one before.", start=token.start, end=token.end)


def _never_closed(token: _Token) -> SearchSyntaxError:
    return SearchSyntaxError("This parenthesis is never closed; close it or remove it.", start=token.start, end=token.end)


def _joined(join: type[And | Or], parts: list[SearchNode | None]) -> SearchNode | None:
    """The parts under one node, flattened; a single part alone; ``None`` if all were punctuation."""
    kept: list[SearchNode] = []
    for part in parts:
        if isinstance(part, join):
            kept += part.parts
        elif part is not None:
            kept.append(part)
    return kept[0] if len(kept) == 1 else join(tuple(kept)) if kept else None
