"""What models wrote, in the people's file: answers that wait, entries, and what happened to them; on real SQLite."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from adapters.ports import Claim, Evidence, Profile, User
from adapters.ports.ledger import Entry, Move, Shown, State, Waiting, named
from adapters.sql import Database, SqlCandidates, SqlLedger, SqlPeople, SqlUsers

pytestmark = pytest.mark.anyio

ANN, BEN = User("u_" + "a" * 32, "acme"), User("u_" + "b" * 32, "acme")
SHOWN = (Shown(1, "/srv/a.md", "p1", "d1"), Shown(3, "/srv/b.md", "p2", "d2", False))
LEASE = 60.0


@dataclass
class Store:
    """The ports over one file."""

    database: Database
    candidates: SqlCandidates
    ledger: SqlLedger
    people: SqlPeople
    users: SqlUsers


def opened(path: Path) -> Store:
    database = Database(f"sqlite:///{path}")
    return Store(database, SqlCandidates(database), SqlLedger(database), SqlPeople(database), SqlUsers(database))


@pytest.fixture
def anyio_backend() -> str:
    """The event loop that the product runs on."""
    return "asyncio"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A new file."""
    made = opened(tmp_path / "people.db")
    yield made
    await made.database.close()


def waiting(number: int = 1, user: User | None = ANN, tenant: str = "acme") -> Waiting:
    question, answer = f"How long, {number}?", f"Two years, {number} [1][3]."
    return Waiting(f"ex_{number}", tenant, question, answer, SHOWN, f"talk {number}", 1000.0 + number, user,
                   f"approval of {number}", disapproval=f"correction of {number}")  # fmt: skip


def entry(number: int = 1, state: State = "quarantine", tenant: str = "acme") -> Entry:
    text = "" if state == "rejected" else f"Two years, {number}."
    return Entry(f"wb_{number}", tenant, state, "accepted", text and "How long?", text, text and "Warranty",
                 (("/srv/a.md", "d1"),), text and f"ex_{number}", f"talk {number}", None, f"approval of {number}",
                 1000.0 + number, 1000.0 + number, f"correction of {number}")  # fmt: skip


async def entered(store: Store, number: int = 1, user: User | None = ANN, state: State = "quarantine",
                  tenant: str = "acme") -> None:  # fmt: skip
    """An entry that came the whole way."""
    assert await store.candidates.note(waiting(number, user, tenant), 99)
    (taken,) = await store.candidates.claim(9, LEASE)
    assert await store.candidates.settle(taken, entry(number, state, tenant))


async def states(store: Store, tenant: str | None = "acme") -> dict[str, str]:
    return {each.id: each.state for each in await store.ledger.entries(tenant)}


async def test_what_waits_comes_back_whole(store: Store) -> None:
    """All of an answer that was noted is handed out, once while its lease runs."""
    assert await store.candidates.note(waiting(1), 9)
    assert await store.candidates.note(waiting(2, None), 9)
    assert list(await store.candidates.claim(9, LEASE)) == [waiting(1), waiting(2, None)]
    assert list(await store.candidates.claim(9, LEASE)) == []


async def test_it_outlives_the_process(store: Store, tmp_path: Path) -> None:
    """What was noted, and what was leased by a process that is gone, is handed out by another; it counts as tried."""
    await store.candidates.note(waiting(1), 9)
    await store.database.close()
    again = opened(tmp_path / "people.db")
    (taken,) = await again.candidates.claim(9, 0.0)
    assert taken == waiting(1)
    await again.database.close()
    third = opened(tmp_path / "people.db")
    (late,) = await third.candidates.claim(9, LEASE)
    assert late.tries == 1
    assert not await third.candidates.settle(taken, entry(1))
    assert await third.candidates.settle(late, entry(1))
    assert not await third.candidates.settle(late, entry(1))
    assert await states(third) == {"wb_1": "quarantine"}
    assert len(await third.ledger.events("acme")) == 1
    await third.database.close()


