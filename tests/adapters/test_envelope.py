"""What is around an answer: packing within limits, headers of the connection, errors in the envelope of a format."""

import gzip
import json
import zlib
from typing import Any

import pytest

from adapters.envelope import end_to_end, enveloped, error_of, failure, unpacking
from adapters.ports import CHAT, COUNT_TOKENS, EMBEDDINGS, MESSAGES, RESPONSES, Unavailable

TEXT = b"data: some text\n\n" * 9
_RAW = zlib.compressobj(wbits=-15)
HEADLESS = _RAW.compress(TEXT) + _RAW.flush()


@pytest.mark.parametrize(("packing", "packed"), [
    ("gzip", gzip.compress(TEXT, mtime=0)), ("X-GZIP", gzip.compress(TEXT, mtime=0)), ("deflate", zlib.compress(TEXT)),
    ("deflate", HEADLESS),
])
def test_packed_pieces_are_read(packing: str, packed: bytes) -> None:
    """Gzip and both things that are called deflate, cut anywhere."""
    unpack = unpacking(packing)
    assert unpack is not None and not unpack.ended
    assert b"".join(unpack.feed(packed[at : at + 7], 1000) for at in range(0, len(packed), 7)) == TEXT
    assert unpack.ended


def test_a_bomb_stays_small() -> None:
    """No more is unpacked than there is room for."""
    unpack = unpacking("gzip")
    assert unpack is not None and len(unpack.feed(gzip.compress(bytes(1 << 22)), 100)) == 100


def test_what_cannot_be_unpacked() -> None:
    """Plain answers need nothing; garbage and unknown packings are no answers."""
    assert unpacking(None) is unpacking("") is unpacking("Identity") is None
    for packing in ("br", "zstd", "gzip, gzip"):
        with pytest.raises(Unavailable):
            unpacking(packing)
    for packing in ("gzip", "deflate"):
        unpack = unpacking(packing)
        assert unpack is not None
        with pytest.raises(Unavailable):
            unpack.feed(b"\xff no such thing", 100)


def test_headers_of_the_connection_stay_behind() -> None:
    """The known ones, and those that `Connection` lists, however they are written."""
    given = [("Connection", "close, X-Hop"), ("x-hop", "1"), ("Content-Length", "3"), ("X-Kept", "2")]
    assert end_to_end(given) == (("x-kept", "2"),)


@pytest.mark.parametrize(("status", "said", "expected"), [
    (429, {"error": {"message": "slow", "type": "requests", "param": None, "code": "rate"}},
     {"message": "slow", "type": "requests", "param": None, "code": "rate"}),
    (529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
     {"message": "Overloaded", "type": "overloaded_error", "param": None, "code": None}),
    (400, [{"error": {"code": 400, "message": "bad", "status": "INVALID_ARGUMENT"}}],
     {"message": "bad", "type": "invalid_request_error", "param": None, "code": None}),
    (401, {"error": {"message": "Incorrect key: sk-ab12***9xyz. More.", "type": "invalid", "code": "401"}},
     {"message": "Incorrect key: [redacted]. More.", "type": "invalid", "param": None, "code": None}),
    (403, {"error": "key my-operator-key is blocked"},
     {"message": "key [redacted] is blocked", "type": "permission_error", "param": None, "code": None}),
    (404, {"detail": "Not Found"},
     {"message": "The backend does not know this model, or lacks this endpoint.", "type": "invalid_request_error",
      "param": None, "code": None}),
])  # fmt: skip
def test_errors_in_json(status: int, said: Any, expected: Any) -> None:
    """Each provider's error in OpenAI's envelope: all four keys, words for codes, and no keys in the text."""
    reply = failure(status, (("retry-after", "2"), ("content-type", "text/plain")), json.dumps(said).encode(),
                         ("my-operator-key", "", None))
    assert reply.status == status and json.loads(reply.body) == {"error": expected}
    assert reply.headers == (("retry-after", "2"), ("content-type", "application/json"))


