"""The one place that puts everything together: `create_app(settings)`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.routing import Route

from adapters.cached import CachedEmbedder
from adapters.diskcache import DiskCache
from adapters.lancedb import LanceKnowledge, within
from adapters.memory import MemoryCache
from adapters.ports import FORMATS, Bounds, Embedder, Library, Pace, ResponseStore
from adapters.pyjwt import JwtTokens
from adapters.sql import Database, SqlKeys, SqlOutbox, SqlPeople, SqlResponses, SqlUsers
from adapters.sql.candidates import SqlCandidates
from adapters.sql.ledger import SqlLedger
from adapters.static_embedder import StaticEmbedder
from policies.base import Adapters
from policies.house import House
from policies.identity import IdentityConfig, Source
from policies.preferences import PreferencesConfig
from policies.preferences.aspects import DEFAULT
from proxy.analyst import load_tables, model_of, tables_of
from proxy.asking import Asking, verify_bank
from proxy.callers import Callers
from proxy.chain import Chain
from proxy.choosing import verify_models
from proxy.feedback import FeedbackApi
from proxy.front import FAULTS, Front
from proxy.info import Info
from proxy.learner import Learner
from proxy.models import Models
from proxy.owners import Owners
from proxy.passthrough import Passthrough
from proxy.persons import Persons
from proxy.rated import Ratings
from proxy.receipts import Receipts
from proxy.remembered import Remembered
from proxy.retrieving import embedder_of, entailment_of, load_model, remembering, reranker_of
from proxy.routes import Endpoint, Options, Parts
from proxy.routing import Backends, read_windows, warm
from proxy.section import read_secret
from proxy.settings import Settings
from proxy.shelving import Shelving
from proxy.sight import sight_of
from proxy.stored import Stored
from proxy.tables import verify_tables
from proxy.taste import TasteApi
from proxy.tending import Tending
from proxy.threads import Threads
from proxy.users import PeopleApi
from proxy.write_back import mixing, write_backs, writes_back

log = structlog.get_logger("rapport")

MIB = 1024 * 1024
WRITTEN = "written"
"""Where the index of what models wrote is, inside that of what people wrote."""


@dataclass(frozen=True, slots=True)
class Rapport:
    """A deployment in this process: its ports, its chain, its backends. `indexer` embeds passages, cached on disk;
    `written` is the index of what models wrote, also where no policy shows any of it: what is in it can be taken out.
    """

    settings: Settings
    adapters: Adapters
    chain: Chain
    backends: Backends
    database: Database
    responses: ResponseStore
    library: Library
    written: Library
    indexer: Embedder | None = None
    closers: tuple[Callable[[], Awaitable[None]], ...] = ()

    def persons(self) -> Persons:
        """What can be done for people."""
        adapters, policies = self.adapters, self.settings.policies
        chosen = next((policy for policy in policies if isinstance(policy, PreferencesConfig)), None)
        learner = Learner(self.chain, adapters.users, adapters.outbox)
        return Persons(learner, adapters.users, adapters.people, adapters.sessions, self.backends,
                       chosen.known() if chosen else DEFAULT, self.written, adapters.ledger)

    def asking(self, persons: Persons | None = None) -> Asking:
        """What people can be asked of their taste."""
        learns = any(isinstance(each, PreferencesConfig) and each.election != "off" for each in self.settings.policies)
        return Asking(persons or self.persons(), self.settings.taste.bank, learns, self.adapters.house,
                      self.adapters.sight)  # fmt: skip

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
    people, learning = SqlPeople(database), settings.learning
    embedder, reranker, sessions = embedder_of(settings.embedder), reranker_of(settings.reranker), MemoryCache()
    backends = Backends(settings.backends)
    cache = DiskCache(settings.cache.path, settings.cache.size_mb * MIB)
    vectors = (embedder.name, embedder.dimensions) if embedder else (None, None)
    knowledge = LanceKnowledge(settings.knowledge.path, *vectors)
    written = LanceKnowledge(within(settings.knowledge.path, WRITTEN), *vectors)
    # A question's vector tells nearly as much as the question: it is kept in memory only.
    near, model = remembering(embedder, sessions), model_of(learning, learning.timeout)
    adapters = Adapters(
        users=SqlUsers(database), people=people, peers=people, outbox=SqlOutbox(database),
        keys=SqlKeys(database), cache=cache, sessions=sessions, knowledge=knowledge,
        embedder=near, reranker=reranker, model=model, sight=sight_of(settings.taste, near, model),
        pace=Pace(learning.timeout, learning.calls_per_day, learning.settle),
        window=backends.window, tables=tables_of(settings), analyst=model_of(settings.sql, settings.sql.model_timeout),
        entailment=entailment_of(settings.entailment), house=_house(settings, people, sessions),
        candidates=SqlCandidates(database), ledger=SqlLedger(database),
        mixing=mixing(settings.policies), written=written if writes_back(settings.policies) else None,
    )
    chain = Chain.build(settings.policies, adapters)
    verify_models(settings.policies, backends)
    indexer = remembering(embedder, cache)
    remote = indexer if isinstance(indexer, CachedEmbedder) else None
    others = (remote, adapters.model, reranker, adapters.tables, adapters.analyst, adapters.entailment)
    closers = (cache.close, written.close, *(each.close for each in others if each))
    return Rapport(settings, adapters, chain, backends, database,
                   SqlResponses(database, _bounds(settings)), knowledge, written, indexer, closers)


def _house(settings: Settings, people: SqlPeople, sessions: MemoryCache) -> House:
    wanted = any(isinstance(each, PreferencesConfig) and each.house_prior for each in settings.policies)
    return House(people, sessions, wanted)


def _bounds(settings: Settings) -> Bounds:
    kept = settings.responses
    return Bounds(kept.keep_days, kept.per_person, kept.per_person_mb * MIB, kept.each_mb * MIB, kept.per_key,
                  kept.per_key_mb * MIB)


def create_app(settings: Settings) -> Front:
    """The ASGI application. Raises ConfigError for what cannot work."""
    rapport = assemble(settings)
    load_model(rapport.indexer)
    verify_tables(settings)
    verify_bank(settings.taste.bank)
    adapters, receipts = rapport.adapters, Receipts()
    callers = Callers(settings.auth, adapters.keys, _tokens(settings))
    server, injection = settings.server, settings.injection
    options = Options(server.max_body_mb * MIB, injection.max_tokens, injection.max_replay_tokens)
    info = Info(callers, Models(rapport.backends), receipts, adapters.keys, adapters.tables)
    persons = rapport.persons()
    people = PeopleApi(callers, persons, receipts, adapters.keys, server.max_body_mb * MIB)
    taste, jwt = TasteApi(people, rapport.asking(persons)), settings.auth.jwt
    owners = Owners(adapters.users, adapters.keys, _sources(settings), bool(jwt and jwt.tenant_claim))
    threads = Threads(rapport.responses, owners, rapport.backends)
    feedback = FeedbackApi(callers, owners, adapters.users, rapport.responses, receipts, server.max_body_mb * MIB,
                           Ratings(adapters.users, adapters.sessions), adapters.ledger)
    parts = Parts(callers, rapport.chain, rapport.backends, receipts, threads)
    endpoints = {f"/v1{format.path}": Endpoint(format, parts, options) for format in FORMATS}
    stored = Stored(callers, rapport.backends, threads)
    passthrough = Passthrough(settings.passthrough, callers, server.max_body_mb * MIB)
    library, attach = Shelving(settings, adapters, rapport.library, rapport.indexer).open(callers)
    routes = [
        *library,
        *(Route(path, endpoint, methods=["POST"]) for path, endpoint in endpoints.items()),
        Route("/v1/models", info.models),
        Route("/v1/models/{id:path}", info.model),
        Route("/v1/receipts/{id}", info.receipt),
        Route("/v1/users/{user:path}/profile", people.profile, methods=["GET", "PATCH"]),
        Route("/v1/users/{user:path}/export", people.export),
        Route("/v1/users/{user:path}/import", people.take, methods=["POST"]),
        Route("/v1/users/{user:path}/history", people.history),
        Route("/v1/users/{user:path}/claims/{id}", people.claim, methods=["DELETE"]),
        Route("/v1/users/{user:path}/question", taste.question),
        Route("/v1/users/{user:path}/answers", taste.answers, methods=["POST"]),
        Route("/v1/users/{user:path}", people.forget, methods=["DELETE"]),
        Route("/v1/feedback", feedback.give, methods=["POST"]),
        Route("/openapi.json", info.openapi),
        Route("/healthz", info.healthz),
        Route("/readyz", info.readyz),
    ]
    backs = write_backs(settings.policies, adapters, rapport.library, rapport.written, rapport.indexer)
    work = _work(rapport, info, (persons.learner.run, attach, *backs), passthrough)
    front: list[Front] = []
    rest = Starlette(routes=routes, exception_handlers=FAULTS, lifespan=lambda app: front[0].lifespan(app))
    front.append(Front(server.cors_origins, endpoints, stored, passthrough, rest, work))
    return front[0]


def _work(
    rapport: Rapport, info: Info, runs: Sequence[Callable[[], Coroutine[Any, Any, None]]], passthrough: Passthrough
) -> Callable[[], AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def work() -> AsyncIterator[None]:
        settings, model = rapport.settings, rapport.adapters.model
        # LanceDB takes over a second to import: the index opens beside the first requests, not before them.
        tending = Tending(rapport.adapters.knowledge, rapport.library, rapport.indexer,
                          Remembered(settings.knowledge.files), info.away)
        tasks = [asyncio.create_task(each) for each in (*(run() for run in runs), tending.run())]
        tasks.append(asyncio.create_task(asyncio.to_thread(read_windows)))
        remote = "litellm" in (settings.embedder.kind, settings.reranker.kind)
        remote = remote or model is not None or rapport.adapters.analyst is not None
        if rapport.backends.needs_litellm or remote:
            tasks.append(asyncio.create_task(asyncio.to_thread(warm)))
        if isinstance(rapport.indexer, StaticEmbedder):
            tasks.append(asyncio.create_task(rapport.indexer.ready()))
        if tables := rapport.adapters.tables:
            tasks.append(asyncio.create_task(load_tables(tables, settings)))
        for task in tasks:
            task.add_done_callback(_ended)
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await passthrough.close()
        await rapport.close()

    return work


def _sources(settings: Settings) -> tuple[Source, ...]:
    """Where the chain looks for who asks; nowhere if it does not."""
    found = (policy.sources for policy in settings.policies if isinstance(policy, IdentityConfig))
    return next(found, ())


def _ended(task: asyncio.Task[object]) -> None:
    """A background task that fails must not fail in silence."""
    if not task.cancelled() and task.exception() is not None:
        log.error("background_task_failed", reason=type(task.exception()).__name__)



def _tokens(settings: Settings) -> JwtTokens | None:
    jwt = settings.auth.jwt
    return JwtTokens(read_secret(jwt.key), jwt.algorithms, jwt.issuer, jwt.audience) if jwt else None
