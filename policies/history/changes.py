"""Whether an answer that a client sends back was changed by somebody, and not by the client.

Clients render, shorten, label and re-encode what they send back; a person changes some of its words. So answers are
compared word by word, without what a client adds or drops by itself, and a text that shares little with what was
answered is another text (a summary, a pruned turn, another model's answer), no edit. Neither is what only adds around
the answer (footers, sources, labels, further questions), only leaves a piece out, or only hides pieces behind marks
(`[EMAIL]`, `[code]`, `****`): people do that too, and it cannot be told apart.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from adapters.ports import strip_blocks

LEAST_SHARED = 0.5
"""Share of pairs of neighbouring words that an edit has in common with its original (Dice)."""
MOST_LABEL = 3
"""Words that a client may put in the place of what it cut off."""

# Reasoning as models write it into their text, or as Open WebUI shows it; the end may be missing where it is cut off.
_REASONING = re.compile(
    r"<(think|thinking|thought|reasoning)>.*?(?:</\1>|\Z)|<details type=\"reasoning\".*?(?:</details>|\Z)", re.DOTALL
)
_CUES = ("think", "<thought>", "reasoning")
# Templates open the block for the model, which then only closes it.
_UNOPENED = re.compile(r"\A(?:(?!<think).)*?</think(?:ing)?>", re.DOTALL)
_CITED = re.compile(r"\[\^?\d{1,3}\]|【[^】]{0,60}】")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_LINK = re.compile(r"\]\([^()\s]{0,500}\)")
# What stands in the place of what was hidden: a name in brackets, masked letters, black bars.
_MARK = re.compile(
    r"(?<!\w)\[[^\[\]\n]{1,60}\](?!\()|\{\{[^{}\n]{1,60}\}\}|\{[A-Z_]{3,40}\}|<[A-Z][A-Z_ 0-9]{2,40}>|"
    r"(?<![\w*])[^\W_]{1,3}(?:\*{2,}|[#$@%]{3,})\w{0,20}|(?<![\w*])\*{3,}(?![\w*])|"
    r"[\u2588\u2587\u25a0\u25cf]{2,}\w{0,20}|\b[Xx]{3,}\b"
)
_WORD = re.compile("[^\\W_]+|[\U0001f300-\U0001faff]")


def visible(text: str) -> str:
    """The text as the person reads it: without reasoning and without our own blocks."""
    text = strip_blocks(text)
    if any(cue in text for cue in _CUES):
        text = _REASONING.sub("", text)
        text = _UNOPENED.sub("", text, count=1) if "</think" in text else text
    return text.strip()


def words(text: str) -> list[str]:
    """The words of a visible text, whatever markup, citation marks, cases and spaces are around them."""
    if "&" in text:
        text = html.unescape(text)
    return _WORD.findall(_TAG.sub(" ", _LINK.sub("] ", _CITED.sub(" ", text))).casefold())


def changed(before: Sequence[str], now: Sequence[str]) -> bool:
    """Whether words that were answered read now as somebody's edit of them. Time grows linearly with the words."""
    if before == now or not before or not now:
        return False
    head, tail = _ends(before, now)
    if head + tail >= len(now) or _spaced(before) in _spaced(now):
        return False
    if len(now) < len(before) + MOST_LABEL and _cut(now, head, tail):
        return False
    return shared(before, now) >= LEAST_SHARED


def masked(before: Sequence[str], now: str) -> bool:
    """Whether a visible text is an answer of these words in which marks stand for pieces of it, and nothing else is
    new."""
    first, *others = (_spaced(words(piece)) for piece in _MARK.split(now))
    whole = _spaced(before)
    if not others or not whole.startswith(first):
        return False
    *between, last = others
    place = len(first) - 1
    for piece in between:
        found = whole.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece) - 1
    return whole.endswith(last) and len(whole) - len(last) >= place


def shared(before: Sequence[str], now: Sequence[str]) -> float:
    """How much of both texts stands in both, 0 to 1: pairs of neighbouring words, each as often as in both."""
    one, other = Counter(pairwise(before)), Counter(pairwise(now))
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _spaced(said: Sequence[str]) -> str:
    """Words as one text in which a piece of them is found by its spaces."""
    return f" {' '.join(said)} " if said else " "


def _ends(before: Sequence[str], now: Sequence[str]) -> tuple[int, int]:
    """How many words at the beginning are the same, and how many of the others at the end."""
    most = min(len(before), len(now))
    head = next((place for place in range(most) if before[place] != now[place]), most)
    most -= head
    tail = next((place for place in range(most) if before[-1 - place] != now[-1 - place]), most)
    return head, tail


def _cut(now: Sequence[str], head: int, tail: int) -> bool:
    """Whether it is a piece of the original from its beginning or its end, with a mark for what is missing at most."""
    return max(head, tail) >= len(now) - MOST_LABEL and 0 in (head, tail)
