"""Walks an exchange through the policies: request hooks in order, reply hooks reversed, one guard around each."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

import structlog

from adapters.ports import ChatRequest, Job, Reply
from policies.base import Exchange, Hook, Outcome, Policy, PolicyConfig, Step, User

log = structlog.get_logger("rapport")

COMMON: dict[str, Callable[[Exchange], bool]] = {
    "identified": lambda exchange: exchange.user is not None,
    "anonymous": lambda exchange: exchange.user is None,
    "opening": lambda exchange: exchange.received.opens,
}
LEARN_TIMEOUT = 60.0
# After this many faults in a row a policy rests, so that one that hangs does not cost every request its timeout.
FAULTS, REST = 5, 10.0
# More than any tokeniser makes of a byte budget; beyond it a policy injects what nobody allowed.
BYTES_PER_TOKEN = 24
HookName = Literal["on_request", "on_reply", "learn"]


class PolicyFailed(Exception):
    """A policy with `on_error: fail` failed, and so must the chat."""

    def __init__(self, policy: str) -> None:
        super().__init__(f"The policy '{policy}' failed, and its on_error is 'fail'.")


@dataclass(slots=True)
class Link:
    """A policy in its place in the chain, and how it fared lately."""

    config: PolicyConfig
    policy: Policy
    faults: int = 0
    rests_until: float = 0.0

    def applies(self, exchange: Exchange) -> bool:
        """Whether `when` lets it run. Conditions of the policy's own are left for it to decide."""
        when = self.config.when
        return not when or any(name in self.config.conditions or COMMON[name](exchange) for name in when)

    def judge(self, fault: str | None, now: float) -> None:
        """Count a fault, or forget the earlier ones."""
        self.faults = self.faults + 1 if fault else 0
        if self.faults >= FAULTS:
            self.rests_until = now + REST


class Chain:
    """The policies in the order of the file. Safe for many exchanges at once."""

    def __init__(self, policies: Iterable[tuple[PolicyConfig, Policy]]) -> None:
        self.links = [Link(config, policy) for config, policy in policies]
        self._threads = ThreadPoolExecutor(32, thread_name_prefix="policy")

    async def on_request(self, exchange: Exchange) -> None:
        """Run the request hooks until one of them answers. Raises PolicyFailed only for `on_error: fail`."""
        for link in self.links:
            if exchange.reply is not None:
                return
            await self._guard(link, "on_request", exchange)

    async def on_reply(self, exchange: Exchange) -> None:
        """Run the reply hooks, the last policy first. They record; a fault here never costs the answer."""
        for link in reversed(self.links):
            await self._guard(link, "on_reply", exchange)

    async def learn(self, job: Job) -> Sequence[str]:
        """Run the learn hooks for a job; returns the kinds of those that failed."""
        failed = []
        for link in self.links:
            if not _overrides(link.policy, "learn"):
                continue
            fault = await self._run(link.policy.learn, job, LEARN_TIMEOUT)
            if fault:
                failed.append(link.config.kind)
                log.warning("learn_failed", policy=link.config.kind, reason=fault)
        return failed

    def close(self) -> None:
        """Let go of the threads; one that hangs is left behind."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _guard(self, link: Link, hook: HookName, exchange: Exchange) -> None:
        if not _overrides(link.policy, hook):
            return
        start = time.perf_counter()
        kind = link.config.kind
        resting = link.rests_until > time.monotonic()
        if resting or not link.applies(exchange):
            step = Step(kind, hook, "failed", ("resting",)) if resting else Step(kind, hook, "skipped", ("when",))
            exchange.receipt.steps.append(step)
            return
        draft = exchange.draft()
        fault = await self._run(getattr(link.policy, hook), draft, link.config.timeout)
        outcome: Outcome = "applied" if hook == "on_reply" else "idle"
        if not fault and hook == "on_request":
            fault, outcome = _adopt(exchange, draft)
        link.judge(fault, time.monotonic())
        ms = round((time.perf_counter() - start) * 1000, 3)
        if fault:
            exchange.receipt.steps.append(Step(kind, hook, "failed", (fault,), ms))
            log.warning("policy_skipped", policy=kind, hook=hook, reason=fault, exchange=exchange.id, ms=ms)
            if link.config.on_error == "fail" and hook == "on_request":
                raise PolicyFailed(kind)
            return
        notes = draft.receipt
        exchange.receipt.budget -= notes.tokens
        exchange.receipt.steps.append(
            Step(kind, hook, outcome, tuple(notes.reasons), ms, notes.tokens, notes.detail)
        )

    async def _run(self, hook: Callable[[Any], Hook], subject: Any, timeout: float) -> str | None:
        """Run one hook within its time; returns a reason code if it failed. The one broad `except` of the project."""
        try:
            async with asyncio.timeout(timeout):
                if inspect.iscoroutinefunction(hook):
                    await hook(subject)
                else:
                    await asyncio.get_running_loop().run_in_executor(self._threads, hook, subject)
        except TimeoutError:
            return "timeout"
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return "error:CancelledError"
        except Exception as error:
            # The type alone: a message may quote what a person wrote.
            return f"error:{type(error).__name__}"
        return None


def _overrides(policy: Policy, hook: HookName) -> bool:
    return getattr(type(policy), hook) is not getattr(Policy, hook)


def _adopt(exchange: Exchange, draft: Exchange) -> tuple[str | None, Outcome]:
    """Take over what a request hook assigned, if it can travel on; returns a reason code if not, and the outcome."""
    sound = (
        isinstance(draft.request, ChatRequest)
        and isinstance(draft.user, User | None)
        and isinstance(draft.reply, Reply | None)
    )
    if not sound:
        return "garbage", "failed"
    if draft.request is not exchange.request:
        grown = sum(map(len, draft.request.messages)) - sum(map(len, exchange.request.messages))
        if grown > BYTES_PER_TOKEN * exchange.receipt.budget:
            return "over_budget", "failed"
    changed = draft.request is not exchange.request or draft.user is not exchange.user
    exchange.request, exchange.user, exchange.reply = draft.request, draft.user, draft.reply
    if draft.reply is not None:
        return None, "answered"
    return None, "applied" if changed else "idle"
