"""Responses and messages as the chats that ask the same, and what no chat can ask."""

import asyncio
import json
from typing import Any

import pytest

from adapters.ports import CHAT, MESSAGES, RESPONSES, Block, ChatRequest, Format, MalformedRequest
from adapters.translated.requests import as_chat
from tests.adapters.translated.strict import request

pytestmark = pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier")
SCHEMA = {"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]}
FUNCTION = {"type": "function", "name": "look", "description": "d", "strict": True, "parameters": SCHEMA}
CHAT_FUNCTION = {"type": "function", "function": {"name": "look", "description": "d", "strict": True,
                                                  "parameters": SCHEMA}}
TOOL = {"name": "look", "description": "d", "input_schema": SCHEMA}
PNG = "data:image/png;base64,AA=="


def translated(asked: ChatRequest, hosted: bool = False, model: str = "") -> dict[str, Any]:
    chat = asyncio.run(as_chat(asked, hosted, model))
    assert chat.format is CHAT and chat.headers == asked.headers
    body: dict[str, Any] = json.loads(chat.body())
    return body


def response(hosted: bool = False, model_behind: str = "", **fields: Any) -> dict[str, Any]:
    """The chat for a response."""
    return translated(request(RESPONSES, **fields), hosted, model_behind)


def message(hosted: bool = False, model_behind: str = "", **fields: Any) -> dict[str, Any]:
    """The chat for a message."""
    return translated(request(MESSAGES, **{"max_tokens": 9, **fields}), hosted, model_behind)


def messages_of(*items: Any, **fields: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = response(input=list(items), **fields)["messages"]
    return found


def test_a_text_is_what_the_person_says() -> None:
    """With the instructions before it; nothing else is added."""
    turns = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}]
    assert response(instructions="Be brief.", input="hi") == {"model": "m", "messages": turns}


def test_what_was_injected_is_translated() -> None:
    """Into the instructions, and behind the words of the person."""
    asked = request(RESPONSES, input=[{"role": "user", "content": "hi"}])
    asked = asked.with_context(Block("profile", "Diet: vegan")).with_context(Block("sources", "[1] a", "tail"))
    system, user = translated(asked)["messages"]
    assert "Diet: vegan" in system["content"]
    assert user["content"].startswith("hi\n\n<rapport-sources")


