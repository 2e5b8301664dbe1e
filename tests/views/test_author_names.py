"""Authors' names for reference managers."""

from __future__ import annotations

import pytest

from tracker.views.author_names import AuthorName, split_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Example", AuthorName("Example", "Ada")),
        ("Ada B. Example", AuthorName("Example", "Ada B.")),
        ("Jean-Luc de la Example", AuthorName("de la Example", "Jean-Luc")),
        ("Martin Luther Example Jr.", AuthorName("Example", "Martin Luther", "Jr.")),
        ("Plato", AuthorName("Plato")),
        ("van Example", AuthorName("Example", "van")),
        ("Anderson Groupe", AuthorName("Groupe", "Anderson")),
        ("The Example Trial Consortium", AuthorName("The Example Trial Consortium", is_group=True)),
        ("Research and Care", AuthorName("Research and Care", is_group=True)),
        ("  ", AuthorName("", is_group=True)),
    ],
)
def test_name_is_split_where_reference_managers_split_it(name: str, expected: AuthorName) -> None:
    """Family name last, with its particles and without its suffix; groups stay whole."""
    assert split_name(name) == expected


def test_initials_keep_hyphens() -> None:
    """As APA writes them."""
    assert split_name("Ada Jean-luc Example").initials == "A. J.-L."
    assert split_name("Plato").initials == ""
