"""Which line of a CSV file has too many or too few fields: DuckDB's reader names only those far from the beginning."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path


def ragged(path: Path, delimiter: str) -> int | None:
    """The number of the first line whose row has not as many fields as the first line of the file, from 1; None where
    there is none, or where the file cannot be read as lines of fields."""
    try:
        with (gzip.open(path, "rt", encoding="utf-8-sig", errors="replace", newline="") if path.suffix.lower() == ".gz"
              else path.open(encoding="utf-8-sig", errors="replace", newline="")) as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            width, begin = len(next(reader, ())), reader.line_num + 1
            for row in reader:
                if row and len(row) != width:
                    return begin
                begin = reader.line_num + 1
    except (OSError, EOFError, csv.Error):
        return None
    return None
