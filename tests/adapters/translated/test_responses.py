"""Chats become responses: every event as the official client types it, in order, and the same told whole."""

import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.ports import RESPONSES, Block, made_in
from adapters.translated.responses import ResponseAnswer
from tests.adapters.translated.strict import check_response, request, streamed

pytestmark = pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier")
TEXT: dict[str, Any] = {"type": "output_text", "annotations": [], "logprobs": []}
FUNCTION = {"type": "function", "name": "look", "parameters": {"type": "object"}}
FREE = {"type": "custom", "name": "patch", "description": "d"}
SPACE = {"type": "namespace", "name": "home", "description": "d", "tools": [FUNCTION]}


def piece(finish: str | None = None, logprobs: Any = None, index: int = 0, **delta: Any) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "choices": [choice]}


def call(index: int | None, arguments: str = "", name: str = "", id: str = "") -> dict[str, Any]:
    """A piece of a call of a tool; only the first one has a name and an id."""
    function = {"arguments": arguments, **({"name": name} if name else {})}
    found: dict[str, Any] = {"function": function, **({"id": id, "type": "function"} if id else {})}
    return found if index is None else {"index": index, **found}


def answered(*chunks: dict[str, Any], **fields: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The events of an answer, checked, and its response at the end."""
    events = streamed(ResponseAnswer(request(RESPONSES, **fields)), chunks)
    return events, events[-1]["response"]


def whole(message: dict[str, Any], finish: str = "stop", usage: Any = None, **fields: Any) -> dict[str, Any]:
    """The response to a chat that came in one piece."""
    answer = ResponseAnswer(request(RESPONSES, **fields))
    chat = {"choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": usage}
    assert not [*answer.take(chat), *answer.finish()][-1]["response"].keys() - answer.value.keys()
    check_response(answer.value)
    return answer.value


def bare(output: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Items without their ids, which differ from answer to answer."""
    return [{name: value for name, value in item.items() if name != "id"} for item in output]


def test_a_text_is_told_piece_by_piece() -> None:
    """An item, a part, its deltas, and the end of each, in the order that the specification has."""
    events, response = answered(piece(role="assistant", content=""), piece(content="Hel"), piece(content="lo"),
                                piece("stop"))
    assert [event["type"].removeprefix("response.") for event in events] == [
        "created", "in_progress", "output_item.added", "content_part.added", "output_text.delta", "output_text.delta",
        "output_text.done", "content_part.done", "output_item.done", "completed",
    ]  # fmt: skip
    assert [event["delta"] for event in events if event["type"].endswith(".delta")] == ["Hel", "lo"]
    assert bare(response["output"]) == [
        {"type": "message", "status": "completed", "role": "assistant", "content": [{**TEXT, "text": "Hello"}]}
    ]
    assert (response["status"], response["incomplete_details"], response["error"]) == ("completed", None, None)
    assert response["completed_at"] >= response["created_at"]


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning_is_a_summary_before_the_text(field: str) -> None:
    """Under both names that servers have for it; the text ends it."""
    events, response = answered(piece(**{field: "Hm"}), piece(**{field: "m."}), piece(content="Yes"), piece("stop"))
    kinds = [event["type"].removeprefix("response.") for event in events]
    assert kinds[2:8] == [
        "output_item.added", "reasoning_summary_part.added", "reasoning_summary_text.delta",
        "reasoning_summary_text.delta", "reasoning_summary_text.done", "reasoning_summary_part.done",
    ]  # fmt: skip
    thought, said = response["output"]
    assert thought["summary"] == [{"type": "summary_text", "text": "Hmm."}]
    assert said["content"][0]["text"] == "Yes"


def test_a_refusal_is_a_part_of_its_own() -> None:
    """Behind a text it ends the text's part, in the same message."""
    _, response = answered(piece(content="Well"), piece(refusal="I can"), piece(refusal="not."), piece("stop"))
    (message,) = response["output"]
    assert message["content"] == [{**TEXT, "text": "Well"}, {"type": "refusal", "refusal": "I cannot."}]


def test_parallel_calls_interleave() -> None:
    """Each piece belongs to the call of its index; a call that comes before its turn waits, as items do at OpenAI's."""
    events, response = answered(
        piece(content="Let me see."),
        piece(tool_calls=[call(0, "", "look", "call_1")]), piece(tool_calls=[call(1, "", "other", "call_2")]),
        piece(tool_calls=[call(1, '{"b"'), call(0, '{"a"')]), piece(tool_calls=[call(0, ":1}")]),
        piece(tool_calls=[call(1, ":2}")]), piece("tool_calls"), tools=[FUNCTION, {**FUNCTION, "name": "other"}],
    )
    _, one, two = response["output"]
    assert (one["call_id"], one["name"], one["arguments"]) == ("call_1", "look", '{"a":1}')
    assert (two["call_id"], two["name"], two["arguments"]) == ("call_2", "other", '{"b":2}')
    deltas = [(event["output_index"], event["delta"]) for event in events
              if event["type"] == "response.function_call_arguments.delta"]
    assert deltas == [(1, '{"a"'), (1, ":1}"), (2, '{"b":2}')]


def test_a_call_whose_server_counts_nothing() -> None:
    """Without an index, ids tell calls apart, and a piece without a name belongs to the last one."""
    _, response = answered(
        piece(tool_calls=[call(None, '{"a"', "look", "c1")]), piece(tool_calls=[call(None, ":1}")]),
        piece(tool_calls=[call(None, "{}", "look", "c2")]), piece("tool_calls"),
    )
    assert [(item["call_id"], item["arguments"]) for item in response["output"]] == [("c1", '{"a":1}'), ("c2", "{}")]


def test_a_call_without_an_id_gets_one() -> None:
    """Clients need it to send the result."""
    response = whole({"content": None, "tool_calls": [call(None, "{}", "look"), call(None, "{}", "look")]})
    ids = [item["call_id"] for item in response["output"]]
    assert len(set(ids)) == 2 and all(id.startswith("call_") for id in ids)


@pytest.mark.parametrize(("arguments", "text"), [
    ('{"content": "*** Begin\\nx"}', "*** Begin\nx"), ("plain words", "plain words"), ('{"other": 1}', '{"other": 1}'),
])
def test_a_tool_of_free_text_gets_its_text(arguments: str, text: str) -> None:
    """To the chat it was a function of one argument; what the model made of that is handed on in any case."""
    pieces = [piece(tool_calls=[call(0, part)]) for part in arguments]
    _, response = answered(piece(tool_calls=[call(0, "", "patch", "c1")]), *pieces, piece("tool_calls"), tools=[FREE])
    (item,) = response["output"]
    assert (item["type"], item["call_id"], item["name"], item["input"]) == ("custom_tool_call", "c1", "patch", text)


def test_a_tool_in_a_namespace_has_its_own_name() -> None:
    """To the chat the two names are one."""
    _, response = answered(piece(tool_calls=[call(0, "{}", "home__look", "c1")]), piece("tool_calls"), tools=[SPACE])
    assert (response["output"][0]["namespace"], response["output"][0]["name"]) == ("home", "look")


def test_tools_that_come_with_the_input_count_too() -> None:
    """A tool of free text may be brought by an item."""
    given = [{"type": "additional_tools", "tools": [FREE]}, {"role": "user", "content": "hi"}]
    _, response = answered(piece(tool_calls=[call(0, '{"content":"x"}', "patch", "c1")]), input=given)
    assert response["output"][0]["input"] == "x"


def test_sources_stand_at_their_text() -> None:
    """A chat nests what a response has side by side."""
    cited = {"url": "https://a.example", "title": "A", "start_index": 0, "end_index": 2}
    _, response = answered(piece(content="Hi"), piece(annotations=[{"type": "url_citation", "url_citation": cited}]),
                           piece("stop"))
    assert response["output"][0]["content"][0]["annotations"] == [{"type": "url_citation", **cited}]


def test_probabilities_are_gathered() -> None:
    """Those of all pieces stand at the text; what some servers leave out is there, empty."""
    def told(token: str, **more: Any) -> dict[str, Any]:
        return {"content": [{"token": token, "logprob": -0.5, **more}], "refusal": None}

    _, response = answered(piece(content="a", logprobs=told("a", bytes=[97], top_logprobs=[])),
                           piece(content="b", logprobs=told("b", bytes=None)), piece("stop", {"content": None}))
    assert response["output"][0]["content"][0]["logprobs"] == [
        {"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []},
        {"token": "b", "logprob": -0.5, "bytes": [], "top_logprobs": []},
    ]


@pytest.mark.parametrize(("finish", "status", "reason"), [
    ("stop", "completed", None), ("tool_calls", "completed", None), (None, "completed", None),
    ("length", "incomplete", "max_output_tokens"), ("content_filter", "incomplete", "content_filter"),
])
def test_how_an_answer_ended(finish: str | None, status: str, reason: str | None) -> None:
    """One that lacks its end says so, and so does its last item, and no other."""
    _, response = answered(piece(reasoning_content="Hm"), piece(content="So"), piece(finish))
    assert response["status"] == status
    assert response["incomplete_details"] == ({"reason": reason} if reason else None)
    assert response["output"][-1]["status"] == status
    assert (response["completed_at"] is None) is (reason is not None)
    _, response = answered(piece(content="So"), piece(tool_calls=[call(0, "{", "look", "c")]), piece(finish))
    assert [item["status"] for item in response["output"]] == ["completed", status]


def test_counts_keep_their_details() -> None:
    """Cached, written and reasoning tokens have places of their own."""
    usage = {"prompt_tokens": 20, "completion_tokens": 9, "total_tokens": 29,
             "prompt_tokens_details": {"cached_tokens": 12, "cache_write_tokens": 5},
             "completion_tokens_details": {"reasoning_tokens": 4}}
    _, response = answered(piece(content="a"), piece("stop"), {"choices": [], "usage": usage})
    assert response["usage"] == {
        "input_tokens": 20, "input_tokens_details": {"cached_tokens": 12, "cache_write_tokens": 5},
        "output_tokens": 9, "output_tokens_details": {"reasoning_tokens": 4}, "total_tokens": 29,
    }
    _, response = answered(piece(content="a"), {"usage": {"prompt_tokens": 2, "completion_tokens": 1}})
    assert response["usage"]["total_tokens"] == 3
    assert response["usage"]["input_tokens_details"] == {"cached_tokens": 0, "cache_write_tokens": 0}
    assert answered(piece(content="a"), {"usage": None})[1]["usage"] is None


def test_of_several_choices_the_first_counts() -> None:
    """A response has only one; what others say and how they end is not part of it."""
    _, response = answered(piece(content="one"), piece(content="two", index=1), piece("length", index=1),
                           piece("stop"))
    assert response["status"] == "completed"
    assert response["output"][0]["content"][0]["text"] == "one"


def test_an_empty_answer_is_one() -> None:
    """A backend that finished and said nothing."""
    _, response = answered(piece(role="assistant", content=""), piece("stop"))
    assert response["output"] == [] and response["status"] == "completed"


def test_the_parameters_are_repeated_without_what_was_injected() -> None:
    """As every response does; where the client said nothing, with their defaults."""
    fields = {"instructions": "Be brief.", "temperature": 0.3, "tools": [FUNCTION, FREE], "metadata": {"a": "b"},
              "text": {"verbosity": "low"}, "reasoning": {"effort": "low"}, "max_output_tokens": 7, "user": None}
    asked = request(RESPONSES, **fields).with_context(Block("profile", "Diet: vegan"))
    events = streamed(ResponseAnswer(asked), [piece(content="a"), piece("stop")])
    for response in (events[0]["response"], events[-1]["response"]):
        assert response["instructions"] == "Be brief."
        assert (response["temperature"], response["top_p"], response["max_output_tokens"]) == (0.3, 1.0, 7)
        assert response["text"] == {"format": {"type": "text"}, "verbosity": "low"}
        assert response["reasoning"] == {"effort": "low", "summary": None}
        assert response["tools"] == [{**FUNCTION, "description": None, "strict": None}, FREE]
        assert response["metadata"] == {"a": "b"} and response["user"] is None
    alone = request(RESPONSES).with_context(Block("profile", "Diet: vegan"))
    assert ResponseAnswer(alone).value["instructions"] is None


def test_the_tier_is_the_one_that_was_served() -> None:
    """Not the one that was asked for."""
    _, response = answered({**piece("stop", content="a"), "service_tier": "flex"}, service_tier="auto")
    assert response["service_tier"] == "flex"


def test_a_response_names_the_one_that_it_follows() -> None:
    """Where Rapport put the conversation in front itself."""
    asked = request(RESPONSES, previous_response_id="resp_1").continuing("resp_1", ())
    assert ResponseAnswer(asked).value["previous_response_id"] == "resp_1"
    assert ResponseAnswer(request(RESPONSES)).value["previous_response_id"] is None


def test_an_item_tells_its_response() -> None:
    """By its id, so that who refers to an item can be given it; ids of others tell nothing."""
    _, response = answered(piece(reasoning_content="a"), piece(content="b"),
                           piece(tool_calls=[call(0, "{}", "look", "c")]))
    assert [made_in(item["id"]) for item in response["output"]] == [response["id"]] * 3
    assert len({item["id"] for item in response["output"]}) == 3
    assert made_in("msg_68a1f2") is made_in("x_" + "0" * 52) is None


def test_a_content_of_parts_is_read() -> None:
    """Some servers send a list where others send a text."""
    response = whole({"content": [{"type": "text", "text": "a"}, {"type": "thinking"}, {"type": "text", "text": "b"}]})
    assert response["output"][0]["content"][0]["text"] == "a\nb"


def chats(seed: int) -> Iterator[tuple[list[dict[str, Any]], dict[str, Any]]]:
    """Streams made by chance, each with the message that tells the same in one piece."""
    dice = random.Random(seed)
    for _ in range(40):
        thought, text = (["ä", "b ", "🙂"] * dice.randint(0, 2) for _ in range(2))
        calls = [[f"{{{number}", ":", "1}"] for number in range(dice.randint(0, 3))]
        chunks = [piece(role="assistant", content="")]
        chunks += [piece(reasoning_content=part) for part in thought] + [piece(content=part) for part in text]
        left = [(index, part, place == 0) for index, parts in enumerate(calls) for place, part in enumerate(parts)]
        order = sorted(left, key=lambda each: (not each[2], dice.random() if not each[2] else each[0]))
        told: dict[int, str] = {}
        for index, part, first in order:
            named = {"name": f"f{index}", "id": f"c{index}"} if first else {}
            chunks.append(piece(tool_calls=[call(index, part, **named)]))
            told[index] = told.get(index, "") + part
        chunks.append(piece("tool_calls" if calls else "stop"))
        message = {"role": "assistant", "content": "".join(text) or None, "reasoning_content": "".join(thought),
                   "tool_calls": [call(index, told[index], f"f{index}", f"c{index}") for index in range(len(calls))]}
        yield chunks, message


@pytest.mark.parametrize("seed", range(3))
def test_streamed_and_whole_are_the_same(seed: int) -> None:
    """However a chat was cut, its response is the one that the same chat has in one piece."""
    for chunks, message in chats(seed):
        assert bare(answered(*chunks)[1]["output"]) == bare(whole(message)["output"])


def test_long_answers_take_no_time() -> None:
    """A megabyte in small pieces is put together once."""
    answer = ResponseAnswer(request(RESPONSES))
    start = time.process_time()
    for _ in range(60_000):
        for _event in answer.take(piece(content="word and word ")):
            pass
    assert len([*answer.finish()][-1]["response"]["output"][0]["content"][0]["text"]) == 840_000
    assert time.process_time() - start < 3
