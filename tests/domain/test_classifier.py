"""What the classifier promises whatever the text, and that no trap of the field is fallen into."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import make_record
from tracker.domain.classifier import MAX_EVIDENCE, Classifier
from tracker.domain.dates import PartialDate
from tracker.domain.record import Labelling
from tracker.domain.taxonomy import parse_taxonomy

ROOT = Path(__file__).resolve().parents[2]
WORDS = [
    "LLM",
    "hallucinates",
    "depression",
    "self-harm",
    "suicide",
    "therapist",
    "chatbot",
    "bias",
    "e.g.",
    ".",
    "\n",
    "😀",
    "é",
    "e\u0301",
]
WILD = st.one_of(
    st.text(st.characters(), max_size=80), st.lists(st.sampled_from([*WORDS, "עברית", "\x00", "\ud800"]), max_size=40).map(" ".join)
)


@cache
def classifier() -> Classifier:
    """The shipped taxonomy, compiled once."""
    return Classifier(parse_taxonomy((ROOT / "data" / "taxonomy.yaml").read_text(encoding="utf-8"), place="taxonomy.yaml"))


def classify(abstract: str, title: str = "A study") -> Labelling:
    """*abstract* as that of a paper in scope."""
    return classifier().classify(title=title, abstract=abstract, in_scope=True)


def has(labelling: Labelling, key: str) -> bool:
    """Whether the label ``facet:label`` was given."""
    facet, _, name = key.partition(":")
    return name in labelling.labels.get(facet, {})


@settings(max_examples=150, deadline=None)
@given(title=WILD, abstract=st.none() | WILD, keywords=st.lists(WILD, max_size=3))
def test_any_unicode_gives_offsets_that_slice_exactly(title: str, abstract: str | None, keywords: list[str]) -> None:
    """Emoji, combining marks, right-to-left text, NUL, lone surrogates: no exception, and text == field[start:end]."""
    labelling = classifier().classify(title=title, abstract=abstract, keywords=keywords, in_scope=True)

    fields = {"title": title, "abstract": abstract or ""} | {f"keywords.{place}": word for place, word in enumerate(keywords)}
    for span in [*labelling.evidence, *labelling.suppressed]:
        assert fields[span.field][span.start : span.end] == span.text
        assert span.start < span.end


def test_title_of_a_megabyte_is_classified() -> None:
    """A text no abstract ever has ends in seconds, with few spans."""
    labelling = classifier().classify(title="The LLM therapist hallucinates about suicide. " * 22_000)

    assert labelling.in_scope
    assert (
        max(len([span for span in labelling.evidence if span.label == label]) for label in {s.label for s in labelling.evidence})
        <= MAX_EVIDENCE
    )


@pytest.mark.parametrize(("title", "abstract"), [(None, None), ("", ""), ("A title", None), ("\x00", "\x00")])
def test_missing_text_is_out_of_scope(title: str | None, abstract: str | None) -> None:
    """Nothing said, nothing labelled."""
    labelling = classifier().classify(title=title, abstract=abstract)

    assert (labelling.in_scope, labelling.labels, labelling.evidence) == (False, {}, ())


def test_evidence_is_short() -> None:
    """No span is ten words or longer: matched words ship in a public file, other people's sentences must not."""
    labelling = classify(
        "Privacy of people who tell a machine about their grief in the middle of the night is, as all of us know, a concern. " * 3
    )

    assert labelling.evidence
    assert max(len(span.text.split()) for span in labelling.evidence) < 10


def test_evidence_offsets_survive_double_spaces_and_newlines() -> None:
    """White space is read as one space but offsets count what was received."""
    abstract = "The  model\n  hallucinates   facts."

    spans = [span for span in classify(abstract).evidence if span.label == "risk:inaccuracy"]

    assert [abstract[span.start : span.end] for span in spans] == ["hallucinates"]


def test_level_2_label_stands_beside_its_parent() -> None:
    """The finest label that fits; the parent follows, with the same words."""
    labelling = classify("The model hallucinates.")

    assert list(labelling.labels["risk"]) == ["inaccuracy", "hallucination_misinformation"]
    assert {span.rule for span in labelling.evidence if span.label.startswith("risk:")} == {"inaccuracy.hallucination"}


