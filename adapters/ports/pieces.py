"""A passage as it is turned into vectors: as a whole, and window by window."""

from __future__ import annotations

import re

WINDOW, STEP = 16, 8
"""Words of a window, and from the start of one to the start of the next."""
MOST = 64
"""Windows of a passage, beyond which its text has no vectors but that of the whole."""
_WIDE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff"
# Where a script has no spaces, two characters count as a word.
_WORD = re.compile(f"[{_WIDE}]{{1,2}}|[^\\s{_WIDE}]{{1,40}}")


def whole(title: str, text: str) -> str:
    """What stands for a passage: a title often says what the text takes for granted."""
    return f"{title}\n{text}"


def windows(title: str, text: str) -> list[str]:
    """Overlapping windows over the words of a passage, each behind the title; none where one would hold it all.

    A passage is as near as its nearest part (Dai and Callan, arXiv 1905.09217, of documents): the vector of a whole
    one is a mean in which a fact that takes half a sentence drowns. Takes time in proportion to the text.
    """
    words: list[tuple[int, int]] = []
    for word in _WORD.finditer(text):
        words.append(word.span())
        if len(words) == WINDOW + (MOST - 1) * STEP:
            break
    if len(words) <= WINDOW:
        return []
    starts = range(0, len(words) - WINDOW + STEP, STEP)
    return [f"{title}\n{text[words[at][0] : words[min(at + WINDOW, len(words)) - 1][1]]}" for at in starts]
