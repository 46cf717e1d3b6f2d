"""`rapport taste`: shown, asked in the terminal, banks that a model writes, and axes that are learnt only if better."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.ports import Evidence, User
from policies.preferences.edit import Edit
from policies.rewards.bank import parsed
from policies.rewards.prior import LEAST
from proxy.app import assemble
from proxy.config import load
from tests.fakes.scripted import Answer, scripted
from tests.rapport import cli, configure

TEXTS = ["Yes, do.", "Here:\n- one thing\n- another thing\n- for example, a third", "# Plan\n" + "Consider it. " * 40,
         "Sure! 🙂 You can do it. Will you?"]  # fmt: skip


def test_a_stranger_has_no_taste(tmp_path: Path) -> None:
    """Every axis is open, and it is told why it does not serve."""
    config = configure(tmp_path)
    found = json.loads(cli("taste", "show", "ann", "--json", config=config).stdout)
    assert all(row["mean"] == 0.0 and row["low"] < 0.0 < row["high"] for row in found["axes"])
    assert (found["choices"], found["answers"], found["serves"], found["house"]) == (0, 0, False, False)
    shown = cli("taste", "show", "ann", config=config)
    assert "directness" in shown.stdout and "It does not serve: too few choices so far." in shown.stdout
    assert cli("users", "list", "--json", config=config).stdout == "[]\n", "to look makes nobody"


def test_questions_are_answered_in_the_terminal(tmp_path: Path) -> None:
    """By number, neither, or not at all; what is no answer is asked again."""
    config = configure(tmp_path)
    asked = cli("taste", "ask", "ann", config=config, given=b"1\nwhat\n0\nq\n")
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.count("--- 1 ---") == 3 and asked.stdout.count("Which do you prefer?") == 4
    assert json.loads(cli("taste", "show", "ann", "--json", config=config).stdout)["answers"] == 2
    ended = cli("taste", "ask", "ann", config=config, given=b"2\n" * 8)
    assert "Nothing more to ask: no answer would tell much." in ended.stdout


def test_a_bank_of_ones_own_is_asked_from(tmp_path: Path) -> None:
    """Its path starts at the configuration; one that is none is refused, with its place."""
    answers = [{"style": "a", "text": TEXTS[0]}, {"style": "b", "text": TEXTS[2]}]
    (tmp_path / "bank.jsonl").write_text(json.dumps({"id": "mine", "prompt": "Shall I?", "answers": answers}) + "\n")
    config = configure(tmp_path, taste={"bank": "bank.jsonl"})
    assert "Shall I?" in cli("taste", "ask", "ann", config=config, given=b"q\n").stdout
    (tmp_path / "bank.jsonl").write_text("{}\n")
    broken = cli("taste", "ask", "ann", config=config, given=b"q\n")
    assert (broken.returncode, broken.stdout) == (2, "") and "taste.bank.1.answers" in broken.stderr


def test_a_model_writes_a_bank(tmp_path: Path) -> None:
    """One line a prompt, and what makes no question is told and left out: the others were paid for. Nothing where no
    model is named."""
    (tmp_path / "prompts").write_text("Shall I?\n\nHow?\n")
    out = tmp_path / "bank.jsonl"
    arguments = ("taste", "bank", "--prompts", str(tmp_path / "prompts"), "--out", str(out))
    alike = Answer(json.dumps({"answers": ["Yes, do."] * 4}))
    texts, rated = (Answer(json.dumps({"answers": each})) for each in (TEXTS, [{"warmth": at / 4} for at in range(4)]))
    nowhere = cli(*arguments[:-1], str(tmp_path / "absent" / "bank"), config=configure(tmp_path))
    assert nowhere.returncode == 2 and "--out" in nowhere.stderr  # before anything is asked
    with scripted(texts, rated, alike) as model:
        learning = {"model": "openai/writer", "api_base": model.base, "api_key": "env:FAKE_KEY"}
        some = cli(*arguments, config=configure(tmp_path, learning=learning))
        assert (some.returncode, some.stdout) == (1, f"1 prompts written to {out}.\n")
        assert some.stderr == "q002: the model's answers are too much alike to ask which is preferred\n"
        model.answers[:] = [texts, rated, texts]
        done = cli(*arguments, config=configure(tmp_path, learning=learning))
    assert (done.returncode, done.stdout) == (0, f"2 prompts written to {out}.\n")
    assert done.stderr == "1 of them without scores: the model gave none.\n"
    items = parsed(out.read_text().splitlines())
    found = [(item.id.partition("-")[0], item.prompt, len(item.answers)) for item in items]
    assert found == [("q001", "Shall I?", 4), ("q002", "How?", 4)]
    assert [answer.scores.get("warmth") for answer in items[0].answers] == [0.0, 0.25, 0.5, 0.75]
    without = cli(*arguments, config=configure(tmp_path))
    assert without.returncode == 2 and "learning.model" in without.stderr


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_no_prompts_are_no_bank(tmp_path: Path, text: str) -> None:
    """Nor a file that is not there."""
    (tmp_path / "prompts").write_text(text)
    for file in ("prompts", "absent"):
        done = cli("taste", "bank", "--prompts", str(tmp_path / file), config=configure(tmp_path))
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1) and "--prompts" in done.stderr


def test_check_reads_the_bank(tmp_path: Path) -> None:
    """As the start does."""
    (tmp_path / "bank").write_text('{"id": "a"}')
    done = cli("check", config=configure(tmp_path, taste={"bank": str(tmp_path / "bank")}))
    assert done.returncode == 2 and "taste.bank.1.answers: must be a list" in done.stderr


def test_axes_are_not_learnt_from_few(tmp_path: Path) -> None:
    """Nothing is written down; a number of axes that cannot be is refused."""
    config = configure(tmp_path)
    done = cli("taste", "fit", "--json", "--out", str(tmp_path / "factors.json"), config=config)
    assert json.loads(done.stdout) == {"refused": "too_few_people", "written": None}
    assert not (tmp_path / "factors.json").exists()
    assert "Too few people share" in cli("taste", "fit", config=config).stdout
    wrong = cli("taste", "fit", "--number", "9", config=config)
    assert wrong.returncode == 2 and "--number" in wrong.stderr


async def fill(config: Path, first: Callable[[int], bool]) -> None:
    """Enough people who share, with six picks each; `first` says whether the short one of two texts was picked."""
    rapport = assemble(load(config, secrets=False))
    persons = rapport.persons()
    for number in range(LEAST):
        user, items = User(f"u_{number:032x}"), []
        for at in range(6):
            short, long = TEXTS[0], TEXTS[number % 3 + 1] + str(at)
            chosen, rejected = (short, long) if first(at) else (long, short)
            items.append(Evidence(f"{number}.{at}", "pick", chosen, "assistant", rejected))
        await rapport.adapters.users.append(user, items)
        await persons.edit(user, Edit(share=True))
    await rapport.close()


def fitted(config: Path, out: Path) -> dict[str, Any]:
    return dict(json.loads(cli("taste", "fit", "--json", "--out", str(out), config=config).stdout))


def test_axes_that_foresee_no_better_are_not_written(tmp_path: Path) -> None:
    """Of picks at random; with the figures that say so."""
    config, out, rng = configure(tmp_path), tmp_path / "factors.json", random.Random(1)
    asyncio.run(fill(config, lambda at: rng.random() < 0.5))
    found = fitted(config, out)
    assert (found["refused"], found["written"], found["people"]) == ("no_better", None, LEAST)
    assert found["choices"] == LEAST * 2 and found["factors"] < 0 and not out.exists()
    assert "nothing is written" in cli("taste", "fit", "--out", str(out), config=config).stdout


def test_axes_that_foresee_better_are_written(tmp_path: Path) -> None:
    """With the names of the axes that they are made of."""
    config, out = configure(tmp_path), tmp_path / "factors.json"
    asyncio.run(fill(config, lambda at: at % 2 == 1))
    found = fitted(config, out)
    kept = json.loads(out.read_text())
    assert found["written"] == str(out) and found["low"] > 0 and found["factors"] > found["named"]
    assert len(kept["axes"]) == 14 and len(kept["directions"]) == 5 and kept["embedder"]
    assert {len(row) for row in kept["directions"]} == {14 + kept["dimensions"]} and kept["dimensions"] == 256
