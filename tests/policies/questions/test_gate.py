"""The gate says whether a request asks for facts or documents, by its wording, quickly, and what to search for."""

import re
import time

import pytest

from adapters.ports import Turn
from policies.questions.gate import judge, query, wording
from policies.questions.wording import DOCUMENT_WORDS, DOCUMENTS, HERE, HERE_WORDS, SUM_WORDS, SUMS


@pytest.mark.parametrize(
    ("text", "decision", "reason"),
    [
        ("hello there", "no", "greeting"),
        ("Thanks a lot!", "no", "greeting"),
        ("ok", "no", "greeting"),
        ("Hi, what is the refund period?", "yes", "question"),
        ("could you please tell me when the office opens", "yes", "question"),
        ("How do I reset my password?", "yes", "how_to"),
        ("What does our handbook say about remote work", "yes", "documents"),
        ("Write an e-mail to staff about our travel policy", "yes", "documents"),
        ("The till shows E4021", "yes", "identifier"),
        ("Explain the warranty terms", "yes", "question"),
        ("Do you ship to Norway?", "yes", "question"),
        ("Wie lange dauert die Probezeit?", "yes", "question"),
        ("退款政策是什么\N{FULLWIDTH QUESTION MARK}", "yes", "question"),
        ("How are you today?", "no", "small_talk"),
        ("What is your favourite colour?", "no", "small_talk"),
        ("Tell me a joke", "no", "creative"),
        ("Translate this into French: good night", "no", "creative"),
        ("Please write a short story about a whale", "no", "creative"),
        ("Write a Python function that reverses a list", "no", "code"),
        ("fix it:\n```\nx = 1\n```", "no", "context_supplied"),
        ("set a timer for ten minutes", "no", "command"),
        ("How much is 12 times 30?", "no", "sums"),
        ("What should I cook tonight?", "unsure", "personal"),
        ("I moved to a new flat last week", "unsure", "not_needed"),
        ("parental leave", "unsure", "not_needed"),
        ("<rapport-sources note='x'>\nWhat is it?\n</rapport-sources>", "no", "no_user_turn"),
    ],
)
def test_gate(text: str, decision: str, reason: str) -> None:
    """The wording of a request says whether it asks for facts or documents, and the verdict has a reason."""
    assert judge(text) == (decision, reason)


@pytest.mark.parametrize("text", ["hi " * 800, "a" * 2400, "so " * 400 + "?" * 900, "write " * 400, "how about " * 240])
def test_gate_is_quick(text: str) -> None:
    """No text keeps the gate busy for long."""
    judge(text)
    start = time.process_time()
    judge(text)
    assert time.process_time() - start < 0.5


def test_long_turns_are_read_in_part() -> None:
    """What is searched for is bounded, and a megabyte takes no time."""
    start = time.process_time()
    for text in ("word " * 200_000, "a" * 1_000_000, "\u4f60" * 1_000_000, " " * 1_000_000 + "<rapport-"):
        judge(text)
        assert len(query([Turn("user", text, 0)] * 9)) <= 3000
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("said", "searched"),
    [
        (["Tell me about leave.", "And how long is it?"], "And how long is it?\nTell me about leave."),
        (["Tell me about leave.", "Why?"], "Why?\nTell me about leave."),
        (["Tell me about leave.", "Travel costs abroad?"], "Travel costs abroad?"),
        (["Is it long?"], "Is it long?"),
        (["Tell me about leave.", "Is it paid?", "why?"], "why?\nIs it paid?\nTell me about leave."),
        (["Tell me about leave.", "Is it paid?", "Thanks a lot!", "why?"], "why?\nIs it paid?\nTell me about leave."),
        (["How long is leave in Peru?", "And abroad?", "what about Spain?"],
         "what about Spain?\nAnd abroad?\nHow long is leave in Peru?"),
        (["Pay for leave?", "What does he pay for them?", "Who does that?", "and then?", "why?"],
         "why?\nand then?\nWho does that?\nWhat does he pay for them?"),
        (["Tell me about leave.", "Where is Oslo?", "and for part-timers?"], "and for part-timers?\nWhere is Oslo?"),
        (["Tell me about leave.", "Are there trains to Oslo?"], "Are there trains to Oslo?"),
        (["Wie lange dauert die Elternzeit?", "und f\u00fcr Teilzeit?"],
         "und f\u00fcr Teilzeit?\nWie lange dauert die Elternzeit?"),
        ([], ""),
    ],
)
def test_query(said: list[str], searched: str) -> None:
    """A turn stands alone where it can; up to three are read before it, each because the later one leans on it."""
    assert query([Turn("user", text, place) for place, text in enumerate(said)]) == searched


@pytest.mark.parametrize(
    ("said", "back"),
    [
        ("and the motor?", True), ("and for part-timers", True), ("what about Spain", True), ("Why?", True),
        ("tell me more", True), ("Is it covered?", True), ("that was kind of you", False), ("it works now", False),
        ("and the dog was very happy", False), ("Travel costs abroad?", False),
    ],
)  # fmt: skip
def test_wording(said: str, back: bool) -> None:
    """What asks back is understood with the turn before it; what only points there is not."""
    turns = [Turn("user", text, place) for place, text in enumerate(["Tell me about leave.", said])]
    assert wording(turns) == (f"{said}\nTell me about leave." if back else said)


@pytest.mark.parametrize("pattern, words, texts", [
    (DOCUMENTS, DOCUMENT_WORDS, [
        "in the handbook", "our docs", "see documentation", "see manual", "in our knowledge base", "by policy",
        "see spec", "our policies", "check guidelines", "of the wiki", "see faqs", "from our contracts", "in runbooks",
        "of the datasheet", "our price list", "see release notes"]),
    (HERE, HERE_WORDS, [
        "the following", "the text below", "this sentence", "these sentences", "this passage", "the paragraph below",
        "this article", "the code below", "this email", "this essay", "this snippet"]),
    (SUMS, SUM_WORDS, [
        "2 times", "plus", "minus", "divided", "multiplied", "sum", "product", "square root", "area", "volume", "left",
        "hypotenuse", "average", "distance", "total", "how many", "how much", "altogether"]),
])  # fmt: skip
def test_cheap_looks(pattern: re.Pattern[str], words: tuple[str, ...], texts: list[str]) -> None:
    """What is looked for before a pattern is in everything that the pattern finds."""
    for text in texts:
        found = pattern.search(text)
        assert found is not None, text
        assert any(word in found[0] for word in words), text
