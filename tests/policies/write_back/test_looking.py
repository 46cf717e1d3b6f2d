"""What becomes of answers that were accepted: promoted, withdrawn, brought back, ended; on a real store and index."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from adapters.ports import Evidence, Person, Profile
from adapters.ports.ledger import Entry
from policies.approval import approval, disapproval
from policies.write_back import WriteBackConfig
from policies.write_back.life import DAY
from tests.policies.write_back.works import (
    ANN,
    BEN,
    EVE,
    LEAVE,
    PAY,
    TEXTS,
    Works,
    play,
)

NOT_YET = [("quarantine", "accepted")]


def test_two_processes(tmp_path: Path) -> None:
    """Two like answers that are accepted at one moment do not wait for ever: the first is promoted at the next look."""

    async def story(works: Works) -> None:
        await works.note(ANN)
        await works.note(BEN)
        first, second = await works.candidates.claim(9, 60.0)
        working, now = works.backs.working, time.time()
        person = Person()
        made = [await working._decided(each, person, now) for each in (first, second)]
        for waiting, entry in zip((first, second), made, strict=True):
            assert isinstance(entry, Entry)
            await works.candidates.settle(waiting, entry)
        await works.work()
        assert await works.states() == [("active", "second"), ("quarantine", "accepted")]

    play(tmp_path, story)


@pytest.mark.parametrize("found", [True, False])
def test_a_correction_in_the_chat(tmp_path: Path, found: bool) -> None:
    """What its person corrects is found no more, and nobody else's correction counts."""

    async def story(works: Works) -> None:
        entry = await works.active() if found else None
        exchange = entry.exchange if entry else await works.note()
        await works.work()
        event = Evidence(disapproval(exchange), "rating", "")
        await works.users.append(BEN, [event])
        await works.work()
        assert ("rejected", "disapproved") not in await works.states()
        await works.users.append(ANN, [event])
        await works.work()
        assert await works.states() == [("rejected", "disapproved")]
        assert await works.found() == []

    play(tmp_path, story)


@pytest.mark.parametrize("approve", [True, False])
def test_who_paused_is_not_promoted(tmp_path: Path, approve: bool) -> None:
    """Neither by their own word nor by another's answer, until they resume."""

    async def story(works: Works) -> None:
        exchange = await works.note()
        await works.work()
        if approve:
            await works.ledger.judge("acme", exchange, ANN, True)
        await works.users.publish(ANN, Profile(version=1, paused=True))
        await works.note(BEN)
        await works.work()
        assert await works.states() == NOT_YET * 2
        await works.users.publish(ANN, Profile(version=2))
        await works.note(EVE)
        await works.work()
        assert "active" in [state for state, _ in await works.states()]

    play(tmp_path, story)


def test_what_holds_again_comes_back(tmp_path: Path) -> None:
    """Where a source is again as it was, what was found is found, and what waited waits."""

    async def story(works: Works) -> None:
        await works.active()
        await works.note(BEN, "Ask before you go. [1]", "What shall I do before?")
        await works.work()
        await works.put(leave="Leave is six weeks.")
        await works.work()
        assert await works.states() == [("withdrawn", "source_changed")] * 2
        await works.put(leave=TEXTS["/srv/leave.md"])
        await works.work()
        assert await works.states() == [("active", "source_back"), ("quarantine", "source_back")]
        assert await works.found() == [LEAVE]

    play(tmp_path, story)


def test_thanks_in_the_chat(tmp_path: Path) -> None:
    """What history records of thanks for the answer lets it be found."""

    async def story(works: Works) -> None:
        exchange = await works.note()
        await works.work()
        await works.users.append(BEN, [Evidence(approval(exchange), "accepted", "")])
        await works.work()
        assert await works.states() == NOT_YET
        await works.users.append(ANN, [Evidence(approval(exchange), "accepted", "")])
        await works.work()
        assert await works.states() == [("active", "approved")]
        assert await works.found() == [LEAVE]

    play(tmp_path, story)


@pytest.mark.parametrize(("texts", "reason"), [({"leave": "Leave is six weeks."}, "source_changed"),
                                               ({"leave": ""}, "source_gone")])  # fmt: skip
def test_withdrawn(tmp_path: Path, texts: dict[str, str], reason: str) -> None:
    """With a source that changes or goes, go what is found and what waits."""

    async def story(works: Works) -> None:
        await works.active()
        await works.note(BEN, "Ask before you go. [1]", "What shall I do before?")
        await works.work()
        await works.put(**texts)
        await works.work()
        assert await works.states() == [("withdrawn", reason)] * 2
        assert await works.found() == []

    play(tmp_path, story)


def test_an_index_that_is_lost_withdraws_nothing(tmp_path: Path) -> None:
    """Where nothing is in it at all, it may be made anew: the ledger waits."""

    async def story(works: Works) -> None:
        await works.active()
        await works.knowledge.replace("acme", {source: [] for source in await works.knowledge.sources("acme")}, {})
        await works.work()
        assert await works.states() == [("active", "approved")]

    play(tmp_path, story)


def test_expiry(tmp_path: Path) -> None:
    """What waits too long, and what has served its time, goes, and so do its texts."""

    async def story(works: Works) -> None:
        await works.active()
        await works.note(BEN, f"{PAY} [1]", "Is it paid?", cites=("/srv/pay.md",))
        await works.work()
        working = works.backs.working
        assert await working.look(time.time() + 2 * DAY) == {"acme"}
        assert [state for state, _ in await works.states()] == ["active", "expired"]
        assert await working.look(time.time() + 3 * DAY - 9) == set()
        assert await working.look(time.time() + 3 * DAY + 9) == {"acme"}
        assert await works.states() == [("expired", "time_over")]
        assert all(not each.answer and not each.question for each in await works.ledger.entries("acme"))
        works.backs.stale.add("acme")
        await works.backs.align()
        assert await works.found() == []
        await working.look(time.time() + 4 * DAY)
        assert await works.states() == []

    play(tmp_path, story, config=WriteBackConfig(quarantine_days=1, keep_days=3, promote="both"))
