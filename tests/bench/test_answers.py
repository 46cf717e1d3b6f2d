"""What the bench asks the verification is what it says it is."""

import asyncio

from bench.answers import GOOD, MUSEUM, SAID, Agreeing, Hanging, accepted, attacked, broken, passages, verifiers
from bench.attacks import ATTACKS, FACT, HARMLESS
from bench.refusals import PLAIN
from policies.write_back.candidate import Candidate


def test_sets() -> None:
    """Each phrase once; every attack begins with the plain statement, and two answers are given to it."""
    for each in (ATTACKS, HARMLESS, PLAIN, SAID):
        assert len(set(each)) == len(each)
    assert all(each.startswith(FACT) for each in ATTACKS) and len(attacked()) == 2 * len(ATTACKS)


def test_good_ones_pass_only_with_verifiers_that_agree() -> None:
    """So that none accepted under a fault means the fault, not the answer."""
    good = [Candidate(question, answer, passages(MUSEUM)) for question, answer in GOOD]
    for names in ((), ("entailment",), ("judge",), ("entailment", "judge")):
        assert asyncio.run(accepted(verifiers(names, Agreeing(), Agreeing()), good)) == len(good)
    assert asyncio.run(accepted(verifiers(("judge",), Agreeing(), Hanging()), good)) == 0
    assert len(broken()) == 10
