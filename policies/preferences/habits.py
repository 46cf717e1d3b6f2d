"""What a person does again and again: "I read in bed every night", "on Sundays we go to the market"."""

from __future__ import annotations

import re

from policies.preferences.aspects import Said
from policies.preferences.guard import fit, tidy
from policies.preferences.lexicon import word_set
from policies.preferences.values import head

_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_WHEN = (
    r"(?:every|each|most) (?:single |other )?(?:day|night|morning|evening|afternoon|week|weekend|weekday|month|year|"
    rf"summer|winter|spring|autumn|{_DAY})s?|(?:once|twice|(?:two|three|four|five|six|\d|a few|several|couple of)(?: "
    rf"or \w+)? times) (?:a|per|each|every) (?:day|week|month|year)|daily|weekly|(?:on |at )?(?:{_DAY}s|weekends|"
    r"weekdays)(?: (?:mornings?|evenings?|nights?))?|in the (?:mornings?|evenings?)|before (?:bed|breakfast|work)|"
    r"after (?:work|dinner|lunch)"
)
_OFTEN = r"(?:always|usually|normally|generally|typically|often|tend to|mostly|regularly)"
_DOING = (
    r"(?:go|read|run|jog|cycle|bike|swim|walk|hike|cook|bake|play|watch|listen|drink|eat|meditate|practi[sc]e|train|"
    r"work out|exercise|journal|paint|draw|garden|do|take|have|get up|wake up|visit|call|meet|order|skip|study|stretch|"
    r"pray|knit|commute|sleep|nap|shop|dance|sing|climb|ski|fish|travel|fly|stay up|spend)"
)
_LIVING = (
    r"(?:go(?! (?:with|for)\b)|run|jog|cycle|walk|skip|get up|wake up|commute|work (?!with|on|for|fine|in|at|as)|"
    r"take (?:the |a )?(?:bus|train|tram|tube|metro|bike|stairs|nap|walk)|travel|sleep|stay up|exercise|train|"
    r"meditate|shop|fly)"
)
_HABIT = re.compile(
    rf"(?:(?P<before>{_WHEN}),? )?(?:i|we) (?:also |still )?(?P<often>{_OFTEN} "
    rf")?(?P<x>(?P<verb>{_DOING})\b[^,;.!?]{{0,60}})",
    re.IGNORECASE,
)
_ENDS = re.compile(rf"\b(?:{_WHEN})$", re.IGNORECASE)
_ALWAYS = re.compile(rf"(?:i|we) (?:also )?{_OFTEN} (?P<x>{_LIVING}\b[^,;.!?]{{0,60}})", re.IGNORECASE)
_CUES = word_set(
    "every each most once twice times daily weekly weekends weekdays mondays tuesdays wednesdays thursdays fridays "
    "saturdays sundays mornings evenings morning evening before after always usually normally generally typically "
    "often tend mostly regularly"
)
_TECHNICAL = re.compile(
    r"\b(?:this|that|it|these|those|script|tests?|query|queries|job|build|deploy\w*|command|code|function|server|"
    r"errors?|backups?|program|pipeline|you|your|wrong|back|into|crazy)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 9


def usual(clause: str, there: frozenset[str]) -> list[Said]:
    """The habit in a clause with (at least) the words `there`, with its verb: "go swimming twice a week"."""
    if _CUES.isdisjoint(there):
        return []
    found = _HABIT.match(clause)
    if not (found and (found["before"] or _ENDS.search(found["x"]))):
        found = _ALWAYS.match(clause)
    value = tidy(head(found["x"])) if found else ""
    if not fit(value) or len(value.split()) not in range(2, _MOST_WORDS + 1) or _TECHNICAL.search(value):
        return []
    return [Said("habits", value)]
