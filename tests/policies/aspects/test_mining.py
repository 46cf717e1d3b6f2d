"""What a passage speaks of: its own words, the most important first, in any language."""

import pytest

from policies.aspects.mining import LONGEST, MOST, aspects_of


def test_what_stands_in_more_sentences_comes_first() -> None:
    """However often it is said in one of them."""
    text = "The lift is old, old, old. Breakfast was warm. We loved the breakfast. Breakfast ends at ten."
    assert aspects_of("", text)[0] == "breakfast"


def test_the_title_and_the_beginning_count_more() -> None:
    """Of two words that stand in as many sentences."""
    text = "The sauna smells of birch. The gym is shut."
    assert aspects_of("", text)[0] == "sauna"
    assert aspects_of("Gym rules", text)[0] == "gym"


def test_forms_are_one_aspect() -> None:
    """Named by the form that is used most, else by the shortest."""
    assert aspects_of("", "One battery died. Batteries cost much. A battery lasts.").count("battery") == 1
    assert aspects_of("", "Batteries cost much.") == ("batteries", "cost")


def test_no_more_than_so_many_and_only_lower_case() -> None:
    """Whatever the text, and the same every time."""
    text = " ".join(f"Thing{chr(97 + number % 26) * 4}{chr(97 + number // 26)}." for number in range(200))
    found = aspects_of("T", text)
    assert len(found) == MOST and found == aspects_of("T", text)
    assert all(word == word.lower() for word in found)


@pytest.mark.parametrize(
    ("text", "aspects"),
    [
        ("Die Lieferung kam nicht an, wir haben eine Rechnung.", {"lieferung", "rechnung"}),
        ("La livraison est avec une facture, pour vous.", {"livraison", "facture"}),
        ("\u9000\u6b3e\u653f\u7b56", {"\u9000\u6b3e", "\u6b3e\u653f", "\u653f\u7b56"}),
        ("\u0414\u043e\u0441\u0442\u0430\u0432\u043a\u0430", {"\u0434\u043e\u0441\u0442\u0430\u0432\u043a\u0430"}),
    ],
)
def test_any_language(text: str, aspects: set[str]) -> None:
    """Words that only carry a sentence name nothing; scripts without spaces come in twos."""
    assert aspects <= set(aspects_of("", text))
    assert not {"die", "nicht", "wir", "haben", "eine", "est", "avec", "une", "pour"} & set(aspects_of("", text))


def test_what_names_nothing() -> None:
    """Numbers, codes, words of one or two letters and what is longer than any word; nor does an empty text."""
    assert aspects_of("", f"E-4021 at 17:30, 4k, ok so {'x' * (LONGEST + 1)}.") == ()
    assert aspects_of("", "") == ()
    assert aspects_of("Parental leave", "") == ("parental", "leave")
