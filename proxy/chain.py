"""Walks an exchange through the policies: request hooks in order, reply hooks reversed, one guard around each."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import structlog

from adapters.ports import ConfigError, Job
from policies.base import Adapters, Exchange, Hook, Policy, PolicyConfig, Step
from proxy.link import Garbage, HookName, Link, adopt

log = structlog.get_logger("rapport")

LEARN_TIMEOUT = 60.0
LATEST = 400 * 86_400.0
"""Seconds: a job that shall come again later than that is done."""


class PolicyFailed(Exception):
    """A policy with `on_error: fail` failed, and so must the chat."""

    def __init__(self, policy: str) -> None:
        super().__init__(f"The policy '{policy}' failed, and its on_error is 'fail'.")


@dataclass(frozen=True, slots=True)
class Lesson:
    """How a job went: the kinds of the policies that `failed`, and what the others returned (`again`)."""

    failed: list[str] = field(default_factory=list)
    again: list[object] = field(default_factory=list)

    @property
    def delay(self) -> float | None:
        """Seconds after which a policy wants the job again, the soonest; None where none does."""
        wanted = [each for each in self.again if isinstance(each, int | float) and not isinstance(each, bool)]
        return min((float(each) for each in wanted if 0 <= each < LATEST), default=None)


class Chain:
    """The policies in the order of the file. Safe for many exchanges at once."""

    def __init__(self, policies: Iterable[tuple[PolicyConfig, Policy]]) -> None:
        self.links = [
            Link(config, policy, type(policy).__module__.startswith("policies.")) for config, policy in policies
        ]
        self._threads = ThreadPoolExecutor(32, thread_name_prefix="policy")

    @classmethod
    def build(cls, configs: Iterable[PolicyConfig], adapters: Adapters) -> Chain:
        """The chain that the configuration asks for. Raises ConfigError for a policy that cannot be built."""
        return cls((config, _built(config, adapters, f"policies.{index}")) for index, config in enumerate(configs))

    async def on_request(self, exchange: Exchange) -> None:
        """Run the request hooks until one of them answers. Raises PolicyFailed only for `on_error: fail`."""
        for link in self.links:
            if exchange.reply is not None:
                return
            await self._guard(link, "on_request", exchange)

    async def on_reply(self, exchange: Exchange, learns: bool = True) -> None:
        """Run the reply hooks, the last policy first. They record; a fault here never costs the answer. Where nobody
        `learns`, only those run that do nothing but note what is cited."""
        for link in reversed(self.links):
            cites = exchange.sources is not None or exchange.refused
            if cites if link.policy.only_notes else learns:
                await self._guard(link, "on_reply", exchange)

    async def learn(self, job: Job) -> Lesson:
        """Run the learn hooks for a job."""
        lesson = Lesson()
        for link in self.links:
            if _overrides(link.policy, "learn"):
                fault = await self._run(link, _noting(link.policy.learn, lesson.again), job, LEARN_TIMEOUT)
                if fault:
                    lesson.failed.append(link.config.kind)
                    log.warning("learn_failed", policy=link.config.kind, reason=fault)
        return lesson

    def close(self) -> None:
        """Let go of the threads; one that hangs is left behind."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _guard(self, link: Link, hook: HookName, exchange: Exchange) -> None:
        if not _overrides(link.policy, hook):
            return
        start, kind, steps = time.perf_counter(), link.config.kind, exchange.receipt.steps
        resting = bool(link.rest)
        if resting or not link.applies(exchange):
            outcome, reason = ("failed", "resting") if resting else ("skipped", "when")
            steps.append(Step(kind, hook, outcome, (reason,)))  # type: ignore[arg-type]
            return
        draft = exchange.draft()
        fault = await self._run(link, getattr(link.policy, hook), draft, link.config.patience)
        ms = round((time.perf_counter() - start) * 1000, 3)
        if not fault:
            fault = await contained(adopt(link, hook, exchange, draft, ms))
        link.rest.judge(fault)
        if fault:
            steps.append(Step(kind, hook, "failed", (fault,), ms))
            log.warning("policy_skipped", policy=kind, hook=hook, reason=fault, exchange=exchange.id, ms=ms)
            if link.config.on_error == "fail" and hook == "on_request":
                raise PolicyFailed(kind)

    async def _run(self, link: Link, hook: Callable[[Any], Hook], subject: Any, timeout: float) -> str | None:
        """Run one hook within its time; returns a reason code if it failed.

        A plug-in's hook runs as a task of its own that is left behind when its time is over, whatever it does then.
        """
        if not inspect.iscoroutinefunction(hook):
            running: Any = asyncio.get_running_loop().run_in_executor(self._threads, hook, subject)
            return await contained(asyncio.wait_for(running, timeout))
        if link.ours:
            return await contained(_timed(hook(subject), timeout))
        task = asyncio.ensure_future(contained(hook(subject)))
        try:
            done, _ = await asyncio.wait({task}, timeout=timeout)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if not done:
            task.cancel()
            return "timeout"
        return "error:CancelledError" if task.cancelled() else task.result()


async def contained(work: Awaitable[None]) -> str | None:
    """Await something that may do anything; returns a reason code if it failed. The one broad `except` of the project.

    Only our own cancellation passes. A reason is the error's type alone: its text may quote what a person wrote.
    """
    try:
        await work
    except TimeoutError:
        return "timeout"
    except Garbage as error:
        return error.reason
    except BaseException as error:
        task = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
            raise
        return f"error:{type(error).__name__}"
    return None


async def _timed(work: Awaitable[None], timeout: float) -> None:
    async with asyncio.timeout(timeout):
        await work


def _built(config: PolicyConfig, adapters: Adapters, place: str) -> Policy:
    """The policy; what it says of its own settings is told with its place before theirs."""
    try:
        policy = config.build(adapters)
    except ConfigError as error:
        if error.place == place or error.place.startswith(f"{place}."):
            raise
        raise ConfigError(f"{place}.{error.place}" if error.place else place, error.message) from error
    except Exception as error:
        raise ConfigError(place, f"the policy cannot be built ({type(error).__name__})") from error
    if not isinstance(policy, Policy):
        raise ConfigError(place, "build must return a Policy")
    return policy


def _noting(hook: Callable[[Job], Any], said: list[object]) -> Callable[[Job], Any]:
    """The hook, of the same sort, which notes what it returns."""
    if inspect.iscoroutinefunction(hook):

        async def noted(job: Job) -> None:
            said.append(await hook(job))

        return noted
    return lambda job: said.append(hook(job))


def _overrides(policy: Policy, hook: HookName) -> bool:
    return getattr(type(policy), hook) is not getattr(Policy, hook)
