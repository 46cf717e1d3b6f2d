"""When the model reads, how often, what its failures cost, and that nobody waits for it: SQLite, HTTP, one process."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import structlog

from adapters.litellm_model import LiteLLMModel
from adapters.memory import MemoryCache, MemoryKeys, MemoryKnowledge
from adapters.ports import Evidence, Job, Pace, Profile, User
from adapters.sql import Database, SqlOutbox, SqlPeople, SqlUsers
from policies.base import Adapters
from policies.preferences import Preferences, PreferencesConfig
from policies.preferences.edit import Edit, edited
from policies.preferences.reading import DAY, PAGE, TRIES, counted, pause
from proxy.chain import Chain
from proxy.learner import Learner
from tests.fakes.scripted import Answer, Scripted, said, scripted

pytestmark = [
    pytest.mark.filterwarnings("ignore:Accessing the .* attribute on the instance is deprecated"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
]
ALICE, BOB = User("u_" + "a" * 32), User("u_" + "b" * 32)
WORDS = "Bossa nova, and the day is saved."
BOSSA = {"aspect": "likes", "value": "bossa nova", "turn": 1, "quote": WORDS, "action": "add"}
QUICK = Pace(timeout=20.0, calls_per_day=20, settle=0.0)


@dataclass
class World:
    """A deployment's learning over a file of people and a model server."""

    database: Database
    users: SqlUsers
    people: SqlPeople
    policy: Preferences
    learner: Learner
    events: int = 0

    async def says(self, *texts: str, user: User = ALICE, age: float = 0.0) -> None:
        for text in texts:
            self.events += 1
            item = Evidence(f"e{self.events}-{id(self)}", "statement", text, time=time.time() - age)
            await self.users.append(user, [item])

    async def learns(self) -> None:
        """The learner does what is due, and what it began comes to its end."""
        await self.learner.work()
        await self.ends()

    async def ends(self) -> None:
        assert self.policy.reading is not None
        await asyncio.gather(*self.policy.reading.running.values())

    async def profile(self, user: User = ALICE) -> Profile:
        return (await self.users.load(user)).profile

    async def live(self, user: User = ALICE) -> set[tuple[str, str]]:
        claims = (await self.profile(user)).claims
        return {(claim.aspect, claim.value) for claim in claims if claim.superseded_by is None}

    async def count(self, name: str) -> float:
        return (await self.profile()).counts.get(f"model.{name}", 0.0)


@asynccontextmanager
async def world(folder: Path, server: Scripted, pace: Pace = QUICK) -> AsyncIterator[World]:
    database = Database(f"sqlite:///{folder}/people.db")
    users, people, outbox = SqlUsers(database), SqlPeople(database), SqlOutbox(database)
    model = LiteLLMModel("openai/reader", pace.timeout, server.base, lambda: "sk-secret-0123456789")
    adapters = Adapters(users, people, people, outbox, MemoryKeys(), MemoryCache(), MemoryCache(),
                        MemoryKnowledge(), model=model, pace=pace)  # fmt: skip
    chain = Chain.build([PreferencesConfig()], adapters)
    policy = chain.links[0].policy
    assert isinstance(policy, Preferences)
    try:
        yield World(database, users, people, policy, Learner(chain, users, outbox))
    finally:
        await model.close()
        await database.close()
        chain.close()


def test_what_the_rules_do_not_understand_is_learnt(tmp_path: Path) -> None:
    """One call for all that is new; what it finds is a claim, what the rules found stays, and nothing is read twice."""

    async def go() -> None:
        with scripted(said([BOSSA])) as server:
            async with world(tmp_path, server) as here:
                await here.says(WORDS, "I'm vegan.", "Thanks")
                await here.learns()
                assert await here.live() == {("likes", "bossa nova"), ("diet", "vegan")}
                prompt = server.asked[0]["messages"][0]["content"]
                assert WORDS in prompt and '"value": "vegan"' in prompt and "Thanks" not in prompt
                await here.learns()
                await here.policy.learn(Job(7, ALICE, 0))
                await here.ends()
                assert len(server.asked) == 1
                await here.says("My cello needs new strings")
                await here.learns()
                assert WORDS not in server.asked[1]["messages"][0]["content"]
                assert (await here.count("total"), await here.count("failed")) == (2.0, 0.0)

    asyncio.run(go())


