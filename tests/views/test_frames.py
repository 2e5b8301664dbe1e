"""The numbers at the top of a page and beside every label."""

from __future__ import annotations

from datetime import date
from typing import Any

from tracker.domain.taxonomy import Taxonomy
from tracker.views.filters import Filters
from tracker.views.frames import count_labels, find_cards, main_labels
from tracker.views.index import Index, Selection, select
from views.columns import make_columns, make_entry
from views.test_index import no_search

AS_OF = date(2026, 8, 20)


def selection_of(*entries: dict[str, Any], **filters: Any) -> Selection:
    """What the filters find in these records."""
    return select(Index(make_columns(*entries)), Filters(**filters), search=no_search)


def test_label_counts_have_share_and_denominator(taxonomy: Taxonomy) -> None:
    """Labels in taxonomy order, a paper with two of them in both; papers with none are counted apart."""
    both = make_entry("arxiv:1", labels=["application:education", "application:intervention"])
    papers = selection_of(both, make_entry("arxiv:2", labels=["application:education"]), make_entry("arxiv:3"))

    counts = count_labels(papers, main_labels(taxonomy, "application"))

    assert [(one.label.id, one.share.count, one.share.n) for one in counts.labels] == [
        ("education", 2, 3),
        ("assessment", 0, 3),
        ("intervention", 1, 3),
    ]
    assert counts.without == 1


def test_cards_say_what_is_happening(taxonomy: Taxonomy) -> None:
    """Total, in journals, the last full month against the three before it, any risk, trials."""
    dates = ["2026-04-01", "2026-05-01", "2026-05-02", "2026-06-01", "2026-07-01", "2026-07-02", "2026-08-01"]
    entries = [make_entry(f"arxiv:{number}", published=on) for number, on in enumerate(dates)]
    entries.append(make_entry("pubmed:1", published="2026-07-03", labels=["study:trial", "risk:opacity", "risk:inaccuracy"]))

    cards = find_cards(selection_of(*entries), taxonomy, as_of=AS_OF)

    assert (cards.total, cards.in_journals.count) == (8, 1)
    assert (cards.month, cards.month_count, cards.month_before) == (date(2026, 7, 1), 3, 4 / 3)
    assert (cards.any_risk.count, cards.trials.count, cards.trials.n) == (1, 1, 8)


def test_cards_without_enough_months_compare_nothing(taxonomy: Taxonomy) -> None:
    """Three full months have no three before the last; no papers have no month at all."""
    short = find_cards(selection_of(make_entry("arxiv:1", published="2026-05-01")), taxonomy, as_of=AS_OF)
    empty = find_cards(selection_of(), taxonomy, as_of=AS_OF)

    assert (short.month, short.month_count, short.month_before) == (date(2026, 7, 1), 0, None)
    assert (empty.total, empty.month, empty.month_count, empty.any_risk.is_enough) == (0, None, 0, False)


def test_risks_count_as_the_filter_says(taxonomy: Taxonomy) -> None:
    """With ``strength=studied`` a risk that is only named is none."""
    entries = [make_entry("arxiv:1", labels=["risk:opacity"]), make_entry("arxiv:2", studied=["risk:opacity"])]

    assert find_cards(selection_of(*entries), taxonomy, as_of=AS_OF).any_risk.count == 2
    assert find_cards(selection_of(*entries, strength="studied"), taxonomy, as_of=AS_OF).any_risk.count == 1
