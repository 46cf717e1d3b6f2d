"""Which backend a model name means."""

import pytest

from adapters.ports import CHAT, ConfigError
from adapters.relay import Relay
from proxy.routing import Backends
from proxy.settings import BackendRoute
from proxy.wire import HttpError

ROUTES = (
    BackendRoute(models=("gpt-4o", "o*"), use="openai/{model}", api_base="http://127.0.0.1:1/v1"),
    BackendRoute(models=("meta/*",), use="openai/fixed", api_base="http://127.0.0.1:2/v1", carrier="relay"),
    BackendRoute(models=("demo",), use="demo"),
)


@pytest.mark.parametrize(("model", "index"), [("gpt-4o", 0), ("o3", 0), ("meta/x:free", 1), ("demo", 2)])
def test_the_first_match_wins(model: str, index: int) -> None:
    """Exact names and patterns, in the order of the file."""
    assert Backends(ROUTES).find(model).place == f"backends.{index}"


def test_an_unknown_model_is_not_found() -> None:
    """404 as OpenAI says it, with what is configured."""
    with pytest.raises(HttpError, match="gpt-4o") as caught:
        Backends(ROUTES).find("claude")
    assert caught.value.status == 404


def test_how_much_a_model_reads() -> None:
    """As configured, else as litellm's table has it under the name that the backend gets; None where nobody knows."""
    own = BackendRoute(models=("local/*",), use="openai/{model}", api_base="http://127.0.0.1:3/v1", window=32_768)
    backends = Backends([*ROUTES, own])
    models = ("gpt-4o", "local/gpt-4o", "o-unheard-of", "demo", "claude")
    assert [backends.window(model) for model in models] == [128_000, 32_768, None, None, None]


@pytest.mark.parametrize(("route", "place"), [
    ({"use": "gpt-4o"}, "backends.0.use"), ({"use": "{model}"}, "backends.0.use"),
    ({"use": "gemini/x", "carrier": "relay"}, "backends.0.carrier"),
    ({"use": "gemini/x", "api_key": "client"}, "backends.0.api_key"),
    ({"use": "gemini/x", "responses": "native"}, "backends.0.responses"),
])
def test_a_route_that_cannot_work_stops_the_start(route: dict[str, str], place: str) -> None:
    """The error names the place."""
    with pytest.raises(ConfigError) as caught:
        Backends([BackendRoute(models=("*",), **route)])
    assert caught.value.place == place


async def _relay(routes: tuple[BackendRoute, ...], model: str) -> Relay:
    backends = Backends(routes)
    made = await backends.find(model).backend(model, CHAT)
    assert isinstance(made, Relay)
    return made


def test_the_providers_key_stays_with_the_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """OPENAI_API_KEY of the environment goes to OpenAI's own URL, never to a configured other one."""
    import asyncio

    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    own = (BackendRoute(models=("*",), use="openai/{model}"),)
    assert asyncio.run(_relay(own, "gpt-4o")).target.api_key == "sk-mine"
    assert asyncio.run(_relay(ROUTES, "gpt-4o")).target.api_key is None
