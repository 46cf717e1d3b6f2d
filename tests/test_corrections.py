"""Choices, what is said of answers, edits by hand and forgetting, in whatever order: each counts once and no longer
than it stands."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.ports import Evidence, Profile, User
from policies.preferences.edit import Change, Edit
from policies.preferences.told import PLACES
from policies.rewards.places import of_place
from proxy import imports
from proxy.app import Rapport
from tests.assembled import within
from tests.test_places import ANN, BEN, LONG, SHORT, learnt, lengths

CLEO, DAN = (User("u_" + letter * 32) for letter in "cd")
LISTS, PROSE = "- Do it.\n- Wait.\n- Look.\n", "Do it, then wait and look at it."
SAID = ("Please keep your answers short.", "I prefer long answers.", "At work, please keep your answers short.",
        "At home, I prefer long answers.", "Please use bullet lists.")  # fmt: skip
TAKEN_BACK = ("Scratch that.", "Forget that I prefer short answers.", "You don't need to use bullet lists any more.")


def pick(number: int, short: bool = True, place: str = "") -> Evidence:
    texts = [f"{each} {number}" for each in (SHORT[number % 4], LONG[number % 4])]
    chosen, rejected = texts if short else texts[::-1]
    return Evidence(f"p{number}", "pick", chosen, "assistant", rejected, time=1.7e9 + number, place=place)


def says(number: int, text: str) -> Evidence:
    return Evidence(f"p{number}", "statement", text, time=1.7e9 + number)


def anything(rng: random.Random, number: int) -> Evidence:
    """A choice of length or of lists at any place, or something said or taken back."""
    kind = rng.random()
    if kind < 0.6:
        texts = rng.choice([(SHORT[0], LONG[1]), (LONG[0], SHORT[1]), (LISTS, PROSE)])
        return replace(pick(number, place=rng.choice(["", *PLACES])), text=f"{texts[0]} {number}",
                       context=f"{texts[1]} {number}")  # fmt: skip
    return says(number, rng.choice(SAID if kind < 0.8 else TAKEN_BACK))


def live(profile: Profile) -> set[tuple[str, str, str, str]]:
    return {(claim.aspect, claim.value, claim.context, claim.kind) for claim in profile.claims
            if claim.superseded_by is None}  # fmt: skip


def length(profile: Profile, place: str = "") -> float:
    return (of_place(profile.taste, place) if place else profile.taste).get("length", 0.0)


def test_who_changes_their_mind_is_followed(tmp_path: Path) -> None:
    """What choices bore once, or was said and taken back, may be borne again: that it went is no refusal."""

    async def work(rapport: Rapport) -> None:
        for number in range(30):
            profile = await learnt(rapport, ANN, pick(number, short=not 4 <= number < 9))
        assert lengths(profile) == {("short", "")} and length(profile) < -0.8
        await learnt(rapport, BEN, says(0, SAID[0]))
        await learnt(rapport, BEN, says(1, "Scratch that."))
        for number in range(2, 9):
            profile = await learnt(rapport, BEN, pick(number))
        assert lengths(profile) == {("short", "")} and length(profile) < -0.8

    within(tmp_path, work)


def test_what_is_the_same_everywhere_stays_known_of_a_place(tmp_path: Path) -> None:
    """Its claim goes, for it need not be said twice; its coefficients and sums do not."""

    async def work(rapport: Rapport) -> None:
        before = await learnt(rapport, ANN, *(pick(number, place="work") for number in range(8)))
        after = await learnt(rapport, ANN, *(pick(number) for number in range(8, 16)))
        assert (lengths(before), lengths(after)) == ({("short", "work")}, {("short", "")})
        assert length(after, "work") == length(before, "work") < -0.8
        assert after.counts["choice.work/length-"] == before.counts["choice.work/length-"]

    within(tmp_path, work)


@pytest.mark.parametrize("seed", [3, 4, 6])
def test_batches_do_not_matter(tmp_path: Path, seed: int) -> None:
    """One by one, or all at once: the same claims, coefficients, sums and scores."""

    async def work(rapport: Rapport) -> None:
        rng = random.Random(seed)
        events = [anything(rng, number) for number in range(16)]
        for event in events:
            many = await learnt(rapport, ANN, event)
        one = await learnt(rapport, BEN, *events)
        sums = [{name: value for name, value in each.counts.items() if name != "corrected"} for each in (one, many)]
        assert live(one) == live(many) and sums[0] == pytest.approx(sums[1])
        assert one.taste == pytest.approx(many.taste, abs=1e-3)
        assert one.election.tastes == pytest.approx(many.election.tastes, abs=1e-3)

    within(tmp_path, work)


def test_what_is_chosen_and_refused_at_once(tmp_path: Path) -> None:
    """A guess that nobody has seen yet is refused as any other: it does not come back with what follows."""

    async def work(rapport: Rapport) -> None:
        profile = await learnt(rapport, ANN, *map(pick, range(6)), says(6, "Forget that I like short answers."))
        assert not lengths(profile) and length(profile) == 0.0 and "choice.length-" not in profile.counts

    within(tmp_path, work)


def test_claims_follow_what_is_said_for_everywhere(tmp_path: Path) -> None:
    """In words or by hand: no guess about a place says the contrary of what its coefficients say now."""

    async def work(rapport: Rapport) -> None:
        for user in (ANN, BEN):
            before = await learnt(rapport, user, *(pick(number, place="work") for number in range(5)))
            assert lengths(before) == {("short", "work")}
        said = await learnt(rapport, ANN, says(5, SAID[1]))
        written = await rapport.persons().edit(BEN, Edit([Change(aspect="length", value="long")]))
        for after in (said, written):
            assert lengths(after) == {("long", "")} and length(after, "work") > 1.0

    within(tmp_path, work)


def test_what_was_forgotten_stays_so_elsewhere(tmp_path: Path) -> None:
    """An export takes the choices along, and that what they bore was forgotten; what stands beside a word by hand is
    not taken for it."""

    async def moved(rapport: Rapport, user: User, to: User) -> Profile:
        kept = json.dumps(await rapport.persons().export(user)).encode()
        await rapport.persons().take(to, imports.read(kept, "x", 2e9))
        return await rapport.persons().profile(to)

    async def work(rapport: Rapport) -> None:
        persons = rapport.persons()
        known = await learnt(rapport, ANN, *map(pick, range(16)), pick(16, place="work"))
        assert "brevity" in known.election.lens.text
        assert await persons.forget_claim(ANN, next(each.id for each in known.claims if each.value == "short"))
        assert length(await persons.profile(ANN)) == length(await persons.profile(ANN), "work") == 0.0
        assert "brevity" not in json.dumps(await persons.export(ANN))
        assert length(await moved(rapport, ANN, CLEO)) == 0.0
        assert not lengths(await learnt(rapport, CLEO, pick(40, short=False)))
        await learnt(rapport, BEN, *map(pick, range(12)))
        mine = await persons.edit(BEN, Edit([Change(aspect="length", value="long")]))
        theirs = await moved(rapport, BEN, DAN)
        assert theirs.taste == pytest.approx(mine.taste, abs=1e-3) and theirs.taste["chosen/length"] < -1.0

    within(tmp_path, work)
