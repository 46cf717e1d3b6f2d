"""What a person likes, avoids, owns, aims at or looks for, by the verb of a first-person clause."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.preferences.aspects import Said
from policies.preferences.guard import fit, tidy
from policies.preferences.idioms import plainly
from policies.preferences.lexicon import EMPTY, PLAIN_WANTS, word_set
from policies.preferences.phrases import ADVERB
from policies.preferences.values import bag, clean, head, values

_USUAL = (
    r"(?:usually|normally|typically|generally|often|regularly|frequently|mostly|mainly|always|tend to|commonly|"
    r"sometimes) "
)
_DONT = r"(?:don't|do not|didn't|did not|never) "
_CANT = r"(?:can't|cannot|can not|won't|mustn't|shouldn't) "
_BE = r"(?:'m|am|'re|are|was|were) "
_GOT = r"(?:'ve got|have got|have|got|'ve)"
_FAN = r"(?:an? |the )?(?:big |biggest |greatest |huge |massive |real ){0,2}"
_PLACES = r"fridge|freezer|cupboards?|pantry|house|kitchen|garage|garden"
_AIMS = (
    r"lose|gain|reduce|lower|cut down|quit|improve|save (?:money|up|for)|become|strengthen|increase|boost|manage|"
    r"control|train for|learn(?! more about| about| how)|run an? (?:\w+ )?marathon|stay (?:fit|healthy|in shape|"
    r"active|sober)|keep (?:fit|healthy)|get (?:fit|healthy|healthier|in shape|stronger|better at|back (?:in|into))|"
    r"eat (?:health|better|less|more|clean|fewer)\w*|build (?:muscle|strength|habits|a habit)|live"
)
_NO_AIM = r"some|something|a |an |the |it |that |this |rid|for|out|in |with|at|on"
_VERBS: dict[str, tuple[str, ...]] = {
    "dislikes": (
        r"hated?|disliked?|detest|loathe|despise|can(?:no|')t (?:stand|bear|abide)",
        rf"{_DONT}{ADVERB}(?:liked?|enjoy(?:ed)?|love|care (?:much )?for|fancy|prefer)",
        rf"{_BE}not {ADVERB}(?:that |too |overly |all that )?(?:into|keen on|fond of|a lover of|{_FAN}fan of)",
        rf"(?:{_BE}|get |'m getting |am getting |'ve got )(?:a (?:bit|little) )?(?:sick|tired|bored) of",
    ),
    "avoid": (
        rf"avoid|{_DONT}{ADVERB}(?:eat|drink|consume|use|touch|want|watch|smoke|tolerate|handle)|never have",
        rf"can(?:'t|not| not) {ADVERB}have|{_CANT}{ADVERB}(?:eat|drink|consume|tolerate|handle|digest|use|touch|"
        rf"watch|take)",
        r"(?:try|want|'d like|would like|prefer|need|have|must|'d prefer|would prefer|'d rather)(?: to)? avoid",
        r"(?:try not to|'d rather not|would rather not|prefer not to) (?:eat|drink|use|have|watch|see)",
        r"(?:have|need) to be careful (?:with|about)|must be careful (?:with|about)",
        rf"(?:stay|keep|steer|{_BE}staying) (?:clear of|away from)",
        rf"{_BE}(?:avoiding|cutting (?:out|(?:down|back) on)|giving up)|(?:have |'ve )?(?:cut out|gone off|went off|"
        rf"g(?:iven|ave) up(?! on)|"
        r"quit(?= smoking| drinking| eating| sugar| alcohol)|stopped (?:eating|drinking|using|watching))",
    ),
    "goals": (
        rf"(?:want|need|hope|plan|aim|'d like|would like|intend|{_BE}{ADVERB}(?:trying|hoping|looking)) to(?= "
        rf"(?:{_AIMS}) (?!{_NO_AIM}))",
    ),
    "habits": (
        rf"{_USUAL}(?:like to )?(?:eat|cook|make|have|watch|read|drink|listen to|use|buy|choose|opt for|do|play|order|"
        r"go with|go for|take|grab)",
        r"(?:eat|cook|make|watch|drink|listen to) (?:a lot of|lots of|mostly|mainly)",
    ),
    "has": (
        rf"have access to|own|subscribe to|{_GOT} (?:an? )?(?:subscription|membership|account)s? (?:to|for|with|on)",
        rf"{_GOT}(?! (?:to|left|been|put|kept|had|lost|seen|got|\w+ed|\w+en)\b)(?= .{{2,90}}\b(?:on hand|at home|"
        rf"available|to hand|left ?over|to use up|in (?:the|my|our) (?:{_PLACES}))\b)",
        rf"{_GOT} (?:most|all|some|plenty) of the",
    ),
    "wants": (
        rf"(?:{_BE}|'ve been |have been ){ADVERB}(?:looking|searching|hunting) (?:for|to)",
        rf"{_BE}{ADVERB}(?:after|craving|hoping for|interested in|thinking (?:of|about)|in the mood for|up for|open "
        r"to|happy with|wanting|in an?(?= [\w-]+ mood))|(?:'ve|have) always wanted|(?:'ve|have) been "
        r"(?:wanting|meaning|hoping|dying) to",
        rf"feel like(?! \w+ing\b)|fancy|could go for|(?:'d|would) {ADVERB}(?:be interested in|like|love|enjoy|want|"
        rf"appreciate|need)",
    ),
    "likes": (
        rf"loved?|liked?|enjoy(?:ed)?|adore|prefer(?:red)?|appreciate|dig|(?:'d|would) {ADVERB}(?:prefer|rather)",
        rf"(?:'ve|have) {ADVERB}(?:been {ADVERB}(?:into|enjoying|loving)|enjoyed|loved|liked)",
        rf"{_BE}{ADVERB}looking forward to (?:trying|seeing|eating|watching|cooking|making)",
        rf"{_BE}{ADVERB}(?:into|fond of|partial to|keen on|crazy about|obsessed with|addicted to|{_FAN}(?:fan|sucker|"
        rf"lover) (?:of|for))",
        r"have a (?:soft spot|weakness|sweet tooth|preference|passion) for|go for|can't (?:get enough of|live without)",
    ),
    "asks": (
        r"want(?:ed)?|wanna|need(?:ed)?|must have|was thinking",
        rf"(?:'ll|will|'d|would) {ADVERB}(?:go (?:for|with)|have|take|choose|pick|try)",
    ),
}
_VERB = re.compile(
    rf"(?:i|we|(?:my \w+|me) and i) ?{ADVERB}(?:"
    + "|".join(f"(?P<{aspect}>{'|'.join(verbs)})" for aspect, verbs in _VERBS.items())
    + r")(?![\w'])",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"(?P<better>[^,;]{2,60}?) (?:over|rather than|instead of|more than|than) (?P<worse>.+)$",
    re.IGNORECASE,
)
_TO = re.compile(
    r"(?P<better>[\w'-]+(?: (?!\w+ing\b)[\w'-]+)?)(?<!ing) to (?P<worse>[\w'-]+(?: [\w'-]+)?)",
    re.IGNORECASE,
)
_DO = re.compile(
    r"(?:(?:be able )?to )?(?:also )?(?:eat|cook|make|have|watch|try(?: out)?|see|read|play|listen to|visit|drink|"
    r"use|include|prepare|bake|buy|find|get|incorporate|opt for|stick (?:to|with)|go (?:for|with|to)|do|add|enjoy|"
    r"taste|learn|explore|serve|experience|rewatch|start with)\b ?",
    re.IGNORECASE,
)
_TO_DO = re.compile(
    r"(?<!easy)(?<!quick)(?<!simple)(?<!fun)(?<!hard) to (?:watch|cook|make|eat|have|try|see|read|play|do|prepare|"
    r"buy)\b(?= with| for|$)",
    re.IGNORECASE,
)
_TONIGHT = re.compile(
    r"(?: (?:for|in|on|at) (?:a |an |the |my )?(?:dinner|lunch|breakfast|brunch|supper|tonight|morning|evening|weekend|"
    r"weeknight|afternoon)s?| (?:this|tomorrow) (?:morning|evening|weekend|afternoon|night)| tonight| "
    r"tomorrow){1,4}(?=[,.]|$)",
    re.IGNORECASE,
)
_HELP = re.compile(
    r"(?:to (?:see|get|find|have) )?(?:(?:some|any|an?|your|the|few|more|another|new|little|good|other|additional) "
    r"){0,3}(?:help|advice|recommendations?|ideas?|suggestions?|assistance|inspiration|information|info|tips?|"
    r"options?|answers?|opinions?|guidance|support)\b ?(?:(?:with|on|about|in|from|please|regarding|to|for|of) "
    r"){0,2}(?:deciding |choosing |finding |picking )?(?:what|how|where|when|which)?",
    re.IGNORECASE,
)
_FACTOR = re.compile(
    r"(?:that(?= (?:it|they|there|the|you|i|he|she)\b)|how|when|the (?:fact|idea|way|look|sound|thought|concept) "
    r"(?:of|that)?)\s?(?:(?:it|they|there|the|this|that)(?:'s| is| are| has| have|'re)? )?(?:that )?",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"how (?P<x>(?:\w+ )?(?!(?:it|they|this|that)\b)\w+) (?:it|they|this|that|the \w+)(?:'s| (?:is|are|was|were|looks?|"
    r"sounds?|seems?|can|could|will|would))\b[^,;]*",
    re.IGNORECASE,
)
_AND_FACTOR = re.compile(
    r",? and (?:also )?(?:how|that) (?:it|they|there)(?:'s| is| are| has| have| uses?| had)? ",
    re.IGNORECASE,
)
_NO_WISH = re.compile(
    r"(?:(?:to )?(?:decide|figure|think|come up|choose|pick|know|ask|tell|order|book|talk|discuss|understand|be)|"
    r"(?:an? |any |some |the )?(?:bugs?|errors?|typos?|my|problem|mistakes?|way to)|to|it|that|this|you|him|her|them|"
    r"me|us|so|and|or|if|when|where|what|how|is|was|as|about)\b",
    re.IGNORECASE,
)
_NO_TASTE = word_set(
    "recipe movie film dish dishes meal ingredient ingredients show book song food foods genres actors directors "
    "cuisines"
)
_CHOSEN = re.compile(
    r"(?:(?:first|second|third|fourth|last|latter|former|previous|next|new|old|left|right|shorter|longer) "
    r")?(?:option|version|choice|number|answer|variant|one|approach|suggestion|draft|paragraph|sentence)?(?: "
    r"(?:[a-z]|\d+))?",
    re.IGNORECASE,
)
_SOMETHING = re.compile(
    r"(?:something|anything) (?:with|that(?:'s| is| has)|more|less|very|quite|not)\b",
    re.IGNORECASE,
)
_AT_HAND = re.compile(
    r"\b(?:on hand|at home|available|to hand|left ?over|already|ready|to use up|in (?:the|my|our))\b", re.IGNORECASE
)
_KINDS = (
    r"recipes?|films?|movies?|books?|songs?|albums?|restaurants?|cafes?|dishes|meals?|dinners?|breakfasts?|lunches|"
    r"snacks?|desserts?|cakes?|drinks?|shows?|series|games?|podcasts?|playlists?|hotels?|walks|hikes|workouts?|exercises|gifts?"
)
_REQUEST = re.compile(
    r"(?:do you (?:have|know)(?: of)?|have you got|is there|are there|got|can i (?:get|have)) (?:any|some|"
    rf"another|other|more|an?) (?:(?:other|more|good|nice|great) ){{0,2}}(?P<v>(?!(?:other|more|good|nice|great|"
    rf"{_KINDS})\b)[\w'-]+(?: (?!(?:for|with|that|which|to|in|on|from|like|about)\b)[\w'-]+){{0,3}}? (?:{_KINDS}))"
    r"(?=\W*$| (?:i|we|you|that|for|in|on|with|please|to)\b).*|"
    r"(?:can|could|may) i (?:get|have) (?=[^?]{0,30}\b(?:recipes?|recommendations?|suggestions?|ideas?|"
    r"options?)\b)(?P<w>.+)|(?:do you (?:have|know)|have you got|"
    r"is there|are there|got) (?:(?:any|some|an?|anything|other|another|more) ){1,2}(?:\w+ ){0,2}?(?:recipes?|"
    r"recommendations?|suggestions?|ideas?|films?|"
    r"movies?|books?|songs?|restaurants?|dishes|meals|options?) (?=(?:with|for|that|similar to|like|without|by|about|"
    r"from) )(?P<z>.+)|"
    r"(?:is there|do you have|have you got|got|any chance of) (?:anything|something) (?:else )?(?:which|"
    r"that)(?:'s| is| would be| has| uses| takes)(?: (?:an?|some|a bit|a little)){0,2} (?P<u>(?!in\b|on\b|you\b).+)|"
    r"how about (?:we (?:try|do|have|make|cook|watch) )?(?=some |an? )(?P<y>.+)|(?:(?:can|could|would|will) you "
    r")?(?:please |maybe |kindly )?(?:(?:try to )?(?:find|get) me (?=.{0,30}\b(?:like|similar|with|by|about)\b)|"
    r"recommend|suggest|(?:give|find|show|send) me (?=[^?]{0,40}\b(?:recipe|recommendation|suggestion|idea)))(?:\b| "
    r")(?:me |us |to me )?(?P<x>.+)",
    re.IGNORECASE,
)
_MOST_GOAL = 8


def tasted(clause: str, answering: bool = False) -> list[Said] | None:
    """The tastes in a clause, None where it has no such verb.

    Plain wishes ("I want", "I need") count only as the answer to a question.
    """
    clause = plainly(clause, answering)
    found = _VERB.match(clause)
    if not found:
        return None
    aspect, rest = str(found.lastgroup), clause[found.end() :].strip()
    if aspect == "goals":
        goal = tidy(head(rest))
        return [Said("goals", goal)] if fit(goal) and goal.count(" ") < _MOST_GOAL else []
    if aspect in ("asks", "wants"):
        return list(_wished(rest)) if answering or aspect == "wants" or _SOMETHING.match(rest) else []
    if aspect == "has":
        at_hand = values(_AT_HAND.split(rest)[0])
        return [Said("has", value) for value, negated in at_hand if not negated and not _plain(value)]
    return list(_liked(aspect, found[aspect].lower(), rest))


def requested(clause: str) -> list[Said]:
    """What a request for a recommendation asks for: "can you suggest a film with a twist"."""
    found = _REQUEST.match(clause)
    return list(_wished(str(found[str(found.lastgroup)]).rstrip("? "))) if found else []


def _liked(aspect: str, verb: str, rest: str) -> Iterator[Said]:
    if rest.lower().startswith(("when that", "when this", "when it ", "our ")):
        return
    rest = _HOW.sub(r"\g<x>", rest, count=1)
    if factor := _FACTOR.match(rest):
        rest = rest[factor.end() :]
    rest = _AND_FACTOR.sub(", ", _DO.sub("", rest, count=1) if _DO.match(rest) else rest)
    than = _OVER.match(rest) or (_TO.fullmatch(rest) if "prefer" in verb else None)
    if aspect == "likes" and than:
        better, worse = clean(than["better"]), clean(head(than["worse"]))
        if better:
            yield Said("likes", f"{better} over {worse}" if worse else better)
        return
    if rest.startswith("to ") and aspect in ("avoid", "dislikes"):
        return
    for value, negated in values(rest):
        if value.lower() not in _NO_TASTE and not _CHOSEN.fullmatch(value):
            yield Said("avoid" if negated and aspect in ("likes", "habits") else aspect, value)


def _wished(rest: str) -> Iterator[Said]:
    rest = _TONIGHT.sub("", rest)
    rest = _TO_DO.sub("", _HELP.sub("", rest, count=1) if _HELP.match(rest) else rest)
    if doing := _DO.match(rest):
        rest = rest[doing.end() :]
    elif _NO_WISH.match(rest):
        return
    for value, negated in values(rest):
        if not _plain(value):
            yield Said("avoid" if negated else "wants", value)


def _plain(value: str) -> bool:
    return (PLAIN_WANTS | EMPTY).issuperset(bag(value))
