"""Questions of taste that a chat put (`policies.rewards.spoken`): the person's answer, and what is counted of them.

Only plain answers are understood: the words for one side, alone or with "please" or "I prefer", or "the second one".
Whatever else the person says is read as if nothing had been asked: who ignores the question answers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from adapters.ports import Evidence, strip_blocks
from policies.asked import ANSWERED, ASKED, LAST, NEVER, id_of
from policies.preferences.aspects import Said
from policies.preferences.sums import ANSWERS
from policies.rewards.spoken import QUESTIONS, claim, found, without
from policies.rewards.words import MANY

LONGEST = 640
"""Characters of an answer."""
_HEAD = 90
"""The same of the part of a sentence that answers."""
_HOW = r"(?:really|much|generally|usually|always|mostly|definitely|personally|rather|probably|just|simply|the)"
_LEAD = (
    r"(?:(?:oh|well|h+m+|ok(?:ay)?|sure|thanks|thank you|good question|honestly|please)[,.!:]? )*"
    rf"(?:{_HOW},? )*(?:(?:i(?:'d| would|'ll| do)? (?:{_HOW} )*)?(?:prefer|like|want|have|go (?:for|with)|choose|take|"
    rf"say|pick|preferably)(?: it)? |(?:make|keep) (?:it|them) |(?:give|show) me |let's (?:go with|take) )?(?:{_HOW} )*"
)
_THING = r"(?:ones?|answers?|explanations?|replies|responses|versions?)"
_TAIL = (
    rf"(?: {_THING})?(?:,? (?:please|pls|thanks|thank you|for me|i think|i guess|mostly|generally|usually|always|"
    r"instead|if possible|(?:is|are|would be|works?|sounds?)(?: (?:much|fine|good|great|better|best|nice|ok)){1,2}|"
    rf"(?:rather than|over|instead of|to|not) (?:the )?[\w-]+(?: {_THING})?))*(?: (?:at|for) (?:work|home))?"
)
_ORDER = (r"(?:first|former)(?: one| option)?|option (?:one|1|a)", r"(?:second|latter|last)(?: one| option)?|"
          r"option (?:two|2|b)")  # fmt: skip
_NEITHER = re.compile(
    r"(?:well,? )?(?:(?:i (?:have|'ve got) )?no (?:real |particular |strong )?preferences?|i (?:don't|do not) "
    r"(?:really )?(?:care|mind|know)|(?:it )?(?:doesn't|does not) matter(?: to me)?|(?:either|both|neither|any)(?: one|"
    r" way)?(?: (?:is|are) (?:fine|good|ok))?|(?:it |that )?depends(?: .{0,60})?|whatever|(?:i'm )?not sure|no idea)"
)
_MORE = r"(?: (?:again|any ?more|ever(?: again)?|please))*"
_POLITE = r"(?:(?:please|no|hey|so|also)[,.]? )*"
_REFUSES = re.compile(
    rf"{_POLITE}(?:(?:don't|do not|never|stop|quit|no need to)(?: ever)? ask(?:ing)?(?: me)?(?: (?:that|this|it|(?:"
    rf"such|these|those|any|more|things like).{{0,30}}|about (?:that|this|it)))?{_MORE}|i (?:don't|do not) want to be "
    r"asked(?: .{0,40})?|none of your business)"
)
_NO_MORE = re.compile(
    rf"{_POLITE}(?:(?:stop|quit) asking me|(?:don't|do not|never) ask me) (?:(?:any|all|such|these|those|more|personal|"
    rf"your) ){{0,3}}questions{_MORE}"
)
_AGAIN = re.compile(rf"{_POLITE}(?:ok(?:ay)?,? )?you (?:can|may) ask me (?:(?:such|your|more) )?(?:questions )?again")
_PARTS = re.compile(r"[,.;:!?\n]+ *| (?:and|but) ")
_NEXT = r"what|how|why|can|could|please \w+|tell|i|i'm|my|now|then|also"
_CUT = re.compile(
    rf"[,;:.] ?(?=(?:and|but|so|anyway|by the way|{_NEXT})\b)| [-\u2013\u2014]+ | and (?=(?:{_NEXT})\b)| (?=but )",
    re.IGNORECASE,
)
_STRAIGHT = str.maketrans({"\u2019": "'", "\u2018": "'"})


def taken(lines: Sequence[str], context: str) -> tuple[list[Said], tuple[str, ...], str]:
    """What the sentences of a turn say to a question of ours at the end of `context`; with the sentences and the
    context that are left without both."""
    axis = found(context)
    if axis is None:
        return [], tuple(lines), context
    told: list[Said] = []
    left: list[str] = []
    for line in lines:
        said, rest = _heard(line, axis)
        told += said if not told else []
        left += [rest] if rest else []
    return told, tuple(left), without(context)


def counted(item: Evidence, counts: dict[str, float]) -> None:
    """Add to the sums that a question was put or answered, that no more are wanted, or that they are again."""
    if item.event.startswith(ANSWERED):
        counts[ANSWERS] = counts.get(ANSWERS, 0.0) + 1.0
    if (id := id_of(item.event)) is not None:
        put = 1.0 + sum(name.startswith(ASKED) for name in counts)
        counts.setdefault(ASKED + id, counts[ANSWERS] if item.event.startswith(ANSWERED) else put)
        counts[LAST] = max(counts.get(LAST, 0.0), item.time)
    elif item.kind == "statement" and item.own and "ask" in item.text and len(item.text) < LONGEST:
        parts = list(_parts(item.text))
        inquired = found(strip_blocks(item.context)) is not None
        if any(_NO_MORE.fullmatch(part) or (inquired and _REFUSES.fullmatch(part)) for part in parts):
            counts[NEVER] = 1.0
        elif any(map(_AGAIN.fullmatch, parts)):
            counts.pop(NEVER, None)


def _parts(text: str) -> Iterator[str]:
    return (part.strip() for part in _PARTS.split(_plain(text)))


def _plain(text: str) -> str:
    return text.lower().translate(_STRAIGHT).strip(" ,.!;:\"'*")


def _heard(line: str, axis: str) -> tuple[list[Said], str]:
    """What a sentence answers, and what is left of it."""
    if all(_REFUSES.fullmatch(part) for part in _parts(line) if part):
        return [], ""
    for end, begin in ((len(line), len(line)), *(cut.span() for cut in reversed(list(_CUT.finditer(line))))):
        head = _plain(line[:end])
        if len(head) > _HEAD:
            continue
        if _NEITHER.fullmatch(head):
            return [], line[begin:]
        for side, pattern in _sides(axis):
            if pattern.fullmatch(head):
                return _meant(axis, side), line[begin:]
    return [], line


@lru_cache(maxsize=64)
def _sides(axis: str) -> tuple[tuple[int, re.Pattern[str]], ...]:
    """The patterns of answers for more and for less of an axis."""
    spoken = QUESTIONS[axis]
    return tuple((side, re.compile(f"{_LEAD}(?:{words}|{order}){_TAIL}"))
                 for side, words, order in zip((1, -1), (spoken.more, spoken.less), _ORDER, strict=True))  # fmt: skip


def _meant(axis: str, side: int) -> list[Said]:
    """The claim, and the end of its contrary where both could stand side by side."""
    said, contrary = Said(*claim(axis, side)), Said(*claim(axis, -side))
    return [contrary._replace(undo=True), said] if said.aspect in MANY and said.aspect != "format" else [said]
