"""What several sources of a tenant give together: those that can be read, within one bound."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pyarrow
import pytest
from structlog.testing import capture_logs

from adapters.duckdb import DuckTables, Limits
from adapters.duckdb.entry import TooLarge
from adapters.duckdb.parts import Parts, code
from adapters.duckdb.source import Loaded
from adapters.ports import AdapterError, Timeout, Unavailable
from tests.adapters.duckdb.given import Held, counted, customers, orders

MIB = 1 << 20


def rows(name: str, size: int) -> Loaded:
    """A table of so many bytes."""
    return Loaded(name, pyarrow.table({"a": pyarrow.array(range(size // 8), pyarrow.int64())}))


def parts(*sources: Held, room: int = MIB) -> Parts:
    return Parts("acme", dict(enumerate(sources)), room)


def looked(held: Parts) -> dict[int, list[str]] | None:
    """The names of the tables that are there after a look, by source; None where nothing is to be copied."""
    found = asyncio.run(held.look())
    if found is None:
        return None
    told = {number: [each.name for each in part.loaded or ()] for number, part in found.items()}
    held.take(found)
    return told


def test_one_bad_source_costs_its_own_tables() -> None:
    """The others serve at the first load; the bad one is named, and comes when it can be read."""

    async def main() -> None:
        good, bad = Held({"acme": [orders()]}), Held({"acme": [customers()]}, "tables.1")
        bad.break_down()
        tables = DuckTables([good, bad], Limits(refresh=0))
        with capture_logs() as logs:
            schema = await tables.ready("acme")
        assert schema is not None
        assert [each.name for each in schema.tables] == ["orders"]
        assert await counted(tables) == 40
        assert tables.away == {"tables.1"}
        assert [(each["event"], each["place"], each["reason"]) for each in logs] == [
            ("tables_not_loaded", "tables.1", "Unavailable")]
        bad.broken = None
        both = await tables.ready("acme")
        assert both is not None
        assert [each.name for each in both.tables] == ["orders", "customers"]
        assert not tables.away
        assert (good.loads, bad.loads) == (1, 1)
        await tables.close()

    asyncio.run(main())


def test_all_away() -> None:
    """Where no source was ever read there is an error; where one was, what it gave stays."""
    one, other = Held({"acme": [orders()]}), Held({"acme": [customers()]}, "tables.1")
    for each in (one, other):
        each.break_down()
    held = parts(one, other)
    with pytest.raises(Unavailable):
        asyncio.run(held.look())
    assert held.places == {"tables.0", "tables.1"}
    one.broken = None
    assert looked(held) == {0: ["orders"]}
    one.break_down()
    assert looked(held) is None
    assert held.places == {"tables.0", "tables.1"}


def test_one_room_for_all() -> None:
    """The rows of all sources together are bounded: who comes after the bound is left out, and not read again until
    something changes."""
    sizes = (("a", 6 << 17), ("b", 6 << 17), ("c", 1 << 17))
    first, second, third = (Held({"acme": [rows(name, size)]}, f"tables.{number}")
                            for number, (name, size) in enumerate(sizes))  # fmt: skip
    held = parts(first, second, third)
    assert looked(held) == {0: ["a"], 2: ["c"]}
    assert isinstance(held.away[1], TooLarge)
    assert str(held.away[1]) == "table b: with the tables before it larger than sql.memory_mb, 1 MiB"
    assert looked(held) is None
    assert (second.loads, held.places) == (1, {"tables.1"})
    first.change("acme", rows("a", 1 << 17))
    assert looked(held) == {0: ["a"], 1: ["b"], 2: ["c"]}
    assert not held.places


def test_what_grows_beyond_the_room() -> None:
    """It leaves the copy before, of all sources, and is not read again until something changes."""
    first, second = Held({"acme": [rows("a", 1 << 16)]}), Held({"acme": [rows("b", 1 << 16)]}, "tables.1")
    held = parts(first, second)
    looked(held)
    first.change("acme", rows("a", 1 << 20))
    assert looked(held) is None
    assert looked(held) is None
    assert (first.loads, second.loads, held.places) == (2, 1, {"tables.1"})
    first.change("acme", rows("a", 1 << 17))
    assert looked(held) == {0: ["a"], 1: ["b"]}
    assert not held.places


def test_rows_that_are_kept_count() -> None:
    """Rows stay beside their copy as long as both fit; where they do not, all is read again when one source changes,
    and what cannot be read then leaves the copy before."""
    small = [Held({"acme": [rows(name, 1 << 17)]}, name) for name in "ab"]
    large = [Held({"acme": [rows(name, 3 << 17)]}, name) for name in "ab"]
    for sources, loads in ((small, 1), (large, 2)):
        held = parts(*sources)
        assert looked(held) == {0: ["a"], 1: ["b"]}
        sources[1].change("acme", rows("b", 1 << 16))
        assert looked(held) == {0: ["a"], 1: ["b"]}
        assert sources[0].loads == loads
    held = parts(*large)
    large[1].change("acme", rows("b", 3 << 17))
    looked(held)
    large[0].tables.pop("acme")
    large[1].change("acme", rows("b", 3 << 17))
    assert looked(held) is None


def test_a_name_that_is_taken() -> None:
    """A second table of one name costs the source that comes later."""
    held = parts(Held({"acme": [orders()]}), Held({"acme": [rows("ORDERS", 80)]}, "tables.1"))
    assert looked(held) == {0: ["orders"]}
    assert held.places == {"tables.1"}


@pytest.mark.parametrize("fault", [OSError("x"), pyarrow.ArrowInvalid("x"), KeyError("x"), RuntimeError("x")])
def test_faults_of_readers(fault: Exception) -> None:
    """Whatever a reader raises is an error of its source, without its words."""

    class Odd(Held):
        async def load(self, tenant: str) -> list[Loaded]:
            raise fault

    with pytest.raises(AdapterError) as caught:
        looked(parts(Odd({"acme": []})))
    assert str(caught.value) == f"it cannot be read ({type(fault).__name__})"


def test_code() -> None:
    """A reason is the type of an error, and of what was behind it."""

    def raised(work: Callable[[], Awaitable[None]]) -> AdapterError:
        with pytest.raises(AdapterError) as caught:
            asyncio.run(work())  # type: ignore[arg-type]
        return caught.value

    async def wrapped() -> None:
        try:
            raise FileNotFoundError("/secret")
        except OSError as error:
            raise Unavailable("away") from error

    assert code(Timeout("late")) == "Timeout"
    assert code(raised(wrapped)) == "Unavailable:FileNotFoundError"
