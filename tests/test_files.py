"""Files over HTTP, with the official client: there and back, in pages, and whatever a name, an id or a disk may be."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.inside import library

MARKDOWN = b"# Leave\n\nSixteen weeks."
HEAD = {"content-type": "multipart/form-data; boundary=xyz"}


def body(name: str, content: bytes = b"x", purpose: str = "assistants") -> bytes:
    head = f'--xyz\r\ncontent-disposition: form-data; name="purpose"\r\n\r\n{purpose}\r\n'
    file = f'--xyz\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return (head + file).encode() + content + b"\r\n--xyz--\r\n"


def bytes_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith((".json", ".lock"))]


def test_a_file_there_and_back(tmp_path: Path) -> None:
    """Uploaded, looked at, downloaded byte for byte, deleted, and then it is not there."""
    async def story() -> None:
        async with library(tmp_path) as inside, inside.client() as client:
            content = os.urandom(900_000)
            file = await client.files.create(file=("ünïcode.bin", content), purpose="user_data")
            assert (file.object, file.bytes, file.filename) == ("file", len(content), "ünïcode.bin")
            assert (file.purpose, file.status, file.expires_at) == ("user_data", "processed", None)
            assert await client.files.retrieve(file.id) == file
            assert (await client.files.wait_for_processing(file.id)).status == "processed"
            download = await client.files.with_raw_response.content(file.id)
            assert download.content == content and "nosniff" in download.headers["x-content-type-options"]
            assert "%C3%BCn%C3%AFcode.bin" in download.headers["content-disposition"]
            gone = await client.files.delete(file.id)
            assert gone.deleted and gone.id == file.id
            for ask in (client.files.retrieve, client.files.content, client.files.delete):
                with pytest.raises(openai.NotFoundError, match=f"No such File object: {file.id}"):
                    await ask(file.id)
            assert bytes_below(tmp_path / "data" / "files") == []

    asyncio.run(story())


def test_pages(tmp_path: Path) -> None:
    """Newest first unless asked otherwise, of one purpose, and on from a file that is gone by now."""
    async def story() -> None:
        async with library(tmp_path) as inside, inside.client() as client:
            made = [(await client.files.create(file=(f"{n}.md", b"x"), purpose="batch" if n == 2 else "assistants")).id
                    for n in range(5)]
            made.sort()
            assert [file.id async for file in await client.files.list()] == made[::-1]
            first = await client.files.list(limit=2, order="asc")
            assert [file.id for file in first.data] == made[:2] and first.has_more
            await client.files.delete(made[1])
            rest = await first.get_next_page()
            assert [file.id for file in rest.data] == made[2:4] and rest.has_more
            assert len((await client.files.list(purpose="batch")).data) == 1
            async for file in await client.files.list(limit=1):
                await client.files.delete(file.id)
            empty = (await inside.send("GET", "/v1/files")).json()
            assert empty == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}

    asyncio.run(story())


@pytest.mark.parametrize(("query", "param"), [
    ("limit=0", "limit"), ("limit=10001", "limit"), ("limit=x", "limit"), ("limit=٣", "limit"), ("order=up", "order"),
])
def test_a_bad_page(tmp_path: Path, query: str, param: str) -> None:
    """Names what is wrong."""
    async def story() -> None:
        async with library(tmp_path) as inside:
            answer = await inside.send("GET", f"/v1/files?{query}")
            assert answer.status_code == 400 and answer.json()["error"]["param"] == param

    asyncio.run(story())


@pytest.mark.parametrize(("name", "shown"), [
    ("../../../etc/passwd", "passwd"), ("C:\\\\docs\\\\a.md", "a.md"), ("..", "upload"), (".", "upload"),
    ("", "upload"),
    ("/", "upload"), ('say \\"hi\\".md', 'say "hi".md'), ("a\tb\x00c\x7fd.md", "a_b_c_d.md"), ("\u2028x.md", "_x.md"),
    ("n" * 252 + ".md", "n" * 252 + ".md"), (" .md", " .md"),
])
def test_names(tmp_path: Path, name: str, shown: str) -> None:
    """A name is shown without folders and without what would break a line, and leads nowhere."""
    async def story() -> None:
        async with library(tmp_path) as inside:
            answer = await inside.send("POST", "/v1/files", content=body(name), headers=HEAD)
            assert (answer.status_code, answer.json().get("filename")) == (200, shown)
            assert [path.name for path in bytes_below(tmp_path / "data" / "files")] == [answer.json()["id"]]
            content = await inside.send("GET", f"/v1/files/{answer.json()['id']}/content")
            assert content.content == b"x" and set(tmp_path.iterdir()) == {tmp_path / "data"}

    asyncio.run(story())


@pytest.mark.parametrize(("sent", "status", "param"), [
    ({"content": body("n" * 253 + ".md")}, 400, "file"),
    ({"content": body("a.md", purpose="world peace")}, 400, "purpose"),
    ({"content": b"{}"}, 400, "file"), ({"content": body("a.md")[:-9]}, 400, "file"), ({"content": b""}, 400, "file"),
    ({"json": {"file": "x"}}, 400, "file"), ({"data": {"purpose": "assistants"}}, 400, "file"),
    ({"files": {"other": b"x"}, "data": {"purpose": "assistants"}}, 400, "file"),
    ({"files": {"file": b"x"}}, 400, "purpose"),
    ({"content": body("a.md"), "headers": {**HEAD, "content-encoding": "gzip"}}, 415, None),
    ({"content": body("a.md", b"x" * (1 << 20))}, 413, None),
    ({"files": {"file": b"x"}, "data": {"purpose": "batch", "expires_after[anchor]": "created_at"}}, 400,
     "expires_after"),
    ({"files": {"file": b"x"}, "data": {"purpose": "batch", "expires_after[anchor]": "created_at",
                                        "expires_after[seconds]": "60"}}, 400, "expires_after"),
])
def test_a_bad_upload(tmp_path: Path, sent: dict[str, Any], status: int, param: str | None) -> None:
    """Is refused in OpenAI's shape, and leaves nothing."""
    async def story() -> None:
        async with library(tmp_path, server={"max_body_mb": 1}) as inside:
            sent.setdefault("headers", HEAD if "content" in sent else {})
            answer = await inside.send("POST", "/v1/files", **sent)
            error = answer.json()["error"]
            assert (answer.status_code, error["param"]) == (status, param)
            assert set(error) == {"message", "type", "param", "code"}
            assert bytes_below(tmp_path / "data" / "files") == []

    asyncio.run(story())


