"""UserStore, Outbox, People and Keys: one table of behaviour over every adapter that keeps people."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import pytest

from adapters.memory import MemoryKeys, MemoryPeople
from adapters.memory.kept import pack, unpack
from adapters.ports import (
    AdapterError,
    Claim,
    Election,
    Evidence,
    EvidenceKind,
    Key,
    Lens,
    Outbox,
    Peers,
    People,
    Person,
    Profile,
    User,
    UserStore,
)
from adapters.ports import Keys as KeysPort
from adapters.sql import Database, SqlKeys, SqlOutbox, SqlPeople, SqlUsers

pytestmark = pytest.mark.anyio

ANN = User("u_" + "a" * 32)
BEN = User("u_" + "b" * 32)
NOTHING: dict[str, Any] = {
    "evidence": [], "profile": None, "versions": [], "responses": [], "candidates": [], "written": [],
}  # fmt: skip


@dataclass
class Store:
    """The four ports over one adapter."""

    users: UserStore
    outbox: Outbox
    people: People
    peers: Peers
    keys: KeysPort


@pytest.fixture
def anyio_backend() -> str:
    """The event loop that the product runs on."""
    return "asyncio"


@pytest.fixture(params=["memory", "sql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Every adapter that keeps people, empty."""
    if request.param == "memory":
        memory = MemoryPeople()
        yield Store(memory, memory, memory, memory, MemoryKeys())
        return
    database = Database(f"sqlite:///{tmp_path}/data/people.db")
    people = SqlPeople(database)
    yield Store(SqlUsers(database), SqlOutbox(database), people, people, SqlKeys(database))
    await database.close()


def said(event: str, **fields: Any) -> Evidence:
    """A statement with this event id."""
    return Evidence(event, fields.pop("kind", "statement"), fields.pop("text", f"text of {event}"), **fields)


def claims(*values: str) -> tuple[Claim, ...]:
    """Claims of one aspect with these values."""
    return tuple(Claim(f"c{number}", "tone", value) for number, value in enumerate(values))


async def test_a_person_nobody_knows_is_empty(store: Store) -> None:
    """A person without history has an empty profile and no pending evidence."""
    assert await store.users.load(ANN) == Person()
    assert list(await store.people.list()) == []
    assert await store.users.append(ANN, []) == 0
    assert await store.outbox.claim(10, 60) == []


async def test_evidence_comes_back_in_order(store: Store) -> None:
    """Appended evidence is pending, oldest first, whole, under a rising seq."""
    item = Evidence("e1", "edit", "mine", "self", "the draft", "d1", True, 12.5, 3, place="work")
    assert await store.users.append(ANN, [item, said("e2", author="quoted")]) == 2
    assert await store.users.append(ANN, [said("e3")]) == 1
    pending = (await store.users.load(ANN)).pending
    assert [known.event for known in pending] == ["e1", "e2", "e3"]
    assert [known.seq for known in pending] == sorted({known.seq for known in pending})
    first = pending[0]
    assert (first.kind, first.text, first.author, first.context) == ("edit", "mine", "self", "the draft")
    assert (first.digest, first.fresh, first.time, first.profile_version) == ("d1", True, 12.5, 3)
    assert [known.place for known in pending] == ["work", "", ""]


async def test_an_event_is_kept_once(store: Store) -> None:
    """The same event sent again, in one call or in a later one, adds nothing, and the first text stays."""
    assert await store.users.append(ANN, [said("e1", text="first"), said("e1", text="second")]) == 1
    assert await store.users.append(ANN, [said("e1", text="third")]) == 0
    assert [known.text for known in (await store.users.load(ANN)).pending] == ["first"]
    assert await store.users.append(BEN, [said("e1")]) == 1


async def test_200_at_once_keep_one(store: Store) -> None:
    """200 concurrent appends of one event leave one row, and exactly one of them is told so."""
    counts = await asyncio.gather(*(store.users.append(ANN, [said("e1")]) for _ in range(200)))
    assert sum(counts) == 1
    assert len((await store.users.load(ANN)).pending) == 1