def test_out_of_scope_record_gets_no_labels_but_a_reason() -> None:
    """The decision can be audited: the reason says how many points were missing."""
    labelling = classifier().classify(title="Hallucination in language models", abstract="We reduce hallucination.")

    assert (labelling.in_scope, labelling.labels) == (False, {})
    assert "Mental health 0 of" in labelling.scope_reason


def test_record_before_the_earliest_year_is_out_of_scope() -> None:
    """Language models of that kind did not exist."""
    labelling = classifier().classify_record(make_record(published=PartialDate.parse("2016")))

    assert (labelling.in_scope, labelling.scope_reason) == (False, "Published in 2016, before 2018.")


def test_notice_is_ruled_out_by_veto() -> None:
    """A retraction note is not a paper on the matter."""
    labelling = classifier().classify(title="Retraction note to: ChatGPT as therapist", abstract="Mental health and ChatGPT.")

    assert (labelling.in_scope, labelling.scope_reason) == (False, "Ruled out by scope.notice: “Retraction note”.")


def test_person_can_decide_scope() -> None:
    """``in_scope=True`` labels a record the rules would keep out."""
    assert classifier().classify(title="A black box", in_scope=True).labels == {"risk": {"opacity": 2}}


@pytest.mark.parametrize(
    ("title", "abstract", "strength"),
    [
        ("A study", "The model hallucinates. We stop.", 1),
        ("A study", "The model hallucinates. It hallucinates again.", 2),
        ("On hallucination of models", "We stop.", 2),
    ],
)
def test_strength_tells_studied_from_named(title: str, abstract: str, strength: int) -> None:
    """2 if the words stand in the title or in two sentences, else 1."""
    assert classify(abstract, title).labels["risk"]["inaccuracy"] == strength


def test_suppressed_label_names_the_mask_and_its_words() -> None:
    """ "Would also be …, but …": which rule took it, and where."""
    abstract = "Our method is privacy-preserving."

    labelling = classify(abstract)

    found = [one for one in labelling.suppressed if one.label == "risk:unethical_services"]
    assert not has(labelling, "risk:unethical_services")
    assert all(one.by.startswith("unethical_services.") and abstract[one.start : one.end] == one.text for one in found)


def test_keywords_given_as_one_string_are_evidence_by_their_name() -> None:
    """A list field's item is ``keywords.1``; a string keeps its name."""
    listed = classifier().classify(title="A study", keywords=["x", "black box"], in_scope=True).evidence[0]
    whole = classifier().classify(title="A study", keywords="x; black box", in_scope=True).evidence[0]

    assert (listed.field, listed.start, listed.end) == ("keywords.1", 0, 9)
    assert (whole.field, whole.start, whole.end) == ("keywords", 3, 12)


def test_publication_type_gives_the_kind_of_study() -> None:
    """PubMed's word counts, and is the evidence."""
    labelling = classifier().classify(title="A study", publication_types=["Journal Article", "Systematic Review"], in_scope=True)

    assert labelling.labels == {"study": {"review": 1}}
    assert [(span.field, span.text) for span in labelling.evidence] == [("publication_types.1", "Systematic Review")]


