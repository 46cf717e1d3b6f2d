"""Files that a client brings, keeps at the provider, and gets back byte for byte."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from tests.fakes.http import Request
from tests.fakes.listing import page
from tests.fakes.multipart import Part
from tests.fakes.openai_chat import CREATED
from tests.fakes.openai_errors import Fault, missing, not_found


class Files:
    """The files of one server."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Any]] = {}
        self._bytes: dict[str, bytes] = {}
        self._made = 0

    def create(self, form: Mapping[str, Any]) -> dict[str, Any] | Fault:
        """Keep the file of a form."""
        file, purpose = form.get("file"), form.get("purpose")
        if not isinstance(file, Part):
            return missing("file")
        if not isinstance(purpose, str):
            return missing("purpose")
        self._made += 1
        name = f"file-{os.getpid():08x}{self._made:016x}"
        self._bytes[name] = file.content
        self._rows[name] = {
            "id": name,
            "object": "file",
            "bytes": len(file.content),
            "created_at": CREATED + self._made,
            "expires_at": None,
            "filename": file.filename,
            "purpose": purpose,
            "status": "processed",
            "status_details": None,
        }
        return self._rows[name]

    def answer(self, request: Request) -> dict[str, Any] | bytes | Fault | None:
        """Answer GET of all, GET and DELETE of {id}, GET {id}/content. None: there is no such route."""
        _, *rest = request.path.split("/")
        action = (request.method, *rest[1:])
        if request.method == "GET" and not rest:
            return self._all(request.query)
        if not rest or action not in (("GET",), ("DELETE",), ("GET", "content")):
            return None
        name = rest[0]
        if name not in self._rows:
            return not_found(f"No such File object: {name}", "id")
        if action == ("GET", "content"):
            return self._bytes[name]
        if action == ("GET",):
            return self._rows[name]
        del self._rows[name], self._bytes[name]
        return {"id": name, "object": "file", "deleted": True}

    def _all(self, query: str) -> dict[str, Any]:
        purpose = parse_qs(query).get("purpose")
        rows = [row for row in self._rows.values() if purpose in (None, [row["purpose"]])]
        return page(rows, query, 10_000)
