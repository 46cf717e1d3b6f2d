"""litellm as the product loads it: without a look at the network."""

import pytest

from adapters.litellm_tables import warm


@pytest.fixture(scope="session", autouse=True)
def imported() -> None:
    """What the translation reads of litellm is imported once, in its own quiet way."""
    warm()
