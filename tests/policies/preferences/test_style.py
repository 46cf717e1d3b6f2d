"""Style is inferred from texts that the person wrote, slowly, and never against what they said."""

import pytest

from adapters.ports import Evidence, Profile
from policies.preferences.fold import fold
from policies.preferences.style import measure, output

SHORT = (
    "Thanks, got it. The parts came in on Monday and we start on the roof tomorrow if it stays dry. More on Friday, "
    "from here."
)
LISTS = (
    "Plan for the week ahead, as agreed with the whole team on the call:\n"
    "- order the parts from the usual supplier in town\n- call the client about the date\n"
    "- book the hall for the evening\n- send the invoices that are still open"
)
FORMAL = (
    "Dear Sir, I would like to inform you that the delivery has been delayed. Furthermore, the invoice will be "
    "corrected accordingly. Please find the documents enclosed. Kind regards"
)
CASUAL = (
    "Hey guys, gonna be late again, sorry!! Can't find my keys lol. Don't wait for me, just start, it's cool. See you "
    "all there"
)
GERMAN = (
    "Die Teile sind am Montag gekommen und wir fangen morgen mit dem Dach an, wenn es trocken bleibt. Ich melde mich "
    "dann am Freitag wieder, sobald ich mehr weiß."
)
LONG = " ".join(
    ["The history of the harbour is a long one and it is told in many ways by the people of the town."] * 60
)


def known(*texts: str, kind: str = "artefact", minimum: int = 3) -> set[tuple[str, str]]:
    """What is inferred after these texts."""
    evidence = [Evidence(f"e{seq}", kind, text, seq=seq) for seq, text in enumerate(texts, 1)]  # type: ignore[arg-type]
    profile = fold(Profile(), evidence, min_outputs=minimum)
    return {(claim.aspect, claim.value) for claim in profile.claims if claim.superseded_by is None}


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (SHORT, ("length", "short")),
        (LONG, ("length", "long")),
        (LISTS, ("format", "bullet lists")),
        (SHORT, ("format", "no bullet lists")),
        (FORMAL, ("tone", "formal")),
        (CASUAL, ("tone", "informal")),
        (GERMAN, ("language", "German")),
        (SHORT, ("emoji", "none")),
    ],
)
def test_habits_of_writing_are_inferred(text: str, claim: tuple[str, str]) -> None:
    """Five texts of one kind show what they have in common."""
    assert claim in known(*[text] * 5)


def test_few_texts_prove_nothing() -> None:
    """Below the least number of texts nothing is inferred, and the house prior outweighs a single one."""
    assert known(LISTS, LISTS) == set()
    assert ("format", "bullet lists") not in known(LISTS, minimum=1)


def test_questions_are_no_outputs() -> None:
    """How a person asks the assistant says nothing about how they write."""
    question = (
        "Could you tell me how the harbour of this town came to be, and who built the first pier that is still there "
        "today?"
    )
    assert output(Evidence("e", "statement", question)) == ""
    assert known(*[question] * 6, kind="statement") == set()
    assert output(Evidence("e", "artefact", LONG, author="assistant")) == ""


def test_a_pasted_draft_is_an_output_of_the_person() -> None:
    """ "Here's my draft" makes a text the person's own; a text of someone else's stays out."""
    assert output(Evidence("e", "statement", f"Here's my draft:\n{SHORT}")) == SHORT
    assert output(Evidence("e", "statement", f"Here is the article:\n{SHORT}")) == ""


def test_what_was_said_stands_before_what_is_inferred() -> None:
    """Somebody who asked for long answers and writes short notes gets long answers."""
    evidence = [Evidence("s", "statement", "always give detailed answers", seq=1)]
    evidence += [Evidence(f"e{seq}", "artefact", SHORT, seq=seq) for seq in range(2, 8)]
    profile = fold(Profile(), evidence)
    lengths = [claim.value for claim in profile.claims if claim.aspect == "length" and claim.superseded_by is None]
    assert lengths == ["detailed"]


def test_a_claim_goes_when_the_habit_changes_and_does_not_flap() -> None:
    """One text against the habit changes nothing; many do."""
    assert ("format", "bullet lists") in known(*[LISTS] * 6, SHORT)
    assert ("format", "bullet lists") not in known(*[LISTS] * 4, *[SHORT] * 8)


def test_the_sums_are_kept_with_the_profile() -> None:
    """Counts hold running totals, so that no text has to be kept for the statistics."""
    profile = fold(Profile(), [Evidence("e", "artefact", CASUAL, seq=1)])
    assert profile.counts["style.outputs"] == 1
    assert profile.counts["style.exclamations"] == 2
    assert profile.counts["style.in.English"] == 1
    assert profile.counts["style.apostrophe"] == 3
    assert sum(profile.counts.get(f"style.letters{size}", 0) for size in range(1, 7)) == profile.counts["style.words"]


@pytest.mark.parametrize(
    ("text", "casual", "formal"),
    [
        ("Hey guys, see you there", 1, 0),
        ("We don\u2019t know, can\u2019t say, won\u2019t ask, didn\u2019t hear", 1, 0),
        ("Great!! See you xx", 1, 0),
        ("Given that f(x) is 4x^3 and 2x^2, find f(2)", 0, 0),
        ("Should you need more, do not hesitate to call", 0, 1),
        ("Sehr geehrte Frau Braun, ich danke Ihnen. Mit freundlichen Gr\u00fc\u00dfen", 0, 1),
        ("You should find the time, it would be in order", 0, 0),
        ("Thus, hey, it is cool, therefore", 0, 0),
    ],
)
def test_register_is_told_by_set_words_and_phrases(text: str, casual: int, formal: int) -> None:
    """Two signs make a register, of any keyboard's apostrophe; signs of both cancel out."""
    counts: dict[str, float] = {}
    measure(text, counts)
    assert (counts["style.casual"], counts["style.formal"]) == (casual, formal)