async def test_noted_once(store: Store) -> None:
    """The same exchange noted twice waits once."""
    assert await store.candidates.note(waiting(1), 9)
    assert await store.candidates.note(waiting(1), 9)
    assert len(await store.candidates.claim(9, LEASE)) == 1


async def test_so_many_wait_at_most(store: Store) -> None:
    """Beyond the bound nothing of that tenant is kept; others have their own."""
    assert [await store.candidates.note(waiting(number), 2) for number in range(3)] == [True, True, False]
    assert await store.candidates.note(waiting(9, None, "other"), 2)
    assert len(await store.candidates.claim(9, LEASE)) == 3


async def test_whoever_waits_is_woken(store: Store) -> None:
    """A note wakes the worker at once."""
    waits = asyncio.ensure_future(store.candidates.wait(60))
    await asyncio.sleep(0)
    await store.candidates.note(waiting(1), 9)
    await asyncio.wait_for(waits, 5)


async def test_who_waits_can_be_stopped(store: Store) -> None:
    """Also at the very moment that something is noted: else a server would never end."""
    waits = asyncio.ensure_future(store.candidates.wait(60))
    await asyncio.sleep(0)
    store.candidates._bell.ring()
    waits.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waits


async def test_a_check_that_failed_comes_again(store: Store) -> None:
    """Given back it is due after the delay, and counts as tried."""
    await store.candidates.note(waiting(1), 9)
    (taken,) = await store.candidates.claim(9, LEASE)
    await store.candidates.retry(taken, 60.0)
    assert list(await store.candidates.claim(9, LEASE)) == []
    await store.candidates.note(waiting(2), 9)
    (other,) = await store.candidates.claim(9, LEASE)
    await store.candidates.retry(other, 0.0)
    assert (await store.candidates.claim(9, LEASE))[0].tries == 1


async def test_an_entry_comes_back_whole(store: Store) -> None:
    """With whom it was given to; and how it began is its first event."""
    await entered(store)
    assert list(await store.ledger.entries("acme")) == [replace(entry(), person=ANN.id)]
    assert [tuple(each) for each in await store.ledger.events("acme")] == [
        ("wb_1", 1001.0, "accepted", None, "quarantine")]  # fmt: skip


async def test_moves(store: Store) -> None:
    """A change is made where the state is the one that it starts from, and written down; others are not."""
    await entered(store)
    wrong = [Move("wb_1", "active", "rejected", "x"), Move("wb_9", "active", "rejected", "x")]
    assert await store.ledger.move(wrong) == 0
    assert await store.ledger.move([Move("wb_1", "quarantine", "active", "second")]) == 1
    assert await store.ledger.move([Move("wb_1", "quarantine", "active", "second")]) == 0
    assert [(each.code, each.before, each.after) for each in await store.ledger.events("acme")] == [
        ("accepted", None, "quarantine"), ("second", "quarantine", "active")]  # fmt: skip
    (found,) = await store.ledger.entries("acme", ("active",))
    assert found.reason == "second"
    assert found.changed == pytest.approx(time.time(), abs=60)
    assert [each.code for each in await store.ledger.events("acme", since=1002.0)] == ["second"]
    assert [each.code for each in await store.ledger.events("acme", of=["wb_1"])] == ["accepted", "second"]
    assert await store.ledger.events("acme", of=["wb_2"]) == []


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        (("active", "rejected"), True), (("rejected",), False), (("expired",), False), (("active", "withdrawn"), True),
        (("active", "rolled_back", "expired"), False),
    ],
)  # fmt: skip
async def test_texts_go(store: Store, path: tuple[State, ...], kept: bool) -> None:
    """What expires or is rejected before it was ever found loses its texts; what may come back keeps them."""
    await entered(store)
    before: State = "quarantine"
    for after in path:
        assert await store.ledger.move([Move("wb_1", before, after, "x")]) == 1
        before = after
    (found,) = await store.ledger.entries("acme")
    texts = ("How long?", "Two years, 1.", "Warranty") if kept else ("", "", "")
    assert (found.question, found.answer, found.title) == texts