@pytest.mark.parametrize(
    ("item", "kept"),
    [
        (said("new", digest="d1", fresh=False), 0),
        (said("new", digest="d2", fresh=False), 1),
        (said("new", digest="d1", fresh=True), 1),
        (said("new", digest="", fresh=False), 1),
        (said("old", digest="", fresh=False), 0),
    ],
)
async def test_history_is_told_by_its_digest(store: Store, item: Evidence, kept: int) -> None:
    """A turn that came as history is kept only where no event of the person has its digest; without one, by its id."""
    await store.users.append(ANN, [said("old", digest="d1"), said("bare")])
    await store.users.append(BEN, [said("other", digest="d2")])
    assert await store.users.append(ANN, [item]) == kept


async def test_history_repeated_in_one_call(store: Store) -> None:
    """Two turns of history with one digest in one call are one event."""
    assert await store.users.append(ANN, [said(e, digest="d", fresh=False) for e in ("e1", "e2")]) == 1


async def test_history_left_out_may_be_said_anew(store: Store) -> None:
    """A turn that was left out as history is kept when the same event is then said in this very request."""
    await store.users.append(ANN, [said("e1", digest="d")])
    assert await store.users.append(ANN, [said("e2", digest="d", fresh=False)]) == 0
    assert await store.users.append(ANN, [said("e2", digest="d")]) == 1


async def test_tenants_do_not_meet(store: Store) -> None:
    """The same id under another tenant is another person."""
    other = User(ANN.id, "other")
    await store.users.append(ANN, [said("e1")])
    assert await store.users.load(other) == Person()
    assert (await store.people.forget(other)).erased["evidence"] == 0
    assert len((await store.users.load(ANN)).pending) == 1


async def test_pending_is_bounded_to_the_oldest(store: Store) -> None:
    """Of more than 64 pending events the oldest 64 are read, so that none is skipped in learning."""
    await store.users.append(ANN, [said(f"e{number}") for number in range(230)])
    pending = (await store.users.load(ANN)).pending
    assert [known.event for known in pending] == [f"e{number}" for number in range(64)]


async def test_events_are_read_again_from_anywhere(store: Store) -> None:
    """Events beyond a seq come back whole and in order, also those that are learnt; none of others, none erased."""
    assert await store.users.since(ANN, 0, 10) == []
    await store.users.append(ANN, [said("e1", time=2.5), said("e2"), said("e3")])
    await store.users.append(BEN, [said("other")])
    pending = (await store.users.load(ANN)).pending
    assert await store.users.publish(ANN, Profile(version=1, watermark=pending[-1].seq))
    assert tuple(await store.users.since(ANN, 0, 10)) == pending
    assert [item.event for item in await store.users.since(ANN, pending[0].seq, 1)] == ["e2"]
    assert await store.users.since(ANN, pending[-1].seq, 10) == []
    await store.people.forget(ANN)
    assert await store.users.since(ANN, 0, 10) == []
    assert len(await store.users.since(BEN, 0, 10)) == 1


async def test_a_job_for_later_waits(store: Store) -> None:
    """It is another job, due after its delay and tried never; whoever still holds the old one changes nothing."""
    await store.users.append(ANN, [said("e1")])
    watermark = (await store.users.load(ANN)).pending[-1].seq
    job = (await store.outbox.claim(10, 60))[0]
    await store.outbox.later(job, watermark, 0.2)
    assert await store.outbox.claim(10, 60) == []
    await store.outbox.done(job, watermark)
    await store.outbox.later(job, watermark, 0.0)
    assert await store.outbox.claim(10, 60) == []
    await asyncio.sleep(0.25)
    again = (await store.outbox.claim(10, 60))[0]
    assert again.user == ANN and again.tries == 0 and again.id != job.id
    await store.outbox.done(again, watermark)
    assert await store.outbox.claim(10, 60) == []


async def test_news_bring_a_waiting_job_at_once(store: Store) -> None:
    """Evidence after the watermark, or said while the job waits, does not wait with it."""
    await store.users.append(ANN, [said("e1")])
    watermark = (await store.users.load(ANN)).pending[-1].seq
    await store.users.append(ANN, [said("e2")])
    await store.outbox.later((await store.outbox.claim(10, 60))[0], watermark, 60)
    job = (await store.outbox.claim(10, 60))[0]
    watermark = (await store.users.load(ANN)).pending[-1].seq
    await store.outbox.later(job, watermark, 60)
    assert await store.outbox.claim(10, 60) == []
    await store.users.append(ANN, [said("e3")])
    assert len(await store.outbox.claim(10, 60)) == 1


