"""What Alembic runs: all steps inside the transaction that ``opening.py`` began, so that a migration happens whole or not at all."""

from __future__ import annotations

from alembic import context

from tracker.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