@pytest.mark.parametrize(("item", "expected"), [
    ({"role": "user", "content": "a"}, {"role": "user", "content": "a"}),
    ({"type": "message", "role": "developer", "content": "a"}, {"role": "developer", "content": "a"}),
    ({"type": "message", "role": "user", "content": [{"type": "input_text", "text": "a"}]},
     {"role": "user", "content": [{"type": "text", "text": "a"}]}),
    ({"role": "user", "content": [{"type": "input_image", "image_url": PNG, "detail": "low"}]},
     {"role": "user", "content": [{"type": "image_url", "image_url": {"url": PNG, "detail": "low"}}]}),
    ({"role": "user", "content": [{"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf,x"}]},
     {"role": "user", "content": [{"type": "file", "file": {"file_data": "data:application/pdf,x",
                                                            "filename": "a.pdf"}}]}),
    ({"role": "user", "content": [{"type": "input_file", "file_id": "file-1"}]},
     {"role": "user", "content": [{"type": "file", "file": {"file_id": "file-1"}}]}),
    ({"type": "message", "role": "assistant", "id": "msg_1", "status": "completed",
      "content": [{"type": "output_text", "text": "a", "annotations": []}]},
     {"role": "assistant", "content": [{"type": "text", "text": "a"}]}),
    ({"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
     {"role": "assistant", "content": [{"type": "text", "text": "no"}]}),
])  # fmt: skip
def test_messages_are_messages(item: Any, expected: Any) -> None:
    """With and without a type, with texts, pictures, files, and what the assistant said or refused."""
    assert messages_of(item) == [expected]


def test_a_tool_loop_is_one_turn_of_calls_and_their_results() -> None:
    """Calls side by side are one message of the assistant's; arguments stay the text that they are."""
    found = messages_of(
        {"role": "user", "content": "look"},
        {"type": "function_call", "call_id": "c1", "name": "look", "arguments": '{"q":  "a"}'},
        {"type": "function_call", "call_id": "c2", "name": "look", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "found"},
        {"type": "function_call_output", "call_id": "c2", "output": [{"type": "input_text", "text": "more"}]},
    )
    assert [one["role"] for one in found] == ["user", "assistant", "tool", "tool"]
    assert found[1]["tool_calls"] == [
        {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"q":  "a"}'}},
        {"id": "c2", "type": "function", "function": {"name": "look", "arguments": "{}"}},
    ]
    assert [(one["tool_call_id"], one["content"]) for one in found[2:]] == [("c1", "found"), ("c2", "more")]


def test_the_result_of_a_tool_is_nobody_elses_call() -> None:
    """A result without its call stays alone: litellm remembers calls by their ids, across people."""
    from litellm.responses.litellm_completion_transformation.transformation import TOOL_CALLS_CACHE

    messages_of({"type": "function_call", "call_id": "c9", "name": "secret", "arguments": '{"of": "ann"}'},
                {"type": "function_call_output", "call_id": "c9", "output": "x"})
    found = messages_of({"type": "function_call_output", "call_id": "c9", "output": "mine"})
    assert found == [{"role": "tool", "content": "mine", "tool_call_id": "c9"}]
    assert TOOL_CALLS_CACHE.get_cache(key="c9") is None


def test_custom_calls_are_functions_of_one_text() -> None:
    """As their tools are, which carry their grammar in words."""
    tool = {"type": "custom", "name": "patch", "description": "d",
            "format": {"type": "grammar", "syntax": "lark", "definition": "start: x"}}
    body = response(tools=[tool], tool_choice={"type": "custom", "name": "patch"}, input=[
        {"type": "custom_tool_call", "call_id": "c1", "name": "patch", "input": "*** Begin"},
        {"type": "custom_tool_call_output", "call_id": "c1", "output": "done"}])
    assert json.loads(body["messages"][0]["tool_calls"][0]["function"]["arguments"]) == {"content": "*** Begin"}
    function = body["tools"][0]["function"]
    assert function["name"] == "patch" and "start: x" in function["description"]
    assert function["parameters"]["required"] == ["content"]
    assert body["tool_choice"] == {"type": "function", "function": {"name": "patch"}}


def test_reasoning_goes_with_what_followed_it() -> None:
    """Servers that think want it back at the turn it led to; what is encrypted for another one is left out."""
    found = messages_of(
        {"role": "user", "content": "a"},
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}]},
        {"type": "message", "role": "assistant", "content": "b"},
        {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": "opaque"},
        {"role": "user", "content": "c"},
    )
    assert [one["role"] for one in found] == ["user", "assistant", "user"]
    assert found[1]["reasoning_content"] == "Hm." and found[1]["content"] == "b"
    assert "opaque" not in json.dumps(found)


@pytest.mark.parametrize(("given", "expected"), [
    ("auto", "auto"), ("none", "none"), ("required", "required"),
    ({"type": "function", "name": "look"}, {"type": "function", "function": {"name": "look"}}),
])
def test_tools_and_the_choice_among_them(given: Any, expected: Any) -> None:
    """Functions keep their schema; to have them called one by one is said only where there are some."""
    body = response(tools=[FUNCTION], tool_choice=given, parallel_tool_calls=False)
    assert body["tools"] == [CHAT_FUNCTION] and body["tool_choice"] == expected
    assert body["parallel_tool_calls"] is False
    assert list(body["tools"][0]["function"]["parameters"]) == list(SCHEMA)
    assert not {"tools", "tool_choice", "parallel_tool_calls"} & set(response(parallel_tool_calls=False))


@pytest.mark.parametrize(("hosted", "arrives"), [(True, True), (False, False)])
@pytest.mark.parametrize("kind", ["web_search", "web_search_preview"])
def test_searching_the_web_is_for_providers_that_can(kind: str, hosted: bool, arrives: bool) -> None:
    """Through litellm it is asked for; a plain server would refuse all of the request."""
    body = response(hosted, "anthropic/claude-x", tools=[{"type": kind, "search_context_size": "low"}, FUNCTION])
    assert ("web_search_options" in body) is arrives
    assert body["tools"] == [CHAT_FUNCTION]
    if arrives:
        assert body["web_search_options"]["search_context_size"] == "low"
    tools = [{"type": "web_search_20260209", "name": "web_search"}, TOOL]
    assert ("web_search_options" in message(hosted, tools=tools)) is arrives


def test_no_provider_is_looked_up_by_the_clients_name() -> None:
    """For some names litellm starts a log-in at a provider; a search on the web must not be one."""
    body = response(True, model="github_copilot/gpt-4o", tools=[{"type": "web_search"}], reasoning={"summary": "auto"})
    assert body["model"] == "github_copilot/gpt-4o" and "web_search_options" in body