async def test_news_do_not_hurry_a_failed_job(store: Store) -> None:
    """A job that failed waits out its delay, and one that is leased stays so, whatever is said meanwhile."""
    await store.users.append(ANN, [said("e1")])
    job = (await store.outbox.claim(10, 60))[0]
    await store.users.append(ANN, [said("e2")])
    assert await store.outbox.claim(10, 60) == []
    await store.outbox.fail(job, 60)
    await store.users.append(ANN, [said("e3")])
    assert await store.outbox.claim(10, 60) == []


async def test_an_erased_person_has_no_job_for_later(store: Store) -> None:
    """A job that was erased while it was worked on does not come again."""
    await store.users.append(ANN, [said("e1")])
    job = (await store.outbox.claim(10, 60))[0]
    await store.people.forget(ANN)
    await store.outbox.later(job, 0, 0.0)
    assert await store.outbox.claim(10, 60) == []


async def test_the_newest_events_are_named(store: Store) -> None:
    """The ids of the newest 8 events come along, oldest first."""
    await store.users.append(ANN, [said(f"e{number}") for number in range(10)])
    assert (await store.users.load(ANN)).recent == tuple(f"e{number}" for number in range(2, 10))


async def test_the_latest_of_some_kinds(store: Store) -> None:
    """The newest events of these kinds, oldest first, whole; nobody else's, none without words."""
    assert list(await store.users.latest(ANN, ("edit", "artefact"), 5)) == []
    kinds: tuple[EvidenceKind, ...] = ("artefact", "statement", "edit", "import", "edit")
    await store.users.append(ANN, [Evidence(f"e{n}", kind, f"text {n}", context="c") for n, kind in enumerate(kinds)])
    await store.users.append(ANN, [Evidence("e5", "edit", "")])
    await store.users.append(BEN, [Evidence("e7", "edit", "other")])
    for wanted, limit, found in (
        (("edit", "artefact"), 5, ["e0", "e2", "e4"]), (("edit", "artefact"), 2, ["e2", "e4"]), (("pick",), 2, []),
        (("statement",), 1, ["e1"]), (("edit",), 0, []), ((), 3, []), (get_args(EvidenceKind), 2, ["e3", "e4"]),
    ):  # fmt: skip
        assert [item.event for item in await store.users.latest(ANN, wanted, limit)] == found
    assert list(await store.users.latest(ANN, ("statement",), 1)) == [
        item for item in (await store.users.load(ANN)).pending if item.event == "e1"
    ]  # fmt: skip


async def test_the_latest_are_looked_for_among_the_newest(store: Store) -> None:
    """What more than a thousand events came after is not late any more; what is forgotten is not there."""
    await store.users.append(ANN, [Evidence("old", "edit", "mine"), *(said(f"e{n}") for n in range(998))])
    await store.users.append(ANN, [Evidence("new", "edit", "mine")])
    assert [item.event for item in await store.users.latest(ANN, ("edit",), 5)] == ["old", "new"]
    await store.users.append(ANN, [said("one more")])
    assert [item.event for item in await store.users.latest(ANN, ("edit",), 5)] == ["new"]
    await store.people.forget(ANN)
    assert list(await store.users.latest(ANN, ("edit",), 5)) == []


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "\udfff"])
async def test_text_that_databases_refuse(store: Store, text: str) -> None:
    """NUL and lone surrogates are kept as U+FFFD, in texts, contexts and event ids."""
    assert await store.users.append(ANN, [said(text, text=text, context=text, time=math.nan)]) == 1
    assert await store.users.append(ANN, [said(text, text=text)]) == 0
    (known,) = (await store.users.load(ANN)).pending
    assert known.text == known.context == known.event == text.translate({0: 0xFFFD, 0xD800: 0xFFFD, 0xDFFF: 0xFFFD})
    assert known.time == 0.0


async def test_a_pair_of_surrogates_is_a_character(store: Store) -> None:
    """A character that arrived as two halves is kept as the character."""
    await store.users.append(ANN, [said("e1", text="\ud83d\ude00")])
    assert (await store.users.load(ANN)).pending[0].text == "\U0001f600"


