"""The figures count what they say, over the real engine and a model on a socket."""

import asyncio
from dataclasses import replace

import pytest

from adapters.ports import Rows
from bench.tables.measuring import known, measured, templates
from bench.tables.questions import Question, questions
from bench.tables.route import Outcome

pytestmark = [
    pytest.mark.filterwarnings("ignore:Accessing the .* attribute on the instance is deprecated"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
]
ONE = Question("shop", "one", "How many?", "SELECT 1", (((1.0,),),))


def test_measured() -> None:
    """A model that knows the gold queries is always right, one that is mistaken is not, and traps are no questions."""
    asked = questions()
    some = [*asked[:3], replace(asked[3], answers=(((-1.0,),),)), *asked[-2:]]
    metrics = asyncio.run(measured(some))
    assert metrics["model/right"] == 3
    assert metrics["templates/right"] + metrics["templates/wrong"] + metrics["templates/abstained"] == 4
    assert 0 <= metrics["templates/traps_answered"] <= 2
    assert metrics["gate/taken"] <= 4
    assert 0 < metrics["added_ms/p50"] <= metrics["added_ms/p95"]


def test_templates() -> None:
    """Right, wrong and abstained, strictly and not, by kind."""
    def outcome(*rows: tuple[int, ...]) -> Outcome:
        return Outcome(True, Rows(("n",), rows) if rows else None, "", 1.0)

    wrong = replace(ONE, kind="join")
    metrics = templates([(ONE, outcome((1,))), (ONE, outcome()), (wrong, outcome((2,))), (wrong, outcome((1, 2)))])
    assert {name.removeprefix("templates/"): count for name, count in metrics.items() if count} == {
        "right": 1, "right_wider": 2, "right_loft": 1, "abstained": 1, "wrong": 2, "wrong_wider": 1, "one/right": 1,
        "join/wrong": 2,
    }  # fmt: skip


def test_known() -> None:
    """The model tells questions apart of which one begins like another."""
    longer = replace(ONE, text="How many? \"All\" of them", sql="SELECT 2")

    async def go() -> list[str]:
        with known([ONE, longer]) as model:
            said = [await model.ask(f"Write one SELECT for: {each.text}", 50) for each in (ONE, longer)]
            await model.close()
            return said

    assert asyncio.run(go()) == ["SELECT 1", "SELECT 2"]
