"""What a person wrote lately, quoted: the last few texts of their own, by recency and never by what is asked.

How somebody writes shows best in what they wrote ("Understanding the Role of User Profile in the Personalization of
LLMs", arXiv 2406.17803). The texts stay where they are kept and go into no profile: what is forgotten there is gone
here with the next pin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.ports import AdapterError, Block, EvidenceKind, Profile, User, UserStore, count_tokens
from policies.base import Exchange
from policies.preferences.pin import NOTE
from policies.preferences.quoting import quote
from policies.preferences.values import key

NAME = "episodes"
HEAD = "Written by this person lately:"
HANDED_IN: tuple[EvidenceKind, ...] = ("artefact", "edit", "import")
MOST_READ = 24
"""Events that are looked through for texts of the person's own: most turns of a chat hold no draft."""


@dataclass(frozen=True, slots=True)
class Episodes:
    """Up to `most` texts (none: the store is not read), each of at most `tokens` tokens."""

    users: UserStore
    most: int
    tokens: int

    async def lately(self, exchange: Exchange, profile: Profile, summary: str) -> str:
        """The text of the block, within what all policies together may still inject beside the summary; "" where there
        is nothing to show, or the store cannot tell. No text is shown that holds what shall not be mentioned, and none
        where the profile is not trusted to be this person's."""
        if not self.most or exchange.user is None or profile.election.guarded:
            return ""
        taken = count_tokens(Block("profile", summary, note=NOTE).render()) if summary else 0
        try:
            found = await self._latest(exchange.user, hidden(profile))
        except AdapterError:
            exchange.receipt.note("episodes_unavailable")
            return ""
        return rendered(found, exchange.receipt.budget - taken)

    async def _latest(self, user: User, hidden: Sequence[frozenset[str]]) -> list[str]:
        """The last texts as they are quoted, newest last."""
        handed = await self.users.latest(user, HANDED_IN, MOST_READ)
        said = await self.users.latest(user, ("statement",), MOST_READ)
        texts: dict[str, None] = {}
        for item in sorted((*handed, *said), key=lambda item: item.seq, reverse=True):
            text = quote(item, self.tokens)
            if text and not any(words.issubset(key(text).split()) for words in hidden):
                texts[text] = None
            if len(texts) == self.most:
                break
        return [*texts][::-1]


def hidden(profile: Profile) -> list[frozenset[str]]:
    """The words of each claim that the person does not want mentioned."""
    claims = (claim for claim in profile.claims if claim.suppressed and claim.superseded_by is None)
    return [words for claim in claims if (words := frozenset(key(claim.value).split()))]


def show(exchange: Exchange, text: str) -> None:
    """Add the block behind the summary, unless it is empty or what is left to inject has no room for it."""
    block = Block(NAME, text)
    tokens = count_tokens(block.render())
    if text and tokens <= exchange.receipt.budget - exchange.receipt.tokens:
        exchange.receipt.note("episodes", tokens)
        exchange.request = exchange.request.with_context(block)


def rendered(texts: list[str], room: int) -> str:
    """The block's text with as many of the newest as `room` tokens hold, delimiters included."""
    for start in range(len(texts)):
        text = "\n".join((HEAD, *texts[start:]))
        if count_tokens(Block(NAME, text).render()) <= room:
            return text
    return ""
