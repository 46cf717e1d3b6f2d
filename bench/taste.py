"""What few questions find out about a taste: on made-up people, on real ratings, in words, and for choosing answers.

`taste/agreement@N` (and `_low`, `_high`: 95 %, over people and worlds): after N questions, the share of unseen pairs of
which the side that somebody truly prefers is found (`tastes`); `_random` asks at random, `_pref` does what PReF's
authors coded (arXiv 2503.06358), `_bare` has no prior and asks at random. `taste/coverage80@N` (and `_low`, `_high`):
how often the truth lies in 80 % intervals, in these worlds and others: populations differ in it by a deviation of .04,
so that three do not show whether it holds. `taste/interactions/...`, `drift`, `random`: people who are not as they are
believed to be.
`cuisine_ratings/...`: see `cuisines`. `taste/round_trip`: the share of claims that are the same after text ->
coefficients -> text, `_added` how many others there are for each. `taste/aligned@5`: the share of people whose own
favourite of four rewritings is chosen after five questions about other answers in these styles, `_mixed` in others;
`_patient` and `questions_patient` where asking ends as soon as nothing more would change; `taste/aligned_sent` after
five through the policy, with four calls to a scripted model (`aligning`). `taste/worded_...`: see `worded`.
`taste/ms_...`: medians.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from bench.aligning import delivered
from bench.cuisines import figures
from bench.styles import mixtures, rewritings
from bench.tastes import KINDS, LOOKS, Seen, World, survey
from bench.worded import claims as worded
from policies.preferences.voiced import borne
from policies.rewards.axes import AXES, TEXT, features
from policies.rewards.bank import Bank, Item, Offered, opened
from policies.rewards.choosing import chosen
from policies.rewards.claims import told
from policies.rewards.moments import Array, sigmoid
from policies.rewards.posterior import Answer, Posterior
from policies.rewards.prior import learnt, neutral
from policies.rewards.questions import Asked, Patience, Pool, following, ranked

SEEDS, PEOPLE = (101, 102, 103), 200
MORE, FEWER = range(201, 213), 50
"""For choosing answers and for intervals, where worlds differ more than people do."""
WAYS = {"": "gain", "_random": "random", "_pref": "pref", "_bare": "bare"}
PROMPTS, OTHERS, GIVEN, QUESTIONS = 60, 100, 15, 5
PICKS = 24
"""Choices by which claims are judged."""


def run(data: Path) -> dict[str, float]:
    """All of it; the figures over `data` only where the set is there."""
    found = known(SEEDS, PEOPLE) | covered((*SEEDS, *MORE), PEOPLE) | figures(data)
    found |= round_trip(PEOPLE) | worded(PEOPLE, PICKS) | aligned(MORE, FEWER) | speed()
    return {name: round(value, 4) for name, value in found.items()}


def known(seeds: Sequence[int], people: int) -> dict[str, float]:
    """Agreement, for so many people in each of the worlds, and what becomes of it and of coverage with odd people."""
    worlds = [World.drawn(seed) for seed in seeds]
    found: dict[str, float] = {}
    for suffix, way in WAYS.items():
        seen = survey(worlds, way, people)
        for place, look in enumerate(LOOKS):
            shares = [[each.agreement[place] for each in world] for world in seen]
            found |= interval(f"taste/agreement@{look}{suffix}", shares)
    for name in list(KINDS)[1:]:
        seen = survey(worlds, "gain", people, KINDS[name])
        for place, look in enumerate(LOOKS):
            found[f"taste/{name}/agreement@{look}"] = _mean(seen, "agreement", place)
            found[f"taste/{name}/coverage80@{look}"] = _mean(seen, "covered", place)
    return found


def covered(seeds: Sequence[int], people: int) -> dict[str, float]:
    """How often 80 % intervals hold the truth, for so many people in each of the worlds."""
    seen = survey([World.drawn(seed) for seed in seeds], "gain", people)
    found: dict[str, float] = {}
    for place, look in enumerate(LOOKS):
        found |= interval(f"taste/coverage80@{look}", [[each.covered[place] for each in world] for world in seen])
    return found


def _mean(seen: Sequence[Sequence[Seen]], what: str, place: int) -> float:
    return statistics.fmean(getattr(each, what)[place] for world in seen for each in world)


def interval(name: str, worlds: Sequence[Sequence[float]]) -> dict[str, float]:
    """The mean over people, and 95 % around it by the larger of the errors over people and over worlds."""
    every = [each for world in worlds for each in world]
    middles = [statistics.fmean(world) for world in worlds]
    errors = [statistics.stdev(some) / len(some) ** 0.5 for some in (every, middles) if len(some) > 1]
    mean, reach = statistics.fmean(every), 1.96 * max(errors, default=0.0)
    return {name: mean, f"{name}_low": mean - reach, f"{name}_high": mean + reach}


def round_trip(people: int) -> dict[str, float]:
    """The claims that people's coefficients bear, told to somebody of whom only the prior is known, and read again."""
    rng = np.random.default_rng(1)
    kept = said = added = 0
    for _ in range(people):
        prior, taste = _correlated(rng), rng.normal(0.0, 1.5, len(AXES))
        posterior = prior
        for _ in range(40):
            v = rng.uniform(-1.0, 1.0, len(AXES))
            posterior = posterior.updated(Answer(v, float(rng.random() < sigmoid(v @ taste))))
        before = set(borne(posterior.floats(AXES)))
        after = set(borne(told(prior, sorted(before), AXES, prior).floats(AXES)))
        kept, said, added = kept + len(before & after), said + len(before), added + len(after - before)
    return {"taste/round_trip": kept / said, "taste/round_trip_added": added / said, "taste/claims": said / people}


