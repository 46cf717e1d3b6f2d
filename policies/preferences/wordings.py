"""Roundabout ways of saying something, each read as the plain statement that it means.

"Olives aren't my thing" is "I don't like olives". A wording is a whole clause, so that what merely contains one stays
as it is; what a person says of themselves in passing ("as a nurse, ...") becomes a sentence of its own.
"""

from __future__ import annotations

import re

from policies.preferences.lexicon import word_set
from policies.preferences.phrases import ADVERB

_X = (
    r"(?P<x>(?!(?:i|it|this|that|these|those|they|he|she|you|your|there|what|which|who|my|all|none)\b)"
    r"\w[^,;:.!?]{1,60}?)"
)
_IS = r"(?:'s|'re| is| are| was| were)"
_IS_NOT = r"(?: isn't| aren't| is not| are not|'s not|'re not| was never| were never| has never been| have never been)"
_GROSS = (
    r"unbearable|boring|annoying|disgusting|gross|revolting|dull|tedious|awful|terrible|horrible|off-putting|"
    r"overrated|insufferable|repulsive|bland|irritating|exhausting|depressing|creepy"
)
_LOVELY = r"fascinating|relaxing|delicious|fun|soothing|irresistible|calming|inspiring|addictive|enjoyable|comforting"
_VERY = rf"(?:{ADVERB}|completely |way |far )"
_ENJOY = r"(?:like|liked|enjoy|enjoyed|love|loved|care for|cared for|fancy)"
_THING = (
    r"(?P<x>(?!(?:need|worr\w+|problem|rush|idea|way|more|thanks|expla\w+|comments?|spoilers?|intro\w*|preamble|code|"
    r"text|fluff|talk|lists?|tables?|emojis?|jargon|questions?|examples?|markdown|small|apolog\w+|extra|other|longer|"
    r"one|bullets?|headings?|long|short|links?|images?)\b)[\w' -]{3,30}?)"
)
_PERSON = (
    r"cat|dog|coffee|tea|morning|night|beach|city|mountain|book|wine|beer|meat|outdoors|numbers|summer|winter|"
    r"breakfast|savoury|chocolate|country|gym|hotel|train"
)

