"""A few statements in French, German and Spanish, each so narrow that other languages cannot match by chance."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.preferences.aspects import Said
from policies.preferences.guard import fit, tidy
from policies.preferences.lexicon import LANGUAGES, word_set

_END = r"(?=$|[.,;!?]|\s(?:und|aber|et|mais|y|pero|weil|parce|porque|denn|car)\b)"
_WORDS = r"(?P<x>[^\W\d_][\w' -]{1,40}?)"
_PHRASES: tuple[tuple[str, str], ...] = (
    ("name", rf"(?:je m'appelle|mon nom est|ich heiße|ich heisse|mein name ist|me llamo|mi nombre es) (?!la |el |le "
        rf"){_WORDS}{_END}"),
    ("location", rf"(?:j'habite (?:à|a|en|au)|je vis (?:à|en|au)|(?:ich )?(?:wohne|lebe) in|vivo en) {_WORDS}{_END}"),
    (
        "diet",
        r"(?:je suis|ich bin|soy) (?P<x>v[ée]gane?s?|v[ée]g[ée]tarien(?:ne)?|veganer(?:in)?|vegetarier(?:in)?|"
        rf"vegetarian[oa]|vegan[oa]|v[ée]g[ée]talien(?:ne)?){_END}",
    ),
    (
        "allergies",
        rf"(?:je suis allergique (?:aux|au|à la|à l'|à)|ich bin allergisch gegen|soy al[ée]rgic[oa] (?:al|a los|a "
        rf"las|a la|a)) ?{_WORDS}{_END}",
    ),
    ("avoid", rf"(?:je ne mange pas (?:de |d')|ich esse kein(?:e|en)? |no como ){_WORDS}{_END}"),
    ("occupation", rf"(?:je travaille comme|ich arbeite als|trabajo como) {_WORDS}{_END}"),
    (
        "likes",
        rf"(?:j'adore|j'aime (?:beaucoup |bien )?|ich (?:liebe|mag)|me (?:encantan?|gustan?)(?: mucho)?) (?:les? |la "
        rf"|l'|die |das |den |el |los |las )?{_WORDS}{_END}",
    ),
    (
        "dislikes",
        rf"(?:je d[ée]teste|je n'aime pas|ich hasse|odio|no me gustan?) (?:les? |la |l'|die |das |den |el |los |las "
        rf")?{_WORDS}{_END}",
    ),
    (
        "language",
        r"(?:r[ée]ponds(?:-moi)? (?:toujours )?en|r[ée]pondez (?:toujours )?en|(?:bitte )?antworte (?:mir )?(?:bitte "
        r")?(?:immer )?auf|"
        r"(?:por favor,? )?resp[oó]nde(?:me)? (?:siempre )?en) (?P<x>\w+)",
    ),
)
_RULES = tuple((aspect, re.compile(pattern, re.IGNORECASE)) for aspect, pattern in _PHRASES)
ABROAD = word_set(
    "je j'adore j'aime j'habite m'appelle mon ich mein me mi soy vivo odio wohne lebe no trabajo réponds répondez "
    "reponds repondez antworte "
    "responde respóndeme respondeme"
)
"""Words one of which stands in every phrase here."""
_STARTS = (
    "je ",
    "j'",
    "mon",
    "ich",
    "mein",
    "me ",
    "mi ",
    "soy",
    "viv",
    "woh",
    "leb",
    "odi",
    "no ",
    "tra",
    "rép",
    "rep",
    "ant",
    "bit",
    "res",
    "por",
)
_NICHT_GERN = re.compile(r"\bnicht\b.*|^kein(?:e|en|er|es)? ", re.IGNORECASE)
_NICHT = re.compile(r"\b(?:dich|euch|sie|esto|eso|nada|todo|ça|cela|das|es|toi|nicht|kein\w*|ne|pas|que|dass|zu|wenn|"
    r"si|qu'il)\b", re.IGNORECASE)


def stated_abroad(clause: str) -> list[Said]:
    """The statements of a clause in one of the three languages."""
    return list(_found(clause)) if clause[:3].lower().startswith(_STARTS) else []


def _found(clause: str) -> Iterator[Said]:
    for aspect, pattern in _RULES:
        found = pattern.match(clause)
        if not found:
            continue
        value = tidy(found["x"])
        if aspect == "language":
            value = LANGUAGES.get(value.lower(), "")
        elif aspect == "likes" and _NICHT_GERN.search(value):
            aspect, value = "dislikes", tidy(_NICHT_GERN.sub("", value))
        if fit(value) and not _NICHT.search(value) and len(value.split()) <= 4:
            yield Said(aspect, value)
        return