def _correlated(rng: np.random.Generator) -> Posterior:
    loadings = rng.normal(0.0, 0.4, (len(AXES), 3))
    return Posterior(rng.normal(0.0, 0.3, len(AXES)), loadings @ loadings.T + 0.5 * np.eye(len(AXES)))


def aligned(seeds: Sequence[int], people: int) -> dict[str, float]:
    """Whether people get their favourite of four rewritings of one answer, from what they said of other answers."""
    hits: dict[str, list[list[float]]] = {}
    counts: list[float] = []
    for seed in seeds:
        for suffix, style in (("", rewritings), ("_mixed", mixtures)):
            draw, rng = random.Random(seed), np.random.default_rng(seed)
            seen = _favourites(scripted(draw, style), draw, rng, people)
            for place, name in enumerate(("@0", "@5", "_patient", "_sent")):
                hits.setdefault(f"taste/aligned{name}{suffix}", []).append([float(each[place]) for each in seen])
            counts += [] if suffix else [each[-1] for each in seen]
    found = {"taste/questions_patient": statistics.fmean(counts)}
    for name, worlds in hits.items():
        found |= interval(name, worlds)
    return found


def _favourites(bank: Bank, draw: random.Random, rng: np.random.Generator, people: int) -> list[tuple[float, ...]]:
    """For each person whether they got their favourite without a question, after five, after as many as were of use,
    and after five through the policy; and how many were of use."""
    people_of, found = _population(rng), []
    prior = _taught(bank, people_of, rng)
    for _ in range(people):
        taste, *texts = people_of(), *(list(rewritings(draw).values()) for _ in range(2))
        phi, like = (features(each) for each in texts)
        favourite = int(np.argmax(phi @ taste))
        five, _ = _interview(prior, bank, taste, like, rng, Patience(most=QUESTIONS, gain=-1.0, flips=-1.0))
        patient, number = _interview(prior, bank, taste, like, rng, Patience())
        sent = delivered(texts[0], five, QUESTIONS)[0] == texts[0][favourite]
        found.append((*(chosen(phi, each) == favourite for each in (prior, five, patient)), sent, number))
    return found


def scripted(draw: random.Random, style: Callable[[random.Random], Mapping[str, str]]) -> Bank:
    """A bank of made-up answers."""
    items = [Item(f"q{place}", f"Question {place}?", tuple(Offered(*each) for each in style(draw).items()))
             for place in range(PROMPTS)]  # fmt: skip
    return opened(items)


def _population(rng: np.random.Generator) -> Callable[[], Array]:
    middle, loadings = rng.normal(0.0, 0.8, len(TEXT)), rng.normal(0.0, 1.2, (len(TEXT), 3))
    blank = (0, len(AXES) - len(TEXT))  # a script's answers differ on no other axis
    return lambda: np.pad(middle + loadings @ rng.normal(size=3) + rng.normal(0.0, 0.4, len(TEXT)), blank)


def _taught(bank: Bank, people_of: Callable[[], Array], rng: np.random.Generator) -> Posterior:
    others = []
    for _ in range(OTHERS):
        taste, places = people_of(), rng.choice(len(bank.pairs), GIVEN, replace=False)
        others.append([_said(bank.pool.v[place], taste, rng) for place in places])
    return learnt(others, neutral(AXES))


def _said(v: Array, taste: Array, rng: np.random.Generator) -> Answer:
    return Answer(v, float(rng.random() < sigmoid(v @ taste)))


def _interview(
    prior: Posterior, bank: Bank, taste: Array, like: Array, rng: np.random.Generator, patience: Patience
) -> tuple[Posterior, int]:
    """What is known after questions by somebody who has yet to decide between candidates like these."""
    posterior, taken, last = prior, list[int](), None
    while True:
        question, _ = following(posterior, bank.pool, Asked(taken, last), [like], patience)
        if question is None:
            return posterior, len(taken)
        taken.append(question.pair)
        last = bank.pool.prompts[question.pair]
        posterior = posterior.updated(_said(bank.pool.v[question.pair], taste, rng))


def speed(pairs: int = 1000, times: int = 200) -> dict[str, float]:
    """Medians in milliseconds, of one update and of the next question out of so many pairs, on all axes."""
    rng = np.random.default_rng(0)
    pool = Pool(rng.uniform(-1.0, 1.0, (pairs, len(AXES))), [str(place // 6) for place in range(pairs)])
    decisions = [rng.uniform(-1.0, 1.0, (4, len(AXES))) for _ in range(3)]
    posterior, took = neutral(AXES), [list[float](), list[float](), list[float]()]
    for place in range(times):
        start = time.perf_counter()
        posterior = posterior.updated(Answer(pool.v[place % pairs], float(rng.random() < 0.5)))
        middle = time.perf_counter()
        ranked(posterior, pool, Asked((place % pairs,), "3"))
        last = time.perf_counter()
        following(posterior, pool, Asked((place % pairs,), "3"), decisions, Patience(gain=0.0))
        for kept, span in zip(took, (middle - start, last - middle, time.perf_counter() - last), strict=True):
            kept.append(span * 1000)
    names = ("taste/ms_update", "taste/ms_next_question", "taste/ms_next_question_or_none")
    return dict(zip(names, map(statistics.median, took), strict=True))
