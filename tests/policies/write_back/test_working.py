"""What becomes of answers: checked, in quarantine, promoted, withdrawn, expired; on a real store and a real index."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from adapters.ports import Claim, Evidence, Passage, Profile, User
from policies.approval import approval
from policies.write_back import WriteBackConfig
from policies.write_back.candidate import Candidate, Decision
from policies.write_back.life import DAY
from tests.policies.write_back.rule import Stands
from tests.policies.write_back.works import ANN, ANSWER, BEN, EVE, LEAVE, PAY, QUESTION, TEXTS, Works, opened, play

NOT_YET = [("quarantine", "accepted")]


def test_quarantine(tmp_path: Path) -> None:
    """What was accepted is kept with its text and its roots, and nothing finds it."""

    async def story(works: Works) -> None:
        await works.note()
        await works.work()
        (entry,) = await works.ledger.entries("acme")
        assert (entry.state, entry.answer, entry.title) == ("quarantine", LEAVE, "Leave")
        assert entry.roots == (("/srv/leave.md", f"d of {TEXTS['/srv/leave.md']}"),)
        assert await works.found() == []
        assert sorted(await works.knowledge.sources("acme")) == sorted(TEXTS)

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("second", "state"),
    [
        (BEN, ("active", "second")), (ANN, ("quarantine", "accepted")), (None, ("quarantine", "accepted")),
    ],
)  # fmt: skip
def test_a_second_one(tmp_path: Path, second: User | None, state: tuple[str, str]) -> None:
    """The same answer to somebody else lets it be found; to the same person, or to nobody, it does not."""

    async def story(works: Works) -> None:
        await works.note()
        await works.note(second, question="How long is the leave, please?")
        await works.work()
        found = await works.states()
        assert found[0] == state
        assert await works.found() == ([LEAVE] if state[0] == "active" else [])
        # The second one leaves no text: either it moved the first, or it is known.
        assert found[1:] == ([] if state[0] == "active" else [("rejected", "known")])
        assert all(not each.answer for each in (await works.ledger.entries("acme"))[1:])

    play(tmp_path, story)


def test_nobodys_conversations(tmp_path: Path) -> None:
    """Two of them that began differently count as two, the same one asked again does not."""

    async def story(works: Works) -> None:
        await works.note(None, talk="a")
        await works.note(None, talk="a")
        await works.work()
        assert (await works.states())[0][0] == "quarantine"
        await works.note(None, talk="b")
        await works.work()
        assert (await works.states())[0] == ("active", "second")

    play(tmp_path, story)


def test_another_answer_promotes_nothing(tmp_path: Path) -> None:
    """One that rests on something else, or says something else, is an entry of its own."""

    async def story(works: Works) -> None:
        await works.note()
        await works.note(BEN, f"{PAY} [1]", QUESTION, cites=("/srv/pay.md",))
        await works.note(EVE, "Ask before you go. [1]", QUESTION)
        await works.work()
        assert await works.states() == NOT_YET * 3

    play(tmp_path, story)


def test_once_it_is_found_no_other_is_needed(tmp_path: Path) -> None:
    """A third one changes nothing."""

    async def story(works: Works) -> None:
        await works.active()
        await works.note(BEN)
        await works.work()
        assert await works.states() == [("active", "approved"), ("rejected", "known")]
        assert await works.found() == [LEAVE]

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("promote", "by_second", "by_approval"),
    [("second", True, False), ("approval", False, True), ("both", True, True)],
)
def test_what_promotes(
    tmp_path: Path, promote: Literal["second", "approval", "both"], by_second: bool, by_approval: bool
) -> None:
    """As the operator chose."""

    async def story(works: Works) -> None:
        await works.note()
        await works.note(BEN)
        exchange = await works.note(ANN, f"{PAY} [1]", "Is it paid?", cites=("/srv/pay.md",))
        await works.ledger.approve("acme", exchange)
        await works.work()
        found = {each.answer: each.state for each in await works.ledger.entries("acme") if each.answer}
        assert found == {LEAVE: "active" if by_second else "quarantine", PAY: "active" if by_approval else "quarantine"}

    play(tmp_path, story, config=WriteBackConfig(promote=promote))


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


def test_what_is_not_borne_out(tmp_path: Path) -> None:
    """Leaves a code, and no text."""

    async def story(works: Works) -> None:
        await works.note(answer="Leave is twenty weeks [1].")
        await works.work()
        (entry,) = await works.ledger.entries("acme")
        assert (entry.state, entry.reason, entry.question, entry.answer) == ("rejected", "not_borne_out", "", "")
        assert "twenty" not in str(await works.ledger.events("acme"))

    play(tmp_path, story)


@pytest.mark.parametrize("texts", [{"leave": "Leave is six weeks."}, {"leave": ""}])
def test_what_changed_before_the_check(tmp_path: Path, texts: dict[str, str]) -> None:
    """An answer whose passages are not as they were shown is not even checked."""
    verifier = Stands()

    async def story(works: Works) -> None:
        await works.note()
        await works.put(**texts)
        await works.work()
        assert await works.states() == [("rejected", "source_changed")]
        assert verifier.asked == []

    play(tmp_path, story, verifier)


def test_a_model_supports_nothing(tmp_path: Path) -> None:
    """What a model wrote is no root, also where it is cited beside what people wrote."""

    async def story(works: Works) -> None:
        entry = await works.active()
        written = entry.passage()
        works.asked += 1
        await works.note(BEN)
        (waiting,) = await works.candidates.claim(9, 0.0)
        shown = (*waiting.shown, waiting.shown[0]._replace(number=2, source=written.source, id=written.id,
                                                           digest=written.digest))
        assert await works.candidates.note(replace(waiting, id="ex_model", shown=shown, tries=0), 9)
        await works.work()
        assert ("rejected", "cites_model") in await works.states()

    play(tmp_path, story)


class Says:
    """A verifier that accepts, with what it is given as roots."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision

    async def verify(self, candidate: Candidate) -> Decision:
        return self.decision