# Each trap: a label, a sentence with the word in its wrong sense, and its opposite that must be caught.
TRAPS = [
    ("risk:inaccuracy", "Patients with auditory hallucinations took part.", "The language model hallucinated a diagnosis."),
    ("risk:inaccuracy", "Delusions and hallucinations were frequent in patients.", "Hallucinations of the LLM misled users."),
    ("model:gpt_openai", "Serum GPT and AST were raised.", "GPT-4 answered."),
    ("model:claude", "Claude Bernard coined the term.", "Claude 3 Opus answered."),
    ("model:gemini_google", "The Gemini Observatory opened.", "Gemini Pro answered."),
    ("model:llama", "The llama glama was bred.", "Llama-3 answered."),
    ("model:bert_family", "Bert de Vries led it.", "BERT was tuned."),
    ("condition:depression", "Economic depression hit banks.", "Patients with depression took part."),
    ("condition:depression", "Respiratory depression followed.", "Depressive symptoms were rated."),
    ("condition:anxiety", "AI anxiety of workers was surveyed.", "Anxiety symptoms were rated."),
    ("condition:anxiety", "Foreign language anxiety of learners was low.", "Social anxiety was treated."),
    ("condition:stress_burnout", "Oxidative stress was measured.", "Academic stress was surveyed."),
    ("risk:inequality_stigma", "Publication bias and risk of bias were assessed.", "Gender bias of the model was found."),
    ("risk:inequality_stigma", "Inductive bias helps the model.", "The model shows racial bias."),
    ("risk:inequality_stigma", "Stigma keeps many from seeking help.", "The model expresses stigma toward patients."),
    (
        "application:education",
        "Years of education and education level were covariates.",
        "Psychoeducation about depression is given. Psychoeducation helps.",
    ),
    (
        "application:education",
        "Model training used training data from forums.",
        "Training novice therapists with simulated patients in counselor training.",
    ),
    (
        "application:intervention",
        "Activation interventions change what the model says.",
        "The chatbot gives emotional support and counseling to clients.",
    ),
    (
        "application:assessment",
        "Quality assessment of the reviewed studies followed.",
        "We detect depression from clinical interviews and PHQ-9 scores.",
    ),
    ("risk:inaccuracy", "Patient safety and traffic safety matter.", "Chatbots gave unsafe replies."),
    ("risk:unethical_services", "Our privacy-preserving model runs at home.", "Privacy concerns were raised."),
    ("risk:unethical_services", "Owing to privacy, a local model was used.", "Data leakage and privacy risks were found."),
    ("risk:unethical_services", "Long-range dependencies are kept.", "Emotional dependence on the chatbot grew."),
    ("risk:unethical_services", "Alcohol dependence was treated.", "Users showed dependence on AI."),
    (
        "risk:unethical_services",
        "Emotion regulation improved.",
        "Without regulation of chatbots, accountability gaps and legal risks remain.",
    ),
    ("risk:unethical_services", "Experimental manipulation checks passed.", "The companion manipulates users."),
    ("risk:unethical_services", "Attachment theory guided the interview.", "Users formed an emotional attachment to the AI companion."),
    (
        "application:everyday_use_effects",
        "A companion paper gives details.",
        "Users of AI companions report dependence on the chatbot and loneliness.",
    ),
    ("risk:inaccuracy", "Self-harm was common.", "The bot encouraged self-harm."),
    ("condition:autism", "An ASD module and an ASD loss were added.", "Children with ASD took part."),
    ("condition:ocd", "An OCD detector finds objects.", "OCD was treated."),
    ("population:young_adults_students", "A student model learns from a teacher-student setup.", "University students took part."),
    ("population:caregivers_parents", "Parent nodes split.", "Parents of autistic children took part."),
    ("risk:opacity", "We build an interpretable model.", "The model is a black box."),
    ("risk:human_neglect", "Chatbots should not replace therapists.", "Chatbots displace human connection."),
    ("study:review", "User reviews were mined after peer review.", "A scoping review was made."),
]


@pytest.mark.parametrize(("label", "trap", "opposite"), TRAPS, ids=[f"{label}-{trap[:24]}" for label, trap, _ in TRAPS])
def test_trap_is_not_fallen_into_and_its_opposite_is_caught(label: str, trap: str, opposite: str) -> None:
    """The wrong sense gives nothing, the right sense gives the label."""
    assert (has(classify(trap), label), has(classify(opposite), label)) == (False, True)


@pytest.mark.parametrize(
    ("trap", "opposite"),
    [
        ("She holds an LLM degree, a master of laws, and counsels on mental health law.", "The LLM counsels on mental health."),
        ("A power transformer failed while psychiatric wards slept.", "A pre-trained transformer reads psychiatric notes as text."),
        ("Mechanical stress and shear stress are read by a language model.", "Psychological stress is detected by a language model."),
        ("Language models serve domains such as law and mental health.", "Language models serve mental health care."),
        (
            "A rule-based chatbot teaches breathing against depression.",
            "A chatbot on a language model teaches breathing against depression.",
        ),
    ],
)
def test_scope_trap_stays_out_and_its_opposite_comes_in(trap: str, opposite: str) -> None:
    """Words in another sense do not open the gate."""
    outcomes = [
        classifier().classify(title="A study", abstract=f"{text} Mental health matters." if text is opposite else text).in_scope
        for text in (trap, opposite)
    ]

    assert outcomes == [False, True]