@pytest.mark.parametrize(("text", "expected"), [
    ({"format": {"type": "json_schema", "name": "out", "schema": {"b": 1, "a": 2}, "strict": True}},
     {"type": "json_schema", "json_schema": {"name": "out", "schema": {"b": 1, "a": 2}, "strict": True}}),
    ({"format": {"type": "json_object"}}, {"type": "json_object"}),
    ({"format": {"type": "text"}}, None), ({}, None),
])
def test_the_form_of_the_answer(text: Any, expected: Any) -> None:
    """A schema keeps its order of keys; how much to say goes along."""
    body = response(text={**text, "verbosity": "low"})
    assert body.get("response_format") == expected and body["verbosity"] == "low"
    if expected and "json_schema" in expected:
        assert list(body["response_format"]["json_schema"]["schema"]) == ["b", "a"]


@pytest.mark.parametrize(("fields", "expected"), [
    ({"reasoning": {"effort": "low", "summary": "auto"}}, {"reasoning_effort": "low"}),
    ({"reasoning": {"effort": None}}, {}),
    ({"max_output_tokens": 7}, {"max_tokens": 7}),
    ({"top_logprobs": 2}, {"logprobs": True, "top_logprobs": 2}),
    ({"include": ["message.output_text.logprobs"]}, {"logprobs": True, "top_logprobs": 0}),
    ({"include": ["reasoning.encrypted_content"], "truncation": "auto", "store": False, "max_tool_calls": 3,
      "background": False, "stream_options": {"include_obfuscation": False}}, {}),
    ({"temperature": 0, "top_p": 0.5, "user": "u", "metadata": {"a": "b"}, "safety_identifier": "s",
      "prompt_cache_key": "k", "service_tier": "flex"},
     {"temperature": 0, "top_p": 0.5, "user": "u", "metadata": {"a": "b"}, "safety_identifier": "s",
      "prompt_cache_key": "k", "service_tier": "flex"}),
    ({"top_k": 5, "vendor": {"a": [1.0, None]}, "seed": 7}, {"top_k": 5, "vendor": {"a": [1.0, None]}, "seed": 7}),
    ({"stream": True}, {"stream": True, "stream_options": {"include_usage": True}}),
    ({"stream": False}, {}),
    ({"previous_response_id": None, "conversation": None, "prompt": None, "tools": None}, {}),
])
def test_fields_of_a_response(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    """Those that a chat has under another name, those that it lacks, and those that nobody here knows."""
    body = response(**fields)
    assert {name: value for name, value in body.items() if name not in ("model", "messages")} == expected


@pytest.mark.parametrize(("model", "name"), [
    ("o3", "max_completion_tokens"), ("gpt-5.6", "max_completion_tokens"), ("openai/o4-mini", "max_completion_tokens"),
    ("gpt-4o", "max_tokens"), ("gpt-oss-120b", "max_tokens"), ("anthropic/claude-x", "max_tokens"), ("", "max_tokens"),
])
def test_a_limit_by_the_name_that_the_model_takes(model: str, name: str) -> None:
    """Models that think refuse the older one, which Anthropic's clients always send."""
    for body in (response(model_behind=model, max_output_tokens=9), message(model_behind=model)):
        assert [each for each in body if each.startswith("max_")] == [name] and body[name] == 9


@pytest.mark.parametrize(("fields", "param", "code"), [
    ({"previous_response_id": "resp_1"}, "previous_response_id", "previous_response_not_found"),
    ({"previous_response_id": 5}, "previous_response_id", "previous_response_not_found"),
    ({"conversation": "conv_1"}, "conversation", "unsupported_parameter"),
    ({"conversation": {"id": "conv_1"}, "input": None}, "conversation", "unsupported_parameter"),
    ({"prompt": {"id": "pmpt_1"}, "input": None}, "prompt", "unsupported_parameter"),
    ({"background": True}, "background", "unsupported_parameter"),
    ({"input": [{"role": "user", "content": "a"}, {"type": "item_reference", "id": "msg_1"}]}, "input[1]", None),
    ({"input": [{"id": "msg_1"}]}, "input[0]", None),
    ({"input": []}, "input", None),
    ({"input": [{"role": "user", "content": {"a": 1}}]}, "input", None),
    ({"tools": 5}, "input", None), ({"tools": ["x"]}, "input", None),
])
def test_what_no_chat_can_ask(fields: dict[str, Any], param: str, code: str | None) -> None:
    """State that only a server keeps, and what cannot be read: an error that names the field."""
    with pytest.raises(MalformedRequest) as caught:
        response(**fields)
    assert (caught.value.param, caught.value.code) == (param, code)


def test_a_message_is_a_chat() -> None:
    """System prompt, turns, limits and stops in their places; whose request it is goes along."""
    body = message(system="Be brief.", stop_sequences=["x"], temperature=0.1, top_p=1, metadata={"user_id": "u1"},
                   messages=[{"role": "user", "content": "hi"}, {"role": "assistant", "content": "a"},
                             {"role": "user", "content": "b"}])
    assert body == {
        "model": "m", "temperature": 0.1, "top_p": 1, "max_tokens": 9, "stop": ["x"], "user": "u1",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"},
                     {"role": "assistant", "content": "a"}, {"role": "user", "content": "b"}],
    }  # fmt: skip


