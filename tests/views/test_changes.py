"""What changed since an instant: five lists, each counted, paged and exported like any selection."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from history import AFTER, ARXIV, BEFORE, DAY, OTHER, PUBMED, SINCE, TITLES, History, labelled, paper
from tracker.domain.dates import PartialDate
from tracker.domain.differences import Difference, Relabel
from tracker.domain.record import Status
from tracker.domain.taxonomy import Taxonomy
from tracker.store.base import HarvestState
from tracker.views.change_details import ChangedEntry, stream_changed
from tracker.views.changes import LISTS, Changes, find_changes, quiet_in_words, start_of
from tracker.views.exports import write_export
from tracker.views.filters import Filters


@pytest.fixture
def past(tmp_path: Path) -> Iterator[History]:
    """An empty store to fill."""
    history = History(tmp_path)
    yield history
    history.store.close()


def changes_of(past: History, filters: Filters | None = None, since: datetime = SINCE) -> Changes:
    """The changes as a page would compute them now."""
    return find_changes(past.index(), filters or Filters(), past.store, since=since)


def lists_of(past: History, filters: Filters | None = None) -> dict[str, list[str]]:
    """Keys of each list that is not empty."""
    found = changes_of(past, filters)
    return {name: found.lists[name].keys() for name in LISTS if found.count(name)}


def details_of(past: History, name: str, filters: Filters | None = None) -> list[ChangedEntry]:
    """The entries of one list with what differs."""
    return list(stream_changed(changes_of(past, filters), name, past.store))


# -- the lists ------------------------------------------------------------------------------------------------------------


def test_changes_of_a_quiet_week_are_none(past: History) -> None:
    """What was there before and was only confirmed since is no news."""
    record = past.add(paper(), BEFORE)
    past.add(record, AFTER)

    found = changes_of(past)

    assert (found.is_quiet, found.details_only) == (True, 0)
    assert found.in_words() == "Since 23 Nov 2026: nothing new or changed."


def test_new_are_works_first_seen_since_to_the_instant(past: History) -> None:
    """The instant itself belongs to the time since."""
    past.add(paper(ARXIV), BEFORE)
    past.add(paper(OTHER), SINCE)
    past.add(paper(PUBMED), AFTER)

    assert lists_of(past) == {"new": [OTHER, PUBMED]}


def test_retracted_article_that_joins_a_known_preprint_is_told_first(past: History) -> None:
    """The paper is not new, its retraction is: the work was known, the retracted record of it was not."""
    past.add(paper(ARXIV, doi="10.1000/a"), BEFORE)
    past.add(paper(PUBMED, doi="10.1000/a", status=Status.RETRACTED), AFTER)

    assert lists_of(past) == {"retracted": [ARXIV], "published": [ARXIV]}
    assert lists_of(past, Filters(count="records")) == {"retracted": [PUBMED], "published": [PUBMED], "new": [PUBMED]}


def test_published_is_a_preprint_whose_article_came_since(past: History) -> None:
    """Preprint known before, article since: the work is not new, it is now published; as a record the article is new too."""
    past.add(paper(ARXIV, doi="10.1000/a"), BEFORE)
    past.add(paper(PUBMED, doi="10.1000/a"), AFTER)

    assert lists_of(past) == {"published": [ARXIV]}
    assert lists_of(past, Filters(count="records")) == {"published": [PUBMED], "new": [PUBMED]}


def test_published_leaves_out_preprints_of_known_articles_and_new_pairs(past: History) -> None:
    """A preprint found after its article, or both at once, tells nobody that something got published."""
    past.add(paper(PUBMED, doi="10.1000/a"), BEFORE)
    past.add(paper(ARXIV, doi="10.1000/a"), AFTER)
    past.add(paper(OTHER, doi="10.1000/b"), AFTER)
    past.add(paper("pubmed:38000002", doi="10.1000/b"), AFTER)

    assert lists_of(past) == {"new": [OTHER]}


def test_versions_tell_what_a_reader_sees_differ(past: History) -> None:
    """Title, authors and version before and after, against what stood there at the instant, however often it changed since."""
    record = past.add(paper(authors=("Ada Example",)), BEFORE)
    record = past.change(record, AFTER, title="A first correction", version=2)
    past.change(record, AFTER + DAY, title="A second correction", version=3, authors=("Ada Example", "Bo Sample"))

    assert lists_of(past) == {"versions": [ARXIV]}
    [entry] = details_of(past, "versions")
    [change] = entry.texts
    assert change.changed_at == AFTER + DAY
    assert change.differences == (
        Difference("title", TITLES[ARXIV], "A second correction"),
        Difference("authors", "Ada Example", "Ada Example; Bo Sample"),
        Difference("version", "1", "3"),
    )


def test_versions_leave_out_what_nobody_sees(past: History) -> None:
    """Index terms and dates of revision are counted beside, not listed."""
    record = past.add(paper(PUBMED), BEFORE)
    past.change(record, AFTER, mesh=("Depression",), updated_at=AFTER)

    found = changes_of(past)

    assert (found.is_quiet, found.details_only) == (True, 1)


def test_retracted_are_those_that_were_taken_back_since_or_came_so(past: History) -> None:
    """A changed status and a paper first seen retracted are both listed; what was retracted before is old news."""
    turned = past.add(paper(ARXIV), BEFORE)
    past.add(paper(OTHER, status=Status.WITHDRAWN), BEFORE)
    past.change(turned, AFTER, status=Status.WITHDRAWN)
    past.add(paper(PUBMED, status=Status.RETRACTED), AFTER)

    assert lists_of(past) == {"retracted": [ARXIV, PUBMED], "new": [PUBMED]}
    assert [one.status_before for one in details_of(past, "retracted")] == ["current", None]


def test_corrected_is_a_new_version_not_a_retraction(past: History) -> None:
    """An erratum changes a paper; it does not take it back."""
    past.change(past.add(paper(PUBMED), BEFORE), AFTER, status=Status.CORRECTED)

    [entry] = details_of(past, "versions")
    assert entry.texts[0].differences == (Difference("status", "current", "corrected"),)


def test_relabelled_by_a_taxonomy_tells_which_labels(past: History) -> None:
    """Labels before and after, and the taxonomy they were from; evidence alone is no news."""
    changed = past.add(paper(ARXIV), BEFORE, labelled("application:intervention", "risk:opacity"))
    same = past.add(paper(OTHER), BEFORE)
    past.relabel(changed, AFTER, labelled("application:intervention", "risk:inaccuracy", taxonomy="2026.2"))
    past.relabel(same, AFTER, labelled("application:intervention", taxonomy="2026.2"))

    assert lists_of(past) == {"relabelled": [ARXIV]}
    [entry] = details_of(past, "relabelled")
    [change] = entry.labels
    assert (change.cause, change.former_taxonomy, change.entered_scope) == ("taxonomy", "2026.1", None)
    assert change.relabels == (Relabel("risk:inaccuracy", 0, 2), Relabel("risk:opacity", 2, 0))


def test_relabelled_by_a_person_says_so(past: History) -> None:
    """A label that a person decided names its cause."""
    record = past.add(paper(), BEFORE, labelled("application:intervention"))
    past.relabel(record, AFTER, labelled("application:intervention", "risk:opacity", human=("risk:opacity",)))

    [entry] = details_of(past, "relabelled")

    assert [change.cause for change in entry.labels] == ["person"]


def test_relabelled_leaves_out_labels_that_a_new_text_brought(past: History) -> None:
    """Other words, other labels: that is news of the version."""
    record = past.add(paper(), BEFORE)
    past.change(record, AFTER, labelled("application:education"), title="Teaching counsellors")

    assert lists_of(past) == {"versions": [ARXIV]}


def test_relabelled_holds_papers_that_left_the_filter_or_the_scope(past: History) -> None:
    """Whoever follows one label is told of the paper that lost it, and of the one that is no longer in scope."""
    lost = past.add(paper(ARXIV), BEFORE, labelled("risk:opacity"))
    left = past.add(paper(OTHER), BEFORE, labelled("risk:opacity"))
    other = past.add(paper(PUBMED), BEFORE, labelled("risk:inaccuracy"))
    for record, labels in ((lost, "risk:inaccuracy"), (other, "risk:inequality_stigma")):
        past.relabel(record, AFTER, labelled(labels, taxonomy="2026.2"))
    past.relabel(left, AFTER, labelled(taxonomy="2026.2", in_scope=False))

    assert lists_of(past, Filters(risk=("opacity",))) == {"relabelled": [ARXIV, OTHER]}
    [_, entry] = details_of(past, "relabelled", Filters(risk=("opacity",)))
    assert entry.labels[0].entered_scope is False
    assert lists_of(past, Filters(risk=("opacity",), scope="out")) == {}


def test_relabelled_with_studied_risks_only_asks_for_the_strength_it_had(past: History) -> None:
    """A risk that was only named never matched "studied", so losing it is no news there."""
    record = past.add(paper(), BEFORE, labelled("risk:opacity", strength=1))
    past.relabel(record, AFTER, labelled("application:education", taxonomy="2026.2"))

    assert lists_of(past, Filters(risk=("opacity",), strength="studied")) == {}
    assert lists_of(past, Filters(risk=("opacity",))) == {"relabelled": [ARXIV]}


def test_changes_follow_the_filters_but_their_own_since(past: History) -> None:
    """Other filters narrow every list; ``since`` among them would hide what was relabelled, and is passed over."""
    kept = past.add(paper(ARXIV), BEFORE, labelled("application:education"))
    past.add(paper(OTHER), AFTER, labelled("application:assessment"))
    past.relabel(kept, AFTER, labelled("application:assessment", taxonomy="2026.2"))

    assert lists_of(past, Filters(source=("pubmed",))) == {}
    narrowed = Filters(application=("assessment",), since=PartialDate.parse("2026-11-24"))
    assert lists_of(past, narrowed) == {"new": [OTHER], "relabelled": [ARXIV]}


def test_changes_pass_over_records_stored_after_the_index_was_made(past: History) -> None:
    """A refresh in the background breaks nothing: the next index shows its records."""
    index = past.index()
    past.change(past.add(paper(), BEFORE), AFTER, title="Another title")

    assert find_changes(index, Filters(), past.store, since=SINCE).is_quiet


def test_changes_in_words_name_what_is_not_none(past: History) -> None:
    """Counts with their nouns, singular and plural, numbers bold where wanted."""
    past.change(past.add(paper(ARXIV), BEFORE), AFTER, status=Status.WITHDRAWN)
    past.add(paper(OTHER), AFTER)
    past.add(paper(PUBMED), AFTER)

    assert changes_of(past).in_words(bold="**") == "Since 23 Nov 2026: **2** new works, **1** retracted or withdrawn."


def test_list_is_exported_as_its_rows(past: History, taxonomy: Taxonomy) -> None:
    """The CSV of a list holds exactly its papers, by the one export there is."""
    past.add(paper(ARXIV), BEFORE)
    past.add(paper(OTHER), AFTER)
    stream = io.BytesIO()

    count = write_export(stream, "csv", changes_of(past).lists["new"], past.store, taxonomy)

    rows = list(csv.DictReader(io.StringIO(stream.getvalue().decode())))
    assert (count, [row["key"] for row in rows]) == (1, [OTHER])


def test_list_is_paged(past: History) -> None:
    """A page of a list is a stretch of the whole, in its order."""
    for number in range(5):
        past.add(paper(f"arxiv:2405.0000{number}", title=f"Title number {number} {'abcde'[number] * 9}"), AFTER)

    pages = [
        [one.entry.record.key[-1] for one in stream_changed(changes_of(past), "new", past.store, start=s, stop=e)]
        for s, e in ((0, 2), (2, 9))
    ]

    assert pages == [["0", "1"], ["2", "3", "4"]]


# -- words for nothing ----------------------------------------------------------------------------------------------------


def harvest_state(source: str, at: datetime | None, state: str = "complete") -> HarvestState:
    """A source whose last success was at *at*."""
    return HarvestState(source=source, state=state, last_success_at=at)


def test_quiet_week_says_that_both_sources_answered(past: History) -> None:
    """Nothing new is a finding when everything was asked."""
    states = {"arxiv": harvest_state("arxiv", AFTER), "pubmed": harvest_state("pubmed", AFTER, "unchanged")}

    words = quiet_in_words(changes_of(past), states, ("arxiv", "pubmed"))

    assert words == "A quiet time: arXiv and PubMed answered completely, and nothing is new or changed since 23 Nov 2026."


@pytest.mark.parametrize("state", [None, harvest_state("pubmed", BEFORE), harvest_state("pubmed", AFTER, "failed")])
def test_quiet_week_warns_when_a_source_did_not_answer(past: History, state: HarvestState | None) -> None:
    """No news from a source that failed, fell silent or was never asked is not good news."""
    states = {"arxiv": harvest_state("arxiv", AFTER)} | ({"pubmed": state} if state else {})

    words = quiet_in_words(changes_of(past, Filters(risk=("opacity",))), states, ("arxiv", "pubmed"))

    assert words == (
        "Nothing new or changed is known since 23 Nov 2026 among the papers that match the filters, "
        "but PubMed has not answered completely since then: news may be missing."
    )


def test_start_of_a_date_is_its_first_instant() -> None:
    """``since=2026-11`` begins with the month, in UTC."""
    assert start_of(PartialDate.parse("2026-11")) == datetime(2026, 11, 1, tzinfo=UTC)
