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
from adapters.litellm_tables import failures, library, loaded
from adapters.ports import ChatRequest, MalformedRequest, Reply, Timeout, Unavailable

_ARGUMENTS = ("input", "dimensions", "user")
_NONSENSE = "The backend's answer makes no sense."


class LiteLLMEmbeddings(LiteLLMBackend):
    """The port `Backend` over `litellm.aembedding`, which has all providers; vectors as floats or as base64."""

    async def complete(self, request: ChatRequest) -> Reply:
        """One vector per input, in order. A backend's error is a Reply; raises MalformedRequest for an input that is
        none and for a length that cannot be had, Timeout or Unavailable where no answer came."""
        if not loaded():
            await asyncio.to_thread(library)
        given = {name: request.get(name) for name in _ARGUMENTS if name in request.fields}
        count = _inputs(given.get("input"))
        call = Call(POOL.wire(self), self.target.connect)
        token = CALL.set(call)
        try:
            async with asyncio.timeout(self._first()):
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
        body = _answer(said.model_dump(), count, request)
        return Reply(200, (*wire.passed(call.headers), ("content-type", "application/json")), body, complete=True)


def _inputs(given: Any) -> int:
    """How many there are: a text and a list of token ids are one. Raises MalformedRequest."""
    if isinstance(given, str) and given:
        return 1
    if not isinstance(given, list) or not given:
        what = "Missing required parameter" if given in (None, "", []) else "Invalid type for"
        raise MalformedRequest(f"{what}: 'input'. Expected a text, token ids, or a list of these.", "input")
    return 1 if isinstance(given[0], int) else len(given)


def _answer(said: dict[str, Any], count: int, request: ChatRequest) -> bytes:
    packed = request.get("encoding_format") == "base64"
    try:
        vectors = [array("d", row["embedding"]) for row in sorted(said["data"], key=lambda row: row.get("index") or 0)]
    except (TypeError, LookupError, AttributeError, ValueError) as error:
        raise Unavailable(_NONSENSE) from error
    if len(vectors) != count:
        raise Unavailable(_NONSENSE)
    wanted = request.get("dimensions")
    if wanted is not None and any(len(vector) != wanted for vector in vectors):
        # litellm leaves the wish out where it knows of nothing of the kind.
        raise MalformedRequest("This model does not support specifying dimensions.", "dimensions")
    rows = [
        {"object": "embedding", "index": index, "embedding": _packed(vector) if packed else list(vector)}
        for index, vector in enumerate(vectors)
    ]
    usage = {name: value for name, value in (said.get("usage") or {}).items() if isinstance(value, int)}
    kept = {name: usage.get(name, 0) for name in ("prompt_tokens", "total_tokens")}
    return msgspec.json.encode({"object": "list", "data": rows, "model": request.model, "usage": kept})


def _packed(values: Sequence[float]) -> str:
    """Little-endian float32, as OpenAI's clients ask for it."""
    floats = array("f", values)
    if sys.byteorder == "big":
        floats.byteswap()
    return base64.b64encode(floats.tobytes()).decode()
