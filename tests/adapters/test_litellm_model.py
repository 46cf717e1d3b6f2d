"""A model over litellm against a server that answers what it is told to."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from adapters.litellm_model import LiteLLMModel, verify
from adapters.ports import AdapterError, ConfigError, Timeout, Unavailable
from tests.fakes.scripted import Answer, Scripted, said, scripted

pytestmark = [
    pytest.mark.filterwarnings("ignore:Accessing the .* attribute on the instance is deprecated"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
]
KEY = "sk-operator-0123456789"


def ask(
    server: Scripted, model: str = "openai/some-model", timeout: float = 20.0, times: int = 1, json: bool = False
) -> str:
    async def go() -> str:
        asked = LiteLLMModel(model, timeout, server.base, lambda: KEY)
        try:
            answers = [await asked.ask("Say yes.", 50, json=json) for _ in range(times)]
        finally:
            await asked.close()
        return answers[-1]

    return asyncio.run(go())


def test_one_prompt_is_one_request() -> None:
    """The prompt goes out as one message, cold, bounded and under the key; the answer's text comes back."""
    with scripted(said("yes")) as server:
        assert ask(server) == "yes"
        asked = server.asked[0]
        assert asked["messages"] == [{"role": "user", "content": "Say yes."}]
        assert (asked["model"], asked["temperature"], asked["max_tokens"]) == ("some-model", 0, 50)
        assert "response_format" not in asked and len(server.asked) == 1
        assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_json_is_asked_of_models_that_have_it() -> None:
    """A model that litellm knows to write JSON is asked for it, where JSON is wanted: services refuse the mode with a
    prompt that does not speak of it."""
    with scripted(said("{}")) as server:
        ask(server, "openai/gpt-4o-mini", json=True)
        ask(server, "openai/gpt-4o-mini")
        assert [body.get("response_format") for body in server.asked] == [{"type": "json_object"}, None]


def test_a_service_without_json_mode_is_asked_without() -> None:
    """A service that refuses the mode is asked again, and from then on, without it."""
    with scripted(Answer(status=400), said("yes")) as server:
        assert ask(server, "openai/gpt-4o-mini", times=2, json=True) == "yes"
        assert ["response_format" in body for body in server.asked] == [True, False, False]


def test_a_prompt_that_is_refused_either_way_costs_no_mode() -> None:
    """It was not the mode: later prompts are asked with it."""

    async def go() -> None:
        with scripted(Answer(status=400), Answer(status=400), said("{}")) as server:
            model = LiteLLMModel("openai/gpt-4o-mini", 20.0, server.base, lambda: KEY)
            with pytest.raises(AdapterError):
                await model.ask("Answer with JSON.", 50, json=True)
            assert await model.ask("Answer with JSON.", 50, json=True) == "{}"
            await model.close()
            assert ["response_format" in body for body in server.asked] == [True, False, True]

    asyncio.run(go())


@pytest.mark.parametrize("status", [400, 401, 404, 413, 422, 429, 500, 503])
def test_failures_are_translated_and_not_repeated(status: int) -> None:
    """One request, one error of ours, which tells a refusal from an outage; the service's words are not in it."""
    with scripted(Answer(status=status)) as server:
        with pytest.raises(AdapterError) as caught:
            ask(server)
        assert isinstance(caught.value, Unavailable) == (status not in (400, 413, 422))
        assert len(server.asked) == 1
        assert str(status) in str(caught.value)
        assert not any(word in str(caught.value) for word in ("sk-", "denied", "yes"))


def test_who_hangs_is_left() -> None:
    """The clock is over all of it."""
    with scripted(said("yes"), Answer(delay=30)) as server:
        ask(server)  # litellm takes seconds to import
        started = time.monotonic()
        with pytest.raises(Timeout):
            ask(server, timeout=0.5)
        assert time.monotonic() - started < 5


def test_an_answer_without_text_is_empty() -> None:
    """A model that says nothing is no fault of the line."""
    with scripted(said("")) as server:
        assert ask(server) == ""


def test_nobody_there_and_nobody_known() -> None:
    """A service that cannot be reached, a key that cannot be read and a name without a provider are errors of ours."""
    missing = LiteLLMModel("openai/x", 5.0, "http://127.0.0.1:9/v1")
    with pytest.raises(AdapterError):
        asyncio.run(missing.ask("a", 5))

    def no_key() -> str:
        raise ValueError("the environment variable X is not set")

    for model, key in (("nobody-knows-this", None), ("openai/x", no_key)):
        with pytest.raises(Unavailable):
            asyncio.run(LiteLLMModel(model, 5.0, "http://127.0.0.1:9/v1", key).ask("a", 5))


def test_a_provider_is_checked_before_the_start() -> None:
    """A name that litellm cannot place is an error at its place in the file."""
    verify("openai/anything")
    with pytest.raises(ConfigError, match=r"learning\.model: litellm knows no provider"):
        verify("nobody-knows-this")


def test_no_model_no_import(tmp_path: Path) -> None:
    """Rules only: the composition loads no litellm."""
    code = "import sys, proxy.app; from proxy.settings import Settings; proxy.app.assemble(Settings()); "
    code += "sys.exit('litellm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False, timeout=60).returncode == 0
