"""The pattern language of the taxonomy: one line of words, read into operands and relations.

The language is described on one page in ``docs/taxonomy_language.md``. In short: words in order, ``word*`` for any ending,
``(a|b)`` for alternatives, ``(a)?`` for what may be missing, ``A NEAR/n B``, ``A PRE/n B``, ``A SENT B``, ``A UNLESS B``,
and before a pattern ``TITLE:``, ``CASE:`` or ``TYPE:``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

MAX_VARIANTS = 600  # spellings one operand may unfold into; beyond it, the operand should be split

_OPERATOR = re.compile(r"\s(NEAR/\d+|PRE/\d+|SENT|UNLESS)\s")  # yes " NEAR/4 ", no "NEAR/", "sent"
_FLAG = re.compile(r"\s*(TITLE|CASE|TYPE):\s*")
_TOKEN = re.compile(r"\s*(?:(?P<open>\()|(?P<close>\)\??)|(?P<bar>\|)|(?P<word>[^\s()|?]+))")
_WORD = re.compile(r"[\w'.+&-]+\*?\Z")  # yes "self-harm*", "c.ai", no "ab*c", "[x]"
# American spelling in the pattern also matches British text: (American, British). The -ize family has its own rule below.
_BRITISH = (
    ("behavior", "behaviour"), ("counsel", "counsell"), ("center", "centre"), ("color", "colour"), ("labeled", "labelled"),
    ("labeling", "labelling"), ("modeling", "modelling"), ("judgment", "judgement"), ("pediatric", "paediatric"),
    ("program", "programme"), ("practice", "practise"), ("skeptic", "sceptic"),
)  # fmt: skip
_IZE_FAMILY = re.compile(r"(?<=[a-z]{2})(iz|yz)(?=e|ed|es|er|ing|ation|\*|$)")  # yes "stigmatiz*", no "size" (too short a stem)


_HYPHEN_AT_GROUP = re.compile(r"(?<=\))-|-(?=\()")  # yes "(a|b)-c", no "self-harm"
_NAME = re.compile(r"\{(\w*)\}")  # yes "{model}", no "{two words}"
_JOINER = re.compile(r"['+&_]")  # signs that folding turns into a space; yes "q&a", no "character.ai"


class PatternError(ValueError):
    """A pattern that does not follow the language; the message says what is wrong, the caller adds the place."""


class Literal(NamedTuple):
    """Words to find, separated by single spaces; ``is_prefix`` if the last may go on, ``is_cased`` if capitals count."""

    text: str
    is_prefix: bool
    is_cased: bool


Segment = tuple[Literal, ...]  # alternatives of one stretch of words
Chain = tuple[Segment, ...]  # stretches that follow each other directly


@dataclass(frozen=True, slots=True)
class Operand:
    """What one side of a relation matches: any of its chains."""

    chains: tuple[Chain, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """How the next operand stands to what was matched before: ``kind`` NEAR, PRE, SENT or UNLESS; ``words`` between at most."""

    kind: str
    words: int
    operand: Operand


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of the taxonomy. ``types`` is filled for ``TYPE:`` patterns only, and then nothing else is."""

    source: str
    first: Operand | None = None
    relations: tuple[Relation, ...] = ()
    in_title: bool = False
    types: frozenset[str] = frozenset()


def parse_pattern(source: str, words: Mapping[str, str] | None = None) -> Pattern:
    """The pattern that *source* spells; *words* says what ``{name}`` stands for. Raises ``PatternError`` in one sentence.

    >>> parse_pattern("(stigma*|prejudice) SENT model*").relations[0].kind
    'SENT'
    """
    text, flags = expand_names(source, words or {}), set()
    while flag := _FLAG.match(text):
        flags.add(flag[1])
        text = text[flag.end() :]
    if "TYPE" in flags:
        return _type_pattern(source, text)
    pieces = _OPERATOR.split(f" {text} ")
    operands = [_parse_operand(piece, is_cased="CASE" in flags) for piece in pieces[::2]]
    relations = tuple(Relation(*_operator(operator), operand) for operator, operand in zip(pieces[1::2], operands[1:], strict=True))
    return Pattern(source, operands[0], relations, "TITLE" in flags)


def expand_names(text: str, words: Mapping[str, str]) -> str:
    """*text* with each ``{name}`` replaced by what *words* says. Raises ``PatternError`` for a name nobody defined.

    >>> expand_names("{model} hallucinat*", {"model": "(LLM*|chatbot*)"})
    '(LLM*|chatbot*) hallucinat*'
    """
    for name in _NAME.findall(text):
        if name not in words:
            raise PatternError(f"{{{name}}} is not among the words defined at the top of the file")
    return _NAME.sub(lambda found: words[found[1]], text)


def _type_pattern(source: str, text: str) -> Pattern:
    names = frozenset(name.strip().casefold() for name in text.strip().strip("()").split("|"))
    if "" in names:
        raise PatternError("TYPE: needs the name of a publication type after it")
    return Pattern(source, types=names)


def _operator(text: str) -> tuple[str, int]:
    kind, _, words = text.partition("/")
    return kind, int(words or 0)


