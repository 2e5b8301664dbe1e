"""What every engine promises about works: linked by what records say, by people, and by nothing else; order never matters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import NOW, make_labelling, make_record
from tracker.domain.links import PersonLink
from tracker.domain.matching import Verdict
from tracker.domain.record import Record
from tracker.store import links
from tracker.store.base import Change, Decision, Store, StoredLink

LATER = NOW + timedelta(days=1)
TITLE = "Calm replies of language models to angry callers"
PREPRINT = make_record(key="arxiv:2401.00001", title=TITLE)
ARTICLE = make_record(source="pubmed", key="pubmed:1", title=f"{TITLE}: Mixed Methods Study", authors=("A Example", "B Sample"))
PROTOCOL = make_record(source="pubmed", key="pubmed:2", title=f"{TITLE}: Study Protocol", authors=("A Example", "B Sample"))
OTHER = make_record(key="arxiv:2402.00002", title="Weather in the Alps", authors=("C Cloud",))


def save(store: Store, *records: Record, change: Change = Change.NEW) -> None:
    """Save *records* on one page."""
    store.save_page([Decision(one, change, make_labelling()) for one in records], now=NOW, source="arxiv")


def works(store: Store) -> dict[str, str]:
    """The work of each stored record, by key."""
    index = store.load_index()
    return {str(key): str(index.work_keys[work]) for key, work in zip(index.keys, index.work, strict=True)}


def same(first: Record, second: Record) -> PersonLink:
    """A person's word that two records are one paper."""
    return PersonLink(*sorted((first.key, second.key)), Verdict.SAME, "checked")


def different(first: Record, second: Record) -> PersonLink:
    """A person's word that two records are not one paper."""
    return PersonLink(*sorted((first.key, second.key)), Verdict.DIFFERENT, "checked")


def test_preprint_and_article_are_one_work(store: Store) -> None:
    """Title, authors and dates make one work of two records; why and when can be asked."""
    save(store, PREPRINT, ARTICLE, OTHER)

    assert works(store) == {PREPRINT.key: PREPRINT.key, ARTICLE.key: PREPRINT.key, OTHER.key: OTHER.key}
    assert [one.record for one in store.load_work(PREPRINT.key)] == [ARTICLE, PREPRINT]
    assert store.load_links(PREPRINT.key) == [StoredLink(PREPRINT.key, ARTICLE.key, Verdict.SAME, "title_authors", 1.0, NOW)]
    assert store.check() == []


def test_possible_pair_is_shown_and_not_merged(store: Store) -> None:
    """Between same and different lies possible: both works know of it, neither swallows the other."""
    save(store, PREPRINT, PROTOCOL)

    assert works(store) == {PREPRINT.key: PREPRINT.key, PROTOCOL.key: PROTOCOL.key}
    [link] = store.load_links(PREPRINT.key)
    assert (link.verdict, link.second) == (Verdict.POSSIBLE, PROTOCOL.key)
    assert store.load_links(PROTOCOL.key) == [link]


def test_article_that_comes_later_joins_its_preprint(store: Store) -> None:
    """A refresh compares only what is new, and finds what was there before."""
    save(store, PREPRINT, OTHER)
    version = store.data_version()

    save(store, ARTICLE)

    assert works(store)[ARTICLE.key] == PREPRINT.key
    assert store.data_version() > version


def test_doi_that_is_added_later_joins_records(store: Store) -> None:
    """arXiv's authors add the DOI months later, without a new version."""
    save(store, OTHER, make_record(source="pubmed", key="pubmed:9", title="Clouds and models", authors=("C Cloud",), doi="10.1000/c"))

    save(store, make_record(key=OTHER.key, title=OTHER.title, authors=OTHER.authors, doi="10.1000/c"), change=Change.CHANGED)

    assert works(store) == {OTHER.key: OTHER.key, "pubmed:9": OTHER.key}
    assert store.check() == []


