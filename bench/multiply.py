"""Make a synthetic corpus of 100,000 records ten times as large, in minutes: copies of its rows under other numbers.

    tracker bench corpus 100000 -o corpus.db
    python bench/multiply.py corpus.db million.db 10

For measuring reads at a million records. What each copy is labelled and which records are one work is copied too, not decided anew,
and match keys are left out: such a database is for reading only.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys

YEARS = 8  # that the corpus spans: a copy's arXiv numbers are those of the next eight
NUMBERS = {
    "key": "CASE WHEN source = 'arxiv' THEN 'arxiv:' || printf('%02d', substr(key, 7, 2) + {years}) || substr(key, 9)"
    " ELSE 'pubmed:' || (substr(key, 8) + {pmids}) END",
    "arxiv_id": "printf('%02d', substr(arxiv_id, 1, 2) + {years}) || substr(arxiv_id, 3)",
    "pmid": "CAST(pmid + {pmids} AS TEXT)",
    "doi": "doi || '.{copy}'",
    "work": "work || '.{copy}'",
}


def main() -> None:
    """Copy the file, then its rows."""
    source, target, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
    shutil.copyfile(source, target)
    connection = sqlite3.connect(target)
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    (count,) = connection.execute("SELECT max(id) FROM record").fetchone()
    for copy in range(1, times):
        for table in ("record", "record_text", "labelling", "record_label"):
            connection.execute(_copy_rows(connection, table, copy, count))
        connection.commit()
        print(f"{(copy + 1) * count:,} records", flush=True)
    connection.execute("INSERT INTO record_fts (record_fts) VALUES ('optimize')")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.commit()


def _copy_rows(connection: sqlite3.Connection, table: str, copy: int, count: int) -> str:
    own = "id" if table == "record" else "record_id"
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    changed = {name: text.format(copy=copy, years=YEARS * copy, pmids=1_000_000 * copy) for name, text in NUMBERS.items()}
    changed[own] = f"{own} + {copy * count}"
    values = [(changed.get(name, f'"{name}"')) if name == own or table == "record" else f'"{name}"' for name in columns]
    quoted = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table} ({quoted}) SELECT {', '.join(values)} FROM {table} WHERE {own} <= {count}"


if __name__ == "__main__":
    main()
