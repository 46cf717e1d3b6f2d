"""Does a turn ask to choose, to decide, or for advice? Then how a person decides matters to the answer."""

from __future__ import annotations

import re

from adapters.ports import strip_blocks

MOST = 4000
"""Characters that are read of a turn."""
_CHOOSING = re.compile(
    r"\b(?:which (?:one|of|\w+ (?:should|would|do|is|are))|should (?:i|we)|shall (?:i|we)|(?:what|which|who|where|how) "
    r"(?:\w+ ){0,3}(?:should|would|could|do|shall|can) (?:you |i |we )(?:recommend|suggest|choose|pick|do|go|buy|use|"
    r"take|get|read|watch|cook|eat|wear|order|visit|start|play|learn|try|prefer|advise)|recommend\w*|"
    r"suggest(?:ion|ions)?\b|what do you (?:think|suggest|advise|recommend)|(?:any|some|your) (?:advice|suggestions|"
    r"recommendations|tips|ideas)|advi[cs]e (?:me|on)|help me (?:choose|decide|pick|find|plan)|(?:choose|decide|pick|"
    r"torn|prefer|compare) (?:\w+ ){0,4}(?:between|or|over|versus|vs)|is it (?:better|worth|a good idea)|(?:better|"
    r"best) (?:for me|option|choice|way)|pros and cons|worth (?:it|buying|doing|trying|reading|watching)|(?:would|do) "
    r"you (?:rather|prefer)|what would suit)\b",
    re.IGNORECASE,
)


def choosing(text: str) -> bool:
    """Whether a turn of a person asks for a choice or for advice."""
    return _CHOOSING.search(strip_blocks(text[:MOST])) is not None
