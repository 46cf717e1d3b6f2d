"""Any table of a LanceDB folder as rows, without its vectors and lists."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adapters.duckdb.entry import Found, Owner, Room
from adapters.duckdb.paths import fingerprint
from adapters.lancedb.library import FAULTS, among, library, session
from adapters.ports import Unavailable

BATCH = 8192
SUFFIX, VERSIONS = ".lance", "_versions"


class LanceFolder:
    """A local folder of LanceDB; `table` is the only one that counts, None: all of them."""

    whole = True

    def __init__(self, path: str, table: str | None) -> None:
        self.path = Path(path).absolute()
        self.table = table

    def version(self) -> str:
        """The versions of the tables. They are told by the names of their manifests and the time of the folder that
        holds these: a table that was dropped and made again begins at 1 again. Raises Unavailable."""
        folders = [self.path / f"{name}{SUFFIX}" / VERSIONS for name in _names(self.path) if self.table in (None, name)]
        told = hashlib.sha256(fingerprint(folders).encode())
        try:
            for folder in folders:
                told.update(repr((folder.parent.name, sorted(each.name for each in folder.iterdir()))).encode())
        except OSError as error:
            raise Unavailable("its folder cannot be read") from error
        return told.hexdigest()[:32]

    @contextmanager
    def open(self) -> Iterator[_Opened]:
        """The tables as they are now. Raises Unavailable."""
        try:
            # A loop of its own: the one of the library's blocking calls does not survive a fork.
            with asyncio.Runner() as runner:
                yield _Opened(self.path, runner)
        except FAULTS as error:
            raise Unavailable(f"it cannot be read ({type(error).__name__})") from error

    def close(self) -> None:
        """There is nothing to let go of."""


class _Opened:
    def __init__(self, path: Path, runner: asyncio.Runner) -> None:
        self._path = path
        self._run = runner.run
        self._connection = self._run(library().connect_async(str(path), session=session()))
        self._tables: dict[str, Any] = {}

    def tables(self, only: str | None) -> list[Found]:
        """The tables of the folder."""
        return [self._found(name) for name in _names(self._path) if only in (None, name)]

    def count(self, found: Found) -> int:
        """How many rows it has."""
        return int(self._run(self._tables[found.at].count_rows()))

    def rows(self, found: Found, owner: Owner | None, room: Room) -> Any:
        """Its rows, read batch by batch; what has an inner structure as JSON."""
        return self._run(self._read(self._tables[found.at], found, owner, room))

    def _found(self, name: str) -> Found:
        table = self._tables[name] = self._run(self._connection.open_table(name))
        return Found(name, {field.name: str(field.type) for field in self._run(table.schema()) if _askable(field.type)})

    async def _read(self, table: Any, found: Found, owner: Owner | None, room: Room) -> Any:
        import pyarrow as pa

        query = table.query().select(list(found.columns))
        if owner is not None:
            query = query.where(_owned(await table.schema(), owner))
        batches = []
        reader = await query.to_batches(max_batch_length=BATCH)
        async for batch in reader:
            room.take(batch.nbytes)
            batches.append(batch)
        read = pa.Table.from_batches(batches, reader.schema).select(list(found.columns))
        return pa.table([_plain(column) for column in read.columns], names=read.column_names)


def _names(path: Path) -> list[str]:
    return sorted(folder.name.removesuffix(SUFFIX) for folder in path.glob(f"*{SUFFIX}"))


def _owned(schema: Any, owner: Owner) -> Any:
    """The rows of a tenant. Raises Unavailable where the column is neither text nor whole numbers."""
    from pyarrow import types

    kind, expr = schema.field(owner.column).type, library().expr
    if types.is_string(kind) or types.is_large_string(kind):
        return among(owner.column, [owner.tenant])
    if not types.is_integer(kind):
        raise Unavailable(f"the owner's column {owner.column!r} holds neither text nor whole numbers")
    number = int(owner.tenant) if owner.tenant.isascii() and owner.tenant.lstrip("-").isdigit() else None
    if number is None or str(number) != owner.tenant or abs(number) >= 1 << 63:
        return expr.lit(1) == expr.lit(0)
    return expr.col(owner.column) == expr.lit(number)


def _askable(kind: Any) -> bool:
    from pyarrow import types

    left = (types.is_list, types.is_large_list, types.is_fixed_size_list, types.is_binary, types.is_large_binary,
            types.is_fixed_size_binary)  # fmt: skip
    return not any(is_left(kind) for is_left in left) and not hasattr(kind, "storage_type")


def _plain(column: Any) -> Any:
    """Times in UTC without a zone, codes as what they stand for, structures as JSON."""
    import pyarrow as pa
    from pyarrow import types

    kind = column.type
    if types.is_dictionary(kind):
        return column.cast(kind.value_type)
    if types.is_timestamp(kind):
        return column.cast(pa.timestamp("us"), safe=False)
    if types.is_nested(kind):
        made = (None if value is None else json.dumps(value, ensure_ascii=False, default=str)
                for value in column.to_pylist())  # fmt: skip
        return pa.chunked_array([pa.array(made, pa.string())])
    if types.is_float16(kind):
        return column.cast(pa.float32())
    return column.cast(pa.string()) if types.is_duration(kind) or types.is_decimal256(kind) else column
