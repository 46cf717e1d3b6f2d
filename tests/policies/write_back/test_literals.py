"""Quotations, addresses, identifiers and names are found, and looked for letter by letter."""

import pytest

from policies.write_back.literals import flat, holds, inner_names, literals, names

FOUND = [
    ('He said "never again" to all.', ["never again"]), ("Set `max_retries` now.", ["max_retries", "max_retries"]),
    ("See https://example.org/docs.", ["https://example.org/docs"]), ("Go to example.com for it.", ["example.com"]),
    ("Use --force here.", ["--force"]), ("Call getName() or os.path.", ["getName()", "os.path"]),
    ("Open /etc/hosts then.", ["/etc/hosts"]), ("Install 2.10.3 or v2.", ["2.10.3", "v2"]),
    ("COVID-19 spread.", ["COVID-19"]),
    ("The 1990s and the 5th 14-day trial.", []), ("Don't do it.", []), ("The dogs' food and the cats' food.", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_literals(text: str, expected: list[str]) -> None:
    """What must stand in a passage as it does in the claim; apostrophes quote nothing."""
    assert set(literals(text)) == set(expected)


def test_held() -> None:
    """Whole, in any case and with any blanks, and not as part of a longer one."""
    passage = flat('Set MAX_retries to 3; he said \u201cnever   again\u201d.')
    assert holds(passage, "max_retries") and holds(passage, "never again") and not holds(passage, "max_retrie")
    assert not holds(passage, "ever again") and not holds(flat("version 2.1.34"), "2.1.3")


def test_names() -> None:
    """Stems of capitalised words, first ones too where they are no usual opening; never "I"."""
    assert list(names("Berlin is where Karl Brandt lived. However, I went to Oslo.")) == ["berlin", "karl", "brandt",
                                                                                          "oslo"]
    assert list(names("Additionally, the museum opened.")) == [] and list(names("The iPhone")) == ["iphon"]
    assert list(inner_names("Explain what Karl's museum shows.")) == ["karl"]
