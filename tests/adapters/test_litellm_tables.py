"""litellm as a library: what it may do at import, and what its tables say."""

import ast
import json
import logging
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from adapters import litellm_wire as wire
from adapters.litellm_tables import control, library, openai_shaped, resolve, warm
from adapters.ports import ConfigError

# Arguments of other calls (speech, files, text completions), and two that vendors give a meaning of their own.
HARMLESS = {"atranscription", "engine", "file", "prompt", "session_id", "top_k"}


def _source(module: str) -> ast.Module:
    # Read, not imported: litellm.proxy must never be loaded.
    spec = find_spec("litellm")
    assert spec is not None and spec.submodule_search_locations
    return ast.parse((Path(spec.submodule_search_locations[0]) / module).read_text())


def _strings(tree: ast.Module, name: str) -> set[str]:
    """The string constants in the assignment of `name`."""
    assigned = (node for node in tree.body if isinstance(node, ast.AnnAssign))
    found = next(node for node in assigned if isinstance(node.target, ast.Name) and node.target.id == name)
    return {node.value for node in ast.walk(found) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_name_that_steers_litellm_is_held_back() -> None:
    """What litellm's own proxy refuses in a body, and what its calls read, never passes; a new version may add some."""
    library()
    from litellm.litellm_core_utils.initialize_dynamic_callback_params import _supported_callback_params

    refused = _strings(_source("proxy/auth/auth_utils.py"), "_BANNED_REQUEST_BODY_PARAMS")
    assert {"api_base", "aws_role_name", "user_config"} < refused
    informative = {"langfuse_prompt_version", "langsmith_sampling_rate"}
    for name in (refused | set(_supported_callback_params)) - informative:
        assert wire.steers(name, control()), name


def test_what_completion_reads_by_name_is_held_back() -> None:
    """Every `kwargs.get("...")` in litellm's calls is a name that steers, a field of OpenAI's, or known as harmless."""
    read = set()
    for node in ast.walk(_source("main.py")):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("kwargs.get", "kwargs.pop") and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                read.add(first.value)
    assert len(read) > 50
    loose = {name for name in read if name not in wire.FIELDS and not wire.steers(name, control())}
    assert loose <= HARMLESS


def test_documented_fields_are_litellms_or_ours() -> None:
    """A field of OpenAI's is either an argument that litellm's call has, or goes into the body."""
    import inspect

    known = set(inspect.signature(library().main.acompletion).parameters)
    assert wire.FIELDS - known == {"metadata", "moderation", "prompt_cache_options", "prompt_cache_retention"}


def test_the_import_is_quiet_and_alone() -> None:
    """A fresh process imports litellm without reading .env, without a look at the network, without its server."""
    script = """
import socket, sys, json, threading
asked = []
def look(*a, **k):
    asked.append(str(a[0])); raise OSError
socket.getaddrinfo = look
from adapters import litellm
assert "litellm" not in sys.modules
threads = [threading.Thread(target=litellm.warm) for _ in range(3)]
[t.start() for t in threads]; [t.join() for t in threads]
loaded = [name for name in sys.modules if name.startswith("litellm.proxy.proxy_server")]
print(json.dumps([asked, loaded, litellm.openai_shaped("openai/gpt-4o")]))
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True,
                         cwd=Path(__file__).parents[2])
    asked, server, shaped = json.loads(run.stdout)
    assert not asked and not server and shaped is True
    assert run.stderr == ""


def test_litellm_says_nothing() -> None:
    """Its loggers are off: they would write what people said."""
    warm()
    assert all(logging.getLogger(name).disabled for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"))


@pytest.mark.parametrize(("model", "expected"), [
    ("openai/gpt-4o", True), ("groq/llama-3", True), ("mistral/small", True), ("openrouter/a/b", True),
    ("hosted_vllm/m", True), ("anthropic/claude-x", False), ("gemini/gemini-pro", False), ("bedrock/x", False),
    ("azure/deployment", False), ("github_copilot/gpt-4", False), ("demo/demo", False), ("openai/o1-pro", False),
    ("ollama/llama3", False), ("cohere/command-r", False),
])  # fmt: skip
def test_who_speaks_openais_format(model: str, expected: bool) -> None:
    """Providers at <base>/chat/completions with a bearer token may be relayed; others need litellm."""
    assert openai_shaped(model) is expected


def test_compatible_providers_really_are() -> None:
    """Of each provider that may be relayed litellm itself would call <base>/chat/completions with a bearer token."""
    litellm = library()
    from litellm.types.utils import LlmProviders
    from litellm.utils import ProviderConfigManager

    checked = 0
    for name in sorted({*litellm.openai_compatible_providers, "mistral"} - {"anyscale", "ragflow"}):
        if not openai_shaped(f"{name}/some-model"):
            continue
        provider, base, _ = resolve(f"{name}/some-model")
        member = next((member for member in LlmProviders if member.value == provider), None)
        config = ProviderConfigManager.get_provider_chat_config("some-model", member) if member else None
        if config is None or base is None:
            continue
        url = config.get_complete_url(base, "k", "some-model", {}, {}, stream=False)
        headers = config.validate_environment({}, "some-model", [], {}, {}, api_key="k", api_base=base)
        assert url.replace("//chat", "/chat") == base.rstrip("/") + "/chat/completions", name
        assert headers["Authorization"] == "Bearer k", name
        checked += 1
    assert checked > 40


def test_names_are_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Provider, URL and key come from litellm's tables and the environment."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-e")
    monkeypatch.setenv("GROQ_API_KEY", "gsk-e")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.delenv("OPENAI_API_BASE", raising=False)
    assert resolve("openai/gpt-4o") == ("openai", "https://api.openai.com/v1", "sk-e")
    assert resolve("groq/llama-3") == ("groq", "https://api.groq.com/openai/v1", "gsk-e")
    assert resolve("demo/demo") == ("demo", None, None)
    assert resolve("github_copilot/gpt-4") == ("github_copilot", None, None)
    with pytest.raises(ConfigError):
        resolve("nonsense/model")