async def test_a_second_answer_moves_the_first(store: Store) -> None:
    """An answer can be settled by moving another entry, in the same transaction."""
    await entered(store)
    await store.candidates.note(waiting(2, BEN), 9)
    (taken,) = await store.candidates.claim(9, LEASE)
    assert await store.candidates.settle(taken, None, [Move("wb_1", "quarantine", "active", "second")])
    assert await states(store) == {"wb_1": "active"}


async def test_tenants_are_apart(store: Store) -> None:
    """Entries, events and approvals are those of the tenant that is named."""
    await entered(store, 1)
    await entered(store, 2, None, tenant="other")
    assert await states(store) == {"wb_1": "quarantine"}
    assert await states(store, "other") == {"wb_2": "quarantine"}
    assert set(await states(store, None)) == {"wb_1", "wb_2"}
    assert [each.entry for each in await store.ledger.events("other")] == ["wb_2"]
    assert not await store.ledger.judge("other", "ex_1", ANN, True)
    assert list(await store.ledger.approved()) == []


async def test_approved_by_feedback(store: Store) -> None:
    """Also while the answer still waits; of what is not in quarantine nothing is told."""
    await store.candidates.note(waiting(1), 9)
    assert await store.ledger.judge("acme", "ex_1", ANN, True)
    (taken,) = await store.candidates.claim(9, LEASE)
    await store.candidates.settle(taken, entry(1))
    await entered(store, 2)
    assert list(await store.ledger.approved()) == ["wb_1"]
    assert await store.ledger.judge("acme", "ex_2", ANN, True)
    assert list(await store.ledger.approved()) == ["wb_1", "wb_2"]
    await store.ledger.move([Move("wb_1", "quarantine", "active", "approved")])
    assert list(await store.ledger.approved()) == ["wb_2"]
    assert not await store.ledger.judge("acme", "ex_none", ANN, True)


async def test_approved_in_the_chat(store: Store) -> None:
    """The event of the person it was given to counts, and nobody else's."""
    await entered(store)
    await store.users.append(BEN, [Evidence("approval of 1", "accepted", "")])
    assert list(await store.ledger.approved()) == []
    await store.users.append(ANN, [Evidence("approval of 1", "accepted", "")])
    assert list(await store.ledger.approved()) == ["wb_1"]


@pytest.mark.parametrize(("user", "own"), [(ANN, True), (BEN, False), (User("u_none", "acme"), False), (None, False)])
@pytest.mark.parametrize("good", [True, False])
async def test_whose_word_counts(store: Store, user: User | None, own: bool, good: bool) -> None:
    """That of the person whom the answer was given to, and nobody else's, while it waits and later."""
    await entered(store, 1)
    await store.candidates.note(waiting(2), 9)
    for exchange in ("ex_1", "ex_2"):
        assert await store.ledger.judge("acme", exchange, user, good) is own
    assert list(await store.ledger.approved()) == (["wb_1"] if own and good else [])
    assert (await states(store))["wb_1"] == ("rejected" if own and not good else "quarantine")


async def test_nobodys_answers(store: Store) -> None:
    """Nobody's are judged in nobody's name alone."""
    await entered(store, 1, None)
    assert not await store.ledger.judge("acme", "ex_1", ANN, True)
    assert await store.ledger.judge("acme", "ex_1", None, True)
    assert list(await store.ledger.approved()) == ["wb_1"]


async def test_disapproved(store: Store) -> None:
    """What waits is settled as rejected, whoever checks it just now; what is found is found no more; twice is once."""
    await entered(store, 1)
    await store.ledger.move([Move("wb_1", "quarantine", "active", "approved")])
    await store.candidates.note(waiting(2), 9)
    (taken,) = await store.candidates.claim(9, LEASE)
    for exchange in ("ex_1", "ex_2"):
        assert await store.ledger.judge("acme", exchange, ANN, False)
        assert not await store.ledger.judge("acme", exchange, ANN, False)
    assert not await store.candidates.settle(taken, entry(2))
    assert {(each.state, each.reason) for each in await store.ledger.entries("acme")} == {("rejected", "disapproved")}
    assert named("acme", "ex_2") in await states(store)