def test_what_a_chat_does_not_know_stays_behind() -> None:
    """A server of OpenAI's format would refuse it."""
    body = message(top_k=5, container="c", mcp_servers=[], context_management={}, service_tier="standard_only",
                   cache_control={"type": "ephemeral"}, thinking={"type": "disabled"}, vendor=1)
    assert set(body) == {"model", "messages", "max_tokens", "vendor"}


@pytest.mark.parametrize(("model", "kept"), [("gpt-4o", False), ("", False), ("anthropic/claude-x", True)])
def test_marks_of_a_cache_go_to_servers_that_know_them(model: str, kept: bool) -> None:
    """Which those are is told by the model behind, not by the name that the client has for it."""
    mark = {"cache_control": {"type": "ephemeral"}}
    body = message(
        model_behind=model, model="claude-sonnet", system=[{"type": "text", "text": "S", **mark}],
        messages=[{"role": "user", "content": [{"type": "text", "text": "a", **mark}]}], tools=[{**TOOL, **mark}],
        thinking={"type": "enabled", "budget_tokens": 2000})
    assert ("cache_control" in json.dumps(body)) is kept
    assert body["messages"][0]["content"][0]["text"] == "S" and "thinking" not in body
    assert body["reasoning_effort"] == "low"


@pytest.mark.parametrize(("thinking", "config", "hosted", "effort"), [
    ({"type": "enabled", "budget_tokens": 30_000}, None, False, "high"),
    ({"type": "adaptive"}, None, False, "medium"), ({"type": "adaptive"}, {"effort": "max"}, False, "max"),
    ({"type": "disabled"}, None, False, None), ({"type": "disabled"}, None, True, "none"), (None, None, True, None),
])
def test_how_much_to_think(thinking: Any, config: Any, hosted: bool, effort: str | None) -> None:
    """A budget becomes an effort; not to think is said only where that is understood for sure."""
    fields = {name: value for name, value in (("thinking", thinking), ("output_config", config)) if value}
    assert message(hosted, **fields).get("reasoning_effort") == effort


