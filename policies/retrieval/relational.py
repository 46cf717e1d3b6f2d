"""The third outcome beside searching and not: a question over rows is computed from the tables of the tenant.

Retrieval fails there by structure: no passage holds a count or an order over rows (LOFT, arXiv 2406.13121, SQL tasks).
What is taken for such a question must sound like one and name something of the tables.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from adapters.ports import AdapterError, Block, Schema, Tables, count_tokens
from policies.base import Exchange
from policies.questions.needs import RELATIONAL, Need
from policies.replay import Given
from policies.tables.asking import Asking
from policies.tables.concerning import LEAST, concerns
from policies.tables.index import indexed, known
from policies.tables.showing import not_computed, shown

LOAD = 0.4
"""Of the policy's time that is waited for tables which are not loaded yet."""
FRESH = 0.1
"""And for newer rows of such as are: until they are there, those before serve."""
FAULTS = (AdapterError, ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RuntimeError, TypeError,
          ValueError)  # fmt: skip
"""What reading a question, or what a model answers to it, may stumble over."""


class Answered(NamedTuple):
    """What came of a question: `given` for the turn where it was computed, else what to `say` of it, or neither."""

    given: Given | None = None
    say: str = ""


NOTHING = Answered()


@dataclass(frozen=True, slots=True)
class Relational:
    """Asks the tables within `seconds` of its own, and `timeout` of the policy's; `most` tokens at most."""

    tables: Tables
    asking: Asking
    seconds: float
    timeout: float
    most: int

    async def compute(self, exchange: Exchange, asked: str, need: Need, limit: asyncio.Timeout) -> Answered:
        """What the tables say to the last turn of the person. What it takes does not count for the `limit` of the rest.
        """
        if (need.relational or 0.0) < LEAST:
            return NOTHING
        clock, end = asyncio.get_running_loop().time, limit.when()
        began = clock()
        limit.reschedule(None)
        try:
            return await self._compute(exchange, asked, need)
        except FAULTS as fault:  # costs the computation alone: passages are searched all the same
            exchange.receipt.note("not_computed", sql=f"error:{type(fault).__name__}")
            schema = self.tables.schema(exchange.caller.tenant)
            return Answered(say=not_computed(schema)) if schema else NOTHING
        finally:
            limit.reschedule(end and end + clock() - began)

    async def _compute(self, exchange: Exchange, asked: str, need: Need) -> Answered:
        tenant, note, today = exchange.caller.tenant, exchange.receipt.note, datetime.now().astimezone().date()
        try:
            schema = await self.loaded(tenant)
        except (AdapterError, TimeoutError) as fault:
            # Whether the tables could tell is not known: nothing is said of them.
            if (need.relational or 0.0) >= RELATIONAL:
                note("tables_unavailable", sql="loading" if isinstance(fault, TimeoutError) else "unreadable")
            return NOTHING
        if schema is None or not concerns(need.relational, asked, schema, today):
            return NOTHING
        try:
            async with asyncio.timeout(self.seconds):
                found = await self.asking.ask(tenant, asked, schema, today)
        except TimeoutError:
            note("sql_timeout", sql="sql_timeout")
            return Answered(say=not_computed(schema))
        if found.rows is None:
            note("not_computed", sql=found.reason, asked_model=found.calls)
            return Answered(say=not_computed(schema))
        text, number = shown(found, self._room(exchange))
        if not text:
            note("no_budget", sql=found.reason)
            return Answered(say=not_computed(schema))
        tokens = count_tokens(Block("sources", text, "tail").render())
        note("computed", tokens, sql=found.reason, rows=number, more=found.rows.more or number < len(found.rows.rows),
             asked_model=found.calls)
        return Answered(Given(text, (), tokens, made=exchange.came))

    async def loaded(self, tenant: str) -> Schema | None:
        """The tables as they are now, or were a moment ago, with the index of their words, which is never built here;
        None where there are none. Raises AdapterError and TimeoutError where there is nothing of them yet."""
        before = self.tables.schema(tenant)
        if before is not None and not known(before):
            before = None
        try:
            async with asyncio.timeout(self.timeout * (LOAD if before is None else FRESH)):
                now = await self.tables.ready(tenant)
                if now is not None:
                    await indexed(now)
                return now
        except (AdapterError, TimeoutError):
            if before is None:
                raise
            return before

    def said(self, exchange: Exchange, say: str, given: Given | None) -> Given | None:
        """What a turn is given, with what is to be said before it, as far as there is room."""
        text = f"{say}\n\n{given.text}" if given else say
        tokens = count_tokens(Block("sources", text, "tail").render())
        more = tokens - (given.tokens if given else 0)
        if more > exchange.receipt.budget - exchange.receipt.tokens:
            return given
        exchange.receipt.note("passages_cannot_tell", more)
        return replace(given, text=text, tokens=tokens) if given else Given(text, (), tokens, made=exchange.came)

    def _room(self, exchange: Exchange) -> int:
        return min(self.most, exchange.receipt.budget - exchange.receipt.tokens)
