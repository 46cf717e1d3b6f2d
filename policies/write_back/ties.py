"""Whether a claim keeps what the words that it takes from a sentence are tied to there. Pure.

The words of a claim are laid along the sentence that has them. What it leaves out of the sentence may be what the rest
holds under: an exception, a condition, a doubt, a limit, a time, or another subject. So it must be a part of its own,
between commas say, that says nothing of the kind; and where the claim goes on elsewhere in the sentence, that must be
where a part of it begins. By words and marks alone, on the side of too strict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from adapters.ports.words import stem_of
from policies.write_back.numbers import SPELT, undated
from policies.write_back.qualifiers import LOOSE, STRICT, firm, kinds, tagged, words_in
from policies.write_back.reading import is_content, near, word_set

_PART = re.compile(r"\d[\d,.:]*\d|[^\W_]+(?:'[^\W_]+)*|[,;:()\u2013\u2014]|(?<=\s)-(?=\s)")
_ENDS = frozenset((",", ";", ":", "(", ")", "\u2013", "\u2014", "-"))
_TURNS = word_set("; but while whereas although though nor")
_JOINS = _TURNS | word_set("and or yet")
_OPENS = _ENDS | _JOINS | word_set("that which who whose where because so")
_SMALL = word_set("a an the this that these those its their his her of is are was were be been being has have had it "
                  "they he she which who do does did also there such so as and or , : ( ) - \u2013 \u2014")
_POINTS = word_set("it they he she this these its their his her")
_AUX = word_set("is are was were be been has have had can may must will would could should does do did might")
_WHERE = word_set("in on at since during between")
_LIGHT = word_set("a an the is are was were be been has have had")
_BETWEEN = word_set("because if unless whereas although since")
_RELATIVE = word_set("that which who whose whom")
_LEADS = word_set("on in for to with of from at under per")
_NEUTRAL = _SMALL | word_set("in on at with for to by from yes well , ;")
_PARTS = _ENDS | _TURNS | word_set("and that which who whose where")
_OPENER = re.compile(r"^(?:(?:yes|yeah|yep|no|well|so|and|but|also|oh)[\s,.!]+)+", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)")
_YEAR = re.compile(r"[12]\d{3}")
_CLOSE = 8
"""Words next to those that are used, among which one that qualifies may concern these."""
_Path = list[tuple[int, int]]


def parts(text: str) -> list[str]:
    """Words, numbers and marks of punctuation, in lower case, with digits for numbers of one word."""
    return [SPELT.get(each, each) for each in _PART.findall(text.lower())]


def loosened(claim: str, sentence: str) -> str:
    """How a claim is cut out of a sentence wrongly, as a reason code; "" where it is not."""
    mine, its = parts(undated(_OPENER.sub("", claim))), parts(undated(_bare(claim, sentence)))
    if not mine:
        return "no_content"
    path = _laid(mine, its)
    if not path:
        return "words"
    looks = (_left_out, _put_in, _leaps, _reversed)
    return next(filter(None, (look(mine, its, path) for look in looks)), "")


def _laid(mine: Sequence[str], its: Sequence[str]) -> _Path:
    """For each word of the claim that the sentence has, the place in both: of all ways that with the fewest and
    shortest leaps (Viterbi, 1967)."""
    found = [
        (place, [at for at, other in enumerate(its) if _same(word, other)])
        for place, word in enumerate(mine)
        if word not in _SMALL and word not in _ENDS
    ]
    layers = [(place, spots) for place, spots in found if spots]
    if not layers:
        return []
    costs = [{at: (0.001 * at, -1) for at in layers[0][1]}]
    for _, spots in layers[1:]:
        before = costs[-1]
        costs.append({at: min((cost + _cost(was, at), was) for was, (cost, _) in before.items()) for at in spots})
    at = min(costs[-1], key=lambda spot: costs[-1][spot][0])
    path = []
    for (place, _), layer in zip(reversed(layers), reversed(costs), strict=True):
        path.append((place, at))
        at = layer[at][1]
    return path[::-1]


@lru_cache(maxsize=50_000)
def _same(one: str, other: str) -> bool:
    if one == other or other in _ENDS or not (is_content(one) and is_content(other)):
        return one == other or {one, other} == {"a", "an"}
    one, other = stem_of(one), stem_of(other)
    return other in (one, stem_of(one)) or one == stem_of(other) or (one.isalpha() and near(one, (other,)))


def _cost(was: int, at: int) -> float:
    if at == was + 1:
        return 0.0
    return 3.0 if at == was else 1.0 + 0.02 * (at - was) if at > was else 1.6 + 0.02 * (was - at)


def _left_out(mine: Sequence[str], its: Sequence[str], path: _Path) -> str:
    used, tags = {at for _, at in path}, tagged(its)
    low, high, said, free = min(used), max(used), kinds(mine) | LOOSE | {""}, _plain(mine)
    for start, end in _gaps(used, len(its)):
        words = its[start:end]
        look = _behind if start > high else _before if end <= low else _within
        lost = look(words, tags[start:end]) - said
        if lost:
            return f"dropped_{min(lost).split(':')[0]}"
        content = [word for word in words if _tells(word) and not (free and _YEAR.fullmatch(word))]
        if content and start > high and not free and words[0] not in _OPENS:
            return "dropped_tail"
        if not content or start > high or mine[0] in _POINTS:
            continue
        if end <= low and not (_begins(its, low) or (free and (len(content) <= 2 or _related(its, used)))):
            return "dropped_head"
        if end > low and not _OPENS.intersection(words) and not (free and _few(content)):
            return "dropped_word"
    return ""


def _begins(its: Sequence[str], at: int) -> bool:
    return _opens(its, at) and _ahead(its, at) not in _RELATIVE


def _related(its: Sequence[str], used: set[int]) -> bool:
    """Whether the claim begins with what a relative clause is about: "by Karl Brandt, who left ..."."""
    at = min(used)
    while at in used:
        at += 1
    return at + 1 < len(its) and its[at] == "," and its[at + 1] in ("who", "which")


def _plain(mine: Sequence[str]) -> bool:
    """Whether a claim says that something is so, not how much of it, nor that it is not."""
    return not any(word[0].isdigit() and not _YEAR.fullmatch(word) for word in mine) and not kinds(mine) & STRICT


def _few(content: Sequence[str]) -> bool:
    return len(content) <= 3 and all(word[0].isalpha() for word in content)


def _behind(words: Sequence[str], tags: Sequence[str]) -> set[str]:
    words = words[: words.index(";")] if ";" in words else words
    tags = tags[: len(words)]
    end = next((at for at, word in enumerate(words) if word in _PARTS), len(words))
    return {*tags[: min(end, _CLOSE)], *firm(words, tags)}


def _before(words: Sequence[str], tags: Sequence[str]) -> set[str]:
    start = max((at for at, word in enumerate(words) if word == ";"), default=-1) + 1
    return set(tags[start:])


def _within(words: Sequence[str], tags: Sequence[str]) -> set[str]:
    marks = [at for at, word in enumerate(words) if word in _ENDS]
    return {*tags[: marks[0]], *tags[marks[-1] :], *firm(words, tags)} if marks else set(tags)


def _gaps(used: set[int], size: int) -> Iterator[tuple[int, int]]:
    start = 0
    for at in [*sorted(used), size]:
        if at > start:
            yield start, at
        start = at + 1


def _put_in(mine: Sequence[str], its: Sequence[str], path: _Path) -> str:
    held = {place for place, _ in path} | {place for place, word in enumerate(mine) if word in its}
    new = [word for place, word in enumerate(mine) if place not in held and word not in _NEUTRAL]
    more = kinds(new) - kinds(its)
    if more:
        return f"added_{min(more).split(':')[0]}"
    return "added_word" if any(word in words_in for word in new) else ""


def _leaps(mine: Sequence[str], its: Sequence[str], path: _Path) -> str:
    first = 0 if mine[0] in _POINTS else path[0][1]
    for (left, was), (right, at) in pairwise(path):
        crossed = frozenset(its[was + 1 : at])
        if at == was or (at > was and not _weighs(crossed.difference(mine[left : right + 1]))):
            continue
        lands = _opens(its, at)
        if at > was:
            if _TURNS & crossed or (_JOINS & crossed and not (lands and _opens(its, first))):
                return "spliced"
        else:
            moved = lands or _paused(mine, left, right) or _by(its, was, at) or _free(mine, its, was, at)
            if not moved or _ahead(its, first) in _LEADS.difference(mine[: left + 1]):
                return "turned"
            first = at
    return ""


def _reversed(mine: Sequence[str], its: Sequence[str], path: _Path) -> str:
    """Whether a cause or condition and what follows from it stand on each other's side of the word between them."""
    for word in _BETWEEN.intersection(mine, its):
        here, there = mine.index(word), its.index(word)
        ahead = [at for place, at in path if place < here]
        if there and ahead and 2 * sum(at > there for at in ahead) > len(ahead):
            return "reversed"
    return ""


