"""The evidence column: readable, and read back exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.record import EvidenceSpan
from tracker.pipeline.evidence import Evidence, read_evidence, write_evidence

NAMES = st.from_regex(r"[a-z0-9_]{1,8}:[a-z0-9_]{1,8}", fullmatch=True)
SPANS = st.builds(
    EvidenceSpan,
    label=NAMES,
    field=st.sampled_from(["title", "abstract", "keywords.3", "publication_types.0"]),
    start=st.integers(0, 9999),
    end=st.integers(0, 9999),
    text=st.text(max_size=30),
    rule=st.from_regex(r"[a-z0-9_.]{1,12}", fullmatch=True),
)
KEYS = st.none() | st.sampled_from(["arxiv:2401.00001", "pubmed:1", "doi:10.1016/s0140-6736(24)1,;2"])


@given(
    spans=st.lists(st.tuples(SPANS, KEYS), max_size=4).map(tuple),
    names=st.tuples(*[st.lists(NAMES, max_size=3).map(tuple)] * 3),
)
def test_evidence_survives_its_column(spans: tuple[tuple[EvidenceSpan, str | None], ...], names: tuple[tuple[str, ...], ...]) -> None:
    """Whatever the matched words hold: quotes, semicolons, brackets, line ends."""
    evidence = Evidence(spans, *names)

    assert read_evidence(write_evidence(evidence)) == evidence


def test_evidence_reads_like_a_reason() -> None:
    """A person sees label, words, place and rule; then which labels are studied, decided by hand, or without a column."""
    span = EvidenceSpan("risk:opacity", "abstract", 120, 129, "black box", "opacity.s1")
    evidence = Evidence(((span, None), (span, "arxiv:2401.00001")), ("risk:opacity",), ("study:trial",), ("language:english",))

    assert write_evidence(evidence) == (
        'risk:opacity "black box" (abstract 120-129, opacity.s1); '
        'risk:opacity "black box" (arxiv:2401.00001 abstract 120-129, opacity.s1); '
        "studied: risk:opacity; by hand: study:trial; also: language:english"
    )


@pytest.mark.parametrize("cell", ["nonsense", 'risk:opacity "black box', 'risk:opacity "black box" (abstract 120)', "studied: opacity"])
def test_evidence_that_cannot_be_read_is_quoted(cell: str) -> None:
    """A damaged snapshot is refused with the words that are wrong, never half read."""
    with pytest.raises(ValueError, match="the evidence cannot be read from"):
        read_evidence(cell)
