"""Answers of the legacy Completions API: one JSON body, or the payloads of a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.fakes.answer import VENDOR_NOTE, Answer, pieces
from tests.fakes.openai_chat import CREATED


def completion(
    body: Mapping[str, Any], prompts: Sequence[str | list[int]], said: Answer, counts: Mapping[str, Any]
) -> dict[str, Any]:
    """The whole answer: `n` choices for each prompt."""
    choices = [
        _choice(index, given + (said.text or said.refusal), "stop") | _extra(said)
        for index, given in enumerate(_given(body, prompts))
    ]
    return {**_envelope(body), "choices": choices, "usage": counts}


def _given(body: Mapping[str, Any], prompts: Sequence[str | list[int]]) -> list[str]:
    """What each choice begins with: its prompt if the client asks for that, token ids as the words they stand for."""
    wanted = body.get("echo") is True
    texts = [one if isinstance(one, str) else "".join(f" {number}" for number in one) for one in prompts]
    return [text if wanted else "" for text in texts for _ in range(body.get("n") or 1)]


def _envelope(body: Mapping[str, Any]) -> dict[str, Any]:
    ids = {"id": "cmpl-fake00000000000000000000000000", "object": "text_completion", "created": CREATED}
    return {**ids, "model": body["model"], "system_fingerprint": "fp_fake"}


def _choice(index: int, text: str, finish: str | None) -> dict[str, Any]:
    return {"text": text, "index": index, "logprobs": None, "finish_reason": finish}


def _extra(said: Answer) -> dict[str, Any]:
    return {"reasoning_content": said.reasoning, "vendor_note": VENDOR_NOTE} if said.reasoning else {}


def chunks(whole: Mapping[str, Any], wanted: bool, count: int) -> Iterator[dict[str, Any]]:
    """The payloads of a stream that says what `whole` does, without its closing event. Choices take turns; counts
    come at the end if `wanted`."""
    envelope = {name: value for name, value in whole.items() if name not in ("choices", "usage")}
    usage = {"usage": None} if wanted else {}
    texts = [list(pieces(choice["text"], count)) for choice in whole["choices"]]
    for step in range(count):
        for choice, text in zip(whole["choices"], texts, strict=True):
            if step < len(text):
                bare = choice if step == 0 else _choice(choice["index"], "", None)
                yield {**envelope, "choices": [{**bare, "text": text[step], "finish_reason": None}], **usage}
    for choice in whole["choices"]:
        yield {**envelope, "choices": [_choice(choice["index"], "", choice["finish_reason"])], **usage}
    if wanted:
        yield {**envelope, "choices": [], "usage": whole["usage"]}
