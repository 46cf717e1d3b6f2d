"""Words are made alike, and different words stay different."""

from __future__ import annotations

import pytest

from policies.tables.spelling import fold, folds_of, name_words


@pytest.mark.parametrize(
    ("one", "other"),
    [("city", "cities"), ("status", "statuses"), ("box", "boxes"), ("price", "prices"), ("people", "person"),
     ("class", "classes"), ("address", "addresses"), ("movie", "movies"), ("qty", "quantity"), ("child", "children")],
)  # fmt: skip
def test_singular_and_plural_are_alike(one: str, other: str) -> None:
    """Both fold to the same."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("shipped", "shipper"), ("car", "care"), ("plan", "plane"), ("news", "new"),
                                            ("manager", "management"), ("order", "ordered")])  # fmt: skip
def test_other_words_stay_apart(one: str, other: str) -> None:
    """No more than a plural falls away."""
    assert fold(one) != fold(other)


def test_names_are_split() -> None:
    """Underscores and capitals part words."""
    assert name_words("unitPrice") == name_words("unit_prices") == ("unit", "price")
    assert name_words("HTTPStatus") == ("http", "status")
    assert folds_of("Zoë's Cafés") == ("zoe", "'s", "cafe")
