"""`kind: ask` through the whole chain, over SQLite: a question is put, answered in words, learnt, and not put again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.ports import CHAT, Profile, User, blocks, strip_blocks
from policies.rewards.spoken import QUESTIONS
from proxy.app import assemble
from proxy.callers import Callers
from proxy.config import from_dict
from proxy.owners import Owners
from proxy.receipts import Receipts
from proxy.routes import Endpoint, Options, Parts
from proxy.threads import Threads
from tests.fakes.scripted import Answer, Scripted, scripted

CHAIN = [{"kind": "identity"}, {"kind": "preferences"}, {"kind": "ask"}, {"kind": "history"}]
LENGTH, DAY = QUESTIONS["length"].question, 86_400.0


def model(body: Any) -> str:
    """What a model says: an answer, and where a block in the last turn asks for it, the question, word for word."""
    wanted = [block.inner for block in blocks(body["messages"][-1]["content"]) if block.name == "question"]
    return "\n\n".join(["Let me see what there is to do.", *(inner.splitlines()[-1] for inner in wanted)])


class Deployment:
    """All of a deployment but its server: a chain, people in a file, a fake model, and a conversation for each person.
    """

    def __init__(self, folder: Path, server: Scripted) -> None:
        backends = [{"models": ["*"], "use": "openai/{model}", "api_base": server.base, "api_key": "env:FAKE_KEY"}]
        sections = {"backends": backends, "policies": CHAIN, "embedder": {"kind": "full_text_only"}}
        settings = from_dict(sections, folder)
        self.rapport, self.server = assemble(settings), server
        keys, users, backend = self.rapport.adapters.keys, self.rapport.adapters.users, self.rapport.backends
        threads = Threads(self.rapport.responses, Owners(users, keys, ("header",)), backend)
        parts = Parts(Callers(settings.auth, keys, None), self.rapport.chain, backend, Receipts(), threads)
        self.app, self.persons = Endpoint(CHAT, parts, Options(2**20, 2000, 32_000)), self.rapport.persons()
        self.talks: dict[str, list[dict[str, str]]] = {}

    async def say(self, text: str, user: str = "ann", status: int = 200, mode: str = "full") -> str:
        """The policy's reasons for one turn, on the way there and back; what was said before is sent along."""
        talk = self.talks.setdefault(user, [])
        asked = [*talk, {"role": "user", "content": text}]
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://localhost") as web:
            answer = await web.post("/v1/chat/completions", json={"model": "m", "messages": asked},
                                    headers={"x-rapport-user": user, "x-rapport-mode": mode})  # fmt: skip
        assert answer.status_code == status, answer.text
        if status == 200:
            talk[:] = [*asked, {"role": "assistant", "content": answer.json()["choices"][0]["message"]["content"]}]
        noted = answer.headers["x-rapport-policies"].split(", ")
        return " ".join(each.partition("=")[2] for each in noted if each.startswith("ask="))

    async def user(self, name: str = "ann") -> User:
        return User.of(await self.rapport.adapters.keys.secret(), "default", name)

    async def known(self, name: str = "ann") -> Profile:
        """What is known of a person, with all that was said learnt."""
        return await self.persons.profile(await self.user(name))

    async def prepared(self, *names: str) -> None:
        """People who said enough before that a question may come, and conversations that have begun."""
        for name in names or ("ann",):
            known = Profile(version=1, counts={"events": 5.0, "turns": 5.0})
            assert await self.rapport.adapters.users.publish(await self.user(name), known)
            self.begin(name)

    def begin(self, name: str = "ann") -> None:
        """A new conversation, in which something is said already."""
        self.talks[name] = [{"role": "user", "content": "Hello!"}, {"role": "assistant", "content": "Hello."}]

    async def later(self, days: float, name: str = "ann") -> None:
        """Let so many days have passed since the last question; conversations begin anew, with something said."""
        user, now = await self.user(name), await self.known(name)
        counts = {**now.counts, "question.last": now.counts["question.last"] - days * DAY}
        assert await self.rapport.adapters.users.publish(user, replace(now, version=now.version + 1, counts=counts))
        self.begin(name)

    def sent(self, number: int = -1) -> list[str]:
        """The person's turns of a request as the model saw them."""
        return [each["content"] for each in self.server.asked[number]["messages"] if each["role"] == "user"]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_KEY", "x")


