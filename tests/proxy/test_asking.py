"""Questions in this process: the prior of people who share, and who learns nothing asks nothing."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from adapters.ports import ConfigError, Evidence, Profile, User
from policies.asked import ANSWERED, asked_of
from policies.preferences.edit import Change, Edit
from policies.rewards.axes import AXES
from policies.rewards.directions import SEEN
from policies.rewards.prior import LEAST
from policies.rewards.taste import of_kept
from proxy import imports
from proxy.app import Rapport
from proxy.asking import deck_of, verify_bank
from tests.assembled import within

ANN = User("u_" + "a" * 32)
SHORT, LONG = "Yes. Do it.", "Yes. " + "You can do it, and you should. " * 8


def test_the_house_is_where_a_taste_begins(tmp_path: Path) -> None:
    """Of those alone who share, once they are enough; who withdraws is out of it at once, also out of others' tastes
    that go on."""

    async def work(rapport: Rapport) -> None:
        asking, persons = rapport.asking(), rapport.persons()
        people = [User(f"u_{number:032x}") for number in range(LEAST)]
        for number, user in enumerate(people):
            items = [Evidence(f"{number}.{at}", "pick", SHORT, "assistant", f"{LONG}{at}") for at in range(4)]
            await rapport.adapters.users.append(user, items)
            await persons.profile(user)
            assert (await asking.taste(ANN))["house"] is False
            await persons.edit(user, Edit(share=True))
        found = await asking.taste(ANN)
        length = next(row for row in found["axes"] if row["axis"] == "length")
        assert found["house"] is True and length["mean"] < -0.3 and found["choices"] == 0
        await asking.answer(ANN, "q01.0.1", "q01.0")
        profile = await persons.profile(ANN)
        tastes = profile.election.tastes
        assert tastes["none"] != tastes["own"] == pytest.approx(tastes["house"])
        assert abs(profile.taste["length"]) < abs(length["mean"]), "nothing of the house is in a profile"
        await persons.edit(people[0], Edit(share=False))
        after = await asking.taste(ANN)
        alone = of_kept(profile.taste).mean[: len(SEEN)]
        assert after["house"] is False
        assert [row["mean"] for row in after["axes"]] == pytest.approx(alone.tolist(), abs=0.02)

    wanted = {"kind": "preferences", "house_prior": True}
    within(tmp_path, work, policies=[{"kind": "identity"}, wanted, {"kind": "history"}])


def test_who_learns_nothing_asks_nothing(tmp_path: Path) -> None:
    """Without `preferences`, or where choices are not taken in."""

    async def work(rapport: Rapport) -> None:
        asking = rapport.asking()
        assert (await asking.question(ANN))["reason"] == "not_learnt"
        assert (await asking.answer(ANN, "q01.0.1", "q01.0"))["recorded"] == 0

    within(tmp_path, work, policies=[{"kind": "identity"}])
    within(tmp_path, work, policies=[{"kind": "preferences", "election": "off"}])


def test_who_prefers_neither_is_asked_no_more(tmp_path: Path) -> None:
    """After three such answers in a row about a place: to somebody who does not care, questions are a nag. One that is
    preferred begins anew; another place is asked about all the same."""

    async def work(rapport: Rapport) -> None:
        asking = rapport.asking()

        async def answered(prefers: bool, place: str = "") -> dict[str, Any]:
            question = await asking.question(ANN, place)
            await asking.answer(ANN, question["id"], question["answers"][0]["id"] if prefers else None, place)
            return await asking.question(ANN, place)

        for prefers in (False, False, True, False, False):
            assert "id" in await answered(prefers)
        assert await answered(False) == {"object": "rapport.question", "question": None, "reason": "indifferent"}
        assert "id" in await answered(False, "work")

    within(tmp_path, work)


def test_whoever_answered_for_everywhere_is_asked_about_a_place(tmp_path: Path) -> None:
    """Whether they are another there: what holds everywhere is less sure of it."""

    async def work(rapport: Rapport) -> None:
        asking = rapport.asking()
        while "id" in (question := await asking.question(ANN)):
            shorter = min(question["answers"], key=lambda each: len(each["text"]))
            await asking.answer(ANN, question["id"], shorter["id"])
        assert question["reason"] == "tells_little"
        everywhere, there = await asking.taste(ANN), await asking.taste(ANN, "home")
        assert not there["apart"] and there == everywhere | {"context": "home"}, "with what bears it"
        assert (await asking.question(ANN, "home"))["asked"] == 0

    within(tmp_path, work)


def test_answers_at_once_are_no_more_than_ten(tmp_path: Path) -> None:
    """Each sees those before it; the same one counts once."""

    async def work(rapport: Rapport) -> None:
        asking, persons = rapport.asking(), rapport.persons()
        kept = [Evidence(f"{ANSWERED}q{number}.0.1", "rating" if number % 3 else "pick", SHORT, "assistant", LONG)
                for number in range(11, 19)]  # fmt: skip
        await rapport.adapters.users.append(ANN, kept)
        assert (await asking.question(ANN))["asked"] == len(kept)
        ids = ["q01.0.1", "q01.0.1", "q02.0.1", "q03.0.1"]
        told = await asyncio.gather(*(asking.answer(ANN, id, None) for id in ids))
        assert sum(each["recorded"] for each in told) == 2
        assert len(asked_of(await persons.profile(ANN))) == 10
        assert (await asking.question(ANN))["reason"] == "enough"

    within(tmp_path, work)


def test_an_export_brings_what_was_asked(tmp_path: Path) -> None:
    """So that nobody is asked twice for having moved; what is no question's name is refused."""

    async def work(rapport: Rapport) -> None:
        asking, persons, ben = rapport.asking(), rapport.persons(), User("u_" + "b" * 32)
        question = await asking.question(ANN)
        await asking.answer(ANN, question["id"], None)
        kept = json.dumps(await persons.export(ANN)).encode()
        await persons.take(ben, imports.read(kept, "x", 2e9))
        assert asked_of(await persons.profile(ben)) == [question["id"]]
        assert (await asking.question(ben))["asked"] == 1
        with pytest.raises(ConfigError, match=r"counts\.asked"):
            imports.read(kept.replace(b'"asked.q', b'"asked. q'), "x", 2e9)

    within(tmp_path, work)


