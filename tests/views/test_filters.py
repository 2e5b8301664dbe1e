"""Filters: the contract's vocabulary, both ways, and what happens to words nobody knows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small_taxonomy import NAMES as LABELS
from tracker.domain.dates import PartialDate
from tracker.domain.taxonomy import Taxonomy
from tracker.errors import FilterError
from tracker.views.filters import CHOICES, NAMES, Chip, Filters, parse_filters, read_filters

DATES = st.one_of(
    st.dates().map(lambda day: f"{day.year:04}"),
    st.dates().map(lambda day: f"{day:%Y-%m}".zfill(7)),
    st.dates().map(lambda day: day.isoformat()),
).map(PartialDate.parse)


@st.composite
def any_filters(draw: st.DrawFn) -> Filters:
    """Every name with any of its values; the range is never upside down."""
    values: dict[str, Any] = {facet: tuple(draw(st.sets(st.sampled_from(list(labels))))) for facet, labels in LABELS.items()}
    values |= {name: draw(st.sampled_from(known)) for name, known in CHOICES.items()}
    values["source"] = tuple(draw(st.sets(st.sampled_from(["arxiv", "pubmed"]))))
    values["q"] = draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
    values["since"] = draw(st.none() | DATES)
    start, end = draw(st.none() | DATES), draw(st.none() | DATES)
    if start and end and start.first_day() > end.last_day():
        start, end = end, start
    return Filters(**values, from_=start, to=end)


@settings(max_examples=60)
@given(any_filters())
def test_filters_survive_the_address(taxonomy: Taxonomy, filters: Filters) -> None:
    """What is written to the address is what is read from it, whatever the words hold."""
    assert parse_filters(filters.to_query(), taxonomy) == (filters, [])
    assert parse_filters(filters.to_parameters(), taxonomy) == (filters, [])


@settings(max_examples=60)
@given(any_filters())
def test_every_chip_removes_exactly_its_value(taxonomy: Taxonomy, filters: Filters) -> None:
    """Removing chip after chip ends at the default, one chip less each time."""
    remaining = filters
    for chip in filters.chips(taxonomy):
        before = len(remaining.chips(taxonomy))
        remaining = remaining.without(chip.name, chip.value)
        assert len(remaining.chips(taxonomy)) == before - 1
    assert remaining.is_default


@given(st.text(max_size=60))
def test_any_address_is_read_without_failing(taxonomy: Taxonomy, query: str) -> None:
    """No address breaks the page; what is left of it has a canonical form."""
    filters, _ = parse_filters(query, taxonomy)

    assert parse_filters(filters.to_query(), taxonomy)[1] == []


@pytest.mark.parametrize(
    "query",
    ["risk=opacity&risk=inaccuracy", "risk=opacity,inaccuracy", "?risk=inaccuracy,%20opacity&risk=opacity", "risk=opacity%2Cinaccuracy"],
)
def test_repeated_names_and_commas_mean_the_same(taxonomy: Taxonomy, query: str) -> None:
    """Several values of one name: repeated or separated by commas, in any order."""
    assert parse_filters(query, taxonomy) == (Filters(risk=("inaccuracy", "opacity")), [])


def test_default_has_an_empty_address(taxonomy: Taxonomy) -> None:
    """Defaults are left out, also when they were written out."""
    filters, problems = parse_filters("preprints=1&retracted=1&scope=in&count=works&strength=any&q=", taxonomy)

    assert (filters.to_query(), filters.is_default, problems) == ("", True, [])


def test_order_of_the_address_is_fixed() -> None:
    """Equal filters have equal addresses: names in the contract's order, values sorted."""
    filters = Filters(count="records", risk=("opacity", "inaccuracy"), to=PartialDate("2025-06"), q="a b&c", source=("pubmed",))

    assert filters.to_query() == "q=a%20b%26c&to=2025-06&source=pubmed&risk=inaccuracy,opacity&count=records"


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("aplication=assessment", "'aplication' is not a filter; did you mean 'application'?"),
        ("assessment", "'assessment' is not a filter"),
        ("application=educaton", "application has no value 'educaton'; did you mean 'education'?"),
        ("application=Education", "application has no value 'Education'; did you mean 'education'?"),
        ("risk=risk:opacity", "risk has no value 'risk:opacity'; did you mean 'opacity'?"),
        ("model=GPT (OpenAI)", "model has no value 'GPT (OpenAI)'; did you mean 'gpt_openai'?"),
        ("source=scopus", "source has no value 'scopus'; known are arxiv, pubmed"),
        ("retracted=yes", "retracted has no value 'yes'; known are 1, 0, only"),
        ("from=2024-13", "from is '2024-13', not a date; write YYYY, YYYY-MM or YYYY-MM-DD"),
        ("since=yesterday", "since is 'yesterday', not a date; write YYYY, YYYY-MM or YYYY-MM-DD"),
        ("from=2024&from=2025", "from takes one value but has 2 ('2024', '2025'); it is left out"),
        ("from=2025&to=2024-12", "from (2025) is after to (2024-12); both are left out"),
        ("risk=", "risk has no value; give one or leave risk out"),
    ],
)
def test_unknown_name_or_value_is_said_and_left_out(taxonomy: Taxonomy, query: str, problem: str) -> None:
    """Nothing is dropped in silence: one sentence each, with the nearest known word."""
    filters, problems = parse_filters(query, taxonomy)

    assert filters == Filters()
    assert len(problems) == 1
    assert problems[0].startswith(problem)