def test_without_a_model_nothing_is_read(tmp_path: Path) -> None:
    """Rules only: the policy has no part that reads, and a job is done when it is done."""
    people = Database(f"sqlite:///{tmp_path}/people.db")
    users = SqlUsers(people)
    adapters = Adapters(users, SqlPeople(people), SqlPeople(people), SqlOutbox(people), MemoryKeys(), MemoryCache(),
                        MemoryCache(), MemoryKnowledge())  # fmt: skip
    policy = PreferencesConfig().build(adapters)
    assert isinstance(policy, Preferences) and policy.reading is None

    async def go() -> None:
        await users.append(ALICE, [Evidence("e", "statement", "I'm vegan")])
        assert await policy.learn(Job(1, ALICE, 0)) is None
        await people.close()

    asyncio.run(go())


def test_an_answer_is_read_beside_the_chats(tmp_path: Path) -> None:
    """JSON is asked for, and what comes, which may be long and odd, is taken apart in a thread of its own."""

    class Watched(str):
        def __getitem__(self, place: Any) -> str:
            read.append(threading.current_thread())
            return super().__getitem__(place)

    class Writes:
        async def ask(self, prompt: str, max_tokens: int, *, json: bool = False) -> str:
            wanted.append(json)
            return Watched('{"claims": []}')

        async def close(self) -> None:
            """Nothing to let go of."""

    read: list[threading.Thread] = []
    wanted: list[bool] = []

    async def go() -> None:
        with scripted() as server:
            async with world(tmp_path, server) as here:
                assert here.policy.reading is not None
                here.policy.reading.model = Writes()
                await here.says(WORDS)
                await here.learns()
                assert (await here.count("total"), await here.count("failed")) == (1.0, 0.0)

    asyncio.run(go())
    assert wanted == [True] and read and threading.main_thread() not in read


@pytest.mark.parametrize(("answer", "reason"), [
    (said("I'm sorry, I cannot help with that."), "unreadable"),
    (said(""), "unreadable"),
    (Answer(status=400), "refused"),
    (Answer(status=500), "unavailable"),
    (Answer(status=429), "unavailable"),
    (Answer(delay=30), "timeout"),
])
def test_a_failure_leaves_the_rules_in_force(tmp_path: Path, answer: Answer, reason: str) -> None:
    """It is counted and logged by a code; no words, no key and nobody's id are in the log."""

    async def go() -> None:
        with scripted(answer) as server:
            async with world(tmp_path, server, replace(QUICK, timeout=5.0 if reason != "timeout" else 0.5)) as here:
                await here.policy.reading.model.ask("warm", 1) if reason == "unreadable" else None  # type: ignore[union-attr]
                await here.says(WORDS, "I'm vegan.")
                with structlog.testing.capture_logs() as logs:
                    await here.learns()
                assert await here.live() == {("diet", "vegan")}
                assert (await here.count("failed"), await here.count("read")) == (1.0, 0.0)
                events = [event for event in logs if event["event"] == "model_failed"]
                assert [event["reason"] for event in events] == [reason]
                assert not any(word in str(logs) for word in ("Bossa", "sk-", "u_a", "sorry", "denied"))

    asyncio.run(go())


