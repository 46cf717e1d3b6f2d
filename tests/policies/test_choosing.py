"""What a policy plans: ways to ask, and the worth of answers."""

from __future__ import annotations

import asyncio
import json

from adapters.ports import Block, ChatRequest
from policies.choosing import Choosing, Way, worths
from policies.rewards.axes import JUDGED
from policies.sight import Sight
from tests.fakes.styled import TEXTS
from tests.policies.align.people import taste
from tests.policies.test_sight import Says

REQUEST = ChatRequest.parse(b'{"model":"m","messages":[{"role":"user","content":"hi"}]}')


def test_ways_to_ask() -> None:
    """As it is, byte for byte; another model; other instructions."""
    assert Way().request(REQUEST) is REQUEST
    assert Way("other").request(REQUEST).model == "other"
    assert "Be brief." in Way(None, Block("style", "Be brief.")).request(REQUEST).turns[0].text


def test_the_worth_of_answers() -> None:
    """The style that somebody wants is worth most; coefficients that tell nothing say nothing."""
    texts = [*TEXTS.values()]
    found, judged = asyncio.run(worths(Choosing("x", (), taste(emoji=2.0)), texts))
    assert [*TEXTS][found.index(max(found))] == "friendly" and not judged
    assert asyncio.run(worths(Choosing("x", (), {}), texts)) == ([], False)


def test_the_worth_of_judged_answers() -> None:
    """What a model makes of them counts, too; the question goes along."""
    model = Says(json.dumps({"answers": [dict.fromkeys(JUDGED, float(at == 1)) for at in range(4)]}))
    plan = Choosing("x", (), taste(warmth=2.0), sight=Sight(model), question="Shall I?", judged=True)
    found, judged = asyncio.run(worths(plan, [*TEXTS.values()]))
    assert found.index(max(found)) == 1 and judged and "Shall I?" in model.asked[0]
