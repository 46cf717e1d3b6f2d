"""How much models read at a time is known without importing litellm."""

import subprocess
import sys

import pytest

from adapters.litellm_tables import library
from adapters.litellm_windows import table, window

PROBE = """
import sys
from adapters.litellm_windows import window
assert window("openai/gpt-4o") == 128000, window("openai/gpt-4o")
assert not [name for name in sys.modules if name.split(".")[0] == "litellm"]
"""


def test_litellm_is_not_imported() -> None:
    """Which would take seconds of whoever asks."""
    subprocess.run([sys.executable, "-c", PROBE], check=True, timeout=60)


@pytest.mark.parametrize("model", ["openai/gpt-4o", "gpt-4o", "anthropic/claude-sonnet-4-5", "gpt-4"])
def test_it_is_what_litellm_says(model: str) -> None:
    """With the name of the provider and without."""
    assert window(model) == library().model_cost[model.rpartition("/")[2]]["max_input_tokens"]


def test_what_is_unknown() -> None:
    """A name that nobody knows, and what is no model, have none."""
    assert window("openai/my-own") is None and window("demo") is None and window("") is None
    assert len(table()) > 1000 and all(isinstance(size, int) and size > 0 for size in table().values())
