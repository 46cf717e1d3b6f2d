"""Files and vector stores of a deployment: their routes, and the work behind them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from starlette.routing import Route

from adapters.ports import Embedder, Library
from adapters.shelf import FolderShelf
from policies.base import Adapters
from proxy.attaching import Attaching
from proxy.attachments import AttachmentsApi
from proxy.callers import Callers
from proxy.desk import Desk
from proxy.files import FilesApi
from proxy.settings import Settings
from proxy.vector_stores import VectorStoresApi


@dataclass(frozen=True, slots=True)
class Shelving:
    """`library` and `indexer` take in what is attached; knowledge and embedder of `adapters` answer searches."""

    settings: Settings
    adapters: Adapters
    library: Library
    indexer: Embedder | None

    def open(self, callers: Callers) -> tuple[list[Route], Callable[[], Coroutine[Any, Any, None]]]:
        """The routes, and the work in the background that they wait for."""
        shelf = FolderShelf(self.settings.knowledge.files)
        attaching = Attaching(shelf, self.library, self.indexer)
        desk = Desk(callers, shelf, attaching, self.settings.server.max_body_mb << 20)
        stores = VectorStoresApi(desk, self.adapters.knowledge, self.adapters.embedder)
        return [*FilesApi(desk).routes(), *stores.routes(), *AttachmentsApi(desk).routes()], attaching.run
