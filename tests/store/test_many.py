"""Many rows at once and many values in one condition say the same as one by one, whatever the values hold, on both engines."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, delete, select

from fakes import NOW
from tracker.store.many import among, insert_many
from tracker.store.schema import rejected

ODD = ("\x00", "\x90\x80\x80\x80\x80", "\ud800", '"', "[]", "\\u0000", "{a,b}", "NULL")
WILD = st.text(st.characters(), max_size=6) | st.sampled_from(ODD)  # surrogates and NUL among them: anybody writes titles and keys


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stored=st.sets(WILD, max_size=6), other=WILD)
def test_wild_values_are_found_again(url: str, stored: set[str], other: str) -> None:
    """Rows written together hold what was given, and asking for some of them finds these and no others."""
    asked = {*sorted(stored)[::2], other}
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(delete(rejected))
        insert_many(connection, rejected, [{"source": "arxiv", "entry": one, "reason": one, "rejected_at": NOW} for one in stored])
        written = {(row.entry, row.reason, row.rejected_at) for row in connection.execute(select(rejected))}
        found = list(connection.execute(select(rejected.c.entry).where(among(connection, rejected.c.entry, asked))).scalars())
    engine.dispose()
    assert written == {(one, one, NOW) for one in stored}
    assert sorted(found) == sorted(stored & asked)


def test_many_numbers_are_one_parameter(url: str) -> None:
    """A list longer than any engine takes parameters is no trouble; an empty one finds nothing and adds nothing."""
    engine = create_engine(url)
    with engine.begin() as connection:
        insert_many(connection, rejected, [])
        insert_many(connection, rejected, [{"source": "arxiv", "entry": str(n), "reason": "r", "rejected_at": NOW} for n in range(3)])
        asked = [str(n) for n in range(2, 100_000)]
        assert list(connection.execute(select(rejected.c.entry).where(among(connection, rejected.c.entry, asked))).scalars()) == ["2"]
        assert not connection.execute(select(rejected.c.entry).where(among(connection, rejected.c.entry, []))).all()
    engine.dispose()
