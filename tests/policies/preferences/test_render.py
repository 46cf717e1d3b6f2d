"""The summary is compressed, the most useful first, the same bytes for the same profile, and never over its budget."""

import random
from dataclasses import replace

import pytest

from adapters.ports import Claim, Evidence, Profile, count_tokens
from policies.preferences.aspects import ASPECTS, DEFAULT, select
from policies.preferences.fold import fold
from policies.preferences.render import render


def profile(*texts: str) -> Profile:
    return fold(Profile(), [Evidence(f"e{seq}", "statement", text, seq=seq) for seq, text in enumerate(texts, 1)])


RICH = profile(
    "I'm vegan", "I'm allergic to nuts", "call me Sam", "always answer in French", "keep it short", "no bullet points",
    "I love jazz", "I can't stand cilantro", "I live in Lyon", "my favourite bands are Queen and Muse", "I love chess",
)  # fmt: skip


def test_a_summary_reads_as_groups_of_values() -> None:
    """Wishes about answers stand together, the newest value of a group first."""
    assert render(RICH, 150) == (
        "Answers: no bullet lists, short, in French. Name: Sam. Allergies: nuts. Diet: vegan. Like: chess, jazz. "
        "Favourites: bands: Muse, Queen. Lives in: Lyon. Dislikes: cilantro."
    )


def test_what_matters_most_fits_first() -> None:
    """In a tight budget allergies and wishes about answers come before tastes."""
    assert render(RICH, 24) == "Answers: no bullet lists, short, in French. Name: Sam. Allergies: nuts. Diet: vegan."
    assert render(RICH, 3) == ""


def test_an_empty_profile_says_nothing() -> None:
    """Nothing known, nothing said; ended claims are not known."""
    assert render(Profile(), 100) == ""
    assert render(profile("I love jazz", "I don't like jazz any more"), 100) == ""


def test_the_budget_is_never_exceeded() -> None:
    """Over many random profiles and budgets, also with letters that count one by one."""
    draw = random.Random(3)
    words = [
        "jazz",
        "spicy thai",
        "the quiet ones",
        "日本語 の 本",
        "naïve art",
        "a-b c",
        "O'Neill",
        "C++",
        "bands: Queen",
    ]
    for _ in range(300):
        claims = tuple(
            Claim(
                f"c{number}",
                draw.choice(ASPECTS).name,
                draw.choice(words) + str(number),
                draw.choice(["explicit", "inferred"]),
            )
            for number in range(draw.randrange(60))
        )
        budget = draw.randrange(150)
        assert count_tokens(render(Profile(claims=claims), budget)) <= budget


def test_the_same_profile_gives_the_same_bytes() -> None:
    """No clock, no set order: time and confidence of a claim do not show."""
    later = Profile(claims=tuple(Claim(c.id, c.aspect, c.value, c.kind, 0.5, (), 99.0) for c in RICH.claims))
    assert render(RICH, 90) == render(later, 90)


def test_what_a_shown_value_says_already_is_left_out() -> None:
    """ "Films" after "French films" and a wish for what is liked anyway cost no tokens."""
    known = (Claim("a", "wants", "jazz"), Claim("b", "likes", "films"), Claim("c", "likes", "jazz and French films"))
    assert render(Profile(claims=known), 100) == "Like: jazz and French films."


def test_inferred_claims_are_marked_and_come_last() -> None:
    """A guess reads as one, and gives way to what was said."""
    known = (Claim("a", "format", "bullet lists", "inferred", 0.9), Claim("b", "length", "short"))
    assert render(Profile(claims=known), 100) == "Answers: short. Probably prefers: bullet lists."
    assert render(Profile(claims=known), 4) == "Answers: short."


@pytest.mark.parametrize(
    ("aspect", "value", "text"),
    [
        ("emoji", "none", "Answers: no emoji."),
        ("examples", "yes", "Answers: with examples."),
        ("language", "French", "Answers: in French."),
        ("diet", "no dietary requirements", "Diet: no dietary requirements."),
        ("likes", "the sound of the sea", "Like: sound sea."),
    ],
)
def test_values_are_shown_in_few_words(aspect: str, value: str, text: str) -> None:
    """Codes become words, function words go."""
    assert render(Profile(claims=(Claim("a", aspect, value),)), 50) == text


def test_only_chosen_aspects_are_shown() -> None:
    """An aspect that the operator left out is not shown even where it is known."""
    assert render(RICH, 100, select(["diet", "name"])) == "Name: Sam. Diet: vegan."


def test_what_was_only_mentioned_is_shown_last() -> None:
    """Behind everything explicit, under its own name, and left out where something shown says it."""
    mentions = [Claim(value, "mentioned", value, "inferred", 0.3, ("e1",), 1.0) for value in ("salsa", "tango")]
    likes = [Claim(value, "likes", value, "explicit", 1.0, ("e1",), 1.0) for value in ("hot salsa", "jazz")]
    known = Profile(claims=(*mentions, *likes))
    assert render(known, 60) == "Like: jazz, hot salsa. Also: tango."
    assert "Mentioned" not in render(known, 8)


def test_what_was_inferred_in_two_sessions_is_stated_as_a_fact() -> None:
    """Until then it is probable; what was only mentioned stays behind everything, however often."""
    guess = Claim("a", "format", "bullet lists", "inferred", 0.9, sessions=2)
    assert render(Profile(claims=(guess, Claim("b", "length", "short"))), 100) == "Answers: short, bullet lists."
    often = Claim("c", "mentioned", "tango", "inferred", 0.3, sessions=9)
    assert render(Profile(claims=(Claim("d", "wants", "salsa"), often)), 100) == "Want: salsa. Also: tango."


def test_where_a_claim_holds_is_shown() -> None:
    """Beside the value; what holds everywhere says the same for work, and not the other way round."""
    known = (Claim("a", "tone", "informal"), Claim("b", "tone", "formal", context="work"))
    assert render(Profile(claims=known), 100) == "Answers: formal (at work), informal."
    everywhere, there = Claim("a", "likes", "hot tea"), Claim("b", "likes", "tea", context="home")
    assert render(Profile(claims=(everywhere, there)), 100) == "Like: tea (at home), hot tea."
    assert render(Profile(claims=(there, everywhere)), 100) == "Like: hot tea."
    assert count_tokens(render(Profile(claims=known), 4)) <= 4


def test_what_is_sensitive_is_not_shown() -> None:
    """Of an earlier version, or while it was allowed; locked, the person wants it so, and allowed, the operator."""
    claim = Claim("a", "likes", "gay bars")
    assert render(Profile(claims=(claim, Claim("b", "likes", "jazz"))), 100) == "Like: jazz."
    assert render(Profile(claims=(replace(claim, locked=True),)), 100) == "Like: gay bars."
    allowed = {"likes": replace(DEFAULT["likes"], allows=frozenset(("sexuality",)))}
    assert render(Profile(claims=(claim,)), 100, allowed) == "Like: gay bars."


def test_an_own_aspect_has_its_own_label_and_place() -> None:
    """As the operator wrote them."""
    aspects = {**DEFAULT, "plan": replace(DEFAULT["likes"], name="plan", label="Plan", tier=0)}
    known = (Claim("a", "plan", "Premium"), Claim("b", "likes", "jazz"))
    assert render(Profile(claims=known), 100, aspects) == "Plan: Premium. Like: jazz."
    assert render(Profile(claims=known), 100) == "Like: jazz."
