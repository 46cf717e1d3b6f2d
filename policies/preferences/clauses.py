"""Sentences and clauses of a turn, and what tells that one states nothing: a question, a hypothesis, a one-off wish."""

from __future__ import annotations

import re

_END = re.compile(r"(?<![.!?…])[.!?…]+[\"')\]]*\s+|\n+|;\s+")
_SHORTENED = ("dr.", "mr.", "mrs.", "ms.", "st.", "e.g.", "i.e.", "vs.", "prof.")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
MOST_SENTENCES = 400

_SUBJECT = r"(?:i|i'm|i've|i'd|i'll|we|we're|we've|my)\b"
_AFTER_COMMA = (
    r"(?:i|i'm|i've|i'd|i'll|we|we're|we've|my|our|please|no|not|nothing|call|also|only|just|preferably|ideally|"
    r"something|don't|never|always|can you|could you|do you|would you|what|which|they|it's|je|j'|ich|me|soy|vivo|odio|"
    r"resp[oó]nde\w*|r[ée]ponds|antworte)\b"
)
_VERB = r"(?:love|like|enjoy|prefer|hate|dislike|avoid|don't|can't|am|usually|never|have|need|want|would)\b"
_STATE = (
    r"(?:not (?:an? |keen|into|fond|really)|allergic to|live (?:in|near|with)|work (?:as|in|at|for)|"
    r"(?:an? )?(?:vegan|vegetarian|pescatarian|diabetic|coeliac|celiac)\b(?! \w))"
)
_CLAUSE = re.compile(
    r"[,(:] ?(?:(?:and|but|so|or|as|because|since|then|yet|though|also|which) )?(?:maybe |perhaps "
    rf")?(?={_AFTER_COMMA})| (?<!\bme )(?<!\bmyself )(?<!\bus )(?:and|so|since|as|plus|while|then) (?=(?:also |"
    rf"usually |really )?(?:{_SUBJECT}|please\b|there\b))| (?:and|so) (?=(?:also |really |absolutely |would |do "
    rf"|usually |just "
    rf"){{0,3}}{_VERB})| and (?=(?:also )?{_STATE})|, (?={_STATE})| (?:is|was) that (?=(?:i|we)\b)|, (?=(?:is|are|"
    r"does|will) (?:that|this|it|there)\b)|, (?=(?:have|am|love|hate|prefer|don't|can't) )| (?:but|however|because|"
    r"although|though|whereas|otherwise)\b,? ?| (?:und|et|y) (?=(?:ich|je|j'|me|no me|vivo|soy|mi|odio|wohne|lebe|"
    r"bin|mag|liebe|hasse|tengo)\b)| [-\u2013\u2014]+ |[()]",
    re.IGNORECASE,
)
_OPENERS = (
    r"and|but|so|also|well|yes|yeah|yep|yup|nope|ok|okay|hi|hello|hey|sure|actually|honestly|personally|o+h|"
    r"a+h|hm+|eh|nah|"
    r"man|wow|haha|omg|um|because|since|as|plus|then|though|although|btw|fyi|in general|generally|usually|typically|"
    r"normally|mostly|often|sorry|please|by the way|to be honest|of course|just so you know|for (?:the record|"
    r"context|reference|me)|note that|as for me|first(?:ly)?|second(?:ly)?|finally|again|correction|update|"
    r"fortunately|unfortunately|luckily|thankfully|basically|obviously|however|sometimes|lately|recently|nowadays|"
    r"these days|now|today|correct|right|absolutely|definitely|exactly|not really|there(?! (?:is|are|was|were|has|"
    r"have|had|will|would|should|isn't|aren't|haven't|wasn't)\b)|everyone|all|in that case|other than that|apart from "
    r"that|additionally|in addition|let me see|or|that(?=,)|(?:on hand|at home),?(?= (?:i|we)\b)|hola|hallo|bonjour|"
    r"salut|buenas|(?:it )?turns out(?: that)?|tbh|ugh|in short|heads up"
)
_HEDGES = (
    r"(?:remember|keep in mind)(?: that)?|it(?:'s| is) important (?:that )?(?:you|to) know(?: that)?|(?:you should|"
    r"just to let you|please) know(?: that)?|i (?:forgot|should|meant|must)(?: to)? (?:say|mention|add)(?: that)?|i "
    r"(?:think|guess|suppose|believe|mean|must say)|i(?:'d| would) say|(?:as|like) i said"
)
_POLITE = (
    r"(?:thanks|thank you(?: so much| very much)?|great|good|perfect|cool|excellent|awesome|amazing|lovely|nice|"
    r"wonderful|brilliant|fantastic)(?=[,.!;:]| (?:i|i'm|i'd|i've|we|my)\b|$)"
)
_LEAD = re.compile(
    rf"(?:(?:{_OPENERS}|{_HEDGES}|{_POLITE}|no(?=[,.!;:]| (?:i|i'm|i've|i'd|we|my|it)\b|$))(?:[,.:;!\s-]+|$)){{1,6}}",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:[ ,]+(?:tbh|btw|lol|haha|tho|honestly|fyi|i guess|by the way|to be honest|just so you know|at "
    r"all))+$", re.IGNORECASE
)
_USUALLY = re.compile(
    r"(?P<how>usually|normally|typically|often|generally|mostly)(?:,| for \w+,?)? (?:(?P<who>i|we)\b(?!')|(?:it's|it "
    r"is|it would be|it'd be)(?= ))",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"(?:(?:and|but|so|or|then) )?(?:what(?! (?:i|we)\b)|which|who|whose|whom|how|when(?! (?:i|you)\b[^?]*$)|where|why|"
    r"do|does|did|is|are|am|was|were|can(?!'t (?!you|we|i|it|they|he|she)\w)|could|would|should|will|shall|may|have "
    r"you|has|any (?:idea|chance|suggestion|recommendation)s?|isn't|aren't|don't you|doesn't|won't|i(?:'m| am)? "
    r"wonder(?:ing)?)\b(?!'s my)",
    re.IGNORECASE,
)
_SAYS = (
    r"(?:says?|said|thinks?|thought|claims?|believes?|told me|tells me|assumes?|keeps? saying|insists?|"
    r"suggest(?:ed|s))"
)
_SUPPOSED = re.compile(
    r"\b(?:(?<!as )if (?:i|we|you|he|she|they|someone) (?:were|was|had|liked|loved|hated|wanted|said|told|say|could|"
    r"would|did|became|lived|worked|ate|didn't|preferred)|what if|as if(?! i (?:was|were|am)\b)|as though|were i|i "
    r"wish|wished|would have been|(?<!as i )(?<!than i )used to(?!.{0,80}\bbut\b)|(?:he|she|they|people|everyone|"
    rf"everybody|someone|somebody|friends?|my \w+) {_SAYS}|(?!i\b)\w+ (?:says|said|tells me|told me|claims?|writes|"
    r"wrote|replied)[,:]? (?:that )?i(?:'m|'ve|'d)?|(?:not sure|don't know) (?:if|whether|that|i)|doubt|not that i|as "
    r"a joke|just kidding|jk|joking|kidding|sarcas\w+|yeah right|said:|said the \w+|apparently|supposedly|in "
    r"(?:my|a|the) (?:dream|book|story|novel|game))\b|🙄|(?<=\s)/s\b",
    re.IGNORECASE,
)
_THIS = (
    r"(?:one|occasion|task|question|answer|reply|response|chat|conversation|email|message|essay|post|case|document|"
    r"paragraph|section|text|report|exercise|assignment|project|time|instance)"
)
_ONCE = re.compile(
    rf"\b(?:this time|(?:for|on|in) (?:this|that) {_THIS}|(?:just|only) (?:for )?(?:today|now|this|once|tonight)|"
    r"(?:today|tonight) only|today i(?:'m| am)|for (?:now|the moment|the time being|once|today)|this once|one[- "
    rf"]off|temporarily|for the next {_THIS})\b",
    re.IGNORECASE,
)
_TASKING = re.compile(
    r"(?:please |pls |now |then |ok |also ){0,3}(?:explain|write|make|give|list|tell|show|create|generate|"
    r"summari[sz]e|find|describe|compare|help|draft|calculate|compute|solve|translate|convert|design|plan|suggest|"
    r"recommend|analy[sz]e|outline|compose|implement|debug|fix|prove|define|rewrite|discuss|build|code|review|"
    r"brainstorm|name|teach|i need|i want you to|i'd like you to)\b",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"(?:have|enjoy) (?:an?|your|the rest of (?:your|the)) (?:\w+ )?(?:day|evening|night|afternoon|morning|"
    r"weekend|time|"
    r"week|one|trip|meal|holiday)\W*$",
    re.IGNORECASE,
)
_ONCE_WAS = re.compile(r"(?<!as i )(?<!than i )\bused to\b", re.IGNORECASE)
_OWN = re.compile(_SUBJECT, re.IGNORECASE)
_TAG = re.compile(
    r"(?:right|correct|yes|no|or not|isn't it|don't i|do i|am i(?: not)?|aren't i|is it|okay|ok|huh|eh|you know)?\W*",
    re.IGNORECASE,
)


def sentences(text: str) -> list[str]:
    """The sentences of a text, whitespace made single, list marks removed; at most MOST_SENTENCES of them."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        part = text[start : end.end()]
        if part.rstrip().lower().endswith(_SHORTENED):
            continue
        found.append(part)
        start = end.end()
        if len(found) == MOST_SENTENCES:
            break
    else:
        found.append(text[start:])
    return [line for line in (_SPACE.sub(" ", part).strip().lstrip("-*\u2022\u2013 ") for part in found) if line]


def clauses(sentence: str) -> list[str]:
    """The clauses of a sentence, without the words that join them."""
    return [part for part in (clause.strip() for clause in _CLAUSE.split(sentence)) if part]


def words(sentence: str) -> frozenset[str]:
    """The words of a sentence in lower case, to see quickly what cannot be in it."""
    return frozenset(_WORD.findall(sentence.lower()))


def bare(clause: str, answering: bool = False) -> str:
    """A clause without greeting, conjunction and hedge at its front, and without the mark at its end.

    As an answer, "usually it is rice" is "I usually have rice".
    """
    usual = _USUALLY.match(clause)
    if usual and (usual["who"] or answering):
        clause = _as_habit(usual) + clause[usual.end() :]
    found = _LEAD.match(clause)
    clause = clause[found.end() :] if found else clause
    return _TAIL.sub("", clause.strip(" ,.!;:"))


def asks(text: str) -> bool:
    """Whether a sentence or clause asks something."""
    return text.endswith("?") or _ASKING.match(text) is not None


def tasks(text: str) -> bool:
    """Whether a sentence wants something done now: a question, or an order such as "explain recursion"."""
    return asks(text) or _TASKING.match(text) is not None


def supposes(sentence: str) -> bool:
    """Whether a sentence tells of what is not so, is doubtful, or is somebody else's word."""
    return _SUPPOSED.search(sentence) is not None


def idle(clause: str) -> bool:
    """Whether a clause states nothing that holds: "have a good weekend", "I used to like jazz"."""
    return _FAREWELL.match(clause) is not None or _ONCE_WAS.search(clause) is not None


def once(sentence: str) -> bool:
    """Whether a sentence is about this one time only."""
    return _ONCE.search(sentence) is not None


def opens_with_statement(parts: list[str]) -> bool:
    """Whether a question follows a statement: "I don't eat pork, is that a problem?", but not "I'm vegan, right?"."""
    if len(parts) < 2 or _TAG.fullmatch(bare(parts[-1])):
        return False
    return _OWN.match(bare(parts[0])) is not None and asks(bare(parts[-1]))


def _as_habit(found: re.Match[str]) -> str:
    """ "Usually it is rice" and "usually I have rice" as "I usually have rice"."""
    return f"{found['who']} {found['how']}" if found["who"] else f"I {found['how']} have"
