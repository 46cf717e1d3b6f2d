"""The product's way of a question over tables, and what all but the model's call takes of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import NamedTuple

from adapters.ports import Model, Rows, Tables
from bench.tables.samples import TODAY
from policies.questions.classifier import shipped
from policies.questions.needs import Gate
from policies.tables.asking import Asking
from policies.tables.concerning import concerns


class Outcome(NamedTuple):
    """What came of a question: whether the gate takes it for one over the tables, the rows or None, and why;
    `ms` is what all but the model's call took."""

    taken: bool
    rows: Rows | None
    reason: str
    ms: float


@dataclass(slots=True)
class Timed:
    """A model of which it is known how many seconds were waited for it."""

    model: Model
    waited: float = 0.0

    async def ask(self, prompt: str, max_tokens: int, *, json: bool = False) -> str:
        """What the model says."""
        began = time.perf_counter()
        try:
            return await self.model.ask(prompt, max_tokens, json=json)
        finally:
            self.waited += time.perf_counter() - began

    async def close(self) -> None:
        """The model is somebody else's."""


@dataclass(frozen=True, slots=True)
class Route:
    """Answers by a template, and, where there is none, by the SQL of `model`. `templates`: whether they are tried."""

    tables: Tables
    model: Model | None = None
    templates: bool = True

    async def ask(self, tenant: str, question: str) -> Outcome:
        """The outcome. What the gate does not take is answered all the same, so that either can be measured alone.
        Raises LookupError where the tenant has no tables."""
        began, model = time.perf_counter(), Timed(self.model) if self.model else None
        schema = await self.tables.ready(tenant)
        if schema is None:
            raise LookupError(f"no tables of {tenant}")
        taken = concerns(Gate(shipped()).read(question, question).relational, question, schema, TODAY)
        asking = Asking(self.tables, model)
        if self.templates or model is None:
            found = await asking.ask(tenant, question, schema, TODAY)
        else:
            found = await asking.by_model(model, tenant, question, schema, TODAY)
        took = time.perf_counter() - began - (model.waited if model else 0.0)
        return Outcome(taken, found.rows, found.reason, 1000 * took)
