"""`rapport check` and `rapport schema`: the configuration, before anything is started."""

from __future__ import annotations

import argparse
import json
from importlib.metadata import packages_distributions
from typing import Any

from rich.table import Table

from proxy.app import assemble
from proxy.asking import verify_bank
from proxy.commands.outline import outline, shown
from proxy.commands.serve import guard
from proxy.commands.terminal import Terminal
from proxy.config import load, schema
from proxy.kinds import load_kind
from proxy.retrieving import load_model, verify_reranker
from proxy.settings import Settings

DISTRIBUTION = "rapport-proxy"
ROOMS = ("proxy", "policies", "adapters")


def check(options: argparse.Namespace) -> int:
    """Print the chain with the origin of each kind; every error is one line, status 2."""
    settings = load(options.config)
    guard(settings)
    rapport = assemble(settings)
    rapport.backends.verify()
    verify_bank(settings.taste.bank)
    _verify_model(settings)
    verify_reranker(settings.reranker)
    load_model(rapport.indexer)
    asked = {"embedder": rapport.indexer.name if rapport.indexer else None, "reranker": settings.reranker.model}
    chain = _chain(settings)
    tables, left = outline(settings)
    warnings = [*_clashes(), *left]
    if options.json:
        print(json.dumps({"ok": True, "chain": chain, "model": settings.learning.model, "warnings": warnings,
                          "tables": [line._asdict() for line in tables], **asked}))
        return 0
    table = Table("", "policy", "origin", "when", "timeout", "on error", title="The chain", title_justify="left")
    for number, row in enumerate(chain, 1):
        table.add_row(str(number), row["kind"], row["origin"], row["when"], f"{row['timeout']:g} s", row["on_error"])
    table.add_row("", "backend", ", ".join(route.use for route in settings.backends), "last, always", "", "")
    console = Terminal()
    console.print(table)
    if tables:
        console.print(shown(tables))
    console.print(f"Learning: {_learning(settings)}.", markup=False)
    console.print(f"Embedder: {asked['embedder'] or 'none, words alone'}.", markup=False)
    console.print(f"Reranker: {asked['reranker'] or 'none'}.", markup=False)
    for line in warnings:
        console.print(f"warning: {line}", markup=False)
    console.print("The configuration is sound.")
    return 0


def print_schema(_options: argparse.Namespace) -> int:
    """Print the JSON schema of config.yaml."""
    print(json.dumps(schema(), indent=2))
    return 0


def _verify_model(settings: Settings) -> None:
    for place, model in (("learning.model", settings.learning.model), ("sql.model", settings.sql.model)):
        if model is not None:
            from adapters.litellm_model import verify

            verify(model, place)


def _learning(settings: Settings) -> str:
    chosen = settings.learning
    if chosen.model is None:
        return "by rules alone"
    each = f"{chosen.calls_per_day} calls a day for each person, {chosen.settle:g} s after they were last heard"
    return f"by rules, and in the background by {chosen.model} (at most {each})"


def _chain(settings: Settings) -> list[dict[str, Any]]:
    return [
        {
            "kind": policy.kind, "origin": load_kind(policy.kind, "policies").origin,
            "when": " or ".join(policy.when) or "always", "timeout": policy.timeout, "on_error": policy.on_error,
        }
        for policy in settings.policies
    ]


def _clashes() -> list[str]:
    """Other distributions that own one of our three top-level names."""
    owners = packages_distributions()
    return [
        f"the package {room!r} is also installed by {', '.join(others)}"
        for room in ROOMS
        if (others := sorted(set(owners.get(room, ())) - {DISTRIBUTION}))
    ]
