"""Answers that may join the corpus, through the door: noted with the chat, approved by feedback, shown to the next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.ports.ledger import Entry
from policies.base import Adapters
from policies.write_back import Verifies, WriteBackConfig
from proxy.app import Rapport, assemble, create_app
from proxy.config import from_dict
from proxy.ingest import ingest
from proxy.settings import Settings
from proxy.write_back import WriteBacks
from tests.fakes.process import Fake
from tests.fakes.scripted import Answer, scripted
from tests.policies.write_back.rule import Stands
from tests.rapport import openai_backend

TEXTS = {
    "battery.md": "# Battery\n\nThe battery is covered for two years. Send it to our shop with the receipt.",
    "bell.md": "# Bell\n\nIt has no battery.",
    "frame.md": "# Frame\n\nA battery is no frame.", "motor.md": "# Motor\n\nThe battery of the motor.",
}  # fmt: skip
QUESTION = "How long is the battery covered?"
CHAIN: list[dict[str, Any]] = [
    {"kind": "identity"}, {"kind": "retrieval", "when": [], "timeout": 30, "stuff_max_tokens": 0, "min_coverage": 0},
    {"kind": "history"},
]  # fmt: skip
Story = Callable[["Door"], Awaitable[None]]


class Ruled(WriteBackConfig):
    """The policy with the small verifier of the tests."""

    def verifier(self, adapters: Adapters) -> Verifies:
        """The rule."""
        return Stands()


class Door:
    """The application, with its work in the background, and the ports over the same files."""

    def __init__(self, web: httpx.AsyncClient, rapport: Rapport, settings: Settings) -> None:
        self.web, self.rapport, self.settings = web, rapport, settings

    async def ask(self, user: str | None = "ann", path: str = "/v1/chat/completions", text: str = QUESTION,
                  headers: dict[str, str] | None = None, **more: Any) -> str:  # fmt: skip
        """Ask; returns the id of the exchange."""
        said: dict[str, Any] = {"messages": [{"role": "user", "content": text}], "max_tokens": 50}
        if path == "/v1/responses":
            said = {"input": text}
        named = {**({"x-rapport-user": user} if user else {}), **(headers or {})}
        answer = await self.web.post(path, json={"model": "cites", **said, **more}, headers=named)
        assert answer.status_code == 200, answer.text
        return answer.headers["x-rapport-exchange"]

    async def codes(self, exchange: str) -> list[str]:
        """What the policy said of an exchange."""
        receipt = (await self.web.get(f"/v1/receipts/{exchange}")).json()
        return [code for step in receipt["policies"] if step["policy"] == "write_back" for code in step["reasons"]]

    async def look(self) -> None:
        """What the application does once a minute."""
        rapport = self.rapport
        backs = WriteBacks(Ruled().working(rapport.adapters, Stands()), rapport.library, rapport.written, None, 9)
        await backs.look()
        await backs.align()

    async def entries(self, number: int) -> list[Entry]:
        """What became of so many answers."""
        ledger = self.rapport.adapters.ledger
        assert ledger is not None
        async with asyncio.timeout(20):
            while len(found := list(await ledger.entries())) != number:
                await asyncio.sleep(0.01)
        return found

    async def states(self, number: int) -> list[str]:
        return [each.state for each in await self.entries(number)]


@asynccontextmanager
async def _open(folder: Path, base: str) -> AsyncIterator[Door]:
    sections = {"embedder": {"kind": "full_text_only"}, "backends": [openai_backend(base)], "policies": CHAIN}
    settings = from_dict(sections, folder)
    chain = (*settings.policies[:2], Ruled(share=0.5), *settings.policies[2:])
    settings = settings.model_copy(update={"policies": chain})
    rapport = assemble(settings)
    (folder / "docs").mkdir()
    for name, text in TEXTS.items():
        (folder / "docs" / name).write_text(text)
    await ingest([str(folder / "docs")], rapport.library, None, "default", lambda step: None)
    app = create_app(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as web:
        yield Door(web, rapport, settings)
    await rapport.close()


def play(folder: Path, base: str, story: Story) -> None:
    async def run() -> None:
        async with _open(folder, base) as door:
            await story(door)

    asyncio.run(run())


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_KEY", "sk-fake")


def test_on_every_route(tmp_path: Path, openai_fake: Fake) -> None:
    """Plain and streamed, an answer that cites a passage is noted with it, once; its text is in no receipt."""

    async def story(door: Door) -> None:
        for path in ("/v1/chat/completions", "/v1/responses", "/v1/messages"):
            for stream in (False, True):
                exchange = await door.ask("ann" if stream else None, path, stream=stream)
                assert await door.codes(exchange) == ["noted"], (path, stream)
        # What the fake says stands in no document.
        assert [(each.state, each.reason) for each in await door.entries(6)] == [("rejected", "not_borne_out")] * 6
        receipt = (await door.web.get(f"/v1/receipts/{exchange}")).json()
        assert [step["detail"] for step in receipt["policies"] if step["policy"] == "write_back"] == [{}]

    play(tmp_path, openai_fake.base, story)


def test_what_is_not_noted(tmp_path: Path, openai_fake: Fake) -> None:
    """Not for readers, not with Rapport off, not where nothing is cited, not from who paused; the chat goes on."""

    async def story(door: Door) -> None:
        for mode in ("readonly", "off"):
            await door.ask(headers={"x-rapport-mode": mode})
        assert await door.codes(await door.ask(model="echo")) == ["nothing_cited"]
        changed = await door.web.patch("/v1/users/ann/profile", json={"paused": True})
        assert changed.status_code == 200, changed.text
        assert await door.codes(await door.ask()) == ["paused"]
        await door.entries(0)

    play(tmp_path, openai_fake.base, story)


def test_whose_feedback_counts(tmp_path: Path) -> None:
    """That of the person whom the answer was given to; nobody's is judged by who names nobody."""

    async def story(door: Door) -> None:
        anns, nobodys = await door.ask("ann"), await door.ask(None)
        await door.entries(2)
        other = create_app(door.settings)  # a process that has no receipt of either
        transport = httpx.ASGITransport(other, raise_app_exceptions=False)
        async with other.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://localhost") as web:
            for exchange, user, status in ((anns, "ben", 200), (nobodys, "ben", 200), (anns, None, 404)):
                said = {"exchange": exchange, "rating": 1, **({"user": user} if user else {})}
                given = await web.post("/v1/feedback", json=said)
                assert given.status_code == status, given.text
            await door.look()
            assert await door.states(2) == ["quarantine"] * 2
            assert (await web.post("/v1/feedback", json={"exchange": nobodys, "rating": 1})).json()["recorded"] == 0
            await web.post("/v1/feedback", json={"exchange": anns, "rating": -1, "user": "ann"})
        await door.look()
        assert await door.states(2) == ["rejected", "active"]

    with scripted(Answer("The battery is covered for two years. [1]")) as server:
        play(tmp_path, server.base, story)