def _weighs(words: frozenset[str]) -> bool:
    return bool(_JOINS & words) or any(map(_tells, words))


def _tells(word: str) -> bool:
    return is_content(word) or word[0].isdigit()


def _bare(claim: str, sentence: str) -> str:
    """The sentence without what stands in brackets, where the claim has none and nothing there restricts."""
    if "(" in claim:
        return sentence
    return _BRACKETS.sub(lambda found: found[0] if firm(words := parts(found[0]), tagged(words)) else " ", sentence)


def _ahead(its: Sequence[str], at: int) -> str:
    """The word in front of a place, articles and auxiliary verbs aside."""
    return next((word for word in reversed(its[:at]) if word not in _LIGHT), "")


def _opens(its: Sequence[str], at: int) -> bool:
    """Whether a part of the sentence begins at a place, articles and auxiliary verbs aside."""
    return _ahead(its, at) in ("", *_OPENS)


def _paused(mine: Sequence[str], left: int, right: int) -> bool:
    return any(mine[place] in _OPENS for place in range(left, right + 1))


def _free(mine: Sequence[str], its: Sequence[str], was: int, at: int) -> bool:
    """Whether a leap back is to where or when it was, which may stand anywhere, or one of a claim that is passive."""
    if _JOINS.intersection(its[at:was]):
        return False
    return its[at] in _WHERE or _YEAR.fullmatch(its[at]) is not None or ("by" in mine and "by" not in its)


def _by(its: Sequence[str], was: int, at: int) -> bool:
    """Whether a leap back is that from a passive's doer to its verb, or from the verb to what it is done to."""
    between = its[at + 1 : was + 1]
    return "by" in between[:2] or (its[was - 1] in _AUX and not _JOINS.intersection(between))
