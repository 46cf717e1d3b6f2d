"""What models wrote beside what people wrote. It has an index of its own, so that what people wrote is found as if it
were not there: it comes behind, into places that are left, is a small part at most, is told as what it is, and is left
out as soon as anything that it rests on has changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.ports import AdapterError, Filter, Hit, Knowledge, Passage
from adapters.ports.ledger import PREFIX, Mixing, standing

if TYPE_CHECKING:
    from policies.retrieval.search import Scored

ALIKE = 0.9
"""Share of common words (Jaccard) from which on a passage is no news beside another."""
_WORD = re.compile(r"\w+")
Render = Callable[[Sequence[Hit]], tuple[str, tuple[Hit, ...]]]


@dataclass(frozen=True, slots=True)
class Models:
    """The index `written` of what models wrote, which rests on `people`'s; where there is none, nothing is asked."""

    people: Knowledge
    written: Knowledge | None
    mixing: Mixing

    def room(self, tenant: str, own: int, most: int) -> int:
        """How many may stand behind `own` passages of people, of `most` in all: the share at most, rounded down; 0
        where the tenant has none. Takes no time."""
        if self.written is None:
            return 0
        allowed = room(own, most, self.mixing.share)
        terms = self.written.terms(tenant) if allowed else None
        return allowed if terms is not None and terms.passages else 0

    async def search(self, tenant: str, text: str, vector: Sequence[float] | None, limit: int,
                     filter: Filter | None = None) -> list[Hit]:  # fmt: skip
        """Of the best `limit` those that hold, best first. Raises AdapterError."""
        if self.written is None:
            return []
        hits = await self.written.search(tenant, text, vector, limit, filter)
        there = {each.id for each in await sound(self.people, tenant, [hit.passage for hit in hits])}
        return [hit for hit in hits if hit.passage.id in there]


def room(own: int, most: int, share: float) -> int:
    """How many more than `own` make `most` at most, and `share` of all at most."""
    return next((number for number in range(most - own, 0, -1) if number <= share * (own + number)), 0)


async def sound(people: Knowledge, tenant: str, found: Sequence[Passage]) -> list[Passage]:
    """The passages of which every root is as it was, by the index of what people wrote. Raises AdapterError."""
    if not found:
        return []
    digests = await people.digests(tenant, {source for each in found for source, _ in each.roots})
    return [each for each in found if each.roots and standing(each.roots, digests)]


async def present(
    people: Knowledge, written: Knowledge | None, tenant: str, named: Collection[tuple[str, str]]
) -> list[Passage]:
    """Of the passages named by source and id those that are there; of models only what holds, and nothing while that
    cannot be told. Raises AdapterError where what people wrote cannot be read."""
    models = {each for each in named if each[0].startswith(PREFIX)}
    found = list(await people.passages(tenant, set(named) - models))
    if not models or written is None:
        return found
    try:
        return found + await sound(people, tenant, await written.passages(tenant, models))
    except AdapterError:
        return found


def lowered(found: Sequence[Scored], penalty: float) -> list[Scored]:
    """What models wrote, once `penalty` is taken off all its scores: it must fit that much better to pass the same
    floor."""
    kept = 1.0 - penalty

    def less(each: Scored) -> Scored:
        hit = each.hit
        similarity = None if hit.similarity is None else hit.similarity * kept
        return each._replace(hit=replace(hit, score=hit.score * kept, similarity=similarity),
                             coverage=each.coverage * kept)  # fmt: skip

    return [less(each) for each in found]


def news(models: Sequence[Scored], people: Sequence[Scored]) -> list[Scored]:
    """What models wrote without what says nearly the same, in the same words, as a passage of people beside it."""
    known = [_words(each) for each in people]
    return [each for each in models if not any(_alike(_words(each), other) for other in known)]


def _words(each: Scored) -> set[str]:
    return set(_WORD.findall(each.hit.passage.text.lower()))


def _alike(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= ALIKE * len(one | other)


def rendered(hits: Sequence[Hit], mixing: Mixing, render: Render) -> tuple[str, tuple[Hit, ...]]:
    """What `render` makes of them; where it leaves out so many that too large a share of the rest is of models, it
    gets fewer of these, the last one first."""
    given = list(hits)
    while True:
        text, used = render(given)
        models = [place for place, hit in enumerate(given) if hit.passage.origin == "model"]
        if not models or sum(hit.passage.origin == "model" for hit in used) <= mixing.share * len(used):
            return text, used
        del given[models[-1]]


def rests_on(passage: Passage) -> str:
    """The source that a reader is sent to: its own, or the first that it rests on."""
    return passage.roots[0][0] if passage.origin == "model" and passage.roots else passage.source


def marked(passage: Passage, label: Callable[[str], str]) -> str:
    """How a passage of a model is told as such; "" for one of people."""
    if passage.origin == "human":
        return ""
    sources = dict.fromkeys(label(source) for source, _ in passage.roots)
    return f"answer from earlier, checked against: {', '.join(sources)}"
