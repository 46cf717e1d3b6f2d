"""A form in any pieces is the same form; what is none, or is beyond measure, is refused without being kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.multipart import MAX_FIELDS, MAX_PARTS, BadForm, Form, read_form

KIND = "multipart/form-data; boundary=xyz"
BYTES = bytes(range(256)) * 20 + b"\r\n--xy\r\n--xyz!\r\n--"


def part(name: str, content: bytes = b"", filename: str | None = None) -> bytes:
    more = "" if filename is None else f'; filename="{filename}"'
    head = f'--xyz\r\nContent-Disposition: form-data; name="{name}"{more}\r\nX-Other: 1\r\n\r\n'
    return head.encode("utf-8", "surrogateescape") + content + b"\r\n"


def form(*parts: bytes, end: bytes = b"--xyz--\r\n") -> bytes:
    return b"".join(parts) + end


def read(body: bytes, piece: int = 1 << 20, kind: str = KIND) -> tuple[Form, bytes]:
    found: list[bytes] = []

    async def take(data: bytes) -> None:
        found.append(data)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), piece):
            yield body[start : start + piece]

    made = asyncio.run(read_form(kind, pieces(), "file", take))
    return made, b"".join(found)


@pytest.mark.parametrize("piece", [1, 2, 7, 100, 1 << 20])
def test_a_form_in_pieces(piece: int) -> None:
    """Fields and the file's bytes, also where these look like a boundary."""
    body = form(part("purpose", b"assistants"), part("file", BYTES, "a.md"), part("more", "ünï".encode()))
    made, found = read(body, piece)
    assert found == BYTES and made == Form({"purpose": "assistants", "more": "ünï"}, "a.md")


def test_an_empty_file_is_one() -> None:
    """It has a name, and no bytes."""
    assert read(form(part("file", b"", "empty.md"))) == (Form({}, "empty.md"), b"")


@pytest.mark.parametrize(("sent", "name"), [
    ("ünïcode.md", "ünïcode.md"), ('with \\"quotes\\".md', 'with "quotes".md'), ("%22.md", "%22.md"), ("", ""),
    ("../../etc/passwd", "../../etc/passwd"), ("a;b=c.md", "a;b=c.md"), ("\udcff.md", "\ufffd.md"),
])
def test_names(sent: str, name: str) -> None:
    """As they were sent; whoever uses one looks at it."""
    assert read(form(part("file", b"x", sent)))[0].filename == name


def test_other_files_are_passed_over() -> None:
    """Only the file that is asked for is taken; of two fields the last counts."""
    made, found = read(form(part("image", b"nothing", "a.png"), part("file", b"x", "a.md"), part("p", b"1"),
                            part("p", b"2")))
    assert (made, found) == (Form({"p": "2"}, "a.md"), b"x")


@pytest.mark.parametrize(("kind", "body"), [
    ("application/json", b"{}"), ("", b""), ("multipart/form-data", form(part("file", b"x", "a"))),
    ("multipart/form-data; boundary=", b""), ("multipart/form-data; boundary=" + "x" * 1000, b""),
    (KIND, b""), (KIND, b"{}"), (KIND, form(part("file", b"x", "a"), end=b"")),
    (KIND, form(part("file", b"x", "a"))[:-6]),
    (KIND, b"--xyz\r\nno header\r\n\r\n"), (KIND, form(part("file", b"x", "a"), part("file", b"y", "b"))),
    (KIND, form(*[part("p", b"x")] * (MAX_PARTS + 1))), (KIND, form(part("p", b"x" * (MAX_FIELDS + 1)))),
    (KIND, b"--xyz\r\n" + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n\r\n--xyz--"),
], ids=range(14))
def test_what_is_no_form(kind: str, body: bytes) -> None:
    """Is refused, in one piece and in many."""
    for piece in (7, 1 << 20):
        with pytest.raises(BadForm):
            read(body, piece, kind)
