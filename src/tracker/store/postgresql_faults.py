"""What PostgreSQL's errors mean for people. Never repeats a password: the server's words hold none, and the URL is shown without.

Authority: postgresql.org/docs/current/errcodes-appendix.html. A connection that never came about has no SQLSTATE.
"""

from __future__ import annotations

_REASONS = {  # SQLSTATE, or its class (first two characters)
    "08": "the connection to the server was lost; see that it runs and try again",
    "28": "the server refuses this user or this password; correct TRACKER_DATABASE_URL",
    "53100": "the server's disk is full; free some space and try again",
    "53300": "the server has no connection left; close other programs, or raise its max_connections",
    "53": "the server is short of disk, memory or connections; give it more and try again",
    "25006": "the server takes no writes; use its primary, not a standby",
    "42501": "this user may not do that; grant it the rights on the schema and its tables",
    "55P03": "another program has been writing to it for too long; wait until that one is done and try again",
    "57P": "the server stopped or cut the connection; see that it runs and try again",
    "58": "the server's disk failed to read or write; see that it has space and is healthy, then try again",
    "XX": "the server finds its data damaged; restore the database from a copy",
}


def reason_of(error: BaseException | None) -> str:
    """Why the server, or the way to it, failed; and what to do."""
    state = getattr(error, "sqlstate", None) or ""
    for known in (state, state[:3], state[:2]):
        if known in _REASONS:
            return _REASONS[known]
    if state:
        return f"PostgreSQL says: {_first_line(error)}; `tracker check` may tell more"
    return f"the server does not answer ({_first_line(error)}); see that it runs and that TRACKER_DATABASE_URL is right"


def find_setting_fault(error: BaseException | None) -> str | None:
    """What is wrong with the URL where the server answered and said no; ``None`` where it may be the server's or the network's fault."""
    failed = getattr(error, "pgconn", None)  # libpq's own account of a connection that did not come about
    if getattr(failed, "needs_password", False):
        return "it asks for a password; write user:password@ before the host"
    if getattr(failed, "used_password", False):
        return "the user or the password is wrong"
    return None


def _first_line(error: BaseException | None) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