async def test_corrected_in_the_chat(store: Store) -> None:
    """The event of the person it was given to counts, and nobody else's."""
    await entered(store)
    for user, found in ((BEN, []), (ANN, ["wb_1"])):
        await store.users.append(user, [Evidence("correction of 1", "rating", "")])
        assert list(await store.ledger.disapproved()) == found


async def test_purge(store: Store) -> None:
    """What was rejected is forgotten after a short time; what ended, and what was rejected by hand, after a long one;
    what waits or serves is not."""
    await entered(store, 1, state="rejected")
    for number, after, code in ((2, "rejected", "by_hand"), (3, "withdrawn", "x"), (4, "active", "x")):
        await entered(store, number)
        await store.ledger.move([Move(f"wb_{number}", "quarantine", after, code)])  # type: ignore[arg-type]
    assert await store.ledger.purge(1001.0, 1001.0) == 0
    assert await store.ledger.purge(time.time() + 1, 0.0) == 1
    assert await states(store) == {"wb_2": "rejected", "wb_3": "withdrawn", "wb_4": "active"}
    assert {each.entry for each in await store.ledger.events("acme")} == {"wb_2", "wb_3", "wb_4"}
    assert await store.ledger.purge(0.0, time.time() + 1) == 2
    assert await states(store) == {"wb_4": "active"}


async def test_what_an_operator_rejects_keeps_its_text(store: Store) -> None:
    """So that the same can be told when it comes again."""
    await entered(store)
    await store.ledger.move([Move("wb_1", "quarantine", "rejected", "by_hand")])
    (found,) = await store.ledger.entries("acme", ("rejected",), ("by_hand",))
    assert found.answer == "Two years, 1."
    assert await store.ledger.entries("acme", ("rejected",), ("known",)) == []


async def test_tenants_and_counts(store: Store) -> None:
    """Who has entries in a state; and how many were accepted since then, whatever became of them."""
    await entered(store, 1)
    await entered(store, 2, state="rejected")
    await entered(store, 3, None, tenant="other")
    await store.ledger.move([Move("wb_1", "quarantine", "expired", "time_over")])
    assert set(await store.ledger.tenants()) == {"acme", "other"}
    assert await store.ledger.tenants(("quarantine",)) == ["other"]
    assert [await store.ledger.accepted("acme", since) for since in (1000.0, 1001.0, 1002.0)] == [1, 1, 0]


async def test_what_must_leave_the_index(store: Store) -> None:
    """An erasure of somebody who had entries owes that, until it is paid for the last one of them."""
    await entered(store, 1)
    await store.people.forget(BEN)
    assert await store.ledger.owed() == {}
    await store.people.forget(ANN)
    first = (await store.ledger.owed())["acme"]
    await entered(store, 2)
    await store.people.forget(ANN)
    await store.ledger.paid("acme", first)
    await store.ledger.paid("acme", (await store.ledger.owed())["acme"])
    assert await store.ledger.owed() == {}


async def test_many_rows_are_not_felt(store: Store) -> None:
    """Each question that the background asks again and again is answered from an index, whatever lies beside."""
    await entered(store, 1)
    plans = (
        ("SELECT count(*) FROM written WHERE written.exchange <> '' AND tenant = 'a' AND created >= 1",
         "written_accepted"),
        ("SELECT id FROM written WHERE state = 'rejected' AND reason != 'by_hand' AND changed < 1 OR "
         "state IN ('expired', 'withdrawn') AND changed < 1", "written_changed"),
        ("SELECT id FROM written WHERE tenant = 'a' AND state IN ('rejected') AND reason IN ('by_hand')",
         "written_reason"),
        ("SELECT entry FROM happened WHERE time >= 1", "happened_time"),
    )  # fmt: skip
    for asked, index in plans:
        explain = f"EXPLAIN QUERY PLAN {asked}"
        plan = str(await store.database.query(lambda at, of=explain: at.exec_driver_sql(of).all()))
        assert index in plan and "SCAN" not in plan, plan


