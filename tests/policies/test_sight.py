"""How answers are seen: by their texts always, by a judge, a bank and learnt axes where those are there."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from adapters.ports import AdapterError, Block, Profile, Timeout
from policies.rewards.axes import AXES, FACTORS, JUDGED, features
from policies.rewards.directions import OVER
from policies.rewards.factor_file import Learnt
from policies.sight import FACTORED, Sight, named

TEXTS = ["Do it.", "- one\n- two\n- three", "It might be good to do it, and perhaps you could."]
COLD = dict.fromkeys(JUDGED, 0.0)
SCORES = [COLD | {"warmth": value} for value in (-1.0, 0.0, 1.0)]
WARMTH, FACTOR = AXES.index("warmth"), AXES.index("factor1")


class Says:
    """A model that gives one answer, after a while or never."""

    def __init__(self, said: str, delay: float = 0.0, fault: Exception | None = None) -> None:
        self.said, self.delay, self.fault, self.asked = said, delay, fault, list[str]()

    async def ask(self, prompt: str, max_tokens: int, *, json: bool = False) -> str:
        self.asked.append(prompt)
        await asyncio.sleep(self.delay)
        if self.fault is not None:
            raise self.fault
        return self.said

    async def close(self) -> None:
        pass


class Counts:
    """An embedder whose vectors are how often a text has two letters; or which fails."""

    name, dimensions, in_parts, usual = "letters", 2, True, None

    def __init__(self, make: Callable[[str], list[float]] | None = None, fault: Exception | None = None) -> None:
        self.make, self.fault, self.seen = make or (lambda text: [text.count("o"), text.count("e")]), fault, [""]

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        if self.fault is not None:
            raise self.fault
        self.seen = list(texts)
        return [self.make(text) for text in texts]


def along(*weights: float, **axes: float) -> Learnt:
    """One direction over axes and the two dimensions."""
    return Learnt(OVER, "letters", 2, ((*(axes.get(axis, 0.0) for axis in OVER), *weights),))


def good(scores: object = None) -> Says:
    return Says(json.dumps({"answers": scores or SCORES}))


def phi(sight: Sight, judged: bool = False, patience: float = 1.0) -> np.ndarray:  # type: ignore[type-arg]
    seen = asyncio.run(sight.seen("Why?", TEXTS, judged, patience))
    assert np.allclose(seen.phi[:, :14], features(TEXTS)[:, :14]) and np.allclose(seen.phi.mean(axis=0), 0.0)
    assert seen.judged == bool(seen.phi[:, WARMTH].any())
    return seen.phi


def test_texts_are_always_seen() -> None:
    """Alone where there is nothing else; one answer differs from nothing."""
    assert (phi(Sight(), True) == features(TEXTS)).all()
    assert not asyncio.run(Sight().features("", TEXTS[:1])).any()
    assert asyncio.run(Sight().features("", [])).shape == (0, len(AXES))


def test_a_model_judges_in_one_call() -> None:
    """Where it is asked to; it is shown the question."""
    model = good()
    sight = Sight(model)
    assert not phi(sight)[:, WARMTH].any() and not model.asked
    found = phi(sight, True)[:, WARMTH]
    assert found[0] < found[1] < found[2] and len(model.asked) == 1 and "Why?" in model.asked[0]
    assert (asyncio.run(sight.features("", TEXTS, True))[:, WARMTH] == found).all()


def test_a_bank_knows_its_texts() -> None:
    """No model is asked, and it is read once; with a text that it lacks a model is asked of all."""
    reads, model = [0], good([COLD, COLD, COLD | {"depth": 1.0}])

    def scored() -> dict[str, dict[str, float]]:
        reads[0] += 1
        return known

    known = dict(zip(TEXTS, SCORES, strict=True))
    sight = Sight(model, scored=scored)
    assert phi(sight)[2, WARMTH] > 0.4 and phi(sight, True)[2, WARMTH] > 0.4 and not model.asked and reads == [1]
    assert asyncio.run(sight.cost(TEXTS)) == 0 and asyncio.run(sight.cost([*TEXTS, "x"])) == 1
    del known[TEXTS[0]]
    assert not phi(sight)[:, WARMTH].any()
    seen = asyncio.run(sight.features("", TEXTS, True))
    assert not seen[:, WARMTH].any() and seen[2, AXES.index("depth")] > 0.4 and len(model.asked) == 1


@pytest.mark.parametrize("model", [
    Says("", fault=Timeout("late")), Says("{}", delay=9.0), Says("", fault=ValueError("odd")),
])
def test_a_judge_in_trouble_rests(model: Says) -> None:
    """What it would have said is 0, nothing is raised, and it is not asked again at once."""
    sight = Sight(model)
    assert asyncio.run(sight.cost(TEXTS)) == 1
    for _ in range(2):
        assert not phi(sight, True, patience=0.05)[:, WARMTH].any()
    assert len(model.asked) == 1 and asyncio.run(sight.cost(TEXTS)) == 0


@pytest.mark.parametrize("said", ["no", *(json.dumps({"answers": [*SCORES[:2], *more]}) for more in ([], [{}]))])
def test_a_judge_that_says_nonsense_is_asked_of_others(said: str) -> None:
    """These texts may be what made it: nobody else's axes are lost for them."""
    model = Says(said)
    sight = Sight(model)
    assert not phi(sight, True)[:, WARMTH].any() and asyncio.run(sight.cost(TEXTS)) == 1
    model.said = good().said
    assert phi(sight, True)[:, WARMTH].any()


