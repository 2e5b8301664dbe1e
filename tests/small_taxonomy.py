"""A small taxonomy without rules: every facet, an order that is not the alphabet's, one label of the second level."""

from __future__ import annotations

from tracker.domain.scheme import Facet, Label, Scope, Taxonomy

NAMES = {
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
PARENTS = {"detection_screening": "assessment"}


def make_taxonomy(version: str = "2026.1") -> Taxonomy:
    """The facets and labels of :data:`NAMES`."""
    facets = {facet: Facet(id=facet, name=facet.title(), definition="", labels=_labels(facet)) for facet in NAMES}
    return Taxonomy(version=version, scope=Scope(earliest_year=2018, signals=(), names={}), facets=facets)


def _labels(facet: str) -> dict[str, Label]:
    return {
        label: Label(
            id=label,
            facet=facet,
            name=name,
            short_name=name,
            definition=f"About {name.lower()}.",
            threshold=1.0,
            rules=(),
            level=2 if label in PARENTS else 1,
            parent=PARENTS.get(label),
        )
        for label, name in NAMES[facet].items()
    }
