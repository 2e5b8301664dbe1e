"""Search trees as conditions on PostgreSQL's ``tsvector``, and the words that are searched.

Authority: postgresql.org/docs/current/datatype-textsearch.html. PostgreSQL parses and stems nothing here: it is given the very
tokens of the other engine (:mod:`tracker.store.tokens`), so both find the same records.

``record_search.words`` holds a record's tokens in their order, a blank around each and a line end between fields;
``record_search.tokens`` the same as a ``tsvector`` without positions, made by PostgreSQL itself. A word is looked up in the
index of ``tokens``; a phrase is too, word by word, and then sought in ``words``: positions would end at 16,383 and at the
256th of a word, this does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    cast,
    delete,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR, insert

from tracker.domain.search import And, Not, SearchNode, Term, prefix_completions
from tracker.store.schema import record_text
from tracker.store.tokens import MAX_TOKEN, tokenize

FIELD_END = "\n"  # no token: phrases do not reach from one field into the next
# The lexemes of one tsvector take 1,048,575 bytes at most; no real abstract holds a hundredth of that.
MAX_LEXEME_BYTES = 1_000_000

_BATCH = 500  # records whose words are made at a time

_metadata = MetaData()  # of PostgreSQL alone; the first migration makes these tables
record_search = Table(
    "record_search",
    _metadata,
    Column("record_id", Integer, primary_key=True),
    Column("words", Text, nullable=False),
    Column("tokens", TSVECTOR, nullable=False),
)
# Filled by a trigger, whoever writes a text; emptied at the end of each write transaction.
search_pending = Table("search_pending", _metadata, Column("record_id", Integer, primary_key=True))

# The fields as the other engine's index sees them: lists as the JSON that is stored.
_FIELDS = [type_coerce(record_text.c[name], Text) for name in ("title", "abstract", "authors", "venue", "keywords")]


def index_pending(connection: Connection) -> None:
    """Bring the search index in step with all texts written since it last was."""
    last_id = 0
    waiting = select(search_pending.c.record_id).order_by(search_pending.c.record_id).limit(_BATCH)
    while ids := list(connection.execute(waiting.where(search_pending.c.record_id > last_id)).scalars()):
        words = _make_words(connection, select(record_text.c.record_id, *_FIELDS).where(record_text.c.record_id.in_(ids)))
        if words:  # a record written and removed again in one transaction has none
            added = insert(record_search).values([{"record_id": one, "words": text} for one, text in words.items()])
            connection.execute(added.on_conflict_do_update(index_elements=["record_id"], set_={"words": added.excluded.words}))
        last_id = ids[-1]
    if last_id:
        connection.execute(delete(search_pending))


def count_stale(connection: Connection) -> int:
    """How many records the index holds otherwise than they are written, or not at all; reads every text."""
    stale, last_id = 0, 0
    texts = select(record_text.c.record_id, *_FIELDS).order_by(record_text.c.record_id).limit(_BATCH)
    while words := _make_words(connection, texts.where(record_text.c.record_id > last_id)):
        indexed = select(record_search.c.record_id, record_search.c.words).where(record_search.c.record_id.in_(words))
        held = dict(connection.execute(indexed).all())
        stale += sum(held.get(one) != text for one, text in words.items())
        last_id = max(words)
    return stale


def _make_words(connection: Connection, texts: Select[Any]) -> dict[int, str]:
    """Id → words of the rows of *texts*: an id and the fields."""
    rows = connection.execute(texts).all()
    tokens = tokenize([field for row in rows for field in row[1:]])
    size = len(_FIELDS)
    return {row[0]: to_words(tokens[number * size : (number + 1) * size]) for number, row in enumerate(rows)}


def to_words(fields: Sequence[Sequence[str]]) -> str:
    """What ``record_search.words`` holds for these tokens, field by field.

    >>> to_words([["calm", "repli"], [], ["ada"]])
    ' calm repli \\n \\n ada '
    """
    tokens: list[str] = []
    for number, field in enumerate(fields):
        tokens += [FIELD_END, *field] if number else field
    return f" {' '.join(_fitting(tokens))} "


def _fitting(tokens: list[str]) -> list[str]:
    """*tokens* up to where their distinct bytes fill a ``tsvector``: all of them, but for texts of a hundred thousand words."""
    if len(tokens) * MAX_TOKEN * 4 <= MAX_LEXEME_BYTES:
        return tokens
    room, seen = MAX_LEXEME_BYTES, set[str]()
    for number, token in enumerate(tokens):
        if token not in seen:
            seen.add(token)
            room -= len(token.encode()) + 4  # each is aligned
            if room < 0:
                return tokens[:number]
    return tokens


def to_condition(node: SearchNode) -> ColumnElement[bool]:
    """Which rows of ``record_search`` match a tree of :func:`tracker.store.positive.to_positive`."""
    if isinstance(node, Term):
        return _any_of([_phrase(node.words, is_prefix=node.is_prefix), *_completed(node)])
    if isinstance(node, Not):
        return not_(to_condition(node.part))
    parts = [to_condition(part) for part in node.parts]
    return and_(*parts) if isinstance(node, And) else or_(*parts)


def _completed(term: Term) -> Iterable[ColumnElement[bool]]:
    """A beginning that reaches into an English ending begins no stem; the whole words it may be the beginning of do have one."""
    words = prefix_completions(term.words[-1]) if term.is_prefix else ()
    return (_phrase((*term.words[:-1], word), is_prefix=False) for word in words)


def _phrase(words: Sequence[str], *, is_prefix: bool) -> ColumnElement[bool]:
    (tokens,) = tokenize([" ".join(words)])
    if not tokens:  # letters that the tokeniser does not know
        return false()
    lexemes = [f"'{token}'" for token in tokens]  # no ASCII sign is ever part of a token: nothing to escape
    if is_prefix:
        lexemes[-1] += ":*"
    found = record_search.c.tokens.bool_op("@@")(cast(literal(" & ".join(lexemes)), TSQUERY))
    if len(tokens) == 1:
        return found
    sought = f" {' '.join(tokens)}{'' if is_prefix else ' '}"
    return and_(found, func.strpos(record_search.c.words, sought) > 0)


def _any_of(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    return conditions[0] if len(conditions) == 1 else or_(*conditions)
