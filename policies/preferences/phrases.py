"""The phrases in which people state facts about themselves, as data: aspect, shape of the object, cue words, pattern.

The object stands in group `x`; a phrase is tried only where one of its cue words is in the clause (none: always).
"""

from __future__ import annotations

from policies.preferences.lexicon import DIETS, DURATION, LEVELS, NUMBER, SPENT

ADVERB = (
    r"(?:(?:really|just|also|absolutely|do|always|usually|generally|definitely|particularly|especially|truly|quite|"
    r"mostly|typically|often|still|personally|sometimes|normally|mainly|much|totally|honestly|actually|simply|only|"
    r"probably|tend to|have always|have|regularly|frequently|currently|both|all|thoroughly|rather|pretty|most|very|"
    r"so|a bit|a little|now|strictly|utterly|strongly|occasionally|rarely|kind of|sort of|more|too|certainly) ){0,4}"
)
_AM = r"(?:i'm|i am|we're|we are)"
_HAVE = (
    r"(?:i|we)(?:'ve| have| do|'ll| will|'d| would)?(?: only| also| usually| normally| generally| just| probably)?"
    r"(?: have got| got| have| suffer from|(?<='ve))"
)
_BE = r"(?:i|we)(?:'m|'ve|'re| am| are)? ?"
_SAY = rf"(?:{_AM}|i(?:'d| would) say i(?:'m| am)|i(?:'d| would)? (?:consider|call|rate) myself(?: as)?)"
_SOME = r"(?:(?:an?|some|severe|bad|serious|mild|only|both|strong|food|slight) ){0,3}"
_NOW = r"(?:(?:currently|now|just|actually|recently|still|originally|also|have|been|mostly|only|mainly) ){0,3}"
_PRE_DIET = (
    r"(?:(?:also|strictly|strict|currently|now|mostly|an?|the|just|actually|on|both|mainly|only|type \d|and|lifelong|"
    r"ethical|ovo-lacto|lacto-ovo|lacto|fully|completely|basically|pretty|much|trying to be|following|going|doing) "
    r"){0,4}"
)
_DIET = rf"(?:{DIETS})(?:,? (?:and|or|but also) (?:{DIETS}))*"
_NO_DIET = r"\b(?! (?:friend|rest|shop|curious|caf|recipe|dish|food|meal))"
PLAIN_DIET = rf"{_PRE_DIET}(?P<x>{_DIET}){_NO_DIET}"
_HEDGE = (
    r"(?:(?:not|no|an?|the|still|very|pretty|quite|fairly|just|only|more|of|somewhat|kind|sort|complete|total|absolute|"
    r"relative|really|so|bit|particularly|reasonably|relatively|especially|about|at|moderately|to be|as) ){0,6}"
)
_MUCH = (
    r"(?:no|some|little|a lot of|lots of|limited|plenty of|very little|not much|years of|a little|a bit of|"
    r"a (?:good|fair|decent) amount of|sufficient)"
)
_AMOUNT = (
    r"(?:plenty of|lots of|a lot of|all the|little|limited|very little|not much|no|enough|some|a (?:good|fair|decent|"
    r"reasonable) amount of)"
)
_NOT_FOR = r"(?! (?:ago|old|subscription|trial|left to live|of\b(?! (?:time|free|spare))|exp))"
_ALLERGY = r"(?:allerg(?:y|ies)|intolerances?)"
_ALLERGIC = (
    "allergic allergy allergies intolerant intolerance intolerances sensitive lactose-intolerant gluten-intolerant"
)
_KIN = r"(?:kids?|child|children|sons?|daughters?|wife|husband|partner|twins|baby)"
_MINE = r"(?:(?:main|health|fitness|current|long-term|biggest) ){0,2}"

Phrases = tuple[tuple[tuple[str, str], tuple[tuple[str, str], ...]], ...]

