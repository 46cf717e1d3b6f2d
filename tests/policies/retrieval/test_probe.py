"""The words of a corpus keep needless searches away, and look up what is rare, exact and in it."""

from __future__ import annotations

import time
from array import array
from collections.abc import Sequence

import pytest

from adapters.ports import Terms
from adapters.ports.terms import KIND, count, terms_of
from adapters.ports.words import words_of
from adapters.static_embedder import StaticEmbedder
from policies.questions.classifier import shipped
from policies.questions.needs import Gate, Need
from policies.retrieval.floor import Covering
from policies.retrieval.probe import affinity, least_reach, probed

FEW = (
    "Parents of a new child take sixteen weeks of leave, paid in full.",
    "The card reader shows E4021 or 88231 when it lost the till; reset it.",
    "The office in Oslo opened in 1998.",
)
MANY = (
    *FEW,
    *(f"Bicycle {name}. A great tour, to plan and to name." for name in ("Zephyr", "Mistral")),
    *("Bicycle. We set a great plan in May." for _ in range(6)),
    *(f"Bicycle number{place}." for place in range(289)),
)
DEFAULT = 0.42


def terms(texts: Sequence[str]) -> Terms:
    return count(terms_of("", text) for text in texts)


def need(text: str, corpus: Sequence[str] = FEW, least: float = DEFAULT) -> Need:
    """The need of a text, asked alone."""
    return probed(Gate(shipped()).read(text, text), text, text, terms(corpus), least)


@pytest.mark.parametrize(
    ("text", "decision", "reason"),
    [
        ("How many weeks of leave do new parents take?", "yes", "question"),
        ("Who was the first woman in space?", "no", "foreign"),
        ("I moved to a quieter flat last summer", "no", "foreign"),
        ("What does our handbook say about remote work?", "yes", "documents"),
        ("Hello there!", "no", "greeting"),
        ("Write a poem about the leave of new parents", "no", "creative"),
        ("Wer war der erste Mensch im Weltraum?", "no", "foreign"),
        ("\u8c01\u662f\u7b2c\u4e00\u4e2a\u592a\u7a7a\u4eba\uff1f", "no", "foreign"),
        ("Why?", "yes", "question"),
    ],
)
def test_foreign(text: str, decision: str, reason: str) -> None:
    """Where the corpus has next to none of the words nothing is searched for, but for documents that are named; a text
    without words of its own is left to its wording."""
    assert need(text)[:2] == (decision, reason)


@pytest.mark.parametrize("text", ["What is E-4021?", "What does e-4021 mean?", "e 4021"])
def test_a_code_is_known_however_it_is_written(text: str) -> None:
    """With a hyphen, a blank or neither."""
    assert need(text).decision == "yes"


@pytest.mark.parametrize("text", ["What is the meaning of XJ-7731?", "Which pump does WH-1000XM4 need?"])
def test_what_names_something_is_not_vetoed(text: str) -> None:
    """A code is looked up though no word of the corpus is in the question: it may be written in yet another way."""
    assert need(text)[:2] == ("yes", "identifier")


def test_one_subject() -> None:
    """A corpus about one thing is asked about it, though every passage holds its word."""
    corpus = [f"Leave, part {place}." for place in range(300)]
    assert need("How long is the leave?", corpus).decision == "yes"
    assert need("I have trouble with my leave", corpus).decision == "unsure"


def test_the_veto_costs_nothing() -> None:
    """What is vetoed by words alone could not have passed the floor in any passage."""
    corpus = [text for text in MANY if "number" not in text]
    asked = ["Who plans a great tour of the moon?", "Which office rents flats in Lima?", "Which whale has a child?",
             "Does a till like penguins of Zephyr?", "How is an alarm set on a great old tractor?"]  # fmt: skip
    vetoed = [text for text in asked if need(text, corpus).reason == "foreign"]
    assert len(vetoed) >= 2
    for text in vetoed:
        assert max(Covering(words_of(text)).of("", passage) for passage in corpus) < DEFAULT