def test_record_that_changes_leaves_its_work(store: Store) -> None:
    """A title corrected at the source takes the record out of a work it was only likened to; the other is itself again."""
    save(store, PREPRINT, ARTICLE)

    save(store, make_record(key=PREPRINT.key, title="Weather in the Alps"), change=Change.CHANGED)

    assert works(store) == {PREPRINT.key: PREPRINT.key, ARTICLE.key: ARTICLE.key}
    assert store.load_links(ARTICLE.key) == []
    assert store.check() == []


def test_link_found_again_keeps_its_date(store: Store) -> None:
    """A link is dated by when it was first found, not by the last refresh."""
    save(store, PREPRINT, ARTICLE)

    store.save_page(
        [Decision(make_record(key=PREPRINT.key, title=TITLE, version=2), Change.CHANGED, make_labelling())], now=LATER, source="arxiv"
    )

    assert [link.linked_at for link in store.load_links(PREPRINT.key)] == [NOW]


def test_record_that_is_removed_leaves_the_rest_grouped_anew(store: Store) -> None:
    """Two records that only a third held together part when it goes, and the work takes the name of what remains."""
    middle = make_record(source="pubmed", key="pubmed:5", title="Between", doi="10.1000/m", authors=("Z Middle",))
    first = make_record(key="arxiv:2405.00001", title="One end", doi="10.1000/m", authors=("Z Middle",))
    second = make_record(key="arxiv:2405.00002", title="The other end", authors=("Z Middle",), doi="10.1000/m")
    save(store, first, middle, second)
    assert len(set(works(store).values())) == 1

    store.remove_records([first.key], now=LATER)

    assert works(store) == {middle.key: second.key, second.key: second.key}
    assert store.check() == []


def test_person_joins_and_parts_works(store: Store) -> None:
    """A person's verdict wins over every likeness, and can be taken back."""
    save(store, PREPRINT, ARTICLE, OTHER)
    apart, joined = different(PREPRINT, ARTICLE), same(ARTICLE, OTHER)

    counts = [store.save_person_links(said, now=LATER) for said in ([apart], [apart], [apart, joined], [])]

    assert counts == [1, 0, 1, 2]
    assert works(store) == {PREPRINT.key: PREPRINT.key, ARTICLE.key: PREPRINT.key, OTHER.key: OTHER.key}
    store.save_person_links([apart, joined], now=LATER)
    assert works(store) == {PREPRINT.key: PREPRINT.key, ARTICLE.key: OTHER.key, OTHER.key: OTHER.key}
    assert [(link.method, link.verdict, link.note) for link in store.load_links(PREPRINT.key)] == [
        ("person", Verdict.DIFFERENT, "checked"),
        ("title_authors", Verdict.SAME, ""),
    ]
    assert store.check() == []


def test_person_speaks_of_records_that_come_later(store: Store) -> None:
    """A verdict waits for its records."""
    store.save_person_links([different(PREPRINT, ARTICLE), same(ARTICLE, OTHER)], now=NOW)

    save(store, PREPRINT, OTHER)
    save(store, ARTICLE)

    assert works(store) == {PREPRINT.key: PREPRINT.key, ARTICLE.key: OTHER.key, OTHER.key: OTHER.key}


def test_person_link_follows_a_record_to_its_better_name(store: Store) -> None:
    """What was said of a record known by its DOI holds when it gets its PMID, and is understood afterwards too."""
    shipped = make_record(source="pubmed", key="doi:10.1000/x", doi="10.1000/x", title="Fog", authors=("F Fog",))
    named = make_record(source="pubmed", key="pubmed:77", doi="10.1000/x", title="Fog", authors=("F Fog",))
    said = [same(shipped, OTHER)]
    save(store, shipped, OTHER)
    store.save_person_links(said, now=NOW)

    store.save_page([Decision(named, Change.ENRICHED, make_labelling(), replaces=shipped.key)], now=LATER, source="pubmed")

    assert works(store) == {OTHER.key: OTHER.key, named.key: OTHER.key}
    assert store.save_person_links(said, now=LATER) == 0
    assert store.check() == []


