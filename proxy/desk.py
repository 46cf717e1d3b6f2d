"""What the endpoints of files and vector stores begin with: who asks, for what, and of which tenant."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.requests import Request

from adapters.ports.shelf import Attachment, Batch, Shelf, StoredFile, VectorStore
from proxy import asks, wire
from proxy.attaching import Attaching
from proxy.callers import Callers
from proxy.headers import read_headers
from proxy.wire import HttpError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """`limit` is the largest body in bytes."""

    callers: Callers
    shelf: Shelf
    attaching: Attaching
    limit: int

    async def tenant(self, request: Request) -> str:
        """Whose files these are. Raises HttpError 403 for whoever speaks for one person only."""
        caller = await self.callers.resolve(request.scope, read_headers(request.scope))
        if caller.trust != "backend":
            message = "This key may not use files and vector stores: it speaks for one person only."
            raise HttpError(403, message, "not_allowed")
        return caller.tenant

    async def body(self, request: Request, kind: type[T]) -> T:
        """What is asked. Raises HttpError."""
        return asks.parse(await wire.read_body(request.receive, read_headers(request.scope), self.limit), kind)

    async def file(self, tenant: str, id: str, param: str = "id") -> StoredFile:
        """A file. Raises HttpError 404."""
        found = await self.shelf.file(tenant, id)
        return found if found is not None else _missing("File object", id, param)

    async def store(self, tenant: str, request: Request) -> VectorStore:
        """The vector store of the path. Raises HttpError 404."""
        id = request.path_params["id"]
        found = await self.shelf.store(tenant, id)
        return found if found is not None else _missing("vector store", id, "vector_store_id")

    async def live_store(self, tenant: str, request: Request) -> VectorStore:
        """The vector store of the path, which must not have expired. Raises HttpError 404, 400."""
        found = await self.store(tenant, request)
        if found.gone(time.time()):
            raise HttpError(400, f"The vector store {found.id} is expired.", "expired", "vector_store_id")
        return found

    async def attachment(self, tenant: str, request: Request) -> Attachment:
        """The attached file of the path. Raises HttpError 404."""
        store, file = request.path_params["id"], request.path_params["file"]
        found = await self.shelf.attachment(tenant, store, file)
        return found if found is not None else _missing("file in this vector store", file, "file_id")

    async def batch(self, tenant: str, request: Request) -> Batch:
        """The batch of the path. Raises HttpError 404."""
        store, id = request.path_params["id"], request.path_params["batch"]
        found = await self.shelf.batch(tenant, store, id)
        return found if found is not None else _missing("file batch", id, "batch_id")


def _missing(kind: str, id: str, param: str) -> Any:
    shown = "".join(char if char.isprintable() else "?" for char in id[:80])
    raise HttpError(404, f"No such {kind}: {shown}", None, param)
