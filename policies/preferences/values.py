"""From the rest of a clause to values: cut where the thing ends, split lists, drop what means nothing by itself."""

from __future__ import annotations

import re

from policies.preferences.guard import MAX_VALUE, fit, tidy
from policies.preferences.lexicon import ABSTRACT, EMPTY, LEAD, TRAIL, word_set

MOST_WORDS = 9
"""Words of one value: longer phrases are stories, not preferences."""
MOST_VALUES = 12

_CUT = re.compile(
    r"[;(]| - |(?<!\bst)(?<!\bdr)(?<!\bmr)(?<!\bvs)[.!?…:](?= |$)|,? \b(?:because|since|so(?! much| many)|but|"
    r"although|though|while|if|when|whenever|unless|where|however|until|once|even|except|rather than|instead of|as "
    r"(?:i|we|it|they|he|she|long|well as i|that|this|my)|(?:and|or|that|which) (?:i|i'm|i've|i'd|we|you|he|she|they|"
    r"it|it's|that's|this|my)|due to|thanks|thank you|please|in order|in (?:it|my|our|them|there)|to be honest|by "
    r"the way|for (?:dinner|lunch|breakfast) (?:today|tonight)|too much|a lot(?! such as| of)|very much|so much|the "
    r"most|at all|any ?more|any longer|after all|one day|some ?day|as well|these days|lately|right now|at the moment|"
    r"in general|i think|i guess|i suppose)\b",
    re.IGNORECASE,
)
_PAIRS = re.compile(
    r"\b(mac(?:aroni)?|fish|salt|rock|drum|black|arts|bed|peanut butter|ham|sweet|trial|pros|science fiction|hide|"
    r"research|food|bread|r|b|q|p)( ?(?:&|and|'?n'?) ?)(?=(?:cheese|chips|pepper|roll|bass|white|crafts|breakfast|"
    r"jelly|eggs|sour|error|cons|fantasy|seek|development|drink|butter|b|a)\b)",
    re.IGNORECASE,
)
_LIST = re.compile(
    r" ?, ?(?:(?:and|or|but|nor|then|such as|like|including|especially|particularly|e\.?g\.?) ){0,2}| (?:and|or|nor|"
    r"plus|as well as|along with|and/or|such as|including|especially|particularly|for example|e\.?g\.?|&) | ?/ | /",
    re.IGNORECASE,
)
_WITHOUT = re.compile(r",? (?:without(?: any)?|with no|but (?:no|not|nothing)|and (?:no|not|nothing)) ", re.IGNORECASE)
_LACKS = r"(?:does|do)(?:n't| not) (?:have|contain|use|include|require|need|take)"
_NEGATED = re.compile(
    rf"(?:(?:something|anything|one|ones) (?:that|which) )?(?:{_LACKS}(?: any)?|not|no|nothing|none|without|"
    rf"avoid(?:ing)?|"
    r"non|nor|neither)\b[ -]*",
    re.IGNORECASE,
)
# A denied verb or place is a sentence of its own, and "not very" denies little.
_DENIES = re.compile(
    rf"(?!{_LACKS}\b)(?:never|isn't|aren't|wasn't|don't|doesn't|didn't|can't|cannot|won't|haven't|hasn't)\b|"
    r"(?:not|nothing)(?: \w+ing)? "
    r"(?:in|on|at|for|from|to|very|really|only|just|sure|so|that|because|like|as|with|quite|always|necessarily)\b",
    re.IGNORECASE,
)
# A subject or a finite verb makes a sentence of it; behind "that" or "which" it may describe the thing.
_FINITE = word_set(
    "i i'm i've i'd i'll he he's she she's they we it it's is are was were am will would could do does did should seem "
    "seems might must has had love loves hate hates enjoys likes sound sounds look looks eats wants needs says thinks "
    "her him them me us don't doesn't didn't isn't aren't wasn't won't can't couldn't wouldn't thats that's there's "
    "theres theyre ill hes shes"
)
_RELATIVE = word_set("that which who where whose what")
_JOINTS = word_set("that which who where with from without during while before after for about by than")
_WORD = re.compile(r"[^\W_]+(?:['\u2019.+#&/-][^\W_]+)*[+#]*")
_ABOUT_YOU = re.compile(
    r"(?<!make )(?<!makes )(?<!keep )(?<!keeps )(?<!get )(?<!gets )(?<!let )(?<!lets )\b(?:you|your|yours|yourself)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(r"(?:this|these|those) (?P<x>.+)", re.IGNORECASE)
_ONE = re.compile(r"one (?=(?:about|with|that|by|from|like|where|of)\b)", re.IGNORECASE)
_ANAPHOR = re.compile(
    r"(?:this|that|these|those|it|them|him|her|his|its|their|both)\b|one(?= (?:is|was|too|as|of|you)\b|$)",
    re.IGNORECASE,
)
_ONLY_ANAPHOR = re.compile(r"(?:this|that|these|those|it|them|him|her)", re.IGNORECASE)
_OF_IT = word_set("it them him her")
_IN_IT = re.compile(r" (?:of|in|about|on|with|to) (?:it|them|this|that)$", re.IGNORECASE)
_NEW_ITEM = re.compile(r"(?:an?|some|the|with|more|just|only|something|anything|maybe|happy) ", re.IGNORECASE)


def values(text: str) -> list[tuple[str, bool]]:
    """The values in the object of a statement, each with whether it is negated ("pasta but no cheese").

    A negation holds for the bare words that follow it in the list: "no nuts or seeds", but not "no nuts and a salad".
    """
    found: dict[tuple[str, bool], None] = {}
    negated = False
    parts = split(_WITHOUT.sub(", no ", head(text)))
    if parts and _ONLY_ANAPHOR.fullmatch(parts[0]):
        return []
    for part in parts:
        if _DENIES.match(part):
            continue
        denial = _NEGATED.match(part)
        negated = denial is not None or (negated and not _NEW_ITEM.match(part))
        value = clean(part[denial.end() :] if denial else part)
        if value and not (negated and bag(value)[-1] in ABSTRACT):
            found[value, negated] = None
    return list(found)[:MOST_VALUES]


def head(text: str) -> str:
    """The text up to where its thing ends: a reason, a condition, a new clause."""
    text = text.strip()
    cut = _CUT.search(text, 1)
    return text[: cut.start()].rstrip() if cut else text


def split(text: str) -> list[str]:
    """The members of a list; fixed pairs (black and white) stay together."""
    kept = _PAIRS.sub(lambda pair: f"{pair[1]}\x1f", text)
    return [part.replace("\x1f", " and ").strip() for part in _LIST.split(kept) if part.strip()]


def clean(text: str) -> str:
    """One value without the words at its ends that say nothing, or "" where nothing fit to keep remains."""
    text = _IN_IT.sub("", _ONE.sub("", tidy(text), count=1))
    if (pointing := _POINTING.match(text)) and pointing["x"].count(" ") >= 1 and " one" not in text:
        text = pointing["x"]
    if _ANAPHOR.match(text) or _ABOUT_YOU.search(text) or not fit(text[:MAX_VALUE]):
        return ""
    if _plain(text.rpartition(" ")[2]) in _OF_IT:
        return ""
    words = _trimmed(text)
    value = tidy(" ".join(words)) if len(words) <= MOST_WORDS else _shorter(words)
    told = bag(value)
    if not fit(value) or _ANAPHOR.match(value) or EMPTY.issuperset(told) or _tells_a_story(told):
        return ""
    return value


def bag(value: str) -> list[str]:
    """The words of a value in lower case."""
    return [word.lower() for word in _WORD.findall(value)]


def key(value: str) -> str:
    """What two values must share to be the same thing: their words without empty ones, singular, in order."""
    words = [_singular(word) for word in bag(value)]
    return " ".join(word for word in words if word not in EMPTY) or " ".join(words)


def _trimmed(text: str) -> list[str]:
    words = text.split(" ")
    if words[0].lower() != "too":  # "too many" says how much, and means nothing without it
        while words and _plain(words[0]) in LEAD:
            del words[0]
    while words and _plain(words[-1]) in TRAIL:
        del words[-1]
    return words


def _shorter(words: list[str]) -> str:
    """A long phrase up to its last relative clause or preposition within the bound, or ""."""
    ends = [at for at, word in enumerate(words[: MOST_WORDS + 1]) if at and word.lower() in _JOINTS]
    return tidy(" ".join(words[: ends[-1]])) if ends else ""


def _tells_a_story(words: list[str]) -> bool:
    verb = next((at for at, word in enumerate(words) if word in _FINITE), len(words))
    return verb < len(words) and not any(word in _RELATIVE for word in words[:verb])


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _plain(word: str) -> str:
    return word.strip(",.!?;:\"'()").lower()
