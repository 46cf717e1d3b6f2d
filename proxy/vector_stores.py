"""`/v1/vector_stores`: made, listed, changed, deleted and searched."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.ports import AdapterError, Compare, Compound, Embedder, Filter, Hit, Knowledge, Material
from adapters.ports.shelf import Attachment, VectorStore, new_id
from proxy.asks import ChangedStore, NewFile, NewStore, Search, filter_of
from proxy.attachments import wanted
from proxy.converting import below
from proxy.desk import Desk
from proxy.info import as_json
from proxy.objects import deleted, listing, page, store_object

LIMITS = (20, 100)
MATERIALS: tuple[Material, ...] = ("knowledge", "experiences")


@dataclass(frozen=True, slots=True)
class VectorStoresApi:
    """Handlers. Searches go the way of the chat's: by words, and by the vector of a question."""

    desk: Desk
    knowledge: Knowledge
    embedder: Embedder | None

    def routes(self) -> list[Route]:
        """What they answer to."""
        return [
            Route("/v1/vector_stores", self.create, methods=["POST"]),
            Route("/v1/vector_stores", self.all),
            Route("/v1/vector_stores/{id}", self.one),
            Route("/v1/vector_stores/{id}", self.change, methods=["POST"]),
            Route("/v1/vector_stores/{id}", self.delete, methods=["DELETE"]),
            Route("/v1/vector_stores/{id}/search", self.search, methods=["POST"]),
        ]

    async def create(self, request: Request) -> Response:
        """`POST /v1/vector_stores`, with files to attach where some are named."""
        tenant, asked = await self.desk.tenant(request), await self.desk.body(request, NewStore)
        now = time.time()
        store = VectorStore(
            new_id("vs_", now, secrets.token_hex(8)), asked.name or "", int(now), asked.description,
            asked.metadata or {}, asked.expires_after.days if asked.expires_after else None, int(now),
        )  # fmt: skip
        files = [NewFile(file_id=id, chunking_strategy=asked.chunking_strategy) for id in asked.file_ids]
        held = await wanted(self.desk, tenant, store.id, files, "file_ids")
        await self.desk.shelf.put(tenant, store)
        await self.desk.attaching.attach(tenant, held)
        return await self._shown(tenant, store)

    async def all(self, request: Request) -> Response:
        """`GET /v1/vector_stores`."""
        tenant = await self.desk.tenant(request)
        stores = await self.desk.shelf.stores(tenant)
        shown, more = page(stores, lambda store: store.id, request.query_params, LIMITS)
        return as_json(listing([await self._object(tenant, store) for store in shown], more))

    async def one(self, request: Request) -> Response:
        """`GET /v1/vector_stores/{id}`."""
        tenant = await self.desk.tenant(request)
        return await self._shown(tenant, await self.desk.store(tenant, request))

    async def change(self, request: Request) -> Response:
        """`POST /v1/vector_stores/{id}`: what is named is changed, null takes it away."""
        tenant, asked = await self.desk.tenant(request), await self.desk.body(request, ChangedStore)
        store = await self.desk.store(tenant, request)
        changed = store
        if asked.name is not UNSET:
            changed = replace(changed, name=asked.name or "")
        if asked.metadata is not UNSET:
            changed = replace(changed, metadata=asked.metadata or {})
        if asked.expires_after is not UNSET:
            changed = replace(changed, days=asked.expires_after.days if asked.expires_after else None)
        await self.desk.attaching.update(tenant, changed, store)
        return await self._shown(tenant, changed)

    async def delete(self, request: Request) -> Response:
        """`DELETE /v1/vector_stores/{id}`; its files stay."""
        tenant = await self.desk.tenant(request)
        store = await self.desk.store(tenant, request)
        await self.desk.attaching.drop_store(tenant, store)
        return as_json(deleted(store.id, "vector_store.deleted"))

    async def search(self, request: Request) -> Response:
        """`POST /v1/vector_stores/{id}/search`: the best passages of any of the queries, the best first."""
        tenant, asked = await self.desk.tenant(request), await self.desk.body(request, Search)
        store = await self.desk.live_store(tenant, request)
        queries = [asked.query] if isinstance(asked.query, str) else asked.query
        only: Filter = Compare("vector_store", "eq", (store.id,))
        if asked.filters is not None:
            only = Compound("and", (only, filter_of(asked.filters)))
        held = {each.file: each for each in await self.desk.shelf.attachments(tenant, store.id)}
        hits = await self._hits(tenant, queries, only, asked.max_num_results)
        least = asked.ranking_options.score_threshold if asked.ranking_options else None
        rows = [row for hit in hits if hit.score >= (least or 0.0) and (row := _row(hit, store, held))]
        await self.desk.shelf.touch(tenant, store.id)
        return as_json({"object": "vector_store.search_results.page", "search_query": queries,
                        "data": rows[: asked.max_num_results], "has_more": False, "next_page": None})  # fmt: skip

    async def _hits(self, tenant: str, queries: Sequence[str], only: Filter, most: int) -> list[Hit]:
        best: dict[str, Hit] = {}
        for query in queries:
            vector = await self._vector(query)
            for hit in await self.knowledge.search(tenant, query, vector, most, only, MATERIALS):
                known = best.setdefault(hit.passage.id, hit)
                best[hit.passage.id] = max(known, hit, key=lambda each: each.score)
        return sorted(best.values(), key=lambda hit: -hit.score)

    async def _vector(self, query: str) -> Sequence[float] | None:
        """The vector of a query; None without an embedder, or with one that is away: words serve alone then."""
        if self.embedder is None:
            return None
        try:
            return (await self.embedder.embed([query]))[0]
        except AdapterError:
            return None

    async def _object(self, tenant: str, store: VectorStore) -> dict[str, Any]:
        return store_object(store, await self.desk.shelf.attachments(tenant, store.id), time.time())

    async def _shown(self, tenant: str, store: VectorStore) -> Response:
        return as_json(await self._object(tenant, store))


def _row(hit: Hit, store: VectorStore, held: Mapping[str, Attachment]) -> dict[str, Any] | None:
    """A result; None for a passage of another place, whatever the index thinks, or of a file that just went."""
    if not hit.passage.source.startswith(below(store.id)):
        return None
    file = held.get(hit.passage.source.split("/")[2])
    if file is None:
        return None
    return {"file_id": file.file, "filename": file.name, "score": hit.score, "attributes": file.attributes,
            "content": [{"type": "text", "text": hit.passage.text}]}  # fmt: skip
