"""Where a preference holds: what is said for work or for home is no contradiction of what holds elsewhere.

Only where the part of the sentence that states it names the place, and only for what may well differ by it: how answers
should be, and tastes. An allergy holds everywhere, and what is in the fridge at home is no preference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from adapters.ports import Evidence
from policies.preferences.aspects import Aspect, Said
from policies.preferences.clauses import once, sentences, supposes
from policies.preferences.extract import extract
from policies.preferences.guard import own
from policies.preferences.values import bag

MOST_PARTS = 20
"""Parts of one turn that are read by themselves, so that a turn full of them costs no more than a long one."""
_TASTES = frozenset(("likes", "dislikes", "favourites", "habits"))
# What follows must be a new phrase: "for home workouts" and "at work meetings" name no place by themselves.
_ALONE = (
    r"(?=\W*$| ?[,;:.!?-]|,? (?:i|i'm|i'd|i've|i'll|we|my|please|always|never|only|just|keep|use|answer|reply|respond|"
    r"give|write|make|be|you|it|it's|don't|do|no|everything|answers|and|but|while|whereas|or)\b)"
)
_WORK = (
    rf"(?:at|for|in) (?:my |the )?(?:work|job|day job|office|workplace){_ALONE}|(?:for|in) (?:my )?work (?:emails?|"
    rf"e-mails?|mails?|messages?|stuff)|on the job{_ALONE}|professionally|when (?:i'm|i am) (?:at work|working|in the "
    rf"office|at the office){_ALONE}"
)
_HOME = (
    rf"(?:at|for) home{_ALONE}|privately|in private{_ALONE}|in my (?:private life|free time|spare time|time off)|"
    rf"outside (?:of )?work{_ALONE}|off (?:work|the clock){_ALONE}|when (?:i'm|i am) (?:at home|off work|not working)"
    rf"{_ALONE}"
)
_WHERE = re.compile(rf"\b(?:(?P<work>{_WORK})|(?P<home>{_HOME}))\b(?!-)", re.IGNORECASE)
_HINT = re.compile(r"\b(?:work|job|office|workplace|professionally|home|privat\w+|time|clock)", re.IGNORECASE)
# Before a place that is named anew, or before "but" and its like, ends what was said of the place before.
_PARTS = re.compile(
    rf"[,;:]? (?:and|but|while|whereas|yet|though|otherwise|elsewhere)\b,? ?|[,;:] ?(?={_WORK}|{_HOME})", re.IGNORECASE
)
_FRONT = re.compile(r"(?:please |and |but |so |also |however |well |hi |hello )*[,:]? ?$", re.IGNORECASE)


class _Part(NamedTuple):
    """The part of a sentence that names one context, without its name; `front` where the name stood in front of it,
    `leads` where the whole sentence begins with a name."""

    context: str
    text: str
    front: bool
    leads: bool


def placed(item: Evidence, aspects: Mapping[str, Aspect]) -> list[Said]:
    """The candidate claims in one event, those with a context that were said for one."""
    found = extract(item)
    if item.kind == "edit" or not _HINT.search(item.text):
        return found
    told: dict[Said, Said] = {}
    for part in islice(_parts(own(item.text)), MOST_PARTS):
        for said in extract(replace(item, text=part.text)):
            # A part alone is understood where the sentence as a whole is not; but who speaks may stand before it.
            if (said in found or part.leads) and _varies(said, part.front, aspects):
                told[said] = said._replace(context=part.context)
    if not told:
        return found
    return [told.get(said, said) for said in found] + [said for plain, said in told.items() if plain not in found]


def _varies(said: Said, front: bool, aspects: Mapping[str, Aspect]) -> bool:
    """Whether a candidate may hold in one place alone; "jazz at work" says where by itself."""
    aspect = aspects.get(said.aspect)
    if aspect is None or not {"work", "home"}.isdisjoint(bag(said.value)):
        return False
    return aspect.about == "answers" or (front and said.aspect in _TASTES)


def _parts(text: str) -> Iterator[_Part]:
    for line in sentences(text):
        first = _WHERE.search(line)
        if first is None or supposes(line) or once(line):
            continue
        leads = _FRONT.match(line[: first.start()]) is not None
        for part in _PARTS.split(line):
            where = list(_WHERE.finditer(part))
            if len(where) != 1:
                continue
            before, after = part[: where[0].start()], part[where[0].end() :]
            front = _FRONT.match(before) is not None
            if front or not after.strip(" ,.!"):
                rest = after.lstrip(" ,:-") if front else before
                yield _Part(str(where[0].lastgroup), rest.strip(), front, leads)