def test_a_claim_that_is_forgotten_leaves_the_axis_open(tmp_path: Path) -> None:
    """Also one that choices bore: they count no more for it."""

    async def work(rapport: Rapport) -> None:
        persons = rapport.persons()
        wordy = "For number {at}, take the sieve beside the door and shake it gently until nothing more comes out."
        items = [Evidence(f"e{at}", "pick", f"Use a sieve, number {at}.", "assistant", wordy.format(at=at))
                 for at in range(16)]  # fmt: skip
        await rapport.adapters.users.append(ANN, items)
        profile = await persons.profile(ANN)
        claim = next(claim for claim in profile.claims if claim.value == "short")
        assert profile.taste["length"] < -0.5
        assert await persons.forget_claim(ANN, claim.id)
        after = await persons.profile(ANN)
        assert abs(after.taste["length"]) < 1e-3 and not {"choice.length-", "choice.length+"} & after.counts.keys()
        assert after.taste[f"{AXES[0]}~{AXES[0]}"] > profile.taste[f"{AXES[0]}~{AXES[0]}"]

    within(tmp_path, work)


def told_of(number: int) -> list[Evidence]:
    """Picks of short answers, then what is said of them, picks of long ones, and another word."""
    picks = [Evidence(f"p{at}", "pick", SHORT, "assistant", f"{LONG}{at}", time=1e9 + at) for at in range(3)]
    back = [Evidence(f"b{at}", "pick", f"{LONG}{at}", "assistant", SHORT, time=2e9 + at) for at in range(4)]
    said = Evidence("s1", "statement", "Please keep your answers short.", time=1.5e9)
    more = Evidence("s2", "statement", "I prefer answers with bullet lists.", time=2e9 + 10)
    return [*picks, said, *back, more][:number]


def test_a_taste_does_not_depend_on_when_it_was_learnt(tmp_path: Path) -> None:
    """Choices after a word count against it, whether the learner came between them or not."""

    async def work(rapport: Rapport) -> None:
        persons, users, ben = rapport.persons(), rapport.adapters.users, User("u_" + "b" * 32)
        for item in told_of(9):
            await users.append(ANN, [item])
            await persons.profile(ANN)
        await users.append(ben, told_of(9))
        one, other = await persons.profile(ANN), await persons.profile(ben)
        assert one.taste == pytest.approx(other.taste, abs=1e-4) and one.taste["lists"] > 1.0
        claims = [[(each.aspect, each.value, each.superseded_by is None) for each in profile.claims]
                  for profile in (one, other)]  # fmt: skip
        assert claims[0] == claims[1] and one.election.tastes == pytest.approx(other.election.tastes)

    within(tmp_path, work)


def test_an_export_brings_the_taste(tmp_path: Path) -> None:
    """Learnt again from the choices, with what was corrected by hand; earlier versions tell nothing of what was
    forgotten."""

    async def work(rapport: Rapport) -> None:
        persons, ben = rapport.persons(), User("u_" + "b" * 32)
        await rapport.adapters.users.append(ANN, told_of(3))
        await persons.edit(ANN, Edit([Change(aspect="format", value="bullet lists", locked=True)]))
        kept = json.dumps(await persons.export(ANN)).encode()
        await persons.take(ben, imports.read(kept, "x", 2e9))
        mine, theirs = await persons.profile(ANN), await persons.profile(ben)
        assert theirs.taste["lists"] == pytest.approx(mine.taste["lists"], abs=1e-3) and mine.taste["lists"] > 1.0
        assert theirs.taste["length"] == pytest.approx(mine.taste["length"], abs=1e-3)
        await persons.forget_claim(ANN, next(claim.id for claim in mine.claims if claim.value == "bullet lists"))
        versions = (await persons.export(ANN))["versions"]
        assert len(versions) > 2
        for each in versions:
            assert abs(each["taste"].get("lists", 0.0)) < 0.5, "what choices told remains"

    within(tmp_path, work)


def test_an_absent_bank_is_named(tmp_path: Path) -> None:
    """With its setting; the shipped one is there."""
    with pytest.raises(ConfigError) as caught:
        verify_bank(str(tmp_path / "absent"))
    verify_bank(None)
    assert caught.value.place == "taste.bank"
    assert len(deck_of(None).places) == 64 * 6
    assert asked_of(Profile()) == []