def test_a_service_that_fails_is_left_alone_for_a_while(tmp_path: Path) -> None:
    """After a failure nobody's words are sent until the rest is over, which doubles, and is over with a success."""

    async def go() -> None:
        with scripted(Answer(status=500), Answer(status=500), said([BOSSA])) as server:
            async with world(tmp_path, server) as here:
                reading = here.policy.reading
                assert reading is not None
                await here.says(WORDS)
                await here.says(WORDS, user=BOB)
                assert await here.policy.learn(Job(1, ALICE, 0)) == QUICK.timeout + 1
                await here.ends()
                delay = await here.policy.learn(Job(2, BOB, 0))
                assert delay is not None and 25 < delay <= 30 and len(server.asked) == 1
                for expected in (60.0, 0.0):
                    reading.rests_until = 0.0
                    await here.policy.learn(Job(1, ALICE, 0))
                    await here.ends()
                    assert reading.rest == expected
                assert await here.live() == {("likes", "bossa nova")}

    asyncio.run(go())


def test_words_that_cannot_be_answered_are_left_out_at_last(tmp_path: Path) -> None:
    """After three answers without sense, or refusals, the next words have their turn."""

    async def go() -> None:
        with scripted(said("no"), Answer(status=400), said("no"), said([])) as server:
            async with world(tmp_path, server) as here:
                await here.says(WORDS)
                for number in range(1, TRIES + 1):
                    await here.policy.learn(Job(number, ALICE, 0))
                    await here.ends()
                assert await here.policy.learn(Job(9, ALICE, 0)) is None
                assert (len(server.asked), await here.count("failed")) == (TRIES, TRIES)
                await here.says("My cello needs new strings")
                await here.policy.learn(Job(10, ALICE, 0))
                await here.ends()
                assert WORDS not in server.asked[-1]["messages"][0]["content"]

    asyncio.run(go())


def test_a_model_that_hangs_keeps_nobody_waiting(tmp_path: Path) -> None:
    """The rules go on, for the same person and for others, while calls are open; these are few at a time."""

    async def go() -> None:
        with scripted(Answer(delay=60)) as server:
            async with world(tmp_path, server) as here:
                crowd = [User(f"u_{number:032x}") for number in range(10)]
                for user in crowd:
                    await here.says(WORDS, "I'm vegan.", user=user)
                started = time.monotonic()
                assert await here.learner.work() == 10
                for user in crowd:
                    assert await here.live(user) == {("diet", "vegan")}
                await here.says("Call me Sam.", user=crowd[0])
                assert await here.learner.work() == 1
                assert ("name", "Sam") in await here.live(crowd[0])
                person = await here.learner.caught_up(crowd[1])
                assert not person.pending
                assert time.monotonic() - started < 15
                assert here.policy.reading is not None
                running = list(here.policy.reading.running.values())
                assert len(running) == 4
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)
                assert not here.policy.reading.running

    asyncio.run(go())


def test_who_waits_for_a_profile_does_not_wait_for_the_model(tmp_path: Path) -> None:
    """Catching up on request is the rules' alone: no call is made for it."""

    async def go() -> None:
        with scripted(said([BOSSA])) as server:
            async with world(tmp_path, server) as here:
                await here.says(WORDS, "I'm vegan.")
                await here.learner.caught_up(ALICE)
                assert await here.live() == {("diet", "vegan")}
                assert not server.asked

    asyncio.run(go())


def test_a_day_has_its_budget(tmp_path: Path) -> None:
    """The calls of a day made, the rest waits for the next day; the count is the person's own."""

    async def go() -> None:
        with scripted(said([])) as server:
            async with world(tmp_path, server, replace(QUICK, calls_per_day=2)) as here:
                for number in range(2):
                    await here.says(f"My cello number {number} needs new strings")
                    await here.learns()
                await here.says(WORDS)
                delay = await here.policy.learn(Job(9, ALICE, 0))
                left = DAY - time.time() % DAY
                assert delay is not None and abs(delay - left) < 60
                await here.says(WORDS, user=BOB)
                assert await here.policy.learn(Job(9, BOB, 0)) == QUICK.timeout + 1
                await here.ends()
                assert len(server.asked) == 3

    asyncio.run(go())


