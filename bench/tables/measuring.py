"""The figures of the bench over tables: what they mean stands where the bench does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from adapters.duckdb import DuckTables, Limits
from adapters.litellm_model import LiteLLMModel
from adapters.ports import Tables
from bench.tables.judging import loft, strict, wider
from bench.tables.questions import KINDS, Question
from bench.tables.route import Outcome, Route
from bench.tables.samples import samples
from tests.fakes.scripted import Answer, scripted

TIMES = 3
Judged = Sequence[tuple[Question, Outcome]]


async def measured(asked: Sequence[Question]) -> dict[str, float]:
    """The metrics over these questions."""
    tables = DuckTables(samples(), Limits())
    real, traps = [each for each in asked if each.kind != "trap"], [each for each in asked if each.kind == "trap"]
    try:
        with known(real) as model:
            answered, trapped = await all_of(Route(tables), real), await all_of(Route(tables), traps)
            by_model = await all_of(Route(tables, model, templates=False), real)
            times = await timed(tables, model, real)
            await model.close()
    finally:
        await tables.close()
    return {
        **templates(answered), "templates/traps_answered": sum(outcome.rows is not None for _, outcome in trapped),
        "model/right": sum(_fits(strict, *each) for each in by_model),
        "gate/taken": sum(outcome.taken for _, outcome in answered),
        "gate/traps_taken": sum(outcome.taken for _, outcome in trapped),
        "added_ms/p50": times[len(times) // 2], "added_ms/p95": times[int(len(times) * 0.95)],
    }  # fmt: skip


async def all_of(route: Route, asked: Sequence[Question]) -> Judged:
    """Each question with what came of it."""
    return [(each, await route.ask(each.tables, each.text)) for each in asked]


async def timed(tables: Tables, model: LiteLLMModel, asked: Sequence[Question]) -> list[float]:
    """Milliseconds of each, rising: the best of several, since other processes are in the way."""
    route = Route(tables, model)
    return sorted([min([(await route.ask(each.tables, each.text)).ms for _ in range(TIMES)]) for each in asked])


def templates(answered: Judged) -> dict[str, float]:
    """How the templates did."""
    given = [each for each in answered if each[1].rows is not None]
    counts = {name: sum(_fits(way, *each) for each in given)
              for name, way in (("right", strict), ("right_wider", wider), ("right_loft", loft))}  # fmt: skip
    metrics = {**counts, "abstained": len(answered) - len(given), "wrong": len(given) - counts["right"],
               "wrong_wider": len(given) - counts["right_wider"]}  # fmt: skip
    for kind in KINDS[:-1]:
        fits = [_fits(strict, *each) for each in given if each[0].kind == kind]
        metrics |= {f"{kind}/right": sum(fits), f"{kind}/wrong": len(fits) - sum(fits)}
    return {f"templates/{name}": float(count) for name, count in metrics.items()}


def _fits(way: Any, question: Question, outcome: Outcome) -> bool:
    """Whether the outcome is one of the answers of the question."""
    return outcome.rows is not None and any(way(outcome.rows.rows, gold) for gold in question.answers)


@contextmanager
def known(asked: Sequence[Question]) -> Iterator[LiteLLMModel]:
    """A model behind a socket that answers each of these questions with its gold SQL."""
    longest = sorted(asked, key=lambda each: -len(each.text))

    def make(body: Any) -> str:
        said = json.dumps(body["messages"], ensure_ascii=False)
        return next(each.sql for each in longest if json.dumps(each.text, ensure_ascii=False)[1:-1] in said)

    with scripted(Answer(make=make)) as server:
        yield LiteLLMModel("openai/sql", 20.0, server.base, lambda: "sk-bench")
