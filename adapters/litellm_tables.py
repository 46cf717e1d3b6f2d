"""litellm as a library: imported once, made quiet, and asked what its tables know of a model's name."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache, lru_cache
from typing import Any

import httpx

from adapters import demo
from adapters import litellm_wire as wire
from adapters.litellm_http import Gate
from adapters.ports import AdapterError, ConfigError

NO_KEY = "none"
# In litellm's list of compatible providers, but not at <base>/chat/completions with a bearer token and nothing else.
_ODD = frozenset({"ai21", "azure_ai", "docker_model_runner", "ragflow"})
_MORE = frozenset({"custom_openai", "mistral", "openai", "openrouter"})
# Asking litellm about these starts a log-in at the provider.
_LOG_IN = frozenset({"chatgpt", "github_copilot"})
_import_lock = threading.Lock()
_warm_lock = threading.Lock()


def library() -> Any:
    """litellm itself. The first call imports it: some 2.5 s and 160 MB. Safe in any thread."""
    with _import_lock:
        return _library()


def loaded() -> bool:
    """Whether `library` will answer at once."""
    return bool(_library.cache_info().currsize)


def warm() -> None:
    """Import litellm and rehearse calls, so that no request pays for what it loads then. Takes seconds, once."""
    library()
    with _warm_lock:
        _rehearsed()


@cache
def _rehearsed() -> None:
    # A thread of its own: whoever calls may be inside a running loop.
    thread = threading.Thread(target=lambda: asyncio.run(_rehearse()), name="litellm-warm", daemon=True)
    thread.start()
    thread.join()


async def _rehearse() -> None:
    acompletion = library().acompletion
    for model in ("demo/demo", "openai/-", "anthropic/-"):
        for stream in (False, True):
            # Without a `Call` the gate lets none of these out.
            with suppress(*failures()):
                said = await acompletion(model=model, messages=[{"role": "user", "content": "-"}], stream=stream,
                                         api_key=NO_KEY, max_retries=0, num_retries=0, _skip_mcp_handler=True)
                if stream:
                    async for _ in said:
                        pass


@cache
def _library() -> Any:
    # Without these two the import asks the network for a table of prices and reads a file .env.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["LITELLM_MODE"] = "PRODUCTION"
    import litellm
    from litellm.llms.custom_httpx import http_handler

    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).disabled = True
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    litellm.turn_off_message_logging = True
    litellm.cache = None
    # To an embedding call, no retries are the default number of them.
    litellm.DEFAULT_MAX_RETRIES = 0
    for name in ("callbacks", "input_callback", "success_callback", "failure_callback", "service_callback"):
        setattr(litellm, name, [])
    # litellm ends a stream that says the same thing a hundred times; a table or a song may.
    litellm.REPEATED_STREAMING_CHUNK_LIMIT = sys.maxsize
    # Every asynchronous client of litellm's takes its transport from here, for whichever provider.
    handler = http_handler.AsyncHTTPHandler
    handler.create_async_transport = handler._create_async_transport = staticmethod(lambda *_, **__: Gate())
    litellm.in_memory_llm_clients_cache.flush_cache()
    litellm.module_level_aclient = handler(timeout=None)
    litellm.custom_provider_map = [{"provider": "demo", "custom_handler": demo.provider(litellm)}]
    litellm.utils.custom_llm_setup()
    return litellm


@cache
def failures() -> tuple[type[Exception], ...]:
    """What a call can end in. Translators for a hundred providers also fail in ways that are nobody's plan."""
    own: type[Exception] = library().exceptions.openai.OpenAIError
    return (own, AdapterError, httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, LookupError, AttributeError,
            RuntimeError, OSError)


@cache
def control() -> frozenset[str]:
    """The names that litellm itself reads from a call or a body, as this version of it lists them."""
    litellm = library()
    from litellm.constants import OPENAI_CHAT_COMPLETION_PARAMS
    from litellm.litellm_core_utils.initialize_dynamic_callback_params import _supported_callback_params
    from litellm.types import router
    from litellm.types.utils import all_litellm_params

    names = {*all_litellm_params, *OPENAI_CHAT_COMPLETION_PARAMS, *_supported_callback_params}
    for call in (litellm.main.acompletion, litellm.main.completion):
        names.update(inspect.signature(call).parameters)
    for model in (router.GenericLiteLLMParams, router.CredentialLiteLLMParams):
        names.update(model.model_fields)
    # A switch of the model's, and of a dozen vendors' APIs: it steers nothing.
    return frozenset(names - wire.FIELDS - {"thinking"})


def resolve(model: str) -> tuple[str, str | None, str | None]:
    """(provider, api_base, api_key) as litellm's tables and the environment have them. Raises ConfigError.

    The key belongs to that URL: where another one is configured, it must not go there.
    """
    provider, base, key = _resolved(model)
    if provider == "openai":
        from litellm.llms.openai.common_utils import get_openai_credentials

        credentials = get_openai_credentials()
        return provider, credentials.api_base, credentials.api_key
    return provider, base, key


@lru_cache(maxsize=1024)
def provider_of(model: str) -> str:
    """The provider alone, remembered. Raises ConfigError."""
    return _resolved(model)[0]


def _resolved(model: str) -> tuple[str, str | None, str | None]:
    litellm = library()
    prefix = model.partition("/")[0]
    if prefix in ("demo", *_LOG_IN):
        return prefix, None, None
    try:
        _, provider, key, base = litellm.get_llm_provider(model)
    except litellm.exceptions.BadRequestError:
        raise ConfigError("use", "litellm knows no provider for this name; write provider/model") from None
    return provider, base or None, key or None


def openai_shaped(model: str) -> bool:
    """Whether the provider takes OpenAI's chat format at <api_base>/chat/completions with a bearer token."""
    litellm = library()
    provider = provider_of(model)
    if provider in _ODD or provider in _LOG_IN or responses_only(model):
        return False
    from litellm.llms.openai_like.json_loader import JSONProviderRegistry

    known = provider in _MORE or provider in litellm.openai_compatible_providers
    return known or bool(JSONProviderRegistry.exists(provider))


def responses_only(model: str) -> bool:
    """Whether litellm carries this model over the Responses API."""
    return model.startswith("openai/responses/") or _facts(model).get("mode") == "responses"


def _facts(model: str) -> Mapping[str, Any]:
    table: Mapping[str, Any] = library().model_cost
    return table.get(model) or table.get(model.partition("/")[2]) or {}
