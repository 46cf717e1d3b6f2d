"""Where a question of taste is out of place in a chat."""

from __future__ import annotations

import re

from adapters.ports import ChatRequest, strip_blocks
from policies.questions.factual import factual
from policies.requests import obstacle
from policies.rewards.traits import LANGUAGES, words

LOOKED_AT = 2000
"""Characters of a turn that are looked at."""
ROOM = 100
"""Tokens of an answer below which a question would take too many of them."""
_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
_PRESSING = re.compile(
    r"\b(?:urgent(?:ly)?|asap|emergency|immediately|right now|quick(?:ly)?|hurry|deadline|911|ambulance|bleed\w*|"
    r"overdos\w+|suicid\w+|kill(?:ed)? myself|died|dying|death|funeral|cancer|miscarriage|assault\w*|abus\w+|rape\w*|"
    r"divorc\w+|panic\w*|desperate|cry(?:ing)?|scared|afraid|depress\w+|hopeless|heartbroken|grie(?:f|v\w+)|wrong|"
    r"(?:doesn't|does not|didn't|still not) work\w*|not what i|frustrat\w+|annoy\w*|useless|angry)\b",
    re.IGNORECASE,
)
"""Hurry, distress, and what was wrong with the answer before."""
HOW = re.compile(
    r"\b(?:short(?:er)?|brief(?:ly)?|concise(?:ly)?|detail(?:s|ed)?|(?<!how )long(?:er)?|in[- ]depth|bullets?|emojis?|"
    r"headings?|formal(?:ly)?|informal(?:ly)?|casual(?:ly)?|simpl(?:e|y|er)|step[- ]by[- ]step|technical|"
    r"your (?:answers?|repl(?:y|ies)|responses?|tone|style)|answers|ask(?:ing)? me|questions|"
    r"tables|warnings?|hedg\w+|humou?r\w*|jokes?)\b",
    re.IGNORECASE,
)
"""What tells that a turn already says how answers are to be, or speaks of being asked."""


def unfit(request: ChatRequest) -> str:
    """Why the answer to a request is no place for a question, as a reason code; "" where it is one.

    Not where programs or tools read the answer, nor at the beginning of a conversation: who has answered nothing yet
    may be no person at all.
    """
    if reason := obstacle(request, but=("stored",)):
        return reason
    if request.opens:
        return "opening"
    if any(isinstance(limit := request.get(name), int) and limit < ROOM for name in _LIMITS):
        return "no_room"
    text = strip_blocks(request.last_user_text)[:LOOKED_AT]
    if not text.strip():
        return "no_words"
    if foreign(text):
        return "language"
    return "factual" if factual(text) else "pressing" if _PRESSING.search(text) else "form" if HOW.search(text) else ""


def foreign(text: str) -> bool:
    """Whether a text is plainly in another language than English, in which the questions are."""
    said = words(text)
    hits = {language: sum(map(common.__contains__, said)) for language, common in LANGUAGES.items()}
    # "I" is Polish for "and".
    english = hits["English"] + sum(word in ("i", "my") for word in said)
    letters = [letter for letter in text if letter.isalpha()]
    return max(hits.values()) > max(1, 2 * english) or sum(letter > "\u024f" for letter in letters) * 2 > len(letters)
