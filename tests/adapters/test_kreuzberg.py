"""Files become documents, documents become passages: on real files of every kind, good and bad."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from adapters.kreuzberg import MAX_FILE, OVERLAP, PASSAGE, digest, documents, passages
from adapters.ports import AdapterError, Document

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


def docx(paragraphs: list[tuple[str, str]], padding: int = 0) -> bytes:
    """A DOCX file of paragraphs (style, text), with a part of `padding` zero bytes."""
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
        for style, text in paragraphs
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        f'"application/xml"/><Override PartName="/word/document.xml" ContentType="{KIND}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
        if padding:
            archive.writestr("word/media/padding.bin", bytes(padding))
    return file.getvalue()


def pdf(text: str) -> bytes:
    """A PDF file of one page with one line."""
    stream = f"BT /F1 14 Tf 72 700 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + tail


def read(folder: Path, name: str, content: str | bytes) -> list[Document]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(documents(path))


@pytest.mark.parametrize(
    ("name", "content", "title", "text"),
    [
        ("a.md", "# Handbook\n\nWe start at *nine*.\n", "Handbook", "# Handbook\n\nWe start at *nine*."),
        ("a.markdown", "We start at nine.", "a", "We start at nine."),
        ("notes.txt", "# no heading\n* no list\n", "notes", "# no heading\n* no list"),
        ("page.HTML", "<p>only a body</p>", "page", "only a body"),
        (
            "page.html",
            "<html><head><title>Refunds &amp; returns</title><meta name='description' content='d'></head>"
            "<body><h1>Refunds</h1><p>Within <b>thirty</b> days.</p><script>alert(1)</script></body></html>",
            "Refunds & returns",
            "# Refunds\n\nWithin **thirty** days.",
        ),
        (
            "page.htm",
            "<html><head><meta name='description' content='d'></head>"
            "<body><h2>Fees &amp; costs</h2><p>None.</p></body></html>",
            "Fees & costs",
            "## Fees & costs\n\nNone.",
        ),
        ("t.docx", docx([("Heading1", "Travel"), ("Normal", "Trains first.")]), "Travel", "## Travel\n\nTrains first."),
        ("w.pdf", pdf("Two years of warranty."), "w", "Two years of warranty."),
    ],
)
def test_converts(tmp_path: Path, name: str, content: str | bytes, title: str, text: str) -> None:
    """A file of each kind is one document: its title, its text as Markdown, and the digest of its bytes."""
    (document,) = read(tmp_path, name, content)
    raw = content.encode() if isinstance(content, str) else content
    assert (document.title, document.text.strip()) == (title, text)
    assert document.source == str(tmp_path / name)
    assert document.digest == hashlib.sha256(raw).hexdigest() == digest(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "a.csv",
            'id,title,text\n7,Leave,"sixteen, paid"\n8,Travel,trains\n',
            {"7": "Leave|sixteen, paid", "8": "Travel|trains"},
        ),
        ("a.tsv", "name\tbody\nLeave\tsixteen\n", {"1": "Leave|sixteen"}),
        ("a.csv", "question,answer\nHow long?,A rather long answer\n", {"1": "How long?|A rather long answer"}),
        ("a.csv", "\ufeffcontent\nfirst\n\nsecond\n", {"1": "a 1|first", "2": "a 2|second"}),
        ("a.csv", "id,text\n1,one\n1,two\n2,\n", {"1": "a 1|one", "1-2": "a 1-2|two"}),
        ("a.csv", "id,text\na-3,one\na,two\na,three\n", {"a-3": "a a-3|one", "a": "a a|two", "a-4": "a a-4|three"}),
        (
            "a.jsonl",
            '{"id": "x", "name": "N", "body": "hello"}\n\n{"id": 2, "n": [1], "body": "wor\\ud800ld"}\n',
            {"x": "N|hello", "2": "a 2|wor\ud800ld"},
        ),
        ("a.ndjson", '{"k": "short", "v": "a longer text"}\n', {"1": "short|a longer text"}),
        ("a.csv", "id,text\n", {}),
    ],
)
def test_rows(tmp_path: Path, name: str, content: str, expected: dict[str, str]) -> None:
    """A row of a table is a document of its own, named by its id; its text and title come from the usual fields."""
    found = read(tmp_path, name, content.encode("utf-8", "surrogatepass"))
    heads = {document.source: f"{document.title}|{document.text}" for document in found}
    assert heads == {f"{tmp_path / name}#{row}": text for row, text in expected.items()}


def test_row_digest(tmp_path: Path) -> None:
    """A row that changes has another digest, its neighbours keep theirs."""
    old = read(tmp_path, "a.csv", "id,text\n1,one\n2,two\n")
    new = read(tmp_path, "a.csv", "id,text\n1,one\n2,TWO\n")
    assert [one.digest == other.digest for one, other in zip(old, new, strict=True)] == [True, False]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"%PDF-1.4 broken", "cannot be converted"),
        ("a.docx", b"PK no archive", "damaged"),
        ("bomb.docx", docx([("Normal", "small")], padding=210 << 20), "unpacks to more than 200 MB"),
        ("a.jsonl", b'{"text": "one"}\nnot json\n', "line 2"),
        ("a.jsonl", b"[1, 2]\n", "line 1"),
        ("a.jsonl", b"[" * 100_000, "line 1"),
        ("a.jsonl", b'{"number": 1}\n', "no field with text"),
        ("a.csv", b'text\n"never closed', "a row cannot be read"),
        ("a.xyz", b"what is this", "do not read files of type '.xyz'; known: .md"),
        ("Makefile", b"all:", "do not read files of type 'Makefile'"),
        ("long.txt", b"word " * (1 << 20) + b"word " * 10_000, "more than 5 MB of text"),
    ],
)
def test_refuses(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    """What cannot be read is an error that names the file and the reason, in our words."""
    with pytest.raises(AdapterError, match=reason) as caught:
        read(tmp_path, name, content)
    assert str(caught.value).startswith(f"{tmp_path / name}: ")


def test_no_file(tmp_path: Path) -> None:
    """A missing file, a folder, a pipe and a file that is too large are refused without being read."""
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    with (tmp_path / "huge.md").open("wb") as file:
        file.truncate(MAX_FILE + 1)
    for name in ("missing.md", "folder.md", "pipe.txt", "huge.md"):
        with pytest.raises(AdapterError, match=name):
            list(documents(tmp_path / name))


def test_import_is_late() -> None:
    """The adapter's module does not import the library."""
    code = "import sys, adapters.kreuzberg; assert 'kreuzberg' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_leaves_nothing_behind(tmp_path: Path) -> None:
    """Conversion keeps no copy of a document in the home folder, and downloads nothing."""
    (tmp_path / "a.md").write_text("# A\n\n```python\nprint(1)\n```\n\n" + "Words and words. " * 200)
    code = (
        "import sys, pathlib, adapters.kreuzberg as own\n"
        "[document] = own.documents(pathlib.Path(sys.argv[1]))\n"
        "assert len(own.passages(document, 'acme')) > 1\n"
    )
    home = tmp_path / "home"
    home.mkdir()
    where = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.md")], check=True, env=where, cwd=home)
    assert list(home.iterdir()) == []


