"""Ways of telling a taste that have no verb of taste, as the plain statement that they amount to.

"You can't go wrong with jazz" is "I love jazz", "mushrooms are a no for me" is "I avoid mushrooms".
"""

from __future__ import annotations

import re

from policies.preferences.phrases import ADVERB

_X = r"(?P<x>[^,;:]{3,60}?)"
_OFTEN = r"(?:(?:usually|generally|always|mostly|often|really|definitely|naturally|just|also|probably) ){0,2}"
_LOVER = r"lover|fanatic|enthusiast|addict|nut|buff|fiend|junkie"
_PERSON = r"person|guy|girl"
_KEEPS = r"fridge|freezer|pantry|cupboards?|larder|kitchen"
_FINE = r"great|good|brilliant|amazing|awesome|excellent|fantastic|wonderful|lovely|delicious|superb|perfect|ideal|fun"

# Some need no question before them; of the others each could be said of anything.
_ALWAYS: tuple[tuple[str, str], ...] = (
    (r"(?:nothing|not much|few things) (?:beats?|tops?|comes? close to|is better than) (?P<x>.+)", "I love {x}"),
    (r"(?:you |i |we )?(?:can't|cannot|can never) (?:beat|go wrong with|get enough of) (?P<x>.+)", "I love {x}"),
    (
        rf"(?:i'm|i am) (?:(?:very much|definitely|such|a bit of|quite|really) an? (?:(?:big|huge|real|total) )?"
        rf"(?P<x>[\w' -]{{2,40}}?) (?:{_LOVER})|more of an? (?P<y>[\w' -]{{2,40}}?) (?:{_LOVER}|{_PERSON}))",
        "I love {x}",
    ),
    (rf"(?:i|we) {_OFTEN}(?:lean|gravitate) (?:more )?(?:towards?|to) (?P<x>.+)", "I like {x}"),
    (rf"(?:i|we) {_OFTEN}tend (?:more )?towards? (?P<x>.+)", "I like {x}"),
    (
        rf"(?:what|the thing) (?:i|we) {ADVERB}(?P<v>like|love|enjoy|prefer|hate)(?: (?:most|best|more than "
        r"anything))?(?: is| are|:) (?P<x>.+)",
        "I {v} {x}",
    ),
    (
        r"the (?:last|best|only) (?:one|\w+) (?:that )?(?:i|we) (?:really )?(?:liked|loved|enjoyed) (?:was|"
        r"is) (?P<x>.+)",
        "I liked {x}",
    ),
    (rf"{_X} (?:has|have) always been (?:(?:one|some) of )?(?:my|our) favou?rites?", "I love {x}"),
    (rf"{_X} (?:would be|is|are) (?:my|our) (?:first |top |usual )?(?:choice|pick|preference|go-to)s?", "I prefer {x}"),
    (r"(?:my|our) (?:first |top |usual )?(?:choice|pick|go-to)s? (?:is|are|would be) (?P<x>.+)", "I prefer {x}"),
    (
        rf"{_X} (?:is|are) (?:an? )?(?:(?:big|definite|hard|strict|absolute) )?(?:no|no-go|no go) (?:for|from) "
        r"(?:me|us)",
        "I avoid {x}",
    ),
    (rf"there(?:'s| is| are) (?P<x>.+ in (?:my|our) (?:{_KEEPS})\b.*)", "I have {x}"),
    (rf"(?:my|our) (?:{_KEEPS}) (?:has|contains|is full of) (?P<x>.+)", "I have {x} at home"),
)
_ANSWERING: tuple[tuple[str, str], ...] = (
    (rf"(?:i'm|i am) an? (?:(?:big|huge|real|total) )?(?P<x>[\w' -]{{2,40}}?) (?:{_PERSON})", "I love {x}"),
    (
        r"(?:(?:i|we) have )?no (?:[\w ]{1,40} )?(?:other than|except|apart from|besides) (?P<x>(?:that|it|"
        r"something|an?|for) .+)",
        "I want {x}",
    ),
    (r"(?:let's|let us) (?:go (?:for|with)|do|try|have|say|make) (?P<x>.+)", "I want {x}"),
    (
        rf"{_X} (?:it is|works?|would work|will do|would do)(?: (?:fine|well|great|best))?(?: for (?:me|us))?",
        "I want {x}",
    ),
    (r"(?:i|we)(?:'d| would)? be (?:up for|happy with|open to|fine with|good with) (?P<x>.+)", "I want {x}"),
    (
        rf"{_X} (?:is|are|was|were) (?:(?:always|really|just|so|pretty|quite|very|also) ){{0,2}}(?:{_FINE}|a "
        rf"(?:big |real |nice )?(?:plus|bonus)|"
        r"a (?:good|great|nice) (?:idea|option|choice))",
        "I like {x}",
    ),
    (
        r"(?:i|we) (?:can't|cannot|don't|do not) (?:really )?do (?P<x>(?!it|that|this|so|much|more|any)\w[\w -]{2,30})",
        "I avoid {x}",
    ),
    (
        r"(?:i|we) (?:try to |have to |need to |'m trying to |am trying to )(?:limit|cut out|cut down on|"
        r"reduce) (?P<x>.+)",
        "I avoid {x}",
    ),
    (
        rf"{_X} (?:is|are) (?:preferable|preferred|fine|ok|okay|(?:an? )?(?:must|essential|welcome)|"
        r"(?:the )?(?:most appropriate|best))(?: (?:for|with|by) (?:me|us))?",
        "I want {x}",
    ),
    (rf"there(?:'s| is| are) (?P<x>.+ in the (?:{_KEEPS})\b.*)", "I have {x}"),
)
_MUST_BE = re.compile(
    r"(?:it|they|the \w+|\w+ time|lunch|dinner|breakfast)(?:'d)? (?:(?:also|just|ideally|really|probably) "
    r"){0,2}(?:(?:should|must|has to|have to|needs to|"
    r"need to|would have to|would|'d) (?:(?:also|ideally|just|preferably) )?(?:be|have|include|contain)) ",
    re.IGNORECASE,
)
_MY_USUAL = re.compile(
    r"my (?:typical|usual|weekly|regular|normal|daily|everyday|go-to) \w[\w ]{1,30}?(?:is|are|consists? of|"
    r"includes?|would be|tends? to be|"
    r"normally consist of|usually (?:is|are)|normally (?:is|are))(?: normally| usually| mostly)? ",
    re.IGNORECASE,
)
_WHAT_I = re.compile(
    r"(?!(?:i|we|it|that|this|which)\b)(?P<x>[^,;:]{3,70}?) (?:(?:is|are) (?:all |exactly |just )?what (?:i|we) "
    r"(?P<verb>want|like|need|love|prefer|enjoy|hate)|would (?:also )?be (?:really |very |super )?(?:nice|great|good|"
    r"perfect|ideal|lovely|awesome|amazing|best|preferred|preferable|appreciated|fun|cool))\b",
    re.IGNORECASE,
)
_CUES = re.compile(
    rf"\b(?:nothing|not|few|can't|cannot|can|{_LOVER}|{_PERSON}|lean|gravitate|tend|what|thing|favou?rites?|"
    rf"liked|loved|enjoyed|choice|pick|picks|preference|"
    rf"go-to|doesn't|don't|do|does|never|for|from|{_KEEPS})\b",
    re.IGNORECASE,
)
_NOBODYS = re.compile(
    r"(?:it|that|this|which|they|these|those|he|she|you|there|everything|anything|all|both|either|my|his|her|"
    r"their|your)\b",
    re.IGNORECASE,
)


def _compiled(table: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(rf"(?:{pattern})\W*", re.IGNORECASE), plain) for pattern, plain in table)


_PLAIN = _compiled(_ALWAYS)
_ASKED = _compiled(_ANSWERING)


def plainly(clause: str, answering: bool) -> str:
    """The clause as a plain statement, where it is one of the idioms."""
    if answering and (bound := _MUST_BE.match(clause)):
        return f"I want {clause[bound.end() :]}"
    if usual := _MY_USUAL.match(clause):
        return f"I usually have {clause[usual.end() :]}"
    if whole := _WHAT_I.match(clause):
        return f"I {whole['verb'] or 'would like'} {whole['x']}"
    if answering or _CUES.search(clause):
        for pattern, plain in (*_PLAIN, *_ASKED) if answering else _PLAIN:
            if found := pattern.fullmatch(clause):
                told = {"v": "", **found.groupdict()}
                value = told["x"] or told["y"]
                if not _NOBODYS.match(value):
                    return plain.format(x=value, v=told["v"])
    return clause
