"""Taking back: "I'm no longer vegan", "forget that I like jazz", "scratch that"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.preferences.aspects import Said
from policies.preferences.lexicon import DIETS, word_set
from policies.preferences.questions import MANNER
from policies.preferences.values import clean, head, values

EVERYTHING = Said("", "", True)
"""Ends what the event before this one said."""

_NOT_ANY_MORE = re.compile(r"\b(?:any ?more|any longer|no longer|not now|(?:quit|left|lost) my job)\b", re.IGNORECASE)
_SCRATCH = re.compile(
    r"(?:(?:no|oops|sorry|wait|actually),? ){0,2}(?:scratch that|strike that|forget (?:that|it|what i (?:just )?said|"
    r"i said that)|i take that back|disregard (?:that|what i (?:just )?said)|ignore what i (?:just )?said)[.!]*",
    re.IGNORECASE,
)
_FORGET = re.compile(
    r"(?:(?:please|you can|can you|you should|could you) ){0,2}(?:forget|remove|delete|drop|erase|unlearn)(?: (?:the "
    r"fact )?(?:that )?"
    r"| what i said about | about | from (?:my|your) (?:profile|memory) (?:that )?)?"
    r"(?P<x>.+?)(?: from (?:my|your) (?:profile|memory|notes|allergies|likes|dislikes|diet|favou?rites|goals))?$",
    re.IGNORECASE,
)
_ORDERS = (
    "forget",
    "remove",
    "delete",
    "drop",
    "erase",
    "unlearn",
    "please",
    "you can",
    "can you",
    "could you",
    "you should",
)
_NO_MORE: tuple[tuple[str, str], ...] = (
    (
        "diet",
        r"(?:i'm|i am|we're|we are) (?:not |no longer |not an? |no longer an? |not actually |not really ){1,2}"
        rf"(?:on |following |an? |the |strictly |eating ){{0,2}}(?P<x>(?:{DIETS})\b)",
    ),
    ("diet", rf"i(?:'ve)? (?:stopped|quit|gave up|given up) (?:being )?(?:an? )?(?P<x>(?:{DIETS})\b)"),
    (
        "allergies",
        r"(?:i'm|i am) (?:not |no longer |not actually |not really ){1,2}(?:allergic|intolerant|sensitive) to "
        r"(?P<x>.+)",
    ),
    (
        "likes favourites habits wants mentioned",
        r"i (?:no longer|don't|do not) (?:really |actually )?(?:like|love|enjoy|care for|eat|drink|want|prefer|watch|"
        r"read|use|play) (?P<x>.+)",
    ),
    (
        "likes favourites habits mentioned",
        r"i(?:'m| am) (?:no longer|not) (?:really |such )?(?:into|an? (?:big )?fan of|fond of|keen on|interested in) "
        r"(?P<x>.+)",
    ),
    (
        "dislikes avoid",
        r"i (?:no longer|don't|do not) (?:really |actually )?(?:hate|dislike|mind|avoid|detest) (?P<x>.+)",
    ),
    (
        "dislikes avoid",
        r"i (?:(?:can|do|now|also) ){0,2}(?:eat|drink|use|have|watch|enjoy|like) (?P<x>.+?) (?:again|"
        r"(?<!right )now|after all)$",
    ),
    (
        "dislikes avoid diet",
        r"i(?:'ve| have|'m| am)? (?:also |now )?(?:(?:started|begun|back to|back on) )?(?:eating|drinking|using|"
        r"watching|having) "
        r"(?P<x>.+?) again$",
    ),
    ("location", r"i(?:'m| am)? (?:no longer|don't|do not|not) (?:live|living|based) (?:in|near) (?P<x>.+)"),
    (
        "occupation",
        r"i(?:'m| am)? (?:no longer|don't|do not|not) (?:work|working|employed) (?:as|in|at|for) (?:an? )?(?P<x>.+)",
    ),
    ("occupation", r"i (?:quit|left|lost) my job (?:as|at|in) (?:an? |the )?(?P<x>.+)"),
    ("occupation skill", r"i(?:'m| am) (?:no longer|not) (?:an? )?(?P<x>.+)"),
    ("goals", r"i(?:'m| am)? (?:no longer|don't|do not|not) (?:want|trying|need|hoping|aiming) to (?P<x>.+)"),
    ("name", r"(?:don't|do not|stop|please don't|please stop) call(?:ing)? me (?P<x>.+)"),
    ("name", r"my name (?:is not|isn't|is no longer) (?P<x>[\w'-]+(?: (?-i:[A-Z])[\w'-]+)?)$"),
)
_RULES = tuple((tuple(aspects.split(" ")), re.compile(pattern, re.IGNORECASE)) for aspects, pattern in _NO_MORE)
_AT_ONCE = frozenset(("diet", "allergies", "name"))
_CUES = word_set(
    "forget remove delete drop erase unlearn scratch strike disregard ignore take no not don't isn't longer anymore "
    "stopped quit left lost gave given again now all stop"
)
_ASPECT_OF = {
    "name": "name",
    "location": "location",
    "address": "location",
    "city": "location",
    "job": "occupation",
    "occupation": "occupation",
    "work": "occupation",
    "budget": "budget",
    "diet": "diet",
    "allergies": "allergies",
    "likes": "likes",
    "dislikes": "dislikes",
    "goals": "goals",
    "family": "companions",
    "skills": "skill",
    "language": "language",
}
_NAMED = re.compile(rf"(?:all )?(?:of )?my (?P<x>{'|'.join(_ASPECT_OF)})", re.IGNORECASE)
_OF_THE_TASK = re.compile(
    r"(?:the|this|these|those|lines?|rows?|steps?|all|last|previous|first|my (?:last|previous|first|message|question|"
    r"comment))\b(?!.*\b(?:"
    r"allerg\w+|diet\w*|preferences?)\b)|.* from (?:this|the|that)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?:i(?:'m| am| have|'ve)?|my|we(?:'re)?) (?:(?:really|also|do|don't|an?|the|am|not) ){0,2}(?:like|love|hate|"
    r"dislike|enjoy|prefer|avoid|eat|live in|work as|allergic to|have|into|name is|want|called|favou?rite \w+ is)?\s*",
    re.IGNORECASE,
)


def taken_back(clause: str, there: frozenset[str]) -> list[Said]:
    """What a clause with (at least) the words `there` ends.

    "I'm not vegan" ends a diet at once; "I don't like jazz" ends a liking only with "any more", it is a dislike else.
    """
    if _CUES.isdisjoint(there):
        return []
    if _SCRATCH.fullmatch(clause):
        return [EVERYTHING]
    if clause.lower().startswith(_ORDERS):
        return list(_forgotten(clause))
    gone = _NOT_ANY_MORE.search(clause) is not None or clause.endswith((" again", " now", " after all"))
    return list(_ended(clause, gone))


def _ended(clause: str, gone: bool) -> Iterator[Said]:
    for aspects, pattern in _RULES:
        if not gone and _AT_ONCE.isdisjoint(aspects):
            continue
        if found := pattern.match(clause):
            plain = _NOT_ANY_MORE.sub("", head(found["x"]))
            several = len(aspects) > 1 or aspects[0] == "allergies"
            for value in [value for value, _ in values(plain)] if several else [clean(plain)]:
                yield from (Said(aspect, value, True) for aspect in _of(aspects, plain) if value)
            return


def _of(aspects: tuple[str, ...], taken: str) -> tuple[str, ...]:
    """The aspects of what is taken back: of answers it may be any, and is no liking."""
    return ("*",) if aspects[0] == "likes" and MANNER.search(taken) else aspects


def _forgotten(clause: str) -> Iterator[Said]:
    found = _FORGET.match(clause)
    if not found:
        return
    if named := _NAMED.fullmatch(found["x"]):
        yield Said(_ASPECT_OF[named["x"].lower()], "", True)
        return
    if _OF_THE_TASK.match(found["x"]):
        return
    for value, _ in values(_SUBJECT.sub("", found["x"], count=1)):
        yield Said("*", value, True)
