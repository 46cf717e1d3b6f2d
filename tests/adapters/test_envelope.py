"""What is around an answer: packing within limits, headers of the connection, errors in OpenAI's envelope."""

import gzip
import json
import zlib
from typing import Any

import pytest

from adapters.envelope import end_to_end, failure, unpacking
from adapters.ports import Unavailable

TEXT = b"data: some text\n\n" * 9
_RAW = zlib.compressobj(wbits=-15)
HEADLESS = _RAW.compress(TEXT) + _RAW.flush()


@pytest.mark.parametrize(("packing", "packed"), [
    ("gzip", gzip.compress(TEXT)), ("X-GZIP", gzip.compress(TEXT)), ("deflate", zlib.compress(TEXT)),
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
     {"message": "The backend does not know this model.", "type": "invalid_request_error", "param": None,
      "code": None}),
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