def test_from_one_person_to_the_next(tmp_path: Path) -> None:
    """An answer that is borne out and that its person approved of is shown to another, told as what it is, and is gone
    with that person."""

    async def story(door: Door) -> None:
        exchange = await door.ask()
        assert await door.states(1) == ["quarantine"]
        given = await door.web.post("/v1/feedback", json={"exchange": exchange, "rating": 1})
        assert given.status_code == 200, given.text
        await door.look()
        assert await door.states(1) == ["active"]
        shown, told = "", "(answer from earlier, checked against: battery.md)\nThe battery is covered for two years."
        async with asyncio.timeout(20):
            while told not in shown:  # what another process writes is seen within a second
                await door.ask("ben", text=f"So how long is the battery covered, and {len(server.asked)}?")
                shown = server.asked[-1]["messages"][-1]["content"]
                await asyncio.sleep(0.05)
        assert QUESTION not in shown
        export = (await door.web.get("/v1/users/ann/export")).json()
        assert [each["state"] for each in export["written"]] == ["active"]
        gone = await door.web.delete("/v1/users/ann")
        assert gone.json()["erased"]["written"] == 1, gone.text
        await door.ask("eve", text="And how long is the battery covered?")
        assert "answer from earlier" not in str(server.asked[-1])
        assert not [each for each in await door.entries(len(server.asked) - 2) if each.answer]

    with scripted(Answer("The battery is covered for two years. [1]")) as server:
        play(tmp_path, server.base, story)
