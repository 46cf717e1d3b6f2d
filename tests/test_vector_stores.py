"""Vector stores over HTTP, with the official client: made, listed, searched and dropped, as OpenAI's are."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.inside import POLL, Shop, library, play

FAQ = b"id,text\n1,Refunds take five days.\n2,Returns are free for a month.\n"


def test_a_vector_store_there_and_back(tmp_path: Path) -> None:
    """Made, retrieved, changed, listed, deleted: every field has its shape."""
    async def story(shop: Shop) -> None:
        stores = shop.client.vector_stores
        store = await stores.retrieve(shop.id)
        assert (store.object, store.name, store.status) == ("vector_store", "shop", "completed")
        assert store.metadata == {"of": "tests"}
        assert (store.usage_bytes, store.file_counts.total, store.expires_at) == (0, 0, None)
        changed = await stores.update(shop.id, name="new", expires_after={"anchor": "last_active_at", "days": 2})
        assert changed.name == "new" and changed.metadata == {"of": "tests"} and changed.expires_after
        assert changed.expires_at and changed.expires_at == (changed.last_active_at or 0) + 2 * 86_400
        assert await stores.retrieve(shop.id) == changed
        cleared = await stores.update(shop.id, metadata=None, expires_after=None)
        assert cleared.metadata == {} and cleared.expires_after is None and cleared.name == "new"
        more = [(await stores.create(description="why")).id for _ in range(3)]
        assert [each.id async for each in await stores.list(limit=2)] == sorted([shop.id, *more], reverse=True)
        page = await stores.list(before=sorted(more)[0], limit=2, order="desc")
        assert [each.id for each in page.data] == sorted(more)[:0:-1] and not page.has_more
        gone = await stores.delete(shop.id)
        assert gone.deleted and gone.object == "vector_store.deleted"
        with pytest.raises(openai.NotFoundError, match=f"No such vector store: {shop.id}"):
            await stores.retrieve(shop.id)

    play(tmp_path, story)


def test_a_file_is_attached_and_found(tmp_path: Path) -> None:
    """Uploaded and waited for: then a search finds it, with its attributes and not with ours."""
    async def story(shop: Shop) -> None:
        said = {"year": 2026, "open": True, "at": "HQ"}
        held = await shop.add("leave.md", b"# Leave\n\nSixteen weeks.", attributes=said)
        assert (held.status, held.last_error, held.vector_store_id) == ("completed", None, shop.id)
        assert held.usage_bytes > 0 and held.chunking_strategy.type == "static"
        assert held.chunking_strategy.static.max_chunk_size_tokens == 250
        await shop.add("faq.csv", FAQ)
        page = await shop.client.vector_stores.search(shop.id, query="sixteen weeks", rewrite_query=True)
        (best,) = page.data
        assert (best.file_id, best.filename, best.content[0].type) == (held.id, "leave.md", "text")
        assert best.attributes == said and "Sixteen" in best.content[0].text
        assert set(await shop.found(["refunds", "sixteen"])) == {"faq.csv", "leave.md"}
        assert len(await shop.found(["refunds", "sixteen", "returns"], max_num_results=2)) == 2
        assert await shop.found("refunds") == ["faq.csv"] and await shop.found("zebra") == []
        asked: Any = {"score_threshold": 0.999, "ranker": "auto"}
        strict = await shop.client.vector_stores.search(shop.id, query="free refunds", ranking_options=asked)
        usual = await shop.client.vector_stores.search(shop.id, query="free refunds")
        assert len(usual.data) == 2 and [each.score >= 0.999 for each in usual.data].count(True) == len(strict.data) < 2
        text = await shop.client.vector_stores.files.content(held.id, vector_store_id=shop.id)
        assert [each.text for each in text.data] and "Sixteen" in (text.data[0].text or "")
        store = await shop.client.vector_stores.retrieve(shop.id)
        assert store.file_counts.completed == store.file_counts.total == 2 and store.usage_bytes > held.usage_bytes

    play(tmp_path, story)


@pytest.mark.parametrize(("filters", "names"), [
    ({"type": "eq", "key": "n", "value": 1}, "a"), ({"type": "ne", "key": "n", "value": 1}, "bc"),
    ({"type": "gt", "key": "n", "value": 1.5}, "b"), ({"type": "lte", "key": "n", "value": 2}, "ab"),
    ({"type": "in", "key": "lang", "value": ["de", "fr"]}, "bc"),
    ({"type": "nin", "key": "lang", "value": ["de"]}, "ac"),
    ({"type": "eq", "key": "open", "value": True}, "a"),
    ({"type": "or", "filters": [{"type": "eq", "key": "n", "value": 1},
                                 {"type": "eq", "key": "lang", "value": "fr"}]}, "ac"),
    ({"type": "and", "filters": [{"type": "gte", "key": "n", "value": 1}, {"type": "or", "filters": [
        {"type": "eq", "key": "lang", "value": "de"}, {"type": "eq", "key": "lang", "value": "fr"}]}]}, "b"),
    ({"type": "eq", "key": "vector_store", "value": "vs_other"}, ""),
])
def test_filters(tmp_path: Path, filters: Any, names: str) -> None:
    """Comparisons and compounds; none reaches beyond the vector store."""
    async def story(shop: Shop) -> None:
        await shop.add("a.md", b"refund by card", attributes={"n": 1, "lang": "en", "open": True})
        await shop.add("b.md", b"refund in cash", attributes={"n": 2, "lang": "de"})
        await shop.add("c.md", b"refund to an account", attributes={"lang": "fr"})
        elsewhere = Shop(shop.inside, shop.client, (await shop.client.vector_stores.create()).id)
        await elsewhere.add("d.md", b"refund", attributes={"n": 1, "lang": "de", "open": True})
        # As few as there are: a better one of another vector store must not take their place.
        found = await shop.found("refund", filters=filters, max_num_results=len(names) or 1)
        assert sorted(found) == [f"{name}.md" for name in names]

    play(tmp_path, story)


def test_what_is_not_there(tmp_path: Path) -> None:
    """404 that says what: vector stores, files, batches; nothing is attached of a list of which one is missing."""
    async def story(shop: Shop) -> None:
        stores, none = shop.client.vector_stores, "file-" + "0" * 28
        real = await shop.client.files.create(file=("a.md", b"x"), purpose="assistants")
        with pytest.raises(openai.NotFoundError, match="No such File object"):
            await stores.files.create(shop.id, file_id=none)
        with pytest.raises(openai.NotFoundError):
            await stores.file_batches.create(shop.id, file_ids=[real.id, none])
        with pytest.raises(openai.NotFoundError):
            await stores.create(file_ids=[real.id, none])
        assert len((await stores.list()).data) == 1 and (await stores.retrieve(shop.id)).file_counts.total == 0
        for id in ("vs_0", "vs_" + "0" * 28, "..%2f..", "x" * 3000):
            for ask in (stores.retrieve(id), stores.delete(id), stores.search(id, query="x"), stores.files.list(id)):
                with pytest.raises(openai.NotFoundError):
                    await ask
        for file in (real.id, none):
            for ask in (stores.files.retrieve(file, vector_store_id=shop.id),
                        stores.files.content(file, vector_store_id=shop.id),
                        stores.files.delete(file, vector_store_id=shop.id),
                        stores.files.update(file, vector_store_id=shop.id, attributes={})):
                with pytest.raises(openai.NotFoundError):
                    await ask
        with pytest.raises(openai.NotFoundError, match="No such file batch"):
            await stores.file_batches.retrieve("vsfb_" + "0" * 28, vector_store_id=shop.id)

    play(tmp_path, story)


def test_experiences(tmp_path: Path) -> None:
    """What the vector store says its passages are, they are; also when it says so later."""
    async def story(shop: Shop) -> None:
        await shop.add("a.md", b"refund")
        (hit,) = await shop.inside.knowledge.search("default", "refund", None, 5)
        assert hit.passage.material == "knowledge"
        await shop.client.vector_stores.update(shop.id, metadata={"material": "experiences"})
        while (await shop.client.vector_stores.retrieve(shop.id)).status == "in_progress":
            await asyncio.sleep(0.005)
        assert await shop.inside.knowledge.search("default", "refund", None, 5) == []
        (hit,) = await shop.inside.knowledge.search("default", "refund", None, 5, None, ("experiences",))
        assert hit.passage.attributes["vector_store"] == shop.id and await shop.found("refund") == ["a.md"]

    play(tmp_path, story)


def test_the_others_vector_stores(tmp_path: Path) -> None:
    """Are not there; nor may whoever speaks for one person use their tenant's."""
    async def story() -> None:
        async with library(tmp_path, auth={"required": True}) as inside:
            keys = [await inside.make_key("acme", "backend"), await inside.make_key("other", "backend"),
                    await inside.make_key("acme", "user")]
            async with inside.client(keys[0]) as ours, inside.client(keys[1]) as theirs, inside.client(keys[2]) as one:
                store = await ours.vector_stores.create()
                held = await ours.vector_stores.files.upload_and_poll(
                    vector_store_id=store.id, file=("a.md", b"refund"), poll_interval_ms=POLL)
                assert (await theirs.vector_stores.list()).data == []
                mine = await theirs.vector_stores.create()
                for client, fault in ((theirs, openai.NotFoundError), (one, openai.PermissionDeniedError)):
                    stores = client.vector_stores
                    for ask in (stores.retrieve(store.id), stores.search(store.id, query="refund"),
                                stores.delete(store.id), stores.update(store.id, name="x"),
                                stores.files.create(mine.id, file_id=held.id),
                                stores.files.retrieve(held.id, vector_store_id=store.id),
                                stores.files.delete(held.id, vector_store_id=store.id)):
                        with pytest.raises(fault):
                            await ask
                for refused in (one.vector_stores.list(), one.vector_stores.create()):
                    with pytest.raises(openai.PermissionDeniedError):
                        await refused
                assert await Shop(inside, ours, store.id).found("refund") == ["a.md"]

    asyncio.run(story())


def test_an_expired_one(tmp_path: Path) -> None:
    """Says so, and is not searched."""
    async def story(shop: Shop) -> None:
        await shop.client.vector_stores.update(shop.id, expires_after={"anchor": "last_active_at", "days": 1})
        (kept,) = (tmp_path / "data" / "files").rglob("store.json")
        kept.write_bytes(re.sub(rb'"(created|active)":\d+', rb'"\1":1', kept.read_bytes()))
        store = await shop.client.vector_stores.retrieve(shop.id)
        assert store.status == "expired" and store.expires_at == 86_401
        error = await shop.refused(400, "/search", {"query": "x"})
        assert error["code"] == "expired"

    play(tmp_path, story)
