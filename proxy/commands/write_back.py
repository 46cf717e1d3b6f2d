"""`rapport write-back`: answers that joined the knowledge index, or may, and how to take them out again."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

from rich.table import Table

from adapters.ports import ConfigError
from adapters.ports.ledger import BY_HAND, PREFIX, Entry, Ledger, Move
from policies.write_back import WriteBackConfig
from policies.write_back.life import DAY, back, then
from policies.write_back.looking import paused
from proxy.app import Rapport, assemble
from proxy.commands import when
from proxy.commands.terminal import Terminal
from proxy.config import load
from proxy.write_back import align

T = TypeVar("T")

_AGO = re.compile(r"(\d{1,6})([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
SHOWN = 60


def list_entries(options: argparse.Namespace) -> int:
    """All entries of the tenant, the newest last."""
    states = (options.state,) if options.state else ()
    found = _run(options, lambda rapport, ledger: ledger.entries(options.tenant, states))
    if options.json:
        print(json.dumps([_row(each) for each in found], ensure_ascii=False))
        return 0
    table = Table("id", "state", "why", "changed", "answer")
    for each in found:
        table.add_row(each.id, each.state, each.reason, when(each.changed), each.answer[:SHOWN])
    Terminal().print(table)
    return 0


def approve(options: argparse.Namespace) -> int:
    """Let an entry be found that holds."""

    async def work(rapport: Rapport, ledger: Ledger) -> tuple[str, bool]:
        entry = await _entry(ledger, options)
        if not entry.answer:
            raise ConfigError(options.id, f"its text is not kept ({entry.state}: {entry.reason})")
        if not entry.holds(await rapport.library.sources(options.tenant)):
            raise ConfigError(options.id, "what it rests on has changed or is gone")
        if entry.created <= _served(rapport):
            raise ConfigError(options.id, "its time is over (`keep_days`)")
        if await paused(rapport.adapters, entry):
            raise ConfigError(options.id, "its person has paused")
        return await _moved(rapport, ledger, entry, Move(entry.id, entry.state, "active", "approved"))

    return _told(options, "active", *_run(options, work))


def reject(options: argparse.Namespace) -> int:
    """Let an entry be found no more."""

    async def work(rapport: Rapport, ledger: Ledger) -> tuple[str, bool]:
        entry = await _entry(ledger, options)
        if entry.state == "expired":
            raise ConfigError(options.id, "is expired already")
        return await _moved(rapport, ledger, entry, Move(entry.id, entry.state, "rejected", BY_HAND))

    return _told(options, "rejected", *_run(options, work))


def rollback(options: argparse.Namespace) -> int:
    """Make what is found as it was at a time: what was promoted later leaves, what was rejected or rolled back later
    comes back."""
    at = moment(options.time, time.time())

    async def work(rapport: Rapport, ledger: Ledger) -> dict[str, int]:
        entries = await ledger.entries(options.tenant)
        states = then(await ledger.events(options.tenant), at)
        moves, lost = back(entries, states, await rapport.library.sources(options.tenant), _served(rapport))
        await ledger.move(moves)
        await align(ledger, rapport.library, rapport.written, rapport.indexer, options.tenant)
        return await _came(rapport, options.tenant, moves, lost)

    done = _run(options, work)
    if options.json:
        print(json.dumps(done))
        return 0
    print(f"{done['left']} left, {done['came_back']} came back.")
    if done["lost"]:
        print(f"{done['lost']} cannot come back: their text is not kept, their time is over, their person said that "
              "they are wrong, or what they rest on has changed.")
    return 0


def moment(text: str, now: float) -> float:
    """A time in seconds since 1970: ISO 8601 (without a zone: this machine's), or how long ago. Raises ConfigError."""
    if ago := _AGO.fullmatch(text.strip()):
        return now - int(ago[1]) * _SECONDS[ago[2]]
    try:
        at = datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        raise ConfigError("TIME", "must be like 2026-05-31T12:00, or 90m, 2h, 3d for so long ago") from None
    if at > now:
        raise ConfigError("TIME", "is to come: it must be a time that was")
    return at


async def _entry(ledger: Ledger, options: argparse.Namespace) -> Entry:
    """The entry that is named, by its id or as much of it as no other one begins with. Raises ConfigError."""
    entries = await ledger.entries(options.tenant)
    found = [each for each in entries if each.id == options.id] or [
        each for each in entries if each.id.startswith(options.id) and len(options.id) > len("wb_")]  # fmt: skip
    if not found:
        raise ConfigError(options.id, "there is no such entry; `rapport write-back list` lists all")
    if len(found) > 1:
        raise ConfigError(options.id, f"{len(found)} entries begin so: say more of it, as {found[0].id}")
    return found[0]


def _served(rapport: Rapport) -> float:
    """When what is over now was accepted, by the settings of the policy."""
    of = (each for each in rapport.settings.policies if isinstance(each, WriteBackConfig))
    return time.time() - next(of, WriteBackConfig()).keep_days * DAY


async def _came(rapport: Rapport, tenant: str, moves: Sequence[Move], lost: int) -> dict[str, int]:
    """What a rollback did, by what is in the index afterwards: others may have changed an entry meanwhile."""
    there = set(await rapport.written.sources(tenant))
    found = {move.id: f"{PREFIX}{move.id}" in there for move in moves}
    came = sum(move.after == "active" and found[move.id] for move in moves)
    left = sum(move.after != "active" and not found[move.id] for move in moves)
    return {"left": left, "came_back": came, "lost": lost + sum(move.after == "active" for move in moves) - came}


async def _moved(rapport: Rapport, ledger: Ledger, entry: Entry, move: Move) -> tuple[str, bool]:
    """Make the change, and the index follow, also where a command was stopped in between; the id, and False where the
    entry was in that state."""
    changed = entry.state != move.after and await ledger.move([move]) > 0
    await align(ledger, rapport.library, rapport.written, rapport.indexer, entry.tenant)
    return entry.id, changed


def _told(options: argparse.Namespace, state: str, id: str, changed: bool) -> int:
    if options.json:
        print(json.dumps({"id": id, "state": state, "changed": changed}))
    else:
        print(f"{id} is {state}{'' if changed else ' already'}.")
    return 0


def _row(entry: Entry) -> dict[str, Any]:
    hidden = ("tenant", "conversation", "person", "approval", "disapproval", "question")
    return {name: value for name, value in asdict(entry).items() if name not in hidden}


def _run(options: argparse.Namespace, work: Callable[[Rapport, Ledger], Awaitable[T]]) -> T:
    async def main() -> T:
        rapport = assemble(load(options.config, secrets=False))
        try:
            assert rapport.adapters.ledger is not None
            return await work(rapport, rapport.adapters.ledger)
        finally:
            await rapport.close()

    return asyncio.run(main())