async def test_erasure(store: Store, tmp_path: Path) -> None:
    """A person's answers that wait, what became of others, and what happened to that go, from the bytes of the file,
    too; others' stay. What is settled later comes to nothing."""
    await entered(store, 1)
    await entered(store, 2, BEN)
    await store.candidates.note(waiting(3), 9)
    (taken,) = await store.candidates.claim(9, LEASE)
    gone = await store.people.forget(ANN)
    assert (gone.erased["candidates"], gone.erased["written"], gone.written) == (1, 1, ("wb_1",))
    assert await states(store) == {"wb_2": "quarantine"}
    assert {each.entry for each in await store.ledger.events("acme")} == {"wb_2"}
    assert not await store.candidates.settle(taken, entry(3))
    await store.database.close()
    data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Two years, 1" not in data and b"Two years, 3" not in data and b"wb_1" not in data
    assert b"Two years, 2" in data


async def test_an_erased_person_leaves_nothing(store: Store) -> None:
    """What began before an erasure and is noted after it is not kept."""
    await store.users.append(ANN, [Evidence("e1", "statement", "I am Ann.")])
    known = replace(ANN, known=await store.users.load(ANN))
    await store.people.forget(ANN)
    assert not await store.candidates.note(waiting(1, known), 9)
    assert list(await store.candidates.claim(9, LEASE)) == []
    assert not await store.people.list("acme")


async def test_export(store: Store) -> None:
    """A person sees what waits and what became of it, and nothing of others."""
    await entered(store, 1)
    await entered(store, 2, BEN)
    await store.candidates.note(waiting(3), 9)
    shown = await store.people.export(ANN)
    assert [(each["id"], each["question"]) for each in shown["candidates"]] == [("ex_3", "How long, 3?")]
    assert [(each["id"], each["state"], each["roots"]) for each in shown["written"]] == [
        ("wb_1", "quarantine", ["/srv/a.md"])]  # fmt: skip
    assert [(await store.people.export(User("u_none", "acme")))[name] for name in ("candidates", "written")] == [[], []]


async def test_a_forgotten_claim(store: Store) -> None:
    """With a claim go the person's answers and entries that name it, and no others."""
    await entered(store, 1)
    await entered(store, 2)
    await store.candidates.note(waiting(3), 9)
    await store.candidates.note(waiting(4), 9)
    claim = Claim("c1", "x", "years, 1", evidence=("e1",))
    await store.users.append(ANN, [Evidence("e1", "statement", "x")])
    await store.users.publish(ANN, Profile(version=1, claims=(claim, Claim("c2", "x", "long, 3"))))
    gone = await store.people.forget_claim(ANN, "c1", ["e1"])
    assert gone is not None and gone.written == ("wb_1",)
    assert list(await store.ledger.owed()) == ["acme"]
    assert await states(store) == {"wb_2": "quarantine"}
    assert await store.people.forget_claim(ANN, "c2", [])
    assert [each.id for each in await store.candidates.claim(9, LEASE)] == ["ex_4"]


async def test_odd_texts(store: Store) -> None:
    """Texts that a store cannot take as they are cost nothing but the odd characters."""
    shown = (Shown(1, "a\ud800", "p", "d"),)
    odd = replace(waiting(1), question="why\x00\ud800?", answer="\ud83d\ude00 so", shown=shown)
    assert await store.candidates.note(odd, 9)
    (taken,) = await store.candidates.claim(9, LEASE)
    assert (taken.question, taken.answer, taken.shown[0].source) == ("why��?", "\U0001f600 so", "a�")
