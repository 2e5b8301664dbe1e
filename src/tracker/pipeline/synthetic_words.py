"""What synthetic papers are made of: sentences that carry labels, with the share of papers that have one, and invented words.

The shares are near those of the shipped sample; every sentence is our own. Names and words are built of syllables, so that none is
anybody's.
"""

from __future__ import annotations

import itertools

TOPICS = {  # what a paper is about: share among papers in scope, and sentences of which it says one or two
    "assessment": (
        0.38,
        (
            "We fine-tune a large language model to detect depression in social media posts.",
            "The model screens clinical notes for suicide risk and predicts PHQ-9 severity.",
            "We compare large language models at diagnosing psychiatric disorders from case vignettes.",
        ),
    ),
    "intervention": (
        0.40,
        (
            "We present a chatbot built on a large language model that offers emotional support to people with anxiety.",
            "A therapy chatbot delivered cognitive behavioral therapy to adults with depression for four weeks.",
            "ChatGPT answered people in a mental health crisis and referred them to a hotline.",
        ),
    ),
    "education": (
        0.12,
        (
            "A large language model plays simulated patients to train counseling students in psychotherapy skills.",
            "ChatGPT answers common questions of the public about schizophrenia as psychoeducation.",
        ),
    ),
    "research_tool": (
        0.10,
        ("We use a large language model to code psychotherapy transcripts for research on mental health.",),
    ),
}
REMARKS = {  # what it may say besides: share among papers in scope, and a sentence
    "inaccuracy": (0.14, "The model hallucinated and gave inaccurate mental health information in some answers."),
    "inequality_stigma": (0.10, "We examine demographic bias and stigma of the model toward patients with mental illness."),
    "unethical_services": (0.12, "Privacy of the patients and informed consent remain ethical concerns."),
    "insufficient_reliability": (0.07, "Answers were inconsistent and sensitive to the wording of the prompt."),
    "opacity": (0.05, "The lack of explainability and transparency of the black box model limits its use."),
    "human_neglect": (0.04, "Users came to rely on the chatbot instead of human therapists."),
    "people_involved": (0.10, "It was co-designed with people with lived experience and licensed clinicians."),
    "rigorous_evaluation": (0.15, "Effects were measured in a randomized controlled trial with 120 participants."),
    "enhances_equity": (0.06, "It was adapted to low-resource languages to widen access for underserved groups."),
    "ethical_standards": (0.10, "Safety guardrails follow an ethical framework for mental health chatbots."),
    "youth": (0.12, "Participants were adolescents."),
    "clinicians": (0.10, "Clinicians rated all answers."),
    "benchmark": (0.15, "We release a benchmark dataset."),
    "gpt": (0.35, "We used GPT-4."),
    "llama": (0.15, "We used Llama 3."),
}
ELSEWHERE = (  # near misses, which the scope rule has to keep out
    "We train a large language model to plan routes for delivery robots.",
    "A survey of deep learning for image segmentation in pathology.",
    "The economic depression of the region is studied with a panel of firms.",
    "A questionnaire measured sleep quality and stress among nurses.",
)
FUNCTION_WORDS = (
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "we",
    "for",
    "with",
    "that",
    "on",
    "is",
    "by",
    "are",
    "this",
    "from",
    "as",
    "results",
)
_ONSETS = ("b", "br", "d", "dr", "f", "fl", "g", "gr", "k", "kl", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "tr", "v", "z")
_RHYMES = ("a", "e", "i", "o", "u", "an", "en", "in", "on", "ar", "er", "ol", "ul", "est", "ind")


def invented_words(count: int) -> list[str]:
    """*count* different words of two to four syllables, always the same ones.

    >>> invented_words(3)
    ['baba', 'babe', 'babi']
    """
    syllables = ["".join(pair) for pair in itertools.product(_ONSETS, _RHYMES)]
    made: dict[str, None] = {}
    for parts in itertools.chain.from_iterable(itertools.product(syllables, repeat=length) for length in (2, 3, 4)):
        if len(made) >= count:
            break
        made["".join(parts)] = None
    return list(made)
