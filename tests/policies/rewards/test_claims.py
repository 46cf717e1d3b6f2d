"""Claims in words as evidence on coefficients, which then say the same."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from policies.preferences.voiced import borne
from policies.rewards.axes import AXES, TEXT
from policies.rewards.claims import meant, told
from policies.rewards.posterior import Answer, Posterior
from policies.rewards.prior import neutral
from policies.rewards.words import NAMED

ALL = AXES
PRIOR = neutral(ALL)
WORDS = sorted({claim for both in NAMED.values() for claim in both if claim is not None})


def posterior(**means: float) -> Posterior:
    """With a variance of 1 on every axis."""
    return Posterior(np.array([means.get(axis, 0.0) for axis in ALL]), np.eye(len(ALL)))


def said(found: Posterior) -> set[tuple[str, str]]:
    return set(borne(found.floats(ALL)))


@pytest.mark.parametrize("claim", WORDS)
def test_every_claim_comes_back(claim: tuple[str, str]) -> None:
    """Told to a taste of which nothing is known; also where choices said the opposite before."""
    assert claim in said(told(PRIOR, [claim], ALL, PRIOR))
    stubborn = PRIOR
    for axis, side in meant(*claim, ALL).items():
        v = np.zeros(len(ALL))
        v[ALL.index(axis)] = -side
        for _ in range(20):
            stubborn = stubborn.updated(Answer(2 * v))
    assert claim not in said(stubborn)
    assert claim in said(told(stubborn, [claim], ALL, PRIOR))


def test_claims_together_come_back() -> None:
    """Every two that are of different aspects, at least 95 % of them, under a prior in which tastes go together."""
    loadings = np.random.default_rng(0).normal(0.0, 0.5, (len(ALL), 3))
    prior = Posterior(np.zeros(len(ALL)), loadings @ loadings.T + 0.5 * np.eye(len(ALL)))
    pairs = [pair for pair in combinations(WORDS, 2) if pair[0][0] != pair[1][0]]
    kept = sum(len({*pair} & said(told(prior, pair, ALL, prior))) for pair in pairs)
    assert kept / (2 * len(pairs)) >= 0.95


def test_an_ended_claim_is_said_no_more() -> None:
    """And may come back, by choices or in words; what was said of the same instead holds."""
    known = told(PRIOR, [("length", "short"), ("emoji", "yes")], ALL, PRIOR)
    without = told(known, [], ALL, PRIOR, ended=[("length", "short")])
    assert said(without) == {("emoji", "yes")}
    assert ("length", "short") in said(told(without, [("length", "short")], ALL, PRIOR))
    assert ("length", "long") in said(told(known, [("length", "long")], ALL, PRIOR, ended=[("length", "short")]))
    shorter = np.zeros(len(ALL))
    shorter[ALL.index("length")] = -2.0
    for _ in range(8):
        without = without.updated(Answer(shorter))
    assert ("length", "short") in said(without)


def test_what_goes_together_follows() -> None:
    """In a population where those who like lists like headings; it stays a distribution."""
    cov = np.eye(len(ALL))
    one, other = ALL.index("lists"), ALL.index("headings")
    cov[one, other] = cov[other, one] = 0.6
    found = told(Posterior(np.zeros(len(ALL)), cov), [("format", "bullet lists")], ALL, PRIOR)
    assert found.mean[other] > 0.5 and found.mean[ALL.index("code")] == 0.0
    assert np.linalg.eigvalsh(found.cov)[0] > 0


def test_what_is_known_more_surely_stays() -> None:
    """A claim that the choices bear already makes nobody less sure."""
    sure = posterior(length=-9.0)
    assert told(sure, [("length", "short")], ALL, PRIOR).mean[0] == -9.0


def test_what_is_about_nothing_here_says_nothing() -> None:
    """A hobby, a language, an axis that is not among them; by the way said is said by half."""
    known = neutral(TEXT)
    assert told(known, [("likes", "hiking"), ("language", "German"), ("tone", "warm")], TEXT, known) is known
    assert meant("tone", "formal", ALL) == {"formal": 1.0, "casual": -0.5, "formality": 1.0}
