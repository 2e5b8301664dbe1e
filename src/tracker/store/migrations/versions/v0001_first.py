"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# What people search in, kept by the engine from the columns of record_text. FTS5 stores no second copy of the text; its
# triggers keep it in step with every write, whoever writes.
_SEARCHED = "title, abstract, authors, venue, keywords"
_FORGET = (
    "INSERT INTO record_fts (record_fts, rowid, title, abstract, authors, venue, keywords)"
    " VALUES ('delete', old.record_id, old.title, old.abstract, old.authors, old.venue, old.keywords);"
)
_LEARN = (
    "INSERT INTO record_fts (rowid, title, abstract, authors, venue, keywords)"
    " VALUES (new.record_id, new.title, new.abstract, new.authors, new.venue, new.keywords);"
)
_SQLITE_SEARCH = (
    f"CREATE VIRTUAL TABLE record_fts USING fts5({_SEARCHED}, content='record_text', content_rowid='record_id',"
    " tokenize='porter unicode61 remove_diacritics 2')",
    f"CREATE TRIGGER record_text_added AFTER INSERT ON record_text BEGIN {_LEARN} END",
    f"CREATE TRIGGER record_text_removed AFTER DELETE ON record_text BEGIN {_FORGET} END",
    f"CREATE TRIGGER record_text_changed AFTER UPDATE OF {_SEARCHED} ON record_text BEGIN {_FORGET} {_LEARN} END",
)
# PostgreSQL is given tokens made elsewhere (tsvector.py); its triggers only note whose text was written, whoever writes it.
_NOTE = (
    "CREATE FUNCTION note_searched_text() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS"
    " $$ BEGIN INSERT INTO search_pending VALUES (NEW.record_id) ON CONFLICT DO NOTHING; RETURN NULL; END $$"
)
_POSTGRESQL_SEARCH = (
    "CREATE TABLE search_pending (record_id integer PRIMARY KEY)",
    "CREATE TABLE record_search (record_id integer PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,"
    ' words text COLLATE "C" NOT NULL,'
    " tokens tsvector NOT NULL GENERATED ALWAYS AS (array_to_tsvector(string_to_array(btrim(words, ' '), ' '))) STORED)",
    "CREATE INDEX record_search_tokens ON record_search USING gin (tokens)",
    _NOTE,
    "CREATE TRIGGER record_text_added AFTER INSERT ON record_text FOR EACH ROW EXECUTE FUNCTION note_searched_text()",
    f"CREATE TRIGGER record_text_changed AFTER UPDATE OF {_SEARCHED} ON record_text FOR EACH ROW EXECUTE FUNCTION note_searched_text()",
)
# Text sorts by its code points in every engine, and no new version of a system's sorting rules ever spoils an index.
_POSTGRESQL_COLUMNS = (
    "SELECT format('ALTER TABLE %I ALTER COLUMN %I TYPE text COLLATE \"C\"', table_name, column_name) FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND data_type = 'text' AND table_name <> 'alembic_version'"
)


def upgrade() -> None:
    """Make every table, and the search index of the engine."""
    op.create_table(
        "harvest_state",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("watermark", sa.BigInteger(), nullable=True),
        sa.Column("last_success_at", sa.BigInteger(), nullable=True),
        sa.Column("last_full_at", sa.BigInteger(), nullable=True),
        sa.Column("last_run_at", sa.BigInteger(), nullable=True),
        sa.Column("last_total", sa.Integer(), nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("breaker_until", sa.BigInteger(), nullable=True),
        sa.Column("query_hash", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("heartbeat_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("pid", sa.Integer(), nullable=True),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "meta", sa.Column("name", sa.Text(), nullable=False), sa.Column("value", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("name")
    )
    op.create_table(
        "person_link",
        sa.Column("first_key", sa.Text(), nullable=False),
        sa.Column("second_key", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("first_key", "second_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("person_link_by_second", "person_link", ["second_key"], unique=False)
    op.create_table(
        "provenance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("parser", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("arxiv_id", sa.Text(), nullable=True),
        sa.Column("pmid", sa.Text(), nullable=True),
        sa.Column("doi", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("published", sa.Text(), nullable=True),
        sa.Column("published_first", sa.Integer(), nullable=True),
        sa.Column("published_last", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.Column("is_preprint", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("taxonomy", sa.Text(), nullable=False),
        sa.Column("in_scope", sa.Boolean(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_changed_at", sa.BigInteger(), nullable=False),
        sa.Column("last_confirmed_at", sa.BigInteger(), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sqlite_autoincrement=True,
    )
    op.create_index("record_by_doi", "record", ["doi"], unique=False)
    op.create_index("record_by_work", "record", ["work"], unique=False)
    op.create_table(
        "rejected",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rejected_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "entry"),
    )
    op.create_index(op.f("ix_rejected_rejected_at"), "rejected", ["rejected_at"], unique=False)
    op.create_table(
        "label_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=False),
        sa.Column("taxonomy", sa.Text(), nullable=False),
        sa.Column("in_scope", sa.Boolean(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_label_version_record_id"), "label_version", ["record_id"], unique=False)
    op.create_table(
        "labelling",
        sa.Column("record_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scope_reason", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("human", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("suppressed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("record_id"),
    )
    op.create_table(
        "match_key",
        sa.Column("match_key", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("match_key", "record_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("match_key_by_record", "match_key", ["record_id"], unique=False)
    op.create_table(
        "record_label",
        sa.Column("label_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["label_id"],
            ["label.id"],
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("label_id", "record_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("record_label_by_record", "record_label", ["record_id"], unique=False)
    op.create_table(
        "record_link",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["first_id"], ["record.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["second_id"], ["record.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("first_id", "second_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("record_link_by_second", "record_link", ["second_id"], unique=False)
    op.create_table(
        "record_text",
        sa.Column("record_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=True),
        sa.Column("abstract_state", sa.Text(), nullable=False),
        sa.Column("abstract_copyright", sa.Text(), nullable=True),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=True),
        sa.Column("categories", sa.Text(), nullable=False),
        sa.Column("mesh", sa.Text(), nullable=False),
        sa.Column("keywords", sa.Text(), nullable=False),
        sa.Column("publication_types", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("journal_ref", sa.Text(), nullable=True),
        sa.Column("relations", sa.Text(), nullable=False),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("retrieved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provenance_id"],
            ["provenance.id"],
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("record_id"),
    )
    op.create_table(
        "record_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_record_version_record_id"), "record_version", ["record_id"], unique=False)

    if op.get_context().dialect.name == "sqlite":
        for statement in _SQLITE_SEARCH:
            op.execute(statement)
    if op.get_context().dialect.name == "postgresql":
        for statement in [*op.get_bind().execute(sa.text(_POSTGRESQL_COLUMNS)).scalars(), *_POSTGRESQL_SEARCH]:
            op.execute(statement)
    op.execute("INSERT INTO meta (name, value) VALUES ('data_version', '1')")
