"""How passages are put before the model: numbered, attributed, within a number of tokens. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

from adapters.ports import Block, Hit, Passage, count_tokens
from policies.retrieval.written import marked

HEAD = (
    "Passages from documents that may help with the request above. Where you use one, cite it as [n]; "
    "where none fits, ignore them."
)
UNCITED = "Passages from documents that may help with the request above; where none fits, ignore them."
LEAST = 40
"""Tokens of a passage below which a cut one says too little."""


def render(hits: Sequence[Hit], room: int, first: int = 1, head: str = HEAD) -> tuple[str, tuple[Hit, ...]]:
    """The text of the block and the passages in it, best first, as many whole ones as `room` tokens hold; they are
    numbered from `first` on.

    A passage that does not fit is left out; only if the best one alone is too long, it is cut at a word. Empty where
    not even that has room.
    """
    left = room - count_tokens(Block("sources", head, "tail").render())
    parts: list[str] = []
    used: list[Hit] = []
    for hit in hits:
        part = _part(first + len(parts), hit.passage, hit.passage.text)
        tokens = count_tokens(part)
        if tokens <= left:
            parts.append(part)
            used.append(hit)
            left -= tokens
    if not used and hits:
        text = _cut(hits[0].passage.text, left - count_tokens(_part(first, hits[0].passage, "…")))
        if text:
            return f"{head}\n\n{_part(first, hits[0].passage, text)}", (hits[0],)
    return ("\n\n".join([head, *parts]), tuple(used)) if used else ("", ())


def without(passages: Mapping[int, Passage], head: str = HEAD) -> str:
    """The text of a block of which only these passages are left, each under the number that it had."""
    return "\n\n".join([head, *(_part(number, each, each.text) for number, each in passages.items())])


def label(source: str) -> str:
    """A source as people may see it: the name of the file and its row, not where it lies on this machine."""
    return source.rstrip("/").rsplit("/", 1)[-1].rsplit("\\", 1)[-1]


def address(source: str) -> str:
    """Where people may find a source: its own URL (without a password in it), else its label as a relative one."""
    if not source.lower().startswith(("http://", "https://")):
        return quote(label(source), safe="#")
    host = urlsplit(source).netloc
    return source.replace(host, host.rpartition("@")[2], 1) if "@" in host else source


def _part(number: int, passage: Passage, text: str) -> str:
    title = " ".join(passage.title.split())
    kind = "experience, " if passage.material == "experiences" else ""
    said = marked(passage, label) or f"{kind}{label(passage.source)}"
    return f"[{number}] {title} ({said})\n{text.strip()}"


def _cut(text: str, room: int) -> str:
    if room < LEAST:
        return ""
    words = text.split()
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count_tokens(" ".join(words[:middle])) <= room else (low, middle - 1)
    return " ".join(words[:low]) + "…" if low else ""
