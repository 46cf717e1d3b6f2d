"""What a backend repeats of a request comes back as the client wrote it."""

import json

import pytest

from adapters.echo import Echo, of_items
from adapters.ports import Block

BLOCK = Block("profile", "Diet: vegan. Says \"hi\".").render()


def compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


@pytest.mark.parametrize(("said", "shown"), [
    (f"Be brief.\n\n{BLOCK}", "Be brief."), (BLOCK, None), ("Be brief.", "Be brief."), (None, None), ([BLOCK], [""]),
])
def test_instructions_of_a_response(said: object, shown: object) -> None:
    """They lose what was injected; nothing else does, not even words of the model that look like it."""
    output = [{"type": "message", "content": [{"type": "output_text", "text": BLOCK}]}]
    body = {"id": "r", "instructions": said, "output": output, "big": 12345678901234567890}
    assert json.loads(Echo().response(compact(body))) == {**body, "instructions": shown}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"</rapport-x>"', b'{"a": "</rapport-profile>"}',
                                  b'{ "instructions" : "x" }'])
def test_what_has_none_stays_byte_for_byte(body: bytes) -> None:
    """Bodies without instructions of ours, and what is no response at all."""
    assert Echo().response(body) == body
    assert Echo().event(b"event: x\ndata: " + body) == b"event: x\ndata: " + body


def test_events_that_carry_a_response() -> None:
    """The response inside is mended, and the event keeps its name, its number and its other lines."""
    payload = {"type": "response.created", "sequence_number": 0, "response": {"instructions": f"Brief.\n\n{BLOCK}"}}
    event = b": ping\nevent: response.created\ndata: " + compact(payload)
    for lines in (event, event.replace(b"\n", b"\r\n")):
        head, _, data = Echo().event(lines).partition(b"data: ")
        assert head == b": ping\nevent: response.created\n"
        assert json.loads(data) == {**payload, "response": {"instructions": "Brief."}}
    delta = b"event: response.output_text.delta\ndata: " + compact({"type": "x", "delta": BLOCK})
    assert Echo().event(delta) == delta


SAID = f"Be brief.\n\n{BLOCK}"


@pytest.mark.parametrize("body", [
    compact({"id": "r", "instructions": [{"role": "developer", "content": [{"type": "input_text", "text": SAID}]}]}),
    compact({"id": "r", "instructions": SAID}).replace(b"<", b"\\u003c").replace(b">", b"\\u003e"),
    compact({"id": "r", "instructions": SAID, "top_p": float("inf")}),
    json.dumps({"id": "r", "instructions": SAID}, indent=1).encode(),
    compact({"id": "r", "instructions": SAID})[:-1] + b",}",
])
def test_nothing_leaks_in_any_shape(body: bytes) -> None:
    """Instructions as items, with escapes, beside what is no JSON, over several lines of an event, or in no JSON."""
    assert b"vegan" in body
    assert b"vegan" not in Echo().response(body) and b"Be brief." in Echo().response(body)
    lines = b'{"type":"response.created","response":%s}' % body
    event = b"event: response.created\n" + b"\n".join(b"data: " + line for line in lines.split(b"\n"))
    assert b"vegan" not in Echo().event(event) and b"Be brief." in Echo().event(event)


@pytest.mark.parametrize("own", ["Be nice.\n\n", "", "a <rapport-x>mine</rapport-x> b", None])
def test_instructions_come_back_as_they_were(own: str | None) -> None:
    """To the last character, where they are still known."""
    body = compact({"id": "r", "instructions": (own or "") + BLOCK, "output": []})
    assert json.loads(Echo(compact(own)).response(body))["instructions"] == own


def test_what_it_goes_on_from() -> None:
    """Is told where the backend was not told of it and says so; nowhere else."""
    body = {"id": "r", "instructions": None, "previous_response_id": None, "output": []}
    assert json.loads(Echo(previous="resp_1").response(compact(body))) == {**body, "previous_response_id": "resp_1"}
    event = b"event: response.created\ndata: " + compact({"type": "response.created", "response": body})
    told = json.loads(Echo(previous="resp_1").event(event).partition(b"data: ")[2])
    assert told["response"]["previous_response_id"] == "resp_1"
    for other in ({**body, "previous_response_id": "resp_0"}, {"id": "r"}, {"error": {"message": "x"}}, [body]):
        assert Echo(previous="resp_1").response(compact(other)) == compact(other)
    assert Echo().response(compact(body)) == compact(body)


def test_items() -> None:
    """Texts of a list lose the blocks wherever they stand."""
    content = [{"type": "input_text", "text": f"Hi\n\n{BLOCK}"}]
    items = {"object": "list", "data": [{"role": "user", "content": content}]}
    assert json.loads(of_items(compact(items)))["data"][0]["content"][0]["text"] == "Hi"
    assert of_items(b'{"data": []}') == b'{"data": []}'
    assert of_items(b"no JSON </rapport-x>") == b"no JSON </rapport-x>"
