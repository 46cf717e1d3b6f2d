"""Somebody terse at work and chatty at home is both, and never middling: chosen, asked, moved and erased apart."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.ports import Caller, ChatRequest, Evidence, Profile, User
from policies.align import AlignConfig
from policies.base import Exchange
from policies.choosing import worths
from proxy import imports
from proxy.app import Rapport
from tests.assembled import within

ANN, BEN, CLEO = (User("u_" + letter * 32) for letter in "abc")
SHORT = ["Yes. Do it.", "Use a sieve.", "Two years.", "Take the bus."]
SENTENCE = "It can be done, and whoever begins should think about it well before. "
LONG = ["Yes. " + SENTENCE * (4 + at) for at in range(4)]
MIDDLING = f"Yes. {SENTENCE}Then go on."
REQUEST = ChatRequest.parse(b'{"model": "m", "messages": [{"role": "user", "content": "What shall we do?"}]}')


def picks(seed: int = 1, each: int = 12) -> list[Evidence]:
    """So many short answers at work, and long ones at home, in some order."""
    rng = random.Random(seed)
    places = rng.sample(["work", "home"] * each, 2 * each)
    found = []
    for at, place in enumerate(places):
        texts = (f"{rng.choice(SHORT)} {at}", f"{rng.choice(LONG)} {at}")
        chosen, rejected = texts if place == "work" else texts[::-1]
        found.append(Evidence(f"e{at}", "pick", chosen, "assistant", rejected, time=1.7e9 + at, place=place))
    return found


async def learnt(rapport: Rapport, user: User, *items: Evidence) -> Profile:
    await rapport.adapters.users.append(user, items)
    return await rapport.persons().profile(user)


async def chosen(rapport: Rapport, user: User, place: str) -> str | None:
    """The answer that the person is given there, None where one call is made as ever."""
    known = replace(user, known=await rapport.adapters.users.load(user))
    exchange = Exchange("ex_1", Caller(place=place), REQUEST, REQUEST, known)
    await AlignConfig().build(rapport.adapters).on_request(exchange)  # type: ignore[misc]
    if exchange.choosing is None:
        return None
    texts = [MIDDLING, SHORT[0], LONG[3]]
    found, _ = await worths(exchange.choosing, texts)
    return texts[found.index(max(found))]


def lengths(profile: Profile) -> set[tuple[str, str]]:
    return {(claim.value, claim.context) for claim in profile.claims
            if claim.aspect == "length" and claim.superseded_by is None}  # fmt: skip


def length_of(shown: dict[str, Any]) -> float:
    return float(next(row["mean"] for row in shown["axes"] if row["axis"] == "length"))


def test_both_faces(tmp_path: Path) -> None:
    """Each place gets its answer; what holds everywhere does not move, and no average is ever claimed."""

    async def work(rapport: Rapport) -> None:
        asking = rapport.asking()
        for item in picks():
            profile = await learnt(rapport, ANN, item)
            assert not {("short", ""), ("long", "")} & lengths(profile) and not profile.election.guarded
        assert lengths(profile) == {("short", "work"), ("long", "home")}
        assert all(name.startswith(("work/", "home/")) for name in profile.taste)
        assert [await chosen(rapport, ANN, place) for place in ("work", "home", "")] == [SHORT[0], LONG[3], None]
        shown = {place: await asking.taste(ANN, place) for place in ("work", "home", "")}
        assert length_of(shown["work"]) < -0.8 and length_of(shown["home"]) > 0.8 and length_of(shown[""]) == 0.0
        assert [(shown[place]["apart"], shown[place]["choices"]) for place in ("work", "home")] == [(True, 12)] * 2
        tastes = profile.election.tastes
        assert tastes["own"] > tastes["none"] + 5.0, "each choice is foreseen by what serves where it is made"
        # Somebody else of the tenant is not known for any of it.
        assert (await rapport.persons().profile(BEN)).taste == {} and await chosen(rapport, BEN, "work") is None

    within(tmp_path, work)


def test_who_is_known_everywhere_begins_so_at_a_place(tmp_path: Path) -> None:
    """Until the first choice there what holds everywhere serves; later choices teach one of the two alone."""

    async def work(rapport: Rapport) -> None:
        general = [replace(item, place="", event=f"g{at}") for at, item in enumerate(picks()) if item.place == "work"]
        before = await learnt(rapport, ANN, *general)
        assert lengths(before) == {("short", "")}
        assert [await chosen(rapport, ANN, place) for place in ("work", "")] == [SHORT[0]] * 2
        after = await learnt(rapport, ANN, *(item for item in picks() if item.place == "home"))
        assert lengths(after) == {("short", ""), ("long", "home")} and not after.election.guarded
        assert {name: after.taste[name] for name in before.taste} == before.taste
        assert [await chosen(rapport, ANN, place) for place in ("work", "home", "")] == [SHORT[0], LONG[3], SHORT[0]]

    within(tmp_path, work)


def test_questions_about_a_place(tmp_path: Path) -> None:
    """They end by what is known there, the same may be asked of each place, and the answers make both faces."""

    async def work(rapport: Rapport) -> None:
        asking, asked = rapport.asking(), {"work": list[str](), "home": list[str]()}
        for place, best in (("work", min), ("home", max)):
            while (question := await asking.question(ANN, place)).get("id"):
                assert question["asked"] == len(asked[place])
                asked[place].append(question["id"])
                answer = best(question["answers"], key=lambda each: len(each["text"]))
                told = await asking.answer(ANN, question["id"], answer["id"], place)
                assert told["recorded"] == 1 and told["axes"]
                again = await asking.answer(ANN, question["id"], None, place)
                assert (again["recorded"], again["axes"]) == (0, [])
        assert 3 <= len(asked["work"]) <= 9 and 3 <= len(asked["home"]) <= 9
        assert {*asked["work"]} & {*asked["home"]} and (await asking.question(ANN))["asked"] == 0
        profile = await rapport.persons().profile(ANN)
        assert lengths(profile) <= {("short", "work"), ("long", "home")}
        assert [await chosen(rapport, ANN, place) for place in ("work", "home", "")] == [SHORT[0], LONG[3], None]
        assert (await asking.taste(ANN, "work"))["answers"] == len(asked["work"])

    within(tmp_path, work)


def test_both_faces_move_and_go(tmp_path: Path) -> None:
    """An export brings them to another place as they were, with what was said of one; erased, nothing of them is left.
    """

    async def work(rapport: Rapport) -> None:
        persons = rapport.persons()
        said = Evidence("s", "statement", "At work, please use bullet lists.", time=1.7e9 + 99)
        mine = await learnt(rapport, ANN, *picks(each=6), said)
        assert mine.taste["work/lists"] > 1.0 and "lists" not in mine.taste
        kept = json.dumps(await persons.export(ANN)).encode()
        await persons.take(BEN, imports.read(kept, "x", 2e9))
        theirs = await persons.profile(BEN)
        assert theirs.taste == pytest.approx(mine.taste, abs=1e-3) and lengths(theirs) == lengths(mine)
        assert {name: value for name, value in theirs.counts.items() if "work" in name} == {
            name: value for name, value in mine.counts.items() if "work" in name}  # fmt: skip
        lists = next(claim for claim in mine.claims if claim.value == "bullet lists")
        assert lists.context == "work" and await persons.forget_claim(ANN, lists.id)
        assert abs((await persons.profile(ANN)).taste.get("work/lists", 0.0)) < 0.5
        guess = next(claim for claim in mine.claims if (claim.value, claim.context) == ("short", "work"))
        assert await persons.forget_claim(ANN, guess.id)
        again = await learnt(rapport, ANN, replace(picks()[-1], event="again"), replace(picks()[0], event="and again"))
        assert lengths(again) == {("long", "home")}
        await persons.forget(ANN)
        left = await persons.export(ANN)
        assert left["evidence"] == [] and not (left["profile"] or {}).get("taste")
        assert [await chosen(rapport, user, "work") for user in (ANN, BEN, CLEO)] == [None, SHORT[0], None]

    within(tmp_path, work)
