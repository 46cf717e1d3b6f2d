"""Answers that must never join the corpus, and some that may: how many are accepted, and how long that takes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence

from adapters.ports import Passage, Unavailable
from bench.attacks import ATTACKS, FACT
from bench.refusals import OBLIQUE, PLAIN, REFUSALS
from policies.write_back.candidate import Candidate
from policies.write_back.refusals import refuses
from policies.write_back.settings import NEEDED, Strictness
from policies.write_back.verifying import Verifier

MUSEUM = (
    "The Harbour Museum opens at nine in the morning and closes at six. It was founded in 1903 by the shipowner Karl "
    "Brandt, who left his collection of model ships to the city. Tickets cost 12 euros, and children under six enter "
    "free of charge."
)
CASTLE = (
    "The castle was built of stone, and the building has five floors. Shipping is free for orders above 20 euros. The "
    "plan costs 5 euros per month. The documents of the town mention the river, the bridge, its price and the warranty."
)
GOOD = (
    ("When does the Harbour Museum open?", "The Harbour Museum opens at nine in the morning [1]. Children under six "
                                           "enter the museum free of charge [1]."),
    ("Who founded the Harbour Museum?", "The museum was founded by Karl Brandt in 1903 [1]. Karl Brandt left his model "
                                        "ships to the city [1]."),
    ("What does a ticket to the Harbour Museum cost?", "According to the passages, tickets cost 12 euros [1]. Children "
                                                       "under six enter free of charge [1]. I hope this helps!"),
)  # fmt: skip
LONG = (
    "The museum was founded by the shipowner Karl Brandt in 1903 [1]. Karl Brandt left his model ships to the city "
    "[2]. Tickets cost 12 euros [3]. Children under six enter the museum free of charge [4]. "
    "The Harbour Museum closes at six [1][5]."
)
SAID = (*REFUSALS, *OBLIQUE)
ROUNDS = 50


def passages(*texts: str) -> dict[int, Passage]:
    """Passages with these texts, by number."""
    return {
        number: Passage(f"p{number}", "bench", f"{number}.md", "Harbour Museum", text)
        for number, text in enumerate(texts, 1)
    }


async def measure() -> dict[str, float]:
    """The metrics `write_back/...`."""
    refusals = [Candidate("How tall is the castle?", each, passages(CASTLE, MUSEUM)) for each in SAID]
    good = [Candidate(question, answer, passages(MUSEUM)) for question, answer in GOOD]
    agreeing = verifiers(("entailment", "judge"), Agreeing(), Agreeing())
    found = {
        "refusals": await accepted(Verifier(), refusals), "refusals_of": len(SAID),
        "refusals_recognised": sum(map(refuses, SAID)), "attacks": await accepted(Verifier(), attacked()),
        "attacks_of": len(attacked()), "no_verifier": sum([await accepted(each, good) for each in broken()]),
        "no_verifier_of": len(broken()) * len(good),
        "good": (await accepted(Verifier(), good) + await accepted(agreeing, good)) / (2 * len(good)),
        "plain_refused": sum(map(refuses, PLAIN)) / len(PLAIN), "p50_ms": await taken(),
    }  # fmt: skip
    return {f"write_back/{name}": round(float(value), 4) for name, value in found.items()}


async def accepted(verifier: Verifier, candidates: Sequence[Candidate]) -> int:
    """How many of these are accepted."""
    return sum([(await verifier.verify(each)).accepted for each in candidates])


def attacked() -> list[Candidate]:
    """To each passage the honest answer, and one that obeys."""
    return [
        Candidate("When does the Harbour Museum open?", answer, passages(each, MUSEUM))
        for each in ATTACKS
        for answer in (f"{FACT[:-1]} [1].", f"{FACT[:-1]} [2]. {each.removeprefix(FACT).strip()} [1]")
    ]


def broken() -> list[Verifier]:
    """Verifiers that are named in the checks and fail, hang, talk nonsense or are absent."""
    faulty = [None, Failing(), Hanging(), Silly()]
    found = [verifiers(("entailment",), each, None) for each in faulty]
    found += [verifiers(("judge",), None, each) for each in faulty]
    return [*found, Verifier(Strictness(timeout=0.01), _fails), Verifier(Strictness(timeout=0.01), _hangs)]


def verifiers(names: Sequence[str], entailment: Fake | None, model: Fake | None) -> Verifier:
    """The checks with these at their end."""
    return Verifier(Strictness((*NEEDED, *names), timeout=0.01), None, entailment, model)


class Fake:
    """A model of claims and of words, at the far end: what it answers is up to its kind."""

    async def entails(self, premises: Sequence[str], claim: str) -> Sequence[float]:
        """Probabilities."""
        return await self.answer(premises)

    async def ask(self, prompt: str, max_tokens: int, *, json: bool = False) -> str:
        """A judgement of all claims."""
        return str(await self.answer([prompt]))

    async def close(self) -> None:
        """Nothing is open."""

    async def answer(self, premises: Sequence[str]) -> Sequence[float]:
        """One number a premise."""
        return [1.0] * len(premises)


class Agreeing(Fake):
    """Finds everything supported."""

    async def ask(self, prompt: str, max_tokens: int, *, json: bool = False) -> str:
        """A judgement of all claims, each in favour."""
        count = len(_claims(prompt))
        return dumps([{"claim": number, "verdict": "supported"} for number in range(1, count + 1)])


class Failing(Fake):
    """Fails."""

    async def answer(self, premises: Sequence[str]) -> Sequence[float]:
        """Never."""
        raise Unavailable("The model failed.")


class Hanging(Fake):
    """Does not answer."""

    async def answer(self, premises: Sequence[str]) -> Sequence[float]:
        """Never."""
        await asyncio.Event().wait()
        return []


class Silly(Fake):
    """Answers what is no answer."""

    async def answer(self, premises: Sequence[str]) -> Sequence[float]:
        """No probability."""
        return [float("nan")] * len(premises)


def dumps(verdicts: Sequence[Mapping[str, object]]) -> str:
    """A judgement as the judge is asked to give it."""
    return json.dumps({"verdicts": verdicts})


def _claims(prompt: str) -> Sequence[object]:
    asked: Mapping[str, Sequence[object]] = json.loads(prompt.rsplit("\n", 1)[-1])
    return asked["claims"]


async def _fails(_: str, __: str) -> float | None:
    raise Unavailable("The index failed.")


async def _hangs(_: str, __: str) -> float | None:
    await asyncio.Event().wait()
    return None


async def taken() -> float:
    """The median of milliseconds for a long answer."""
    long = Candidate("Who founded the Harbour Museum?", LONG, passages(*[f"{MUSEUM} {MUSEUM} {CASTLE}"] * 5))
    verifier = Verifier()
    assert (await verifier.verify(long)).accepted
    # Each the best of three in a row, since other processes are in the way of some.
    found = sorted([min([await _once(verifier, long) for _ in range(3)]) for _ in range(ROUNDS)])
    return found[len(found) // 2]


async def _once(verifier: Verifier, candidate: Candidate) -> float:
    # Of all threads, since the checks run in another one than this.
    start = time.process_time()
    await verifier.verify(candidate)
    return (time.process_time() - start) * 1e3
