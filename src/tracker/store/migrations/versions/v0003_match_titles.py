"""Each record's title as matching compares it, so that most pairs are dismissed without reading more; filled at the next start."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table; it is filled when ``opening.py`` regroups a database whose links are from earlier rules."""
    op.create_table(
        "match_title",
        sa.Column("record_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("record_id"),
    )
