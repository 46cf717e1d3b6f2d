"""What an assistant's turn asks about: read to understand the answer, never as a source of claims.

The one exception: a plain yes or no to "Do you like jazz?" is about jazz.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from policies.preferences.aspects import Said
from policies.preferences.clauses import asks, bare
from policies.preferences.guard import tidy
from policies.preferences.values import key, values

_OPEN_END = 700
"""Characters at the end of the assistant's turn in which a question is still open."""

MANNER = re.compile(
    r"\b(?:answers|replies|responses|explanations)\b|\b(?:what|which) (?:tone|style of answers?|"
    r"length)\b", re.IGNORECASE
)
"""What asks how answers should be."""
TYPED = ("time", "skill", "companions", "budget")
"""Aspects whose answers have a form of their own, so that they are found among others."""
SINGLE = ("name", "location", "occupation", "language")
GUARDED = frozenset(("allergies", "diet", "needs", "avoid", "dislikes"))
"""Aspects that a plain "no" answers."""
_FREE = ("why", "has", "goals", "favourites", "habits", "likes", "wants", "owns")
"""Open questions, the most telling cue first: "which dishes do you usually like" asks for habits."""
OPEN = frozenset(_FREE)
"""Aspects whose questions are about tastes."""

_CUES = re.compile(
    r"\b(?:(?P<allergies>allerg\w*|intoleran\w*)|(?P<diet>diet\w*(?: (?:restrictions?|requirements?|needs|"
    r"preferences?))?|vegetarian|vegan|food restrictions?)|(?P<dislikes>dislikes?|hate|(?:not|don't|do not) (?:like|"
    r"enjoy)|can't stand|least favou?rite|not a fan)|(?P<avoid>avoid\w*|(?:can't|cannot) (?:eat|have)|stay away|"
    r"off[- ]limits|leave out|exclude|(?:don't|not) want)|(?P<needs>(?:\w+ )?(?:restrictions?|requirements?|"
    r"constraints?|limitations?|criteria)|must[- ]haves?|ratings?)|(?P<budget>budget|spend|price range|how much "
    r"money|afford)|(?P<time>how (?:long|soon)(?! (?:have|has|had|did|ago|is|was|were)\b)|how much time|time(?:frame|"
    r"scale)?|in a hurry|minutes|hours)|(?P<skill>skill\w*|experienced?|beginner|level|proficien\w*|how "
    r"(?:comfortable|confident|good)|expert\w*|novice|familiar|abilit\w+|knowledgeable)|(?P<companions>with (?:any|"
    r"some)(?:one|body)|with (?:others|friends|family|whom)|who (?:will|are|is|else|do)|alone|companions?|audience|"
    r"how many (?:people|guests)|(?:any|some)(?:one|body) else|diners|(?:for|by) yourself|for others|people|"
    r"company|serving|guests|joining)|"
    r"(?P<occasion>occasions?|celebrat\w+|event|themes?|holiday)|(?P<name>your name|call you)|(?P<location>where "
    r"(?:do you live|are you (?:based|from|located))|(?:which|what) (?:city|country|town))|(?P<occupation>do for "
    r"(?:a living|work)|your (?:job|profession|occupation)|line of work)|(?P<language>(?:which|what|preferred) "
    r"language)|(?P<has>on hand|available|at home|own|in your (?:fridge|pantry|kitchen)|subscri\w+|access to|"
    r"services?|platforms?|streaming|already have|equipment|devices?)|(?P<goals>goals?|objectives?|aiming|achieve)|"
    r"(?P<habits>usually|normally|typically|regularly|often|frequently|typical week|commonly|regular|do you "
    r"(?:\w+ )?(?:cook|eat|watch|read|play|listen|drink|make))|"
    r"(?P<favourites>favou?rites?)|(?P<why>(?:what|which|anything|something|is there) (?:\w+ ){0,6}?(?:liked?|loved?|"
    r"enjoy(?:ed)?|appeal\w*|interest\w*|attract\w*|excit\w*|caught|catch|stands? out|drew|draws) (?:\w+ "
    r"){0,4}?(?:about|of|to you|you|your attention|most|it|this|that|in)|what (?:\w+ ){0,4}?about (?:the|this|that|"
    r"it)|(?:why|reasons?) (?:\w+ ){0,6}?(?:lik|lov|enjoy|prefer|cho|appeal|interest|appreciat|endear|decid|excit|"
    r"great|perfect|special)\w*|appeals? to you|looking forward|what (?:made|makes|helped) you|(?:ask|curious|"
    r"wonder(?:ing)?) why|(?<![\w,] )why (?!not|is|are|does|do|did|would|don't)\w+)|(?P<likes>liked?|likes|hobb(?:y|"
    r"ies)|sports?|instruments?|pastimes?|interests|enjoy(?:ed)?|prefer\w*|love|into|tastes?|fond|fan of|mood|feel "
    r"about|flavou?rs?)|(?P<wants>looking for|interested|planning|want|kinds?|types?|sorts?|genres?|"
    r"cuisines?|fancy|craving|in mind|feel like|ideal|ingredients?|styles?|specific|particular)|(?P<owns>(?:do|if) you "
    r"(?:already |also )?have (?:any|the|some|all|what|pets|kids|children)|have you got|do you own))\b",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"\b(?:would you like me|shall i|should i|do you want me|can i help|how (?:can|may) i|anything else|something "
    r"else|may i (?:suggest|recommend)|how (?:does|do) (?:that|this|it|these) (?:sound|look)|would you like (?:the|"
    r"this|that|to)|do you want (?:the|this|that|to)|would you like more (?:details?|information|help|"
    r"examples?))\b[^?]*",
    re.IGNORECASE,
)
_OPENLY = re.compile(r"\b(?:what|which|where|who|any|anything|something)\b", re.IGNORECASE)
_LIKING = re.compile(r"(?:would you like|do you want) to\b", re.IGNORECASE)
_TASK_TALK = re.compile(
    r"\b(?:errors?|exceptions?|code|files?|functions?|outputs?|logs?|versions?|scripts?|columns?|documents?|"
    r"paragraphs?|drafts?|bugs?|stack|commands?|databases?|servers?|apis?|e-?mails?|symptoms?|data|inputs?|"
    r"variables?|class|modules?|libraries|library|frameworks?|tests?|query|queries|website|app|project|essay|"
    r"assignment)\b",
    re.IGNORECASE,
)
_OF_TASTE = re.compile(
    r"\b(?:you (?:\w+ )?(?:like|prefer|enjoy|love)|favou?rite|your (?:name|preferences?|taste))\b", re.IGNORECASE
)
_INVITES = re.compile(
    r"\b(?:let me know|tell me|i(?:'d| would) (?:also )?(?:like|need|love) to know|please (?:share|confirm|specify|"
    r"describe|provide|list)|(?:may|can|could) (?:i|you))\b",
    re.IGNORECASE,
)
_PROPOSES = re.compile(
    r"\b(?:how about|what about|why not|(?:i(?:'d| would)?|let me|can i|may i) (?:also |highly |definitely "
    r")?(?:suggest|"
    r"recommend|propose)|recommendation|suggestion|you (?:might|may|could|should|would|will|can|'ll) (?:also |really "
    r")?(?:like|enjoy|love|try|consider|want)|how (?:does|do) (?:that|this|it|these|they) (?:sound|look)|(?:what|how) "
    r"do you (?:think|feel)|(?:interest|appeal to|tempt) you)\b",
    re.IGNORECASE,
)
_OF_LIKING = re.compile(
    r"\b(?:recommend\w*|suggest\w*|enjoy\w*|prefer\w*|tast(?:e|es|y)|favou?rites?|delicious|perfect for|great "
    r"(?:choice|option)|(?:you|you'd|you'll) (?:(?:both|all|might|may|would|will|really|also) )*(?:like|love)|"
    r"(?:what|how) do "
    r"you (?:think|feel)|what you think|how (?:does|do|would) [^?]{2,60} sound|in the mood|have you (?:ever "
    r")?(?:seen|tried|"
    r"read|been|watched|heard)|(?:would|does|will|do) (?:this|that|it|these|they) (?:work|suit|appeal|fit)|what "
    r"(?:makes|made|specifically|appeals|draws)|special requests?|recipes?|films?|movies?|songs?|restaurants?)\b",
    re.IGNORECASE,
)
"""What tells that the talk is of what somebody may like."""
_POLAR = re.compile(
    r"(?:^|[,;] |\band |\bso )(?:do you (?:also |really |usually |generally |still )*(?P<likes>like|enjoy|love|"
    r"prefer|eat|drink|watch|listen to|read)|are you (?:also |an? |currently )*(?P<diet>vegan|vegetarian|pescatarian|"
    r"gluten[- ]free)|are you (?P<allergies>allergic to|intolerant to)|are you (?P<fan>into|a fan of|fond of)|do you "
    r"(?P<avoid>avoid)|do you (?P<dislikes>dislike|hate))\b(?P<x>[^?]*)\?",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"\b(?:or|any|what|which|anything|something|it|this|that|these|those|them|to)\b", re.IGNORECASE)


