"""python-multipart: the form of an upload, read piece by piece, so that its file is never whole in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, MultipartState, parse_options_header

from adapters.ports import AdapterError

MAX_PARTS, MAX_FIELDS = 32, 64 << 10
"""Parts of a form, and bytes of its fields together."""


class BadForm(AdapterError):
    """A body that is no form, or one that goes beyond all measure."""


@dataclass(slots=True)
class Form:
    """What stands in a form: its fields by name, and the name of its file (None where there was none)."""

    fields: dict[str, str] = field(default_factory=dict)
    filename: str | None = None


async def read_form(kind: str, body: AsyncIterator[bytes], name: str,
                    file: Callable[[bytes], Awaitable[None]]) -> Form:  # fmt: skip
    """Read a form with the content type `kind`, and give the bytes of the file called `name` to `file` as they come.

    Other files are passed over; of two fields with one name the last counts. Raises BadForm.
    """
    form = Form()
    reader = _Reader(form, name)
    try:
        parser = MultipartParser(_boundary(kind), reader.callbacks())  # type: ignore[arg-type]
        async for piece in body:
            parser.write(piece)
            for data in reader.taken():
                await file(data)
    except FormParserError as error:
        raise BadForm("the body is no multipart form") from error
    if parser.state != MultipartState.END:
        raise BadForm("the form does not come to its end")
    return form


def _boundary(kind: str) -> bytes:
    named, options = parse_options_header(kind)
    if named != b"multipart/form-data" or not options.get(b"boundary"):
        raise BadForm("expected multipart/form-data with a boundary")
    return options[b"boundary"]


class _Reader:
    """Collects what the parser finds: fields into the form, the file's bytes into a list that is soon taken."""

    def __init__(self, form: Form, name: str) -> None:
        self.form = form
        self.name = name
        self._file: list[bytes] = []
        self._parts = self._size = 0
        self._header = self._value = self._disposition = b""
        self._field: list[bytes] = []
        self._to: str | None = None
        self._is_file = False

    def callbacks(self) -> dict[str, Callable[..., None]]:
        """What the parser calls."""
        return {
            "on_part_begin": self._begin, "on_header_field": self._on_header, "on_header_value": self._on_value,
            "on_header_end": self._on_header_end, "on_headers_finished": self._open, "on_part_data": self._data,
            "on_part_end": self._end,
        }

    def taken(self) -> list[bytes]:
        """The file's bytes since the last time."""
        found, self._file = self._file, []
        return found

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise BadForm(f"a form of more than {MAX_PARTS} parts")
        self._disposition, self._field, self._to, self._is_file = b"", [], None, False

    def _on_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _open(self) -> None:
        _, options = parse_options_header(self._disposition)
        name, filename = _text(options.get(b"name", b"")), options.get(b"filename")
        if filename is None:
            self._to = name
        elif name == self.name:
            if self.form.filename is not None:
                raise BadForm(f"more than one part is called '{name}'")
            self.form.filename, self._is_file = _text(filename), True

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._file.append(data[start:end])
        elif self._to is not None:
            self._size += end - start
            if self._size > MAX_FIELDS:
                raise BadForm(f"fields of more than {MAX_FIELDS} bytes")
            self._field.append(data[start:end])

    def _end(self) -> None:
        if self._to is not None:
            self.form.fields[self._to] = _text(b"".join(self._field))


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
