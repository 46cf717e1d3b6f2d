"""A person's election over real evidence: scored before it is learnt, elected on what comes later."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace

from adapters.memory.cache import MemoryCache
from adapters.memory.people import MemoryPeople
from adapters.ports import Evidence, Plan, Profile, User
from policies.preferences.aspects import DEFAULT
from policies.preferences.budget import Calls
from policies.preferences.choices import Choice
from policies.preferences.elect import LEAST, Ballot
from policies.preferences.fold import fold
from policies.preferences.plans import present, shown
from policies.preferences.scorer import Contender

ANN, BEN, CLEO = (User("u_" + letter * 32) for letter in "abc")
WORDS = ["tree", "house", "river", "stone", "light", "water", "paper", "window", "garden"]


class House:
    """Several people of one store, who choose and are learnt from."""

    def __init__(self, seed: int = 1) -> None:
        self.people, self.rng, self.number = MemoryPeople(), random.Random(seed), 0
        self.ballot = Ballot(self.people, self.people, DEFAULT, 150, Calls(MemoryCache()))

    def text(self, words: int, lists: bool) -> str:
        # Sentences of one length: how plain an answer is, and how soon it says something, are axes of their own.
        said = " ".join(self.rng.choice(WORDS) + "." * (at % 8 == 0) for at in range(words))
        return f"{said}\n- one thing\n- another thing" if lists else said

    def says(self, user: User, text: str) -> Profile:
        return self.takes(user, Evidence(f"s{self.number}", "statement", text))

    def picks(self, user: User, short: float, times: int = 1) -> Profile:
        """Picks the short one of two answers so often, which differ at random in having lists."""
        profile = Profile()
        for _ in range(times):
            texts = [self.text(40, self.rng.random() < 0.5), self.text(120, self.rng.random() < 0.5)]
            chosen, rejected = texts if self.rng.random() < short else texts[::-1]
            profile = self.takes(user, Evidence(f"p{self.number}", "pick", chosen, "assistant", rejected))
        return profile

    def takes(self, user: User, item: Evidence) -> Profile:
        self.number += 1
        return asyncio.run(self._learnt(user, replace(item, event=f"e{self.number}", time=float(self.number))))

    async def _learnt(self, user: User, item: Evidence) -> Profile:
        await self.people.append(user, [item])
        before = await self.people.load(user)
        folded = fold(before.profile, before.pending)
        held = await self.ballot.held(user, before.profile, folded, before.pending)
        await self.people.publish(user, replace(held, version=before.profile.version + 1))
        return (await self.people.load(user)).profile


def live(profile: Profile) -> set[tuple[str, str]]:
    return {(claim.aspect, claim.value) for claim in profile.claims if claim.superseded_by is None}


def test_choices_are_scored_before_they_are_learnt() -> None:
    """The first choice is predicted by nobody, whatever it taught."""
    election = House().picks(ANN, 1.0).election
    assert election.choices == 1
    assert len(set(election.scores.values())) == 1


def test_without_choices_there_is_no_election() -> None:
    """What is known serves, all of it."""
    profile = House().says(ANN, "I prefer detailed answers.")
    assert (profile.election.choices, profile.election.incumbent, profile.election.race) == (0, Plan(), None)


def test_what_choices_speak_against_is_voted_out() -> None:
    """A stated wish that 30 picks belie no longer serves; it stays known, and comes back when it is said again."""
    house = House()
    house.says(ANN, "I love hiking. I prefer detailed answers.")
    profile = house.picks(ANN, 0.95, 30)
    detailed = next(claim.id for claim in profile.claims if claim.value == "detailed")
    assert detailed in profile.election.incumbent.drop
    assert ("length", "detailed") in live(profile)
    assert profile.election.scores["incumbent"] > -0.9 * profile.election.choices


def test_a_guess_made_later_must_win_first() -> None:
    """Inferred after the first choices, it is a candidate; it serves once later choices bore it out."""
    house = House(2)
    house.picks(ANN, 0.5, LEAST + 2)
    early = house.picks(ANN, 1.0, 9)
    assert ("length", "short") in live(early)
    guess = next(claim.id for claim in early.claims if claim.value == "short" and claim.superseded_by is None)
    assert early.election.incumbent.keep is not None
    assert guess not in early.election.incumbent.keep
    late = house.picks(ANN, 1.0, 40)
    assert late.election.incumbent.keep is not None
    assert guess in late.election.incumbent.keep


def test_what_held_at_a_place_is_shown_once_it_holds_everywhere() -> None:
    """The summary for the place does not lose it to the election of a guess that it knew already."""
    house = House()

    def picks(place: str) -> Profile:
        return house.takes(ANN, Evidence("p", "pick", house.text(40, False), "assistant", house.text(120, False),
                                         place=place))  # fmt: skip

    profile = [picks("work") for _ in range(LEAST + 1)][-1]
    assert "short" in {claim.value for claim in shown(profile).claims if claim.context == "work"}
    for _ in range(8):
        profile = picks("")
    held = {claim.context for claim in shown(present(profile, "work")).claims if claim.value == "short"}
    assert ("length", "short") in live(profile) and profile.election.incumbent.keep is not None and held == {""}


def test_other_people_are_only_compared_with() -> None:
    """Nothing of theirs is in what is kept of a person."""
    house = House()
    house.says(BEN, "I love zither music.")
    house.picks(BEN, 0.0, 12)
    profile = house.picks(ANN, 1.0, 12)
    assert profile.election.scores["nearest"] != profile.election.scores["none"]
    assert "zither" not in repr(profile)
    assert "long" not in {value for _, value in live(profile)}


def test_a_change_of_hands_is_seen() -> None:
    """After somebody else begins to choose under the same id, what was inferred is not trusted."""
    house = House(3)
    house.picks(BEN, 0.0, 20)
    assert house.picks(ANN, 1.0, 20).election.guarded == ""
    seen = [house.picks(ANN, 0.0).election.guarded for _ in range(5)]
    assert "drifted" in seen


def test_a_lens_is_elected_too() -> None:
    """Where the summary that serves says nothing of how the person chooses, what verifies itself later wins."""
    house = House(2)
    house.picks(ANN, 0.5, LEAST + 2)
    profile = house.picks(ANN, 1.0, 40)
    assert profile.election.lens.serves
    assert "brevity over completeness" in profile.election.lens.text


class Silent:
    """A judge that counts how often it is asked, two calls a time."""

    asked = 0
    told = ""

    def cost(self, contenders: Mapping[str, Contender]) -> int:
        return 2

    async def chances(self, contenders: Mapping[str, Contender], choice: Choice) -> Mapping[str, float]:
        self.asked, self.told = self.asked + 1, contenders["incumbent"].text
        return dict.fromkeys(contenders, 0.5)


def test_a_summary_is_scored_as_it_is_shown() -> None:
    """At the place where the choice is made."""
    house, judge = House(), Silent()
    house.ballot = replace(house.ballot, scorer=judge, calls_per_day=50)
    house.says(ANN, "At work, keep your answers short. At home, please give me detailed answers.")
    for place, told in (("work", "Answers: short."), ("home", "Answers: detailed."),
                        ("", "Answers: detailed (at home), short (at work).")):  # fmt: skip
        house.takes(ANN, Evidence("x", "pick", house.text(9, False), "assistant", house.text(9, True), place=place))
        assert judge.told == told


def test_a_judge_is_asked_within_the_day_s_budget() -> None:
    """Then the rules score; what was spent is counted."""
    house, judge = House(), Silent()
    house.ballot = replace(house.ballot, scorer=judge, calls_per_day=5)
    profile = house.picks(ANN, 1.0, 4)
    assert (judge.asked, profile.counts["model.calls"], profile.election.choices) == (2, 4.0, 4)