_CLAUSES: tuple[tuple[str, str], ...] = (
    (
        rf"{_X}{_IS_NOT} {_VERY}(?:my (?:thing|cup of tea|jam|style|scene|taste|favou?rite)|for me|something i "
        r"(?:like|enjoy))",
        "I don't like {x}",
    ),
    (
        rf"{_X}{_IS} {_VERY}(?:not (?:my (?:thing|cup of tea|jam|style|scene|taste|favou?rite)|for me)|(?:a|my) "
        r"(?:no-go|turn-off|pet peeve))",
        "I don't like {x}",
    ),
    (
        rf"{_X}{_IS} {_VERY}(?:my (?:jam|thing|passion|obsession|weakness|guilty pleasure|happy place|comfort "
        r"(?:food|zone))|right up my (?:street|alley))",
        "I love {x}",
    ),
    (
        rf"{_X} (?:(?:just|really|always|absolutely) )?(?:makes? me (?:gag|sick|cringe|heave|nauseous|retch|miserable|"
        r"want to (?:puke|vomit|scream))|gives? me the (?:creeps|ick)|drives? me (?:crazy|mad|nuts|up the wall)|"
        r"grosses me out|gross me out|puts? me off|turns? me off|bores? me(?: to (?:tears|death))?)",
        "I hate {x}",
    ),
    (
        rf"{_X} (?:(?:just|really|always|absolutely) )?(?:makes? me (?:so |really )?happy|relax(?:es)? me|cheers? me "
        r"up|calms? me(?: down)?)",
        "I love {x}",
    ),
    (rf"i {ADVERB}find {_X} (?:to be )?{_VERY}(?:{_GROSS})", "I don't like {x}"),
    (rf"i {ADVERB}find {_X} (?:to be )?{_VERY}(?:{_LOVELY})", "I like {x}"),
    (
        rf"i could (?:happily )?(?:eat|drink|watch|listen to|read|play|live on) {_X} (?:every (?:single )?(?:day|"
        r"night|week)|all (?:day|night)(?: long)?|for(?:ever| hours| days)|non-?stop|for the rest of my life)",
        "I love {x}",
    ),
    (rf"i(?: just)? (?:can't get into|don't get on with|don't see the appeal of|can't warm to) {_X}", "I don't like "
        "{x}"),
    (rf"i(?: absolutely)? (?:live for|swear by|never get tired of|can't resist) {_X}", "I love {x}"),
    (
        rf"(?:i'm|i am) (?:not (?:much of |really )?an?|no) (?:big |huge |great |real )?{_X} (?:drinker|eater|lover|"
        r"guy|girl|watcher|enthusiast|fan)",
        "I don't like {x}",
    ),
    (
        rf"(?:i'm|i am) an? (?:(?:big|huge|massive|real|total|avid|keen|lifelong) ){{0,2}}+{_X} (?:fan|lover|"
        r"enthusiast|nerd|geek|buff|addict|fanatic|drinker|nut|fiend|junkie)",
        "I love {x}",
    ),
    (r"i'd (?:choose|pick|take) (?P<x>[^,;:.!?]{2,40} over [^,;:.!?]{2,40}?)(?: any (?:day|time))?", "I prefer "
        "{x}"),
    (rf"{_X} (?:stress(?:es)?|freaks?|creeps?) me out", "I hate {x}"),
    (
        rf"{_X} (?:(?:doesn't|don't|does not|do not|never) (?:agree|sit well) with (?:me|us)|makes? me (?:ill|bloated|"
        r"unwell))",
        "I avoid {x}",
    ),
    (
        rf"{_X} (?:gives? me (?:hives|an? (?:\w+ )?rash)|makes? (?:me (?:break out|itch\w*|swell\w*|sneeze)|my "
        r"(?:throat|face|lips) \w+)|sends? me to (?:the )?(?:hospital|er))",
        "I'm allergic to {x}",
    ),
    (r"(?:i'm|i am|we're) (?:totally |a bit |completely )?(?:broke|skint|strapped for cash)(?: .+)?", "I'm on a "
        "tight budget"),
    (
        r"my (?:limit|max(?:imum)?|price limit|ceiling)(?: is|:) (?P<x>.+)|(?:i|we)(?:'ve| have) (?:set aside|saved "
        r"up|put aside) (?P<y>.*\d.*)",
        "my budget is {x}",
    ),
    (r"name(?:'s| is|:) (?P<x>(?-i:[A-Z])\w+)", "my name is {x}"),
    (
        rf"i(?:'ve| have)? never {ADVERB}(?:been (?:an? (?:big |huge )?fan of|into|keen on|fond of)|{_ENJOY}|got into|"
        rf"understood the appeal of) {_X}",
        "I don't like {x}",
    ),
    (rf"i (?:can't|cannot|couldn't|wouldn't|don't) say (?:that )?i {ADVERB}{_ENJOY} {_X}", "I don't like {x}"),
    (
        rf"(?:i'm|i am|we're|we are) not {ADVERB}(?:that )?(?:interested in|big on|crazy about|wild about|mad about) "
        rf"(?!the\b){_X}",
        "I don't like {x}",
    ),
    (rf"neither (?:my|me|i) ?.{{0,30}}? ?nor i {ADVERB}{_ENJOY} {_X}", "I don't like {x}"),
    (
        rf"(?:i'm|i am) (?:more (?:of )?|really |definitely )?an? (?P<x>{_PERSON}) person(?: (?:than|not|rather "
        rf"than) .+)?",
        "I like {x}s",
    ),
    (rf"(?:i'm|i am) not (?:really |much of )?an? (?P<x>{_PERSON}) person", "I don't like {x}s"),
    (r"(?:i'm|i am) more of an? (?P<x>[\w ]{2,30}) person than an? [\w ]{2,30}", "I like {x}"),
    (rf"{_X}{_IS} my (?:absolute )?favou?rite way to \w+(?: down)?", "my favourite is {x}"),
    (r"no (?P<x>[\w' -]{3,40}?)(?: for me|,? either)(?:,? (?:please|thanks|thank you))?", "I avoid {x}"),
    (rf"no {_THING}(?: for me)?,? (?:please|pls|thanks)(?: for me)?", "I avoid {x}"),
    (r"i (?:don't|do not|never) drink(?: at all)?", "I avoid alcohol"),
    (r"i (?:don't|do not|never) smoke(?: at all)?", "I avoid smoking"),
    (r"(?P<x>[\w -]{2,40}(?:allergy|intolerance)) here", "I have a {x}"),
    (r"(?P<x>(?:[\w-]+ ){0,3}[\w-]+) here", "I'm a {x}"),
    (r"money(?:'s| is) (?:a bit |very |really |pretty |quite )?tight.{0,40}", "I'm on a tight budget"),
    (
        r"(?:the )?(?:price|money|cost|budget) (?:does not|doesn't|isn't|is no|is not|won't) (?:really )?(?:matter|"
        r"be an? (?:issue|problem)|(?:an? )?(?:issue|problem|object|concern|question)).{0,12}",
        "my budget is unlimited",
    ),
)
_WORDINGS = tuple((re.compile(pattern, re.IGNORECASE), plain) for pattern, plain in _CLAUSES)
_CUES = word_set(
    "thing tea jam style scene taste favourite favorite for passion obsession weakness guilty happy comfort up no-go "
    "peeve get see resist over live swear fan lover enthusiast nerd geek buff addict fanatic drinker eater guy girl "
    "watcher nut fiend junkie stress stresses freak freaks creep creeps agree sit sends send broke skint strapped "
    "limit max maximum ceiling aside saved name name's name: don't drink smoke makes make gives give drives drive "
    "grosses gross puts put turns turn bores bore relaxes relax cheers cheer calms calm find could never say not "
    "neither person what no here money price cost budget turn-off"
)
"""Words one of which stands in every wording."""

