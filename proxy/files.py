"""`/v1/files`: uploads, as OpenAI's clients make, list, read and delete them."""

from __future__ import annotations

import asyncio
import re
import time
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from adapters.kreuzberg import MAX_FILE
from adapters.multipart import BadForm, Form, read_form
from adapters.ports.shelf import Draft
from proxy.asks import bad
from proxy.desk import Desk
from proxy.headers import read_headers
from proxy.info import as_json
from proxy.objects import deleted, file_object, listing, page
from proxy.wire import BODY_SECONDS, ClientGone, HttpError, Message

PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
LONGEST = 255
"""Characters of a file's name."""
LIMITS = (10_000, 10_000)
_SECONDS = re.compile("[0-9]{4,7}")


@dataclass(frozen=True, slots=True)
class FilesApi:
    """Handlers; a file is kept as it came, whatever is in it."""

    desk: Desk

    def routes(self) -> list[Route]:
        """What they answer to."""
        return [
            Route("/v1/files", self.create, methods=["POST"]),
            Route("/v1/files", self.all),
            Route("/v1/files/{id}", self.one),
            Route("/v1/files/{id}", self.delete, methods=["DELETE"]),
            Route("/v1/files/{id}/content", self.content),
        ]

    async def create(self, request: Request) -> Response:
        """`POST /v1/files`: the bytes go to the disk as they come."""
        tenant, headers = await self.desk.tenant(request), read_headers(request.scope)
        if headers.get("content-encoding", "identity") != "identity":
            raise HttpError(415, "Compressed request bodies are not accepted; send the form as it is.")
        async with self.desk.shelf.draft(tenant) as draft:
            taking = _Taking(draft)
            try:
                body = _body(request, headers, self.desk.limit)
                form = await read_form(headers.get("content-type", ""), body, "file", taking.take)
            except BadForm as error:
                raise bad(str(error), "file") from error
            name, purpose, seconds = _asked(form)
            return as_json(file_object(await draft.keep(name, purpose, seconds)))

    async def all(self, request: Request) -> Response:
        """`GET /v1/files`, of one purpose where that is asked."""
        tenant, query = await self.desk.tenant(request), request.query_params
        purpose, now = query.get("purpose"), time.time()
        files = [each for each in await self.desk.shelf.files(tenant)
                 if purpose in (None, each.purpose) and not each.gone(now)]  # fmt: skip
        shown, more = page(files, lambda file: file.id, query, LIMITS)
        return as_json(listing([file_object(file) for file in shown], more))

    async def one(self, request: Request) -> Response:
        """`GET /v1/files/{id}`."""
        tenant = await self.desk.tenant(request)
        return as_json(file_object(await self.desk.file(tenant, request.path_params["id"])))

    async def content(self, request: Request) -> Response:
        """`GET /v1/files/{id}/content`: the bytes as they came."""
        tenant = await self.desk.tenant(request)
        file = await self.desk.file(tenant, request.path_params["id"])
        headers = {"content-length": str(file.size), "x-content-type-options": "nosniff",
                   "content-disposition": f"attachment; filename*=utf-8''{quote(file.name, safe='')}"}  # fmt: skip
        pieces = self.desk.shelf.content(tenant, file.id)
        # The first is read now: what cannot be read is an error, and not a body that breaks off.
        first = await anext(pieces, b"")
        return StreamingResponse(_chain(first, pieces), headers=headers, media_type="application/octet-stream")

    async def delete(self, request: Request) -> Response:
        """`DELETE /v1/files/{id}`, from the vector stores that have it, too."""
        tenant = await self.desk.tenant(request)
        file = await self.desk.file(tenant, request.path_params["id"])
        await self.desk.attaching.drop_file(tenant, file.id)
        return as_json(deleted(file.id, "file"))


@dataclass(slots=True)
class _Taking:
    """Hands a file's bytes on, up to what a file may have."""

    draft: Draft
    size: int = 0

    async def take(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > MAX_FILE:
            raise HttpError(413, f"The file is larger than {MAX_FILE} bytes.", "request_too_large", "file")
        await self.draft.write(data)


async def _body(request: Request, headers: dict[str, str], limit: int) -> AsyncIterator[bytes]:
    """The body as it comes in. Raises HttpError 413 for one over `limit` bytes, 408 where nothing comes any more."""
    declared, size = headers.get("content-length", ""), 0
    message: Message = {"more_body": True}
    while message.get("more_body"):
        try:
            async with asyncio.timeout(BODY_SECONDS):
                message = await request.receive()
        except TimeoutError as error:
            raise HttpError(408, "The request body did not come to its end in time.", "request_timeout") from error
        if message["type"] == "http.disconnect":
            raise ClientGone
        data = message.get("body", b"")
        size += len(data)
        if size > limit or (declared.isdigit() and int(declared) > limit):
            raise HttpError(413, f"The request body is larger than {limit} bytes.", "request_too_large")
        yield data


async def _chain(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if first:
        yield first
    async for piece in rest:
        yield piece


def _asked(form: Form) -> tuple[str, str, int | None]:
    """Name, purpose and seconds of life. Raises HttpError 400."""
    if form.filename is None:
        raise HttpError(400, "'file' is a required property: a part with a filename.", "missing_required", "file")
    purpose = form.fields.get("purpose")
    if purpose not in PURPOSES:
        raise bad(f"expected one of {', '.join(PURPOSES)}", "purpose")
    anchor, seconds = (form.fields.get(f"expires_after[{name}]") for name in ("anchor", "seconds"))
    if anchor is None and seconds is None:
        return name_of(form.filename), purpose, None
    if anchor != "created_at" or not _SECONDS.fullmatch(seconds or "") or not 3600 <= int(seconds or 0) <= 2_592_000:
        raise bad("expected anchor created_at and seconds from 3600 to 2592000", "expires_after")
    return name_of(form.filename), purpose, int(seconds or 0)


def name_of(given: str) -> str:
    """A file's name as it is shown: without folders, and without what would break a line. Raises HttpError 400."""
    last = re.split(r"[/\\]", given)[-1]
    name = "".join("_" if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") else char for char in last)
    if len(name) > LONGEST:
        raise bad(f"its name is longer than {LONGEST} characters", "file")
    return name if name.strip(".") else "upload"
