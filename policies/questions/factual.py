"""Does a turn ask for a fact and for nothing else? Then who asks does not change what is true, only how it is told.

Only what surely does is taken for one: a mistake here hides what is known of a person from a question that needed it,
a miss costs nothing. So it must be asked in plain English words of a question, name nobody in the conversation, and
neither want a choice, a plan or advice, nor lean on where and when it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from adapters.ports import strip_blocks
from policies.questions.gate import judge

MOST = 400
"""Characters of a turn that only asks for a fact; longer ones bring a situation along."""
_ASKING = ("question", "how_to", "documents", "identifier")
"""The gate's reasons for what asks for knowledge."""
_QUESTION = re.compile(
    r"\b(?:what(?:'s)?|who(?:'s|m|se)?|when|where(?:'s)?|which|why|how|does|did|were|is there|are there|is the|are the|"
    r"was the|define|tell me|name the|list the|find the|count the|identify|definition|meaning)\b"
)
"""Plain English words of asking: other languages begin with "was" and "is" too, in another sense."""
_PEOPLE = re.compile(
    r"\b(?:(?<!war )i|i'?m|i've|i'd|i'll|my|mine|myself|we|we're|we've|we'd|we'll|our|ours|ourselves|you|your|yours|"
    r"you're|u(?!\.)|ur|let's|(?<!tell )me|(?:for|with|to|give|let|show|help|suits?|both of|all of) us|someone like)\b"
)
_WANTS = re.compile(
    r"\b(?:recommend\w*|suggest\w*|advi[cs]e\w*|propos(?:e|als?)|should|shall|ought|better|best|good|great|nice|ideal|"
    r"perfect|suitable|popular|health(?:y|ier)|delicious|tasty|fun|cheap\w*|affordable|worth\w*|favou?rites?|prefer\w*|"
    r"likes?|love|enjoy\w*|feel\w*|ideas?|tips?|hints?|tricks|ways? to|plans?|planning|itinerar\w+|schedule|routine|"
    r"activities|attractions|sights|exercises?|workouts?|stretches|recipes?|menus?|meals?|dish(?:es)?|dinners?|"
    r"lunch(?:es)?|breakfasts?|brunch|snacks?|desserts?|gifts?|presents?|birthdays?|anniversary|restaurants?|hotels?|"
    r"trips?|vacations?|holidays?|things to|what to|where to|which \w+ to|when to|whether to|how to|"
    r"how (?:can|could|would|do|does|should) (?:one|people|somebody|someone)|"
    r"(?:what|which) (?:movies|films|books|novels|songs|games|shows|series)|(?:what|which) are (?:some|a few)|"
    r"options?|alternatives?|instead|substitutes?|replac\w+|choose|choice|pick|decide|opinions?|reviews?|ratings?|"
    r"goes (?:well )?with|go with|pairs?|helps?|remed(?:y|ies)|treatments?|dos(?:es?|age)|(?:un)?safe(?:ly)?|"
    r"allerg\w+|calories|diets?|cook\w*|bake\w*|eat|drink|wear|watch|buy|try|pros and cons|compare\w*|examples?|"
    r"(?:how|where) (?:is|are|was|were) [\w' -]{1,40} (?:made|prepared|served|eaten|drunk|taken|used|sold|stored)|"
    r"explain|describe|imagine|pretend|write|draft|compose|create|make|translate|rewrite|summari[sz]e)\b"
)
"""Advice, choice, plans, taste and work; what people eat, buy and watch, which is mostly asked for these; and what is
explained, which depends on who is to understand it."""
_HERE = re.compile(
    r"\b(?:here|nearby|nearest|near|closest|close by|around|local(?:ly)?|now|today|tonight|tomorrow|"
    r"this (?:week|weekend|evening|morning|afternoon|month)|next (?:week|weekend|month)|weather|forecast|traffic)\b"
)
"""Where and when it is asked, which is about who asks."""
_TAKEN = re.compile(
    r"\b(?:food\w*|ingredients?|nutri\w+|vitamins?|protein|vegan|vegetarian|halal|kosher|gluten\w*|lactose|dairy|"
    r"cuisines?|sauces?|soups?|stews?|salads?|cakes?|pies?|breads?|cheeses?|meats?|beef|pork|chicken|fish|seafood|"
    r"shellfish|nuts?|peanuts?|eggs?|milk|sugar|spic(?:es?|y)|flavou?rs?|edible|drinks?|beers?|wines?|cocktails?|coffee|tea|caffeine|"
    r"alcohol\w*|fasting|taken|tak(?:e|es|ing) (?:\w+ ){0,3}(?:for|against|with|daily|a day)|"
    r"medic(?:in\w*|ations?|aments?)|drugs?|pills?|tablets?|painkillers?|antibiotics?|penicillin|paracetamol|acetaminophen|ibuprofen|aspirin|insulin|"
    r"statins?|vaccin\w*|supplements?|prescri\w+|side effects?|overdos\w+|toxic\w*|poison\w*|symptoms?|diagnos\w+|"
    r"therap(?:y|ies)|cur(?:e|es|ed)|pregnan\w+|first aid|contraindicat\w+|interact with|ache|pain|"
    r"(?:from|at|to|near|between) (?:home|work|the office|school)|commut\w+)\b"
)
"""What people eat, drink and take, and the ways between their places: the answer may harm who is not known to it."""
_MARKS = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'"})


def factual(text: str) -> bool:
    """Whether a turn of a person asks for facts, and plainly neither for a choice nor about somebody who takes part."""
    if len(text) > MOST:
        return False
    verdict = judge(text)
    if verdict.decision != "yes" or verdict.reason not in _ASKING:
        return False
    plain = strip_blocks(text).lower().translate(_MARKS)
    return _QUESTION.search(plain) is not None and not any(
        pattern.search(plain) for pattern in (_PEOPLE, _WANTS, _HERE, _TAKEN)
    )


def stays_factual(texts: Iterable[str]) -> bool:
    """Whether these turns leave a conversation about facts what it is: each asks for one, or only greets or thanks."""
    return all(judge(text).reason == "greeting" or factual(text) for text in texts)


def all_factual(texts: Sequence[str]) -> bool:
    """Whether a conversation of these turns of the person is about facts, and at least one of them asks for one."""
    return stays_factual(texts) and any(map(factual, texts))
