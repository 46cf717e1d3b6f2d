"""No settings of the developer's own, and fixtures that start real processes once for many tests."""

import os
from collections.abc import Iterator

import pytest

from tests.fakes.process import Fake, serving
from tests.forked import nursery

# Before numpy is imported: on a busy machine its threads wait for each other, and small sums take ten times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_configure(config: pytest.Config) -> None:
    """One process that forks those of Rapport's, for all workers; it sleeps until one is wanted."""
    if not hasattr(config, "workerinput"):
        nurse = nursery(all_imports=bool(config.getoption("numprocesses", None)))
        nurse.__enter__()
        config.add_cleanup(lambda: nurse.__exit__(None, None, None))


@pytest.fixture(scope="session", autouse=True)
def no_settings_from_outside() -> Iterator[None]:
    """RAPPORT_* of the shell that runs the tests would override what they configure."""
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.upper().startswith("RAPPORT_")]:
            environment.delenv(name)
        yield


@pytest.fixture(scope="session")
def openai_fake() -> Iterator[Fake]:
    """The fake OpenAI API, in a process of its own."""
    with serving("openai_api") as running:
        yield running