_IN_PASSING = re.compile(
    r"(?:so |well |and )?as an? (?P<role>(?:[\w-]+ ){0,3}?[\w-]+?)(?:,| (?=(?:i|i'm|i've|i'd|my)\b)) ?|"
    r"(?:so |well |and )?(?:as|being) (?:someone|somebody|a person) who(?P<doing>(?:'s|'d)? ?[^,.;?!]{3,70}), ",
    re.IGNORECASE,
)
_LIKE_ME = re.compile(
    r"\b(?:someone|somebody|a person|people) (?:with (?P<having>[^,.;?!]{3,40})|who(?P<doing>(?:'s)? "
    r"?[^,.;?!]{3,60}?)),? (?:like|such as) me\b",
    re.IGNORECASE,
)
_THIRD = re.compile(r"(?P<verb>'s|is|has|does|doesn't|can't|[a-z]+?s)\b", re.IGNORECASE)
_FIRST = {"'s": "am", "is": "am", "has": "have", "does": "do", "doesn't": "don't", "can't": "can't"}
_CORRECTED = re.compile(
    r"\bmy (?P<what>name|budget|city|job|diet|home ?town)(?:'s not| isn't| is not) [\w' $€£.]{1,30}?(?:,| but) "
    r"(?:it's|it is|(?<=but )(?=\w))",
    re.IGNORECASE,
)
_DISLIKES = r"(?:hates?|dislikes?|loves?|likes?|enjoys?|adores?|can't stand|detests?|prefers?)"
_POINTED_AT = re.compile(
    rf"(?:\b(?:my [\w-]+|he|she|they|everyone|everybody|(?-i:[A-Z])[\w-]+|people) {_DISLIKES} "
    rf"(?P<x>[^,;.!?]{{2,40}}?)(?:,|;)?(?: but| and| while| though)?|^(?P<y>[\w' -]{{2,30}})\?(?: (?:no|yes|nope|"
    rf"yuck|ugh|yum)(?: thanks| please)?[,.!]*)?) (?P<verb>(?:personally )?i (?:\w+ )?{_DISLIKES}) (?:it|them|that)\b",
    re.IGNORECASE,
)


_DEADLY = re.compile(
    r"(?P<x>[\w' -]{2,40}?) (?:could|would|can|will|might) (?:literally |actually )?kill me\b(?=[^.!?]{0,60}\ballerg)",
    re.IGNORECASE,
)


def reworded(clause: str) -> str:
    """The plain form of a clause, or the clause itself."""
    if _CUES.isdisjoint(clause.lower().split()):
        return clause
    for pattern, plain in _WORDINGS:
        if found := pattern.fullmatch(clause):
            return plain.format(x=found.groupdict().get("y") or found.groupdict().get("x"))
    return clause


def plainly(text: str) -> str:
    """A turn with its pronouns resolved ("my wife hates olives, I love them") and its corrections made."""
    if "not " in text or "n't " in text:
        text = _CORRECTED.sub(lambda found: f"my {found['what']} is", text)
    if "kill me" in text:
        text = _DEADLY.sub(lambda found: f"I'm allergic to {found['x'].strip()}", text)
    return _POINTED_AT.sub(lambda found: f"{found['verb']} {found['x'] or found['y']}", text)


def in_passing(line: str) -> list[str]:
    """The sentence, behind what the person says of themselves in it: "As a nurse, ..." is "I'm a nurse"."""
    told: list[str] = []
    if (found := _IN_PASSING.match(line)) and found.end() < len(line):
        told.append(f"I'm a {found['role']}" if found["role"] else _in_first_person(found["doing"]))
        line = line[found.end() :]
    if found := _LIKE_ME.search(line):
        told.append(f"I have {found['having']}" if found["having"] else _in_first_person(found["doing"]))
    return [*told, line]


def _in_first_person(doing: str) -> str:
    found = _THIRD.match(doing.strip())
    if not found:
        return ""
    verb = found["verb"].lower()
    return f"I {_FIRST.get(verb, verb.removesuffix('s'))}{doing.strip()[found.end() :]}"