@pytest.mark.parametrize(
    ("version", "epoch", "taken"), [(2, 0, True), (1, 0, False), (3, 0, False), (0, 0, False), (2, 1, False)]
)
async def test_publish_compares_and_sets(store: Store, version: int, epoch: int, taken: bool) -> None:
    """Only the version after the stored one, of the same epoch, becomes the newest."""
    first = Profile(version=1, claims=claims("short"), counts={"events": 2.0}, taste={"length": -0.5})
    assert await store.users.publish(ANN, first)
    assert (await store.users.load(ANN)).profile == first
    assert await store.users.publish(ANN, Profile(version=version, epoch=epoch)) is taken
    assert (await store.users.load(ANN)).profile.version == (version if taken else 1)


async def test_one_of_many_publishers_wins(store: Store) -> None:
    """Of ten that publish the same version at once, one is told that it did."""
    taken = await asyncio.gather(*(store.users.publish(ANN, Profile(version=1, revision=n)) for n in range(10)))
    assert sorted(taken) == [False] * 9 + [True]


async def test_published_evidence_is_no_longer_pending(store: Store) -> None:
    """Evidence up to the profile's watermark is in the profile; the rest stays pending."""
    await store.users.append(ANN, [said("e1"), said("e2"), said("e3")])
    seqs = [known.seq for known in (await store.users.load(ANN)).pending]
    await store.users.publish(ANN, Profile(version=1, watermark=seqs[1]))
    assert [known.event for known in (await store.users.load(ANN)).pending] == ["e3"]


async def test_a_profile_that_json_cannot_hold(store: Store) -> None:
    """A profile with a NaN is refused and the stored one stays readable; a lone surrogate is replaced."""
    with pytest.raises(AdapterError):
        await store.users.publish(ANN, Profile(version=1, counts={"mean": math.nan}))
    assert await store.users.publish(ANN, Profile(version=1, claims=claims("a\ud800")))
    assert (await store.users.load(ANN)).profile.claims[0].value == "a\ufffd"


async def test_versions_are_kept_within_bounds(store: Store) -> None:
    """The newest 50 versions of a profile are kept."""
    for version in range(1, 54):
        assert await store.users.publish(ANN, Profile(version=version))
    versions = (await store.people.export(ANN))["versions"]
    assert [kept["version"] for kept in versions] == list(range(4, 54))


async def test_a_person_has_one_open_job(store: Store) -> None:
    """However much was appended, a person has one job, and while it is leased nobody else gets it."""
    await store.users.append(ANN, [said("e1")])
    await store.users.append(ANN, [said("e2")])
    await store.users.append(BEN, [said("e1")])
    jobs = await store.outbox.claim(10, 60)
    assert [(job.user, job.epoch, job.tries) for job in jobs] == [(ANN, 0, 0), (BEN, 0, 0)]
    assert await store.outbox.claim(10, 60) == []


async def test_claims_are_bounded(store: Store) -> None:
    """No more jobs are handed out than asked for, the oldest first."""
    for number in range(5):
        await store.users.append(User(f"u_{number}"), [said("e")])
    first = await store.outbox.claim(2, 60)
    assert [job.user.id for job in first] == ["u_0", "u_1"]
    assert [job.user.id for job in await store.outbox.claim(10, 60)] == ["u_2", "u_3", "u_4"]


async def test_done_closes_what_is_done(store: Store) -> None:
    """A finished job is gone, unless evidence came after its watermark: then one is due at once, under a new id."""
    await store.users.append(ANN, [said("e1")])
    (job,) = await store.outbox.claim(1, 60)
    seq = (await store.users.load(ANN)).pending[-1].seq
    await store.users.append(ANN, [said("e2")])
    await store.outbox.done(job, seq)
    (again,) = await store.outbox.claim(1, 60)
    assert again.id != job.id
    await store.outbox.done(again, seq + 100)
    assert await store.outbox.claim(1, 60) == []


async def test_a_failed_job_comes_back_later(store: Store) -> None:
    """A failed job is due after its delay, tried once more; new evidence does not shorten the delay."""
    await store.users.append(ANN, [said("e1")])
    (job,) = await store.outbox.claim(1, 60)
    await store.outbox.fail(job, 0.2)
    await store.users.append(ANN, [said("e2")])
    assert await store.outbox.claim(1, 60) == []
    await asyncio.sleep(0.25)
    (again,) = await store.outbox.claim(1, 60)
    assert (again.id, again.tries) == (job.id, 1)