def test_person_link_keeps_the_date_it_was_first_read(store: Store) -> None:
    """The file is read at every refresh; a verdict is dated by the first."""
    save(store, PREPRINT, OTHER)

    for now in (NOW, LATER):
        store.save_person_links([same(PREPRINT, OTHER)], now=now)

    assert [link.linked_at for link in store.load_links(PREPRINT.key)] == [NOW]


def test_regroup_works_finds_what_is_stored_already_right(store: Store) -> None:
    """Comparing everything anew moves nothing, and mends what was put wrong."""
    save(store, PREPRINT, ARTICLE, PROTOCOL, OTHER)
    before = (works(store), store.load_links(PREPRINT.key))

    assert store.regroup_works(now=LATER) == 0
    assert (works(store), store.load_links(PREPRINT.key)) == before


def test_flood_of_one_title_is_not_compared_pair_by_pair(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit a key says nothing; what other keys say stays."""
    monkeypatch.setattr(links, "BLOCK_LIMIT", 5)
    pair = (make_record(key="arxiv:2403.00001", doi="10.1000/p"), make_record(source="pubmed", key="pubmed:7", doi="10.1000/p"))
    flood = [make_record(source="pubmed", key=f"pubmed:{100 + number}") for number in range(9)]

    save(store, *pair, *flood)

    assert works(store)["pubmed:7"] == "arxiv:2403.00001"
    assert len(store.load_links("arxiv:2403.00001")) == 1
    assert store.check() == []


def pool() -> list[Record]:
    """Records that tempt one another: three papers' versions, series, notices, shared identifiers, and a crowd of one title."""
    names = ("Ada Example", "Bo Sample")
    titles = [
        TITLE,
        f"{TITLE}: Pilot Study",
        f"{TITLE}: Study Protocol",
        f"{TITLE}, part II",
        f"{TITLE}: what helplines expect",
        f"Correction: {TITLE}",
    ]
    arxiv = [make_record(key=f"arxiv:2401.0000{n}", title=title, authors=names) for n, title in enumerate(titles[:4])]
    pubmed = [make_record(source="pubmed", key=f"pubmed:{n}", title=title, authors=names) for n, title in enumerate(titles, 1)]
    linked = [
        make_record(key="arxiv:2401.00007", title="Elsewhere", doi="10.1000/e"),
        make_record(source="pubmed", key="pubmed:8", title="Elsewhere again", doi="10.1000/e"),
        make_record(source="pubmed", key="pubmed:9", title=TITLE, doi="10.48550/arxiv.2401.00001", is_preprint=True),
    ]
    return [*arxiv, *pubmed, *linked]


POOL = pool()
PERSON = [different(POOL[0], POOL[4]), same(POOL[3], POOL[10])]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    order=st.permutations(POOL),
    pages=st.lists(st.integers(1, 5), min_size=13, max_size=13),
    people_first=st.booleans(),
    visitor=st.sampled_from(POOL),
    limit=st.sampled_from([3, 6, 60]),
)
def test_works_do_not_depend_on_the_order_of_arrival(
    new_store: Callable[[], Store], order: list[Record], pages: list[int], people_first: bool, visitor: Record, limit: int
) -> None:
    """However records arrive, are changed, removed and return: the same records make the same works and links."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(links, "BLOCK_LIMIT", limit)
        at_once, bit_by_bit = new_store(), new_store()
        save(at_once, *POOL)
        at_once.save_person_links(PERSON, now=NOW)
        if people_first:
            bit_by_bit.save_person_links(PERSON, now=NOW)
        save(bit_by_bit, make_record(key=visitor.key, source=visitor.source, title=TITLE))
        rest = list(order)
        for size in pages:
            save(bit_by_bit, *rest[:size])
            rest = rest[size:]
        save(bit_by_bit, visitor, change=Change.CHANGED)
        bit_by_bit.remove_records([order[0].key], now=NOW)
        save(bit_by_bit, order[0])
        bit_by_bit.save_person_links(PERSON, now=NOW)

    assert works(bit_by_bit) == works(at_once)
    for work in set(works(at_once).values()):
        assert bit_by_bit.load_links(work) == at_once.load_links(work)
    assert bit_by_bit.check() == []
