"""What a policy plans: ways to ask, and the worth of answers."""

from __future__ import annotations

from adapters.ports import Block, ChatRequest
from policies.choosing import Choosing, Way, worths
from tests.fakes.styled import TEXTS
from tests.policies.align.people import taste

REQUEST = ChatRequest.parse(b'{"model":"m","messages":[{"role":"user","content":"hi"}]}')


def test_ways_to_ask() -> None:
    """As it is, byte for byte; another model; other instructions."""
    assert Way().request(REQUEST) is REQUEST
    assert Way("other").request(REQUEST).model == "other"
    assert "Be brief." in Way(None, Block("style", "Be brief.")).request(REQUEST).turns[0].text


def test_the_worth_of_answers() -> None:
    """The style that somebody wants is worth most; coefficients that tell nothing say nothing."""
    texts = [*TEXTS.values()]
    found = worths(Choosing("x", (), taste(emoji=2.0)), texts)
    assert [*TEXTS][found.index(max(found))] == "friendly"
    assert worths(Choosing("x", (), {}), texts) == []