def test_results_of_tools_come_before_what_the_person_adds() -> None:
    """A user turn of both is two messages: the tools' first, as a chat wants them."""
    found = message(tools=[TOOL], messages=[
        {"role": "user", "content": "look"},
        {"role": "assistant", "content": [{"type": "text", "text": "I look."},
                                          {"type": "tool_use", "id": "c1", "name": "look", "input": {"q": "a"}}]},
        {"role": "user", "content": [
            {"type": "text", "text": "and?"},
            {"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "found"}]}]},
    ])["messages"]  # fmt: skip
    assert [one["role"] for one in found] == ["user", "assistant", "tool", "user"]
    assert found[1] == {"role": "assistant", "content": "I look.", "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"q": "a"}'}}]}
    assert found[2] == {"role": "tool", "tool_call_id": "c1", "content": "found"}
    assert found[3]["content"] == [{"type": "text", "text": "and?"}]


def test_thoughts_go_back_signed_to_who_can_check() -> None:
    """Through litellm with their signatures; a plain server gets what it calls reasoning, and no null."""
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "s1"}
    said = [thought, {"type": "text", "text": "b"}]
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": said},
             {"role": "assistant", "content": "c"}, {"role": "user", "content": "d"}]
    hosted = message(True, messages=turns)["messages"]
    assert hosted[1]["thinking_blocks"] == [thought]
    plain = message(messages=turns)["messages"]
    assert plain[1] == {"role": "assistant", "content": "b", "reasoning_content": "Hm."}
    assert "thinking_blocks" not in json.dumps(plain) and "thinking_blocks" not in hosted[2]


BASE64 = {"type": "base64", "media_type": "image/png", "data": "AA=="}
PDF = {"type": "base64", "media_type": "application/pdf", "data": "AA=="}


@pytest.mark.parametrize(("block", "expected"), [
    ({"type": "image", "source": BASE64}, {"type": "image_url", "image_url": {"url": PNG}}),
    ({"type": "image", "source": {"type": "url", "url": "https://a.example/x.png"}},
     {"type": "image_url", "image_url": {"url": "https://a.example/x.png"}}),
    ({"type": "document", "source": PDF},
     {"type": "file", "file": {"filename": "document.pdf", "file_data": "data:application/pdf;base64,AA=="}}),
    ({"type": "document", "title": "T", "source": {"type": "text", "media_type": "text/plain", "data": "words"}},
     {"type": "text", "text": "T\nwords"}),
    ({"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "words"}]}},
     {"type": "text", "text": "words"}),
    ({"type": "search_result", "source": "https://a.example", "title": "T", "content": [{"type": "text", "text": "w"}]},
     {"type": "text", "text": "T\nw"}),
])  # fmt: skip
def test_pictures_and_documents(block: Any, expected: Any) -> None:
    """Files are files and texts are texts: nothing that the person sent is left out, also not from a result."""
    found = message(messages=[{"role": "user", "content": [block, {"type": "text", "text": "what is it?"}]}])
    assert found["messages"][0]["content"] == [expected, {"type": "text", "text": "what is it?"}]
    result = {"type": "tool_result", "tool_use_id": "c1", "content": [block]}
    (tool,) = message(messages=[{"role": "user", "content": [result]}])["messages"]
    assert tool["content"] == (expected["text"] if expected["type"] == "text" else [expected])


@pytest.mark.parametrize(("given", "expected"), [
    ({"type": "auto"}, "auto"), ({"type": "any"}, "required"), ({"type": "none"}, "none"),
    ({"type": "tool", "name": "look"}, {"type": "function", "function": {"name": "look"}}),
])
def test_tools_of_a_message(given: Any, expected: Any) -> None:
    """Their schema, the choice among them, and whether one at a time."""
    body = message(tools=[TOOL], tool_choice=given)
    function = body["tools"][0]["function"]
    assert (function["name"], function["parameters"], function["description"]) == ("look", SCHEMA, "d")
    assert body["tool_choice"] == expected and "parallel_tool_calls" not in body
    body = message(tools=[TOOL], tool_choice={**given, "disable_parallel_tool_use": True})
    assert body["parallel_tool_calls"] is False


def test_the_form_of_a_message() -> None:
    """A schema for the answer is one of the chat's."""
    body = message(output_config={"format": {"type": "json_schema", "schema": SCHEMA}})
    assert body["response_format"]["json_schema"]["schema"]["required"] == ["q"]
    assert "output_config" not in body


def test_a_streamed_message_is_counted() -> None:
    """The counts of tokens come only where they are asked for, and a message ends with them."""
    body = message(stream=True)
    assert body["stream"] is True and body["stream_options"] == {"include_usage": True}
    assert "stream" not in message(stream=False)


@pytest.mark.parametrize(("format", "fields"), [
    (MESSAGES, {"messages": [{"content": "x"}]}), (MESSAGES, {"messages": [{"role": "user", "content": ["x"]}]}),
    (MESSAGES, {"tools": {"a": 1}}), (MESSAGES, {"tool_choice": {"type": "odd"}}),
    (MESSAGES, {"messages": [{"role": "user", "content": ""}]}),
    (RESPONSES, {"input": [{"type": "function_call_output", "output": "no id"}]}),
    (RESPONSES, {"text": {"format": []}, "include": 5}),
])
def test_what_cannot_be_read_is_refused_at_its_place(format: Format, fields: dict[str, Any]) -> None:
    """Shapes that nobody foresaw are the client's fault, in words that quote nothing of them."""
    with pytest.raises(MalformedRequest) as caught:
        translated(request(format, **{"max_tokens": 9, **fields} if format is MESSAGES else fields))
    assert caught.value.param == format.field
    assert "no id" not in caught.value.message


@pytest.mark.parametrize("fields", [{}, {"max_tokens": None}, {"max_tokens": "9"}])
def test_a_message_needs_a_limit(fields: dict[str, Any]) -> None:
    """As at Anthropic's, though a chat would do without."""
    with pytest.raises(MalformedRequest, match="max_tokens: Field required") as caught:
        translated(request(MESSAGES, messages=[{"role": "user", "content": "x"}], **fields))
    assert caught.value.param == "max_tokens"


def test_the_same_request_twice_is_the_same_chat() -> None:
    """No clock and no random id: providers cache by bytes."""
    fields = {"tools": [TOOL], "max_tokens": 9, "messages": [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "c1", "name": "look", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "x"}]}]}
    one, two = (asyncio.run(as_chat(request(MESSAGES, **fields), False)).body() for _ in range(2))
    assert one == two