PHRASES: Phrases = (
    (
        ("name", "person"),
        (
            ("name name's nickname", r"my (?:first |full |nick|pre)?name(?:'s| is|:) (?P<x>.+)"),
            ("call address", r"(?:(?:you|can|may|just|people|friends|everyone|my) ){0,3}(?:call me|address me as) "
                r"(?P<x>.+)"),
            ("changed", r"i(?:'ve| have)? changed my name to (?P<x>.+)"),
            ("called go", r"(?:i'm called|i am called|i go by) (?P<x>.+)"),
        ),
    ),
    (
        ("location", "place"),
        (
            ("live living lived", rf"(?!(?:i|we) (?:\w+ )?lived){_BE}{_NOW}(?:live|living|lived) (?:in|near) "
                rf"(?P<x>.+)"),
            ("from based moved", rf"{_BE}{_NOW}(?:based in|moved to|come from|from) (?P<x>.+)"),
            ("town city hometown", r"my (?:home ?town|city) is (?P<x>.+)"),
        ),
    ),
    (
        ("skill", "level"),
        (
            ("", rf"{_SAY} (?P<x>{_HEDGE}(?:{LEVELS})\b(?! (?:this|that|it|you|i|we|the)\b)[^,.;!?]*)"),
            ("new", rf"{_SAY} (?P<x>{_HEDGE}new (?:to|at) \w[^,.;!?]*)"),
            (
                "at with in",
                rf"{_SAY} (?P<x>{_HEDGE}(?:good|bad|terrible|great|ok|okay|hopeless|useless|excellent|handy|fine) "
                r"(?:at|with|in) (?!(?:this|that|it)\b)\w[^,.;!?]*)",
            ),
            (
                "cook chef writer player baker driver swimmer skier gardener coder runner",
                rf"{_SAY} (?P<x>{_HEDGE}(?:good|bad|terrible|great|greatest|best|worst|decent|keen|seasoned|budding|"
                r"home) (?:cook|chef|writer|player|baker|driver|swimmer|skier|gardener|coder|runner)\b[^,.;!?]*)",
            ),
            (
                "skill skills level ability abilities proficiency experience",
                r"(?:my|our) (?:[\w -]{0,24}? )?(?:skills?|level|abilit(?:y|ies)|proficiency|experience)(?: levels?)?"
                r"(?: (?:in|at|with|for) [\w ]{2,20}?)?(?: would be| is| are|'s|:) (?!that\b)(?P<x>[^,;!?]{2,50})",
            ),
            (
                "experience knowledge practice",
                rf"{_HAVE} (?P<x>(?:(?:{_MUCH}|(?:{NUMBER}) years(?: of)?) ){{1,3}}(?:\w+ )?(?:experience|knowledge|"
                r"practice)(?: (?:in|with|of|at) [\w ]+)?)",
            ),
            ("never", r"i've (?P<x>never (?:used|tried|cooked|played|written|programmed|coded|studied) [^,.;!?]+)"),
        ),
    ),
    (
        ("occupation", "job"),
        (
            ("as", rf"(?!i (?:\w+ )?worked)(?:i|i'm|i am|i've) {_NOW}(?:work|working|employed|worked) as (?:an? |the "
                rf")?(?P<x>.+)"),
            (
                "job profession occupation",
                r"my (?:job|profession|occupation|day job)(?: is|'s|:) (?:being )?(?:an? )?(?P<x>.+)",
            ),
            ("work", rf"(?:i|i'm) {_NOW}work (?:in|at|for) (?!the |it\b|my |you|this|that|home|all |long)(?P<x>.+)"),
            (
                "study studying",
                rf"(?:i|i'm|i am) {_NOW}(?P<x>study(?:ing)? (?!this|that|it\b|for|at|hard|the |in )\w.+)",
            ),
        ),
    ),
    (
        ("occupation", "known job"),
        (
            ("i'm am", rf"{_AM} {_NOW}(?:an? )(?P<x>.+)"),
            ("retired unemployed employed", rf"{_AM} {_NOW}(?P<x>(?:retired|unemployed|self-employed)\b.*)"),
        ),
    ),
    (
        ("allergies", "allergens"),
        (
            (_ALLERGIC, rf"{_AM} (?:\w+ ){{0,2}}?(?:allergic|intolerant|sensitive) (?:to|of|with) (?P<x>.+)"),
            (_ALLERGIC, rf"{_HAVE} {_SOME}{_ALLERGY} (?:to|of|with|for|against) (?P<x>.+)"),
            (_ALLERGIC, rf"{_HAVE} {_SOME}(?P<x>(?!no |any )[\w' ,-]{{2,80}} {_ALLERGY})\b"),
            (_ALLERGIC, r"(?:i'm|i am) (?P<x>[\w-]+)[ -]intolerant"),
            (_ALLERGIC, rf"my (?:food |only |main )?{_ALLERGY}(?: is| are|:| include) (?:to )?(?P<x>.+)"),
        ),
    ),
    (
        ("diet", "whole"),
        (
            ("", rf"{_AM} {PLAIN_DIET}"),
            (
                "eat follow keep stick went gone be become became",
                rf"(?:i|we)(?:'ve| try to| tend to)? {_NOW}(?:eat|follow|keep|stick to|went|gone|be|become|became) "
                rf"{_PRE_DIET}(?P<x>{_DIET}){_NO_DIET}",
            ),
            (
                "diet",
                rf"(?:{_AM} (?:on|following)|(?:i|we)(?: try to| have to)? follow|i have) (?:an? )?(?P<x>(?!no|"
                rf"any)[\w-]+(?: [\w-]+)?) diet\b",
            ),
            ("diet", r"my diet is (?P<x>.+)"),
            (
                "celiac coeliac diabetes intolerance",
                rf"{_HAVE} (?P<x>(?:celiac|coeliac)(?: disease)?|(?:type \d )?diabetes|(?:an? )?lactose intolerance)\b",
            ),
        ),
    ),
    (
        ("budget", "money"),
        (
            (
                "budget",
                rf"(?:{_HAVE} |my |our |the |a |with ){{0,2}}(?:[\w-]+ )?budget(?:'s| is| of|:| would be| around|"
                rf"(?= ?[$€£\d]| (?:about|under|up to|less|max|between|went|went up|tight)))(?: of)? ?(?P<x>.+)",
            ),
            (
                "afford spend pay",
                r"(?:i|we) (?:can|could|want to|would like to|can only) (?:afford|spend|pay) (?P<x>[^;!?]*(?:[$€£]|"
                r"dollar|euro|pound|bucks|\d+k)[^;!?]*)",
            ),
            ("budget", rf"{_AM} on an? (?P<x>(?:very )?(?:tight|small|low|limited|shoestring|modest|student)) budget"),
        ),
    ),
    (
        ("time", "exact"),
        (
            (
                "",
                rf"(?:{_HAVE}|(?:i|we)(?: can spare| can spend|'d like to spend| would like to spend| usually spend)) "
                rf"(?:(?:only|just|maybe|probably|like|also|have) ){{0,2}}(?P<x>{DURATION}{_NOT_FOR}{SPENT})",
            ),
            ("time", r"(?:i|we) (?P<x>(?:don't|do not)(?: \w+)? have (?:much|a lot of|lots of|too much|enough) "
                rf"(?:free |spare )?time{SPENT})"),
            ("time", rf"{_HAVE} (?:\w+ )?(?P<x>{_AMOUNT} (?:free |spare )?time(?! limit){SPENT}|no time limit)"),
            (
                "spend",
                r"(?:i|we) (?:\w+ )?(?P<x>(?:don't|do not) (?:\w+ )?(?:want|have|like|need) to spend (?:too "
                r"much|too long|"
                r"a lot of|much|ages|hours|long)(?: time)?(?: (?:cook|prepar|mak|clean|wait|plan|driv|commut|"
                r"study)ing\b| in the kitchen)?(?: \w+)?)",
            ),
            (
                "hurry rush short pressed",
                rf"{_AM} (?P<x>(?:always |not )?(?:in (?:a|any|a bit of a|quite a) (?:hurry|rush)|short on time|"
                rf"short of "
                r"time|pressed for time))",
            ),
        ),
    ),
    (
        ("companions", "family"),
        (
            (
                "kid kids child children son sons daughter daughters wife husband partner twins baby",
                rf"(?:{_HAVE}|i'm married with|i am married with|i'm a (?:mum|mom|dad|mother|father) (?:of|to)) "
                rf"(?P<x>(?:(?!had\b)\w+ ){{0,3}}{_KIN}\b(?: (?:and|who) .*)?)",
            ),
        ),
    ),
    (
        ("units", "whole"),
        (
            (
                "metric imperial celsius fahrenheit",
                r"(?:i|we) (?:always |only |usually )?(?:use|prefer|think in|work in)(?: the)? "
                r"(?P<x>metric|imperial|celsius|fahrenheit)\b(?= units| system| measure|$)",
            ),
        ),
    ),
    (
        ("goals", "whole"),
        (
            (
                "goal goals aim aims objective resolution",
                rf"my {_MINE}(?:goal|aim|objective|resolution)s?(?: is| are|:) (?:to )?(?P<x>(?!.*\b(?:this|bug|"
                rf"error|function|code|file|script|these)\b).+)",
            ),
        ),
    ),
)
