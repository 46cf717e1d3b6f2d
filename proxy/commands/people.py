"""`rapport users`: the people's data."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from rich.table import Column, Table

from adapters.ports import ConfigError, Profile, User
from policies.preferences.edit import BadEdit, Change, Edit
from proxy import imports
from proxy.app import Rapport, assemble
from proxy.commands import when
from proxy.commands.terminal import Terminal
from proxy.config import load
from proxy.describing import describe
from proxy.persons import Persons

INTERNAL = re.compile(r"u_[0-9a-f]{32}")
T = TypeVar("T")


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
    return _print(options, lambda persons, user: persons.profile(user))


def change(options: argparse.Namespace) -> int:
    """Correct in words, lock, unlock, suppress or mention again single claims, pause and resume, share or not."""
    changes: list[Change] = []
    for yes, ids, no in ((True, options.lock, options.suppress), (False, options.unlock, options.mention)):
        changes += [Change(id=id, locked=yes) for id in ids] + [Change(id=id, suppressed=yes) for id in no]
    edit = Edit(changes, True if options.pause else False if options.resume else None, options.say, options.share)
    if edit == Edit():
        known = "--say, --lock, --unlock, --suppress, --mention, --pause, --resume, --share, --no-share"
        raise ConfigError("change", f"needs to be told what; known: {known}")
    return _print(options, lambda persons, user: persons.edit(user, edit))


def history(options: argparse.Namespace) -> int:
    """What came and went, version by version."""
    versions = _done(options, lambda persons, user: persons.history(user))
    if options.json:
        print(json.dumps(versions))
        return 0
    console = Terminal()
    for version in versions:
        console.print(f"Version {version['version']}, {when(version['created'])}")
        for sign, name in (("+", "added"), ("~", "changed"), ("-", "ended")):
            for claim in version[name]:
                where = f" (at {claim['context']})" if claim.get("context") else ""
                console.print(f"  {sign} {claim['aspect']}: {claim['value']}{where}")
        for line in _election(version["election"]):
            console.print(f"  {line}")
    if not versions:
        console.print("Nothing is known of this person.")
    return 0


def _election(held: dict[str, Any]) -> Iterator[str]:
    """What a version's election found, in words."""
    if held["choices"]:
        scores = ", ".join(f"{name} {score:.3f}" for name, score in held["scores"].items())
        yield f"{held['choices']} choices, mean log-probability: {scores}"
        yield f"serves: {held['serves']}" + (f" ({held['outcome']})" if held["outcome"] else "")
    if held["candidate"]:
        yield "candidate: {name}, {choices} choices, e-value {e_value:g}".format(**held["candidate"])
    if held["guarded"]:
        yield f"only what the person said is injected: {held['guarded']}"


def export(options: argparse.Namespace) -> int:
    """All that is kept of a person, as JSON."""
    found = _done(options, lambda persons, user: persons.export(user))
    print(json.dumps(found, indent=None if options.json else 2, ensure_ascii=False))
    return 0


def import_outputs(options: argparse.Namespace) -> int:
    """Past outputs of a person, all lines or none; the same line twice is one event."""
    given = imports.read(_bytes(options.file), options.file, time.time())
    new = _done(options, lambda persons, user: persons.take(user, given))
    read = len(given.evidence)
    print(json.dumps({"read": read, "new": new}) if options.json else f"{read} outputs read, {new} of them new.")
    return 0


def forget(options: argparse.Namespace) -> int:
    """Erase a person, or one claim; asks first unless told not to."""
    if options.claim:
        gone = _done(options, lambda persons, user: persons.forget_claim(user, options.claim))
        print(json.dumps({"deleted": gone}) if options.json else "Forgotten." if gone else "There is no such claim.")
        return 0 if gone else 1
    if not options.yes:
        if not sys.stdin.isatty():
            print("rapport: add --yes to erase without being asked", file=sys.stderr)
            return 2
        print(f"Erase everything of {options.user}? [y/N] ", end="", flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            return 1
    erased, left = _done(options, lambda persons, user: persons.forget(user))
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


def _print(options: argparse.Namespace, work: Callable[[Persons, User], Awaitable[Profile]]) -> int:
    async def described(persons: Persons, user: User) -> dict[str, Any]:
        return describe(await work(persons, user), persons.aspects)

    known = _done(options, described)
    if options.json:
        print(json.dumps(known))
        return 0
    console = Terminal()
    if not known["claims"] and not known["events"]:
        console.print("Nothing is known of this person.")
        return 0
    table = Table(Column("id", no_wrap=True), "aspect", "value", "kind", "confidence", "seen, sessions",
                  Column("first and last", no_wrap=True), "")  # fmt: skip
    for claim in known["claims"]:
        marks = [name for name in ("locked", "suppressed") if claim[name]]
        where = f" (at {claim['context']})" if claim["context"] else ""
        table.add_row(claim["id"], claim["aspect"], claim["value"] + where, claim["kind"],
                      f"{claim['confidence']:.2f}", f"{claim['seen']}, {claim['sessions']}",
                      f"{when(claim['valid_from'])}\n{when(claim['last'])}", ", ".join(marks))
    console.print(table)
    paused = " Paused: nothing is recorded, and nothing mentioned." if known["paused"] else ""
    share = " Counted, without a name, among those who share." if known["share"] else ""
    console.print(f"Version {known['version']}, from {known['events']} events.{paused}{share}{_read(known['reader'])}")
    return 0


def _read(reader: dict[str, Any]) -> str:
    """What the background model did, where there is one."""
    if not reader["calls"]:
        return ""
    return f" Calls of the model: {reader['calls']}, the last {when(reader['last'])}; {reader['failed']} failed."


def _bytes(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise ConfigError(file, f"cannot be read: {error.strerror}") from error


def _done(options: argparse.Namespace, work: Callable[[Persons, User], Awaitable[T]]) -> T:
    """Do something for the person that was named."""
    rapport = _open(options)

    async def do() -> T:
        try:
            return await work(rapport.persons(), await named(rapport, options))
        except BadEdit as error:
            raise ConfigError(error.place, error.message) from error
        finally:
            await rapport.close()

    return asyncio.run(do())


def _open(options: argparse.Namespace) -> Rapport:
    return assemble(load(options.config, secrets=False))


async def named(rapport: Rapport, options: argparse.Namespace) -> User:
    """The person as callers of the tenant say it; with `--internal`, by the id that `users list` shows.

    An id that only looks like an internal one belongs to a caller, who may choose ids freely.
    """
    said: str = options.user
    if options.internal:
        if not INTERNAL.fullmatch(said):
            raise ConfigError("--internal", "wants an id as `rapport users list` shows it: u_ and 32 hex digits")
        return User(said, options.tenant)
    return User.of(await rapport.adapters.keys.secret(), options.tenant, said)
