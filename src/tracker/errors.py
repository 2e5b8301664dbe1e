"""Every error the tracker raises on purpose.

Each message is one sentence for the person at the keyboard: what happened, to which thing, what to do. The CLI prints it
without a traceback and ends with :attr:`TrackerError.exit_code`; a page shows it in place of what failed.
"""

from __future__ import annotations

from collections.abc import Sequence


class TrackerError(Exception):
    """Anything the tracker can explain. ``exit_code`` is the CLI's exit status (contract: 1 unexpected)."""

    exit_code = 1


class ConfigurationError(TrackerError):
    """A setting, an argument or a file the user wrote is wrong; nothing was started.

    ``problems`` holds every fault found, each with its place, so that one run shows them all.
    """

    exit_code = 2

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        self.problems: tuple[str, ...] = tuple(problems) or (message,)
        super().__init__(message if not problems else "\n".join([message, *(f"  - {problem}" for problem in problems)]))


class TaxonomyError(ConfigurationError):
    """The taxonomy file is not valid; ``problems`` names every fault with its place in the file."""


class FilterError(ConfigurationError):
    """A filter name or value nobody knows; ``problems`` has one sentence per fault."""


class SearchSyntaxError(FilterError):
    """The words searched for cannot be read. ``start`` and ``end`` (code points, half-open) mark the part that is wrong."""

    def __init__(self, message: str, *, start: int, end: int) -> None:
        super().__init__(message)
        self.start, self.end = start, end


class SearchTooLongError(FilterError):
    """The words can be read, but looking for them took longer than a search may: it was stopped, and nothing is known of the result."""


class SourceError(TrackerError):
    """A source gave no trustworthy answer; ``source`` is its name. A refresh goes on with the other sources."""

    exit_code = 3

    def __init__(self, source: str, message: str) -> None:
        super().__init__(message)
        self.source = source


class HarvestCancelledError(SourceError):
    """Somebody asked the harvest to stop; what came before is stored and the next harvest goes on from there."""


class SourceUnavailableError(SourceError):
    """The service could not be reached, refused, or kept failing until the tries were used up.

    ``retry_after_seconds`` is how long a schedule should leave it alone; ``None`` = ask again whenever you like (the fault
    lies on this side: no network).
    """

    def __init__(self, source: str, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(source, message)
        self.retry_after_seconds = retry_after_seconds


class SourceThrottledError(SourceUnavailableError):
    """The service refuses for now (429, 406, 503, "Rate exceeded."), in spite of all waiting."""


class SourceForbiddenError(SourceUnavailableError):
    """The service said no for good (403): going on would count as an attack. A person has to look."""


class RequestRefusedError(SourceError):
    """The service says that the request itself is wrong (400, 404, 414): asking again would not help, correcting it would."""


class MalformedAnswerError(SourceError):
    """The service answered with something that is not what was asked for (HTML, cut XML, an error as a result)."""

    def __init__(self, source: str, url: str, reason: str) -> None:
        super().__init__(source, f"{source} sent an answer that cannot be used ({reason}) for {url}")
        self.url, self.reason = url, reason


class ShortAnswerError(MalformedAnswerError):
    """The service sent fewer records than it announced."""


class StoreError(TrackerError):
    """The database refused; nothing half-written remains."""


class StoreUnavailableError(StoreError):
    """The database cannot be opened or written: missing folder, read-only, full disk, locked, not a database."""


class SchemaVersionError(StoreError):
    """The database was written by a newer program; this one must not touch it."""

    exit_code = 2


class RefreshRunningError(TrackerError):
    """Another refresh holds the lock."""

    exit_code = 4


class NotAllowedError(TrackerError):
    """Who runs the app does not let this reader do that: switched off, or a wrong token."""

    exit_code = 2


class RefreshNotAllowedError(NotAllowedError):
    """The app may not start a refresh now: switched off, wrong token, or cooling down."""


class CorrectionNotAllowedError(NotAllowedError):
    """The app may not write corrections: switched off, or a wrong token."""


class BusyError(TrackerError):
    """Too many ask for the same heavy work at once; later it will be done."""


class ReadingListError(TrackerError):
    """A file is no reading list this program can read."""