ELSEWHERE = Passage("p", "acme", "/srv/else.md", "", "Leave is sixteen weeks.")


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        (Decision(True, "accepted"), "no_roots"), (Decision(True, "accepted", roots=(ELSEWHERE,)), "no_roots"),
        (Decision(False, "novelty"), "novelty"), (Decision(False, "Anything, [really]"), "Anything_really_"),
    ],
)  # fmt: skip
def test_a_decision_without_ground(tmp_path: Path, decision: Decision, reason: str) -> None:
    """An acceptance that rests on nothing that was shown is none."""

    async def story(works: Works) -> None:
        await works.note()
        await works.work()
        assert await works.states() == [("rejected", reason)]

    play(tmp_path, story, Says(decision))


def test_so_many_a_day(tmp_path: Path) -> None:
    """Beyond the cap a tenant's answers are not accepted that day; others have their own."""

    async def story(works: Works) -> None:
        await works.put("other")
        await works.note()
        await works.note(BEN, f"{PAY} [1]", "Is it paid?", cites=("/srv/pay.md",))
        await works.note(None, tenant="other")
        await works.work()
        assert await works.states() == [("quarantine", "accepted"), ("rejected", "per_day")]
        assert await works.states("other") == NOT_YET

    play(tmp_path, story, config=WriteBackConfig(per_day=1))


def test_tenants_are_apart(tmp_path: Path) -> None:
    """What is found of one is not found of another, and promotes nothing there."""

    async def story(works: Works) -> None:
        await works.put("other")
        await works.active()
        await works.note(None, tenant="other")
        await works.work()
        assert await works.states("other") == NOT_YET
        assert await works.found("other") == []
        assert await works.found() == [LEAVE]

    play(tmp_path, story)


def test_paused_meanwhile(tmp_path: Path) -> None:
    """Of who paused before the check nothing is kept, not even a code."""

    async def story(works: Works) -> None:
        await works.note()
        await works.users.publish(ANN, Profile(version=1, paused=True))
        await works.work()
        assert await works.states() == []
        assert list(await works.candidates.claim(9, 0.0)) == []

    play(tmp_path, story)


def test_the_verifier_knows_what_is_known(tmp_path: Path) -> None:
    """Of the person, so that it can refuse answers that tell it; what is superseded is not."""
    verifier = Stands()

    async def story(works: Works) -> None:
        claims = (Claim("c1", "name", "Robin"), Claim("c2", "name", "Rob", superseded_by="c1"))
        await works.users.publish(ANN, Profile(version=1, claims=claims))
        await works.note()
        await works.note(None, question="And leave, how long is that?")
        await works.work()
        assert [each.known for each in verifier.asked] == [("Robin",), ()]
        assert verifier.asked[0].question == QUESTION and verifier.asked[0].answer == ANSWER
        assert [each.source for each in verifier.asked[0].passages.values()] == ["/srv/leave.md"]

    play(tmp_path, story, verifier)


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
        assert await working.look(time.time() + 4 * DAY) == {"acme"}
        assert await works.states() == [("expired", "time_over")] * 2
        assert all(not each.answer and not each.question for each in await works.ledger.entries("acme"))
        works.backs.stale.add("acme")
        await works.backs.align()
        assert await works.found() == []

    play(tmp_path, story, config=WriteBackConfig(quarantine_days=1, keep_days=3))


def test_a_restart_in_the_middle(tmp_path: Path) -> None:
    """An answer that was taken by a process that is gone is decided by the next, once; what was promoted and had not
    come into the index does."""

    async def run() -> None:
        async with opened(tmp_path, Stands()) as works:
            await works.put()
            exchange = await works.note()
            (taken,) = await works.candidates.claim(9, 0.0)
        async with opened(tmp_path, Stands()) as works:
            await works.work()
            assert await works.states() == NOT_YET
            assert not await works.backs.working.check(taken, 5.0)
            assert await works.states() == NOT_YET
            await works.ledger.approve("acme", exchange)
            await works.backs.working.look(time.time())
            assert await works.found() == []
        async with opened(tmp_path, Stands()) as works:
            works.backs.stale |= await works.backs.tenants()
            await works.work()
            assert await works.found() == [LEAVE]
            assert await works.states() == [("active", "approved")]
            assert len(await works.ledger.events("acme")) == 2

    asyncio.run(run())
