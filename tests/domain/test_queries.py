"""The file of searches: what is sent, what is refused, what is found here as it would be there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.domain.queries import MAX_ARXIV_TERMS, Queries, parse_queries
from tracker.errors import ConfigurationError

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "queries.yaml"

LLM = (
    '"language model" OR LLM OR ChatGPT OR GPT OR "generative AI" OR "generative artificial intelligence" OR chatbot OR '
    '"conversational agent" OR "conversational AI" OR "AI companion" OR "AI therapist"'
)
MIND = (
    '"mental health" OR "mental illness" OR "mental disorder" OR "mental wellbeing" OR "mental well-being" OR psychiatr* OR '
    'psychotherap* OR depression OR depressive OR anxiety OR suicid* OR "self-harm" OR schizophrenia OR psychosis OR psychotic OR '
    "delusion* OR bipolar OR PTSD OR trauma OR counsel* OR therapist OR "
    '"cognitive behavioral therapy" OR CBT OR "emotional support" OR "psychological distress" OR "psychological support" OR '
    'loneliness OR "eating disorder" OR addiction OR "substance use" OR "therapy session" OR "mental wellness" OR autism OR ADHD'
)


def shipped() -> Queries:
    """The searches that ship."""
    return parse_queries(SHIPPED.read_text(encoding="utf-8"))


def faults_of(text: str) -> list[str]:
    """What is wrong with *text*."""
    with pytest.raises(ConfigurationError) as caught:
        parse_queries(text, place="q.yaml")
    return list(caught.value.problems)


def test_shipped_arxiv_query_groups_every_or_and_joins_two_blocks() -> None:
    """arXiv groups AND and OR to the right, so everything stands in brackets; title or abstract, block by block."""
    assert shipped().query_for("arxiv") == f"((ti:({LLM})) OR (abs:({LLM}))) AND ((ti:({MIND})) OR (abs:({MIND})))"


def test_shipped_pubmed_query_tags_every_term() -> None:
    """An untagged word would be mapped to something else; chatbots count from ChatGPT's first day on."""
    query = shipped().query_for("pubmed")

    assert query.startswith('("Large Language Models"[mh] OR "Generative Artificial Intelligence"[mh] OR "language model*"[tiab] OR ')
    assert '(("chatbot*"[tiab] OR "conversational agent*"[tiab]) AND ("2022/11/30"[crdt] : "3000"[crdt])))' in query
    assert ') AND ("Mental Health"[mh] OR ' in query
    assert query.endswith('"autis*"[tiab] OR "ADHD"[tiab])')
    assert len(query) == 2155


def test_shipped_file_names_the_sets_of_the_second_road() -> None:
    """Where recent changes are read when arXiv's API refuses."""
    assert shipped().search_for("arxiv").oai_sets == ("cs:cs:CL", "cs:cs:HC", "cs:cs:AI", "cs:cs:CY", "cs:cs:LG")


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("LLMs as therapists", None, True),
        ("Large Language Models", "We look at people with schizophrenia.", True),
        ("Counselling by ChatGPT", "x", True),
        ("Self-harm and chatbots", "x", True),
        ("Mental-health chatbots", None, True),
        ("Language models parse trees", "Nothing else.", False),
        ("Depression and its treatment", "No machine at all.", False),
        ("A mental model", "of health, with a language for a model", False),
        ("Alchemy of LLMing", "suicidology", False),
        ("ChatGPT and emotional", "support for engineers", False),
    ],
)
def test_query_is_applied_here_as_it_is_there(title: str, abstract: str | None, expected: bool) -> None:
    """Both blocks, in title or abstract; plurals and stars count, parts of words do not."""
    assert shipped().search_for("arxiv").is_match(title, abstract) is expected


def test_another_source_gives_its_text() -> None:
    """A new source needs no code here: its query is written out."""
    queries = parse_queries("dblp:\n  about: a new one\n  text: |\n    llm\n    mental\n")

    assert queries.query_for("dblp") == "llm mental"
    assert not queries.search_for("dblp").is_match("llm mental", None)


def test_unknown_source_is_named_with_those_there_are() -> None:
    """What to add, and where."""
    with pytest.raises(ConfigurationError, match=r"no search for 'dblp' \(there are: arxiv, pubmed\); add one to queries.yaml"):
        shipped().query_for("dblp")


def test_every_fault_is_reported_at_once_with_its_line() -> None:
    """One run shows them all, in the file's order."""
    text = """arxiv:
  all_of:
    machines:
      - LLM
      - llm
      - "a \\"quoted\\" one"
      - x AND y
      - mental heal*
      - no
    empty: []
  oai_set: [cs]
pubmed:
  all_of:
    minds:
      mesh: [psy*]
      abstract: [x]
      since:
        - created: soon
          title_abstract: [chatbot]
"""

    assert faults_of(text) == [
        "q.yaml, line 5: arxiv all_of machines [1]: 'llm' appears twice",
        "q.yaml, line 6: arxiv all_of machines [2]: 'a \"quoted\" one' contains '\"'; write plain words, the operators are added",
        "q.yaml, line 7: arxiv all_of machines [3]: 'x AND y' contains an operator; one term is one word or phrase",
        "q.yaml, line 8: arxiv all_of machines [4]: 'mental heal*' has a star in a phrase, which arXiv ignores; star single words only",
        "q.yaml, line 9: arxiv all_of machines [5]: should be a word or phrase (put it in quotes if YAML takes it for something else)",
        "q.yaml, line 10: arxiv all_of empty: has no terms",
        "q.yaml, line 11: arxiv oai_set: is not known here; known are about, all_of, oai_sets",
        "q.yaml, line 15: pubmed all_of minds mesh [0]: 'psy*' has a star after fewer than 4 letters, which PubMed ignores",
        "q.yaml, line 16: pubmed all_of minds abstract: is not known here; known are mesh, title_abstract, since",
        "q.yaml, line 18: pubmed all_of minds since [0] created: should be a day (YYYY-MM-DD)",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("[1]", "should be a mapping"),
        ("{}", "there is no search in it"),
        ("arxiv: {all_of: {}}", "has no block of terms"),
        ("arxiv: {all_of: {a: [x", "this is not YAML"),
        ("arxiv: {all_of: {a: x}}", "should be a list"),
        ("arxiv: {all_of: {a: ['*']}}", "is not a word or a phrase"),
        ("arxiv: {all_of: {a: ['x  y']}}", "single blanks"),
        ("arxiv: {all_of: {a: ['x*y']}}", "has a star that is not at its end"),
        ("pubmed: {all_of: {a: {}}}", "has no terms"),
        ("dblp: {text: ' '}", "is empty"),
        ("dblp: {}", "text is missing"),
    ],
)
def test_single_faults_are_said_in_words(text: str, words: str) -> None:
    """What is wrong, in a sentence."""
    assert words in " ".join(faults_of(text))


def test_too_many_terms_for_arxivs_parser_are_refused() -> None:
    """It is recursive and would fail without saying why."""
    terms = ", ".join(f"word{number}" for number in range(MAX_ARXIV_TERMS + 1))

    assert "has more than 250 terms" in faults_of(f"arxiv: {{all_of: {{a: [{terms}]}}}}")[0]
