"""The work in the background beside real stores: faults of a verifier, restarts, erasures, and an index in line."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.lancedb import LanceKnowledge
from adapters.memory import MemoryKnowledge
from adapters.ports import Claim, Passage, Profile, Unavailable
from adapters.ports.ledger import Mixing, Move, Shown, Waiting
from policies.write_back import Verifies, WriteBackConfig
from policies.write_back.working import TRIES
from proxy.app import assemble, create_app
from proxy.chain import Chain
from proxy.config import from_dict
from proxy.learner import Learner
from proxy.persons import Persons
from proxy.routing import Backends
from proxy.write_back import align, aligned, mixing, opened, restore, write_backs
from tests.policies.write_back.rule import Fails, Hangs, Stands
from tests.policies.write_back.works import ANN, BEN, LEAVE, PAY, TEXTS, Works, passage, play
from tests.policies.write_back.works import opened as works_in
from tests.proxy.test_tending import Two

QUICK = WriteBackConfig(verify_seconds=0.01, promote="both")


@pytest.mark.parametrize("verifier", [Fails(), Hangs()])
def test_a_verifier_that_cannot(tmp_path: Path, verifier: Verifies) -> None:
    """One that fails or hangs writes nothing: the answer is tried a few times, and then only a code is left."""

    async def story(works: Works) -> None:
        await works.note()
        for tried in range(TRIES):
            assert await works.states() == []
            # What waits is due later; the test takes it at once, as a worker would then.
            await works.database.write(lambda connection: connection.exec_driver_sql("UPDATE candidates SET due = 0"))
            assert await works.backs.work() == 1, tried
        await works.backs.align()
        assert await works.states() == [("rejected", "verifier_failed")]
        assert await works.found() == []
        assert await works.backs.work() == 0
        assert all(not each.answer for each in await works.ledger.entries("acme"))

    play(tmp_path, story, verifier, QUICK)


def test_no_verifier(tmp_path: Path) -> None:
    """Where nothing checks answers, none is accepted."""

    async def story(works: Works) -> None:
        await works.note()
        await works.work()
        assert await works.states() == [("rejected", "no_verifier")]

    play(tmp_path, story, None)


def test_one_that_fails_for_one_answer(tmp_path: Path) -> None:
    """Costs that answer alone."""

    class Picky(Stands):
        async def verify(self, candidate: Any) -> Any:
            if PAY in candidate.answer:
                raise KeyError(candidate.answer)
            return await super().verify(candidate)

    async def story(works: Works) -> None:
        await works.note(answer=f"{PAY} [1]", cites=("/srv/pay.md",))
        await works.note(BEN)
        assert await works.backs.work() == 2
        assert await works.states() == [("quarantine", "accepted")]

    play(tmp_path, story, Picky())


def test_it_runs(tmp_path: Path) -> None:
    """The task checks what comes, and what is approved of comes into the index."""

    async def story(works: Works) -> None:
        works.backs.every = 0.01
        task = asyncio.create_task(works.backs.run())
        exchange = await works.note()
        await works.ledger.judge("acme", exchange, ANN, True)
        async with asyncio.timeout(30):
            while await works.found() != [LEAVE]:
                await asyncio.sleep(0.01)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    play(tmp_path, story)


def test_the_index_is_brought_in_line(tmp_path: Path) -> None:
    """What the ledger does not have as active goes, what it has and the index lacks comes, and nothing of people's
    changes: not even the version of its index."""

    async def story(works: Works) -> None:
        entry = await works.active()
        stray = Passage("wb_0", "acme", "write-back/wb_0", "", "Leave for sixteen weeks, paid.", origin="model")
        await works.written.replace("acme", {stray.source: [stray], entry.source: []}, {})
        before = await works.knowledge.corpus("acme", 1000)
        await align(works.ledger, works.knowledge, works.written, None, "acme")
        assert await works.found() == [LEAVE]
        assert before and await works.knowledge.corpus("acme", 1000) == before

    play(tmp_path, story)


def test_after_sources_changed(tmp_path: Path) -> None:
    """Whoever changes sources withdraws what rested on them at once, also where the last one went."""

    async def story(works: Works) -> None:
        await works.active()
        assert await aligned(works.ledger, works.knowledge, works.written, None, "acme") == 0
        await works.put(leave="", pay="")
        assert await aligned(works.ledger, works.knowledge, works.written, None, "acme") == 1
        assert await works.states() == [("withdrawn", "source_gone")]
        assert await works.found() == []

    play(tmp_path, story)


def test_an_index_made_anew(tmp_path: Path) -> None:
    """Gets what is active and holds there; what does not is withdrawn."""

    async def story(works: Works) -> None:
        await works.active()
        exchange = await works.note(BEN, f"{PAY} [1]", "Is it paid?", cites=("/srv/pay.md",))
        await works.ledger.judge("acme", exchange, BEN, True)
        await works.work()
        assert sorted(await works.found()) == sorted([LEAVE, PAY])
        fresh = MemoryKnowledge()
        kept = passage("/srv/leave.md", TEXTS["/srv/leave.md"])
        await fresh.replace("acme", {kept.source: [kept]}, {})
        for table in Path(works.written.path).glob("*.lance"):  # what cannot be read any more is made anew, too
            shutil.rmtree(table / "_versions")
        await restore(works.ledger, fresh, works.written, None)
        async with works_in(tmp_path, None) as other:  # a table that was open shows it up to a second later
            assert await other.found() == [LEAVE]
        assert [state for state, _ in await works.states()] == ["active", "withdrawn"]

    play(tmp_path, story)


def test_nothing_to_make_anew(tmp_path: Path) -> None:
    """Where models wrote nothing there is no index of it, and none is made."""

    async def story(works: Works) -> None:
        await restore(works.ledger, works.knowledge, works.written, None)
        await restore(None, works.knowledge, works.written, None)
        assert not Path(works.written.path).exists()
        await opened(None, "acme")
        await opened(works.written, "acme")
        assert works.written.terms("acme") is None

    play(tmp_path, story)


def test_it_is_known_for_who_asks_once(tmp_path: Path) -> None:
    """A process that asks once waits until the index was read."""

    async def story(works: Works) -> None:
        await works.active()
        await opened(works.written, "acme")
        terms = works.written.terms("acme")
        assert terms is not None and terms.passages == 1

    play(tmp_path, story)


def test_another_embedder(tmp_path: Path) -> None:
    """The index is made over for it by the work in the background; what was in it stays."""

    async def story(works: Works) -> None:
        await works.active()
        embedder = Two()
        other = LanceKnowledge(works.written.path, embedder.name, embedder.dimensions)
        await replace(works.backs, written=other, indexer=embedder).renew()
        (hit,) = await other.search("acme", "leave", [0.0, 1.0], 5)
        assert (hit.passage.text, hit.similarity) == (LEAVE, pytest.approx(1.0, abs=0.01))
        await other.close()

    play(tmp_path, story)


def persons(works: Works, written: Any) -> Persons:
    adapters = works.backs.working.adapters
    learner = Learner(Chain([]), adapters.users, adapters.outbox)
    return Persons(learner, adapters.users, adapters.people, adapters.sessions, Backends(()), {}, written,
                   adapters.ledger)  # fmt: skip


def test_erasure(tmp_path: Path) -> None:
    """With a person go their answers that wait, what became of others, and their passages in the index."""

    async def story(works: Works) -> None:
        await works.active()
        exchange = await works.note(BEN, f"{PAY} [1]", "Is it paid?", cites=("/srv/pay.md",))
        await works.ledger.judge("acme", exchange, BEN, True)
        await works.work()
        await works.note(ANN, "Ask before you go. [1]", "And before?")
        gone, _ = await persons(works, works.written).forget(ANN)
        assert (gone["candidates"], gone["written"]) == (1, 1)
        assert await works.found() == [PAY]
        await works.work()
        assert await works.states() == [("active", "approved")]
        assert await works.found() == [PAY]

    play(tmp_path, story)


class Away:
    """An index that is away for whoever writes to it."""

    def __init__(self, index: Any) -> None:
        self.index = index

    async def sources(self, tenant: str) -> Any:
        return await self.index.sources(tenant)

    async def replace(self, *given: Any) -> int:
        raise Unavailable("away")


def test_erasure_while_the_index_is_away(tmp_path: Path) -> None:
    """It goes through; the passages leave when the index is back, also in another process."""

    async def story(works: Works) -> None:
        await works.active()
        gone, _ = await persons(works, Away(works.written)).forget(ANN)
        assert gone["written"] == 1
        assert await works.states() == []
        assert await works.found() == [LEAVE]
        async with works_in(tmp_path, Stands()) as other:
            await other.work()
            assert await other.ledger.owed() == {}
            assert await other.found() == []

    play(tmp_path, story)


def test_a_forgotten_claim(tmp_path: Path) -> None:
    """Takes what names it out of the index at once, and nothing else; nothing is owed then."""

    async def story(works: Works) -> None:
        await works.active()
        exchange = await works.note(BEN, f"{PAY} [1]", "Is it paid?", cites=("/srv/pay.md",))
        await works.ledger.judge("acme", exchange, BEN, True)
        await works.work()
        await works.users.publish(ANN, Profile(version=1, claims=(Claim("c1", "x", "sixteen weeks"),)))
        assert not await persons(works, works.written).forget_claim(ANN, "c2")
        assert await persons(works, works.written).forget_claim(ANN, "c1")
        assert await works.found() == [PAY]
        assert await works.ledger.owed() == {}

    play(tmp_path, story)


def test_erased_while_it_is_checked(tmp_path: Path) -> None:
    """What is decided after an erasure leaves nothing."""
    works_of: list[Works] = []

    class Erases(Stands):
        async def verify(self, candidate: Any) -> Any:
            await works_of[0].people.forget(ANN)
            return await super().verify(candidate)

    async def story(works: Works) -> None:
        works_of.append(works)
        await works.note()
        await works.work()
        assert await works.states(None) == []
        assert await works.found() == []

    play(tmp_path, story, Erases())


def test_erased_while_it_is_written(tmp_path: Path) -> None:
    """A passage that comes into the index while its person is erased does not stay there."""

    async def story(works: Works) -> None:
        entry = await works.active()
        await works.written.replace("acme", {entry.source: []}, {})

        class Slow:
            """The index, whose person is erased while it is written to."""

            async def sources(self, tenant: str) -> Any:
                return await works.written.sources(tenant)

            async def renew(self, make: Any) -> int:
                await works.people.forget(ANN)
                return 0

            async def replace(self, *given: Any) -> int:
                return await works.written.replace(*given)

        slow: Any = Slow()
        await align(works.ledger, works.knowledge, slow, None, "acme")
        assert await works.found() == []

    play(tmp_path, story)


def test_two_at_once(tmp_path: Path) -> None:
    """Another process that moves an entry, and one that looks after them, do not undo each other."""

    async def story(works: Works) -> None:
        entry = await works.active()
        async with works_in(tmp_path, Stands()) as other:
            await other.ledger.move([Move(entry.id, "active", "rejected", "by_hand")])
            await align(other.ledger, other.knowledge, other.written, None, "acme")
        await works.work()
        assert await works.states() == [("rejected", "by_hand")]
        async with works_in(tmp_path, Stands()) as third:
            assert await third.found() == []

    play(tmp_path, story)


def test_the_chain_says_how_it_is_mixed(tmp_path: Path) -> None:
    """Without the policy nothing that models wrote is searched or worked on, but erased; by default it is not there."""
    default = from_dict({}, tmp_path)
    assert mixing(default.policies) == Mixing(0.0, 0.2)
    chosen = from_dict({"policies": [{"kind": "write_back", "share": 0.5, "penalty": 0.1}]}, tmp_path)
    assert mixing(chosen.policies) == Mixing(0.5, 0.1)
    for settings, number in ((default, 0), (chosen, 1)):
        rapport = assemble(settings)
        assert rapport.adapters.mixing == mixing(settings.policies)
        assert (rapport.adapters.written is rapport.written) == (number == 1)
        # Of who is erased goes also what no policy shows any more.
        assert rapport.persons().written is rapport.written
        assert len(write_backs(settings.policies, rapport.adapters, rapport.library, rapport.written,
                               rapport.indexer)) == number
        asyncio.run(rapport.close())


def test_in_the_application(tmp_path: Path) -> None:
    """The application works on what waits when it starts."""
    settings = from_dict({"embedder": {"kind": "full_text_only"}, "policies": [{"kind": "write_back"}]}, tmp_path)

    async def main() -> None:
        rapport = assemble(settings)
        assert rapport.adapters.candidates is not None and rapport.adapters.ledger is not None
        waiting = Waiting("ex_1", "acme", "How long?", "So long [1].", (Shown(1, "/srv/a.md", "p", "d"),))
        assert await rapport.adapters.candidates.note(waiting, 9)
        async with create_app(settings).lifespan(), asyncio.timeout(30):
            while not (found := await rapport.adapters.ledger.entries("acme")):
                await asyncio.sleep(0.01)
        assert [each.state for each in found] == ["rejected"]
        await rapport.close()

    asyncio.run(main())
