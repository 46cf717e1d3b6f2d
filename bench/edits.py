"""Answers that differ from what a passage says in one place, and answers that say it in other words, for tests and for
figures: each over one passage, by itself, through all checks as shipped but for those that need a model. Written for
this purpose.

write_back/edits/accepted   share accepted of the wrong ones; `accepted@FAMILY`: of one family of them
write_back/edits/right      share accepted of the right ones, the price of being strict; each is in other words than its
                            passage, since copies are kept out for another reason
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from adapters.ports import Passage
from bench.edited import SETS
from policies.write_back.candidate import Candidate
from policies.write_back.verifying import Verifier

RIGHT = "right"
FAMILIES = ("number", "unit", "negation", "antonym", "exception", "condition", "quantifier", "comparative", "causality",
            "agent", "time", "scope", "heading")  # fmt: skip


class Edit(NamedTuple):
    """An answer to a question over a passage; `family` is what was changed, or `RIGHT`."""

    family: str
    question: str
    answer: str
    title: str
    text: str

    @property
    def candidate(self) -> Candidate:
        """As it is verified."""
        passage = Passage("p1", "default", f"/docs/{self.title}.md", self.title, self.text, digest="d")
        return Candidate(self.question, self.answer, {1: passage})


def edits() -> Iterator[Edit]:
    """All of them, the wrong ones and the right ones."""
    title = text = question = ""
    lines = iter(SETS.strip().replace("\n  ", " ").split("\n"))
    for line in lines:
        if line.startswith("= "):
            title, text = line[2:], next(lines)
        elif line.startswith("? "):
            question = line[2:]
        else:
            family, _, answer = line.partition(": ")
            answer = answer.replace("\\n", "\n")
            cited = answer if "[1]" in answer else f"{answer[:-1]} [1]."
            yield Edit(family, question, cited, title, text)


async def measure() -> dict[str, float]:
    """The metrics `write_back/edits/...`."""
    verifier, found = Verifier(), dict[str, list[bool]]()
    for each in edits():
        found.setdefault(each.family, []).append((await verifier.verify(each.candidate)).accepted)
    right = found.pop(RIGHT)
    wrong = [each for family in found.values() for each in family]
    shares = {"accepted": wrong, "right": right} | {f"accepted@{family}": each for family, each in found.items()}
    return {f"write_back/edits/{name}": round(sum(each) / len(each), 4) for name, each in sorted(shares.items())}
