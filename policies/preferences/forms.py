"""The forms of short answers, as patterns: yes and no, small talk, and answers that are told by their shape."""

from __future__ import annotations

import re

from policies.preferences.lexicon import ALONE, DIETS, DURATION, LEVELS, PEOPLE, SPENT
from policies.preferences.questions import TYPED

YES = re.compile(
    r"(?:(?:yes|yeah|yep|yup|sure|of course|definitely|absolutely|certainly|i (?:really )?do|i am|i (?:love|like|"
    r"enjoy) (?:it|them|both(?: of (?:them|those|these))?|that)|very much(?: so)?|both|love (?:it|them)|a lot|"
    r"totally|indeed|please|so much|really|oh)\b[\s,.!]*){1,6}",
    re.IGNORECASE,
)
NO = re.compile(
    r"(?=no|nah|never|neither|i |i'm|fortunately|luckily|sorry|can eat)(?:(?:no|nope|nah|none|nothing|not (?:really|"
    r"at all|that i know(?: of)?|that i can think of)|neither|never|i(?:'m not| am not)|i (?:do not|don't)(?: have "
    r"any(?: of (?:those|these|them))?)?|i have (?:none|nothing)|that i know of|whatsoever|at all|either(?: way)?|"
    r"for me|special|specific(?:ally)?|in particular|really|comes to mind|n/a|thanks|thank you|i can eat (?:anything|"
    r"everything)|can eat anything|i eat (?:anything|everything)|anything(?: goes| is fine)?|everything|currently|at "
    r"the moment|today|that's all|sorry|just|fortunately|luckily|so far)\b[\s,.!]*){1,6}",
    re.IGNORECASE,
)
ABOUT_IT = re.compile(
    r"(?:(?:because|that|well|especially|mainly|mostly|and|also|i (?:just )?(?:think|like that|love that|feel)) "
    r"){0,3}(?:(?:it|that|this|they)(?:'s| is| are|'re| looks?| seems?| sounds?| was| were|'ll be| will be| would be|"
    r" can be)|(?:it|that|this|they|the \w+)(?: also)? (?:has|have|had|takes?|uses?|contains?|includes?|gives?|"
    r"involves?|is (?=easy|quick|simple|healthy|fast))|i (?:can|could) (?:get|have|use|make)|the fact that (?:it|"
    r"they)(?:'s| is| are| has| have)?|being|how)\b ?(?:(?:also|really|very|so|quite|just) ){0,3}",
    re.IGNORECASE,
)
IT_HAS = re.compile(
    r",? (?:(?:and|especially|because|but) )?(?:that )?it(?:'s| has| is| uses| contains) ", re.IGNORECASE
)
SOUNDS = re.compile(
    r"(?!(?:it|this|that|they|those|these|which|all|both|sound|look|there|i|we|he|she|you)\b)(?P<x>[^;:]{3,70}?)"
    r"(?: one)? (?:sounds?|looks?|seems?) (?:(?:really|absolutely|very|so|pretty|super|like|an?) ){0,3}(?:great|good|"
    r"delicious|perfect|amazing|lovely|wonderful|nice|tasty|yummy|awesome|fantastic|brilliant|interesting|intriguing|"
    r"exciting|appealing|promising|fun)\b(?: (?:idea|option|choice|plan|to me))?",
    re.IGNORECASE,
)
TAKEN = re.compile(
    r"(?:i|we)(?: think)?(?: i)?(?:'ll| will|'m going to| am going to|'d like to| would like to|'d love to| would love "
    r"to)(?: (?:definitely|probably|just|also)){0,2} (?:go (?:for|with)|choose|pick)(?: the)? (?P<x>.+)",
    re.IGNORECASE,
)
CHATTER = re.compile(
    r"(?:that|this|it(?! is|'s)|they|those|these|there|you|he|she|sounds?|looks?|thanks?|thank|thx|great|perfect|"
    r"awesome|excellent|wonderful|amazing|lovely|brilliant|ok|okay|cool|nice|hello|hi|hey|bye|goodbye|good "
    r"(?:morning|evening|afternoon|night|idea|day|bye)|my (?:wife|husband|partner|girlfriend|boyfriend|kids?|"
    r"children|son|daughter|mother|father|mum|mom|dad|friends?|family|sister|brother)|her|his|their|let|tell|show|"
    r"give|find|suggest|recommend|see|wow|oh|lol|haha|sorry|will do|have a|take care|done|cheers|in (?!the mood)|"
    r"during|at|after|before|on (?!a budget)|from|when|while|next|got it|yum|super|fantastic|hmm|everything|whatever|"
    r"anything|same|previously|like i|as i|who|what|how|write|make|explain|create|list|translate|generate|help|fix|"
    r"try|hope|apolog(?:y|ies)|happy \w+ing)\b",
    re.IGNORECASE,
)
FRAME = re.compile(
    r"(?:i|we) ?(?:(?:'d|would|'ll|will|'m|am|can|could|do|have|'ve|also|usually|normally|typically|probably|just|"
    r"mostly|mainly|generally|often|really|always|only|sometimes|frequently|regularly|occasionally) ?){0,4}(?:say|"
    r"think|guess|go (?:for|with)|choose|pick|eat|"
    r"cook|make|watch|use|prefer|drink|read|play|listen to|consume|thinking (?:of|about)|have|got|be|open to|hoping "
    r"for|trying to|with)\b(?! to\b) ?",
    re.IGNORECASE,
)
HAVE_NONE = re.compile(
    r"(?P<own>(?:i|we) (?:don't|do not)(?: really)? have (?:any |a )?|(?:i|we) have no )|there (?:are|is) no |(?:just "
    r"|absolutely )?(?:no|none|without) (?:any )?",
    re.IGNORECASE,
)
HAVE = re.compile(
    r"(?:i|we)(?:(?: do| also| only| currently| already| still| just| usually){0,2} have(?: got)?|'ve(?: got)?|(?:'m|"
    r" am|'re| are)(?: also| currently)? (?:using|subscribed to|signed up (?:to|for)))\b(?! (?:to|never|\w+ed|"
    r"\w+en|(?:\w+ "
    r")?been|(?:just |already )?(?:had|made|seen|tried|found|heard|done|gone|come|thought|bought|read|felt|kept|lost|"
    r"met|put|said|told|begun|become))\b) ?",
    re.IGNORECASE,
)
IT_IS = re.compile(
    r"(?:it|that)(?:'s| is| was| would be|'d be)(?: (?:usually|normally|mostly|probably|typically))? ", re.IGNORECASE
)
PRONOUN = re.compile(r"(?:i|i'm|i've|i'll|i'd|we|we're|we'll|it's|my|our)\b", re.IGNORECASE)
DIET = re.compile(rf"(?:{DIETS})\b|(?:low|high|rich|no|free|reduced|only|mostly|less|more)\b", re.IGNORECASE)

