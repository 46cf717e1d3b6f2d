"""The index of a schema's words: built once, by one thread for all who wait, and kept as long as the schema is."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from threading import Lock

from adapters.ports import Schema
from policies.tables.naming import Lexicon

_INDEX = "lexicon"
_lock = Lock()


def lexicon(schema: Schema) -> Lexicon:
    """The index of a schema, which lives as long as the schema. Built, or waited for, by who asks first: large ones
    take over a second, so that an event loop asks for `indexed` before."""
    index, first = _index(schema)
    if first:
        _build(schema, index)
    return index.result()


def known(schema: Schema) -> bool:
    """Whether the index is there."""
    index = schema.beside.get(_INDEX)
    return index is not None and index.done()


async def indexed(schema: Schema) -> None:
    """Wait until the index is there, which one thread builds for all who wait. Who gives up waiting stops nothing."""
    index, first = _index(schema)
    if first:
        asyncio.get_running_loop().run_in_executor(None, _build, schema, index)
    waiting = asyncio.wrap_future(index)
    waiting.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # who uses it is told of a fault
    await asyncio.wait({waiting})


def _index(schema: Schema) -> tuple[Future[Lexicon], bool]:
    """What will hold the index, and whether the caller is the one to build it."""
    with _lock:
        index = schema.beside.get(_INDEX)
        if index is not None:
            return index, False
        index = schema.beside[_INDEX] = Future()
        index.set_running_or_notify_cancel()  # from here on nobody who waits can cancel it
        return index, True


def _build(schema: Schema, index: Future[Lexicon]) -> None:
    try:
        index.set_result(Lexicon(schema))
    except (ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError) as fault:
        index.set_exception(fault)
