"""Putting back the subject that people leave out: "love jazz" is "I love jazz"."""

from __future__ import annotations

import re

# By itself only what nobody says as advice or about others; after "I ..." or as an answer, more.
_ALONE = re.compile(
    r"(?:(?:really|absolutely|also|definitely|just) ){0,3}(?P<verb>love|hate|enjoy|prefer|dislike|adore|detest|can't "
    r"(?:stand|\w+(?= to save my life| at all)))\b(?= )|(?:(?:also|just) ){0,2}(?:not (?:a (?:big |huge )?fan of|"
    r"keen on|into|fond of)|(?:a )?(?:big |huge )?fan of|allergic to|looking for|in the mood for|(?:(?:currently|"
    r"still|now) ){0,2}(?:trying to|hoping to|planning to|training for|saving (?:up )?for|studying|learning|cutting "
    r"(?:out|down on|back on)|avoiding|giving up|not interested in|working (?:as|in|at|for)|(?:living|based) in|"
    r"travell?ing with))\b(?= )|(?P<need>need(?= an? | some | ideas))|(?P<been>(?:have )?been|(?:have )?(?:just|"
    r"recently) moved)\b(?= )",
    re.IGNORECASE,
)
_SPEAKING = re.compile(
    r"(?:(?:really|absolutely|also|definitely|usually|generally|just) ){0,3}(?P<verb>love|hate|enjoy|prefer|dislike|"
    r"adore|detest|can't (?:stand|eat|drink|have)|don't (?:like|eat|drink|enjoy|want|need|have|mind|love|care)|have|"
    r"tend to|like|would (?!you|it|that|this|he|she|they|there|i|we|be)\w+|am|need|want|avoid|usually \w+|never "
    r"(?:eat|drink|liked|watch|use)|live (?:in|near|with)|work (?:as|in|at|for))\b(?= )|(?:also )?(?:an? )?(?:vegan|"
    r"vegetarian|pescatarian|diabetic|coeliac|celiac)\b$|(?:(?:also|just) ){0,2}(?:not (?:a (?:big |huge )?fan of|"
    r"keen on|into|fond of)|(?:a )?(?:big |huge )?fan of|allergic to|looking for|in the mood for|interested in|open "
    r"to|partial to|tired of|sick of)\b(?= )",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?:he|she|they|you|people|everyone|everybody|someone|it|this|that|his|her|their|your|the)\b"
    r"|my (?!name|job|work|budget|diet|favou?rite|goal|city|home|skill|level|experience|typical|usual|weekly)\w"
    r"|(?!i\b)[\w'-]+ (?:is|was|has|likes|loves|hates|wants|eats|lives|works|prefers|needs|can't|doesn't)\b",
    re.IGNORECASE,
)


def tells_of_others(clause: str) -> bool:
    """Whether a clause has a subject other than the person: what follows without a subject is then not theirs."""
    return _OTHERS.match(clause) is not None


def with_subject(clause: str, speaking: bool) -> str:
    """The clause in the first person where its subject is left out; `speaking`: the person speaks of themselves."""
    found = (_SPEAKING if speaking else _ALONE).match(clause)
    if not found:
        return clause
    if found.groupdict().get("need"):
        return f"I {clause}"
    if "been" in found.re.groupindex and found["been"]:
        return f"I have {clause.removeprefix('have ')}"
    return f"I {clause}" if found["verb"] else f"I'm {clause}"