class Asked(NamedTuple):
    """What is asked: each aspect with the words that ask for it, and what a plain yes would be about.

    `offered` holds the words of a turn that proposes something to the person, and `tasteful` tells whether the turn
    is about what they may like; none where it talks of a task.
    """

    aspects: dict[str, str]
    polar: tuple[Said, ...]
    single: bool
    manner: bool = False
    offered: frozenset[str] = frozenset()
    tasteful: bool = False


def asked(context: str) -> Asked:
    """The open questions at the end of an assistant's turn."""
    end = context[-_OPEN_END:].strip()
    parts = re.split(r"(?<=[.!?])\s+|\n+", end)
    questions = [part for part in parts if asks(bare(part)) or part.endswith("?") or _INVITES.search(part)]
    aspects: dict[str, str] = {}
    polar: list[Said] = []
    for question in questions:
        if _TASK_TALK.search(question) and not _OF_TASTE.search(question):
            continue
        for aspect, cue in _about(_without_offer(question)):
            aspects.setdefault(aspect, cue)
        polar += _polar(question)
    manner = any(MANNER.search(question) for question in questions)
    of_task = _TASK_TALK.search(end) is not None
    offered = frozenset(key(end).split()) if _PROPOSES.search(end) and not of_task else frozenset()
    tasteful = _OF_LIKING.search(end) is not None and not of_task
    return Asked(aspects, tuple(polar), len(questions) == 1, manner, offered, tasteful)