def test_a_judge_that_refuses_some_texts_is_asked_of_others() -> None:
    """A prompt that it will not take says nothing of the next one."""
    model = Says(good().said, fault=AdapterError("refused"))
    sight = Sight(model)
    assert not phi(sight, True)[:, WARMTH].any() and asyncio.run(sight.cost(TEXTS)) == 1
    model.fault = None
    assert phi(sight, True)[:, WARMTH].any()


def test_learnt_axes_are_seen() -> None:
    """Along axes that are seen and along vectors, of texts without what we added to them ourselves."""
    embedder = Counts()
    sight = Sight(good(), embedder, along(0.5, 0.0, lists=1.0))
    counted = np.array([text.count("o") for text in TEXTS]) * 0.5
    found = phi(sight, True)
    assert np.allclose(found[:, FACTOR], found[:, AXES.index("lists")] + counted - counted.mean())
    assert not found[:, FACTOR + 1 :].any()
    added = Block("profile", "oooo").render()
    asyncio.run(sight.features("", [TEXTS[0], TEXTS[1] + added]))
    assert [text.strip() for text in embedder.seen] == TEXTS[:2]


@pytest.mark.parametrize("embedder", [
    None, Counts(fault=AdapterError("away")), Counts(fault=Timeout("late")), Counts(lambda text: [1.0]),
    Counts(lambda text: [1.0, float("nan")]),
])  # fmt: skip
def test_an_embedder_in_trouble_costs_learnt_axes_alone(embedder: Counts | None) -> None:
    """Whatever it does instead of what it should."""
    found = phi(Sight(good(), embedder, along(1.0, 1.0, lists=1.0)), True)
    assert not found[:, FACTOR:].any() and found[2, WARMTH] > 0.4


def test_coefficients_of_other_axes_mean_nothing() -> None:
    """Of learnt ones that are no more, or were others: what is known of the rest stays as it was."""
    mine, other = along(1.0), along(2.0)
    taste = {"length": 1.0, "length~length": 0.1, "factor1": 2.0, "factor1~factor1": 0.1, "length~factor1": 0.01,
             "own/factor1": 1.0, "own/factor1~length": 0.1, "own/length": 0.5}  # fmt: skip
    profile = Profile(taste=taste, counts={FACTORED: mine.mark})
    assert mine.mark != other.mark and Sight(factors=mine).current(profile) is profile
    left = {"length": 1.0, "length~length": 0.1, "own/length": 0.5}
    for sight in (Sight(), Sight(factors=other)):
        assert sight.current(profile).taste == left == named(taste)
    assert not any(axis in named(dict.fromkeys(FACTORS, 1.0)) for axis in FACTORS)


def test_it_needs_no_arrays_at_first() -> None:
    """numpy is slow to import, and not for an ordinary chat."""
    code = "import sys, policies.base, policies.sight, policies.rewards.factor_file; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
