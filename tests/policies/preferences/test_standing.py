"""Whether a taste serves, and why not."""

from __future__ import annotations

import pytest

from adapters.ports import Election, Profile
from policies.preferences.standing import LEAST, standing

BETTER = {"own": -2.0, "house": -3.0, "none": -3.5}


@pytest.mark.parametrize(
    ("profile", "found"),
    [
        (Profile(), (False, "too_few_choices")),
        (Profile(election=Election(choices=LEAST, tastes=BETTER)), (True, "")),
        (Profile(election=Election(choices=LEAST - 1, tastes=BETTER)), (False, "too_few_choices")),
        (Profile(election=Election(choices=9, tastes={**BETTER, "house": -1.0})), (False, "no_better")),
        (Profile(election=Election(choices=9, tastes={**BETTER, "none": -2.0})), (False, "no_better")),
        (Profile(election=Election(choices=9, tastes=BETTER, guarded="drifted")), (False, "drifted")),
        (Profile(election=Election(choices=9, tastes=BETTER), paused=True), (False, "paused")),
    ],
)
def test_a_taste_serves_once_it_foresees_better(profile: Profile, found: tuple[bool, str]) -> None:
    """Than the house's and than a coin, over enough choices, while nothing speaks against it."""
    assert standing(profile) == found