def test_too_large_without_saying_so(tmp_path: Path) -> None:
    """A body without a length is stopped where it is too large."""
    async def pieces() -> Any:
        yield body("a.md")[:-11]
        for _ in range(2000):
            yield b"x" * 1000

    async def story() -> None:
        async with library(tmp_path, server={"max_body_mb": 1}) as inside:
            answer = await inside.send("POST", "/v1/files", content=pieces(), headers=HEAD)
            assert answer.status_code == 413 and bytes_below(tmp_path / "data" / "files") == []

    asyncio.run(story())


@pytest.mark.parametrize("id", ["file-1", "..%2F..%2Fconfig.yaml", "%2e%2e", "x" * 5000, "file-%00", "%C3%BC",
                                "file-" + "0" * 28])
def test_an_id_that_is_none(tmp_path: Path, id: str) -> None:
    """404, never a path."""
    (tmp_path / "config.yaml").write_text("secret")

    async def story() -> None:
        async with library(tmp_path) as inside:
            for method, below in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
                answer = await inside.send(method, f"/v1/files/{id}{below}")
                assert answer.status_code == 404 and answer.json()["error"]["type"] == "invalid_request_error"
                assert len(answer.text) < 3000 and "secret" not in answer.text

    asyncio.run(story())


def test_several_at_once(tmp_path: Path) -> None:
    """Each is its own, whole."""
    async def story() -> None:
        async with library(tmp_path) as inside, inside.client() as client:
            sent = [os.urandom(300_000 + number) for number in range(6)]
            made = await asyncio.gather(*(client.files.create(file=("a.bin", each), purpose="batch") for each in sent))
            got = await asyncio.gather(*(client.files.content(file.id) for file in made))
            assert [each.content for each in got] == sent and len({file.id for file in made}) == 6

    asyncio.run(story())


