"""kreuzberg: files become documents, documents become passages. Conversion and chunking are the library's; tables are
`tabular`'s.

The type of a file is told to the library and never guessed by it: for a type that it guesses to be source code it
would download a grammar.
"""

from __future__ import annotations

import hashlib
import html
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from adapters.ports import AdapterError, Document, Passage
from adapters.tabular import MAX_TITLE, TABLES, rows

TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".html": "text/html",
    ".htm": "text/html",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
MAX_FILE, MAX_TEXT, MAX_UNPACKED = 50 << 20, 5 << 20, 200 << 20
"""Bytes of a file that is no table, of the text of a document, and of what an archive says it unpacks to."""
SECONDS = 120
"""Seconds that the conversion of one file may take."""
PASSAGE, OVERLAP = 1000, 100
"""Characters of a passage, and how many two neighbours share."""
_HEADING = re.compile(r"^#{1,6}[ \t]+(\S.*?)[ \t#]*$", re.MULTILINE)
# The library writes the head of a page as front matter, whose last line then reads as a heading.
_FRONT = re.compile(r"\A---\n(?:[\w:.-]+: [^\n]*\n|\n)*## [\w:.-]+: [^\n]*\n+")


def digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal. Raises AdapterError if it cannot be read or is too large."""
    return hashlib.sha256(_read(path)).hexdigest()


def documents(path: PurePath, data: bytes | None = None) -> Iterator[Document]:
    """The documents of a file: one of Markdown, text, HTML, PDF or DOCX, one per row of CSV or JSON lines.

    `source` is the path as given, with `#row` for a row; where its bytes are given as `data`, it is only a name. Raises
    AdapterError with a reason that names the file.
    """
    suffix = path.suffix.lower()
    if suffix in TABLES:
        yield from rows(path, TABLES[suffix], data)
    elif suffix in TYPES:
        yield _document(path, _read(Path(path)) if data is None else data, TYPES[suffix])
    else:
        known = " ".join([*TYPES, *TABLES])
        raise AdapterError(f"{path}: we do not read files of type '{suffix or path.name}'; known: {known}")


def passages(document: Document, tenant: str, size: int = PASSAGE, overlap: int = OVERLAP) -> list[Passage]:
    """The document cut at headings and paragraphs into passages of about `size` characters, of which neighbours share
    `overlap`; the title of each is the document's with the path of headings. Raises AdapterError."""
    text = document.text.strip()
    if not text:
        return []
    if len(text) <= size:
        return [_passage(document, tenant, 0, document.title, text)]
    return [
        _passage(document, tenant, position, _path(document.title, headings), piece)
        for position, (piece, headings) in enumerate(_chunks(document, text, size, overlap))
    ]


def _read(path: Path) -> bytes:
    try:
        # A pipe would block for ever.
        if not path.is_file():
            raise AdapterError(f"{path}: there is no such file")
        if path.stat().st_size > MAX_FILE:
            raise AdapterError(f"{path}: larger than {MAX_FILE >> 20} MB")
        return path.read_bytes()
    except OSError as error:
        raise AdapterError(f"{path}: cannot be read ({type(error).__name__})") from error


def _document(path: PurePath, data: bytes, kind: str) -> Document:
    if path.suffix.lower() == ".docx":
        _check_archive(path, data)
    result = _extract(str(path), data, kind)
    text, title = result.content, _title(result.metadata)
    if kind == "text/html":
        text, title = _FRONT.sub("", text), html.unescape(title)
    if len(text) > MAX_TEXT:
        raise AdapterError(f"{path}: more than {MAX_TEXT >> 20} MB of text")
    heading = _HEADING.search(text) if kind != "text/plain" else None
    title = title or (heading.group(1) if heading else path.stem)
    return Document(str(path), title[:MAX_TITLE], text, hashlib.sha256(data).hexdigest(), {"type": kind})


def _check_archive(path: PurePath, data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise AdapterError(f"{path}: not a DOCX file, or a damaged one") from error
    if size > MAX_UNPACKED:
        raise AdapterError(f"{path}: unpacks to more than {MAX_UNPACKED >> 20} MB")


def _title(metadata: Mapping[str, Any]) -> str:
    core = metadata.get("core_properties") or {}
    title = metadata.get("title") or core.get("title") or ""
    return str(title).strip()


def _extract(source: str, data: bytes, kind: str, **options: Any) -> Any:
    import kreuzberg

    shape = "plain" if kind == "text/plain" else "markdown"
    # Its cache would keep a copy of every document in the home folder of this account.
    config = kreuzberg.ExtractionConfig(
        use_cache=False, output_format=shape, extraction_timeout_secs=SECONDS, **options
    )
    try:
        return kreuzberg.extract_bytes_sync(data, kind, config)
    except (kreuzberg.KreuzbergError, OSError, ValueError, RuntimeError) as error:
        raise AdapterError(f"{source}: cannot be converted ({type(error).__name__})") from error


def _chunks(document: Document, text: str, size: int, overlap: int) -> Iterator[tuple[str, Sequence[str]]]:
    """Pieces of a text, each with the headings above it."""
    import kreuzberg

    plain = document.metadata.get("type") == "text/plain"
    chunking = kreuzberg.ChunkingConfig(
        max_chars=size, max_overlap=overlap, chunker_type="text" if plain else "markdown"
    )
    kind = "text/plain" if plain else "text/markdown"
    # Quality processing is for scans; it would rewrite the text.
    result = _extract(document.source, text.encode(), kind, chunking=chunking, enable_quality_processing=False)
    for chunk in result.chunks or ():
        context = chunk.metadata.get("heading_context") or {}
        piece = chunk.content.strip()
        if piece:
            yield piece, [heading["text"] for heading in context.get("headings", ())]


def _path(title: str, headings: Sequence[str]) -> str:
    parts = [title, *(heading for heading in headings if heading != title)]
    return " > ".join(parts)[:MAX_TITLE]


def _passage(document: Document, tenant: str, position: int, title: str, text: str) -> Passage:
    place = f"{tenant}\0{document.source}\0{position}\0{text}"
    id = hashlib.sha256(place.encode("utf-8", "replace")).hexdigest()[:32]
    return Passage(id, tenant, document.source, title, text, position, document.digest)
