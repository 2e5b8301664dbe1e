"""What pytest leaves alone when it collects doctests: a script that only Alembic can run."""

collect_ignore = ["tracker/store/migrations/env.py"]
