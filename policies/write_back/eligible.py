"""Whether a question makes sense to others, and its answer is whole: only then is it looked at.

Pure. A question that leans on what was said before, or on who asks, has no answer that is of use to anybody else.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from adapters.ports.words import stem_of, words_of
from policies.marks import marks
from policies.write_back.literals import inner_names
from policies.write_back.reading import near, plain, tokens
from policies.write_back.settings import LONGEST_QUESTION

_ABOUT_ME = re.compile(
    r"\b(?:my|mine|myself|our|ours|ourselves|(?-i:us))\b|\b(?:about|tell|give|show|for|to|with|of|help|advise|"
    r"remind) me\b"
    r"|\b(?:i'm|i've|i was|i have|i had|i am|i feel|i live|i work|i like|i love|i want|i need|i prefer|i got|i just|"
    r"we're|we are|we have)\b"
    r"|\b(?:do|did|am|was|have|had|would|will) i (?:like|love|have|own|prefer|say|said|tell|ask|asked|live|work|"
    r"know)\b|\b(?:am|was) i\b",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"^(?:and|but|so|or|also|then|ok(?:ay)?|what about|how about|why not|how so|why|really|which one|and you|what "
    r"else|who else|go on|"
    r"continue|more|again|explain|elaborate|in that case|if so|if not|like what|such as)\b[\s,?!.]*(?:(?:that|this|"
    r"it|then)\b|$|[?!.])"
    r"|^(?:and|but|so|or|also|then|what about|how about|in that case|if so|if not)\b"
    r"|\b(?:the (?:same|former|latter|above|previous|preceding|earlier|aforementioned|first one|second one|third one|"
    r"other(?: one)?s?|last one|"
    r"rest|others|following|one above)|as (?:above|before)|mentioned|you (?:said|mentioned|told|wrote|meant|just)|"
    r"your (?:answer|last|previous|"
    r"first|second)|last (?:question|answer|message)|this (?:one|time)|that one|those ones|these ones|instead|too|as "
    r"well|else|again)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(r"\b(?:he|him|his|she|her|hers|they|them|their|theirs|it|its|it's|this|that|these|those|there|"
                       r"here|such)\b")
_DUMMY = re.compile(
    r"\b(?:it's|is it|was it|does it|did it|will it|would it|can it|it is|it was|makes? it|it) (?:\w+ ){0,2}?(?:take|"
    r"takes|took|cost to|costs to|"
    r"possible|impossible|safe|legal|illegal|true|necessary|ok|okay|allowed|free to|better|best|important|mean to|"
    r"mean when|mean if|common|"
    r"normal|rain|rains|snow|snows)\b|\bthere (?:is|are|was|were|be|any)\b|\b(?:is|are|was|were|will|how many \w+ "
    r"are) there\b"
    r"|\bthat (?=\w)(?!(?:is|was|one|mean|work|happen|do|be|the case)\b)|\bwhat time is it\b|\bsuch as\b"
)
_ANCHOR = re.compile(r"\b(?:an?|every|each|any|all)\s+\w|(?<=[\w,] )[A-Z][\w-]+|\"[^\"]+\"|^(?:did|does|do|is|was|"
                     r"has|when did|where did|why did) [A-Z]")
_CODE = re.compile(r"(?:```|~~~).*?(?:```|~~~|\Z)", re.DOTALL)
_CALL = re.compile(r"^\s*[\[{]\s*[\"{\[]|<tool_call>|<function|\"(?:tool_calls|function|arguments)\"\s*:"
                   r"|^\s*\w+\(.*\)\s*$", re.DOTALL)  # fmt: skip
_WHOLE = re.compile(r"[.!?:\u3002\uff01\uff1f\u2026][\"'\u201d\u00bb)\]*_`]*$")


def question_fault(question: str) -> str:
    """Why others could not ask it as it stands, as a reason code; "" where they could."""
    said = " ".join(plain(question).split())
    if not said or len(said) > LONGEST_QUESTION or len(words_of(said)) < 1:
        return "question_bounds"
    if _ABOUT_ME.search(said) is not None:
        return "about_the_asker"
    if _BACK.search(said) is not None or _points_back(said):
        return "not_self_contained"
    return ""


def _points_back(question: str) -> bool:
    """Whether a pronoun has nothing in front of it, in the question itself, that it may stand for."""
    lower = _DUMMY.sub(lambda found: " " * len(found[0]), question.lower())
    first = _POINTING.search(lower)
    return first is not None and _ANCHOR.search(question[: first.start()]) is None


def answer_fault(answer: str, shortest: int, longest: int) -> str:
    """Why an answer is none to keep, as a reason code: its length (in characters), cut off, a call or code alone."""
    said = answer.strip()
    if not shortest <= len(said) <= longest:
        return "answer_bounds"
    if _CALL.search(said) is not None or len(tokens(_CODE.sub(" ", said))) < 4:
        return "no_prose"
    return "answer_cut" if cut(said) else ""


def cut(answer: str) -> bool:
    """Whether an answer breaks off: in a block of code, or with a last line that has no end. An item of a list may end
    with its marks alone, as may any line."""
    if answer.count("```") % 2 or answer.count("~~~") % 2:
        return True
    last = answer.rstrip().split("\n")[-1].rstrip()
    ends = [mark.end for mark in marks(last)]
    marked = bool(ends) and not last[ends[-1] :].strip()
    listed = re.match(r"\s*(?:[-*+\u2022]|\d{1,2}[.)])\s", last) is not None
    return not marked and (_WHOLE.search(last) is None or last.endswith(":")) and not (listed and marked)


def strangers(question: str, stems: Collection[str]) -> bool:
    """Whether the question names somebody or something that none of these stems, of the passages, is: what is borne out
    then is about another one."""
    named = [name for name in inner_names(question) if not name.isdigit() and not near(name, stems)]
    counted = [stem_of(word) for word in tokens(question) if any(map(str.isdigit, word))]
    return any(each not in stems for each in (*named, *counted))
