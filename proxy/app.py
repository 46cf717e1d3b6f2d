"""The one place that puts everything together: `create_app(settings)`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.cached import CachedEmbedder
from adapters.diskcache import DiskCache
from adapters.lancedb import LanceKnowledge
from adapters.memory import MemoryCache
from adapters.ports import AdapterError, ConfigError, Embedder
from adapters.pyjwt import JwtTokens
from adapters.sql import Database, SqlKeys, SqlOutbox, SqlPeople, SqlUsers
from policies.base import Adapters
from proxy.callers import Callers
from proxy.chain import Chain
from proxy.info import ENDPOINTS, Info
from proxy.learner import Learner
from proxy.receipts import Receipts
from proxy.routes import Chat, Options, Parts
from proxy.routing import Backends, warm
from proxy.settings import Settings, read_secret
from proxy.users import PeopleApi
from proxy.wire import HttpError, Receive, Scope, Send, error_body

log = structlog.get_logger("rapport")

MIB = 1024 * 1024
RETRY = 30.0
CHAT = "/v1/chat/completions"


@dataclass(frozen=True, slots=True)
class Rapport:
    """A deployment in this process: its ports, its chain, its backends. `indexer` embeds passages, cached on disk."""

    settings: Settings
    adapters: Adapters
    chain: Chain
    backends: Backends
    database: Database
    indexer: Embedder | None = None
    closers: tuple[Callable[[], Awaitable[None]], ...] = ()

    async def close(self) -> None:
        """Write what waits and let go of everything."""
        async with contextlib.AsyncExitStack() as stack:
            # Each is closed whatever the others do; the people's file first of all.
            stack.callback(self.chain.close)
            for closing in (*self.closers, self.backends.close, self.adapters.knowledge.close, self.database.close):
                stack.push_async_callback(closing)


def assemble(settings: Settings) -> Rapport:
    """Build ports, policies and backends. Raises ConfigError for what cannot work."""
    database = Database(settings.users.url)
    embedder, sessions = _embedder(settings), MemoryCache()
    cache = DiskCache(settings.cache.path, settings.cache.size_mb * MIB)
    knowledge = LanceKnowledge(settings.knowledge.path, embedder.name if embedder else None,
                               embedder.dimensions if embedder else None)
    adapters = Adapters(
        users=SqlUsers(database), people=SqlPeople(database), outbox=SqlOutbox(database), keys=SqlKeys(database),
        cache=cache, sessions=sessions, knowledge=knowledge,
        # A question's vector tells nearly as much as the question: it is kept in memory only.
        embedder=CachedEmbedder(embedder, sessions) if embedder else None,
    )
    chain = Chain.build(settings.policies, adapters)
    indexer = CachedEmbedder(embedder, cache) if embedder else None
    closers = (cache.close, *((indexer.close,) if indexer else ()))
    return Rapport(settings, adapters, chain, Backends(settings.backends), database, indexer, closers)


@dataclass(frozen=True, slots=True)
class Front:
    """The ASGI application: chats go straight to their endpoint, everything else by Starlette's routes."""

    chat: Chat
    rest: Starlette

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Dispatch one connection."""
        if scope["type"] == "http" and scope["path"] == CHAT and scope["method"] == "POST":
            await self.chat(scope, receive, send)
        else:
            await self.rest(scope, receive, send)


def create_app(settings: Settings) -> Front:
    """The ASGI application. Raises ConfigError for what cannot work."""
    rapport = assemble(settings)
    adapters, receipts = rapport.adapters, Receipts()
    callers = Callers(settings.auth, adapters.keys, _tokens(settings))
    options = Options(settings.server.max_body_mb * MIB, settings.injection.max_tokens)
    info = Info(callers, rapport.backends, receipts, adapters.keys)
    learner = Learner(rapport.chain, adapters.users, adapters.outbox)
    people = PeopleApi(callers, learner, adapters.people, adapters.sessions, receipts, adapters.keys)
    chat = Chat(Parts(callers, rapport.chain, rapport.backends, receipts), options)
    routes = [
        Route(CHAT, chat, methods=["POST"]),
        Route("/v1/models", info.models),
        Route("/v1/models/{id:path}", info.model),
        Route("/v1/receipts/{id}", info.receipt),
        Route("/v1/users/{user:path}/profile", people.profile),
        Route("/v1/users/{user:path}", people.forget, methods=["DELETE"]),
        Route("/healthz", info.healthz),
        Route("/readyz", info.readyz),
    ]
    handlers = {Exception: _internal, HttpError: _http_error, HTTPException: _not_here, AdapterError: _store_away}
    rest = Starlette(routes=routes, exception_handlers=handlers, lifespan=_lifespan(rapport, info, learner))  # type: ignore[arg-type]
    return Front(chat, rest)


def _lifespan(rapport: Rapport, info: Info, learner: Learner) -> object:
    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(learner.run()), asyncio.create_task(_open(rapport.adapters, info))]
        if rapport.backends.needs_litellm or rapport.indexer is not None:
            tasks.append(asyncio.create_task(asyncio.to_thread(warm)))
        for task in tasks:
            task.add_done_callback(_ended)
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await rapport.close()

    return lifespan


async def _open(adapters: Adapters, info: Info) -> None:
    """Open the knowledge index beside the first requests, not before them: LanceDB takes over a second to import."""
    info.away.add("knowledge")
    while True:
        try:
            await adapters.knowledge.ready()
        except AdapterError:
            log.error("knowledge_unavailable")
            await asyncio.sleep(RETRY)
        else:
            info.away.discard("knowledge")
            return


def _ended(task: asyncio.Task[object]) -> None:
    """A background task that fails must not fail in silence."""
    if not task.cancelled() and task.exception() is not None:
        log.error("background_task_failed", reason=type(task.exception()).__name__)


def _embedder(settings: Settings) -> Embedder | None:
    chosen = settings.embedder
    if chosen.kind == "full_text_only":
        return None
    # litellm takes seconds to import, and an embedder asks for it only when it is first used.
    from adapters.litellm import LiteLLMEmbedder

    try:
        key = read_secret(chosen.api_key) if chosen.api_key else None
    except ValueError as error:
        raise ConfigError("embedder.api_key", str(error)) from error
    return LiteLLMEmbedder(chosen.model or "", chosen.dimensions or 0, chosen.api_base, key)


def _tokens(settings: Settings) -> JwtTokens | None:
    jwt = settings.auth.jwt
    return JwtTokens(read_secret(jwt.key), jwt.algorithms, jwt.issuer, jwt.audience) if jwt else None


async def _http_error(_request: Request, error: HttpError) -> Response:
    return Response(error.body, error.status, media_type="application/json")


async def _internal(_request: Request, _error: Exception) -> Response:
    body = error_body(500, "Rapport could not handle this request.", "internal_error")
    return Response(body, 500, media_type="application/json")


async def _not_here(_request: Request, error: HTTPException) -> Response:
    """Starlette's own 404 and 405, in OpenAI's shape, with what is here."""
    message = {404: "Unknown request URL.", 405: "Not allowed to use this method on this URL."}
    text = message.get(error.status_code, error.detail)
    known = "Here are: " + ", ".join(ENDPOINTS) + "."
    return Response(error_body(error.status_code, f"{text} {known}", "unknown_url"), error.status_code,
                    media_type="application/json")


async def _store_away(_request: Request, error: AdapterError) -> Response:
    return Response(error_body(503, str(error), "store_unavailable"), 503, media_type="application/json")