class _Reader:
    """Reads one operand into elements: an element is a word, or a list of alternatives, each a list of elements."""

    def __init__(self, text: str) -> None:
        self._tokens = self._tokenize(text)
        self._next = 0

    @staticmethod
    def _tokenize(text: str) -> list[str]:
        tokens, place = [], 0
        text = text.strip()
        while place < len(text):
            token = _TOKEN.match(text, place)
            if token is None:
                raise PatternError(f"{text[place:]!r} cannot be read")
            tokens.append(token[0].strip())
            place = token.end()
        return tokens

    def read(self) -> list[object]:
        """All elements. Raises ``PatternError`` on an unbalanced parenthesis."""
        elements = self._sequence()
        if self._next < len(self._tokens):
            raise PatternError(f"{self._tokens[self._next]!r} without an opening parenthesis before it")
        return elements

    def _sequence(self) -> list[object]:
        elements: list[object] = []
        while self._next < len(self._tokens) and self._tokens[self._next] not in ("|", ")", ")?"):
            piece = self._tokens[self._next]
            self._next += 1
            elements.append(self._group() if piece == "(" else self._word(piece))
        return elements

    def _group(self) -> list[list[object]]:
        choices = [self._sequence()]
        while self._next < len(self._tokens) and self._tokens[self._next] == "|":
            self._next += 1
            choices.append(self._sequence())
        if self._next == len(self._tokens):
            raise PatternError("a parenthesis is not closed")
        if not all(choices):
            raise PatternError("an empty alternative; write (a)? for what may be missing")
        if self._tokens[self._next] == ")?":
            choices.append([])
        self._next += 1
        return choices

    @staticmethod
    def _word(token: str) -> str:
        if not _WORD.match(token) or token.strip("*-.'&+") == "":
            raise PatternError(f"{token!r} is not a word (letters, digits, - ' . + &, and * at the end)")
        return token


def _parse_operand(text: str, *, is_cased: bool) -> Operand:
    elements = _Reader(_HYPHEN_AT_GROUP.sub(" ", text)).read()
    if not elements:
        raise PatternError("an operand is empty")
    chains = tuple(_chain(words, is_cased=is_cased) for words in _flatten(elements))
    if sum(len(segment) for chain in chains for segment in chain) > MAX_VARIANTS:
        raise PatternError(f"it unfolds into more than {MAX_VARIANTS} variants; split it")
    return Operand(chains)


_Slot = tuple[tuple[str, ...], ...]  # alternatives of one place, each one or more words


def _flatten(elements: list[object]) -> Iterator[list[_Slot]]:
    """Sequences of slots without inner choices of different shape: optional and nested parts are spelled out."""
    options = [list(_options(element)) for element in elements]
    for combination in itertools.product(*options):
        slots = [slot for part in combination for slot in part]
        if not slots:
            raise PatternError("everything in it may be missing")
        yield slots


def _options(element: object) -> Iterator[list[_Slot]]:
    if isinstance(element, str):
        yield [((element,),)]
        return
    assert isinstance(element, list)
    simple = [tuple(choice) for choice in element if choice and all(isinstance(word, str) for word in choice)]
    plain = tuple(choice for choice in simple if not any(word.endswith("*") for word in choice[:-1]))
    if plain:
        yield [plain]
    for choice in element:
        if tuple(choice) not in plain:
            yield from (_flatten(choice) if choice else iter([[]]))


def _chain(slots: list[_Slot], *, is_cased: bool) -> Chain:
    """*slots* merged into as few segments as possible: a word with any ending closes its segment."""
    segments: list[list[tuple[str, ...]]] = [[()]]
    for slot in slots:
        current = segments[-1]
        is_open = all(not words or not words[-1].endswith("*") for words in current)
        if is_open and len(current) * len(slot) <= 64:
            segments[-1] = [before + after for before in current for after in slot]
        else:
            segments.append(list(slot))
    return tuple(_segment(words, is_cased=is_cased) for words in segments)


def _segment(alternatives: list[tuple[str, ...]], *, is_cased: bool) -> Segment:
    literals: dict[Literal, None] = {}
    for words in alternatives:
        spellings = itertools.product(*(_spellings(word.removesuffix("*"), is_cased=is_cased) for word in words))
        for spelling in spellings:
            literals[Literal(" ".join(spelling).rstrip(), words[-1].endswith("*"), is_cased)] = None
    return tuple(literals)


@lru_cache(maxsize=10_000)  # patterns share their words
def _spellings(word: str, *, is_cased: bool) -> tuple[str, ...]:
    """How *word* may be written: hyphen as hyphen, space or nothing, British for American endings.

    >>> _spellings("self-harm", is_cased=False)
    ('self harm', 'selfharm')
    """
    word = word if is_cased else word.lower()
    word = _JOINER.sub(" ", word).strip()
    if word.endswith("-"):  # "low- and middle-income": the hyphen's own space follows
        return f"{word[:-1]} ", word[:-1]
    written = [word.replace("-", " ").strip(), word.replace("-", "")] if "-" in word.strip("-") else [word.strip("-")]
    if not is_cased:
        written += [british for one in written for british in _british(one)]
    return tuple(dict.fromkeys(written))


def _british(word: str) -> Iterator[str]:
    changed = _IZE_FAMILY.sub(lambda found: found[1][0] + "s", word)
    if changed != word:
        yield changed
    for american, british in _BRITISH:
        if american in word and british not in word:
            yield word.replace(american, british)
