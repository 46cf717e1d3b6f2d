"""The bench of who gets passages asks the policy, of an index that tells its words, and counts by its receipts."""

import asyncio
from collections.abc import Sequence

import pytest

from adapters.memory import MemoryKnowledge
from adapters.ports import Passage, Terms
from bench.abstain import Asked, Sets, halves, measure, told

TEXTS = {"a": "The railway reached the coast in 1874 and was closed a century later.",
         "b": "Bakers let the dough rest overnight before it goes into the oven."}  # fmt: skip


class Later(MemoryKnowledge):
    """Its words are known only the third time that it is asked."""

    asked = 0

    def terms(self, tenant: str) -> Terms | None:
        self.asked += 1
        return super().terms(tenant) if self.asked > 2 else None


def filled() -> Later:
    knowledge = Later()
    passages = {id: [Passage(id, "t", id, "", text)] for id, text in TEXTS.items()}
    asyncio.run(knowledge.replace("t", passages, {}))
    return knowledge


def test_shares() -> None:
    """Each set gives its share, over all and over odd places; what the words of the corpus keep away counts apart."""
    railway, dough = "When did the railway reach the coast?", "How long does dough rest overnight?"

    def asked(*texts: str, answer: str = "") -> Sequence[Asked]:
        return [Asked(text, "t", answer, place % 2 == 1) for place, text in enumerate(texts)]

    space = "Who was the first man in space?"
    sets = Sets(answered=asked(railway, dough, railway, answer="a"), foreign=asked(railway, space),
                idle=asked("Hello!", railway, railway), gate=asked(space))  # fmt: skip
    metrics = asyncio.run(measure(filled(), None, sets))
    assert metrics == {
        "squad2/answered": pytest.approx(2 / 3), "squad2/answered@other_half": 0.0,
        "squad2/abstain_foreign": 0.5, "squad2/abstain_foreign@other_half": 0.0,
        "squad2/foreign_vetoed": 0.5, "squad2/foreign_vetoed@other_half": 1.0,
        "squad2/abstain_idle": pytest.approx(2 / 3), "squad2/abstain_idle@other_half": 1.0,
        "squad2/abstain_idle@known": pytest.approx(2 / 3), "squad2/abstain_idle@known@other_half": 1.0,
        "squad2/abstain_foreign_gate": 0.0,
    }  # fmt: skip


def test_told() -> None:
    """It waits for the words of the corpus, which are read in the background."""
    knowledge = filled()
    asyncio.run(told(knowledge, "t"))
    assert knowledge.asked == 3


def test_halves() -> None:
    """Every question is asked of the articles of the other side alone."""
    sides, asked = halves([{"question": "q1", "pid": "p1"}, {"question": "q2", "pid": "p3"}],
                          {"p1": "A", "p2": "A", "p3": "B"})  # fmt: skip
    assert sides == {"p1": "side0", "p2": "side0", "p3": "side1"}
    assert asked == [Asked("q1", "side1"), Asked("q2", "side0", odd=True)]