async def test_a_late_worker_changes_nothing(store: Store) -> None:
    """A worker whose lease was taken over can neither close nor fail the job of the one who took it."""
    await store.users.append(ANN, [said("e1")])
    (late,) = await store.outbox.claim(1, 0.0)
    (job,) = await store.outbox.claim(1, 60)
    assert (job.id, job.tries) == (late.id, 1)
    await store.outbox.done(late, 10**9)
    await store.outbox.fail(late, 0.0)
    assert await store.outbox.claim(1, 60) == []
    await store.outbox.fail(job, 0.0)
    assert [again.tries for again in await store.outbox.claim(1, 60)] == [2]


async def test_waiting_ends_with_an_append(store: Store) -> None:
    """Who waits is woken by an append, at once by one that came before, and by the clock when none comes."""
    started = time.monotonic()
    waiting = asyncio.create_task(store.outbox.wait(30))
    await asyncio.sleep(0.01)
    await store.users.append(ANN, [said("e1")])
    await waiting
    await store.users.append(ANN, [said("e2")])
    await store.outbox.wait(30)
    assert time.monotonic() - started < 5
    await asyncio.wait_for(store.outbox.wait(0.05), 5)


async def test_the_list_of_people(store: Store) -> None:
    """The list has everyone with their counts, the newest first, by tenant if asked; superseded claims do not count."""
    other = User("u_c", "other")
    for user in (ANN, BEN, other):
        await store.users.append(user, [said("e1"), said("e2")])
    old = Claim("c9", "tone", "long", superseded_by="c0")
    await store.users.publish(BEN, Profile(version=1, claims=(*claims("short", "dry"), old)))
    known = await store.people.list()
    assert [(info.id, info.events, info.claims) for info in known] == [("u_c", 2, 0), (BEN.id, 2, 2), (ANN.id, 2, 0)]
    assert all(abs(info.last_seen - time.time()) < 60 for info in known)
    assert [info.id for info in await store.people.list("other")] == ["u_c"]


async def test_an_export_has_everything(store: Store) -> None:
    """An export holds evidence, profile and versions as JSON values, and only this person's."""
    await store.users.append(ANN, [said("e1", digest="d1", context="before", place="home")])
    await store.users.append(BEN, [said("theirs")])
    await store.users.publish(ANN, Profile(version=1, claims=claims("short")))
    export = await store.people.export(ANN)
    assert set(export) == set(NOTHING)
    (event,) = export["evidence"]
    assert event.pop("created") == pytest.approx(time.time(), abs=60)
    assert event.pop("seq") > 0
    assert event == {
        "event": "e1", "kind": "statement", "text": "text of e1", "author": "self", "context": "before",
        "digest": "d1", "fresh": True, "time": 0.0, "profile_version": 0, "place": "home",
    }  # fmt: skip
    assert export["profile"]["claims"][0]["value"] == "short"
    assert [version["version"] for version in export["versions"]] == [1]
    assert await store.people.export(User("u_nobody")) == NOTHING


async def test_one_claim_is_forgotten(store: Store) -> None:
    """In every version, and in the words that it came from, which clients may send again; all else stays."""
    jazz, tea = Claim("c1", "likes", "jazz", evidence=("e1",)), Claim("c2", "likes", "tea", evidence=("e2",))
    heard = said("e2", context="You love Jazz: noted.")
    await store.users.append(ANN, [said("e1", text="I love jazz", context="jazz?", digest="d1"), heard])
    await store.users.publish(ANN, Profile(version=1, watermark=1, claims=(jazz,)))
    again = replace(jazz, id="c3", superseded_by="c9")
    lens = Election(lens=Lens("This person decides by: brevity.", {"length": -1.0}))
    await store.users.publish(ANN, Profile(version=2, watermark=2, claims=(again, jazz, tea), counts={"events": 2.0},
                                           election=lens))  # fmt: skip
    assert not await store.people.forget_claim(ANN, "c7", [])
    assert not await store.people.forget_claim(BEN, "c1", ["e1"])
    assert await store.people.forget_claim(ANN, "c1", ["e1", "nothing"])
    profile = (await store.users.load(ANN)).profile
    assert (profile.version, profile.revision, profile.watermark, profile.claims) == (3, 3, 2, (tea,))
    assert profile.counts == {"events": 2.0, "edits": 1.0}
    export = await store.people.export(ANN)
    assert [(row["event"], row["text"], row["context"]) for row in export["evidence"]] == [
        ("e1", "", ""), ("e2", "text of e2", ""),
    ]  # fmt: skip
    assert [[claim["value"] for claim in row["claims"]] for row in export["versions"]] == [[], ["tea"], ["tea"]]
    # What told of choices serves no more in versions that are over, and may tell of the claim.
    assert profile.election == lens and [bool(row["election"]["lens"]["text"]) for row in export["versions"]] == [
        False, False, True,
    ]  # fmt: skip
    assert await store.users.append(ANN, [said("new", text="I love jazz", digest="d1", fresh=False)]) == 0
    assert not await store.people.forget_claim(ANN, "c1", ["e1"])


