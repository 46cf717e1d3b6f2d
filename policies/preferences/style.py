"""How a person writes, from what they wrote: running sums over their own texts, and claims only where the sums bear it.

Outputs say more about taste than questions do ("Understanding the Role of User Profile in the Personalization of LLMs",
arXiv 2406.17803): so only texts that the person wrote, edited or imported are measured, never their questions.

Every rate is pooled with a house prior of `_PRIOR_WEIGHT` invented outputs, so that two texts cannot make a habit. A
claim appears when the chance that the rate lies beyond its bar (normal approximation to the Beta posterior) passes
`_APPEARS`, and goes when that chance falls under `_STAYS`: the gap keeps summaries from flapping.

The same texts also give the sums of `likeness`, which say nothing in words: they are there to tell people apart.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from adapters.ports import Evidence, strip_blocks
from policies.preferences.guard import CAP, pasted
from policies.preferences.lexicon import word_set
from policies.preferences.likeness import hand, straight, words

# A text that is handed in as the person's own may be a short message; one found in a chat must be plainly a draft.
_MIN_WORDS, _MIN_PASTED = 8, 20
_PRIOR_WEIGHT = 2.0
_APPEARS, _STAYS = 0.8, 0.5
_HOUSE_LOG_WORDS, _LOG_SPREAD = math.log(130.0), 0.9

_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]+(?:\s|$)")
_LIST = re.compile(r"^[ \t]*(?:[-*•+]|\d{1,2}[.)])[ \t]+\S", re.MULTILINE)
_HEADING = re.compile(r"^(?:#{1,6} \S|\*\*[^*\n]{2,60}\*\*:?[ \t]*$)", re.MULTILINE)
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\U0001f1e6-\U0001f1ff]|(?<!\\w)[:;]-?[)(DP](?!\\w)")
_WAVES = re.compile(r"!{2,}|\b[xX]{1,2}\b")
_CONTRACTED = ("n't", "'re", "'ve", "'ll", "'d", "'m")
_CASUAL = word_set(
    "hey hiya yeah yep nope gonna wanna gotta kinda sorta lol btw fyi thx cheers cool awesome stuff guys ok okay tbh "
    "haha asap super folks ciao"
)
_FORMAL = word_set(
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
_LANGUAGES = {language: word_set(words) for language, words in _STOP_WORDS.items()}


class _Trait(NamedTuple):
    """A claim that a rate may bear: the share of outputs with `shown`, its house prior, and its side of `bar`."""

    aspect: str
    value: str
    shown: str
    prior: float
    bar: float
    above: bool


_TRAITS: tuple[_Trait, ...] = (
    _Trait("format", "bullet lists", "lists", 0.3, 0.55, True),
    _Trait("format", "no bullet lists", "lists", 0.3, 0.25, False),
    _Trait("format", "headings", "headings", 0.15, 0.5, True),
    _Trait("emoji", "yes", "emoji", 0.2, 0.5, True),
    _Trait("emoji", "none", "emoji", 0.2, 0.25, False),
    _Trait("code", "yes", "code", 0.1, 0.5, True),
    _Trait("tone", "informal", "casual", 0.25, 0.5, True),
    _Trait("tone", "formal", "formal", 0.25, 0.5, True),
)
_LENGTHS = (("short", math.log(70.0), False), ("long", math.log(280.0), True))
NAMES = (
    *((trait.aspect, trait.value) for trait in _TRAITS),
    *(("length", name) for name, _, _ in _LENGTHS),
    *(("language", language) for language in _LANGUAGES if language != "English"),
)
"""Every claim that may be inferred, as aspect and value."""
SUMS = (
    "outputs", "words", "log_words", "sentences", "lists", "headings", "emoji", "code", "exclamations", "contractions",
    "casual", "formal", *(f"in.{language}" for language in (*_LANGUAGES, "unknown")),
)  # fmt: skip
"""Every sum of traits there may be, beside those of `likeness`."""


def output(item: Evidence) -> str:
    """The text that the person wrote as a thing of its own, or "": an artefact, an edit, an import, a pasted draft."""
    if item.author != "self":
        return ""
    if item.kind in ("artefact", "edit", "import"):
        text, least = strip_blocks(item.text)[:CAP], _MIN_WORDS
        text = _changed(text, item.context) if item.kind == "edit" else text
    elif item.kind == "statement":
        text, least = pasted(item.text), _MIN_PASTED
    else:
        return ""
    return text if len(words(text)) >= least else ""


def _changed(text: str, original: str) -> str:
    """The lines of an edited text that are mostly new: the others show how the assistant writes."""
    old = set(words(original))
    lines = []
    for line in text.splitlines():
        said = words(line)
        if 2 * sum(word not in old for word in said) >= max(len(said), 1):
            lines.append(line)
    return "\n".join(lines)


def measure(text: str, counts: dict[str, float]) -> None:
    """Add one output to the running sums, under names that start with `style.`."""
    for name, amount in {"outputs": 1.0, **traits(text), **hand(straight(text), words(text))}.items():
        counts[f"style.{name}"] = counts.get(f"style.{name}", 0.0) + float(amount)


def traits(text: str) -> dict[str, float]:
    """What a text shows: amounts (`words`, `log_words`, `sentences` ...), and 1 or 0 for what is there or not."""
    text, said = straight(text), words(text)
    contractions = sum(word.endswith(_CONTRACTED) for word in said)
    return {
        "words": len(said),
        "log_words": math.log(max(1, len(said))),
        "sentences": max(1, len(_SENTENCE_END.findall(text))),
        "lists": len(_LIST.findall(text)) >= 2,
        "headings": _HEADING.search(text) is not None,
        "emoji": _EMOJI.search(text) is not None,
        "code": "```" in text,
        "exclamations": text.count("!"),
        "contractions": contractions,
        f"in.{_language(said)}": 1,
        **_register(text, said, contractions),
    }


def _register(text: str, said: Sequence[str], contractions: int) -> dict[str, float]:
    """Whether a text is casual or formal, by its greetings, sign-offs, set phrases, contractions and marks."""
    casual = sum(map(_CASUAL.__contains__, said)) + len(_WAVES.findall(text)) + contractions / 2 + text.count("!") / 2
    low = text.lower()
    phrases = len(_SET_PHRASES.findall(low)) if any(cue in low for cue in _PHRASE_CUES) else 0
    formal = sum(map(_FORMAL.__contains__, said)) + phrases
    return {"casual": casual >= 2 and casual > 2 * formal, "formal": formal >= 2 and formal > casual}


def infer(
    counts: Mapping[str, float], known: Collection[tuple[str, str]], min_outputs: int
) -> dict[tuple[str, str], float]:
    """The claims that the sums bear, (aspect, value), with the chance that each is right; `known` ones hold longer."""
    outputs = counts.get("style.outputs", 0.0)
    if outputs < min_outputs:
        return {}
    chances = {(trait.aspect, trait.value): _chance(trait, counts, outputs) for trait in _TRAITS}
    chances |= {("length", name): _length(counts, outputs, bar, above) for name, bar, above in _LENGTHS}
    language = max(_LANGUAGES, key=lambda name: counts.get(f"style.in.{name}", 0.0))
    if language != "English":
        trait = _Trait("language", language, f"in.{language}", 1 / len(_LANGUAGES), 0.5, True)
        chances["language", language] = _chance(trait, counts, outputs)
    held = {name: chance for name, chance in chances.items() if chance >= (_STAYS if name in known else _APPEARS)}
    return {
        (aspect, value): round(chance, 3)
        for (aspect, value), chance in held.items()
        if aspect == "format" or chance == max(other for (rival, _), other in held.items() if rival == aspect)
    }


def _chance(trait: _Trait, counts: Mapping[str, float], outputs: float) -> float:
    total = outputs + _PRIOR_WEIGHT
    shown = min(counts.get(f"style.{trait.shown}", 0.0), outputs)  # sums may come from elsewhere
    rate = (shown + _PRIOR_WEIGHT * trait.prior) / total
    spread = math.sqrt(rate * (1.0 - rate) / (total + 1.0))
    return beyond(rate, trait.bar, spread, trait.above)


def _length(counts: Mapping[str, float], outputs: float, bar: float, above: bool) -> float:
    total = outputs + _PRIOR_WEIGHT
    mean = (counts.get("style.log_words", 0.0) + _PRIOR_WEIGHT * _HOUSE_LOG_WORDS) / total
    return beyond(mean, bar, _LOG_SPREAD / math.sqrt(total), above)


def beyond(mean: float, bar: float, spread: float, above: bool) -> float:
    """The chance that a normal variable lies above a bar, or below it."""
    side = (mean - bar) if above else (bar - mean)
    return 0.5 * (1.0 + math.erf(side / (spread * math.sqrt(2.0)))) if spread > 0 else float(side > 0)


def _language(said: Sequence[str]) -> str:
    """The language whose commonest words make up most of a text, or "unknown" under one word in twelve."""
    hits = {language: sum(map(common.__contains__, said)) for language, common in _LANGUAGES.items()}
    best = max(hits, key=lambda language: hits[language])
    return best if hits[best] * 12 >= len(said) else "unknown"
