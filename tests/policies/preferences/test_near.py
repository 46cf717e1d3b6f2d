"""The near-miss guard: a change of hands, a neighbour that fits as well, and trust that comes back."""

from __future__ import annotations

from dataclasses import replace

from adapters.ports import Election
from policies.preferences.axes import Pair
from policies.preferences.choices import Choice
from policies.preferences.coefficients import directions
from policies.preferences.near import LEAST, watched
from policies.rewards.moments import Array
from policies.rewards.posterior import Answer, Posterior
from policies.rewards.taste import NEUTRAL, of_kept

OWN = of_kept({"length": -2.0, "lists": 2.0, "length~": 0.1, "lists~": 0.1})
OTHER = of_kept({"length": 2.0, "lists": -2.0, "length~": 0.1, "lists~": 0.1})


def edit(**differing: float) -> Array:
    return directions(Choice("e", "", "", Pair(differing, frozenset(), frozenset()), 1.0, True))


MINE, THEIRS = edit(length=-1, lists=1), edit(length=1, lists=-1)


def after(*made: Array, others: tuple[Posterior, ...] = (), nearest: Posterior | None = None) -> Election:
    election, recent = Election(), []
    for choice in made:
        recent.append(choice)
        election = replace(election, choices=election.choices + 1)
        election = watched(election, OWN, recent[-40:], others, nearest)
    return election


def test_what_fits_is_trusted() -> None:
    """Also where others choose otherwise."""
    assert after(*[MINE] * 12, others=(OTHER,), nearest=OTHER).guarded == ""
    assert after(*[MINE] * 12, others=(OTHER,), nearest=OTHER).margin > 5


def test_a_change_of_hands_shows_at_once() -> None:
    """With one edit against the taste on both of its axes; also where nobody else is known."""
    assert after(*[MINE] * 12, THEIRS, others=(OTHER,)).guarded == "drifted"
    assert after(*[MINE] * 12, THEIRS).guarded == "drifted"


def test_one_odd_pick_is_no_alarm() -> None:
    """Anybody picks against their taste now and then."""
    odd = directions(Choice("e", "", "", Pair({"length": 0.5}, frozenset(), frozenset()), 0.8))
    assert after(*[MINE] * 6, odd, *[MINE] * 3).guarded == ""


def test_trust_comes_back() -> None:
    """When the window as a whole fits again, not with the first choice that does."""
    assert after(*[MINE] * 6, THEIRS, THEIRS, MINE).guarded == "drifted"
    assert after(*[MINE] * 6, THEIRS, THEIRS, *[MINE] * 4).guarded == ""


def test_a_neighbour_that_fits_as_well_is_a_near_miss() -> None:
    """Once there are enough choices to tell; not where nobody says anything else."""
    assert after(*[MINE] * (LEAST + 1), nearest=OWN).guarded == "indistinct"
    assert after(*[MINE] * (LEAST - 1), nearest=OWN).guarded == ""
    assert after(*[MINE] * (LEAST + 1)).guarded == ""


def test_a_house_of_one_taste_does_not_doubt_a_newcomer() -> None:
    """Others who choose alike explain everybody's choices, and say nothing against anybody."""
    election, taste, recent = Election(), NEUTRAL, []
    for number in range(30):
        recent.append(edit(length=-1) if number % 7 else edit(length=1))
        election = watched(replace(election, choices=number + 1), taste, recent, (OWN, OWN), None)
        for row in recent[-1]:
            taste = taste.updated(Answer(row))
    assert election.guarded == ""


def test_a_taste_that_is_hardly_known_is_not_doubted() -> None:
    """Not before there are enough choices to know it by."""
    assert after(*[MINE] * 3, THEIRS, THEIRS, others=(OTHER,)).guarded == ""