def test_an_expiry(tmp_path: Path) -> None:
    """A file goes when its time is over, and says when that is."""
    async def story() -> None:
        async with library(tmp_path) as inside, inside.client() as client:
            expiry: Any = {"anchor": "created_at", "seconds": 3600}
            file = await client.files.create(file=("a.md", MARKDOWN), purpose="batch", expires_after=expiry)
            assert file.expires_at == file.created_at + 3600
            (kept,) = (tmp_path / "data" / "files").rglob(f"{file.id}.json")
            kept.write_text(json.dumps({**json.loads(kept.read_text()), "expires": 1}))
            with pytest.raises(openai.NotFoundError):
                await client.files.retrieve(file.id)
            assert (await client.files.list()).data == []

    asyncio.run(story())


def test_who_may(tmp_path: Path) -> None:
    """A tenant's backends, each tenant its own; whoever speaks for one person may not even look."""
    async def story() -> None:
        async with library(tmp_path, auth={"required": True}) as inside:
            acme, other = await inside.make_key("acme", "backend"), await inside.make_key("other", "backend")
            person = await inside.make_key("acme", "user")
            async with inside.client(acme) as ours, inside.client(other) as theirs, inside.client(person) as one:
                file = await ours.files.create(file=("a.md", MARKDOWN), purpose="assistants")
                assert (await theirs.files.list()).data == []
                for ask in (theirs.files.retrieve, theirs.files.content, theirs.files.delete):
                    with pytest.raises(openai.NotFoundError):
                        await ask(file.id)
                for ask in (one.files.retrieve, one.files.content, one.files.delete):
                    with pytest.raises(openai.PermissionDeniedError, match="one person only"):
                        await ask(file.id)
                with pytest.raises(openai.PermissionDeniedError):
                    await one.files.create(file=("a.md", b"x"), purpose="assistants")
                with pytest.raises(openai.AuthenticationError):
                    async with inside.client("rk-wrong") as nobody:
                        await nobody.files.list()
                assert (await ours.files.content(file.id)).content == MARKDOWN

    asyncio.run(story())


def test_a_disk_that_takes_nothing(tmp_path: Path) -> None:
    """500 in OpenAI's shape, no path in it, nothing half-written; and reading goes on where it can."""
    async def story() -> None:
        async with library(tmp_path) as inside, inside.client() as client:
            kept = await client.files.create(file=("a.md", MARKDOWN), purpose="assistants")
            (folder,) = (tmp_path / "data" / "files").glob("*/files")
            folder.rename(folder.with_name("aside"))
            folder.write_bytes(b"in the way")
            with pytest.raises(openai.InternalServerError) as caught:
                await client.files.create(file=("b.md", MARKDOWN), purpose="assistants")
            error: Any = caught.value.body
            assert error["code"] == "storage_failed" and str(tmp_path) not in caught.value.response.text
            folder.unlink()
            folder.with_name("aside").rename(folder)
            assert [file.id async for file in await client.files.list()] == [kept.id]
            assert len(bytes_below(folder)) == 1

    asyncio.run(story())


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    """A deployment without uploads has no folder for them."""
    async def story() -> None:
        async with library(tmp_path) as inside:
            answers = [await inside.send("GET", path) for path in ("/v1/files", "/v1/vector_stores")]
            assert [answer.json()["data"] for answer in answers] == [[], []]

    asyncio.run(story())
    assert not (tmp_path / "data" / "files").exists()


def test_the_wrong_method(tmp_path: Path) -> None:
    """405 in OpenAI's shape."""
    async def story() -> None:
        async with library(tmp_path) as inside:
            answer = await inside.send("PUT", "/v1/files")
            assert answer.status_code == 405 and answer.json()["error"]["code"] == "unknown_url"

    asyncio.run(story())