def test_words_settle_before_they_are_read(tmp_path: Path) -> None:
    """Who still speaks is not read; the job comes again by itself, and then all of it is one call."""

    async def go() -> None:
        with scripted(said([BOSSA])) as server:
            async with world(tmp_path, server, replace(QUICK, settle=1.0)) as here:
                await here.says(WORDS)
                await here.learns()
                await here.says("My cello needs new strings")
                await here.learns()
                assert not server.asked
                assert await here.learner.work() == 0
                await asyncio.sleep(1.1)
                await here.learns()
                assert len(server.asked) == 1
                assert "cello" in server.asked[0]["messages"][0]["content"]
                assert await here.live() == {("likes", "bossa nova")}

    asyncio.run(go())


def test_reading_goes_on_after_a_restart(tmp_path: Path) -> None:
    """What was read before is not read again; a call that was cut off is made once more, by whoever comes next."""

    async def go() -> None:
        with scripted(said([]), Answer(delay=30), said([BOSSA])) as server:
            async with world(tmp_path, server) as first:
                await first.says("My cello needs new strings")
                await first.learns()
                await first.says(WORDS)
                await first.policy.learn(Job(5, ALICE, 0))
                while len(server.asked) < 2:
                    await asyncio.sleep(0.02)
                assert first.policy.reading is not None
                task = first.policy.reading.running[ALICE]
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            async with world(tmp_path, server) as second:
                await second.policy.learn(Job(6, ALICE, 0))
                await second.ends()
                assert await second.live() == {("likes", "bossa nova")}
                texts = [body["messages"][0]["content"] for body in server.asked]
                assert ["cello" in text for text in texts] == [True, False, False]
                assert [WORDS in text for text in texts] == [False, True, True]
                assert await second.policy.learn(Job(7, ALICE, 0)) is None

    asyncio.run(go())


class Meanwhile:
    """Something that happens while the model thinks: the server waits until it is done."""

    def __init__(self) -> None:
        self.asked, self.done = threading.Event(), threading.Event()

    def answer(self, claims: list[dict[str, Any]]) -> Answer:
        def during() -> None:
            self.asked.set()
            assert self.done.wait(20)

        return replace(said(claims), during=during)

    async def begins(self, here: World) -> None:
        await here.policy.learn(Job(1, ALICE, 0))
        assert await asyncio.to_thread(self.asked.wait, 20)

    async def ends(self, here: World) -> None:
        self.done.set()
        await here.ends()


def test_an_erasure_while_the_model_thinks_holds(tmp_path: Path) -> None:
    """Nothing of the answer comes to the person's next life, also where the same is said again."""

    async def go() -> None:
        meanwhile = Meanwhile()
        with scripted(meanwhile.answer([BOSSA]), said([])) as server:
            async with world(tmp_path, server) as here:
                await here.says(WORDS)
                await meanwhile.begins(here)
                await here.people.forget(ALICE)
                await here.says("I'm vegan.")
                await meanwhile.ends(here)
                assert await here.live() == set()
                assert (await here.profile()).version == 0
                await here.learns()
                assert await here.live() == {("diet", "vegan")}

    asyncio.run(go())


def test_what_is_forgotten_while_the_model_thinks_stays_so(tmp_path: Path) -> None:
    """A claim that the person had forgotten takes its words with it, so the answer has nothing to rest on."""

    async def go() -> None:
        meanwhile = Meanwhile()
        claims = [{"aspect": "favourites", "value": "jazz", "turn": 1, "quote": "I love jazz"}, {**BOSSA, "turn": 2}]
        with scripted(meanwhile.answer(claims)) as server:
            async with world(tmp_path, server) as here:
                await here.says("I love jazz.", WORDS)
                await meanwhile.begins(here)
                claim = (await here.profile()).claims[0]
                assert claim.value == "jazz"
                assert await here.people.forget_claim(ALICE, claim.id, claim.evidence)
                await meanwhile.ends(here)
                assert await here.live() == {("likes", "bossa nova")}

    asyncio.run(go())


