"""What every Reranker promises, over each adapter of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from adapters.litellm_reranker import LiteLLMReranker
from adapters.litellm_tables import warm
from adapters.memory import MemoryReranker
from adapters.ports import Reranker
from tests.fakes.reranker import reranking

pytestmark = [
    pytest.mark.filterwarnings("ignore:Accessing the .* attribute on the instance is deprecated"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
]


@asynccontextmanager
async def in_memory() -> AsyncIterator[Reranker]:
    yield MemoryReranker()


@asynccontextmanager
async def over_litellm() -> AsyncIterator[Reranker]:
    async with reranking() as service:
        reranker = LiteLLMReranker("cohere/m", 10.0, service.base, lambda: "sk-x")
        yield reranker
        await reranker.close()


MAKERS: dict[str, Callable[[], AbstractAsyncContextManager[Reranker]]] = {"memory": in_memory, "litellm": over_litellm}
Check = Callable[[Callable[[Reranker], Awaitable[None]]], None]


@pytest.fixture(params=MAKERS)
def check(request: pytest.FixtureRequest) -> Check:
    """Runs a test body against an adapter of the table."""
    if request.param == "litellm":
        warm()

    def run(body: Callable[[Reranker], Awaitable[None]]) -> None:
        async def main() -> None:
            async with MAKERS[request.param]() as reranker:
                await body(reranker)

        asyncio.run(main())

    return run


def test_one_score_per_text_in_their_order(check: Check) -> None:
    """In [0, 1], the higher the more of the question a text speaks of; the same text has the same score."""

    async def body(reranker: Reranker) -> None:
        texts = ["Trains leave hourly.", "The battery is covered for five years.", "A battery.", "Trains leave hourly."]
        scores = await reranker.rank("Is the battery covered?", texts)
        assert len(scores) == 4 and all(0 <= score <= 1 for score in scores)
        assert scores[1] > scores[2] > scores[0] == scores[3]

    check(body)


@pytest.mark.parametrize(("question", "texts"), [
    ("Is it covered?", []), ("", ["a text"]), ("covered", [""]), ("?!", ["\ud800", "\0"]), ("covered", ["x" * 200_000]),
    ("the of and", ["the of and"]), ("covered " * 5000, ["covered"]),
])
def test_odd_questions_and_texts(check: Check, question: str, texts: Sequence[str]) -> None:
    """Nothing that people write is an error."""

    async def body(reranker: Reranker) -> None:
        scores = await reranker.rank(question, texts)
        assert len(scores) == len(texts) and all(0 <= score <= 1 for score in scores)

    check(body)
