"""Edits count once an answer of the person came back as it was: a client that rewords all of them never sends one."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from adapters.memory import MemoryCache
from adapters.ports import Caller, ChatRequest, Evidence, User
from policies.base import Exchange
from policies.history.held import MOST_EDITS, sift

ANN, BEN = User("u_" + "a" * 32), User("u_" + "b" * 32)
THANKS = Evidence("thanks", "accepted", "")


def edit(number: int) -> Evidence:
    return Evidence(f"e{number}", "edit", f"my words {number}", context="an answer")


class Talk:
    """What comes of the answers of people, one after another."""

    def __init__(self) -> None:
        self.cache = MemoryCache()

    def went(self, *did: Evidence, same: bool = False, user: User = ANN) -> list[str]:
        request = ChatRequest.parse(b'{"model": "m", "messages": [{"role": "user", "content": "x"}]}')
        exchange = Exchange("ex", Caller(), request, request, user)
        return [item.event for item in asyncio.run(sift(self.cache, exchange, did, same))]


@pytest.mark.parametrize("number", range(1, MOST_EDITS + 1))
def test_an_edit_waits_for_an_answer_that_comes_back(number: int) -> None:
    """With those before it, oldest first, once, and before what is done then."""
    talk = Talk()
    assert [talk.went(edit(each)) for each in range(number)] == [[]] * number
    assert talk.went(THANKS, same=True) == [*(f"e{each}" for each in range(number)), "thanks"]
    assert talk.went(THANKS, same=True) == ["thanks"]


def test_what_is_held_comes_back_whole() -> None:
    """With its words, its context, its time and its place."""
    talk, made = Talk(), replace(edit(1), time=7.0, digest="d", place="work")
    talk.went(made)
    request = ChatRequest.parse(b'{"model": "m", "messages": [{"role": "user", "content": "x"}]}')
    exchange = Exchange("ex", Caller(), request, request, ANN)
    assert asyncio.run(sift(talk.cache, exchange, (), True)) == (made,)


def test_who_changes_every_answer_is_the_client() -> None:
    """Beyond some in a row none of them counts, and the next one that is alone does."""
    talk = Talk()
    for number in range(MOST_EDITS + 5):
        assert talk.went(edit(number), THANKS) == ["thanks"]
    assert talk.went(same=True) == []
    assert talk.went(edit(99)) == [] and talk.went(same=True) == ["e99"]


def test_the_same_edit_again_is_one() -> None:
    """A request that is sent again changes nothing more."""
    talk = Talk()
    for _ in range(MOST_EDITS + 5):
        talk.went(edit(1))
    assert talk.went(same=True) == ["e1"]


def test_everybody_for_themselves() -> None:
    """What came back to another person says nothing; nobody has none."""
    talk = Talk()
    talk.went(edit(1))
    assert talk.went(same=True, user=BEN) == []
    assert talk.went(same=True) == ["e1"]