def play(folder: Path, story: Callable[[Deployment], Awaitable[None]], *answers: Answer) -> None:
    async def run(server: Scripted) -> None:
        deployment = Deployment(folder, server)
        try:
            await story(deployment)
        finally:
            await deployment.rapport.close()

    with scripted(*(answers or (Answer(make=model),))) as server:
        asyncio.run(run(server))


def test_asked_answered_and_learnt(tmp_path: Path) -> None:
    """The answer comes first, then the question, word for word; the answer in a turn of its own is a claim that moves
    the coefficient, and counts as no answer to a question of the bank."""

    async def story(all: Deployment) -> None:
        await all.prepared()
        assert await all.say("My saddle squeaks as well.") == "put asked"
        assert all.talks["ann"][-1]["content"].endswith(f"to do.\n\n{LENGTH}")
        put = all.sent()[-1]
        assert put.startswith("My saddle squeaks") and "Answer first" in put and LENGTH in put
        assert await all.say("Short please.") == "put_before+asked_lately nothing_put"
        assert all.sent()[-2:] == [put, "Short please."], "the same bytes, and nothing new"
        known = await all.known()
        said = [(claim.value, claim.kind) for claim in known.claims if claim.aspect == "length"]
        assert said == [("short", "explicit")] and known.taste["length"] < -1.5
        assert known.counts["asked.chat.length"] == 1 and "answers" not in known.counts
        assert known.election.choices == 0 and known.counts["turns"] == 8
        question = await all.rapport.asking().question(await all.user())
        assert (question["asked"], question["left_at_most"]) == (1, 9)
        export = (await all.persons.export(await all.user()))["evidence"]
        (event,) = [each for each in export if each["event"] == "asking-length"]
        assert (event["kind"], event["author"], event["text"], event["context"]) == ("rating", "assistant", "", "")

    play(tmp_path, story)


def test_once_in_a_week(tmp_path: Path) -> None:
    """Neither in this conversation, nor in another one, nor after a restart; then about something else."""

    async def first(all: Deployment) -> None:
        await all.prepared()
        assert await all.say("My saddle squeaks as well.") == "put asked"
        assert "asked_lately" in await all.say("And the bell is gone."), "also before anything is learnt"
        all.begin()
        assert await all.say("My saddle squeaks.") == "asked_lately nothing_put"

    async def second(all: Deployment) -> None:
        all.begin()
        assert await all.say("My saddle squeaks.") == "asked_lately nothing_put"
        await all.later(6.9)
        assert await all.say("My pedals squeak.") == "asked_lately nothing_put"
        await all.later(0.2)
        assert await all.say("My lamp is broken.") == "put asked"
        assert LENGTH not in all.sent()[-1] and "do you prefer" in all.sent()[-1]
        assert len([name for name in (await all.known()).counts if name.startswith("asked.")]) == 2

    play(tmp_path, first)
    play(tmp_path, second)


def test_a_chat_that_fails_asks_again(tmp_path: Path) -> None:
    """Nothing is recorded; the same turn brings the same words again. A retry is no new statement either."""
    good, bad = Answer(make=model), Answer(status=500)

    async def story(all: Deployment) -> None:
        await all.prepared()
        assert await all.say("My saddle squeaks.", status=500) == "put no_answer"
        failed = all.sent()[-1]
        assert "asked.chat.length" not in (await all.known()).counts
        assert await all.say("My saddle squeaks.") == "put_before asked"
        assert all.sent()[-1] == failed
        before = (await all.known()).counts["turns"]
        del all.talks["ann"][-2:]
        assert await all.say("My saddle squeaks.") == "put_before+asked_lately asked"
        assert (await all.known()).counts["turns"] == before

    play(tmp_path, story, bad, good)


def test_a_backend_that_takes_no_blocks(tmp_path: Path) -> None:
    """It gets the client's own request: nothing was put."""
    good = Answer(make=model)

    async def story(all: Deployment) -> None:
        await all.prepared()
        assert (await all.say("My saddle squeaks.")).endswith("nothing_put")
        assert "question.last" not in (await all.known()).counts and all.sent()[-1] == "My saddle squeaks."

    play(tmp_path, story, Answer(status=400), good)


