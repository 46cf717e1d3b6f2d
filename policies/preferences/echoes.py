"""Words that come back: what a person repeats of the turn before, or of their own summary, is no new evidence.

A model that was given a summary says it in its answer; a person who quotes that answer, pastes it or agrees with it
would otherwise confirm the summary with itself, a little more each time, and what a model made of it would become a
claim. What is found here are sentences said word for word; a value said again in other words is only not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from adapters.ports import Claim, Evidence, strip_blocks
from policies.preferences.aspects import ASPECTS, Aspect
from policies.preferences.clauses import sentences
from policies.preferences.guard import CAP
from policies.preferences.lexicon import word_set
from policies.preferences.values import bag, key

_LONG = 8
"""Words from which on a text that stands in the turn before is no choice among what was offered there."""
_LEAST = 3
_PERSONAL = word_set("i i'm i've i'd i'll my me we we're we've our you you're you've you'd your")
# Only whole sentences: "I don't think I like jazz" does not repeat "I like jazz".
_BEGIN = r"(?P<begin>(?:^|[\n.!?:;,\"'\u201c\u2018\u00ab(>\u2026-])\s{0,4})"
_END = r"(?=\s*(?:$|[\n.!?;\"'\u201d\u2019\u00bb)]))"
_SHOWN = word_set("no in with welcome emoji code examples at work home")
"""Words that the summary adds to values."""


def unechoed(item: Evidence, live: Iterable[Claim], aspects: Iterable[Aspect] = ASPECTS) -> Evidence:
    """The turn without what it repeats of the assistant's turn before it, and of what is known under our own labels.

    An offer that is taken up stays: "something light", answering "something light or a hearty meal?".
    """
    if item.kind != "statement":
        return item
    text = strip_blocks(item.text[:CAP])
    before = strip_blocks(item.context).strip()
    for part in (before, *sentences(before)):
        if part in text and _telling(part):
            text = re.sub(_BEGIN + re.escape(part) + ("" if part[-1] in ".!?" else _END), r"\g<begin> ", text)
    if text.strip() in before and len(text.split()) >= _LONG:
        text = ""
    if ": " in text and (summary := _summary(tuple(aspect.label for aspect in aspects))).search(text):
        known = _SHOWN.union(*(bag(claim.value) for claim in live))
        text = summary.sub(lambda found: " " if known.issuperset(bag(found[1])) else found[0], text)
    return item if text == item.text else replace(item, text=text)


@lru_cache(maxsize=8)
def _summary(labels: tuple[str, ...]) -> re.Pattern[str]:
    """What a group of our own summary looks like, with what it holds in the first group of the pattern."""
    shown = "|".join(sorted({re.escape(label) for label in labels if len(label) > 2} | {"Answers"}))
    return re.compile(rf"\b(?:Probably (?:prefers|(?i:{shown}))|{shown}): ([^\n]*?)(?:\.(?=\s|$)|$)", re.MULTILINE)


def copied(text: str, item: Evidence) -> bool:
    """Whether an output is the assistant's writing: an edit without a change, a draft with a long sentence of it."""
    before = strip_blocks(item.context)
    if item.kind == "edit":
        return text.strip() in before
    return item.kind == "statement" and any(len(part.split()) >= _LONG and part in text for part in sentences(before))


def echoes(value: str, context: str) -> bool:
    """Whether the turn before already held a value: saying it again there is no evidence of its own."""
    wanted = set(key(value).split())
    return bool(wanted) and wanted.issubset(key(strip_blocks(context)).split())


def _telling(part: str) -> bool:
    said = bag(part)
    return len(said) >= _LEAST and (len(said) >= _LONG or not _PERSONAL.isdisjoint(said))
