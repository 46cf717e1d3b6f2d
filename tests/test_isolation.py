"""Nothing of one person reaches another."""

import asyncio
import json
from pathlib import Path

import aiohttp

from tests.fakes.process import serving
from tests.rapport import Running, openai_backend, running

REQUESTS = 1000
AT_ONCE = 32
CANARIES = {"alice": "quinoa", "bob": "brisket"}


async def storm(server: Running) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(session: aiohttp.ClientSession, number: int) -> None:
        who = ("alice", "bob")[number % 2]
        body = {"model": "echo", "messages": [{"role": "user", "content": f"What now, {number}? For {who}."}],
                "stream": number % 3 == 0}
        ways = ({"x-rapport-user": who}, {}, {})[number % 3]
        body |= ({}, {"user": who}, {"metadata": {"user_id": who}})[number % 3]
        async with gate, session.post(server.base + "/chat/completions", json=body, headers=ways) as answer:
            assert answer.status == 200, await answer.text()
            await answer.read()

    async with aiohttp.ClientSession() as session:
        for who, canary in CANARIES.items():
            said = {"model": "echo", "messages": [{"role": "user", "content": f"I love {canary}."}], "user": who}
            async with session.post(server.base + "/chat/completions", json=said) as answer:
                assert answer.status == 200
        await asyncio.gather(*(one(session, number) for number in range(REQUESTS)))


def test_alice_and_bob_never_mix(tmp_path: Path) -> None:
    """Over 1,000 interleaved, concurrent requests each person's summary is in their own requests and in no other."""
    with serving("openai_api") as fake, running(tmp_path, backends=[openai_backend(fake.base)]) as server:
        asyncio.run(storm(server))
        seen = [item.json for item in fake.requests()]
    asked = [body for body in seen if "What now" in body["messages"][-1]["content"]]
    assert len(asked) == REQUESTS
    for body in asked:
        who, other = ("alice", "bob") if "For alice." in body["messages"][-1]["content"] else ("bob", "alice")
        text = json.dumps(body)
        assert CANARIES[who] in text
        assert CANARIES[other] not in text
