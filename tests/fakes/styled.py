"""Answers that say the same in four styles: a backend whose answers differ in nothing but taste.

The style is the one that the model's name holds (`styled;brief`), else the one that the prompt asks for (`in the brief
style`), else each in its turn.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection

from bench.styles import FACTS, STYLES, written

NAMES = tuple(STYLES)
TEXTS = {name: written(FACTS[:8], on) for name, on in STYLES.items()}
_turns = itertools.count()


def styled(words: Collection[str], prompt: str) -> str:
    """The answer."""
    asked = [name for name in NAMES if name in words] or [name for name in NAMES if f"in the {name} style" in prompt]
    return TEXTS[asked[0] if asked else NAMES[next(_turns) % len(NAMES)]]


def style(text: str) -> str:
    """The name of the style of an answer."""
    return next(name for name, whole in TEXTS.items() if whole == text)
