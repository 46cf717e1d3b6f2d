"""What models wrote among what people wrote: it comes behind, is a small part at most, is told as what it is, and is
left out as soon as anything that it rests on has changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.ports import AdapterError, Hit, Knowledge, Passage
from adapters.ports.ledger import Mixing, standing

if TYPE_CHECKING:
    from policies.retrieval.search import Scored

WIDER, WIDEST = 2, 16
"""How much more is searched for where what models wrote takes places of what people wrote, at a time and at most."""
Search = Callable[[int], Awaitable[Sequence[Hit]]]
Render = Callable[[Sequence[Hit]], tuple[str, tuple[Hit, ...]]]


@dataclass(frozen=True, slots=True)
class Searching:
    """Searches so that what models wrote costs no place of what people wrote; an index without any is searched once."""

    knowledge: Knowledge
    tenant: str
    mixing: Mixing

    async def hits(self, search: Search, limit: int) -> list[Hit]:
        """The best `limit` that people wrote, where there are so many, and what models wrote between them, if that
        may be shown and stands. Raises AdapterError."""
        asked, found = limit, await search(limit)
        while len(found) >= asked and _people(found) < limit and asked < limit * WIDEST:
            asked *= WIDER
            found = await search(asked)
        if _people(found) == len(found):
            return list(found)
        shown = [hit for hit in found if hit.passage.origin == "human" or self.mixing.share > 0]
        there = {id(each) for each in await sound(self.knowledge, self.tenant, [hit.passage for hit in shown])}
        return [hit for hit in shown if id(hit.passage) in there]


def _people(hits: Sequence[Hit]) -> int:
    return sum(hit.passage.origin == "human" for hit in hits)


async def sound(knowledge: Knowledge, tenant: str, found: Sequence[Passage]) -> list[Passage]:
    """The passages without those of models of which a root has changed or is gone; while that cannot be told, without
    any of theirs. Asks the index only where there are any."""
    roots = {root for each in found for root in each.roots if each.origin == "model"}
    if not roots:
        return [each for each in found if each.origin == "human"]
    try:
        digests = await knowledge.digests(tenant, {source for source, _ in roots})
    except AdapterError:
        return [each for each in found if each.origin == "human"]
    return [each for each in found if each.origin == "human" or (each.roots and standing(each.roots, digests))]


def lowered(found: Sequence[Scored], mixing: Mixing) -> list[Scored]:
    """The passages, best first, once `penalty` is taken off all scores of what models wrote: it must fit that much
    better to rank as high, and to pass the same floor."""
    if all(each.hit.passage.origin == "human" for each in found):
        return list(found)
    kept = 1.0 - mixing.penalty

    def less(each: Scored) -> Scored:
        hit, rerank = each.hit, each.rerank
        similarity = None if hit.similarity is None else hit.similarity * kept
        return each._replace(hit=replace(hit, score=hit.score * kept, similarity=similarity),
                             coverage=each.coverage * kept, rerank=None if rerank is None else rerank * kept)

    told = [each if each.hit.passage.origin == "human" else less(each) for each in found]
    return sorted(told, key=lambda each: -(each.hit.score if each.rerank is None else each.rerank))


def parted(found: Sequence[Scored]) -> tuple[list[Scored], list[Scored]]:
    """What people wrote, and what models wrote, each in its order."""
    models = [each for each in found if each.hit.passage.origin == "model"]
    return [each for each in found if each.hit.passage.origin == "human"], models


def mixed(people: Sequence[Scored], models: Sequence[Scored], most: int, mixing: Mixing) -> list[Scored]:
    """The first `most` that people wrote, and behind them, where places are left, what models wrote: the share of all
    at most, rounded down. Mixed by their scores, 500 answers on 597 paragraphs of SQuAD 2.0 put the right paragraph
    behind another for 38 questions of 540, and before for 7; so it is 18 and 12, by the statistics of BM25 alone."""
    own = list(people[:most])
    free = min(most - len(own), len(models))
    allowed = next((number for number in range(free, 0, -1) if number <= mixing.share * (len(own) + number)), 0)
    return [*own, *models[:allowed]]


def rendered(hits: Sequence[Hit], mixing: Mixing, render: Render) -> tuple[str, tuple[Hit, ...]]:
    """What `render` makes of them; where it leaves out so many that too large a share of the rest is of models, it
    gets fewer of these, the last one first."""
    given = list(hits)
    while True:
        text, used = render(given)
        models = [place for place, hit in enumerate(given) if hit.passage.origin == "model"]
        if not models or len(used) - _people(used) <= mixing.share * len(used):
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
