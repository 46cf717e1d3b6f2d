"""What in a text is a mark of a citation, beside what models write plainly (see test_citing)."""

from __future__ import annotations

import random
import time

import pytest

from policies.marks import marks


def found(text: str) -> list[str]:
    """The marks of a text as they stand in it."""
    return [text[each.start : each.end] for each in marks(text)]


@pytest.mark.parametrize("text", [
    "iPhone[1]", "OpenAI[1]", "in the 1990s[1]", "vitamin B12[1].", "H2O[1]", "Section 4b[1]", "the company's[1]",
    "at $500[1]", "in Python 3.11[1]", "of 3.5mm[1]", "text [1](p. 3)", "text[1](and more)", "as of [1](note)",
    "see [1](e.g. there)", "保証は2年([1])", "In 12 weeks ([1])", "It costs $5 [1] and $6.", "US$5[1] or US$6",
    "= x\n[1]",
    "1. So\n\n    as said [1]", "- So\n    - and so [1]", "So\n    it goes on [1]", "a\n\nb\n    [1]",
    "- So\n\n  more of it\n\n    as said [1]", "```\n\n    ```\n[1]", "``a ` [2]`` [1]", "`a\n[1]`", "a ` [1]",
])
def test_marks(text: str) -> None:
    """Names with digits and capitals, amounts, remarks in brackets and paragraphs of lists can be cited for."""
    assert found(text) == ["[1]"]


@pytest.mark.parametrize("text", [
    "arr = [1, 2, 3]", "x == [1]", "the vector [1, 2, 3] has norm", "Lists [1, 2]", "print([1])", "print(fooBar[1])",
    "$$x_{[1]}$$", "so $a_{[1]}$ is", "    code [1]", "So:\n\n    [1]\n    [2]\n\n    [3]", "So:\n\n\t[1]",
    "- So\n\nThen:\n\n    [1]", "fooBar[1] = 3", "fooBar[1].name", "fooBar[1] + 1", "fooBar[1](x)", "`x` and fooBar[1]",
    "args2[1]\n```\n```", "y = fooBar[1]", "[1](leave.md)", "[1](#top)", "[1](/a 'A title')",
    "[1](https://x.org/a_(b))", "[1](<my leave.md>)", "v2.name[1]",
])
def test_no_marks(text: str) -> None:
    """Lists and indexes of programs, mathematics, indented code and links cite nothing."""
    assert found(text) == []


def test_a_list_after_other_words() -> None:
    """One number is a citation after any word, several are after those that no vector goes by."""
    assert found("The list [1] and others [2, 3].") == ["[1]", "[2, 3]"]


HOSTILE = {
    "ticks": " ".join("`" * count + "a" for count in range(1, 630)),
    "ticks twice": " ".join("`" * count + "a" for count in (*range(1, 440), *range(440, 1, -1))),
    "ticks in lines": "\n".join([" ".join("`" * count for count in range(1, 440))] * 2),
    "slashes": ("[1](" + "/" * 999) * 200, "words": ("[1](" + "a" * 1200) * 170, "open": "[1](" * 50_000,
    "titles": ('[1](/ "' + "a" * 290) * 600, "money": "$" + "a $b" * 50_000, "maths": "$$a" * 66_000,
    "long maths": ("$$" + "a" * 1100) * 180, "indexes": ("a" * 39 + "[9]") * 4700, "unknown": "aB[9]" * 40_000,
    "blanks": "\n\n" + (" " * 99 + "\n\n") * 2000, "items": "- a\n\n    b\n\n" * 15_000, "deep": "\n\n    [1]" * 20_000,
    "fences": "\n```\n" + "\n~~~x" * 40_000, "more fences": "```\n" + "\n   ```x" * 25_000, "bars": "[1,1" * 50_000,
    "ranges": "[1-20]" * 33_000, "addresses": "http://" * 28_000, "tags": "<pre" * 50_000, "code": "<code>x" * 28_000,
    "quotes": "\n" + "> " * 100_000, "apostrophes": "a'" * 100_000 + "[1]", "wide": "\u30101\u2020" * 66_000,
    "dots": "a." * 50_000 + "a[1]" * 20_000, "equals": "= [1]" * 40_000, "calls": "a([1]" * 40_000,
    "closed": "[1]" * 66_000, "brackets": "[" * 200_000,
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_long_texts_are_quick(text: str) -> None:
    """Whatever a model writes is read in a time that grows with its length: in processor time, since others run
    beside."""
    begun = time.process_time()
    list(marks("[1] " + text[:200_000]))
    assert time.process_time() - begun < 2


def test_any_text() -> None:
    """Marks stand where they are said to, one behind another, whatever the text is."""
    chance = random.Random(7)
    pieces = ("[1]", "[2, 3]", "`", "``", "\n", "    ", "```", "~~~", "$", "a", "fooBar", "](", "https://x.org", ")",
              "= ", "<pre>", "</pre>", "\u30101\u3011", "- ", " ", "\\")  # fmt: skip
    for _ in range(2000):
        text, last = "".join(chance.choices(pieces, k=12)), 0
        for each in marks(text):
            assert last <= each.start < each.end
            assert text[each.start] + text[each.end - 1] in ("[]", "\u3010\u3011")
            last = each.end
