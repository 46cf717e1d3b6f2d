"""What an answer names, in talk of what the person may like, where no reader understands how: its key phrases.

"We grew up on tacos and salsa" answers what somebody likes, but in no form that tells a taste. The phrases are what
stands between function words (RAKE: Rose et al. 2010), with a word in them that is none of the commonest of talk.
A denial is kept with what it denies. They are shown last, where the budget has room; what a clause tells of others
gives none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.preferences.aspects import MENTIONED, Said
from policies.preferences.commonest import common, tells, weak
from policies.preferences.forms import CLOCK
from policies.preferences.guard import fit, tidy
from policies.preferences.lexicon import DURATION, SPENT, word_set
from policies.preferences.questions import GUARDED, OPEN, Asked
from policies.preferences.values import head, key

_MOST_WORDS = 6
_MOST_PHRASES = 12
_SHORT = 5
_ENGLISH = 0.3
"""Share of common words below which a clause of more than so many words, and no list, is no English sentence."""
_MOST_DENIED = 10
_GLAD = frozenset(
    ("likes", "favourites", "habits", "wants", "has", "goals", "time", "skill", "companions", "occasion", "budget")
)
"""Aspects beside which what else a clause names is no complaint."""

_OTHERWISE = re.compile(
    r"\b(?:no|not|never|nothing|none|neither|nor|without|cannot|hardly|unsure|\w+n't|dont|cant|didnt|avoid\w*|"
    r"except|apart|unless|than|instead|if|bored|"
    r"sick|tired|he|she|they|his|her|him|their|them)\b",
    re.IGNORECASE,
)
"""Words of denial, and of other people."""
_WHO_ELSE = re.compile(r"\b(?:he|she|his|her|him|if)\b", re.IGNORECASE)
_DENIAL = re.compile(
    r"\b(?:no|not|never|nothing|without|cannot|can't|don't|doesn't|do not|won't|isn't|aren't|wouldn't)\b", re.IGNORECASE
)
_SMALL_TALK = re.compile(
    r"(?:don't|do not|not|can't|cannot|no|never) (?:(?:really|even|quite|exactly|entirely|too|so|yet|actually) "
    r")?(?:know|"
    r"sure|think|wait|mind|care|believe|remember|matter|heard|seen|tried|had|made|thank|problem|worries|it|that|bad|"
    r"idea|worry|worried|see|look|wrong|one|need|have any|at all|much|yet|because|an issue|forget|understand|mean|tell|"
    r"say)\b|(?:no|not|never|nothing)(?:,|$)",
    re.IGNORECASE,
)
"""Denials of no interest: "can't wait", "don't know", "no problem"."""
_OPENLY = OPEN | {"companions", "occasion", "skill"}
"""Aspects whose questions are of a person's own likes and doings."""
_LACKING = re.compile(
    r"(?:(?:i|we)(?: \w+)? (?:don't|do not)(?: \w+)? have (?:any |an? )?|(?:i|we) have no |(?:just |really )?no |"
    r"there(?:'s| is| are)(?: \w+)? no |not for (?:any|an?) )(?P<x>(?:(?!more\b|longer\b)[\w-]+ ){0,2}?"
    r"(?:preferences?|occasions?|themes?|restrictions?|requirements?|goals?|limits?|limitations?|constraints?|criteria|favou?rites?))\b",
    re.IGNORECASE,
)
"""That somebody has none of what was asked for: "no special occasion"."""
_MEASURE = re.compile(
    rf"{DURATION}(?<!days)(?<!day)(?<!weeks)(?<!week)(?<!weekend)(?<!mornings)(?<!morning)(?<!evening){SPENT}(?! ago| "
    r"old)|\b(?:(?:early|mid|late|after|before|since|from|the) ){0,3}"
    r"(?:(?:19|20)\d\d(?:'?s)?|'?\d0'?s|(?:fift|sixt|sevent|eight|ninet)ies)\b|(?:last|past) (?:few|\w+|\d+) years"
    rf"|\b(?:(?:at|by|until|before|around) )?{CLOCK}",
    re.IGNORECASE,
)
_MEASURING = re.compile(r"\d|hour|minute|ties\b|years", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['&/-][^\W_]+)*|[,;:()]")
_DOING = re.compile(r"[a-z]+(?:ing|ed)")
_SMALL = word_set("a an at for from in of on the to with")


def beside(clause: str, question: Asked, found: list[Said]) -> list[Said]:
    """What a clause names beside the claims that were found in it, where the assistant spoke of the person's taste."""
    openly, sorry = (not some.isdisjoint(question.aspects) for some in (_OPENLY, GUARDED))
    of_taste = openly or (question.tasteful and not sorry)
    if not of_taste or any(said.undo or said.aspect not in _GLAD for said in found):
        return []
    if lacking := _LACKING.match(clause):
        return [] if found else [Said(MENTIONED, f"no {tidy(lacking['x']).lower()}")]
    told = frozenset(word for said in found for word in key(said.value).split())
    named = [*_measured(clause), *mentioned(clause)]
    return [said for said in named if told.isdisjoint(key(said.value).split())]


def _measured(clause: str) -> Iterator[Said]:
    """The times and years in a clause: "it has to be done in 20 minutes", "the late 80s"."""
    if _MEASURING.search(clause):
        yield from (Said(MENTIONED, tidy(found.group())) for found in _MEASURE.finditer(clause))


def mentioned(clause: str) -> list[Said]:
    """The key phrases of a clause that answers a question of taste, as claims of the lowest tier."""
    if _OTHERWISE.search(clause):
        return list(_denied(clause))
    words = _WORD.findall(clause)
    if len(words) > _SHORT and "," not in words and sum(common(word.lower()) for word in words) < _ENGLISH * len(words):
        return []
    phrases = dict.fromkeys(phrase for phrase in map(" ".join, _runs(words)) if fit(phrase))
    return [Said(MENTIONED, phrase) for phrase in phrases][:_MOST_PHRASES]


def _denied(clause: str) -> Iterator[Said]:
    """What a clause denies, with the denial: "not in the mood for a long walk"."""
    found = None if _WHO_ELSE.search(clause) else _DENIAL.search(clause)
    value = tidy(head(clause[found.start() :])) if found else ""
    words = value.split()
    telling = [word for word in words if tells(word) or weak(word)]
    said_much = len(telling) > 1 or any(map(tells, telling))
    if said_much and fit(value) and len(words) <= _MOST_DENIED and not _SMALL_TALK.match(value):
        yield Said(MENTIONED, value)


def _runs(words: list[str]) -> Iterator[list[str]]:
    """Runs of words with a telling one; small words stay within a title, as in "Requiem for a Dream"."""
    run: list[str] = []
    held: list[str] = []
    for word in (*words, ","):
        telling = tells(word)
        if run and word in _SMALL and run[-1][0].isupper():
            held.append(word)
            continue
        if (run and not (telling or weak(word))) or (held and not (telling and word[0].isupper())):
            if len(run) <= _MOST_WORDS and any(map(tells, run)) and not (len(run) == 1 and _DOING.fullmatch(run[0])):
                yield run
            run = []
        if telling or weak(word):
            run += [*held, word] if run else [word]
        held = []
