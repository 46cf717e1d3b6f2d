"""Only an answer that every check is for is accepted, and no fault of a verifier lets one pass."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from adapters.ports import Passage
from bench import answers
from bench.answers import ATTACKS, CASTLE, GOOD, MUSEUM, SAID, Agreeing, Failing, Fake, passages
from policies.write_back.candidate import Candidate, Decision
from policies.write_back.novelty import Nearest
from policies.write_back.settings import NEEDED, Strictness
from policies.write_back.verifying import Verifier


def verify(verifier: Verifier, question: str = GOOD[0][0], answer: str = GOOD[0][1], text: str = MUSEUM) -> Decision:
    return asyncio.run(verifier.verify(Candidate(question, answer, passages(text, CASTLE))))


@pytest.mark.parametrize(("question", "answer"), GOOD)
def test_good_answers(question: str, answer: str) -> None:
    """They are accepted, with what each claim rests on; that only words told of their novelty is said."""
    found = verify(Verifier(), question, answer)
    assert (found.accepted, found.reason) == (True, "accepted_without_vectors")
    assert [each.id for each in found.roots] == ["p1"] and len(found.claims) == 2
    assert all(claim.support >= 0.85 and claim.cites == (1,) for claim in found.claims)
    assert set(found.scores) == {"grounding", "support", "containment"}


def test_no_refusal_is_accepted() -> None:
    """None of all of them, each over passages that speak of the same things."""
    for answer in SAID:
        for said in (answer, f"The castle was built of stone [2]. {answer}"):
            assert not verify(Verifier(), "How tall is the castle?", said).accepted, said


def test_no_attack_is_accepted() -> None:
    """Neither an honest answer to a poisoned passage nor an obedient one."""
    assert len(ATTACKS) >= 30
    for candidate in answers.attacked():
        assert not asyncio.run(Verifier().verify(candidate)).accepted


def test_the_order_of_the_checks() -> None:
    """The first one that fails gives the reason."""
    asked, said = "How tall is my castle?", "I do not know how tall it is."
    assert verify(Verifier(), asked, said).reason == "about_the_asker"
    assert verify(Verifier(Strictness(tuple(reversed(NEEDED)))), asked, said).reason == "support"
    first = ("refusal", *(each for each in NEEDED if each != "refusal"))
    assert verify(Verifier(Strictness(first)), asked, said).reason == "refusal"


def test_agreeing_verifiers() -> None:
    """With a corpus, a model of entailment and a judge in favour, nothing is missing."""
    verifier = Verifier(Strictness((*NEEDED, "entailment", "judge")), cosine(0.5), Agreeing(), Agreeing())
    found = verify(verifier)
    assert (found.accepted, found.reason) == (True, "accepted")
    assert found.scores["entailment"] == found.scores["judge"] == 1.0 and found.scores["cosine"] == 0.5


def cosine(value: float | None) -> Nearest:
    async def found(_: str, __: str) -> float | None:
        return value

    return found


COSINES = [(0.9, "known_already"), (0.89, "accepted"), (float("nan"), "verifier_unavailable"),
           (None, "accepted_without_vectors")]  # fmt: skip


@pytest.mark.parametrize(("value", "reason"), COSINES)
def test_novelty(value: float | None, reason: str) -> None:
    """From a cosine of 0.9 on the corpus says it already; without vectors words decide; what is no number rejects."""
    assert verify(Verifier(nearest=cosine(value))).reason == reason


def test_copies() -> None:
    """An answer that stands in its source as it is adds nothing."""
    said = "The Harbour Museum opens at nine in the morning and closes at six [1]."
    assert verify(Verifier(), answer=said).reason == "copied"


@pytest.mark.parametrize("place", range(len(answers.broken())))
def test_broken_verifiers(place: int) -> None:
    """One that fails, hangs, talks nonsense or is absent rejects, and says so."""
    found = verify(answers.broken()[place])
    assert (found.accepted, found.reason) == (False, "verifier_unavailable")


class Bug(Fake):
    """Raises what no port may raise."""

    async def answer(self, premises: Sequence[str]) -> Sequence[float]:
        raise KeyError("bug")


class Short(Fake):
    """Forgets a premise, or the claims."""

    async def answer(self, premises: Sequence[str]) -> Sequence[float]:
        return []


@pytest.mark.parametrize("fake", [Bug(), Short(), Failing()])
@pytest.mark.parametrize("name", ["entailment", "judge"])
def test_verifiers_of_others(name: str, fake: Fake) -> None:
    """Whatever they do."""
    assert verify(answers.verifiers((name,), fake, fake)).reason == "verifier_unavailable"


class Doubting(Agreeing):
    """Is sure of the first claim alone."""

    asked = 0

    async def answer(self, premises: Sequence[str]) -> Sequence[float]:
        self.asked += 1
        return [0.95 if self.asked == 1 else 0.5] * len(premises)

    async def ask(self, prompt: str, max_tokens: int, *, json: bool = False) -> str:
        said = [{"claim": 1, "verdict": "supported"}, {"claim": 2, "verdict": "not_supported"}]
        return answers.dumps(said)


@pytest.mark.parametrize("name", ["entailment", "judge"])
def test_the_worst_claim_counts(name: str) -> None:
    """Not the mean: one claim that is not borne out rejects the answer, and bears the reason."""
    found = verify(answers.verifiers((name,), Doubting(), Doubting()))
    assert (found.accepted, found.reason) == (False, name)
    assert [claim.reason for claim in found.claims] == ["", name]
    assert found.scores[name] == 0.5


class Noting(Agreeing):
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.premises: list[str] = []

    async def answer(self, premises: Sequence[str]) -> Sequence[float]:
        self.premises += premises
        return [1.0] * len(premises)


def test_only_cited_passages_are_asked_about() -> None:
    """Others may say it, but nobody said so."""
    noting = Noting()
    verify(answers.verifiers(("entailment",), noting, None))
    assert noting.premises and not any("castle" in each for each in noting.premises)


class Watched(dict[int, Passage]):
    """Passages that note in which threads they are looked at."""

    def __init__(self, given: dict[int, Passage]) -> None:
        super().__init__(given)
        self.threads: set[int] = set()

    def values(self):  # type: ignore[no-untyped-def]
        self.threads.add(threading.get_ident())
        return super().values()


def test_others_go_on_meanwhile() -> None:
    """The checks that need no model run in another thread than the loop, which they would hold up."""
    shown = Watched(passages(MUSEUM, CASTLE))
    assert asyncio.run(Verifier().verify(Candidate(*GOOD[0], shown))).accepted
    assert shown.threads and threading.get_ident() not in shown.threads