@pytest.mark.parametrize("said", [b"<html>sk-secret</html>", b"\xff\xfe", b"", b"[" * 5000, b"null", b'"text"'])
def test_errors_that_are_no_json_objects(said: bytes) -> None:
    """Of HTML, text and garbage nothing is kept."""
    error = json.loads(failure(502, (), said, code="c").body)["error"]
    assert error == {"message": "The backend failed (status 502).", "type": "server_error", "param": None, "code": "c"}


@pytest.mark.parametrize(("status", "said", "message"), [
    (422, {"detail": "max_tokens: too many"}, "max_tokens: too many"),
    (403, {"detail": "key sk-ab12cd34ef is blocked"}, "key [redacted] is blocked"),
    (400, {"detail": {"message": "bad", "type": "odd"}}, "bad"),
    (422, {"detail": [{"loc": ["body", "n"], "msg": "words of the person"}]}, "The backend failed (status 422)."),
    (500, {"detail": "Internal Server Error"}, "The backend failed (status 500)."),
    (400, {"error": None, "detail": None, "message": "heard"}, "heard"),
    (429, {"message": "slow down", "code": "slow"}, "slow down"),
    (413, {"error": ""}, "The request is too large for the backend."),
    (400, {"error": {"message": 5, "code": 5, "type": 5}}, "The backend refused the request."),
])
def test_errors_of_other_shapes(status: int, said: Any, message: str) -> None:
    """What frameworks make of an error is read where it says something, and has all four keys then."""
    error = json.loads(failure(status, (), json.dumps(said).encode()).body)["error"]
    assert error["message"] == message and error.keys() == {"message", "type", "param", "code"}
    assert isinstance(error["type"], str) and (error["code"] is None or isinstance(error["code"], str))


@pytest.mark.parametrize(("status", "kind"), [
    (400, "invalid_request_error"), (401, "authentication_error"), (403, "permission_error"),
    (404, "not_found_error"), (409, "invalid_request_error"), (413, "request_too_large"), (429, "rate_limit_error"),
    (500, "api_error"), (502, "api_error"), (504, "timeout_error"), (529, "overloaded_error"),
])
@pytest.mark.parametrize("format", [MESSAGES, COUNT_TOKENS], ids=lambda format: format.name)
def test_anthropics_envelope(format: Any, status: int, kind: str) -> None:
    """Under one of its own types, whatever the backend called it: its clients know no others."""
    said = {"error": {"message": "m", "type": "odd", "param": "p", "code": "c"}}
    reply = failure(status, (("retry-after", "2"),), said, format=format)
    assert (reply.status, reply.complete) == (status, False)
    assert reply.headers == (("retry-after", "2"), ("content-type", "application/json"))
    assert json.loads(reply.body) == {
        "type": "error", "error": {"message": "m", "type": kind, "param": "p", "code": "c"}}


@pytest.mark.parametrize("said", [b"<html>sk-secret</html>", b"", None, b'{"detail":"Not Found"}'])
def test_anthropics_envelope_for_what_is_none(said: bytes | None) -> None:
    """In our own words."""
    body = json.loads(failure(404, (), said, format=MESSAGES).body)
    assert body["type"] == "error" and body["error"]["type"] == "not_found_error"
    assert body["error"]["message"] == "The backend does not know this model, or lacks this endpoint."


@pytest.mark.parametrize("format", [CHAT, RESPONSES, EMBEDDINGS], ids=lambda format: format.name)
def test_all_others_have_openais(format: Any) -> None:
    """An object with the key `error`, and nothing beside it."""
    assert json.loads(enveloped({"message": "m"}, 429, format)) == {"error": {"message": "m"}}


def test_an_error_in_a_stream_has_no_status() -> None:
    """It has the four keys all the same, and no credentials."""
    said = {"error": {"message": "no my-operator-key, no Bearer abcdefgh12345", "code": 500}}
    assert error_of(said, "otherwise", keys=("my-operator-key",)) == {
        "message": "no [redacted], no [redacted]", "type": "server_error", "param": None, "code": None}
    assert error_of({"error": "odd"}, "otherwise")["message"] == "odd"
    assert error_of({"error": {"type": "t"}}, "otherwise") == {
        "message": "otherwise", "type": "t", "param": None, "code": None}
