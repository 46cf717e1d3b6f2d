"""Facts a person states about themselves: name, place, work, allergies, diet, favourites, means, skill, company."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from policies.preferences.aspects import Said
from policies.preferences.circumstances import CIRCUMSTANCES
from policies.preferences.guard import tidy
from policies.preferences.lexicon import LANGUAGES, NO_NAME, OCCUPATIONS, word_set
from policies.preferences.phrases import ADVERB, PHRASES
from policies.preferences.shapes import SHAPES
from policies.preferences.values import clean, head, values


class _Rule(NamedTuple):
    """A phrase that states a fact: words one of which stands in it, its pattern with the object in group `x`."""

    aspect: str
    shape: str
    cues: frozenset[str]
    pattern: re.Pattern[str]


_RULES = tuple(
    _Rule(aspect, shape, frozenset(cues.split()), re.compile(pattern, re.IGNORECASE))
    for (aspect, shape), phrases in (*PHRASES, *CIRCUMSTANCES)
    for cues, pattern in phrases
)
_OPENING = re.compile(
    r"(?:i|i'm|i've|i'd|i'll|we|we're|we've|my|our|call|address|you|just|people|friends|everyone)\b",
    re.IGNORECASE,
)

_NONE = re.compile(
    rf"(?:(?:i|we) (?:don't|do not|didn't) {ADVERB}(?:have|follow)|(?:i|we)(?:'ve| have)(?: got)? no|no|none|zero|"
    r"there(?:'s| is| are) no|don't have|without)(?: any)? (?P<x>[^.!?;]{3,80})",
    re.IGNORECASE,
)
_HAVE_NONE = re.compile(
    r"(?:as far as|as for|regarding|when it comes to|in terms of) (?P<x>.{3,60}?)(?: goes| go)?,? "
    r"(?:i have none|i don't have any|there are none|none)$",
    re.IGNORECASE,
)
_TO_NOTHING = re.compile(r"(?:i'm |i am )?(?:not|no longer) allergic to anything\b", re.IGNORECASE)
_BUT = re.compile(
    r"\b(?:to (?!worry|speak|mention|report|declare|note|be\b|consider|think)|other than|except|apart from|besides|"
    r"that(?! (?:i|we)(?:'m| am| are)? (?:know|aware|can think))|against)\b",
    re.IGNORECASE,
)
_FREE_OF = re.compile(
    r"(?P<allergies>allerg\w+|intoleranc\w+)|(?P<diet>(?:(?:specific|special|particular|other) )?diet(?:ary)?(?: \w+)?|"
    r"food restrictions?|(?:specific |special |other )?(?:restrictions?|requirements?)$)",
    re.IGNORECASE,
)
_FAVOURITE = re.compile(
    r"(?:(?:one|some|a few) of )?(?:my|our) (?:(?:all[- ]time|absolute|personal|current|very|other) "
    r"){0,2}(?:favou?rites?|preferred|preference) "
    r"?(?P<what>[^,.;:]{0,40}?)(?: to (?:eat|cook|make|watch|read|drink|play|visit))?(?:'s|'re| is| are| was| were| "
    r"would be| tends? to be| might be| will be| would have to be| has to be| have to be|(?: usually| often| "
    r"mostly)? (?:include|involve|consist of)[sd]?|:) "
    r"(?:(?:probably|definitely|also|the|a) ){0,2}(?P<x>.+)|(?P<thing>[^,;:]{2,60}?) (?:is|are) (?:(?:one|"
    r"some|two|three|a few|among) (?:of )?"
    r")?my (?:(?:all[- ]time|absolute|personal) )?(?:favou?rites?|speciali?ty|go-to)\b(?P<of>[^,.;]*)",
    re.IGNORECASE,
)
_FAVOURITES = word_set("favourite favourites favorite favorites preferred preference specialty speciality go")
_MOST_WORDS = 8
_LACK = word_set("no none zero not don't didn't without")
_HELLO = re.compile(
    r"(?:hi|hello|hey|good (?:morning|evening|afternoon))[^a-z]{1,3}(?:there[^a-z]{1,3})?(?:i'm|i am|this is) "
    r"(?-i:(?P<x>[A-Z][a-zà-ÿ]+))(?=$|[,.!]| and | from )|(?:i'm|i am) (?-i:(?P<y>[A-Z][a-zà-ÿ]+))(?:,? (?:by the "
    r"way|btw)$|,? "
    r"(?:and )?(?:it's )?(?:nice|pleased|lovely|good|great) to meet you|,? i'm \d\d\b)",
    re.IGNORECASE,
)


def stated(clause: str, there: frozenset[str]) -> list[Said]:
    """The facts in a first-person clause with (at least) the words `there`, by the first rule that fits."""
    if not there.isdisjoint(_FAVOURITES) and (favourites := list(_favourite(clause))):
        return favourites
    if _OPENING.match(clause):
        for rule in _RULES:
            if rule.cues and rule.cues.isdisjoint(there):
                continue
            if (found := rule.pattern.match(clause)) and (made := list(SHAPES[rule.shape](found["x"]))):
                return [Said(rule.aspect, value) for value in made]
    return [] if there.isdisjoint(_LACK) else list(_free_of(clause))


def greeted(sentence: str) -> list[Said]:
    """The name in "Hi, I'm Sam"."""
    found = _HELLO.match(sentence)
    name = (found["x"] or found["y"]) if found else ""
    word = name.lower()
    return [Said("name", name)] if found and word not in NO_NAME | OCCUPATIONS | LANGUAGES.keys() else []


def _free_of(clause: str) -> Iterator[Said]:
    """ "No allergies", "I don't have any dietary requirements": ends what was known, and says so."""
    if aside := _HAVE_NONE.match(clause):
        clause = f"no {aside['x']}"
    if _TO_NOTHING.match(clause):
        clause = "no allergies"
    found = _NONE.match(clause)
    if not found or _BUT.search(found["x"]) or len(found["x"].split()) > _MOST_WORDS:
        return
    for named in _FREE_OF.finditer(head(found["x"])):
        aspect = str(named.lastgroup)
        yield Said(aspect, "", True)
        yield Said(aspect, "none" if aspect == "allergies" else f"no {tidy(named.group()).lower()}")


def _favourite(clause: str) -> Iterator[Said]:
    found = _FAVOURITE.match(clause)
    if not found:
        return
    what = clean(found["what"] or found["of"] or "")
    for value, negated in values(found["x"] or found["thing"]):
        if not negated:
            yield Said("favourites", f"{what}: {value}" if what else value)
