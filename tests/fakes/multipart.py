"""Bodies of multipart/form-data, read to the byte."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_BOUNDARY = re.compile(r'boundary="?([^";]+)')
_NAME = re.compile(rb'\bname="((?:\\.|[^"\\])*)"')
_FILENAME = re.compile(rb'\bfilename="((?:\\.|[^"\\])*)"')


class Part(NamedTuple):
    """A file in a form."""

    filename: str
    content: bytes


def fields(kind: str, body: bytes) -> dict[str, Any]:
    """What stands in a form with the content type `kind`: texts, and a Part for each file. A later one wins."""
    found = _BOUNDARY.search(kind)
    if found is None:
        return {}
    form: dict[str, Any] = {}
    for raw in (b"\r\n" + body).split(b"\r\n--" + found[1].encode())[1:]:
        head, _, content = raw.partition(b"\r\n\r\n")
        name, filename = _NAME.search(head), _FILENAME.search(head)
        if name is not None:
            file = Part(filename[1].decode("utf-8", "replace"), content) if filename is not None else None
            form[name[1].decode("utf-8", "replace")] = file or content.decode("utf-8", "replace")
    return form
