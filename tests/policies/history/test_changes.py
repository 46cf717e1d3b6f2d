"""What a person changed of an answer, told from what clients do to it."""

from __future__ import annotations

import random
import time

import pytest

from policies.history.changes import changed, masked, shared, visible, words

MAIL = (
    "Dear Ms **Miller**,\n\nthank you for your letter of May 3rd. I am writing because the heating in our flat has "
    "been out of order since Monday. Please send somebody before the weekend.\n\n- It is cold.\n- We have a baby.\n\n"
    "Kind regards,\nAnn"
)
OTHER = (
    "Hello Ms Miller,\n\nour heating broke on Monday and nobody came so far. As we have a baby, this is urgent. Could "
    "a technician come by this week? You can reach me on my mobile any time.\n\nBest wishes,\nAnn"
)


def edited(now: str, before: str = MAIL) -> bool:
    one, other = words(visible(before)), visible(now)
    return changed(one, words(other)) and not masked(one, other)


@pytest.mark.parametrize("now", [
    MAIL.replace("Monday", "Tuesday"),
    MAIL.replace("Dear Ms **Miller**", "Hi Jane").replace("Kind regards", "Cheers"),
    MAIL.replace("- It is cold.\n", "").replace("Monday", "Tuesday"),
    MAIL.replace("before the weekend", "by tomorrow, we really cannot wait any longer"),
    MAIL.replace("Please", "You can reach me on my mobile any time. Please"),
    f"{MAIL}\n\nPS: You can reach me on my mobile any time.".replace("Monday", "Tuesday"),
    MAIL.replace("Ms **Miller**", "[NAME]").replace("Monday", "Tuesday"),
    MAIL.replace("Monday", "[DATE]").replace("flat", "house"),
])
def test_what_a_person_changes_is_an_edit(now: str) -> None:
    """Words of theirs in the place of others, or words more in the middle, whatever else came, went or was hidden."""
    assert edited(now)


@pytest.mark.parametrize("now", [
    MAIL, f"  {MAIL}\n\n", MAIL.replace("\n", "\r\n"), MAIL.replace("\n\n", " "), MAIL.replace("**", ""),
    MAIL.replace("**Miller**", "<b>Miller</b>"), MAIL.replace("- ", "* "), MAIL.replace("- ", "\u2022 "),
    MAIL.replace("letter", "[letter](https://example.org/a?b=1)"), MAIL.replace("Monday.", "Monday [1][^2]."),
    f"<think>The person wants a mail.</think>\n{MAIL}", f"The person wants a mail.\n</think>\n\n{MAIL}",
    f'<details type="reasoning" done="true">\n<summary>Thought</summary>\nHm.\n</details>\n{MAIL}',
    f'{MAIL}\n\n<rapport-profile note="x">\nDiet: vegan\n</rapport-profile>',
    f"Assistant: {MAIL}", f"{MAIL}\n[edited by bot]", MAIL.upper(),
])
def test_what_clients_do_is_none(now: str) -> None:
    """Spaces, markup, links, citation marks, reasoning, labels."""
    assert not edited(now)
    assert not edited(MAIL, now)


CODE = f"{MAIL}\n\n```python\nprint('brr')\nprint('cold')\n```\n\nShall I translate it?"
DISCLAIMER = "Answers are made by a machine.\nThey may be wrong.\nCheck what matters to you before you rely on it."


@pytest.mark.parametrize(("now", "before"), [
    (f"{MAIL}\n\n{DISCLAIMER}", MAIL), (f"{DISCLAIMER}\n\n{MAIL}\n\n{DISCLAIMER}", MAIL),
    (f"{MAIL}\n\n---\ngpt-4o, 312 tokens, 0.004 dollars", MAIL),
    (f"{MAIL}\n\nSources:\n1. https://example.org/heating\n2. https://example.org/rent", MAIL),
    (f"{MAIL}\n\n- Shall I make it shorter?\n- What if nobody answers?", MAIL),
    (f"Assistant (GPT-4o) said at 12:03 today: {MAIL}", MAIL), ("Yes. [1] As an AI I may be wrong.", "Yes."),
    (CODE[: CODE.index("```")] + "[code]" + CODE[CODE.rindex("```") + 3 :], CODE),
    (MAIL.replace("Ms **Miller**", "[NAME]").replace("May 3rd", "<DATE>").replace("Ann", "[NAME]"), MAIL),
    (MAIL.replace("Dear Ms", "{{TITLE}}"), MAIL), (MAIL.replace("heating", "h****").replace("flat", "****"), MAIL),
    (MAIL.replace("order", "\u2588\u2588\u2588"), MAIL), (MAIL.replace("Please send somebody before the ", ""), MAIL),
    (MAIL.replace("- It is cold.\n", ""), MAIL), (MAIL[:60] + " [300 characters left out] " + MAIL[-60:], MAIL),
])
def test_what_is_added_left_out_or_hidden_is_no_edit(now: str, before: str) -> None:
    """Before and behind the answer whatever it is, one piece of it, or pieces with marks in their place."""
    assert not edited(now, before)


@pytest.mark.parametrize("now", [
    MAIL[:150], MAIL[:150] + "... [truncated]", MAIL[-150:], "[...] " + MAIL[-150:], OTHER, "", "ok", "Sure, a mail.",
    "Summary: the assistant wrote a mail to the landlord about the heating.", "word " * 500,
])
def test_another_text_is_no_edit(now: str) -> None:
    """A shortened history, a summary, the answer of another model, none at all."""
    assert not edited(now)


def test_reasoning_that_never_ends_hides_the_rest() -> None:
    """A stream that was stopped while it thought showed nothing."""
    assert visible("<think>Let me see.") == ""
    assert visible("I think <that> this stays.") == "I think <that> this stays."


def test_the_share_is_of_both_texts() -> None:
    """From 0, nothing in common, to 1, the same words in the same order."""
    assert shared(["a", "b", "c"], ["a", "b", "c"]) == 1
    assert shared(["a", "b", "c"], ["c", "b", "a"]) == 0
    assert shared(["a", "b", "c"], ["a", "b", "d"]) == 0.5
    assert shared(["a"], ["a"]) == 0


def test_long_texts_are_quick() -> None:
    """20,000 words against others of them, and markup that never ends."""
    some = random.Random(1)
    one, other = ([str(some.randrange(5000)) for _ in range(20_000)] for _ in range(2))
    began = time.process_time()
    assert not changed(one, [*one[:1000], *other])
    for odd in ("<think>", "<a ", "](", "\u3010", "</think", "&"):
        words(visible(odd * 50_000))
    assert time.process_time() - began < 2
