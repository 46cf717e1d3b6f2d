"""From the rest of a clause to values: cut where the thing ends, split lists, drop what means nothing by itself."""

from __future__ import annotations

import re

from policies.preferences.guard import MAX_VALUE, fit, tidy
from policies.preferences.lexicon import ABSTRACT, EMPTY, LEAD, TRAIL

MOST_WORDS = 9
"""Content of one value: longer phrases are stories, not preferences."""

_CUT = re.compile(
    r"\s*(?:[;(]|\s-+\s|[.!?…:](?=\s|$))|,?\s+\b(?:because|since|so(?! much| many)|but|although|though|while|if|when|"
    r"whenever|unless|where|however|until|once|even|except|rather than|instead of|as (?:i|we|it|they|he|she|long|well as i|that|this|my)|"
    r"(?:and|or|that|which) (?:i|i'm|i've|i'd|we|you|he|she|they|it|it's|that's|this|my)|due to|thanks|thank you|please|"
    r"in order|in (?:it|my|our|them|there)|to be honest|by the way|for (?:dinner|lunch|breakfast) (?:today|tonight)|too much|a lot(?! such as| of)|very much|so much|"
    r"the most|at all|any ?more|any longer|as well|these days|lately|right now|at the moment|in general|i think|i guess|"
    r"i suppose)\b",
    re.IGNORECASE,
)
_PAIRS = re.compile(
    r"\b(mac(?:aroni)?|fish|salt|rock|drum|black|arts|bed|peanut butter|ham|sweet|trial|pros|"
    r"science fiction|hide|research|food|bread|r|b|q|p)( ?(?:&|and|'?n'?) ?)(?="
    r"(?:cheese|chips|pepper|roll|bass|white|crafts|breakfast|jelly|eggs|sour|error|cons|fantasy|seek|development|drink|"
    r"butter|b|a)\b)",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\s*,\s*(?:(?:and|or|but|nor|then|such as|like|including|especially|particularly|e\.?g\.?) )*|\s+(?:and|or|&|nor|plus|as well as|along "
    r"with|and/or|such as|including|especially|particularly|for example|e\.?g\.?)\s+|\s*/\s+|\s+/\s*|\s+&\s*",
    re.IGNORECASE,
)
_WITHOUT = re.compile(r",?\s+(?:without(?: any)?|with no|but (?:no|not|nothing)|and (?:no|not|nothing))\s+", re.IGNORECASE)
_FINITE = re.compile(
    r"\b(?:i|i'm|i've|i'd|he|she|they|we|it|it's|is|are|was|were|am|will|would|could|do|does|did|should|seems?|might|must|"
    r"has|had|love|loves|hate|hates|enjoys|likes|sounds?|looks?|eats|wants|needs|says|thinks|her|him|them|me|us|don't|doesn't|"
    r"didn't|isn't|aren't|wasn't|won't|can't|couldn't|wouldn't|thats|that's|ill|hes|shes|im|ive|dont|theyre|theres|there's|i'll|he's|she's)\b", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:that|which|who|where|whose|what)\b", re.IGNORECASE)
_NEGATED = re.compile(
    r"(?:not|no|nothing|never|none|without|avoid(?:ing)?|non|isn't|aren't|don't|doesn't|didn't|nor|neither|can't|cannot)\b"
    r"[\s-]*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['’.+#&/-][^\W_]+)*[+#]*")
_JOINTS = frozenset("that which who where with from without during while before after for about by than".split())
_ABOUT_YOU = re.compile(r"(?<!make )(?<!makes )(?<!keep )(?<!keeps )(?<!get )(?<!gets )(?<!let )(?<!lets )\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
_POINTING = re.compile(r"(?:this|these|those) (?P<x>.+)", re.IGNORECASE)
_ANAPHOR = re.compile(r"(?:this|that|these|those|it|them|him|her|his|its|their|both)\b|one(?= (?:is|was|too|as|of|you)\b|$)", re.IGNORECASE)


def values(text: str, limit: int = 12) -> list[tuple[str, bool]]:
    """The values in the object of a statement, each with whether it is negated ("pasta but no cheese").

    A negation holds for the bare words that follow it in the list: "no nuts or seeds", but not "no nuts and a salad".
    """
    found: list[tuple[str, bool]] = []
    negated = False
    for part in split(_WITHOUT.sub(", no ", head(text))):
        denial = _NEGATED.match(part)
        negated = denial is not None or (negated and not part.lower().startswith(("a ", "an ", "some ", "the ", "with ")))
        value = clean(part[denial.end() :] if denial else part)
        if negated and value and bag(value)[-1] in ABSTRACT:
            continue
        if value and len(found) < limit and (value, negated) not in found:
            found.append((value, negated))
    return found


def head(text: str) -> str:
    """The text up to where its thing ends: a reason, a condition, a new clause."""
    text = text.strip()
    cut = _CUT.search(text, 1)
    return text[: cut.start()] if cut else text


def split(text: str) -> list[str]:
    """The members of a list; fixed pairs (black and white) stay together."""
    kept = _PAIRS.sub(lambda pair: f"{pair[1]}\x1f", text)
    return [part.replace("\x1f", " and ").strip() for part in _LIST.split(kept) if part.strip()]


def clean(text: str) -> str:
    """One value without the words at its ends that say nothing, or "" where nothing fit to keep remains."""
    text = tidy(text)
    if (pointing := _POINTING.match(text)) and pointing["x"].count(" ") >= 1 and " one" not in text:
        text = pointing["x"]
    if _ANAPHOR.match(text) or _ABOUT_YOU.search(text) or not fit(text[: MAX_VALUE]):
        return ""
    words = text.split(" ")
    while words and not text.lower().startswith(("too many ", "too much ")) and _plain(words[0]) in LEAD:
        del words[0]
    while words and _plain(words[-1]) in TRAIL:
        del words[-1]
    value = tidy(" ".join(words))
    if len(words) > MOST_WORDS:
        value = _shorter(words)
    if not fit(value) or _ANAPHOR.match(value) or all(word in EMPTY for word in bag(value)):
        return ""
    verb, relative = _FINITE.search(value), _RELATIVE.search(value)
    if verb and (not relative or verb.start() < relative.start()):
        return ""
    return value


def _shorter(words: list[str]) -> str:
    """A long phrase up to its last relative clause or preposition within the bound, or ""."""
    ends = [at for at, word in enumerate(words[: MOST_WORDS + 1]) if at and word.lower() in _JOINTS]
    return tidy(" ".join(words[: ends[-1]])) if ends else ""


def bag(value: str) -> list[str]:
    """The words of a value in lower case."""
    return [word.lower() for word in _WORD.findall(value)]


def key(value: str) -> str:
    """What two values must share to be the same thing: their words without empty ones, singular, in order."""
    words = [_singular(word) for word in bag(value)]
    return " ".join(word for word in words if word not in EMPTY) or " ".join(words)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _plain(word: str) -> str:
    return word.strip(",.!?;:\"'()").lower()
