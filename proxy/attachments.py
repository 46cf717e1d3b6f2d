"""`/v1/vector_stores/{id}/files` and `.../file_batches`: what is attached, how far it is, and what is in it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.ports.shelf import Attachment, Batch, new_id
from proxy.asks import ChangedFile, NewBatch, NewFile, attributes_of, bad, chunking_of
from proxy.converting import Unreadable, texts
from proxy.desk import Desk
from proxy.info import as_json
from proxy.objects import STATES, attachment_object, batch_object, deleted, listing, page
from proxy.wire import HttpError

LIMITS = (20, 100)
SOON = {"openai-poll-after-ms": "250"}
"""For clients that wait: most files take less than their usual second."""


@dataclass(frozen=True, slots=True)
class AttachmentsApi:
    """Handlers."""

    desk: Desk

    def routes(self) -> list[Route]:
        """What they answer to."""
        files, batches = "/v1/vector_stores/{id}/files", "/v1/vector_stores/{id}/file_batches"
        return [
            Route(files, self.attach, methods=["POST"]),
            Route(files, self.all),
            Route(f"{files}/{{file}}", self.one),
            Route(f"{files}/{{file}}", self.change, methods=["POST"]),
            Route(f"{files}/{{file}}", self.detach, methods=["DELETE"]),
            Route(f"{files}/{{file}}/content", self.content),
            Route(batches, self.attach_many, methods=["POST"]),
            Route(f"{batches}/{{batch}}", self.batch),
            Route(f"{batches}/{{batch}}/cancel", self.cancel, methods=["POST"]),
            Route(f"{batches}/{{batch}}/files", self.files_of_batch),
        ]

    async def attach(self, request: Request) -> Response:
        """`POST .../files`: converted in the background."""
        tenant, asked = await self.desk.tenant(request), await self.desk.body(request, NewFile)
        store = await self.desk.live_store(tenant, request)
        held = await wanted(self.desk, tenant, store.id, [asked], "file_id")
        await self.desk.shelf.touch(tenant, store.id)
        await self.desk.attaching.attach(tenant, held)
        return as_json(attachment_object(held[0]))

    async def all(self, request: Request) -> Response:
        """`GET .../files`, those in one state where that is asked."""
        tenant = await self.desk.tenant(request)
        store = await self.desk.store(tenant, request)
        return _listed(request, await self.desk.shelf.attachments(tenant, store.id))

    async def one(self, request: Request) -> Response:
        """`GET .../files/{file_id}`: how far it is."""
        held = await self.desk.attachment(await self.desk.tenant(request), request)
        response = as_json(attachment_object(held))
        response.headers.update(SOON if held.status == "in_progress" else {})
        return response

    async def change(self, request: Request) -> Response:
        """`POST .../files/{file_id}`: other attributes."""
        tenant, asked = await self.desk.tenant(request), await self.desk.body(request, ChangedFile)
        held = await self.desk.attachment(tenant, request)
        try:
            changed = await self.desk.attaching.change(tenant, held, attributes_of(asked.attributes))
        except Unreadable as error:
            raise HttpError(400, str(error), error.code, "file_id") from error
        return as_json(attachment_object(changed or await self.desk.attachment(tenant, request)))

    async def detach(self, request: Request) -> Response:
        """`DELETE .../files/{file_id}`; the file itself stays."""
        tenant = await self.desk.tenant(request)
        held = await self.desk.attachment(tenant, request)
        await self.desk.attaching.detach(tenant, held)
        return as_json(deleted(held.file, "vector_store.file.deleted"))

    async def content(self, request: Request) -> Response:
        """`GET .../files/{file_id}/content`: its text; of a table, row by row."""
        tenant = await self.desk.tenant(request)
        held = await self.desk.attachment(tenant, request)
        try:
            found = await texts(self.desk.shelf, tenant, held)
        except Unreadable as error:
            raise HttpError(400, str(error), error.code, "file_id") from error
        return as_json({"object": "vector_store.file_content.page", "has_more": False, "next_page": None,
                        "data": [{"type": "text", "text": document.text} for document in found]})  # fmt: skip

    async def attach_many(self, request: Request) -> Response:
        """`POST .../file_batches`: several at once."""
        tenant, asked = await self.desk.tenant(request), await self.desk.body(request, NewBatch)
        store, now = await self.desk.live_store(tenant, request), time.time()
        batch = Batch(new_id("vsfb_", now, secrets.token_hex(8)), store.id, int(now))
        held = await wanted(self.desk, tenant, store.id, asked.each(), "file_ids", batch.id)
        await self.desk.shelf.touch(tenant, store.id)
        await self.desk.shelf.put(tenant, batch)
        await self.desk.attaching.attach(tenant, held)
        return as_json(batch_object(batch, held))

    async def batch(self, request: Request) -> Response:
        """`GET .../file_batches/{batch_id}`: how far it is."""
        tenant = await self.desk.tenant(request)
        return await self._shown(tenant, await self.desk.batch(tenant, request))

    async def cancel(self, request: Request) -> Response:
        """`POST .../file_batches/{batch_id}/cancel`: what is not done yet is let be."""
        tenant = await self.desk.tenant(request)
        batch = await self.desk.batch(tenant, request)
        return await self._shown(tenant, await self.desk.attaching.cancel(tenant, batch))

    async def files_of_batch(self, request: Request) -> Response:
        """`GET .../file_batches/{batch_id}/files`."""
        tenant = await self.desk.tenant(request)
        batch = await self.desk.batch(tenant, request)
        held = await self.desk.shelf.attachments(tenant, batch.store)
        return _listed(request, [each for each in held if each.batch == batch.id])

    async def _shown(self, tenant: str, batch: Batch) -> Response:
        shown = batch_object(batch, await self.desk.shelf.attachments(tenant, batch.store))
        response = as_json(shown)
        response.headers.update(SOON if shown["status"] == "in_progress" else {})
        return response


async def wanted(desk: Desk, tenant: str, store: str, files: Iterable[NewFile], param: str,
                 batch: str | None = None) -> list[Attachment]:  # fmt: skip
    """Attachments as they are asked for, each file once. Raises HttpError 400, or 404 for a file that is not there."""
    found = {}
    for asked in files:
        file = await desk.file(tenant, asked.file_id, param)
        found[file.id] = Attachment(
            store, file.id, file.name, int(time.time()), attributes=attributes_of(asked.attributes),
            chunking=chunking_of(asked.chunking_strategy), batch=batch,
        )  # fmt: skip
    return list(found.values())


def _listed(request: Request, held: Iterable[Attachment]) -> Response:
    state = request.query_params.get("filter")
    if state is not None and state not in STATES:
        raise bad(f"expected one of {', '.join(STATES)}", "filter")
    kept = [each for each in held if state in (None, each.status)]
    shown, more = page(kept, lambda each: each.file, request.query_params, LIMITS)
    return as_json(listing([attachment_object(each) for each in shown], more))