def document(text: str, title: str = "Manual", kind: str = "text/markdown") -> Document:
    return Document("docs/manual.md", title, text, "d1", {"type": kind})


def test_short_is_whole() -> None:
    """A short document is one passage with its very text."""
    (passage,) = passages(document("# Manual\n\nAll of it.\n"), "acme")
    assert (passage.tenant, passage.source, passage.title) == ("acme", "docs/manual.md", "Manual")
    assert (passage.text, passage.position, passage.digest) == ("# Manual\n\nAll of it.", 0, "d1")
    assert passages(document("  \n"), "acme") == []


def test_headings() -> None:
    """A long document is cut at its headings, and each passage carries their path."""
    parts = [f"## Part {n}\n\n### Detail {n}\n\n" + f"Something about topic {n}. " * 30 for n in range(5)]
    found = passages(document("# Manual\n\nIntroduction.\n\n" + "\n\n".join(parts)), "acme")
    assert [passage.position for passage in found] == list(range(len(found)))
    by_title = {passage.title: passage.text for passage in found}
    assert "topic 3" in by_title["Manual > Part 3"]
    assert all(f"topic {n}" not in by_title["Manual > Part 3"] for n in (0, 1, 2, 4))
    assert all(len(passage.text) <= PASSAGE for passage in found)


@pytest.mark.parametrize("kind", ["text/plain", "text/markdown"])
@pytest.mark.parametrize("text", ["One sentence, then another. " * 300, "x" * 5000, "字" * 3000, "a\n" * 3000])
def test_long(kind: str, text: str) -> None:
    """Nothing of a long text is lost, and neighbours overlap by no more than they should."""
    found = passages(document(text, kind=kind), "acme")
    assert all(len(passage.text.encode()) <= 3 * PASSAGE for passage in found)
    total = sum(len("".join(passage.text.split())) for passage in found)
    whole = len("".join(text.split()))
    assert whole <= total <= whole + OVERLAP * len(found) * 1.5
    assert len({passage.id for passage in found}) == len(found)


def test_ids_are_stable() -> None:
    """The same text at the same place has the same id; another tenant, place or text has another one."""
    one = passages(document("Some text."), "acme")[0].id
    assert passages(document("Some text."), "acme")[0].id == one
    assert passages(document("Some text."), "other")[0].id != one
    assert passages(document("Other text."), "acme")[0].id != one


def test_fields_are_json_values(tmp_path: Path) -> None:
    """A row with fields of every JSON type is read by its text."""
    row = {"text": "hello", "n": 1, "f": 1.5, "b": True, "z": None, "list": [1], "object": {"a": 1}}
    (found,) = read(tmp_path, "a.jsonl", json.dumps(row))
    assert found.text == "hello"
