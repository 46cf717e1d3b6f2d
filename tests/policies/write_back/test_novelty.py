"""What the sources say word for word, or the corpus in other words, is not new."""

import asyncio

from adapters.memory import MemoryKnowledge
from adapters.ports import Passage
from adapters.static_embedder import StaticEmbedder
from policies.write_back.novelty import containment, nearest

SOURCE = Passage("p1", "one", "s", "", "The honey bee lives in hives of wood, which keepers make in spring.")


def test_containment() -> None:
    """The share of runs of five words; shorter answers are compared as a whole, none at all is no news."""
    assert containment("The honey bee lives in hives.", [SOURCE]) == 1.0
    assert containment("The honey bee lives in hives made by keepers", [SOURCE]) == 0.4
    assert containment("Hives of wood", [SOURCE]) == 1.0 and containment("Wood of hives", [SOURCE]) == 0.0
    assert containment("", [SOURCE]) == 1.0 and containment("The honey bee lives in hives.", []) == 0.0


def test_nearest() -> None:
    """The cosine of the nearest passage of the same tenant in any index; None without vectors or without passages."""

    async def told() -> list[float | None]:
        embedder, knowledge = StaticEmbedder(), MemoryKnowledge()
        (vector,) = await embedder.embed([SOURCE.text])
        await knowledge.replace("one", {"s": [SOURCE]}, {"p1": vector})
        near = nearest([MemoryKnowledge(), knowledge], embedder)
        asked = "Honey bees live in wooden hives that keepers make in spring."
        return [
            await near("one", SOURCE.text), await near("one", asked),
            await near("two", asked), await nearest([knowledge], None)("one", asked),
        ]  # fmt: skip

    same, alike, other, without = asyncio.run(told())
    assert same is not None and alike is not None and same > 0.99 > alike > 0.5
    assert other is None and without is None
