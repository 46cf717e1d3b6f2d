"""Background work is done at least once, and a fault only delays it."""

import asyncio

import pytest

from adapters.memory import MemoryPeople
from adapters.ports import Evidence, Job, Person, Unavailable, User
from policies.base import Policy, PolicyConfig
from proxy.chain import Chain
from proxy.learner import Learner

ALICE, BOB = User("u_" + "a" * 32), User("u_" + "b" * 32)


class Config(PolicyConfig):
    kind: str = "test"


class Learns(Policy):
    """Notes whom it learnt of; fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.seen: list[str] = []
        self.failures = failures

    async def learn(self, job: Job) -> None:
        if self.failures:
            self.failures -= 1
            raise ValueError
        self.seen.append(job.user.id[2])


async def two_people() -> MemoryPeople:
    people = MemoryPeople()
    for user in (ALICE, BOB):
        await people.append(user, [Evidence("e1", "statement", "I'm vegan", digest="d1")])
    return people


def test_every_person_with_news_is_learnt_of() -> None:
    """One job per person, and none left when it is done."""

    async def go() -> list[int]:
        people, policy = await two_people(), Learns()
        learner = Learner(Chain([(Config(), policy)]), people, people)
        done = [await learner.work(), await learner.work()]
        assert sorted(policy.seen) == ["a", "b"]
        return done

    assert asyncio.run(go()) == [2, 0]


def test_a_failed_job_comes_back_later() -> None:
    """A fault keeps the job, delayed, and does not keep the next person waiting."""

    async def go() -> None:
        people, policy = await two_people(), Learns(failures=1)
        learner = Learner(Chain([(Config(), policy)]), people, people)
        assert await learner.work() == 2
        assert len(policy.seen) == 1
        assert await learner.work() == 0
        await asyncio.sleep(2.1)
        assert await learner.work() == 1
        assert sorted(policy.seen) == ["a", "b"]

    asyncio.run(go())


class Later(Policy):
    """Wants its first jobs again after these seconds, or whatever else it returns."""

    def __init__(self, *again: object) -> None:
        self.again = list(again)
        self.calls = 0

    async def learn(self, job: Job) -> float | None:
        self.calls += 1
        return self.again.pop(0) if self.again else None  # type: ignore[return-value]


class LaterInAThread(Later):
    """The same, written as a plain function."""

    def learn(self, job: Job) -> float | None:  # type: ignore[override]
        self.calls += 1
        return self.again.pop(0) if self.again else None  # type: ignore[return-value]


@pytest.mark.parametrize("kind", [Later, LaterInAThread])
def test_a_job_comes_again_when_it_was_asked_for(kind: type[Later]) -> None:
    """The soonest delay that a policy returns keeps the job open until then, and news do not wait for it."""

    async def go() -> None:
        people, policy, other = MemoryPeople(), kind(0.3, 60.0), Later(5.0)
        learner = Learner(Chain([(Config(), policy), (Config(), other)]), people, people)
        await people.append(ALICE, [Evidence("e1", "statement", "I'm vegan", digest="d1")])
        # Nothing folds here, so the watermark of the job stands for what was there when it began.
        assert (await learner.work(), await learner.work(), policy.calls) == (1, 0, 1)
        await asyncio.sleep(0.35)
        assert (await learner.work(), await learner.work(), policy.calls) == (1, 0, 2)
        await people.append(ALICE, [Evidence("e2", "statement", "I love jazz", digest="d2")])
        assert (await learner.work(), await learner.work(), policy.calls) == (1, 0, 3)
        assert await people.claim(10, 60) == []

    asyncio.run(go())


@pytest.mark.parametrize("again", [-1.0, float("nan"), float("inf"), True, "soon", 1e12])
def test_a_delay_that_is_none_is_no_delay(again: object) -> None:
    """What a plug-in returns beside a number of seconds finishes the job."""

    async def go() -> None:
        people = MemoryPeople()
        await people.append(ALICE, [Evidence("e1", "statement", "I'm vegan", digest="d1")])
        await Learner(Chain([(Config(), Later(again))]), people, people).work()
        assert (await people.forget(ALICE)).erased["jobs"] == 0

    asyncio.run(go())


class Damaged(MemoryPeople):
    """A store in which Alice cannot be read."""

    async def load(self, user: User) -> Person:
        if user == ALICE:
            raise Unavailable("A kept profile is damaged.")
        return await super().load(user)


def test_a_person_who_cannot_be_read_keeps_nobody_waiting() -> None:
    """The job of a damaged person is put off, and everybody else's is done in the same round."""

    async def go() -> None:
        people, policy = Damaged(), Learns()
        for user in (ALICE, BOB):
            await people.append(user, [Evidence("e1", "statement", "I'm vegan", digest="d1")])
        assert await Learner(Chain([(Config(), policy)]), people, people).work() == 2
        assert policy.seen == ["b"]
        assert await people.claim(10, 60) == []

    asyncio.run(go())
