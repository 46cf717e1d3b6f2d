"""What a question is about: its content words, stemmed and weighted, in any script."""

import pytest

from adapters.ports.words import STRONG, content, spellings, stems, tokens, words_of


def test_function_words_say_nothing() -> None:
    """They are left out, and a question of nothing else has no words."""
    assert words_of("what is it of the") == {}
    assert set(words_of("How many weeks of leave do parents take?")) == {"week", "leav", "parent"}


def test_names_and_numbers_weigh_more() -> None:
    """So do bare keywords."""
    weights = words_of("Is travel booked in Oslo in 1998?")
    assert (weights["oslo"], weights["1998"], weights["travel"]) == (STRONG, STRONG, 1.0)
    assert words_of("leave") == {"leav": STRONG}


def test_stems_meet() -> None:
    """Both sides are cut alike; accents do not count; scripts without spaces give pairs of characters."""
    assert list(stems("The caf\u00e9's openings"))[1:] == list(stems("cafe opening"))
    assert list(stems("\u9000\u6b3e\u653f")) == ["\u9000\u6b3e", "\u6b3e\u653f"]


def test_the_first_words() -> None:
    """Of a long text no more words are read than are asked for; variants of a character are one."""
    assert set(words_of("leave for parents and for children", 3)) == {"leav", "parent"}
    assert words_of("\u2460 caf\u00e9s in \uff2f\uff33\uff2c\uff2f") == words_of("1 cafes in OSLO")


def test_content() -> None:
    """The words that are no stop words, in order, each behind its stem and as it is written but in lower case."""
    assert list(content("The Caf\u00e9's Batteries are here.")) == [("caf", "caf\u00e9's"), ("batter", "batteries")]
    assert list(content("of the")) == []


@pytest.mark.parametrize("one", ["E4021", "E-4021", "E 4021", "e-4021", "e 4021"])
@pytest.mark.parametrize("other", ["E4021", "E-4021", "E 4021", "e-4021", "e 4021"])
def test_codes_meet(one: str, other: str) -> None:
    """However each side writes them, a question's code is in a text that has it, and a search is for both spellings."""
    assert words_of(f"What does {one} mean?") == {"e4021": STRONG}
    assert "e4021" in set(stems(f"Error {other}: the pump is blocked."))
    sought = {word for _, word in content(one)} | {word.lower() for word in spellings(one)}
    assert sought >= {"e4021", "4021"}


@pytest.mark.parametrize(
    ("asked", "stem"), [("XJ-900", "xj900"), ("WH-1000XM4", "wh1000xm4"), ("RFC-2616", "rfc2616"), ("A-320", "a320")]
)
def test_codes_of_several_letters(asked: str, stem: str) -> None:
    """With a hyphen in the question; in a text, with a blank or none as well."""
    assert words_of(f"Which of them is {asked}?") == {stem: STRONG}
    for text in (asked, asked.replace("-", ""), asked.replace("-", " ")):
        assert stem in tokens(text)


@pytest.mark.parametrize(
    "text",
    ["Built in 1998?", "COVID-19 rules", "GPT-4", "the US 2020 election", "from 1980 e 1990", "a 4021", "mid-1990s"],
)
def test_what_is_no_code_is_left_apart(text: str) -> None:
    """Years, counts and names with a number after them keep their words."""
    apart = set(words_of(text)) & {"1998", "covid", "19", "gpt", "2020", "1980", "1990", "4021", "1990s", "10"}
    assert apart and not any(word[0].isalpha() and word[-1].isdigit() for word in words_of(text))


def test_codes_are_looked_for_in_linear_time() -> None:
    """Whatever text is sent."""
    for text in ("E-" * 100_000, "E 1" * 100_000, "E-40" * 100_000, "AAAA" * 100_000, "9" * 400_000):
        assert len(tokens(text)) + len(spellings(text)) + len(words_of(text, 9)) >= 1
