"""What can be read off a text without a model: its words, marks and layout, register and language.

Counts are of what a reader sees: words in lower case with contractions whole, items of lists, headings, smileys.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]+(?:\s|$)")
LIST = re.compile(r"^[ \t]*(?:[-*•+]|\d{1,2}[.)])[ \t]+\S", re.MULTILINE)
HEADING = re.compile(r"^(?:#{1,6} \S|\*\*[^*\n]{2,60}\*\*:?[ \t]*$)", re.MULTILINE)
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\U0001f1e6-\U0001f1ff]|(?<!\\w)[:;]-?[)(DP](?!\\w)")
NUMBERED = re.compile(r"^[ \t]*\d{1,2}[.)][ \t]+\S", re.MULTILINE)
TABLE = re.compile(r"^\|.+\|[ \t]*$", re.MULTILINE)
EXAMPLE = re.compile(r"\b(?:for example|for instance|e\.g\.|such as)", re.IGNORECASE)
LETTERS = re.compile(r"[^\W\d_]+")
_WAVES = re.compile(r"!{2,}|\b[xX]{1,2}\b")
_CONTRACTED = ("n't", "'re", "'ve", "'ll", "'d", "'m")
_CASUAL = _set(
    "hey hiya yeah yep nope gonna wanna gotta kinda sorta lol btw fyi thx cheers cool awesome stuff guys ok okay tbh "
    "haha asap super folks ciao"
)
_FORMAL = _set(
    "sincerely furthermore moreover therefore hence accordingly pursuant herewith hereby regarding nevertheless thus "
    "consequently enclosed cordialement veuillez atentamente estimado estimada estimados estimadas"
)
_SET_PHRASES = re.compile(
    r"\b(?:dear (?:sir|madam|mr|ms|mrs|dr|prof\w*|colleagues?|all)|(?:kind|best|warm) regards|yours (?:faithfully|"
    r"truly)|with respect to|please find|i would like to|we would like to|should you|do not hesitate|"
    r"at your (?:earliest )?convenience|in addition|attached please|sehr geehrte\w*|mit freundlichen gr\w+)\b"
)
_PHRASE_CUES = (
    "dear ", " regards", "yours ", " respect to", "please find", "would like to", "should you", "not hesitate",
    "convenience", "in addition", "attached please", "sehr geehrte", "mit freundlichen",
)  # fmt: skip
"""One of these stands in each set phrase: the pattern is slow, and most texts need not be searched."""
_STOP_WORDS = {
    "English": "the and of to in is that it for you with this are was on be have not as at",
    "German": "der die das und ist nicht ich ein eine zu mit auf für sich den dem auch wir sie es",
    "French": "le la les et est pas une des je que dans pour qui sur avec vous nous du ce sont",
    "Spanish": "el los las y es no una que en por para con del se su lo como más está pero",
    "Italian": "il gli che di è non un per con sono del della una mi ma anche nel più come questo",
    "Portuguese": "o os as e é não um uma que em para com do da no na se mais como mas",
    "Dutch": "de het een en is niet ik van op te dat met voor zijn er aan ook maar wij dit",
    "Swedish": "och att det är en som på inte jag för med den av ett har vi till om men du",
    "Polish": "i w nie na się to jest z do że jak ale co po tak od za o czy są",
}
LANGUAGES = {language: _set(words) for language, words in _STOP_WORDS.items()}


def words(text: str) -> list[str]:
    """The words of a text in lower case, contractions whole."""
    return [word.lower() for word in _WORD.findall(straight(text))]


def straight(text: str) -> str:
    """The text with straight apostrophes, so that a keyboard's habit is nobody's style."""
    return text.replace("\u2019", "'")


def traits(text: str) -> dict[str, float]:
    """What a text shows: amounts (`words`, `log_words`, `sentences` ...), and 1 or 0 for what is there or not."""
    text, said = straight(text), words(text)
    return {
        "words": len(said),
        "log_words": math.log(max(1, len(said))),
        "sentences": max(1, len(SENTENCE_END.findall(text))),
        "lists": len(LIST.findall(text)) >= 2,
        "headings": HEADING.search(text) is not None,
        "emoji": EMOJI.search(text) is not None,
        "code": "```" in text,
        "exclamations": text.count("!"),
        "contractions": contractions(said),
        f"in.{_language(said)}": 1,
        **_register(text, said),
    }


def contractions(said: Sequence[str]) -> int:
    """How many words are contracted."""
    return sum(word.endswith(_CONTRACTED) for word in said)


def registers(text: str, said: Sequence[str]) -> tuple[float, int]:
    """How casual and how formal a text is, in signs: greetings, sign-offs, set phrases, contractions and marks."""
    casual = (
        sum(map(_CASUAL.__contains__, said)) + len(_WAVES.findall(text)) + contractions(said) / 2 + text.count("!") / 2
    )
    low = text.lower()
    phrases = len(_SET_PHRASES.findall(low)) if any(cue in low for cue in _PHRASE_CUES) else 0
    return casual, sum(map(_FORMAL.__contains__, said)) + phrases


def _register(text: str, said: Sequence[str]) -> dict[str, float]:
    casual, formal = registers(text, said)
    return {"casual": casual >= 2 and casual > 2 * formal, "formal": formal >= 2 and formal > casual}


def _language(said: Sequence[str]) -> str:
    """The language whose commonest words make up most of a text, or "unknown" under one word in twelve."""
    hits = {language: sum(map(common.__contains__, said)) for language, common in LANGUAGES.items()}
    best = max(hits, key=lambda language: hits[language])
    return best if hits[best] * 12 >= len(said) else "unknown"