_HOW = (
    r"(?:(?:not|very|pretty|quite|fairly|just|an?|total|complete|only|more|of|about|around|somewhat|really|"
    r"relatively|particularly|especially|that|so|too|super|the) ){0,5}"
)
_AT = r"(?: (?:at|in|with|skills?|level|cook(?:ing)?|chef|experience)\b)"
_LEVEL = re.compile(
    rf"\b{_HOW}(?:(?:{LEVELS}|medium|hard|difficult|moderate|limited|above average|below average)\b{_AT}{{0,3}}"
    r"|(?:greatest|best|worst|good|great|bad|decent) (?:cook|chef|baker|player|writer|speaker|driver|swimmer)\b"
    r"|(?<=^i )know (?:the basics|my way around)\b|(?<=^i )(?:can|know how to|am able to) (?:cook|make|bake|"
    r"play|speak|read|write|follow)\b[^,.;!?]{0,40}"
    rf"|(?:easy|simple|low|high|ok|okay|good|great|bad|poor|terrible|fine|alright|fair|mid)(?:{_AT}|$)"
    r"|\d+(?:\.\d)? ?(?:/|out of) ?\d+"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+)(?: out of (?:ten|\d+))?$)",
    re.IGNORECASE,
)
CLOCK = r"\d{1,2}(?:[:.]\d\d)? ?[ap]\.?m\b"
_MINUTES = re.compile(
    rf"{DURATION}{SPENT}|\b(?:not (?:much|long|a lot of|too much)(?: time)?|(?:plenty|lots|a lot) of time|as long as "
    r"(?:it takes|needed)|no (?:rush|hurry|limit|time limit)|(?:quick|fast|short)\b(?: and easy)?|limited time|"
    r"(?:all|whole) "
    rf"(?:day|night|evening|afternoon))|\b(?:(?:from|between|at|by|until) )?{CLOCK}(?: ?(?:-|to|until|and) ?{CLOCK})?"
    r"|^\d+(?: ?- ?\d+)?$",
    re.IGNORECASE,
)
_WHOSE = r"(?:(?:my|our|the|an?|some|two|three|four|five|six|\d+|whole|young|small|older|close) ){0,4}"
_COMPANY = re.compile(
    rf"(?:\b(?P<alone>{ALONE})|^(?:(?:it's|just|only|for|with) ){{0,2}}(?P<self>myself|me)$"
    rf"|\b(?P<who>{_WHOSE}(?:{PEOPLE})(?:(?:,? and |, | & ){_WHOSE}(?:{PEOPLE})){{0,4}})"
    r"|^(?:(?:it's|just|only|for|with|about|around|cooking|the) ){0,3}(?P<count>(?:\d+|two|three|four|five|six|seven|"
    r"eight)"
    r"(?: of us| people)?)$)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"(?:(?:about|around|under|up to|below|less than|max(?:imum)?|between) ){0,2}[$€£]? ?\d[\d.,]*(?: ?k)?"
    r"(?: ?(?:-|to|and) ?[$€£]? ?\d[\d.,]*)?(?: ?(?:dollars|euros|pounds|bucks|usd|eur|gbp|[$€£]))?"
    r"|\b(?:cheap|low|tight|no limit|unlimited|medium|moderate|small|not much)\b",
    re.IGNORECASE,
)
FORMS = dict(zip(TYPED, (_MINUTES, _LEVEL, _COMPANY, _MONEY), strict=True))
"""The form of an answer, by the aspect that was asked."""
