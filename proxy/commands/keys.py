"""`rapport keys`: API keys of callers."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from rich.table import Table

from proxy.app import assemble
from proxy.callers import new_key
from proxy.commands import when
from proxy.commands.terminal import Terminal
from proxy.config import load


def create(options: argparse.Namespace) -> int:
    """Make a key and show it once: only its SHA-256 is kept."""
    keys = assemble(load(options.config, secrets=False)).adapters.keys
    secret, digest, key = new_key(options.name, options.tenant, options.trust)
    asyncio.run(keys.create(key, digest))
    if options.json:
        print(json.dumps({"key": secret, "id": key.id, "tenant": key.tenant, "trust": key.trust}))
        return 0
    print(secret)
    print(f"{key.id}: tenant {key.tenant}, trust {key.trust}. The key is shown this once.", file=sys.stderr)
    return 0


def list_keys(options: argparse.Namespace) -> int:
    """All keys, the newest last."""
    found = asyncio.run(assemble(load(options.config, secrets=False)).adapters.keys.list())
    if options.json:
        print(json.dumps([{"id": key.id, "name": key.name, "tenant": key.tenant, "trust": key.trust,
                           "created": key.created} for key in found]))
        return 0
    table = Table("id", "name", "tenant", "trust", "created")
    for key in found:
        table.add_row(key.id, key.name, key.tenant, key.trust, when(key.created))
    Terminal().print(table)
    return 0


def revoke(options: argparse.Namespace) -> int:
    """Delete a key; 1 where there is none."""
    gone = asyncio.run(assemble(load(options.config, secrets=False)).adapters.keys.revoke(options.id))
    print(f"{options.id} is revoked." if gone else f"There is no key {options.id}.", file=sys.stderr)
    return 0 if gone else 1
