"""Each record's place in its work, for grouping by titles; links and works are made anew at the next start."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; a database without the meta entry ``matching_rules`` is regrouped by ``opening.py``."""
    op.add_column("record", sa.Column("slot", sa.Text(), nullable=False, server_default=""))
