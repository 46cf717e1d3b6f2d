"""Which line of a CSV file does not fit its first."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from adapters.duckdb.ragged import ragged


@pytest.mark.parametrize(("text", "line"), [
    ("a,b\n1,2\n3,4,5\n6\n", 3), ("a,b\n1\n", 2),
    ('a,b\n"x\ny",2\n3\n', 4), ('a,b\n1,"x\ny",3\n', 2), ("a,b\n1,2\n\n", None),
    ('a,b\n1,"x\n', None), ("", None),
])  # fmt: skip
def test_lines(tmp_path: Path, text: str, line: int | None) -> None:
    """The first row with another number of fields is told by the line that it begins in."""
    (tmp_path / "a.csv").write_text(text)
    assert ragged(tmp_path / "a.csv", ",") == line
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
    assert ragged(tmp_path / "a.csv.gz", ",") == line


def test_what_cannot_be_read(tmp_path: Path) -> None:
    """A file that is away, or no text, has no such line."""
    assert ragged(tmp_path / "a.csv", ",") is None
    (tmp_path / "b.csv.gz").write_bytes(b"x")
    assert ragged(tmp_path / "b.csv.gz", ",") is None
