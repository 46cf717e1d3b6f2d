"""Where a question of taste is out of place in a chat."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from adapters.ports import ChatRequest, strip_blocks
from adapters.ports.formats.base import INSTRUCTING
from policies.questions.factual import factual
from policies.requests import obstacle
from policies.rewards.traits import LANGUAGES, words

LOOKED_AT = 2000
"""Characters of a turn that are looked at."""
ROOM = 100
"""Tokens of an answer below which a question would take too many of them."""
_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
_DISTRESS = re.compile(
    r"\b(?:emergency|911|ambulance|hospital|bleed\w*|overdos\w+|suicid\w+|kill(?:ed)? myself|self[- ]harm\w*|"
    r"(?:hurt|cut)(?:ting|ing)? (?:my|him|her)self|end(?:ing)? (?:my life|it all)|want to die|miss me|died?|dies|"
    r"dying|dead|death|passed away|funeral|cancer|tumou?r|stroke|heart attack|my chest|swallowed|poison\w*|"
    r"miscarriage|stillb\w+|lost (?:my|our|the (?:baby|child|job))|laid off|evict\w+|bankrupt\w*|assault\w*|abus\w+|"
    r"rape\w*|stalk\w+|threaten\w*|attacked|divorc\w+|(?:left|leaving|cheated on) me|panic\w*|anxi\w+|stress\w*|"
    r"overwhelm\w*|desperate|despair\w*|cry(?:ing)?|scared|afraid|terrified|depress\w+|hopeless|heartbroken|"
    r"grie(?:f|v\w+)|lonely|on fire|a fire|in pain)\b",
    re.IGNORECASE,
)
"""What somebody says in distress or danger; they still are while they talk of other things."""
_PRESSING = re.compile(
    r"\b(?:urgent(?:ly)?|asap|immediately|right now|quick(?:ly)?|hurry|deadline|in \w+ minutes?|minutes left|wrong|"
    r"incorrect|not (?:right|true|what)|misunderst\w+|(?:doesn't|does not|didn't|still not) work\w*|frustrat\w+|"
    r"annoy\w*|useless|angry)\b",
    re.IGNORECASE,
)
"""Hurry, and what was wrong with the answer before."""
_COPIED = re.compile(
    r"```|\b(?:json|ya?ml|xml|csv|html|sql|regex|latex|python|javascript|typescript|bash|traceback|functions?|commit "
    r"message|\w+(?:Error|Exception)|translat\w+|rewrite|rephrase|paraphrase|proofread|e-?mails?|letter|tweet|"
    r"nothing else|one word|yes or no|just the|only (?:the|with|in|return|output|reply|respond)|"
    r"(?:return|output|reply|respond|answer)\b.{0,40}\bonly)\b|\bselect\b.+\bfrom\b",
    re.IGNORECASE,
)
"""What asks for a text that is copied somewhere or run."""
_READ = re.compile(
    r"\b(?:respon[ds]\w*|repl(?:y|ies)|answer\w*|return|output\w*|produce)\b[^.\n]{0,60}\b(?:json|ya?ml|xml|csv)\b|"
    r"\b(?:respond|reply|answer|return|output) only with\b|\bonly (?:return|output)\b|\bnothing else\b",
    re.IGNORECASE,
)
"""Instructions by which programs can read an answer."""
_RECENT = 6
"""Turns of the person, the newest, in which distress counts, and by which their language is told."""
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
    return obstacle(request, but=("stored",)) or _closed(request) or _amid(request)


def _closed(request: ChatRequest) -> str:
    """The same by how the request is meant to be answered."""
    if request.opens:
        return "opening"
    if any(isinstance(limit := request.get(name), int) and limit < ROOM for name in _LIMITS):
        return "no_room"
    told = (turn.text for turn in request.turns if turn.role in INSTRUCTING)
    return "structured" if any(map(_READ.search, told)) else ""


def _amid(request: ChatRequest) -> str:
    """The same by what was said lately."""
    said = [text for text in _said(request, "user", _RECENT) if text.strip()]
    if not said or not strip_blocks(request.last_user_text).strip():
        return "no_words"
    if any(map(foreign, (said[-1], " ".join(said), *_said(request, "assistant", 1)))):
        return "language"
    return next((code for code, holds in _OUT_OF_PLACE if holds(said)), "")


def _said(request: ChatRequest, role: str, most: int) -> list[str]:
    """The newest texts of a side of the conversation, oldest first, as far as they are looked at."""
    turns = islice((turn.text for turn in reversed(request.turns) if turn.role == role), most)
    return [strip_blocks(text)[:LOOKED_AT] for text in turns][::-1]


_OUT_OF_PLACE: tuple[tuple[str, Callable[[list[str]], bool]], ...] = (
    ("distress", lambda said: any(map(_DISTRESS.search, said))),
    ("factual", lambda said: factual(said[-1])),
    ("pressing", lambda said: _PRESSING.search(said[-1]) is not None),
    ("copied", lambda said: _COPIED.search(said[-1]) is not None),
    ("form", lambda said: HOW.search(said[-1]) is not None),
)
"""Reason codes, and what must hold of the person's newest turns."""
_ABROAD = re.compile(
    r"\b(?:danke|bitte|hallo|gerne|ja|nein|hola|gracias|bonjour|merci|oui|salut|grazie|ciao|obrigad[oa]|merhaba|"
    r"bedankt|dank|tak|hej|cze\u015b\u0107)\b|(?-i:[\u00df\u0100-\u024f])",
    re.IGNORECASE,
)
"""Words too few of which are said to tell a language by, and letters that English has not."""


def foreign(text: str) -> bool:
    """Whether a text is plainly in another language than English, in which the questions are."""
    said = words(text)
    hits = {language: sum(map(common.__contains__, said)) for language, common in LANGUAGES.items()}
    # "I" is Polish for "and".
    english = hits["English"] + sum(word in ("i", "my") for word in said)
    letters = [letter for letter in text if letter.isalpha()]
    if len(said) <= 4 and _ABROAD.search(text):
        return True
    return max(hits.values()) > max(1, 2 * english) or sum(letter > "\u024f" for letter in letters) * 2 > len(letters)
