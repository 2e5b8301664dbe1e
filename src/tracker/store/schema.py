"""The tables, once, for every engine. Changing them takes a migration (``migrations/versions``) and a new :data:`REVISIONS` entry.

Null means what the comment of its column says; a column without one is never null. Instants are microseconds since 1970 UTC
(:class:`~tracker.store.columns.Instant`). Full-text search has no table here: each engine builds its own (``sqlite.py``, ``tsvector.py``).
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, Table

from tracker.store.columns import Instant, Name, PlainJson, Words

REVISIONS = ("0001", "0002", "0003")  # every schema this program can read or bring up to date, oldest first
CURRENT = REVISIONS[-1]

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column(
        "name",
        Name,
        primary_key=True,
        comment="data_version: a number that grows; about: facts about the data; matching_rules: what links are from",
    ),
    Column("value", PlainJson, nullable=False),
)

# What filters, counts and refreshes read: narrow, so that a million rows stay quick to walk through.
record = Table(
    "record",
    metadata,
    Column("id", Integer, primary_key=True, comment="ours; never used again after a removal"),
    Column("key", Name, nullable=False, unique=True, comment="arxiv:…, pubmed:… or doi:…"),
    Column("source", Name, nullable=False),
    Column("arxiv_id", Words, comment="null: not an arXiv record"),
    Column("pmid", Words, comment="null: not in PubMed, or not known (snapshot)"),
    Column("doi", Words, comment="compact; null: none given"),
    Column("version", Integer, comment="arXiv's; null: the source has no versions"),
    Column("published", Name, comment="YYYY, YYYY-MM or YYYY-MM-DD; null: not given"),
    Column("published_first", Integer, comment="first day it can mean, days since 1970-01-01; null: not given"),
    Column("published_last", Integer, comment="last day it can mean, days since 1970-01-01; null: not given"),
    Column("updated_at", Instant, comment="null: not given"),
    Column("is_preprint", Boolean, nullable=False),
    Column("status", Name, nullable=False, comment="current, retracted, withdrawn or corrected"),
    Column("origin", Name, nullable=False, comment="harvest; snapshot: no harvest of this database confirmed it yet"),
    Column("content_hash", Name, nullable=False, comment="digest of all the source said"),
    Column("taxonomy", Name, nullable=False, comment="version its labels are from"),
    Column("in_scope", Boolean, nullable=False),
    Column("work", Name, nullable=False, comment="key of its work: the smallest key among the work's records"),
    Column("slot", Words, nullable=False, server_default="", comment="place in its work that only one record can hold; empty: none"),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_changed_at", Instant, nullable=False),
    Column("last_confirmed_at", Instant, nullable=False),
    Column("gone_at", Instant, comment="since when the service no longer lists it; null: it does"),
    Index("record_by_work", "work"),
    Index("record_by_doi", "doi"),
    sqlite_autoincrement=True,
)

provenance = Table(
    "provenance",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Name, nullable=False),
    Column("query", Words, nullable=False, comment="in the source's own language; kept once, thousands of records share it"),
    Column("parser", Name, nullable=False),
)

record_text = Table(
    "record_text",
    metadata,
    Column("record_id", Integer, ForeignKey("record.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("title", Words, nullable=False),
    Column("abstract", Words, comment="null: see abstract_state"),
    Column("abstract_state", Name, nullable=False, comment="given, absent (the source has none) or withheld (snapshot)"),
    Column("abstract_copyright", Words, comment="null: none stated"),
    Column("authors", PlainJson, nullable=False, comment="list; empty: looked and found none, here and below"),
    Column("venue", Words, comment="null: not given"),
    Column("categories", PlainJson, nullable=False),
    Column("mesh", PlainJson, nullable=False),
    Column("keywords", PlainJson, nullable=False),
    Column("publication_types", PlainJson, nullable=False),
    Column("languages", PlainJson, nullable=False),
    Column("comment", Words, comment="null: none given"),
    Column("journal_ref", Words, comment="null: none given"),
    Column("relations", PlainJson, nullable=False, comment="list of [kind, pmid, doi, note]"),
    Column("provenance_id", ForeignKey("provenance.id"), nullable=False),
    Column("retrieved_at", Instant, nullable=False),
)

labelling = Table(
    "labelling",
    metadata,
    Column("record_id", Integer, ForeignKey("record.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("scope_reason", Words, nullable=False),
    Column("labels", PlainJson, nullable=False, comment="facet → label → strength, in taxonomy order"),
    Column("human", PlainJson, nullable=False, comment="labels a person decided"),
    Column("evidence", PlainJson, nullable=False, comment="list of [label, field, start, end, text, rule]"),
    Column("suppressed", PlainJson, nullable=False, comment="list of [label, by, field, start, end, text]"),
)

label = Table(
    "label",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Name, nullable=False, unique=True, comment="facet:label"),
)

# The same labels turned round, for the index: which records carry a label.
record_label = Table(
    "record_label",
    metadata,
    Column("label_id", ForeignKey("label.id"), primary_key=True),
    Column("record_id", ForeignKey("record.id", ondelete="CASCADE"), primary_key=True),
    Column("strength", Integer, nullable=False, comment="1 named, 2 studied"),
    Index("record_label_by_record", "record_id"),
    sqlite_with_rowid=False,
)

record_version = Table(
    "record_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("record_id", ForeignKey("record.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("replaced_at", Instant, nullable=False),
    Column("said", PlainJson, nullable=False, comment="what the record said until then: title, abstract, authors, version, status"),
)

label_version = Table(
    "label_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("record_id", ForeignKey("record.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("replaced_at", Instant, nullable=False),
    Column("taxonomy", Name, nullable=False),
    Column("in_scope", Boolean, nullable=False),
    Column("labels", PlainJson, nullable=False),
)

# What two records of one work have in common, made by tracker.domain.matching: only records that share one are compared.
match_key = Table(
    "match_key",
    metadata,
    Column("match_key", Words, primary_key=True),
    Column("record_id", ForeignKey("record.id", ondelete="CASCADE"), primary_key=True),
    Index("match_key_by_record", "record_id"),
    sqlite_with_rowid=False,
)

match_title = Table(
    "match_title",
    metadata,
    Column("record_id", Integer, ForeignKey("record.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("words", Words, nullable=False, comment="content words of the title, sorted; most pairs are dismissed by these alone"),
)

record_link = Table(
    "record_link",
    metadata,
    Column("first_id", ForeignKey("record.id", ondelete="CASCADE"), primary_key=True, comment="the smaller id of the two"),
    Column("second_id", ForeignKey("record.id", ondelete="CASCADE"), primary_key=True),
    Column("verdict", Name, nullable=False, comment="same or possible; pairs that differ are not kept"),
    Column("method", Name, nullable=False),
    Column("score", Float, nullable=False, comment="0 to 1"),
    Column("linked_at", Instant, nullable=False, comment="when this verdict by this method was first reached"),
    Index("record_link_by_second", "second_id"),
    sqlite_with_rowid=False,
)

# By key, not id: a person may speak of a record that comes later, or leaves and returns.
person_link = Table(
    "person_link",
    metadata,
    Column("first_key", Name, primary_key=True, comment="the smaller key"),
    Column("second_key", Name, primary_key=True),
    Column("verdict", Name, nullable=False, comment="same or different"),
    Column("note", Words, nullable=False),
    Column("linked_at", Instant, nullable=False, comment="when the store first read it"),
    Index("person_link_by_second", "second_key"),
    sqlite_with_rowid=False,
)

rejected = Table(
    "rejected",
    metadata,
    Column("source", Name, primary_key=True),
    Column("entry", Words, primary_key=True),
    Column("reason", Words, nullable=False, comment="the latest; one row an entry, or years of refreshes would fill the disk"),
    Column("rejected_at", Instant, nullable=False, index=True, comment="last time"),
)

harvest_state = Table(
    "harvest_state",
    metadata,
    Column("source", Name, primary_key=True),
    Column("address", Name, nullable=False),
    Column("state", Name, comment="of the last run; null: never ended, like all below"),
    Column("watermark", Instant),
    Column("last_success_at", Instant),
    Column("last_full_at", Instant),
    Column("last_run_at", Instant),
    Column("last_total", Integer, comment="null: not announced"),
    Column("cursor", PlainJson, comment="where to resume; null: nowhere"),
    Column("breaker_until", Instant, comment="null: may be asked"),
    Column("query_hash", Name, comment="null: never asked"),
)

job = Table(
    "job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("state", Name, nullable=False, comment="running, done, failed, cancelled or lost"),
    Column("trigger", Name, nullable=False, comment="app, cli or schedule"),
    Column("started_at", Instant, nullable=False),
    Column("heartbeat_at", Instant, nullable=False),
    Column("finished_at", Instant, comment="null: still running, or lost"),
    Column("pid", Integer, comment="null: not known"),
    Column("host", Name, comment="null: not known"),
    Column("cancel_requested", Boolean, nullable=False),
    Column("exit_code", Integer, comment="null: not ended"),
    Column("message", Words, comment="null: nothing to say"),
    Column("progress", PlainJson, nullable=False),
    Column("report", PlainJson, comment="null: not ended"),
    sqlite_autoincrement=True,
)
