"""What goes between this process and one that holds a copy: frames of JSON, and of Arrow's streams.

Nothing that comes back is ever executed: no pickles.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from adapters.duckdb.library import arrow
from adapters.duckdb.source import Loaded
from adapters.ports import AdapterError, Cell, Column, Failed, Refused, Rows, Table, Timeout

HEAD = struct.Struct(">Q")
"""Before each frame: its length in bytes."""


def framed(payload: bytes) -> bytes:
    """A frame."""
    return HEAD.pack(len(payload)) + payload


def told(value: Any) -> bytes:
    """A frame of JSON."""
    return framed(json.dumps(value, default=_tagged).encode())


def stream(data: Any) -> bytes:
    """A table of Arrow's as a stream."""
    sink = arrow().BufferOutputStream()
    with arrow().ipc.new_stream(sink, data.schema) as writer:
        writer.write_table(data)
    return bytes(sink.getvalue())


def head(loaded: Loaded) -> dict[str, Any]:
    """What is said of a table, beside its rows."""
    return {"name": loaded.name, "key": loaded.key, "description": loaded.description,
            "descriptions": dict(loaded.descriptions)}  # fmt: skip


def table(said: dict[str, Any], payload: bytes) -> Loaded:
    """The table again."""
    data = arrow().ipc.open_stream(arrow().py_buffer(payload)).read_all()
    return Loaded(said["name"], data, tuple(said["key"]), said["description"], said["descriptions"])


def answer(value: Rows | str | Sequence[Table]) -> bytes:
    """What a call gave."""
    if isinstance(value, Rows):
        return told({"columns": value.columns, "rows": value.rows, "more": value.more})
    if isinstance(value, str):
        return told({"plan": value})
    return told({"tables": [asdict(each) for each in value]})


def fault(error: AdapterError) -> bytes:
    """Why a call gave nothing."""
    if isinstance(error, Refused):
        return told({"refused": error.reason})
    if isinstance(error, Failed):
        return told({"failed": error.said})
    return told({"timeout" if isinstance(error, Timeout) else "fault": str(error)})


def heard(payload: bytes) -> Rows | str | tuple[Table, ...]:
    """What a call gave. Raises the AdapterError that it ended with."""
    said = json.loads(payload, object_hook=_untagged)
    if "rows" in said:
        return Rows(tuple(said["columns"]), tuple(map(tuple, said["rows"])), said["more"])
    if "plan" in said:
        return str(said["plan"])
    if "tables" in said:
        return tuple(map(_table, said["tables"]))
    if "refused" in said:
        raise Refused(said["refused"])
    if "failed" in said:
        raise Failed(said["failed"])
    raise Timeout(said["timeout"]) if "timeout" in said else AdapterError(said["fault"])


def _table(said: dict[str, Any]) -> Table:
    columns = tuple(Column(**{**each, "values": tuple(each["values"])}) for each in said["columns"])
    sample: tuple[tuple[Cell, ...], ...] = tuple(map(tuple, said["sample"]))
    return Table(**{**said, "columns": columns, "key": tuple(said["key"]), "sample": sample})


_TAGS = {"date": date.fromisoformat, "datetime": datetime.fromisoformat, "time": time.fromisoformat, "Decimal": Decimal}


def _tagged(value: Any) -> dict[str, str]:
    """A cell that JSON has no type for; those of `_TAGS` say themselves in the form that they read."""
    return {type(value).__name__: str(value)}


def _untagged(said: dict[str, Any]) -> Any:
    if len(said) == 1:
        ((tag, text),) = said.items()
        if tag in _TAGS:
            return _TAGS[tag](text)
    return said