def test_a_pause_while_the_model_thinks_holds(tmp_path: Path) -> None:
    """Nothing is learnt of a paused person, and nobody reads one; afterwards the words are read after all."""

    async def go() -> None:
        meanwhile = Meanwhile()
        with scripted(meanwhile.answer([BOSSA]), said([BOSSA])) as server:
            async with world(tmp_path, server) as here:
                await here.says(WORDS)
                await meanwhile.begins(here)
                assert await here.users.publish(ALICE, edited(await here.profile(), Edit(paused=True), "x", 0.0))
                await meanwhile.ends(here)
                assert await here.live() == set()
                assert await here.policy.learn(Job(2, ALICE, 0)) is None
                assert len(server.asked) == 1
                assert await here.users.publish(ALICE, edited(await here.profile(), Edit(paused=False), "y", 0.0))
                await here.policy.learn(Job(3, ALICE, 0))
                await here.ends()
                assert await here.live() == {("likes", "bossa nova")}

    asyncio.run(go())


def test_what_the_rules_learn_while_the_model_thinks_stays(tmp_path: Path) -> None:
    """The answer goes upon the newest version, and newer words stand against it."""

    async def go() -> None:
        meanwhile = Meanwhile()
        with scripted(meanwhile.answer([BOSSA])) as server:
            async with world(tmp_path, server) as here:
                await here.says(WORDS)
                await meanwhile.begins(here)
                await here.says("I'm vegan.", "I hate bossa nova.")
                await here.learner.caught_up(ALICE)
                await meanwhile.ends(here)
                assert await here.live() == {("diet", "vegan"), ("dislikes", "bossa nova")}
                assert await here.count("total") == 1.0

    asyncio.run(go())


@pytest.mark.parametrize(("counts", "time", "now", "expected"), [
    ({}, 100.0, 130.0, 30.0),
    ({}, 100.0, 160.0, 0.0),
    ({}, 100.0, 1000.0, -840.0),
    ({}, 500.0, 130.0, 0.0),
    ({"model.day": 0.0, "model.calls": 19.0}, 100.0, 160.0, 0.0),
    ({"model.day": 0.0, "model.calls": 20.0}, 100.0, 160.0, DAY - 160.0),
    ({"model.day": 0.0, "model.calls": 20.0}, 100.0, DAY + 160.0, -DAY),
])
def test_when_a_call_is_due(counts: dict[str, float], time: float, now: float, expected: float) -> None:
    """Silence, and the day's budget; a time in the future comes from a wrong clock and holds nothing up."""
    item = Evidence("e", "statement", "a", time=time)
    assert pause(Profile(counts=counts), [item], now, Pace()) == expected
    assert pause(Profile(), [item] * PAGE, 130.0, Pace()) == 0.0


def test_what_is_counted() -> None:
    """Calls by day, failures for good; words that cannot be answered are passed over at the third time."""
    counts = counted({"events": 3.0}, 7, "", 10.0)
    assert counts == {"events": 3.0, "model.read": 7.0, "model.day": 0.0, "model.calls": 1.0, "model.total": 1.0,
                      "model.failed": 0.0, "model.tries": 0.0, "model.last": 10.0}  # fmt: skip
    failed = counted(counted(counts, 9, "unreadable", 20.0), 9, "unreadable", 30.0)
    assert (failed["model.read"], failed["model.calls"], failed["model.failed"], failed["model.tries"]) == (7, 3, 2, 2)
    over = counted(failed, 9, "unreadable", DAY + 1.0)
    assert (over["model.read"], over["model.calls"], over["model.total"], over["model.tries"]) == (9, 1, 4, 0)
    away = counted(failed, 9, "timeout", 40.0)
    assert (away["model.read"], away["model.tries"]) == (7, 2)
