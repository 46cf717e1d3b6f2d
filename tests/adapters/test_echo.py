"""What a backend repeats of a request comes back as the client wrote it."""

import json

import pytest

from adapters.echo import of_event, of_items, of_response
from adapters.ports import Block

BLOCK = Block("profile", "Diet: vegan. Says \"hi\".").render()


def compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


@pytest.mark.parametrize(("said", "shown"), [
    (f"Be brief.\n\n{BLOCK}", "Be brief."), (BLOCK, None), ("Be brief.", "Be brief."), (None, None), ([BLOCK], [BLOCK]),
])
def test_instructions_of_a_response(said: object, shown: object) -> None:
    """They lose what was injected; nothing else does, not even words of the model that look like it."""
    output = [{"type": "message", "content": [{"type": "output_text", "text": BLOCK}]}]
    body = {"id": "r", "instructions": said, "output": output, "big": 12345678901234567890}
    assert json.loads(of_response(compact(body))) == {**body, "instructions": shown}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"</rapport-x>"', b'{"a": "</rapport-profile>"}',
                                  b'{ "instructions" : "x" }'])
def test_what_has_none_stays_byte_for_byte(body: bytes) -> None:
    """Bodies without instructions of ours, and what is no response at all."""
    assert of_response(body) == body
    assert of_event(b"event: x\ndata: " + body) == b"event: x\ndata: " + body


def test_events_that_carry_a_response() -> None:
    """The response inside is mended, and the event keeps its name, its number and its other lines."""
    payload = {"type": "response.created", "sequence_number": 0, "response": {"instructions": f"Brief.\n\n{BLOCK}"}}
    event = b": ping\nevent: response.created\ndata: " + compact(payload)
    for lines in (event, event.replace(b"\n", b"\r\n")):
        head, _, data = of_event(lines).partition(b"data: ")
        assert head == b": ping\nevent: response.created\n"
        assert json.loads(data) == {**payload, "response": {"instructions": "Brief."}}
    delta = b"event: response.output_text.delta\ndata: " + compact({"type": "x", "delta": BLOCK})
    assert of_event(delta) == delta


def test_what_it_goes_on_from() -> None:
    """Is told where the backend was not told of it and says so; nowhere else."""
    body = {"id": "r", "instructions": None, "previous_response_id": None, "output": []}
    assert json.loads(of_response(compact(body), "resp_1")) == {**body, "previous_response_id": "resp_1"}
    event = b"event: response.created\ndata: " + compact({"type": "response.created", "response": body})
    assert json.loads(of_event(event, "resp_1").partition(b"data: ")[2])["response"]["previous_response_id"] == "resp_1"
    for other in ({**body, "previous_response_id": "resp_0"}, {"id": "r"}, {"error": {"message": "x"}}, [body]):
        assert of_response(compact(other), "resp_1") == compact(other)
    assert of_response(compact(body)) == compact(body)


def test_items() -> None:
    """Texts of a list lose the blocks wherever they stand."""
    content = [{"type": "input_text", "text": f"Hi\n\n{BLOCK}"}]
    items = {"object": "list", "data": [{"role": "user", "content": content}]}
    assert json.loads(of_items(compact(items)))["data"][0]["content"][0]["text"] == "Hi"
    assert of_items(b'{"data": []}') == b'{"data": []}'
    assert of_items(b"no JSON </rapport-x>") == b"no JSON </rapport-x>"