def test_two_chats_at_once(tmp_path: Path) -> None:
    """One of them is asked, though both began alike and neither has its answer yet."""

    async def story(all: Deployment) -> None:
        await all.prepared()
        talks = [[*all.talks["ann"], {"role": "user", "content": text}] for text in ("My saddle squeaks.", "My lamp.")]
        async with httpx.AsyncClient(transport=httpx.ASGITransport(all.app), base_url="http://localhost") as web:
            answers = await asyncio.gather(*(web.post("/v1/chat/completions", headers={"x-rapport-user": "ann"},
                                                      json={"model": "m", "messages": talk}) for talk in talks))
        assert [LENGTH in answer.text for answer in answers].count(True) == 1

    play(tmp_path, story)


def test_readers_are_asked_nothing(tmp_path: Path) -> None:
    """Where nothing is recorded, and where Rapport stands aside."""

    async def story(all: Deployment) -> None:
        await all.prepared()
        assert await all.say("My saddle squeaks.", mode="readonly") == "readonly"
        assert await all.say("My pedals squeak.", mode="off") == ""
        assert all.sent()[-1] == "My pedals squeak."
        assert await all.say("My lamp is broken.") == "put asked"

    play(tmp_path, story)


def test_each_is_asked_for_themselves(tmp_path: Path) -> None:
    """What one was asked and answered is nothing to another; who is erased is asked as somebody new."""

    async def story(all: Deployment) -> None:
        await all.prepared("ann", "ben")
        assert await all.say("My saddle squeaks.", "ann") == "put asked"
        assert await all.say("Long ones, please!", "ann") == "put_before+asked_lately nothing_put"
        assert await all.say("My lamp is broken.", "ben") == "put asked"
        assert await all.say("The second one.", "ben") == "put_before+asked_lately nothing_put"
        for name, value in (("ann", "long"), ("ben", "short")):
            assert [each.value for each in (await all.known(name)).claims if each.aspect == "length"] == [value]
        await all.persons.forget(await all.user("ann"))
        assert not any(name.startswith(("asked", "question")) for name in (await all.known("ann")).counts)
        assert await all.say("My pedals squeak.", "ann") == "too_few_turns nothing_put"
        assert (await all.known("ben")).counts["asked.chat.length"] == 1

    play(tmp_path, story)


def test_who_wants_no_questions_gets_none(tmp_path: Path) -> None:
    """Until they say otherwise; and it becomes no rule about answers."""

    async def story(all: Deployment) -> None:
        await all.prepared()
        await all.say("My saddle squeaks.")
        await all.say("Please don't ask me that again.")
        known = await all.known()
        assert known.counts["question.never"] == 1 and known.claims == ()
        await all.later(8)
        assert await all.say("My lamp is broken.") == "not_wanted nothing_put"
        await all.say("Okay, you can ask me again.")
        await all.known()
        assert await all.say("My bell is broken.") == "put asked"

    play(tmp_path, story)


@pytest.mark.parametrize("said", ["How do I true a wheel?", "Thanks!", "No preference.", "I like long rides at home."])
def test_who_ignores_it_says_nothing_of_answers(tmp_path: Path, said: str) -> None:
    """Whatever they say instead."""

    async def story(all: Deployment) -> None:
        await all.prepared()
        await all.say("My saddle squeaks.")
        await all.say(said)
        known = await all.known()
        assert not any(claim.aspect in ("length", "format", "tone", "rule") for claim in known.claims)
        assert not known.taste and strip_blocks(all.sent()[-1]) == said

    play(tmp_path, story)


def test_a_model_that_finds_it_out_of_place(tmp_path: Path) -> None:
    """It counts as put all the same, so that nobody is asked over and over in words that are not found again."""

    async def story(all: Deployment) -> None:
        await all.prepared()
        assert await all.say("My saddle squeaks.") == "put not_seen"
        assert (await all.known()).counts["asked.chat.length"] == 1
        assert "asked_lately" in await all.say("Short please.")
        assert not any(claim.aspect == "length" for claim in (await all.known()).claims)

    play(tmp_path, story, Answer("Then let us see."))
