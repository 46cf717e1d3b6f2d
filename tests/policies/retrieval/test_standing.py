"""What left the index is sent to nobody any more, and a new conversation is searched for anew."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

import pytest

from adapters.memory import MemoryKnowledge
from adapters.ports import Compare, Passage, Unavailable, User
from policies.base import Exchange
from policies.replay import Given
from policies.retrieval.citing import sources_of
from policies.retrieval.render import HEAD
from policies.retrieval.standing import RETRY, Standing, row_of
from tests.policies.retrieval.test_stuffing import ALICE, ASKED, FIRST, LEAVE, World, numbers, prompt, reasons

NEWER = ("Parental leave", "Parents of a new child take TWENTY weeks of leave, paid in full.")


def world(**settings: Any) -> World:
    """One that searches."""
    return World({"stuff_max_tokens": 0, **settings})


def after(made: World, seconds: float, *talk: tuple[str, str], user: User | None) -> Exchange:
    """A request that comes so much later."""
    exchange = made.draft(*talk, user=user)
    exchange.came += seconds
    return made.pass_on(exchange)


@pytest.mark.parametrize("user", [ALICE, None])
@pytest.mark.parametrize("now", [NEWER, None])
def test_a_new_conversation(user: User | None, now: tuple[str, str] | None) -> None:
    """Whoever asks the same is given what the index has now, also at once."""
    made = world()
    assert "sixteen" in prompt(made.send(*FIRST, user=user))
    made.fill(leave=now)
    second = made.send(*FIRST, user=user)
    assert "replayed" not in reasons(second) and "sixteen" not in prompt(second)
    assert ("TWENTY" in prompt(second)) is (now is not None)
    assert list(numbers(second)) == ([1] if now else [])


def test_what_was_added_since() -> None:
    """A client that tries again gets the same bytes; who asks later gets what was added meanwhile."""
    made = world()
    first = made.send(*FIRST)
    made.fill(more=("Parental leave weeks", "New parents may take parental leave weeks in parts."))
    assert after(made, 1, *FIRST, user=ALICE).request.items == first.request.items
    late = after(made, RETRY + 5, *FIRST, user=ALICE)
    assert reasons(late) == ("retrieved",) and "in parts" in prompt(late)
    # In the middle of a loop of tools it stays, however long that takes.
    loop = after(made, 500, *FIRST, ("assistant", "Let me see."), user=ALICE)
    assert prompt(loop).startswith(prompt(late))


def test_in_a_conversation_that_goes_on() -> None:
    """It loses what is gone, and no other passage gets its number; what is as it was keeps its bytes."""
    made = world(min_coverage=0.1)
    asks = [("user", "How many weeks of leave do parents take, and are trains or planes booked?")]
    later_on = [*asks, ("assistant", "Sixteen [1], trains [2]."), ("user", "Thank you! Write a haiku about it.")]
    first = made.send(*asks)
    assert set(numbers(first).values()) == {"leave", "travel"}
    assert prompt(made.send(*later_on)).startswith(prompt(first))
    made.fill(leave=None)
    later = made.send(*later_on)
    (kept,) = numbers(later)
    assert numbers(later) == {kept: "travel"} and numbers(first)[kept] == "travel"
    assert "sixteen" not in prompt(later) and f"[{kept}] Travel" in prompt(later)
    made.fill(travel=None, leave=NEWER)
    last = made.send(*later_on, ("assistant", "So."), ("user", ASKED))
    assert numbers(last) == {3: "leave"} and "twenty euros" not in prompt(last) and "[3] Parental" in prompt(last)


class Away(MemoryKnowledge):
    """An index that cannot say, in time or at all."""

    seconds = 0.0

    async def passages(self, tenant: str, named: Collection[tuple[str, str]]) -> Sequence[Passage]:
        await asyncio.sleep(self.seconds)
        raise Unavailable("The index is on fire.")


LEFT = Passage("leave", "t", "leave.md", *LEAVE, attributes={"year": 2026.0})


@pytest.mark.parametrize(("filter", "now", "stays"), [
    (None, LEFT, True), (Compare("year", "eq", (2026.0,)), LEFT, True), (Compare("year", "eq", (2025.0,)), LEFT, False),
    (None, None, False), (None, Passage("leave", "t", "leave.md", *NEWER), False),
])
def test_what_stays(filter: Compare | None, now: Passage | None, stays: bool) -> None:
    """What is in the index as it was, and still what the operator asks for; of nothing the numbers stay."""
    given = Given("text", ("leave",), 9, sources_of([LEFT]), (row_of(LEFT),))
    index = MemoryKnowledge()
    asyncio.run(index.replace("t", {"leave.md": [now] if now else []}, {}))
    (found,) = asyncio.run(Standing(index, filter, HEAD, 1).of("t", [given]))
    assert found and found.sources == given.sources
    assert found == given if stays else (found.text, found.ids, found.tokens) == ("", (), 0)
    slow = Away()
    slow.seconds = 30
    for away in (Away(), slow):
        assert asyncio.run(Standing(away, filter, HEAD, 0.01).of("t", [given, None])) == [given, None]
