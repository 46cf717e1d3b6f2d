"""Short answers to the assistant's questions: the aspect from the question, the value from the person's own words.

"What cuisine do you like?" / "spicy thai". Asked preferences are the densest evidence there is, and the answer alone
says too little to be understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.preferences.asides import NOBODY, company
from policies.preferences.aspects import Said
from policies.preferences.clauses import asks
from policies.preferences.forms import (
    ABOUT_IT,
    CHATTER,
    DIET,
    FORMS,
    FRAME,
    HAVE,
    HAVE_NONE,
    IT_HAS,
    IT_IS,
    NO,
    PRONOUN,
    SOUNDS,
    TAKEN,
    YES,
)
from policies.preferences.guard import fit, tidy
from policies.preferences.lexicon import ABSTRACT, EMPTY, PLAIN_WANTS, word_set
from policies.preferences.orders import ordered
from policies.preferences.questions import GUARDED, SINGLE, TYPED, Asked
from policies.preferences.values import bag, clean, head, key, values

_ONES = re.compile(
    r"(?: ones?| (?:is|are) (?:good|fine|great|best|better|ok|okay)|,? please|,? thanks)+$", re.IGNORECASE
)
_PLAIN = PLAIN_WANTS | EMPTY
_NOTHING = EMPTY | word_set("recipe movie film dish meal food breakfast brunch lunch dinner supper")
_SHORT = 4
"""Words of what somebody has none of, or of an answer that can only be one thing."""
_MOST_TIMES = 2
_JOB = 7
"""The same of an occupation, which is told in more words."""
_BEGUN = re.compile(r"\bi (?:really )?(?:am|do) ?$", re.IGNORECASE)
"""What is no yes where more follows: "I am hungry"."""
_OWN = re.compile(r"my\b", re.IGNORECASE)
_NAMELESS = re.compile(
    r"(?:the )?(?:first|second|former|latter|last|other|same|with|without|either|both|neither|any|whatever)"
    r"(?: one| option)?",
    re.IGNORECASE,
)
"""What names nothing by itself of what was asked about answers."""


def agreed(sentence: str, question: Asked) -> list[Said] | None:
    """What a whole sentence of yes or no says, None where it says more: its clauses then tell what is meant."""
    sentence = sentence.strip(" ,.!;")
    if NO.fullmatch(sentence):
        return list(_denied(question))
    if YES.fullmatch(sentence):
        return list(question.polar) if question.single else []
    return None


def answered(clause: str, question: Asked) -> list[Said]:
    """What a clause of an answer says, given what was asked."""
    clause = clause.strip(" ,.!;")
    yes = YES.match(clause)
    if NO.fullmatch(clause) or (yes and yes.end() == len(clause)) or (question.manner and _NAMELESS.fullmatch(clause)):
        return []
    begun = _BEGUN.search(yes.group()) if yes else None
    rest = clause[begun.start() if begun else yes.end() :] if yes else clause
    if question.manner and (kept := _ONES.sub("", rest)) and (wishes := ordered(f"keep your answers {kept}")):
        return wishes
    if "location" in question.aspects and rest.lower().startswith(("in ", "near ")):
        rest = rest.partition(" ")[2]
    if "why" in question.aspects and (about := ABOUT_IT.match(rest)):
        told = IT_HAS.sub(", ", rest[about.end() :])
        return [Said("likes", value) for value, negated in values(told) if not negated]
    if sound := SOUNDS.fullmatch(rest):
        return [Said("wants", value) for value, negated in values(sound["x"]) if not negated]
    if CHATTER.match(rest) or asks(rest):
        who = FORMS["companions"].search(rest) if "companions" in question.aspects and _OWN.match(rest) else None
        return list(_shaped("companions", who)) if who else []
    return list(_told(rest, question))


def accepted(clause: str, question: Asked) -> list[Said]:
    """What the assistant proposed and the clause takes up by its name: "the lasagna sounds great"."""
    found = SOUNDS.match(clause) or TAKEN.match(clause)
    if not found or not question.offered:
        return []
    named = [value for value, negated in values(found["x"]) if not negated and not _PLAIN.issuperset(bag(value))]
    return [Said("wants", value) for value in named if question.offered.issuperset(key(value).split())]


def _denied(question: Asked) -> Iterator[Said]:
    """A plain no: nothing of what was asked for, or the opposite of what was asked about."""
    for said in question.polar if question.single else ():
        yield Said("dislikes", said.value) if said.aspect == "likes" else said._replace(undo=True)
    if question.polar:
        return
    for aspect, cue in question.aspects.items():
        if aspect in GUARDED:
            named = aspect in ("diet", "needs") and cue.split()[-1] in ABSTRACT
            yield Said(aspect, f"no {cue}" if named else "none")


def _told(rest: str, question: Asked) -> Iterator[Said]:
    if none := HAVE_NONE.match(rest):
        yield from _lacking(rest[none.end() :], question, none["own"] is not None)
        return
    for aspect, form in FORMS.items():
        for _ in range(_MOST_TIMES if aspect == "time" else 1):
            if aspect in question.aspects and (found := form.search(rest)):
                yield from _shaped(aspect, found)
                rest = f"{rest[: found.start()]},{rest[found.end() :]}".strip(" ,")
    free = [aspect for aspect in question.aspects if aspect not in TYPED]
    if free and rest:
        yield from _open(rest, free, question.single)


def _shaped(aspect: str, found: re.Match[str]) -> Iterator[Said]:
    value = company(found[str(found.lastgroup)]) if aspect == "companions" else tidy(found.group())
    if fit(value) and value.lower() not in NOBODY:
        yield Said(aspect, value)


def _lacking(rest: str, question: Asked, owning: bool) -> Iterator[Said]:
    """ "No nuts", "I don't have any restrictions": an exclusion, or that there is none of what was asked."""
    words = bag(head(rest))
    if not words:
        return
    if words[-1].startswith(("limit", "rush", "hurry", "constraint")) and "time" in question.aspects:
        yield Said("time", "no time limit")
    elif words[-1].startswith(("restriction", "requirement")):
        if len(words) <= _SHORT:
            yield Said("diet" if "diet" in question.aspects else "needs", f"no {tidy(head(rest)).lower()}")
    elif not owning and not PRONOUN.search(rest) and ABSTRACT.isdisjoint(words) and set(question.aspects) - {"has"}:
        yield from (Said("avoid", value) for value, _ in values(rest))


def _open(rest: str, free: list[str], single: bool) -> Iterator[Said]:
    having = HAVE.match(rest)
    frame = having or FRAME.match(rest)
    rest = rest[frame.end() :] if frame else rest
    if not frame and IT_IS.match(rest):
        rest = IT_IS.sub("", rest, count=1) if single else ""
    if not frame and PRONOUN.match(rest):
        return
    if free[0] in SINGLE:
        most = _JOB if free[0] == "occupation" else _SHORT
        if single and (value := clean(rest)) and len(bag(value)) <= most:
            yield Said(free[0], value)
        return
    for value, negated in values(rest):
        if len(bag(value)) > _SHORT and EMPTY.isdisjoint(bag(value)):
            continue  # no English sentence
        aspect = _aspect(value, free, having is not None)
        if not (_PLAIN if aspect in ("wants", "has") else _NOTHING).issuperset(bag(value)):
            yield Said("avoid" if negated and aspect != "dislikes" else aspect, value)


def _aspect(value: str, free: list[str], having: bool) -> str:
    """Which of the asked aspects a value answers: diets by their name, what is at hand by "have", else the openest."""
    if ("diet" in free or "allergies" in free) and DIET.match(value):
        return "diet"
    if having and not set(free) & {"habits", "allergies", "diet"}:
        return "has"
    openly = sorted((aspect for aspect in free if aspect not in (*GUARDED, "occasion", *SINGLE)), key="goals".__eq__)
    aspect = (openly or free)[0]
    return "likes" if aspect == "why" else aspect
