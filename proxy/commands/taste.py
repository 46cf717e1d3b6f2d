"""`rapport taste`: what is known of people's taste, questions in the terminal, banks of questions, learnt axes."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rich.table import Table

from adapters.ports import ConfigError, User
from proxy.app import assemble
from proxy.asking import Asking
from proxy.commands.people import named
from proxy.commands.terminal import Terminal
from proxy.config import load
from proxy.fitting import fitted
from proxy.sight import text_of

if TYPE_CHECKING:
    from policies.rewards.factors import Factors

T = TypeVar("T")
LONGEST_PROMPTS = 1000
"""Prompts of one file."""
REFUSED = {"too_few_people": "Too few people share choices to learn axes from: it takes 20 with four picks each",
           "same_texts": "Later choices of too few people are among other texts than all were learnt from"}  # fmt: skip
WHY = {
    "paused": "the person paused", "drifted": "somebody else seems to choose under this id", "indistinct": "a "
    "neighbour's foresees the choices as well", "too_few_choices": "too few choices so far", "no_better": "it does not "
    "foresee choices better than the house's or a coin", "enough": "enough was asked", "nothing_left": "all was asked",
    "indifferent": "three times in a row neither was preferred",
    "tells_little": "no answer would tell much", "changes_nothing": "no answer would change anything",
    "not_learnt": "no policy learns from answers", "erased": "the person was erased",
}  # fmt: skip


def show(options: argparse.Namespace) -> int:
    """Each axis with its 80 % interval and what bears it, at a place if one is named; whether the own taste serves."""
    found = _asked(options, lambda asking, user: asking.taste(user, options.context))
    if options.json:
        print(json.dumps(found))
        return 0
    table = Table("axis", "coefficient", "80 % interval", "", "chosen for more / less", "said")
    for row in found["axes"]:
        sure, bears = "*" if row["low"] > 0 or row["high"] < 0 else "", row["evidence"]
        table.add_row(row["axis"], f"{row['mean']:+.2f}", f"{row['low']:+.2f} to {row['high']:+.2f}", sure,
                      f"{bears['more']} / {bears['less']}", ", ".join(bears["said"]))  # fmt: skip
    console = Terminal()
    console.print(table)
    if found["context"] and not found["apart"]:
        console.print(f"Nothing is known of {found['context']} alone: this is what holds everywhere.")
    for said in found["said"]:
        console.print(f"Said: {said['aspect']}: {said['value']} ({said['confidence']:.2f})")
    serves = "It serves." if found["serves"] else f"It does not serve: {WHY[found['reason']]}."
    console.print(f"From {found['choices']} choices, {found['answers']} of them answers to questions. {serves}")
    return 0


def ask(options: argparse.Namespace) -> int:
    """Put questions in the terminal until nothing is left to ask, or the person has enough."""

    async def talk(asking: Asking, user: User) -> int:
        while True:
            question = await asking.question(user, options.context)
            if "id" not in question:
                print(f"Nothing more to ask: {WHY[question['reason']]}.")
                return 0
            chosen = await asyncio.to_thread(_choose, question)
            if chosen == "":
                return 0
            answered = await asking.answer(user, question["id"], chosen, options.context)
            for claim in answered["claims"]:
                print(f"Now known: {claim['aspect']}: {claim['value']} ({claim['confidence']:.2f})")

    return _asked(options, talk)


def _choose(question: dict[str, Any]) -> str | None:
    """The id of the answer that is preferred, None for neither, "" where the person stops."""
    print(f"\n{question['prompt']}\n")
    for number, answer in enumerate(question["answers"], 1):
        print(f"--- {number} ---\n{answer['text']}\n")
    while True:
        print("Which do you prefer? 1, 2, 0 for neither, q to stop: ", end="", flush=True)
        said = sys.stdin.readline()
        if said.strip() in ("1", "2"):
            return str(question["answers"][int(said) - 1]["id"])
        if said.strip() == "0":
            return None
        if not said or said.strip().lower() == "q":
            print()
            return ""


def bank(options: argparse.Namespace) -> int:
    """Let the model of `learning` write answers in several styles to each prompt of a file, and score them; a line
    each. What makes no question is told and left out: all the others were paid for."""
    prompts = _prompts(options.prompts)
    if options.out is not None:
        _writable(options.out)
    rapport = assemble(load(options.config))

    async def write() -> tuple[list[str], list[str]]:
        from policies.rewards.writing import bank_of

        try:
            if rapport.adapters.model is None:
                raise ConfigError("learning.model", "a model is to write, and none is named")
            return await bank_of(rapport.adapters.model, prompts)
        finally:
            await rapport.close()

    lines, faults = asyncio.run(write())
    for fault in faults:
        print(fault, file=sys.stderr)
    if not lines:
        return 1
    text = "\n".join(lines) + "\n"
    if options.out is None:
        sys.stdout.write(text)
    else:
        Path(options.out).write_text(text, "utf-8")
        print(f"{len(lines)} prompts written to {options.out}.")
    bare = sum('"scores"' not in line for line in lines)
    if bare:
        print(f"{bare} of them without scores: the model gave none.", file=sys.stderr)
    return 1 if faults else 0


def fit(options: argparse.Namespace) -> int:
    """Learn axes from the choices of people who share; written down only if they foresee held-out choices better."""
    _writable(options.out)
    settings = load(options.config, secrets=False)
    # A file that is there is to be replaced, also where it fits no more.
    rapport = assemble(settings.model_copy(update={"taste": settings.taste.model_copy(update={"factors": None})}))

    async def learn() -> Factors:
        try:
            return await fitted(rapport, options.tenant, options.number)
        finally:
            await rapport.close()

    found = asyncio.run(learn())
    told: dict[str, Any] = {"refused": found.refused, "written": None}
    if found.audit is not None:
        audit = found.audit
        told |= {"people": audit.people, "choices": audit.choices, "factors": round(audit.factors, 4),
                 "named": round(audit.named, 4), "low": round(audit.low, 4)}  # fmt: skip
    if found.directions is not None:
        from policies.rewards.directions import OVER
        from policies.rewards.factor_file import Learnt, written

        embedder = rapport.adapters.embedder
        name, dimensions = (embedder.name, embedder.dimensions) if embedder else (None, 0)
        kept = Learnt(OVER, name, dimensions, tuple(map(tuple, found.directions.tolist())))
        Path(options.out).write_text(written(kept), "utf-8")
        told["written"] = options.out
    if options.json:
        print(json.dumps(told))
    elif found.audit is None:
        print(f"{REFUSED[found.refused]}; the named axes stay.")
    else:
        won = f"better: written to {options.out}" if told["written"] else "not surely better: nothing is written"
        print(f"Held-out choices of {told['people']} people, nats each: learnt {told['factors']}, named "
              f"{told['named']}; {won}.")  # fmt: skip
    return 0


def _writable(file: str) -> None:
    """Whether a file can be written, before anything is paid for. Raises ConfigError."""
    path = Path(file).absolute()
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise ConfigError("--out", "cannot be written")


def _prompts(file: str) -> list[str]:
    """The prompts of a file, one a line."""
    found = [line.strip() for line in text_of(file, "--prompts").splitlines() if line.strip()]
    if not 0 < len(found) <= LONGEST_PROMPTS:
        raise ConfigError("--prompts", f"must hold 1 to {LONGEST_PROMPTS} prompts, one a line")
    return found


def _asked(options: argparse.Namespace, work: Callable[[Asking, User], Awaitable[T]]) -> T:
    """Do something for the person that was named."""
    rapport = assemble(load(options.config, secrets=False))

    async def do() -> T:
        try:
            return await work(rapport.asking(), await named(rapport, options))
        finally:
            await rapport.close()

    return asyncio.run(do())
