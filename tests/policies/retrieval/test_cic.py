"""A corpus as text: short numbers at both ends of each passage, and nothing that could change between two requests."""

import re

from adapters.ports import Passage
from policies.retrieval.cic import HEAD, corpus_text, rows

PASSAGES = (
    Passage("a", "t", "/srv/docs/leave.md", "Parental\nleave", " Sixteen weeks,\npaid in full. "),
    Passage("b", "t", "/srv/docs/errors.csv#17", "", "E-4021"),
)


def test_each_passage_is_numbered_at_both_ends() -> None:
    """The layout of Corpus-in-Context, behind a line that says how to cite; a source is named as people know it."""
    head, *shown = corpus_text(PASSAGES).split("\n\n")
    assert head == HEAD and "cite its ID as [n]" in head
    assert shown == [
        "ID: 1 | TITLE: Parental leave (leave.md) | CONTENT: Sixteen weeks,\npaid in full. | END ID: 1",
        "ID: 2 | TITLE:  (errors.csv#17) | CONTENT: E-4021 | END ID: 2",
    ]


def test_every_passage_is_in_it() -> None:
    """Thousands too, each under a number of its own."""
    many = [Passage(f"p{n}", "t", f"{n}.md", f"Title {n}", f"Text of number {n}.") for n in range(1200)]
    text = corpus_text(many)
    found = re.findall(r"ID: (\d+) \| TITLE: Title (\d+) .*Text of number (\d+)\. \| END ID: (\d+)", text)
    assert found == [(str(n + 1), str(n), str(n), str(n + 1)) for n in range(1200)]
    assert list(rows(many[7:9])) == ["TITLE: Title 7 (7.md) | CONTENT: Text of number 7.",
                                     "TITLE: Title 8 (8.md) | CONTENT: Text of number 8."]
