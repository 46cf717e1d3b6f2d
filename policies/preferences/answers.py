"""Short answers to the assistant's questions: the aspect from the question, the value from the person's own words.

"What cuisine do you like?" / "spicy thai". Asked preferences are the densest evidence there is, and the answer alone
says too little to be understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.preferences.asides import company
from policies.preferences.aspects import Said
from policies.preferences.clauses import asks
from policies.preferences.guard import fit, tidy
from policies.preferences.lexicon import ABSTRACT, ALONE, DIETS, DURATION, LEVELS, PEOPLE, PLAIN_WANTS
from policies.preferences.questions import GUARDED, SINGLE, TYPED, Asked
from policies.preferences.values import bag, clean, values

_YES = re.compile(
    r"(?:(?:yes|yeah|yep|yup|sure|of course|definitely|absolutely|certainly|i (?:really )?do|i am|i (?:love|like|enjoy) (?:it|them|both(?: of (?:them|those|these))?|"
    r"that)|very much(?: so)?|both|love (?:it|them)|a lot|totally|indeed|please|so much|really|oh)\b[\s,.!]*){1,6}",
    re.IGNORECASE,
)
_NO = re.compile(
    r"(?=no|nah|never|neither|i |i'm|fortunately|luckily|sorry|can eat)(?:(?:no|nope|nah|none|nothing|not (?:really|at all|that i know(?: of)?|that i can think of)|neither|"
    r"never|i(?:'m not| am not)|i (?:do not|don't)(?: have any(?: of (?:those|these|them))?)?|i have (?:none|nothing)|that i know of|whatsoever|at all|either(?: way)?|for me|special|"
    r"specific(?:ally)?|in particular|really|comes to mind|n/a|thanks|thank you|i can eat (?:anything|everything)|can eat "
    r"anything|i eat (?:anything|everything)|anything(?: goes| is fine)?|everything|currently|at the moment|today|"
    r"that's all|sorry|just|fortunately|luckily|so far)\b[\s,.!]*){1,6}",
    re.IGNORECASE,
)
_ABOUT_IT = re.compile(
    r"(?:because |that |well |especially |mainly |mostly |and |also |i (?:just )?(?:think|like that|love that|feel) )*(?:(?:it|that|this|they)(?:'s| is| are|'re| looks?| seems?| sounds?| was| were|'ll be| will be| would be| can be)|(?:it|that|"
    r"this|they|the \w+)(?: also)? (?:has|have|had|takes?|uses?|contains?|includes?|gives?|involves?|is (?=easy|quick|simple|healthy|fast))|"
    r"i (?:can|could) (?:get|have|use|make)|the fact that (?:it|they)(?:'s| is| are| has| have)?|being|how)\b ?(?:also |really |very |so |quite |just )*",
    re.IGNORECASE,
)
_IT_HAS = re.compile(r",? (?:and |especially |because |but )?(?:that )?it(?:'s| has| is| uses| contains) ", re.IGNORECASE)
_SOUNDS = re.compile(
    r"(?!(?:it|this|that|they|those|these|which|all|both|sound|look)\b)(?P<x>[^,;:]{3,60}?)(?: one)? (?:sounds?|looks?) (?:(?:really|absolutely|very|so|pretty|"
    r"super) )*(?:great|good|delicious|perfect|amazing|lovely|wonderful|nice|tasty|yummy|awesome|fantastic|brilliant|interesting|fun)",
    re.IGNORECASE,
)
_CHATTER = re.compile(
    r"(?:that|this|it(?! is|'s)|they|those|these|there|you|he|she|sounds?|looks?|thanks?|thank|thx|great|perfect|awesome|excellent|"
    r"wonderful|amazing|lovely|brilliant|ok|okay|cool|nice|hello|hi|hey|bye|goodbye|good (?:morning|evening|afternoon|night|"
    r"idea|day|bye)|my (?:wife|husband|partner|girlfriend|boyfriend|kids?|children|son|daughter|mother|father|mum|mom|dad|"
    r"friends?|family|sister|brother)|her|his|their|let|tell|show|give|find|suggest|recommend|see|wow|oh|lol|haha|sorry|will "
    r"do|have a|take care|done|cheers|in (?!the mood)|during|at|after|before|on (?!a budget)|from|when|while|next|got it|yum|super|fantastic|hmm|everything|whatever|anything|same|previously|like i|as i|who|what|how|write|make|"
    r"explain|create|list|translate|generate|help|fix|try)\b",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"(?:i|we) ?(?:(?:'d|would|'ll|will|'m|am|can|could|do|have|'ve|also|usually|normally|typically|probably|just|mostly|mainly|"
    r"generally|often|really|always|only) ?)*(?:say|think|guess|go (?:for|with)|choose|pick|eat|cook|make|watch|use|prefer|"
    r"drink|read|play|listen to|consume|thinking (?:of|about)|have|got|be|open to|hoping for|trying to|with)\b ?",
    re.IGNORECASE,
)
_HAVE_NONE = re.compile(
    r"(?P<own>(?:i|we) (?:don't|do not|dont)(?: really)? have (?:any |a )?|(?:i|we) have no )|there (?:are|is) no |(?:just |absolutely )?(?:no|none|without) (?:any )?",
    re.IGNORECASE,
)
_HAVE = re.compile(
    r"(?:i|we)(?:'ve| have|'ve got| have got| do have| also have| only have)\b(?! (?:to|never|\w+ed|\w+en|(?:\w+ )?been|(?:just |already )?"
    r"(?:had|made|seen|tried|found))\b) ?",
    re.IGNORECASE,
)
_IT_IS = re.compile(r"(?:it|that)(?:'s| is| was| would be|'d be)(?: (?:usually|normally|mostly|probably|typically))? ", re.IGNORECASE)
_PRONOUN = re.compile(r"(?:i|i'm|i've|i'll|i'd|we|we're|we'll|it's|my|our)\b", re.IGNORECASE)

_LEVEL = re.compile(
    rf"\b(?:(?:not|very|pretty|quite|fairly|just|an?|total|complete|only|more|of|about|around|somewhat|really|relatively) )*"
    rf"(?:(?:{LEVELS}|medium|hard|difficult|moderate|limited|above average|below average)\b(?: (?:at|in|with|skills?|level|"
    r"cook(?:ing)?|chef|experience))*|(?:easy|simple|low|high|ok|okay|good|great|bad|poor|terrible|fine|alright|fair|mid)"
    r"(?: (?:at|in|with|skills?|level|cook(?:ing)?|chef|experience)\b|$)"
    r"|\d+(?:\.\d)? ?(?:/|out of) ?\d+|(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+)(?: out of (?:ten|\d+))?$)",
    re.IGNORECASE,
)
_MINUTES = re.compile(
    rf"{DURATION}|\b(?:not (?:much|long|a lot of|too much)(?: time)?|(?:plenty|lots|a lot) of time|as long as (?:it takes|needed)|no "
    r"(?:rush|hurry|limit|time limit)|(?:quick|fast|short)\b(?: and easy)?|limited time|all (?:day|night|evening|afternoon)|"
    r"whole (?:day|evening|afternoon))|^\d+(?: ?- ?\d+)?$",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    rf"(?:\b(?P<alone>{ALONE})|^(?:(?:it's|just|only|for|with) )*(?P<self>myself|me)$|\b(?P<who>(?:(?:my|our|the|an?|some|two|three|four|five|six|\d+|whole|young|small|older|close) )*"
    rf"(?:{PEOPLE})(?:(?:,? and |, | & )(?:(?:my|our|the|an?|two|three|four|\d+|young) )*(?:{PEOPLE}))*)"
    r"|^(?:(?:it's|just|only|for|with|about|around|cooking) )*(?P<count>(?:\d+|two|three|four|five|six|seven|eight)(?: of us| people)?)$)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"(?:(?:about|around|under|up to|below|less than|max(?:imum)?|between) )*[$€£]? ?\d[\d.,]*(?: ?k)?(?: ?(?:-|to|and) ?[$€£]? ?\d[\d.,]*)?"
    r"(?: ?(?:dollars|euros|pounds|bucks|usd|eur|gbp|[$€£]))?|\b(?:cheap|low|tight|no limit|unlimited|medium|moderate|small|not much)\b",
    re.IGNORECASE,
)
_FORMS = dict(zip(TYPED, (_MINUTES, _LEVEL, _COMPANY, _MONEY), strict=True))
_DIET = re.compile(rf"(?:{DIETS})\b|(?:low|high|rich|no|free|reduced|only|mostly|less|more)\b", re.IGNORECASE)


def agreed(sentence: str, question: Asked) -> list[Said] | None:
    """What a whole sentence of yes or no says, None where it says more: its clauses then tell what is meant."""
    sentence = sentence.strip(" ,.!;")
    if _NO.fullmatch(sentence):
        return list(_denied(question))
    if _YES.fullmatch(sentence):
        return list(question.polar) if question.single else []
    return None


def answered(clause: str, question: Asked) -> list[Said]:
    """What a clause of an answer says, given what was asked."""
    clause = clause.strip(" ,.!;")
    yes = _YES.match(clause)
    if _NO.fullmatch(clause) or (yes and yes.end() == len(clause)):
        return []
    rest = clause[yes.end() :] if yes else clause
    if "why" in question.aspects and (about := _ABOUT_IT.match(rest)):
        told = _IT_HAS.sub(", ", rest[about.end() :])
        return [Said("likes", value) for value, negated in values(told) if not negated]
    if sound := _SOUNDS.fullmatch(rest):
        return [Said("wants", value) for value, negated in values(sound["x"]) if not negated]
    if _CHATTER.match(rest) or asks(rest):
        return []
    return list(_told(rest, question))


def _denied(question: Asked) -> Iterator[Said]:
    """A plain no: nothing of what was asked for, or the opposite of what was asked about."""
    for said in question.polar if question.single else ():
        yield Said("dislikes", said.value) if said.aspect == "likes" else said._replace(undo=True)
    if question.polar:
        return
    for aspect, cue in question.aspects.items():
        if aspect in GUARDED:
            yield Said(aspect, f"no {cue}" if aspect in ("diet", "needs") and cue.split()[-1] in ABSTRACT else "none")


def _told(rest: str, question: Asked) -> Iterator[Said]:
    if none := _HAVE_NONE.match(rest):
        yield from _lacking(rest[none.end() :], question, none["own"] is not None)
        return
    for aspect, form in _FORMS.items():
        if aspect in question.aspects and (found := form.search(rest)):
            value = company(found[str(found.lastgroup)]) if aspect == "companions" else tidy(found.group())
            if fit(value):
                yield Said(aspect, value)
                rest = f"{rest[: found.start()]},{rest[found.end() :]}".strip(" ,")
    free = [aspect for aspect in question.aspects if aspect not in TYPED]
    if free and rest:
        yield from _open(rest, free, question.single)


def _lacking(rest: str, question: Asked, owning: bool) -> Iterator[Said]:
    """"No nuts", "I don't have any restrictions": an exclusion, or that there is none of what was asked."""
    words = bag(rest)
    if not words:
        return
    if words[-1] in ("limit", "rush", "hurry") and "time" in question.aspects:
        yield Said("time", f"no {tidy(rest).lower()}".replace("no a ", "no "))
    elif words[-1].startswith(("restriction", "requirement")):
        yield Said("diet" if "diet" in question.aspects else "needs", f"no {tidy(rest).lower()}")
    elif not owning and not _PRONOUN.search(rest) and not any(word in ABSTRACT for word in words) and set(question.aspects) - {"has"}:
        yield from (Said("avoid", value) for value, _ in values(rest))


def _open(rest: str, free: list[str], single: bool) -> Iterator[Said]:
    having = _HAVE.match(rest)
    frame = having or _FRAME.match(rest)
    rest = rest[frame.end() :] if frame else rest
    if not frame and _IT_IS.match(rest):
        rest = _IT_IS.sub("", rest, count=1) if single else ""
    if not frame and _PRONOUN.match(rest):
        return
    if free[0] in SINGLE:
        if single and (value := clean(rest)) and len(bag(value)) <= 4:
            yield Said(free[0], value)
        return
    for value, negated in values(rest):
        aspect = _aspect(value, free, having is not None)
        if aspect != "wants" or not all(word in PLAIN_WANTS for word in bag(value)):
            yield Said("avoid" if negated and aspect != "dislikes" else aspect, value)


def _aspect(value: str, free: list[str], having: bool) -> str:
    """Which of several asked aspects a value answers: diets by their name, what is at hand by "have", else the openest."""
    if ("diet" in free or "allergies" in free) and _DIET.match(value):
        return "diet"
    if having and not set(free) & {"habits", "allergies", "diet"}:
        return "has"
    openly = sorted((aspect for aspect in free if aspect not in (*GUARDED, "occasion", *SINGLE)), key="goals".__eq__)
    aspect = (openly or free)[0]
    return "likes" if aspect == "why" else aspect
