"""Alembic's migrations of the database, one file a revision; applied by the program itself at start (``opening.py``)."""
