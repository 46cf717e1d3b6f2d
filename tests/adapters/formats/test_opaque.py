"""Requests that name a model and are no chat."""

import pytest

from adapters.ports import COUNT_TOKENS, EMBEDDINGS, FORMATS, ChatRequest, Format, MalformedRequest
from adapters.ports.formats import COMPACT, COMPLETIONS, INPUT_TOKENS
from tests.adapters.formats.unchanged import PROFILE, SOURCES

OPAQUE = (COMPLETIONS, EMBEDDINGS, INPUT_TOKENS, COMPACT, COUNT_TOKENS)


@pytest.mark.parametrize("format", OPAQUE, ids=lambda format: format.name)
def test_nothing_is_read_and_nothing_is_added(format: Format) -> None:
    """Whatever stands in them leaves as it came; only a model must be named."""
    body = b'{ "model":"m", "messages":5, "input":[[1,2]],"prompt":"\\ud800", "n":1.0}'
    request = ChatRequest.parse(body, format=format)
    assert (request.turns, request.items, request.last_user_text, request.opens) == ((), (), "", True)
    assert request.with_context(PROFILE) is request.with_context(SOURCES) is request
    assert request.body() == body
    with pytest.raises(MalformedRequest) as caught:
        ChatRequest.parse(b'{"input":"a"}', format=format)
    assert caught.value.param == "model"


def test_every_format_has_a_name_and_a_path_of_its_own() -> None:
    """By which they are told apart in receipts and on the way to a backend; those of Anthropic's are known."""
    assert len({format.name for format in FORMATS}) == len({format.path for format in FORMATS}) == len(FORMATS)
    assert {format.name for format in FORMATS if format.anthropic} == {"messages", "count_tokens"}
    assert {format.name for format in FORMATS if format.chat} == {"chat", "responses", "messages"}
