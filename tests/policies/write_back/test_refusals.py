"""What says that it cannot answer is recognised, in any of many wordings; what denies something in itself is not."""

import time

import pytest

from bench.refusals import PLAIN, REFUSALS
from policies.write_back.refusals import refuses


def test_there_are_many() -> None:
    """At least a hundred different ones."""
    assert len(set(REFUSALS)) == len(REFUSALS) >= 200


@pytest.mark.parametrize("answer", REFUSALS)
def test_refusals(answer: str) -> None:
    """Whole ones and partial ones, in a dozen languages."""
    assert refuses(answer)


@pytest.mark.parametrize("answer", REFUSALS[::10])
def test_refusals_among_claims(answer: str) -> None:
    """One sentence is enough, wherever it stands."""
    assert refuses(f"The castle was built of stone [1]. {answer} The bridge was built later [2].")


@pytest.mark.parametrize("answer", PLAIN)
def test_plain_denials(answer: str) -> None:
    """A statement about the world is none, though it says no."""
    assert not refuses(answer)


def test_time_grows_with_the_text() -> None:
    """No text makes it slow."""
    for each in ("the passages " * 300, "not " * 1000, "no a b c " * 400, "unable to " * 400):
        start = time.thread_time()
        refuses(each)
        assert time.thread_time() - start < 2.0