def test_known_values_beside_an_unknown_one_stay(taxonomy: Taxonomy) -> None:
    """One wrong value does not take the right ones with it."""
    filters, problems = parse_filters("risk=opacity,opacty&count=records", taxonomy)

    assert filters == Filters(risk=("opacity",), count="records")
    assert problems == ["risk has no value 'opacty'; did you mean 'opacity'?"]


def test_names_of_a_page_are_passed_over(taxonomy: Taxonomy) -> None:
    """Sort and page live in the same address and are not the filters' business."""
    filters, problems = parse_filters({"sort": "oldest", "page": ["2"], "risk": ["opacity"]}, taxonomy, ignore={"sort", "page"})

    assert (filters, problems) == (Filters(risk=("opacity",)), [])


def test_repeated_search_is_joined_by_or(taxonomy: Taxonomy) -> None:
    """A comma belongs to the words; a second ``q`` is an alternative."""
    filters, _ = parse_filters("q=trust, safety&q=stigma", taxonomy)

    assert filters.q == "(trust, safety) OR (stigma)"


def test_long_wrong_value_is_shortened_in_the_sentence(taxonomy: Taxonomy) -> None:
    """A sentence stays a sentence whatever was pasted into the address."""
    _, problems = parse_filters("risk=" + "x" * 5000, taxonomy)

    assert len(problems[0]) < 200


def test_read_filters_raises_every_fault_at_once(taxonomy: Taxonomy) -> None:
    """A command must not go on with half a filter."""
    with pytest.raises(FilterError) as caught:
        read_filters("aplication=x&risk=opaque", taxonomy)

    assert len(caught.value.problems) == 2


def test_filters_refuse_a_choice_that_does_not_exist() -> None:
    """A page cannot build filters that no address can hold."""
    with pytest.raises(FilterError, match="scope has no value 'both'"):
        Filters(scope="both")


def test_filters_in_words_name_everything(taxonomy: Taxonomy) -> None:
    """The receipt says in words what the address says in codes."""
    query = (
        "q=trust&from=2024-03&to=2025&source=arxiv&application=assessment,education&preprints=0&retracted=only&since=2026-11-20&scope=all"
    )
    filters, _ = parse_filters(query, taxonomy)

    assert filters.in_words(taxonomy) == (
        "works in and out of scope; words “trust”; from Mar 2024; to 2025; source: arxiv; application: Assessment or Education; "
        "no preprints without a journal version; only retracted and withdrawn; new or changed since 20 Nov 2026"
    )
    assert Filters(count="records").in_words(taxonomy) == "records in scope"


def test_chips_show_names_not_codes(taxonomy: Taxonomy) -> None:
    """A chip carries what removes it and what people read."""
    chips = Filters(model=("gpt_openai",), from_=PartialDate("2024-03")).chips(taxonomy)

    assert chips == (Chip("from", "2024-03", "from Mar 2024"), Chip("model", "gpt_openai", "GPT (OpenAI)"))


def test_having_sets_one_value_or_several() -> None:
    """Links into the app add one label to what is already chosen elsewhere."""
    filters = (
        Filters(risk=("opacity",)).having("application", "education").having("risk", ["inaccuracy"]).having("from", PartialDate("2025"))
    )

    assert filters == Filters(application=("education",), risk=("inaccuracy",), from_=PartialDate("2025"))


def test_every_name_of_the_contract_is_a_filter() -> None:
    """The contract's names are all there; additions stand beside them."""
    contract = {"q", "from", "to", "source", "application", "risk", "safeguard", "condition", "population", "study", "model"}
    contract |= {"preprints", "retracted", "scope", "count", "since"}

    assert set(NAMES) - contract == {"language", "strength"}
    assert contract <= set(NAMES)
