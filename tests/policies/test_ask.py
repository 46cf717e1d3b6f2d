"""Settings of `kind: ask`, and what it imports when."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from policies.ask import AskConfig


@pytest.mark.parametrize("settings", [{"every_days": 0}, {"every_days": 1e9}, {"after_turns": 0}, {"often": True}])
def test_what_is_no_setting(settings: dict[str, Any]) -> None:
    """Numbers out of their range, and unknown names."""
    with pytest.raises(ValueError):
        AskConfig(**settings)


def test_it_is_off_unless_named() -> None:
    """It stands in no default chain; reading its settings imports no arrays."""
    code = ("import sys; from proxy.kinds import DEFAULT, load_kind; load_kind('ask', 'x').config();"
            "print('ask' in DEFAULT, 'numpy' in sys.modules)")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "False False", done.stderr
