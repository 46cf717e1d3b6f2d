"""Which passages a text cites."""

from __future__ import annotations

import time

import pytest

from policies.citing import LONGEST, MOST, Cited, Source, cited

KNOWN = {number: Source(number, f"p{number}", f"{number}.md", "A title", f"{number}.md") for number in range(1, 8)}


def marks(text: str) -> list[tuple[int, str]]:
    """The numbers that are cited, each with the mark that does it."""
    return [(each.source.number, text[each.start : each.end]) for each in cited(text, KNOWN).citations]


@pytest.mark.parametrize(("text", "found"), [
    ("Sixteen weeks [3].", [(3, "[3]")]),
    ("Sixteen weeks[3].", [(3, "[3]")]),
    ("In 2023[2], all of it.", [(2, "[2]")]),
    ("Paid in full (by law)[1]!", [(1, "[1]")]),
    ("Both [1][2] say so.", [(1, "[1]"), (2, "[2]")]),
    ("All [1, 3] and [ 2;4 ].", [(1, "[1, 3]"), (3, "[1, 3]"), (2, "[ 2;4 ]"), (4, "[ 2;4 ]")]),
    ("Those [1-3] and [2\u20133, 5].", [(1, "[1-3]"), (2, "[1-3]"), (3, "[1-3]"), (2, "[2\u20133, 5]"),
                                      (3, "[2\u20133, 5]"), (5, "[2\u20133, 5]")]),
    ("十六周\u30101\u3011。还有[2]。", [(1, "\u30101\u3011"), (2, "[2]")]),
    ("So \u30103\u2020leave.md\u3011.", [(3, "\u30103\u2020leave.md\u3011")]),
    ("🙂 naïve café [1]", [(1, "[1]")]),
    ("**Weeks:**[1] sixteen\n[2] at the start", [(1, "[1]"), (2, "[2]")]),
    ("As [1]: sixteen.", [(1, "[1]")]),
    ("See https://x.org/a?b[1]=2 and (https://x.org)[3]", [(3, "[3]")]),
    ("``` \nx[1]\n```\nThen [2].", [(2, "[2]")]),
    ("Out [1].\n  ~~~py\n[2]\n  ~~~\nOut [3]. ```no fence [4]", [(1, "[1]"), (3, "[3]"), (4, "[4]")]),
])
def test_found(text: str, found: list[tuple[int, str]]) -> None:
    """Marks are found in whatever way models write them, with the places where they stand."""
    assert marks(text) == found


@pytest.mark.parametrize("text", [
    "", "[]", "[x] done", "[^1] and [^1]: a note", "[1](http://x.org)", "[leave][2]", "[1]: http://x.org",
    "text\n  [2]: a note", "a[1] + b[2]", "my_list[1]", "rows.items[2]", "list[1] = 3", "list[1].name",
    "x[1][2]", "\\[1\\]", "between [0, 1]", "[0-3]", "[3-1]", "[1-500]", "[01]", "[1234]", "[1]st",
    "`[1]`", "``a ` [1]``", "```\n[1]", "```js\na [1]\n```", "> ```\n> [1]\n> ```", "<code>[1]</code>",
    "<pre>\n[1]\n</pre>", "list[1](x)",
])
def test_not_found(text: str) -> None:
    """Code, links, what links and footnotes are defined by, indexes and intervals cite nothing."""
    assert marks(text) == []


def test_unknown() -> None:
    """Numbers that stand for nothing are told once each; an index that could be one is not."""
    found = cited("So [9], [1, 8] and [9]; list[7] and list[9] are an index. [2024]", KNOWN)
    assert [each.source.number for each in found.citations] == [1, 7]
    assert found.unknown == (9, 8)


@pytest.mark.parametrize(("text", "told"), [
    ("[1]" * MOST, MOST), ("[1]" * (MOST + 1), 0), ("[1]" * 50_000, 0), ("[1-5]" * (MOST // 5), MOST),
    ("[1-5, 1-7]" * MOST, 0), ("[9]" * (MOST + 1), 0), ("list[9] " * 25_000, 0),
])
def test_too_many(text: str, told: int) -> None:
    """Of an answer with more citations than anybody could read, none is told, and no number that stands for nothing."""
    found = cited(text, KNOWN)
    assert (len(found.citations), found.fault) == (told, "" if told else "too_many_citations")
    assert found.unknown == ()


def test_too_long() -> None:
    """An answer that is too long is not read, if it has a mark at all."""
    text = "[1] " + "x" * LONGEST
    assert cited(text, KNOWN) == Cited(fault="citations_unread")
    assert len(cited(text[:LONGEST], KNOWN).citations) == 1
    assert cited("x" * 2 * LONGEST, KNOWN) == Cited()


@pytest.mark.parametrize("piece", [
    "[", "[1", "`", "``` ", "\n```\n", "<pre>", "[1](", "\u30101", "[1,", "a[1]", "http://a[", "~~~\n", "\t", "\n  ",
])
def test_long_texts(piece: str) -> None:
    """Whatever a model writes is read in a time that grows with its length."""
    text, start = piece * (200_000 // len(piece)), time.process_time()
    cited(text, KNOWN)
    assert time.process_time() - start < 2
