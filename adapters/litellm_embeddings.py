"""`POST /v1/embeddings` for providers that do not speak OpenAI's format."""

from __future__ import annotations

import asyncio
import base64
import sys
from array import array
from collections.abc import Sequence
from typing import Any

import msgspec

from adapters import litellm_wire as wire
from adapters.litellm import LiteLLMBackend
from adapters.litellm_http import CALL, POOL, Call
from adapters.litellm_tables import failures, library
from adapters.ports import ChatRequest, MalformedRequest, Reply, Timeout, Unavailable

_ARGUMENTS = ("input", "dimensions", "user")


class LiteLLMEmbeddings(LiteLLMBackend):
    """The port `Backend` over `litellm.aembedding`, which has all providers; vectors as floats or as base64."""

    async def complete(self, request: ChatRequest) -> Reply:
        """One vector per input, in order. A backend's error is a Reply; raises Timeout or Unavailable without one."""
        given = {name: request.get(name) for name in _ARGUMENTS if name in request.fields}
        if not given.get("input"):
            raise MalformedRequest("Missing required parameter: 'input'.", "input")
        call = Call(POOL.wire(self), self.target.connect)
        token = CALL.set(call)
        try:
            async with asyncio.timeout(self.target.total or None):
                said = await library().aembedding(
                    model=self.target.name, api_base=self._base(), api_key=self._key(), max_retries=0, num_retries=0,
                    timeout=self.target.first or None, drop_params=True, **given,
                )  # fmt: skip
        except TimeoutError as error:
            raise Timeout("The backend did not answer in time.") from error
        except failures() as error:
            return self._failed(error, call)
        finally:
            CALL.reset(token)
        body = _answer(said.model_dump(), request.model, request.get("encoding_format") == "base64")
        return Reply(200, (*wire.passed(call.headers), ("content-type", "application/json")), body, complete=True)


def _answer(said: dict[str, Any], model: str, packed: bool) -> bytes:
    try:
        rows = [
            {"object": "embedding", "index": index, "embedding": _packed(row) if packed else list(row)}
            for index, row in enumerate(row["embedding"] for row in said["data"])
        ]
    except (TypeError, KeyError) as error:
        raise Unavailable("The backend's answer makes no sense.") from error
    usage = {name: value for name, value in (said.get("usage") or {}).items() if isinstance(value, int)}
    kept = {name: usage.get(name, 0) for name in ("prompt_tokens", "total_tokens")}
    return msgspec.json.encode({"object": "list", "data": rows, "model": model, "usage": kept})


def _packed(values: Sequence[float]) -> str:
    """Little-endian float32, as OpenAI's clients ask for it."""
    floats = array("f", values)
    if sys.byteorder == "big":
        floats.byteswap()
    return base64.b64encode(floats.tobytes()).decode()
