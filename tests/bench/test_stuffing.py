"""What a whole corpus costs and what a cache keeps of it are measured on what is really put in."""

import asyncio

import pytest

from bench.cache import ROUTES
from bench.stuffing import SIZES, cached, corpus, costs
from policies.retrieval.corpora import whole


def test_sizes() -> None:
    """The corpora are about as large as their names say."""
    for name, number in SIZES.items():
        said = 1000 * int(name.removesuffix("k"))
        assert 0.9 * said < whole(corpus(number)).given.tokens < 1.1 * said


def test_costs() -> None:
    """Tokens of the block, and milliseconds of each way."""
    figures = asyncio.run(costs(4))
    assert 900 < figures["tokens"] < 1200
    assert all(figures[name] > 0 for name in ("first_ms", "again_ms", "searched_ms", "read_ms"))


@pytest.mark.parametrize("name", list(ROUTES))
def test_nothing_of_the_cache_is_lost(name: str) -> None:
    """Each request begins with all of the one before, and a second person's with the system text and the corpus."""
    kept, shared, reads = asyncio.run(cached(ROUTES[name], 8))
    assert kept == shared == 1.0
    assert (reads > 0.9) is (name == "messages")
