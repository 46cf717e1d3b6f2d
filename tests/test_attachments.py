"""Files in vector stores, with the official client: one by one and in batches, attached, changed and taken out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.inside import POLL, Shop, play

FAQ = b"id,text\n1,Refunds take five days.\n2,Returns are free for a month.\n"
FULL: dict[str, Any] = {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 20}


@pytest.mark.parametrize(("name", "content", "code"), [
    ("a.zip", b"PK", "unsupported_file"), ("noname", b"text", "unsupported_file"), ("a.md", b"", "invalid_file"),
    ("a.md", b" \n ", "invalid_file"), ("a.docx", b"no archive", "invalid_file"),
    ("a.pdf", b"%PDF-nonsense", "invalid_file"),
    ("a.jsonl", b"{", "invalid_file"), ("a.csv", b"id\n", "invalid_file"), ("..", b"x", "unsupported_file"),
])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    """Fails, says why without telling where it lies, and costs the others nothing."""
    async def story(shop: Shop) -> None:
        held = await shop.add(name, content)
        assert held.status == "failed" and held.last_error and held.last_error.code == code
        assert held.last_error.message and str(tmp_path) not in held.last_error.message
        assert shop.id not in held.last_error.message and await shop.found("text x") == []
        counts = (await shop.client.vector_stores.retrieve(shop.id)).file_counts
        assert (counts.failed, counts.completed, counts.total) == (1, 0, 1)
        assert (await shop.add("b.md", b"fine")).status == "completed"

    play(tmp_path, story)


def test_detached_is_gone(tmp_path: Path) -> None:
    """From the file list and the search, when the call returns; the file itself stays, and may come back."""
    async def story(shop: Shop) -> None:
        files = shop.client.vector_stores.files
        table, text = await shop.add("faq.csv", FAQ), await shop.add("a.md", b"Refunds.")
        for held in (table, text):
            gone = await files.delete(held.id, vector_store_id=shop.id)
            assert gone.deleted and gone.object == "vector_store.file.deleted"
            assert len(await shop.found("refunds")) == (1 if held is table else 0)
            with pytest.raises(openai.NotFoundError):
                await files.retrieve(held.id, vector_store_id=shop.id)
        assert await shop.found("refunds") == [] and await shop.inside.knowledge.sources("default") == {}
        again = await files.create_and_poll(table.id, vector_store_id=shop.id, poll_interval_ms=POLL)
        assert again.status == "completed" and await shop.found("refunds") == ["faq.csv"]

    play(tmp_path, story)


@pytest.mark.parametrize("whole", [True, False])
def test_deleted_is_gone_everywhere(tmp_path: Path, whole: bool) -> None:
    """A file leaves every vector store it is in; a vector store takes all it brought with it, and nothing else."""
    async def story(shop: Shop) -> None:
        stores = shop.client.vector_stores
        held, kept = await shop.add("faq.csv", FAQ), await shop.add("other.md", b"Other refunds.")
        second = await stores.create(file_ids=[held.id])
        other = Shop(shop.inside, shop.client, second.id)
        while (await stores.retrieve(second.id)).status == "in_progress":
            await asyncio.sleep(0.005)
        assert await other.found("refunds") == ["faq.csv"]
        if whole:
            await stores.delete(second.id)
            assert set(await shop.found("refunds")) == {"faq.csv", "other.md"}
            assert all(shop.id in source for source in await shop.inside.knowledge.sources("default"))
            assert (await shop.client.files.retrieve(held.id)).id == held.id
        else:
            await shop.client.files.delete(held.id)
            assert (await other.found("refunds"), await shop.found("refunds")) == ([], ["other.md"])
            assert [each.id async for each in await stores.files.list(shop.id)] == [kept.id]

    play(tmp_path, story)


def test_other_attributes(tmp_path: Path) -> None:
    """Searches know them when the call returns; null takes them away."""
    async def story(shop: Shop) -> None:
        files = shop.client.vector_stores.files
        held = await shop.add("faq.csv", FAQ, attributes={"lang": "en"})
        only: Any = {"type": "eq", "key": "lang", "value": "de"}
        assert await shop.found("refunds", filters=only) == []
        changed = await files.update(held.id, vector_store_id=shop.id, attributes={"lang": "de"})
        assert changed.attributes == {"lang": "de"} and changed.status == "completed"
        assert await shop.found("refunds", filters=only) == ["faq.csv"]
        assert (await files.update(held.id, vector_store_id=shop.id, attributes=None)).attributes == {}
        assert await shop.found("refunds", filters=only) == [] and await shop.found("refunds") == ["faq.csv"]

    play(tmp_path, story)


@pytest.mark.parametrize(("path", "body", "param"), [
    ("/search", {}, "query"), ("/search", {"query": ""}, "query"), ("/search", {"query": []}, "query"),
    ("/search", {"query": "x", "max_num_results": 51}, "max_num_results"), ("/search", {"query": "x", "top": 1}, "top"),
    ("/search", {"query": "x", "filters": {"type": "like", "key": "a", "value": "b"}}, "filters"),
    ("/search", {"query": "x", "filters": {"type": "in", "key": "a", "value": "b"}}, "filters"),
    ("/search", {"query": "x", "filters": {"type": "eq", "key": "a", "value": ["b"]}}, "filters"),
    ("/search", {"query": "x", "filters": {"type": "and", "filters": []}}, "filters"),
    ("/search", {"query": "x", "ranking_options": {"score_threshold": 2}}, "ranking_options"),
    ("/files", {}, "file_id"), ("/files", {"file_id": 1}, "file_id"),
    ("/files", {"file_id": "REAL", "attributes": {"file": "x"}}, "attributes"),
    ("/files", {"file_id": "REAL", "attributes": {"vector_store": "x"}}, "attributes"),
    ("/files", {"file_id": "REAL", "attributes": {"a": ["x"]}}, "attributes"),
    ("/files", {"file_id": "REAL", "attributes": {"a": "x" * 513}}, "attributes"),
    ("/files", {"file_id": "REAL", "attributes": {"a" * 65: "x"}}, "attributes"),
    ("/files", {"file_id": "REAL", "attributes": {str(n): n for n in range(17)}}, "attributes"),
    ("/files", {"file_id": "REAL", "chunking_strategy": {"type": "semantic"}}, "chunking_strategy"),
    ("/files", {"file_id": "REAL", "chunking_strategy": {"type": "static"}}, "chunking_strategy"),
    ("/files", {"file_id": "REAL", "chunking_strategy": {"type": "static", "static": {
        "max_chunk_size_tokens": 99, "chunk_overlap_tokens": 0}}}, "chunking_strategy"),
    ("/files", {"file_id": "REAL", "chunking_strategy": {"type": "static", "static": {
        "max_chunk_size_tokens": 100, "chunk_overlap_tokens": 51}}}, "chunking_strategy"),
    ("/file_batches", {}, "file_ids"), ("/file_batches", {"file_ids": ["REAL"], "files": []}, "file_ids"),
    ("", {"metadata": {"a": 1}}, "metadata"), ("", {"name": "x" * 257}, "name"),
    ("", {"expires_after": {"anchor": "created_at", "days": 1}}, "expires_after"),
    ("", {"expires_after": {"anchor": "last_active_at", "days": 366}}, "expires_after"), ("", [], None),
])
def test_bad_requests(tmp_path: Path, path: str, body: Any, param: str | None) -> None:
    """400 that names the parameter, and nothing has happened."""
    async def story(shop: Shop) -> None:
        file = await shop.client.files.create(file=("a.md", b"x"), purpose="assistants")
        named = {key: file.id if value == "REAL" else value for key, value in body.items()} if body else body
        if path == "/file_batches" and body:
            named["file_ids"] = [file.id]
        error = await shop.refused(400, path, named)
        assert error["param"] == param, error
        assert (await shop.client.vector_stores.retrieve(shop.id)).file_counts.total == 0

    play(tmp_path, story)


def test_batches(tmp_path: Path) -> None:
    """Several at once, good and bad, listed in pages and by state; with attributes for all, or of each."""
    async def story(shop: Shop) -> None:
        batches = shop.client.vector_stores.file_batches
        files: Any = [("a.md", b"refund a"), ("b.txt", b"refund b"), ("c.zip", b"x")]
        batch = await batches.upload_and_poll(shop.id, files=files, poll_interval_ms=POLL)
        assert (batch.object, batch.status) == ("vector_store.files_batch", "completed")
        assert (batch.file_counts.completed, batch.file_counts.failed, batch.file_counts.total) == (2, 1, 3)
        listed = [each async for each in await batches.list_files(batch.id, vector_store_id=shop.id, limit=1)]
        assert sorted(each.status for each in listed) == ["completed", "completed", "failed"]
        bad = await batches.list_files(batch.id, vector_store_id=shop.id, filter="failed")
        assert [each.status for each in bad.data] == ["failed"]
        done = [each.id for each in listed if each.status == "completed"]
        second = await batches.create_and_poll(shop.id, file_ids=done, poll_interval_ms=POLL)
        assert second.file_counts.completed == 2
        each: Any = [{"file_id": done[0], "attributes": {"x": 1}},
                     {"file_id": done[1], "chunking_strategy": {"type": "static", "static": FULL}}]
        third = await batches.create(shop.id, files=each)
        third = await batches.poll(third.id, vector_store_id=shop.id, poll_interval_ms=POLL)
        held = {one.id: one async for one in await shop.client.vector_stores.files.list(shop.id, filter="completed")}
        assert held[done[0]].attributes == {"x": 1} and held[done[1]].attributes == {}
        assert held[done[1]].chunking_strategy.static.max_chunk_size_tokens == 100
        assert sorted(await shop.found("refund")) == ["a.md", "b.txt"] and third.status == "completed"
        error = await shop.inside.send("GET", f"/v1/vector_stores/{shop.id}/files?filter=lost")
        assert error.status_code == 400 and error.json()["error"]["param"] == "filter"
        hopeless = await batches.upload_and_poll(shop.id, files=[("c.zip", b"x")], poll_interval_ms=POLL)
        assert hopeless.status == "failed"

    play(tmp_path, story)


def test_a_batch_is_cancelled(tmp_path: Path) -> None:
    """What is not done by then is let be, and nothing of it is found."""
    async def story(shop: Shop) -> None:
        client = shop.client
        files = [(f"{number}.md", f"refund {number}".encode()) for number in range(20)]
        ids = [(await client.files.create(file=file, purpose="assistants")).id for file in files]
        batch = await client.vector_stores.file_batches.create(shop.id, file_ids=ids)
        gone = await client.vector_stores.file_batches.cancel(batch.id, vector_store_id=shop.id)
        assert gone.status == "cancelled" and gone.file_counts.in_progress == 0 and gone.file_counts.cancelled > 0
        assert len(await shop.found("refund", max_num_results=50)) == gone.file_counts.completed
        assert (await client.vector_stores.file_batches.retrieve(batch.id, vector_store_id=shop.id)) == gone

    play(tmp_path, story)


def test_chunking_is_honoured(tmp_path: Path) -> None:
    """Smaller pieces where the client wants them, and the files say what was used."""
    async def story(shop: Shop) -> None:
        text = "\n\n".join(f"Refund number {number} is a sentence of some length." for number in range(60)).encode()
        small = {"type": "static", "static": FULL}
        ours, theirs = await shop.add("a.txt", text), await shop.add("b.txt", text, chunking_strategy=small)
        page = await shop.client.vector_stores.search(shop.id, query="refund", max_num_results=50)
        longest = [max(len(each.content[0].text) for each in page.data if each.file_id == held.id)
                   for held in (ours, theirs)]  # fmt: skip
        assert longest[1] <= 400 < longest[0] <= 1000
        assert theirs.chunking_strategy.static.chunk_overlap_tokens == 20

    play(tmp_path, story)
