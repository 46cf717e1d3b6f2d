"""`rapport explain`: a request as it would leave, and why. Nothing is sent, nothing is stored."""

from __future__ import annotations

import argparse
import asyncio
import json
from contextlib import suppress

import msgspec
from rich.panel import Panel
from rich.text import Text

from adapters.ports import AdapterError, Caller, ChatRequest, blocks
from policies.base import Exchange, Receipt, Step
from proxy.app import Rapport, assemble
from proxy.commands.terminal import Terminal
from proxy.config import load
from proxy.retrieving import load_model
from proxy.routing import warm
from proxy.write_back import opened


def explain(options: argparse.Namespace) -> int:
    """Walk the request hooks for one text and print what came of it."""
    rapport = assemble(load(options.config, secrets=False))
    _prepare(rapport)
    exchange = asyncio.run(_walk(rapport, options))
    request = json.loads(exchange.request.body())
    if options.json:
        steps = [json.loads(msgspec.json.encode(step)) for step in exchange.receipt.steps]
        print(json.dumps({"request": request, "policies": steps}, ensure_ascii=False))
        return 0
    console = Terminal()
    for message in request["messages"]:
        console.print(Panel(_marked(str(message["content"])), title=message["role"], title_align="left"))
    for step in exchange.receipt.steps:
        console.print(line(step))
    return 0


def line(step: Step) -> Text:
    """One step of a receipt as people read it."""
    colour = {"applied": "green", "failed": "red", "answered": "cyan"}.get(step.outcome, "dim")
    tokens = f", {step.tokens} tokens" if step.tokens else ""
    reasons = ", ".join(step.reasons) or "no reason given"
    return Text.assemble((f"{step.policy:<12}", "bold"), (f"{step.outcome:<9}", colour), f"{reasons}{tokens}",
                         (f"  {step.ms:.1f} ms", "dim"))


def _prepare(rapport: Rapport) -> None:
    """Open and import what a server has ready by its first request, so that no policy's time goes into it."""
    load_model(rapport.indexer)
    if "litellm" in (rapport.settings.embedder.kind, rapport.settings.reranker.kind):
        warm()


async def _walk(rapport: Rapport, options: argparse.Namespace) -> Exchange:
    body = {"model": options.model, "messages": [{"role": "user", "content": options.text}]}
    request = ChatRequest.parse(json.dumps(body).encode())
    said = {"header": options.user} if options.user else {}
    budget = rapport.settings.injection.max_tokens
    exchange = Exchange("ex_explain", Caller(options.tenant, None, "backend", said), request, request,
                        receipt=Receipt(budget=budget))
    with suppress(AdapterError):
        # Opened beforehand as in a server, so that no policy's time goes into it; a fault shows in the receipt.
        await rapport.adapters.knowledge.ready()
        await opened(rapport.adapters.written, options.tenant)
    await rapport.chain.on_request(exchange)
    await rapport.close()
    return exchange


def _marked(text: str) -> Text:
    """The text with what Rapport added in colour."""
    marked = Text(text)
    for found in blocks(text):
        marked.stylize("green", found.start, found.end)
    return marked
