"""Standing wishes about answers: language, length, tone, format, units, and bounded rules ("always cite sources").

A wish counts only if every word of it belongs to a small vocabulary: "keep it short" does, "write a short story about
dragons" does not. So a task is never taken for a preference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.preferences.aspects import Said
from policies.preferences.clauses import words
from policies.preferences.guard import fit, tidy
from policies.preferences.lexicon import LANGUAGES, word_set
from policies.preferences.topics import KNOWN, ORDERING, RULE_VERBS, TOPICS, VOCABULARY

_LIMIT = re.compile(
    r"\b(?:(?:in|to|under|below|within|at most|no more than|less than|fewer than|max(?:imum)?|up to|one or) ){1,2}"
    r"(?P<x>(?:one|two|three|four|five|\d{1,4})(?: or (?:two|three|\d))? (?:words?|sentences?|paragraphs?|lines?))\b",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"\b(?:" + "|".join(f"(?P<t{number}>{pattern})" for number, (_, _, pattern) in enumerate(TOPICS)) + r")\b",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"\b(?:" + "|".join(sorted(LANGUAGES, key=len, reverse=True)) + r")\b", re.IGNORECASE)
_IN_LANGUAGE = re.compile(
    r"(?:answers?|repl(?:y|ies)|respond|responses|write|speak|spoke|talk|explain|continue|switch|use|stick|stay|only|"
    r"please|communicate|chat|text|tell me|in)\b",
    re.IGNORECASE,
)
_SPELLING = re.compile(r"\b(?:british|american|uk|us) english\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:no|not|don't|do not|stop|never|avoid|without|skip|quit|hate|dislike|less|fewer|drop|leave out|omit|can't "
    r"stand|cut (?:out|down on)|lose the|ditch|isn't|too|annoy(?:ing|s|ed)?|sick of|tired of|cease|spare me|rather "
    r"not|no more)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(?:you can|you may|feel free to|go back to|i don't mind|i'm (?:fine|ok|okay) with|it's (?:ok|okay|fine) to|"
    r"start)\b.*\b(?:again|now|after all)\b|\b(?:are|is) (?:ok|okay|fine) again\b|\bno need to (?:keep|be|avoid|"
    r"answer)\b",
    re.IGNORECASE,
)
_DURABLE = re.compile(
    r"\b(?:always|never|from now on|in (?:the )?future|going forward|in general|generally|every time|each time|"
    r"whenever|stop|quit|any ?more|again|by default|as a rule|for all|all (?:your|my) (?:answers|replies|responses)|"
    r"henceforth|too (?:many|much|long)|remember|switch to|let's (?:speak|talk|chat|switch)|we (?:spoke|speak|talk|"
    r"chat)|works? best|in our|per (?:answer|reply|response|message)|feel free|your (?:answers|replies|responses|"
    r"explanations)|i (?:really |always |usually |generally |would |much )?(?:prefer|like|love|hate|dislike|want|"
    r"don't like)|i'd prefer)\b",
    re.IGNORECASE,
)
# Length, depth and tone are also said of dinners and films: the clause must speak of answers.
_OF_ANSWERS = re.compile(
    r"\b(?:answer|repl(?:y|ies)|respon[ds]|explain|explanation|keep|be|being|write|writing|style|tone|language|speak|"
    r"talk|text|messages?|say|tell|use|short and|to the point|jargon|learn|essays?|skip|(?:with|to) me)\w*",
    re.IGNORECASE,
)
_NAMES_ANSWERS = re.compile(
    r"\b(?:answers?|repl(?:y|ies)|respon[ds]\w*|expla(?:in|nations?)|messages|our chats|our conversations|tone)\b",
    re.IGNORECASE,
)
_WISHING = re.compile(r"(?:i|we)\b(?!.*\byou\b)", re.IGNORECASE)
_EVERYWHERE = word_set("format emoji units language rule examples")
_COMPARING = re.compile(r"\b(?:more|shorter|longer|simpler|briefer|less)\b|\bmake (?:it|this|that)\b", re.IGNORECASE)
_PLURAL = re.compile(r"\b(?:answers|replies|responses|explanations|messages|being)\b|^(?:please )?be ", re.IGNORECASE)
_TASK_VERB = re.compile(
    r"(?:please )?(?:give|make|show|add|write|provide|put|create|get|i (?:want|need|'d like))\b",
    re.IGNORECASE,
)
_OWN_SPEECH = re.compile(r"(?:i|you|we) (?:can |also |do |don't |only )?(?:speak|talk|write|read|use)\b", re.IGNORECASE)
# A topic alone is a heading or a word that is talked about; a wish does something with it.
_ACTING = word_set(
    "use using keep be being answer answers reply replies respond responses explain explanations write speak talk "
    "give learn understand think get skip per works work suits suit spoke max maximum include add provide show "
    "format make say tell please pls prefer prefers like love want need always only just in with stick switch "
    "continue chat communicate more less style tone language messages again"
)
_THIS_TEXT = re.compile(
    r"(?:please )?(?:explain|write|say|tell|answer|show|format|put|make|use|reply|respond|do) (?:it|this|that|them|"
    r"these)\b", re.IGNORECASE
)
_ONE_ANSWER = re.compile(r"\b(?:give|write|show|get) me an? (?:\w+ ){1,2}(?:answer|reply|response|"
    r"explanation)\b", re.IGNORECASE)
_ALWAYS = word_set("always never now future forward every whenever default")
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*", re.IGNORECASE)
_RULE = re.compile(
    r"(?:(?:please|and|also|can you|could you|i want you to|i'd like you to|make sure (?:to|you|that you)|remember "
    r"to|you should|you must|be sure to) ){0,2}(?P<when>always|never|from now on,?|in (?:the )?future,?|going "
    r"forward,?|every time(?: you answer)?,?|whenever you answer,?|by default,?) (?:please )?(?P<x>(?:do not |don't |"
    r"never |always )?(?P<verb>[a-z-]+)\b[^.!?;:]{2,90})",
    re.IGNORECASE,
)
_EVERY = r"\b(?:(?:every|each|all) (?:of your )?|your )(?:repl(?:y|ies)|answers?|responses?|messages?)\b"
_FOR_ME = r"\b(?:that )?you (?:write|give|send|show|suggest|make) (?:me|for me|to me)\b"
_STANDING = re.compile(
    rf"(?:(?:please|also|and) )?(?P<x>(?:(?:do not|don't) )?(?P<verb>[a-z-]+)\b(?=[^.!?;:]*(?:{_EVERY}|{_FOR_ME}|"
    r"\b(?:when|if) (?:the "
    r"|your |an )?(?:answer|reply|response|explanation)\b))[^.!?;:]{2,90})|(?P<w>when(?:ever)? i (?:ask|paste|send|"
    r"share|post|give|write|mention)\b[^.!?;:]{2,50}, (?:please |just )?(?P<then>[a-z-]+) [^.!?;:]{2,60})",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"(?:please )?(?P<x>(?:stop|quit) (?P<stem>[a-z]{3,12}?)(?:e?)ing\b[^.!?;:,]{0,60}?)(?: all the time| so much| "
    r"constantly)?$",
    re.IGNORECASE,
)
_NO_RULE = re.compile(
    r"\b(?:system|prompt|instructions?|secret|secrets|reveal|previous|developer|policy|policies|token|tools?|execute|"
    r"run|send|delete|filter|filters|safety|rules?|guidelines?|restrictions?|unrestricted|admin|root|command|"
    r"commands|file|files|email|emails|i|my|we|he|she|everyone|anyone|users?|story|character|role|yes to|agree|obey|"
    r"true|lie|this|that one)\b",
    re.IGNORECASE,
)
_RATHER = re.compile(r"^(i(?:'d| would)? (?:\w+ )?prefer (?:\w+ ){1,3}?)(?:to|over|rather than|instead of) "
    r".+$", re.IGNORECASE)
_ON_CONDITION = re.compile(r"\b(?:when|if) (?:the |your |an )?(?:answer|reply|response|explanation)\b", re.IGNORECASE)
_MOST_RULE = 14
_COUNTER = {
    "short": "detailed",
    "long": "short",
    "formal": "informal",
    "informal": "formal",
    "technical": "simple",
    "detailed": "short",
    "humorous": "serious",
    "simple": "technical",
    "an essay": "short",
}


def ordered(clause: str) -> list[Said]:
    """The standing wishes in a clause about answers, or nothing if the clause says anything else besides."""
    clause = _RATHER.sub(r"\1", clause)
    there = words(clause)
    of_answers = not ORDERING.isdisjoint(there) and there <= VOCABULARY and not _ON_CONDITION.search(clause)
    if of_answers and (wishes := list(_wishes(clause))):
        return wishes
    return ([] if _ALWAYS.isdisjoint(there) else list(_ruled(clause))) or list(_standing(clause))


def clearly(clause: str) -> bool:
    """Whether a wish is about answers in general even where a task or a question stands beside it."""
    return _DURABLE.search(clause) is not None and (
        not _WISHING.match(clause) or _NAMES_ANSWERS.search(clause) is not None
    )


def _wishes(clause: str) -> Iterator[Said]:
    rest, topics = clause, sorted(_topics(clause), reverse=True)
    for start, end, _ in topics:
        rest = f"{rest[:start]} {rest[end:]}"
    if not all(word.lower() in KNOWN for word in _WORD.findall(rest)):
        return
    if _NEGATION.search(rest) is None and _ACTING.isdisjoint(words(rest)):
        return
    undo = _AGAIN.search(clause) is not None
    negative = not undo and _NEGATION.search(rest) is not None
    for _, _, said in reversed(topics):
        turned = _turned(said, negative, undo)
        if turned.value != "an essay" and _meant(turned, clause):
            yield turned


def _topics(clause: str) -> Iterator[tuple[int, int, Said]]:
    for found in _TOPIC.finditer(clause):
        aspect, value, _ = TOPICS[int(str(found.lastgroup)[1:])]
        yield found.start(), found.end(), Said(aspect, value)
    if limit := _LIMIT.search(clause):
        yield limit.start(), limit.end(), Said("length", "at most " + limit["x"].lower())
    spoken = _LANGUAGE.search(clause)
    around = clause[: spoken.start()] + clause[spoken.end() :] if spoken else ""
    if spoken and not _SPELLING.search(clause) and _IN_LANGUAGE.search(around):
        yield spoken.start(), spoken.end(), Said("language", LANGUAGES[spoken.group().lower()])


def _meant(said: Said, clause: str) -> bool:
    """Whether the wish is about answers at all, and about more than the answer at hand."""
    if _OWN_SPEECH.match(clause) and said.aspect in ("language", "code", "tone"):
        return False
    if (_THIS_TEXT.match(clause) or _ONE_ANSWER.search(clause)) and not _DURABLE.search(clause):
        return False
    speaking = _NAMES_ANSWERS if _WISHING.match(clause) else _OF_ANSWERS
    if said.aspect not in _EVERYWHERE and said.value != "none" and not speaking.search(clause):
        return False
    if _DURABLE.search(clause):
        return True
    if _COMPARING.search(clause) and not _PLURAL.search(clause):
        return False
    return (
        said.aspect not in ("format", "code", "examples") or said.value.startswith("no") or not _TASK_VERB.match(clause)
    )


def _turned(said: Said, negative: bool, undo: bool) -> Said:
    """The wish as it is kept: what is not wanted becomes "no ...", or its counterpart where there is one."""
    if undo:
        return Said(said.aspect, "" if said.value == "yes" else f"no {said.value}", True)
    if not negative:
        return said
    if said.value == "yes":
        return Said(said.aspect, "none")
    if counter := _COUNTER.get(said.value):
        return Said(said.aspect, counter)
    return said._replace(undo=True) if said.aspect in ("language", "rule") else Said(said.aspect, f"no {said.value}")


def _ruled(clause: str) -> Iterator[Said]:
    found = _RULE.match(clause)
    if not found or found["verb"].lower() not in RULE_VERBS or _NO_RULE.search(found["x"]):
        return
    when = found["when"].lower()
    value = tidy(f"{when} {found['x']}" if when in ("always", "never") else found["x"])
    if fit(value) and value.count(" ") < _MOST_RULE:
        yield Said("rule", value)


def _standing(clause: str) -> Iterator[Said]:
    """A rule without "always": "end every reply with a question", "when I paste code, point out bugs first"."""
    if stop := _STOP.match(clause):
        value, verb = stop["x"], stop["stem"].lower()
        known = verb in RULE_VERBS or f"{verb}e" in RULE_VERBS or (verb[-1] == verb[-2] and verb[:-1] in RULE_VERBS)
    elif found := _STANDING.match(clause):
        value, verb = found["x"] or found["w"], (found["verb"] or found["then"]).lower()
        known = verb in RULE_VERBS and (found["w"] is None or not _NO_RULE.search(value[value.index(",") :]))
    else:
        return
    value = tidy(value)
    allowed = value[:4].lower() == "when" or not _NO_RULE.search(value)
    if known and allowed and fit(value) and value.count(" ") < _MOST_RULE:
        yield Said("rule", value)
