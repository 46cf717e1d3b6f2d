"""What the numbers of passages stand for in a conversation, and what an answer cites of them. Pure.

Numbers go on from turn to turn: earlier answers speak of the earlier ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.ports import Hit, Passage
from policies.citing import Attach, Source, Sources, cited
from policies.replay import Given
from policies.retrieval.render import address, label
from policies.retrieval.written import rests_on


def free(past: Sequence[Given | None]) -> int:
    """The first number that no passage of these turns has."""
    return max((source.number for each in past if each for source in each.sources), default=0) + 1


def numbered(hits: Sequence[Hit], first: int) -> tuple[Source, ...]:
    """What the numbers from `first` on stand for."""
    return sources_of([hit.passage for hit in hits], first)


def sources_of(passages: Sequence[Passage], first: int = 1) -> tuple[Source, ...]:
    """The same, of passages that nobody searched for."""
    return tuple(
        Source(number, each.id, label(rests_on(each)), " ".join(each.title.split()) or label(rests_on(each)),
               address(rests_on(each)), each.source, each.digest)
        for number, each in enumerate(passages, first)
    )


def known(past: Sequence[Given | None], attach: Attach) -> Sources | None:
    """All passages that the turns were given and that are still there; None where there are none."""
    found = {source.number: source for each in past if each for source in left(each)}
    latest = left(past[-1]) if past and past[-1] else ()
    return Sources(found, tuple(source.number for source in latest), attach) if found else None


def left(given: Given) -> tuple[Source, ...]:
    """What the numbers stand for of the passages that are still in it."""
    return tuple(source for source in given.sources if source.id in given.ids)


def account(text: str, sources: Sources) -> tuple[str, dict[str, Any]]:
    """What an answer cites, for the receipt, behind its reason code: never its text. `uncited` are passages of the last
    turn."""
    found = cited(text, sources.known)
    if found.fault:
        return found.fault, {}
    citations = [
        {"number": source.number, "source": source.label, "id": source.id, "title": source.title,
         "start": start, "end": end}
        for source, start, end in found.citations
    ]
    used = {each["number"] for each in citations}
    uncited = [number for number in sources.latest if number not in used]
    told = {"citations": citations, "uncited": uncited, "unknown": list(found.unknown)}
    return "cited" if citations else "nothing_cited", told
