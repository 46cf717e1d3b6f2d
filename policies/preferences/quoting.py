"""A text of the person's own as a quotation that a model may be shown: short, on one line, and without orders."""

from __future__ import annotations

import re
from collections.abc import Iterable

from adapters.ports import Evidence, count_tokens
from policies.preferences.echoes import copied
from policies.preferences.guard import plain
from policies.preferences.style import output

_SENTENCE = re.compile(r"(?<=[.!?\u2026])\s+|\n+")
_SPACE = re.compile(r"\s+")
_ORDERS = re.compile(
    r"<\||\|>|\[/?inst|<<sys|</?s>|<\s*/?\s*(?:rapport|system|assistant|user|human|instructions?)\b|"
    r"\b(?:ignore|disregard|override|bypass|forget)\b[^.!?\n]{0,40}\b(?:instructions?|prompts?|rules?|directions?|"
    r"guidelines?|above|before|previous|prior|earlier)\b|\b(?:system|developer)\W{0,3}(?:prompt|message|instruction|"
    r"note|role|override)|^\W{0,4}(?:system|assistant|developer|user|human|tool)\W{0,3}:|\bnew instructions?\b|"
    r"\byou(?: are|'re) (?:now )?(?:an? )?(?:ai|assistant|language model|chat ?bot|gpt|dan)\b|\bas an ai\b|"
    r"\bfrom now on\W{0,2}(?:you|always|never|answer|respond|reply)\b|\bprompt injection\b|\bjailbreak\w*|"
    r"\b(?:reveal|print|repeat|output|leak)\b[^.!?\n]{0,30}\b(?:prompt|instructions?|password|api[ _-]?keys?)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""What gives a model orders, or plays a part of a conversation."""


def quote(item: Evidence, tokens: int) -> str:
    """What an event shows of the person's own writing, on one line in quotation marks; "" where nothing of it is fit.

    A text that gives a model orders is left out whole; of others the sentences with links, addresses or markup.
    """
    text = output(item)
    if not text or copied(text, item) or _ORDERS.search(text):
        return ""
    sentences = [_SPACE.sub(" ", part).strip() for part in _SENTENCE.split(text)]
    clipped = clip([part for part in sentences if part and plain(part)], tokens)
    return f'"{clipped}"' if clipped else ""


def clip(sentences: Iterable[str], tokens: int) -> str:
    """As many whole sentences from the start as `tokens` hold; of a first one that is longer, as many words."""
    kept: list[str] = []
    left = tokens
    for sentence in (each.replace('"', "'") for each in sentences):
        cost = count_tokens(sentence)
        if cost > left:
            return " ".join(kept) if kept else _cut(sentence, tokens)
        kept.append(sentence)
        left -= cost
    return " ".join(kept)


def _cut(sentence: str, tokens: int) -> str:
    """The beginning of a sentence that, with its ellipsis, takes at most `tokens` tokens: to a word's end where words
    have spaces between them."""
    low, high = 0, len(sentence)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count_tokens(sentence[:middle]) < tokens else (low, middle - 1)
    space = sentence.rfind(" ", 0, low + 1)
    return sentence[: space if space > low // 2 else low].rstrip() + "\u2026" if low else ""
