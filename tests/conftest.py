"""Fixtures that start real processes once for many tests."""

from collections.abc import Iterator

import pytest

from tests.fakes.process import Fake, serving


@pytest.fixture(scope="session")
def openai_fake() -> Iterator[Fake]:
    """The fake OpenAI API, in a process of its own."""
    with serving("openai_api") as running:
        yield running