def _without_offer(question: str) -> str:
    """The question without an offer in it; "what would you like to see" offers nothing."""
    offer = _OFFER.search(question)
    if not offer or (_OPENLY.search(question[: offer.start()]) and _LIKING.match(offer.group())):
        return question
    return _OFFER.sub("", question)


def _about(question: str) -> Iterator[tuple[str, str]]:
    cues = {str(found.lastgroup): found.group().lower() for found in reversed(list(_CUES.finditer(question)))}
    if cues.get("has") == "available" and "time" in cues:
        del cues["has"]
    guarded = any(name in cues for name in GUARDED)
    free = [name for name in _FREE if name in cues and not (guarded and name in ("wants", "has", "habits"))]
    yield from ((name, cue) for name, cue in cues.items() if name not in _FREE)
    yield from (("has" if name == "owns" else name, cues[name]) for name in free[:1])


def _polar(question: str) -> Iterator[Said]:
    found = _POLAR.search(question)
    if not found or _CHOICE.search(found["x"]):
        return
    aspect = next(name for name in ("likes", "diet", "allergies", "fan", "avoid", "dislikes") if found[name])
    if aspect == "diet":
        yield Said("diet", tidy(found["diet"]))
        return
    for value, negated in values(found["x"]):
        if not negated and len(value.split()) <= 5:
            yield Said("likes" if aspect == "fan" else aspect, value)
