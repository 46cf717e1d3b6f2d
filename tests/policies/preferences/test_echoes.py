"""A profile cannot confirm itself: what the assistant said, and the person repeats, makes nothing more certain."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from adapters.ports import Block, Claim, Evidence, Profile
from policies.history import CONTEXT
from policies.preferences.aspects import DEFAULT
from policies.preferences.echoes import unechoed
from policies.preferences.fold import fold
from policies.preferences.render import render

TURNS = 50
NOTE = (
    "Thanks, got it. The parts came in on Monday and we start on the roof tomorrow if it stays dry. More on Friday, "
    "from here."
)
TOLD = (
    "I'm vegan", "call me Sam", "I love jazz and chess", "always keep it short", "I'm allergic to nuts",
    "I live in Rome", "my favourite colour is red", "I hate horror movies", "I'm looking for a quick dinner",
    "my budget is 20 euros",
)  # fmt: skip
KNOWN = fold(
    Profile(),
    [Evidence(f"s{seq}", "statement", text, seq=seq) for seq, text in enumerate(TOLD, 1)]
    + [Evidence(f"a{seq}", "artefact", NOTE, seq=20 + seq) for seq in range(5)],
)
SUMMARY = render(KNOWN, 150)
OFFER = (
    "Dear Sam, please find your new letter here, which is rather long and formal. Furthermore, as a vegan who loves "
    "jazz and chess you should try the market in Rome.\n- a stall with red curry\n- a stall with bread"
)
ANSWERS = {
    "mirror": "Sure, Sam! Since you're vegan, allergic to nuts, on a budget of 20 euros and love jazz and chess, here "
    "is a quick dinner for Rome.",
    "asking": "You love jazz and chess, Sam, and you're vegan. Do you like jazz? Any allergies besides nuts?",
    "first person": "Noted: I'm vegan. I love jazz and chess. I live in Rome. I'm allergic to nuts.",
    "offering": f"As a vegan who loves jazz and chess, you might love blues too. {OFFER}",
    "reciting": SUMMARY,
    "a question after it": f"{SUMMARY} What music do you like? Any allergies?",
}
REPLIES: dict[str, Callable[[str], str]] = {
    "thanks": lambda said: "thanks",
    "ok": lambda said: "ok",
    "warm thanks": lambda said: "Great, thank you so much, that's perfect!",
    "right": lambda said: "That's right.",
    "word for word": lambda said: said,
    "in quotes": lambda said: f'You said "{said}"',
    "after a colon": lambda said: f"Thanks for this: {said}",
    "as a quoted line": lambda said: f"> {said}\n\nok",
    "its first half": lambda said: said[: len(said) // 2],
    "the block": lambda said: f"{Block('profile', SUMMARY).render()}\nthanks",
    "the summary": lambda said: SUMMARY,
    "part of the summary": lambda said: f"Thanks! {SUMMARY[: SUMMARY.index('. ', 40) + 1]}",
    "as a draft": lambda said: f"Here's my draft:\n{said}",
}
LIVE = {claim.id: claim for claim in KNOWN.claims if claim.superseded_by is None}


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_fifty_turns_of_echo_move_nothing_up(answer: str, reply: Callable[[str], str]) -> None:
    """Nothing becomes more certain or oftener seen, nothing new appears, and nothing is lost."""
    profile = KNOWN
    for turn in range(TURNS):
        item = Evidence(f"t{turn}", "statement", reply(answer), context=answer[-CONTEXT:], seq=profile.watermark + 1)
        profile = fold(profile, [item])
    after = {claim.id: claim for claim in profile.claims if claim.superseded_by is None}
    assert after.keys() == LIVE.keys()
    for name, claim in after.items():
        assert (claim.confidence, claim.seen) <= (LIVE[name].confidence, LIVE[name].seen)
    assert {name: value for name, value in profile.counts.items() if name.startswith("style.")} == {
        name: value for name, value in KNOWN.counts.items() if name.startswith("style.")
    }


def test_saying_again_what_was_just_said_is_no_second_witness() -> None:
    """In the person's own words, behind the assistant's: the newest, but not oftener seen; unprompted, it is both."""
    told = Evidence("p", "statement", "Exactly, I love jazz.", context="You love jazz, I know.", seq=99)
    prompted = fold(KNOWN, [told]).claims[-1]
    assert (prompted.value, prompted.seen, prompted.evidence[-1]) == ("jazz", 1, "p")
    assert fold(KNOWN, [Evidence("q", "statement", "Exactly, I love jazz.", seq=99)]).claims[-1].seen == 2


@pytest.mark.parametrize(
    ("text", "context", "kept"),
    [
        ("something light", "Would you like something light or a hearty meal?", "something light"),
        ("I don't think I love jazz", "I love jazz", "I don't think I love jazz"),
        ("I love jazz no more", "I love jazz", "I love jazz no more"),
        ("You like jazz. No, I hate it.", "You like jazz.", "No, I hate it."),
        ("You like jazz!", "You like jazz. So here is some.", "You like jazz!"),
        ("Diet: vegan. I hate rain.", "", "I hate rain."),
        ("Diet: halal. I hate rain.", "", "Diet: halal. I hate rain."),
        ("My budget: 30 euros", "", "My budget: 30 euros"),
    ],
)
def test_only_what_was_said_word_for_word_is_left_out(text: str, context: str, kept: str) -> None:
    """Choices, denials, news and corrections stay the person's own."""
    item = Evidence("e", "statement", text, context=context)
    assert unechoed(item, LIVE.values()).text.strip() == kept


def test_what_is_no_turn_of_a_chat_is_left_as_it_is() -> None:
    """An edit says itself which of its lines are new, and an import has no turn before it."""
    for kind in ("edit", "import", "artefact"):
        item = Evidence("e", kind, "I love jazz.", context="I love jazz.")  # type: ignore[arg-type]
        assert unechoed(item, ()) is item


def test_an_edit_that_changes_nothing_is_no_writing_of_ones_own() -> None:
    """What the person left as it was shows the assistant's style; what they changed shows theirs."""
    own = "Our neighbours know, and can water every plant until Sunday night."
    for text, more in ((NOTE, 0), (f"{NOTE} Thanks.", 0), (f"{NOTE}\n{own}", 1)):
        edited = fold(KNOWN, [Evidence("d", "edit", text, context=NOTE, seq=99)])
        assert edited.counts["style.outputs"] == KNOWN.counts["style.outputs"] + more


def test_a_draft_of_ones_own_still_counts() -> None:
    """What the assistant had not written is measured, also in answer to it."""
    text = f"Here's my draft:\n{NOTE}\nWe have told the neighbours, and there will be noise."
    measured = fold(KNOWN, [Evidence("d", "statement", text, context="Show me what you have.", seq=99)])
    assert measured.counts["style.outputs"] == KNOWN.counts["style.outputs"] + 1


def test_a_summary_is_known_by_the_operators_labels_and_with_places() -> None:
    """An own aspect's group, a probable one, and a value that holds at work are our own words too."""
    fond = replace(DEFAULT["likes"], label="Fond of")
    live = (Claim("a", "likes", "jazz"), Claim("b", "tone", "formal", context="work"))
    for text in ("Fond of: jazz.", "Probably fond of: jazz.", "Answers: formal (at work)."):
        item = Evidence("e", "statement", f"Thanks. {text} I love tea")
        assert "formal" not in (left := unechoed(item, live, (fond,)).text) and "jazz" not in left and "tea" in left
    assert unechoed(Evidence("e", "statement", "Fond of: jazz."), live).text == "Fond of: jazz."
