"""A model of any provider that litellm knows, for work in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from adapters.litellm_http import CALL, POOL, Call
from adapters.litellm_tables import NO_KEY, failures, library, loaded, openai_shaped, provider_of
from adapters.ports import AdapterError, ConfigError, Timeout, Unavailable

_CONNECT = 10.0
_REFUSED = (400, 413, 422)
"""What services say to a request that they do not take as it is."""
_LATE = "The model did not answer in time."


class LiteLLMModel:
    """The port `Model` over `litellm.acompletion`: temperature 0, without retries, `timeout` seconds for all of it.

    Where JSON is wanted it is asked for as a mode, if litellm's tables say that the model has one; a service that
    refuses this all the same is asked again without, and where that helps, from then on. `api_key` is called for each
    request, so that a key in a file may change; it may raise ValueError where there is none.
    """

    def __init__(
        self, model: str, timeout: float, api_base: str | None = None, api_key: Callable[[], str] | None = None
    ) -> None:
        self.model = model
        self.timeout = timeout
        self._api_base = api_base
        self._api_key = api_key
        self._plain = False

    async def ask(self, prompt: str, max_tokens: int, *, json: bool = False) -> str:
        """The text of the answer, "" where there is none. Raises Timeout or Unavailable, and AdapterError where this
        very request is refused."""
        try:
            async with asyncio.timeout(self.timeout):
                if not loaded():
                    await asyncio.to_thread(library)
                self._known()
                wanted = {"messages": [{"role": "user", "content": prompt}], "max_tokens": max_tokens}
                return await self._ask(wanted, json)
        except TimeoutError as error:
            raise Timeout(_LATE) from error

    async def close(self) -> None:
        """Let go of connections."""
        await POOL.release(self)

    def _known(self) -> None:
        try:
            provider_of(self.model)
        except ConfigError as error:
            raise Unavailable("litellm knows no provider for the model's name.") from error

    async def _ask(self, wanted: dict[str, Any], json: bool) -> str:
        modes = [{"response_format": {"type": "json_object"}}] if json and self._speaks_json() else []
        for mode in (*modes, {}):
            call = Call(POOL.wire(self), _CONNECT)
            token = CALL.set(call)
            try:
                said = await library().acompletion(
                    model=self.model, api_base=self._base(), api_key=self._key(), temperature=0, max_retries=0,
                    num_retries=0, timeout=self.timeout, drop_params=True, _skip_mcp_handler=True, **wanted, **mode,
                )  # fmt: skip
                # Whether it was the mode that was refused is known when the same prompt is taken without.
                self._plain = self._plain or (bool(modes) and not mode)
                return _text(said)
            except failures() as error:
                if mode and call.status in _REFUSED:
                    continue
                raise _failed(error, call) from error
            finally:
                CALL.reset(token)
        raise Unavailable("The model failed.")

    def _speaks_json(self) -> bool:
        return not self._plain and bool(library().supports_response_schema(self.model))

    def _base(self) -> str | None:
        if self._api_base and provider_of(self.model) == "anthropic":
            # litellm appends /v1/messages, whatever stands there.
            return self._api_base.rstrip("/").removesuffix("/v1")
        return self._api_base

    def _key(self) -> str | None:
        try:
            key = self._api_key() if self._api_key else None
        except ValueError as error:
            raise Unavailable("The model's key cannot be read.") from error
        # A key from the environment is meant for the provider's own URL, not for one that is configured.
        ours = self._api_base and (openai_shaped(self.model) or provider_of(self.model) == "anthropic")
        return key or (NO_KEY if ours else None)


def verify(model: str, place: str = "learning.model") -> None:
    """Ask litellm whether it knows the provider. Raises ConfigError at `place`; takes seconds."""
    library()
    try:
        provider_of(model)
    except ConfigError as error:
        raise ConfigError(place, error.message) from error


def _text(said: Any) -> str:
    try:
        return said.choices[0].message.content or ""
    except (AttributeError, LookupError) as error:
        raise Unavailable("The model's answer makes no sense.") from error


def _failed(error: BaseException, call: Call) -> Exception:
    """An error of ours: what the service says is not for logs, it may quote a key or what a person wrote."""
    if isinstance(error, Unavailable):
        return error
    if isinstance(error, library().Timeout):
        return Timeout(_LATE)
    found = f" (status {call.status})" if call.status else ""
    if call.status in _REFUSED:
        return AdapterError(f"The model refused the request{found}.")
    return Unavailable(f"The model failed{found}.")