async def test_every_text_that_names_a_forgotten_claim_is_blanked(store: Store) -> None:
    """Whoever wrote it and in whatever case and script, text and context each by itself; told by a rule, if one is
    given, and kept with its id, its kind and its place."""
    apples = Claim("c1", "likes", "Äpfel", evidence=("e1",))
    told = [
        said("e1", text="Ich mag Äpfel"), replace(said("e2", text="ÄPFEL gibt es dort", context="Und?"), kind="pick"),
        replace(said("e3", text="Ja", context="Magst du äpfel?"), kind="edit", time=7.0), said("e4", text="Apfelmus"),
    ]  # fmt: skip
    for events, names, left in (
        ([], None, [("", ""), ("", "Und?"), ("Ja", ""), ("Apfelmus", "")]),
        (["e2"], lambda text: "mus" in text, [("Ich mag Äpfel", ""), ("", ""), ("Ja", "Magst du äpfel?"), ("", "")]),
    ):
        await store.people.forget(ANN)
        epoch = (await store.users.load(ANN)).profile.epoch
        await store.users.append(ANN, told)
        await store.users.publish(ANN, Profile(version=1, epoch=epoch, watermark=1, claims=(apples,)))
        assert await store.people.forget_claim(ANN, "c1", events, names)
        rows = (await store.people.export(ANN))["evidence"]
        assert [(row["text"], row["context"]) for row in rows] == left
        assert [(row["event"], row["kind"], row["time"]) for row in rows] == [
            ("e1", "statement", 0.0), ("e2", "pick", 0.0), ("e3", "edit", 7.0), ("e4", "statement", 0.0),
        ]  # fmt: skip


async def test_erasure_leaves_an_epoch(store: Store) -> None:
    """An erased person is gone from everywhere; what is left is a higher epoch, under which they may start anew."""
    await store.users.append(ANN, [said("e1"), said("e2")])
    await store.users.publish(ANN, Profile(version=1))
    (job,) = await store.outbox.claim(1, 60)
    assert (await store.people.forget(ANN)).erased == {"evidence": 2, "versions": 1, "jobs": 1, "responses": 0}
    assert list(await store.people.list()) == []
    assert await store.users.load(ANN) == Person(Profile(epoch=1))
    assert await store.people.export(ANN) == NOTHING
    assert not await store.users.publish(ANN, Profile(version=2))
    await store.outbox.fail(job, 0.0)
    assert await store.outbox.claim(1, 60) == []
    assert await store.users.append(ANN, [said("e1")]) == 1
    assert [info.events for info in await store.people.list()] == [1]
    (job,) = await store.outbox.claim(1, 60)
    assert job.epoch == 1
    assert await store.users.publish(ANN, Profile(version=1, epoch=1))


async def test_words_said_before_an_erasure_stay_away(store: Store) -> None:
    """Evidence appended under the epoch before an erasure is dropped, even of a person not known until then."""
    nothing = {"evidence": 0, "versions": 0, "jobs": 0, "responses": 0}
    assert (await store.people.forget(ANN)).erased == nothing
    assert await store.users.append(replace(ANN, known=Person(Profile(epoch=0))), [said("e1")]) == 0
    assert await store.users.load(ANN) == Person(Profile(epoch=1))
    assert await store.users.append(replace(ANN, known=Person(Profile(epoch=1))), [said("e1")]) == 1


async def test_keys_are_found_by_digest(store: Store) -> None:
    """A key is found by the digest it was kept with, listed, and no longer found once revoked."""
    one, two = Key("k1", "app", "default", "backend", 1.0), Key("k2", "web", "other", "user", 2.0)
    await store.keys.create(one, "d1")
    await store.keys.create(two, "d2")
    assert await store.keys.find("d2") == two
    assert await store.keys.find("d3") is None
    assert list(await store.keys.list()) == [one, two]
    assert await store.keys.revoke("k1") is True
    assert await store.keys.revoke("k1") is False
    assert await store.keys.find("d1") is None


