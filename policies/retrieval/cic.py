"""A whole corpus as a model reads it best: short numbers, each said again where its passage ends. Pure.

The layout is Corpus-in-Context (Lee et al., Can Long-Context Language Models Subsume Retrieval, RAG, SQL, and More?,
arXiv 2406.13121, section 3 and the prompts beside it): the task, the passages, the question last, which is the person's
own turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.ports import Passage
from policies.retrieval.render import label

HEAD = (
    "All documents of this service, each between its ID and its END ID. Answer from them what they tell, and where you "
    "use one, cite its ID as [n]; where none fits, ignore them."
)
UNCITED = (
    "All documents of this service, each between its ID and its END ID. Answer from them what they tell; where none "
    "fits, ignore them."
)


def corpus_text(passages: Sequence[Passage], head: str = HEAD, first: int = 1) -> str:
    """The text of the block: the passages in their order, numbered from `first` on. The same passages give the same
    bytes."""
    numbered = (f"ID: {number} | {row} | END ID: {number}" for number, row in enumerate(rows(passages), first))
    return "\n\n".join([head, *numbered])


def rows(passages: Sequence[Passage]) -> Iterator[str]:
    """What is shown of each passage beside its number."""
    for each in passages:
        title = " ".join(each.title.split())
        yield f"TITLE: {title} ({label(each.source)}) | CONTENT: {each.text.strip()}"
