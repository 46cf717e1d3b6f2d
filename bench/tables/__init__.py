"""How often questions over tables get the right rows. No data, no network, no real model: three sample databases in the
real engine, 60 questions with gold answers and 40 traps (`questions`), and a model on a socket that knows the gold SQL.

templates/right        of 60: answered by a template with the gold rows, strictly (`judging.strict`)
templates/right_wider  the same, but that the answer may show further columns
templates/right_loft   the same as LOFT counts, which is lenient
templates/abstained    of 60: no query was written
templates/wrong        of 60: a query was written, and its rows are not the gold rows, strictly
templates/wrong_wider  the same, but that further columns are no mistake
templates/KIND/right, KIND/wrong     by kind: one, group, join (of 21, 21, 18)
templates/traps_answered             of 40: answered all the same
model/right            of 60: gold rows, where a model writes the gold SQL: what the engine and the way to it lose
gate/taken, gate/traps_taken         of 60 and 40: what the gate takes for a question over the tables
added_ms/p50, p95      milliseconds of the whole way of one of the 60 without the model's call, best of 3
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from bench.tables.questions import questions


def run(_data: Path | None = None) -> dict[str, float]:
    """The metrics `tables/...`. Raises ImportError without the extra `sql`."""
    from bench.tables.measuring import measured  # the engine is optional, the questions are not

    return {f"tables/{name}": round(figure, 4) for name, figure in asyncio.run(measured(questions())).items()}
