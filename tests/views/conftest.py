"""A small taxonomy of our own: enough labels for every filter, in an order that is not the alphabet's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

FACETS = {
    "application": {
        "education": "Education",
        "assessment": "Assessment",
        "detection_screening": "Detection",
        "intervention": "Intervention",
    },
    "risk": {"inequality_stigma": "Inequality and stigma", "inaccuracy": "Inaccuracy", "opacity": "Opacity"},
    "safeguard": {"fine_tuned_for_mh": "Fine-tuned for mental health", "people_involved": "People involved"},
    "condition": {"depression": "Depression"},
    "population": {"youth": "Young people"},
    "study": {"review": "Review", "trial": "Trial"},
    "model": {"gpt_openai": "GPT (OpenAI)"},
    "language": {"english": "English"},
}


def _label(facet: str, label: str, name: str) -> SimpleNamespace:
    level, parent = (2, "assessment") if label == "detection_screening" else (1, None)
    return SimpleNamespace(id=label, facet=facet, name=name, short_name=name, level=level, parent=parent, outside_paper_three=False)


@pytest.fixture(scope="session")
def taxonomy() -> Any:
    """What the views read of a taxonomy: ``version``, ``facets`` with ``labels``, ``label("facet:label")``."""
    facets = {
        facet: SimpleNamespace(id=facet, name=facet.title(), labels={label: _label(facet, label, name) for label, name in labels.items()})
        for facet, labels in FACETS.items()
    }

    def find(name: str) -> SimpleNamespace:
        facet, label = name.split(":")
        return facets[facet].labels[label]

    return SimpleNamespace(version="2026.1", facets=facets, label=find)