@pytest.mark.parametrize(
    ("text", "corpus", "decision", "reason"),
    [
        ("my reader has an e4021 and I am sad", FEW, "yes", "rare_term"),
        ("it keeps telling us 88231", FEW, "yes", "rare_term"),
        ("reset 88231", FEW, "yes", "rare_term"),
        ("the till is lost with 88232", FEW, "unsure", "not_needed"),
        ("we opened the office in 1998", FEW, "unsure", "not_needed"),
        ("we moved our office to Oslo", FEW, "unsure", "not_needed"),
        ("we moved our office to Oslo", MANY, "yes", "rare_term"),
        ("We Moved Our Office To Oslo", MANY, "unsure", "not_needed"),
        ("call Zephyr at the office", MANY, "no", "command"),
        ("We opened the office. " * 5 + "We like Oslo", MANY, "unsure", "not_needed"),
        ("Write a limerick about 88231", FEW, "no", "creative"),
        ("Thanks!", FEW, "no", "greeting"),
    ],
)
def test_rare(text: str, corpus: Sequence[str], decision: str, reason: str) -> None:
    """A code of the corpus is looked up whatever the wording, a rare name where the corpus is large enough to tell;
    never what is work, nor in a long text, nor a year."""
    assert need(text, corpus)[:2] == (decision, reason)


@pytest.mark.parametrize(
    ("text", "corpus", "reason"),
    [
        ("it was great to plan with you", MANY, "common_words"),
        ("it was great to plan with you", FEW, "foreign"),
        ("I love my great bicycle", MANY, "not_needed"),
        ("great plan", MANY, "not_needed"),
    ],
)
def test_common_words(text: str, corpus: Sequence[str], reason: str) -> None:
    """What asks for nothing is not searched for by words that many passages hold by chance; by what the corpus is about
    it is, and by bare keywords."""
    assert need(text, corpus).reason == reason


def test_nothing_known() -> None:
    """While the words of the corpus are not known they change nothing; of an empty one it is said that it is."""
    plain = Need("yes", "question", 0.9, 0.1)
    assert probed(plain, "x", "x", None, DEFAULT) == plain
    assert probed(plain, "x", "x", terms([]), DEFAULT)[:2] == ("no", "empty_corpus")
    assert probed(Need("no", "creative"), "x", "x", terms([]), DEFAULT).reason == "creative"


def test_affinity() -> None:
    """The share is of what words weigh, and stands in the receipt, rounded."""
    found = affinity({"parent": 1.0, "whale": 1.0, "oslo": 2.0}, terms(FEW))
    assert (found.share, round(found.reach, 3)) == (0.75, 0.545)
    assert need("How many weeks is the leave of whales in a zoo?").detail["affinity"] == 0.5


class Far:
    """An embedder of which nobody knows what is near."""

    name, dimensions, in_parts, usual = "far", 2, False, None

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [[1.0, 0.0] for _ in texts]


def test_meaning() -> None:
    """Where a passage may pass by meaning alone words veto nothing; with the embedded embedder only next to none do."""
    assert least_reach(0.42, 0.8, None) == 0.42
    assert least_reach(0.42, 0.8, Far()) == 0.0
    assert least_reach(0.42, 0.5, StaticEmbedder()) == 0.0
    static = least_reach(0.42, 0.8, StaticEmbedder())
    assert static == pytest.approx(0.23)
    assert least_reach(0.0, 0.8, StaticEmbedder()) == 0.0
    foreign = "Maternity time off?"
    assert [need(foreign, least=each).decision for each in (0.0, static)] == ["unsure", "no"]
    near = "Which weeks of leave would a zoo keeper mostly prefer?"
    assert [need(near, least=each).decision for each in (static, DEFAULT)] == ["yes", "no"]


@pytest.mark.parametrize("text", ["leave " * 400, "\u4f60" * 2400, "E4021 " * 400, "Oslo " * 480, "\u00e9 " * 600])
def test_long_texts(text: str) -> None:
    """However long a text is, little of it is read."""
    large = Terms(50_000, array(KIND, range(0, 4_000_000_000, 40_000)), array(KIND, [3] * 100_000))
    start = time.process_time()
    for _ in range(20):
        probed(Need("unsure", "not_needed"), text, text, large, DEFAULT)
    assert time.process_time() - start < 0.1