@pytest.mark.parametrize(("id", "digest"), [("k1", "other"), ("other", "d1")])
async def test_a_key_is_not_overwritten(store: Store, id: str, digest: str) -> None:
    """A second key with the id or the digest of another is refused, and the other stays."""
    key = Key("k1", "app", "default", "backend", 1.0)
    await store.keys.create(key, "d1")
    with pytest.raises(AdapterError):
        await store.keys.create(Key(id, "thief", "default", "user", 2.0), digest)
    assert list(await store.keys.list()) == [key]
    assert await store.keys.find("d1") == key


async def test_the_secret_is_made_once(store: Store) -> None:
    """The secret is 32 bytes and stays the same."""
    secrets = await asyncio.gather(*(store.keys.secret() for _ in range(5)))
    assert len(set(secrets)) == 1
    assert len(secrets[0]) == 32


async def test_others_are_of_the_same_tenant(store: Store) -> None:
    """The last seen first, at most so many; not oneself, not who is paused, was erased, or is of another tenant."""
    elsewhere, paused, gone = User("u_" + "e" * 32, "other"), User("u_" + "f" * 32), User("u_" + "d" * 32)
    for user in (ANN, BEN, elsewhere, paused, gone):
        await store.users.append(user, [said("e1")])
        profile = Profile(version=1, claims=claims(user.id), paused=user == paused)
        assert await store.users.publish(user, profile)
        await asyncio.sleep(0.01)
    await store.people.forget(gone)
    cleo = User("u_" + "c" * 32)
    assert [profile.claims for profile in await store.peers.others(cleo, 9)] == [claims(BEN.id), claims(ANN.id)]
    assert [profile.claims for profile in await store.peers.others(ANN, 9)] == [claims(BEN.id)]
    assert len(await store.peers.others(cleo, 1)) <= 1
    assert list(await store.peers.others(User("u_" + "1" * 32, "nobody"), 9)) == []


async def test_who_shares_is_of_the_tenant_and_agreed(store: Store) -> None:
    """The last seen first, at most so many; not who did not agree, withdrew, paused, was erased, or is elsewhere."""
    names = "abcdefg"
    ann, ben, elsewhere, paused, gone, never, withdrew = people = [
        User("u_" + name * 32, "other" if name == "c" else "default") for name in names
    ]
    for user in people:
        await store.users.append(user, [said("e1")])
        made = Profile(version=1, claims=claims(user.id), paused=user == paused, share=user != never)
        assert await store.users.publish(user, made)
        await asyncio.sleep(0.01)
    await store.people.forget(gone)
    before = (await store.users.load(withdrew)).profile
    assert await store.users.publish(withdrew, replace(before, version=2, share=False))
    assert [profile.claims for profile in await store.peers.sharing("default", 9)] == [claims(ben.id), claims(ann.id)]
    assert [profile.claims for profile in await store.peers.sharing("other", 9)] == [claims(elsewhere.id)]
    assert len(await store.peers.sharing("default", 1)) == 1
    assert list(await store.peers.sharing("nobody", 9)) == []


async def test_an_erased_person_has_agreed_to_nothing(store: Store) -> None:
    """Also when they come back."""
    assert await store.users.publish(ANN, Profile(version=1, share=True))
    await store.people.forget(ANN)
    await store.users.append(ANN, [said("e1")])
    assert not (await store.users.load(ANN)).profile.share
    assert list(await store.peers.sharing(ANN.tenant, 9)) == []


def test_claims_of_an_earlier_version_load_with_defaults() -> None:
    """Of which nobody knew when they were last seen, in how many sessions, and where they hold; newer ones keep it."""
    old = unpack('{"version": 3, "claims": [{"id": "a", "aspect": "tone", "value": "formal", "valid_from": 5.0}]}')
    assert old.claims == (Claim("a", "tone", "formal", valid_from=5.0, last=0.0, sessions=1, context=""),)
    known = Profile(claims=(Claim("a", "tone", "formal", last=7.0, sessions=3, context="work"),))
    assert unpack(pack(known)) == known
