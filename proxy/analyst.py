"""What answers questions over tables: the tables of the configuration, and the model that may write queries."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from adapters.ports import AdapterError, Model, Tables
from policies.tables.index import indexed
from proxy.section import read_secret
from proxy.tables import limits_of, sources_of

if TYPE_CHECKING:
    from proxy.settings import Learning, Settings
    from proxy.tables import SqlSettings

AGAIN = 1.0
"""Seconds at least between two looks for a source that is away."""


def tables_of(settings: Settings) -> Tables | None:
    """The tables, or None where none are configured. Raises ConfigError for what cannot work."""
    if not settings.tables:
        return None
    from adapters.duckdb.tables import DuckTables

    return DuckTables(sources_of(settings), limits_of(settings))


def model_of(chosen: Learning | SqlSettings, timeout: float) -> Model | None:
    """The model of a section, or None; `timeout` is in seconds for one answer. Its key is read for each request."""
    if chosen.model is None:
        return None
    from adapters.litellm_model import LiteLLMModel

    key = partial(read_secret, chosen.api_key) if chosen.api_key else None
    return LiteLLMModel(chosen.model, timeout, chosen.api_base, key)


async def load_tables(tables: Tables, settings: Settings) -> None:
    """Load the tables of every tenant that the configuration names, so that the first question need not wait; and again
    whenever a source is away, so that it is there, and told to be, without a question. Never ends."""
    named = {tenant for entry in settings.tables for tenant in entry.tenants if tenant != "*"}
    first = True
    while True:
        for tenant in sorted(named | {"default"}) if first or tables.away else ():
            with suppress(AdapterError):
                if schema := await tables.ready(tenant):
                    await indexed(schema)
        first = False
        await asyncio.sleep(max(AGAIN, settings.sql.refresh))
