"""What was answered stays known for a while, and only what the person really has before them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from adapters.memory import MemoryCache
from adapters.ports import CHAT, Caller, ChatRequest, Reply, User
from policies.base import Exchange
from policies.history.answers import AGAIN, LONGEST, MOST, Answers, keep, key, recall
from policies.sessions import of_person

ALICE = User("u_" + "a" * 32)
ASKED = [{"role": "user", "content": "Write a mail."}]


def exchange(text: str, at: float = 0.0, messages: Any = ASKED, headers: tuple[tuple[str, str], ...] = (),
             **more: Any) -> Exchange:  # fmt: skip
    body = json.dumps({"model": "m", "messages": messages, **more}).encode()
    request = ChatRequest.parse(body, headers, CHAT)
    said = json.dumps({"choices": [{"message": {"content": text}}]}).encode()
    return Exchange(f"ex_{text[:9]}", Caller(), request, request, ALICE, Reply(200, (), said, complete=True), came=at)


def kept(*exchanges: Exchange, took: float = 1.0) -> Answers:
    """What is known of the answers to the turns of the last of them."""
    cache = MemoryCache()

    async def go() -> Answers:
        for each in exchanges:
            await keep(cache, each, each.came + took)
        return await recall(cache, key(exchanges[-1], -1) or "")

    return asyncio.run(go())


def again(*exchanges: Exchange) -> list[bool]:
    return [answer.again for answer in kept(*exchanges).newest]


def test_an_answer_is_kept_under_its_person() -> None:
    """So that an erasure finds it; nobody's is not kept."""
    asked = exchange("Dear Sir")
    assert [answer.text for answer in kept(asked).newest] == ["Dear Sir"]
    assert (key(asked, -1) or "").startswith(of_person("default", ALICE.id))
    asked.user = None
    assert key(asked, -1) is None and kept(asked) == Answers()


def test_asking_again_is_told_from_a_retry() -> None:
    """Within two seconds, or where the client's library says so, it is the network's; much later a new question."""
    first, retry = exchange("A", 100), (("x-stainless-retry-count", "1"),)
    assert again(first, exchange("B", 110)) == [False, True]
    assert again(first, exchange("B", 110, headers=(("x-stainless-retry-count", "0"),))) == [False, True]
    assert again(first, exchange("B", 102.5)) == [False, False]
    assert again(first, exchange("B", 100.5)) == [False, False], "both at once"
    assert again(first, exchange("B", 110, headers=retry)) == [False, False]
    assert again(first, exchange("B", 101 + AGAIN)) == [False, False]


def test_the_same_answer_is_one() -> None:
    """However often it is given."""
    assert again(exchange("A", 100), exchange("A", 110)) == [False]


def test_only_some_are_kept_with_their_text() -> None:
    """Of the others it stays known that they were given; each is bounded."""
    known = kept(*(exchange(f"{place}" * (LONGEST + 9), 10.0 * place) for place in range(6)))
    assert [answer.text[0] for answer in known.newest] == ["3", "4", "5"]
    assert len(known.newest) == MOST and len(known.older) == 3
    assert {len(answer.text) for answer in known.newest} == {LONGEST}


def test_what_did_not_complete_is_not_known() -> None:
    """Nor is, from then on, what the person has before them."""
    broken, long, whole = exchange("B", 110), exchange("B", 110), exchange("A", 100)
    assert broken.reply and long.reply
    broken.reply.complete, long.reply.room = False, -1
    for bad in (broken, long, exchange("B", 110, [*ASKED, {"role": "assistant", "content": "Dear"}])):
        assert kept(whole, bad) == Answers()
        assert [answer.text for answer in kept(bad, whole).newest] == ["A"]


def test_what_is_no_answer_is_not_kept() -> None:
    """A call of a tool, several choices, nothing."""
    called = exchange("Let me look.")
    assert called.reply
    message = {"content": "Let me look.", "tool_calls": [{"id": "call_1"}]}
    called.reply.body = json.dumps({"choices": [{"message": message}]}).encode()
    for none in (called, exchange("A", n=2), exchange(""), exchange("<think>hm</think>")):
        assert kept(none) == Answers()
