"""What stands beside the point of a clause: for whom, on which occasion, within which time."""

from __future__ import annotations

import re

from policies.preferences.aspects import Said
from policies.preferences.guard import tidy
from policies.preferences.lexicon import ALONE, DURATION, PEOPLE, word_set

_COUNT = r"two|three|four|five|six|seven|eight|\d+"
_OF = (
    rf"(?:(?:my|our|the|an?|some|both|{_COUNT}|whole|young|small|little|older|other|entire|teenage|close|old|of|"
    r"elderly|pregnant|disabled|immediate|picky|best|year) )"
)
_COMPANY = re.compile(
    rf"\b(?:with|for|feed(?:ing|s)?|serv(?:e|es|ing)|including|me and|just|myself and) (?P<who>{_OF}{{0,5}}"
    rf"(?:{PEOPLE})(?: of (?:{_COUNT}))?(?:(?:,? and |, | & |,? or )(?:with "
    rf")?{_OF}{{0,4}}(?:{PEOPLE})){{0,4}})\b(?![- ]?(?:friendly|"
    rf"members?|recipes?|movies?|films?|meals?|owners?|oriented|style|size))|\b(?P<alone>{ALONE})\b|\b(?:for|serve|"
    rf"feed) (?P<count>(?:the )?(?:{_COUNT}|both)(?: of us)?|myself(?! and\b)|us)\b(?![- ](?:\w+ )?(?:minutes?|"
    rf"mins?|hours?|"
    r"hrs?|days?|weeks?|months?|years?|dollars|euros|pounds|reasons?|people))",
    re.IGNORECASE,
)
_SHARED = re.compile(
    r"\b(?:cook|watch|mak|travel|go|eat|din|stay|liv|play|celebrat|shop|feed|host|serv|bak|prepar|spend|visit|invit|home|"
    r"brunch|lunch|breakfast|meal|movie|film|trip|holiday|vacation|weekend|party)\w*\b|^(?:it's|it is|just|only|for|"
    r"with)\b",
    re.IGNORECASE,
)
_OCCASION = re.compile(
    r"\b(?:for|celebrat\w+|it's|on|have|is|throwing|hosting|having|planning|organi[sz]ing|preparing) (?:(?:my|our|"
    r"an?|the|her|his|their) )?(?:[\w-]+(?:'s)? ){0,2}?(?P<x>(?:\d+\w* )?(?:birthday|anniversary|wedding|graduation|"
    r"christmas|thanksgiving|easter|valentine'?s(?: day)?|dinner party|party(?! of)|date night|barbecue|bbq|picnic|"
    r"baby shower|housewarming|halloween|retirement|new year'?s(?: eve)?|honeymoon|promotion|reunion|engagement|"
    r"christening|diwali|hanukkah|passover|mother's day|father's day|potluck))\b(?=$|[,.;!]| (?:dinner|lunch|"
    r"breakfast|party|and|with|tonight|today|tomorrow|this|next|so|for|meal|day|eve|celebration|at|in|on|of)\b)",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    rf"\b(?:takes?|taking|done in|ready in|for about|for around) (?P<x>{DURATION})(?! ago)|\b(?P<y>(?:inside|within|"
    rf"under|less than|no more than|no longer than|at most|maximum|max) {DURATION})",
    re.IGNORECASE,
)
_MEANS = re.compile(
    r"\b(?:for )?(?P<x>(?:under|below|less than|up to|max(?:imum)?|no more than|around|about|within) (?:[$€£] "
    r"?\d[\d.,]*k?|\d[\d.,]*k? ?(?:dollars|euros?|pounds|bucks|quid|[$€£])))",
    re.IGNORECASE,
)
NOBODY = word_set("me us people person others other")
"""Company that tells nothing."""
_DENIAL = word_set("don't not never no without")
_ALONE = re.compile(r"by myself|on my own|solo|alone|just for me", re.IGNORECASE)
_LONG = re.compile(r"\b(?:days?|weeks?|weekends?)\b", re.IGNORECASE)
_SEEKING = ("i'm looking", "i am looking", "we're looking", "i need", "we need", "i want", "i'd like")
_ARTICLES = word_set("my our the a an some of both")
_BETWEEN = re.compile(r",| & | or ")

# Words one of which is in every clause that the pattern fits.
_COMPANY_CUES = word_set(
    "aunt aunts uncle uncles nan granny alone own solo myself me us one two three four five six seven eight both wife "
    "husband spouse partner girlfriend boyfriend fiance fiancee fiancé fiancée kid kids child children son sons "
    "daughter daughters toddler toddlers baby babies teen teens teenager teenagers grandchildren grandkids grandson "
    "granddaughter family parents parent in-laws laws mother father mum mom mam dad brother brothers sister sisters "
    "sibling siblings niece nieces nephew nephews cousin cousins grandparents grandparent grandmother grandma "
    "grandfather grandad grandpa friend friends mate mates buddy buddies flatmate flatmates roommate roommates "
    "housemate housemates colleague colleagues coworker coworkers workers worker guest guests team class students dog "
    "cat date other ones adult adults people person persons others relatives boy boys girl girls of"
)
_OCCASION_CUES = word_set(
    "birthday anniversary wedding graduation christmas thanksgiving easter valentine's valentines valentine party "
    "night barbecue bbq picnic shower housewarming halloween retirement year's years year honeymoon promotion "
    "reunion engagement christening eid diwali hanukkah passover mother's father's potluck"
)
_TIME_CUES = word_set(
    "minute minutes min mins hour hours hr hrs h day days week weeks weekend weekends evening evenings afternoon "
    "afternoons morning mornings"
)


def aside(clause: str, there: frozenset[str], answering: bool = False) -> tuple[list[Said], str]:
    """Company, occasion and time in a clause with (at least) the words `there`, and the clause without them."""
    said: list[Said] = []
    found = None if there.isdisjoint(_COMPANY_CUES) else _COMPANY.search(clause)
    if found and (answering or (_SHARED.search(clause) and there.isdisjoint(_DENIAL))):
        value = company(found["who"] or found["alone"] or found["count"])
        said += [Said("companions", value)] if value and value.lower() not in NOBODY else []
        clause = _without(clause, found)
    if not there.isdisjoint(_OCCASION_CUES) and (found := _OCCASION.search(clause)):
        said.append(Said("occasion", found["x"]))
        clause = _without(clause, found)
    if not there.isdisjoint(_TIME_CUES) and (found := _WITHIN.search(clause)) and not _LONG.search(found.group()):
        said.append(Said("time", tidy(found["x"] or found["y"])))
        clause = _without(clause, found)
    if (found := _MEANS.search(clause)) and clause.lower().startswith(_SEEKING):
        said.append(Said("budget", tidy(found["x"])))
        clause = _without(clause, found)
    return said, clause


def company(text: str) -> str:
    """Who is with the person, without articles: "2 kids", "wife and daughter", "alone"."""
    if _ALONE.fullmatch(text):
        return "alone"
    return tidy(" ".join(word for word in _BETWEEN.sub(" and ", text).split() if word.lower() not in _ARTICLES))


def _without(clause: str, found: re.Match[str]) -> str:
    return " ".join(f"{clause[: found.start()]} {clause[found.end() :]}".split())
