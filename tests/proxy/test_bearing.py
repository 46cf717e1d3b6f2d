"""What bears a taste: the choices on each axis, and what was said of it, at its place."""

from __future__ import annotations

from pathlib import Path

from adapters.ports import Evidence, User
from policies.preferences.edit import Change, Edit
from proxy.app import Rapport
from proxy.bearing import Bearing, bearing
from tests.assembled import within
from tests.proxy.test_asking import ANN, LONG, SHORT


def test_choices_and_words_are_counted_by_axis(tmp_path: Path) -> None:
    """For more and for less of it; those of another place and of other people are not among them."""

    async def work(rapport: Rapport) -> None:
        persons, users, sight = rapport.persons(), rapport.adapters.users, rapport.adapters.sight
        picks = [Evidence(f"p{at}", "pick", SHORT, "assistant", f"{LONG}{at}") for at in range(3)]
        back = Evidence("b", "pick", LONG, "assistant", SHORT)
        there = Evidence("w", "pick", LONG, "assistant", f"{SHORT} So.", place="work")
        await users.append(ANN, [*picks, back, there])
        await users.append(User("u_" + "b" * 32), [Evidence("x", "pick", LONG, "assistant", SHORT)])
        await persons.edit(ANN, Edit([Change(aspect="length", value="short")]))
        profile = await persons.profile(ANN)
        assert sight is not None
        found = await bearing(users, sight, ANN, profile, "")
        assert found["length"] == Bearing(1, 3, ["length: short"]) and found["tables"] == Bearing()
        assert (await bearing(users, sight, ANN, profile, "work"))["length"] == Bearing(1, 0)
        (row,) = [row for row in (await rapport.asking().taste(ANN))["axes"] if row["axis"] == "length"]
        assert row["evidence"] == {"more": 1, "less": 3, "said": ["length: short"]} and row["mean"] < 0

    within(tmp_path, work)
