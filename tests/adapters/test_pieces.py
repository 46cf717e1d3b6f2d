"""How a passage is cut for the vectors of its parts."""

import time

import pytest

from adapters.ports.pieces import MOST, STEP, WINDOW, whole, windows


def words(first: int, last: int) -> str:
    return " ".join(f"w{number}" for number in range(first, last))


def test_whole() -> None:
    """The whole passage is its title and its text."""
    assert whole("Title", "Text.") == "Title\nText."


@pytest.mark.parametrize("number", [0, 1, WINDOW])
def test_a_short_passage_has_no_parts(number: int) -> None:
    """Where one window would hold everything, the whole is enough."""
    assert windows("Title", words(0, number)) == []


@pytest.mark.parametrize("number", [WINDOW + 1, WINDOW + STEP, 2 * WINDOW, 100])
def test_windows_overlap_and_leave_nothing_out(number: int) -> None:
    """Each begins `STEP` words after the one before it, holds `WINDOW` words, and the last ends with the text."""
    found = windows("Title", words(0, number))
    assert all(piece.startswith("Title\n") for piece in found)
    texts = [piece.removeprefix("Title\n") for piece in found]
    assert texts[:-1] == [words(STEP * n, STEP * n + WINDOW) for n in range(len(texts) - 1)]
    assert texts[-1] == words(STEP * (len(texts) - 1), number)
    assert STEP < len(texts[-1].split()) <= WINDOW


def test_the_text_stays_as_it_was() -> None:
    """Marks and line ends within a window are the passage's own."""
    text = "One, two;\n- three  four! " * 20
    assert all(piece.removeprefix("Title\n") in text for piece in windows("Title", text))


def test_scripts_without_spaces() -> None:
    """Two characters count as a word where no spaces tell words apart."""
    found = windows("标题", "退款需要三十天请联系客服办理" * 10)
    assert len(found) == 8
    assert all(len(piece) <= 3 + 2 * WINDOW for piece in found)


@pytest.mark.parametrize("unit", ["a ", ".", "\n", " ", "One sentence. ", "\u3002", "x", "退", "\ud800"])
def test_long_texts_are_bounded(unit: str) -> None:
    """However long and odd a text, its windows are few, and cutting takes time in proportion to it."""
    began = time.process_time()
    assert len(windows("Title", unit * 300_000)) <= MOST
    assert time.process_time() - began < 3
