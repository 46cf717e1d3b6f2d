"""The weights that come with the package: what they make of requests, and what is said where they cannot be read."""

from pathlib import Path

import pytest

from policies.questions.classifier import FILE, FOLDED, RULES, read, shipped
from policies.questions.grams import BUCKETS, tokens
from policies.questions.needs import RELATIONAL

WEIGHTS = b"\0" * 2 * (BUCKETS + FOLDED)


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("How much memory can the camera hold", True),
        ("who was the first woman in space", True),
        ("I need the address of the embassy in Oslo", True),
        ("tell me about the warranty of the drill", True),
        ("do you have any brothers or sisters", False),
        ("how was your day", False),
        ("what is on my calendar for tomorrow", False),
        ("I went to the cinema with my sister last night and it was great", False),
        ("write a limerick about the capital of mongolia", False),
    ],
)
def test_knowledge(text: str, needed: bool) -> None:
    """The weights tell requests for facts from talk and work; rules that agree make it surer."""
    score = shipped().score(tokens(text))
    assert score is not None
    assert (score > 0) is needed
    odds = [shipped().knowledge(tokens(text), decision) for decision in RULES]
    assert odds == sorted(odds, key=lambda each: -(each or 0.0))


def test_other_languages() -> None:
    """Of other languages the weights know nothing, and say so."""
    assert shipped().score(tokens("Wie lange ist die Frist?")) is None
    assert shipped().knowledge(tokens("Quelle est la capitale ?"), "yes") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What is the average salary in each department?", True),
        ("How many orders did each customer place last year?", True),
        ("list the names of all products that have no price", True),
        ("average order value by customer", True),
        ("who sang the song of the highest mountain", False),
        ("Who wrote the book?", False),
        ("how do i descale the machine", False),
    ],
)
def test_relational(text: str, expected: bool) -> None:
    """Questions over rows are told by words and signs."""
    assert ((shipped().relational(tokens(text)) or 0) >= RELATIONAL) is expected


def test_both_at_once() -> None:
    """What one look at a text tells is what two tell; what is not asked for is not told."""
    words = tokens("How many orders did each customer place last year?")
    both = shipped().knowledge(words, "yes"), shipped().relational(words)
    assert shipped().read(words, "yes", rows=True) == both
    assert shipped().read(words, None, rows=False) == (None, None)


@pytest.mark.parametrize("text", ["Wie viele Kunden haben wir?", "Combien de clients dans le nord", "\u4f60\u597d", ""])
def test_rows_of_other_languages(text: str) -> None:
    """Nor do they know of other languages what asks for rows."""
    assert shipped().relational(tokens(text)) is None


def test_small() -> None:
    """The file stays small, and is as long as its table."""
    assert FILE.stat().st_size < 200_000
    assert len(shipped().table) == len(shipped().rows) == BUCKETS
    assert shipped().rows[:FOLDED] == shipped().rows[-FOLDED:]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "must hold 73728 weights"),
        (b'{"format": 2}\n' + b"\0" * 10, "not 10 bytes"),
        (b'{"format": 1}\n' + WEIGHTS, "must be of format 2"),
        (b'{"format": 2, "scale": 1}\n' + WEIGHTS, "lacks 'bias'"),
        (b"not JSON\n" + WEIGHTS, "Expecting value"),
    ],
)
def test_bad_file(tmp_path: Path, data: bytes, said: str) -> None:
    """What is wrong with a file is named."""
    (tmp_path / "gate.bin").write_bytes(data)
    with pytest.raises(ValueError, match=said):
        read(tmp_path / "gate.bin")


def test_missing_file(tmp_path: Path) -> None:
    """So is a file that is not there."""
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "gate.bin")
