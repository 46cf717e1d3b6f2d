"""A text becomes the same few features on every machine, however it is typed and however long it is."""

import time

import pytest

from policies.questions.grams import BUCKETS, WORDS, brief, english, grams, tokens


def test_tokens() -> None:
    """Case, the last mark, kinds of apostrophes and the digits of a number decide nothing."""
    assert tokens("What's the E-mail of shop 4021?") == ["what's", "the", "e", "mail", "of", "shop", "0"]
    assert tokens("WHAT\N{RIGHT SINGLE QUOTATION MARK}S up at 7") == tokens("what's up at 4021?")
    assert tokens("hi there? you") == ["hi", "there", "?", "you"]
    assert tokens("") == []


def test_places_are_stable() -> None:
    """The weights that are shipped were made for these very places."""
    assert sorted(grams(["who", "sang"])) == [15009, 17470, 39549, 50091, 52062]
    assert all(0 <= place < BUCKETS for place in grams(tokens("where is \ud800 the \u9000 caf\u00e9")))


@pytest.mark.parametrize("text", ["word " * 200_000, "a" * 1_000_000, "\u4f60" * 1_000_000, "?" * 1_000_000])
def test_long_texts(text: str) -> None:
    """Only the beginning is read."""
    start = time.process_time()
    assert len(tokens(text)) <= WORDS
    assert len(grams(tokens(text))) <= 2 * WORDS + 3
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who founded the city of Lagos?", True),
        ("Where did Charles de Gaulle live?", True),
        ("parental leave weeks", False),
        ("Wie lange ist die Frist?", False),
        ("Was ist die Frist?", False),
        ("Quelle est la capitale du P\u00e9rou ?", False),
        ("\u9000\u6b3e\u653f\u7b56\u662f\u4ec0\u4e48", False),
        ("", False),
    ],
)
def test_english(text: str, expected: bool) -> None:
    """English is told by the words that it alone has."""
    assert english(tokens(text)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("top 5 customers", True),
        ("the top customers", True),
        ("clients par mois pour le nord", False),
        ("caf\u00e9 customers", False),
        ("one two three four five six seven eight nine", False),
        ("", False),
    ],
)
def test_brief(text: str, expected: bool) -> None:
    """A few plain words that no other language claims."""
    assert brief(tokens(text)) is expected
