"""Questions of taste that a chat put (`policies.rewards.spoken`): the person's answer, and what is counted of them.

Only plain answers are understood: the words for one side, alone or with "please" or "I prefer", or "the second one".
Whatever else the person says is read as if nothing had been asked: who ignores the question answers nothing, and what
may as well be about the answer that was just given ("make it shorter", "show me the code") is no answer either.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from adapters.ports import Evidence, strip_blocks
from policies.asked import ANSWERED, ASKED, LAST, NEVER, even_at, id_of
from policies.preferences.aspects import Said
from policies.preferences.clauses import once
from policies.preferences.sums import ANSWERS
from policies.rewards.spoken import QUESTIONS, around, claim, found
from policies.rewards.words import MANY

LONGEST = 640
"""Characters of an answer."""
_HEAD = 90
"""The same of the part of a sentence that answers."""
_HOW = r"(?:really|much|generally|usually|always|mostly|definitely|personally|rather|probably|just|simply)"
_OPENING = (
    r"(?:(?:oh|well|h+m+|ok(?:ay)?|sure|yes|yeah|thanks|thank you|good question|honestly|please)[,.!:]? )*"
    rf"(?:{_HOW},? )*(?:(?:i think|i guess|i'd say|i would say),? )?"
)
_I = rf"(?:i(?:'d| would|'ll| do)? (?:{_HOW} )*)?"
_LEAD = (
    rf"{_OPENING}(?:{_I}(?:prefer(?: it)?|like|love)(?: (?:them|(?:my |your )?answers))? |{_I}(?:(?:prefer|like) to )?"
    rf"(?:have|want|go (?:for|with)|choose|take|pick|preferably) |keep (?:it|them|(?:your )?answers) |let's go with )?"
    rf"(?:{_HOW} )*"
)
_NAMES = rf"{_OPENING}(?:{_I}(?:prefer|like|say|go (?:for|with)|choose) )?(?:the )?"
_THING = r"(?:ones?|answers?|explanations?|replies|responses)"
_ORDER = (r"(?:first|former)(?: one| option)?", r"(?:second|latter|last)(?: one| option)?")
_OFFERS = re.compile(r"\?|^\s*(?:[-*\u2022]|\d+[.)])\s|\b(?:first|second|former|latter|options?|either)\b", re.I | re.M)
"""What in the answer above the question may be meant by "the second one", too."""
_QUESTION = re.compile(r"[^.!?\n]*\?")
_UNSAID = re.compile(
    r"\A\W*no[,.!]|\b(?:kidding|jok(?:e|ing)|actually|wait|second thou?ghts?|never ?mind|scratch that)\b", re.IGNORECASE
)
_SMILES = re.compile(r"(?:\s*(?::-?[)D]|[\U0001f600-\U0001f604\U0001f60a\U0001f642\U0001f44d\U0001f64f]))+\W*\Z")
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
    r"asked(?: .{0,40})?|none of your business|i(?: would|'d) rather not be asked(?: .{0,40})?|"
    r"(?:no|enough)(?: of| with)?(?: more| the| your| these| those| such| all){1,2} questions(?: please)?|"
    r"i (?:don't|do not) like (?:being asked(?: .{0,40})?|(?:such|these|those|your) questions)|"
    r"you ask too (?:many questions|much))"
)
_NO_MORE = re.compile(
    rf"{_POLITE}(?:(?:stop|quit) asking me|(?:don't|do not|never) ask me|(?:stop|quit) with) (?:(?:any|all|such|these|"
    rf"those|more|personal|your|the) ){{0,3}}questions{_MORE}"
)
_AGAIN = re.compile(rf"{_POLITE}(?:ok(?:ay)?,? )?you (?:can|may) ask me (?:(?:such|your|more) )?(?:questions )?again")
_ASKING = re.compile(r"\b(?:ask|question)", re.IGNORECASE)
_PARTS = re.compile(r"[,.;:!?\n]+ *| (?:and|but) ")
_NEXT = r"what|how|why|can|could|please \w+|tell|i|i'm|my|now|then|also"
_CUT = re.compile(
    rf"[,;.] ?(?=(?:and|anyway|by the way|{_NEXT})\b)| [-\u2013\u2014]+ | and (?=(?:{_NEXT})\b)", re.IGNORECASE
)
_STRAIGHT = str.maketrans({"\u2019": "'", "\u2018": "'"})


def taken(lines: Sequence[str], context: str) -> tuple[list[Said], tuple[str, ...], str]:
    """What the sentences of a turn say to a question of ours at the end of `context`; with the sentences and the
    context that are left without both."""
    put = around(context)
    if put is None:
        return [], tuple(lines), context
    axis, before, behind = put
    if "?" in behind:
        # The model's own question is the one that is answered.
        return [], tuple(lines), f"{before}{behind}"
    heard = [_heard(line, axis, _OFFERS.search(before) is None) for line in lines]
    left = tuple(rest for _, rest in heard if rest)
    sides = {side for side, _ in heard if side}
    if len(sides) != 1 or _twofold(axis, before) or _unsaid(axis, sides, lines, left):
        return [], left, before
    return _meant(axis, *sides), left, before


def _twofold(axis: str, before: str) -> bool:
    """Whether another question above ours may be answered in the same words."""
    asked = " ".join(_QUESTION.findall(before.lower()))
    return any(_names(words, asked) for words in QUESTIONS[axis][1:])


def _names(words: str, text: str) -> bool:
    """Whether a text has words of a side; "with" alone stands anywhere."""
    spoken = re.finditer(rf"\b(?:{words})\b", text, re.IGNORECASE)
    return any(each.group().lower() not in ("with", "without") for each in spoken)


def _unsaid(axis: str, sides: Collection[int], lines: Sequence[str], left: Sequence[str]) -> bool:
    """Whether what else is said limits the answer to this time, or takes it back."""
    other = QUESTIONS[axis].less if 1 in sides else QUESTIONS[axis].more
    beside = [rest for rest in left if not rest.rstrip().endswith("?")]
    return any(map(once, lines)) or any(_UNSAID.search(rest) or _names(other, rest) for rest in beside)


def counted(item: Evidence, counts: dict[str, float]) -> None:
    """Add to the sums that a question was put or answered, that no more are wanted, or that they are again."""
    if item.event.startswith(ANSWERED):
        counts[ANSWERS] = counts.get(ANSWERS, 0.0) + 1.0
        even = counts.pop(even_at(item.place), 0.0)
        counts |= {even_at(item.place): even + 1.0} if item.kind == "rating" else {}
    if (id := id_of(item.event)) is not None:
        put = 1.0 + sum(name.startswith(ASKED) for name in counts)
        counts.setdefault(ASKED + id, counts[ANSWERS] if item.event.startswith(ANSWERED) else put)
        counts[LAST] = max(counts.get(LAST, 0.0), item.time)
    elif item.kind == "statement" and item.own and len(item.text) < LONGEST and _ASKING.search(item.text):
        parts = list(_parts(item.text))
        inquired = found(strip_blocks(item.context)) is not None
        if any(_NO_MORE.fullmatch(part) or (inquired and _REFUSES.fullmatch(part)) for part in parts):
            counts[NEVER] = 1.0
        elif any(map(_AGAIN.fullmatch, parts)):
            counts.pop(NEVER, None)


def _parts(text: str) -> Iterator[str]:
    return (part.strip() for part in _PARTS.split(_plain(text)))


def _plain(text: str) -> str:
    return _SMILES.sub("", text).lower().translate(_STRAIGHT).strip(" ,.!;:\"'*")


def _heard(line: str, axis: str, ordered: bool) -> tuple[int, str]:
    """The side that a sentence answers for, 0 for none, and what is left of it; `ordered`: "the second" is ours."""
    if all(_REFUSES.fullmatch(part) for part in _parts(line) if part):
        return 0, ""
    for end, begin in ((len(line), len(line)), *(cut.span() for cut in reversed(list(_CUT.finditer(line))))):
        head = _plain(line[:end])
        if len(head) > _HEAD:
            continue
        if _NEITHER.fullmatch(head):
            return 0, line[begin:]
        for side, words, order in _sides(axis):
            if words.fullmatch(head) or (ordered and order.fullmatch(head)):
                return side, line[begin:]
    return 0, line


@lru_cache(maxsize=64)
def _sides(axis: str) -> tuple[tuple[int, re.Pattern[str], re.Pattern[str]], ...]:
    """The patterns of answers for more and for less of an axis, by words and by place."""
    _, more, less = QUESTIONS[axis]
    return tuple((side, re.compile(f"{_LEAD}(?:answers )?(?:(?:the )?(?:{own})(?: {_THING})|{own}){_tail(other)}"),
                  re.compile(f"{_NAMES}(?:{order}){_tail(other)}"))
                 for side, own, other, order in zip((1, -1), (more, less), (less, more), _ORDER, strict=True))


def _tail(other: str) -> str:
    """What may stand behind an answer; `other` is the side that it is not."""
    return (
        r"(?:,? (?:please|pls|thanks(?: for asking)?|thank you|for me|i think|i guess|mostly|generally|usually|always|"
        r"instead|if possible|(?:is|are|would be|works?|sounds?)(?: usually| always| much)?(?: (?:fine|good|great|"
        rf"better|best|nice|ok|enough))|(?:rather than|over|instead of|to|not) (?:the )?(?:{other})(?: {_THING})?))*"
        r"(?: (?:at|for) (?:work|home))?"
    )


def _meant(axis: str, side: int) -> list[Said]:
    """The claim, and the end of its contrary where both could stand side by side."""
    said, contrary = Said(*claim(axis, side)), Said(*claim(axis, -side))
    return [contrary._replace(undo=True), said] if said.aspect in MANY and said.aspect != "format" else [said]
