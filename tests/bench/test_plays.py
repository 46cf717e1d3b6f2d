"""The style bench names speakers by the product's own sums, and counts as its description says."""

from typing import Any

from bench.plays import FIRST, profiles, ranks, score

VOICES = {
    "asks": "Oh, do you know what it is? Will you come to us again, and why not? What do you say to it?",
    "tells": "The report is late. The figures of the quarter are in the annex. The board has seen them all.",
    "shouts": "Off with him! Away, away! No man of mine goes near that house! Now run, all of you!",
}


def pairs(count: int) -> list[dict[str, Any]]:
    """Each of three people, with the same input for all and a voice of their own."""
    return [
        {"person": person, "n": n, "input": f"What has happened in the town on day {n}, do tell us.", "output": voice}
        for person, voice in VOICES.items()
        for n in range(1, count + 1)
    ]


def test_outputs_name_the_speaker_and_inputs_do_not() -> None:
    """Three voices are told apart by what they said; what they were told is the same, and ties are no hits."""
    assert score(pairs(FIRST + 2)) == {
        "style_plays/outputs@1": 1.0,
        "style_plays/outputs@5": 1.0,
        "style_plays/inputs@1": 0.0,
        "style_plays/inputs@5": 1.0,
        "style_plays/ratio@1": 1e9,
    }


def test_profiles_are_those_of_the_fold() -> None:
    """One profile a person, of the pairs given, with the sums of the side asked for."""
    found = profiles(pairs(4), "output")
    assert found.keys() == VOICES.keys()
    assert found["asks"].counts["style.outputs"] == 4
    assert found["asks"].counts["style.question"] == 12
    assert "style.question" not in profiles(pairs(4), "input")["asks"].counts


def test_ranks_count_who_fits_as_well() -> None:
    """0 where nobody fits as well as the speaker."""
    known = profiles(pairs(5), "output")
    assert ranks(pairs(1), known) == [0, 0, 0]
    assert ranks([{"person": "tells", "output": VOICES["asks"]}], known)[0] > 0


def test_without_tests_there_is_nothing_to_name() -> None:
    """Pairs for the profiles only: every share is 0."""
    assert set(score(pairs(3)).values()) == {0.0}
