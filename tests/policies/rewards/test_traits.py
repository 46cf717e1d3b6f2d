"""What is read off a text."""

from __future__ import annotations

import subprocess
import sys

import pytest

from policies.rewards.traits import contractions, registers, straight, traits, words


def test_words_are_lower_case_and_whole() -> None:
    """A curly apostrophe is a straight one."""
    assert words("It\u2019s 3 o'clock, Ann!") == ["it's", "o'clock", "ann"]
    assert straight("it\u2019s") == "it's"
    assert contractions(words("Don't say they've left us.")) == 2


@pytest.mark.parametrize(
    ("text", "casual", "formal"),
    [("Hey guys, it's cool!!", 5, 0), ("Dear Sir, furthermore, kind regards", 0, 3), ("The cat sat.", 0, 0)],
)
def test_registers_are_counted(text: str, casual: float, formal: int) -> None:
    """Signs of either, none in plain text."""
    found = registers(text, words(text))
    assert (found[0] >= casual, found[1]) == (True, formal)


def test_traits_are_what_a_text_shows() -> None:
    """Amounts, and what is there or not."""
    found = traits("## Plan\n- one\n- two\nDas ist nicht gut und nicht neu! \U0001f600")
    assert found["headings"] and found["lists"] and found["emoji"] and not found["code"]
    assert found["in.German"] == 1 and found["exclamations"] == 1


def test_reading_traits_loads_no_arrays() -> None:
    """Preferences stand on these modules, and start without numpy, which is slow to import."""
    code = "import sys, policies.preferences, policies.rewards.words; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
