"""`rapport users`: the people's data."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from rich.table import Table

from adapters.ports import ConfigError, Evidence, User
from proxy.app import Rapport, assemble
from proxy.commands import when
from proxy.commands.terminal import Terminal
from proxy.config import load
from proxy.learner import Learner
from proxy.users import describe
from proxy.users import forget as erase

LONGEST = 20_000
DAY = 86_400
INTERNAL = re.compile(r"u_[0-9a-f]{32}")


def list_people(options: argparse.Namespace) -> int:
    """Everyone known, by internal id: ids as callers say them are not kept."""
    found = asyncio.run(_open(options).adapters.people.list(None if options.all else options.tenant))
    if options.json:
        print(msgspec.json.encode(found).decode())
        return 0
    table = Table("person", "tenant", "events", "claims", "last seen")
    for person in found:
        table.add_row(person.id, person.tenant, str(person.events), str(person.claims), when(person.last_seen))
    Terminal().print(table)
    return 0


def show(options: argparse.Namespace) -> int:
    """What is known of a person now, one claim a line."""
    rapport = _open(options)

    async def read() -> dict[str, Any]:
        person = await _learner(rapport).caught_up(await _user(rapport, options))
        await rapport.close()
        return describe(person.profile)

    known = asyncio.run(read())
    if options.json:
        print(json.dumps(known))
        return 0
    console = Terminal()
    if not known["claims"] and not known["events"]:
        console.print("Nothing is known of this person.")
        return 0
    table = Table("aspect", "value", "kind", "confidence", "seen", "since")
    for claim in known["claims"]:
        table.add_row(claim["aspect"], claim["value"], claim["kind"], f"{claim['confidence']:.2f}",
                      str(claim["seen"]), when(claim["valid_from"]))
    console.print(table)
    console.print(f"Version {known['version']}, from {known['events']} events.")
    return 0


def export(options: argparse.Namespace) -> int:
    """All that is kept of a person, as JSON."""
    rapport = _open(options)

    async def read() -> dict[str, Any]:
        return await rapport.adapters.people.export(await _user(rapport, options))

    print(json.dumps(asyncio.run(read()), indent=None if options.json else 2, ensure_ascii=False))
    return 0


def import_outputs(options: argparse.Namespace) -> int:
    """Past outputs of a person, all lines or none; the same line twice is one event."""
    evidence = tuple(parse(_lines(options.file), options.file, time.time()))
    rapport = _open(options)

    async def write() -> int:
        user = await _user(rapport, options)
        new = await rapport.adapters.users.append(user, evidence)
        while await _learner(rapport).work():
            pass
        await rapport.close()
        return new

    new = asyncio.run(write())
    print(json.dumps({"read": len(evidence), "new": new}) if options.json
          else f"{len(evidence)} outputs read, {new} of them new.")
    return 0


def forget(options: argparse.Namespace) -> int:
    """Erase a person; asks first unless told not to."""
    if not options.yes:
        if not sys.stdin.isatty():
            print("rapport: add --yes to erase without being asked", file=sys.stderr)
            return 2
        print(f"Erase everything of {options.user}? [y/N] ", end="", flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            return 1
    rapport = _open(options)

    async def write() -> tuple[dict[str, int], int]:
        adapters = rapport.adapters
        gone = await erase(adapters.people, adapters.sessions, rapport.backends, await _user(rapport, options))
        await rapport.close()
        return gone

    erased, left = asyncio.run(write())
    if left:
        print(f"rapport: {left} responses of this person are still kept by backends, which did not delete them",
              file=sys.stderr)
    if options.json:
        print(json.dumps({**erased, "left_at_backends": left}))
    elif any(erased.values()):
        print("Erased: " + ", ".join(f"{count} {kind}" for kind, count in erased.items()) + ".")
    else:
        print("Nothing was known of this person.")
    return 0


def parse(lines: Iterable[str], name: str, now: float) -> Iterable[Evidence]:
    """Lines of `{text, input?, time?}` as evidence; those without a time are of `now`, in seconds since 1970.

    Raises ConfigError naming the line that is wrong.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            row = msgspec.json.decode(line.encode("utf-8", "replace"))
        except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
            raise ConfigError(place, "must be one JSON object a line: {text, input?, time?}") from error
        yield _evidence(row, place, now)


def _evidence(row: Any, place: str, now: float) -> Evidence:
    known = ("text", "input", "time")
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not row["text"].strip():
        raise ConfigError(f"{place}.text", "must be what the person wrote, as a string that is not empty")
    unknown = [field for field in row if field not in known]
    if unknown:
        raise ConfigError(f"{place}.{unknown[0]}", f"unknown field; known: {', '.join(known)}")
    asked = row.get("input", "")
    if not isinstance(asked, str):
        raise ConfigError(f"{place}.input", "must be a string: what the person was asked")
    stamp = _stamp(row.get("time", 0), f"{place}.time", now)
    digest = hashlib.blake2b(row["text"].encode(), digest_size=16).hexdigest()
    return Evidence(event=f"import-{digest}", kind="import", text=row["text"][:LONGEST], context=asked[:600],
                    digest=digest, fresh=False, time=stamp or now)


def _stamp(value: Any, place: str, now: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ConfigError(place, "must be seconds since 1970, as a number")
    if value > now + DAY:
        raise ConfigError(place, "must be seconds since 1970, and lies in the future: probably it is milliseconds")
    return float(value)


def _lines(file: str) -> list[str]:
    """Lines end at a line feed only: other characters that Python takes for line ends may stand in JSON strings."""
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return raw.decode("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(file, f"cannot be read: {reason}") from error


def _open(options: argparse.Namespace) -> Rapport:
    return assemble(load(options.config, secrets=False))


def _learner(rapport: Rapport) -> Learner:
    return Learner(rapport.chain, rapport.adapters.users, rapport.adapters.outbox)


async def _user(rapport: Rapport, options: argparse.Namespace) -> User:
    """The person as callers of the tenant say it; with `--internal`, by the id that `users list` shows.

    An id that only looks like an internal one belongs to a caller, who may choose ids freely.
    """
    said: str = options.user
    if options.internal:
        if not INTERNAL.fullmatch(said):
            raise ConfigError("--internal", "wants an id as `rapport users list` shows it: u_ and 32 hex digits")
        return User(said, options.tenant)
    return User.of(await rapport.adapters.keys.secret(), options.tenant, said)
