"""What is wrong with a search, for people: one sentence, the words as typed with the wrong part marked, and what is shown instead."""

from __future__ import annotations

from tracker.errors import FilterError, SearchSyntaxError
from tracker.views import html

SHOWN = 60  # code points of what was typed, on each side of the fault and of the fault itself


def explain(typed: str, error: FilterError) -> str:
    """The fault as HTML. Of a long search only the surroundings of the fault are shown: addresses can hold thousands of characters."""
    words = _marked(typed, error) if isinstance(error, SearchSyntaxError) else html.escape_piece(typed)
    advice = "Shown: the result of the other filters, without these words."
    return f'<p>{html.escape(str(error))}</p><p class="typed">{words}</p><p class="mut">{advice}</p>'


def _marked(typed: str, error: SearchSyntaxError) -> str:
    before, wrong, after = typed[: error.start], typed[error.start : error.end], typed[error.end :]
    marked = f'<span class="wrong">{html.escape_piece(_beginning(wrong) or " ")}</span>'
    return f"{html.escape_piece(_end(before))}{marked}{html.escape_piece(_beginning(after))}"


def _beginning(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _end(text: str) -> str:
    return text if len(text) <= SHOWN else f"…{text[-SHOWN:]}"
