"""What a question is about: its content words, stemmed and weighted, in any script."""

from adapters.ports.words import STRONG, content, stems, words_of


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
