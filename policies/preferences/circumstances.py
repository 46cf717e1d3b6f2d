"""More phrases in which people state facts about themselves, as `phrases` has them: health, means, home, plans, "
"work."""

from __future__ import annotations

from policies.preferences.lexicon import LANGUAGES
from policies.preferences.phrases import ADVERB, PLAIN_DIET, Phrases

_AM = r"(?:i'm|i am|we're|we are)"
_HAVE = r"(?:i|we)(?:'ve| have)(?: got| also| really| always had)?"
_MONEY = r"(?:[$€£] ?\d[\d.,]*k?|\d[\d.,]*k? ?(?:dollars|euros?|pounds|bucks|quid|usd|eur|gbp|[$€£]))"
_CONDITION = (
    r"(?:(?:severe|mild|chronic|bad|really|high|low|type \d|a bit of|pretty|an?) ){0,2}(?:adhd|add|autism|"
    r"asperger'?s|dyslexia|asthma|arthritis|flat feet|ibs|crohn'?s|epilepsy|migraines|insomnia|anxiety|depression|"
    r"ptsd|ocd|tinnitus|eczema|psoriasis|vertigo|blood pressure|cholesterol|(?:bad|weak|sore) (?:knees?|back|"
    r"shoulder|eyesight)|back pain|poor eyesight|gout|reflux|acid reflux|diabetes|heart (?:condition|disease)|"
    r"scoliosis|fibromyalgia|gastritis)"
)
_STATE = (
    r"(?:(?:a bit|partially|very|legally|red-green|profoundly|\w+ (?:weeks|months)) ){0,2}(?:colou?r[- ]?blind|blind|"
    r"deaf|dyslexic|autistic|pregnant|breastfeeding|hard of hearing|visually impaired|short-sighted|near-?sighted|"
    r"asthmatic|epileptic|neurodivergent|left-handed|disabled|hypertensive|an? wheelchair user|in a wheelchair|on "
    r"crutches)"
)
_AID = r"(?:wheelchair|screen reader|hearing aids?|walking stick|cane|walker|crutches|prosthetic\w*|mobility scooter)"
_SHOP = (
    r"(?:bakery|shop|company|start-?up|caf[eé]|restaurant|business|farm|agency|studio|blog|salon|gym|podcast|practice|"
    r"clinic|hotel|bar|pub|store|firm|charity|school|nursery|workshop|newsletter|bookshop|bookstore|brewery|team)"
)
_CHIEF = (
    r"(?:ceo|cto|cfo|coo|vp|head|director|manager|owner|co-?owner|founder|co-?founder|president|chair|lead|principal|"
    r"secretary|treasurer|captain|editor|vice president|deputy head)"
)
_FAMILY_HOME = r"(?:flat|house|place|home|apartment|family home|office|studio|cottage|farm)"
_CITY = r"(?P<x>(?-i:[A-ZÀ-Ý])[a-zà-ÿ][\w'.-]+(?:[ -](?-i:[A-ZÀ-Ý])[\w'.-]+){0,2}(?:, (?-i:[A-ZÀ-Ý])[\w'.-]+)?)"
_NO_CITY = (
    r"(?!(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|"
    r"wednesday|thursday|friday|saturday|sunday|year|grade|chapter|phase|room|building|love|python|java|excel|word|"
    r"windows|linux|vim|chrome|class|trouble|bed|line|charge|section|step|level)\b)"
)
_OF_DAY = r"birthday|wedding|anniversary|graduation|honeymoon|bar mitzvah|quinceañera|housewarming|baby shower"
_TALENT = r"(?:cook|draw|sing|dance|swim|drive|code|bake|ski|paint|sew|knit|spell|ride a bike|read music|program|type)"

CIRCUMSTANCES: Phrases = (
    (
        ("allergies", "allergens"),
        (
            (
                "hives rash rashes react itchy anaphylaxis swell sneeze anaphylactic",
                r"(?:i|we) (?:\w+ )?(?:get|break out in|come out in|react|swell up)(?: (?:really|very|quite))?(?: "
                r"(?:badly|hives|an? (?:\w+ )?(?:rash|reaction)|(?:really |very )?itchy)){0,2} (?:from|to|when i "
                r"(?:eat|touch|have)) (?:eating |touching )?(?P<x>.+)",
            ),
            ("fever", rf"{_HAVE} (?:\w+ )?(?P<x>hay ?fever)"),
        ),
    ),
    (
        ("diet", "whole"),
        (("been", rf"(?:i|we)(?:'ve| have) been (?:eating |on )?{PLAIN_DIET}"),),
    ),
    (
        ("habits", "whole"),
        (
            (
                "everything mostly mainly all",
                r"i (?P<x>(?:write|do|code|build|develop) (?:everything|mostly|mainly|(?:most of|all) my \w+) in "
                r"(?!the |my |a )[\w+#. ]{1,30})$",
            ),
        ),
    ),
    (
        ("needs", "whole"),
        (
            ("", rf"(?:{_HAVE}|i suffer from) (?P<x>{_CONDITION})\b"),
            ("", rf"{_AM} (?:also )?(?P<x>{_STATE})\b"),
            ("use need wear", rf"i (?:use|need|wear|rely on|walk with) (?:an? |my )?(?P<x>{_AID})(?=$| (?:to|at|when|"
                rf"because|since|after|all)\b)"),
        ),
    ),
    (
        ("budget", "money"),
        (
            (
                "spend pay afford go",
                r"(?:i|we) (?:can't|cannot|don't want to|won't|do not want to|would rather not|wouldn't) (?:really "
                rf")?(?:spend|pay|afford|go) (?P<x>(?:more than|over|above|anything over) {_MONEY})",
            ),
            ("", rf"(?:{_HAVE}|we have|i have) (?P<x>(?:only |about |around |roughly |up to )*(?:{_MONEY}|"
                rf"\d+k\b))(?: \w+){{0,4}}"),
        ),
    ),
    (
        ("location", "place"),
        (
            ("flat house place home apartment office studio cottage farm", rf"(?:my|our) {_FAMILY_HOME}(?:'s| is) in "
                rf"(?P<x>.+)"),
            ("based", rf"{_AM} (?:\w+ )?based (?:out of|near|around) (?P<x>.+)"),
            (
                "relocated staying located settled",
                r"(?:i|we)(?:'m|'re|'ve| am| are| have)? ?(?:\w+ )?(?:relocated to|staying in|located in|settled in) "
                r"(?P<x>.+)",
            ),
            ("in", rf"{_AM} (?:currently |now |over |here |down |up )?in {_NO_CITY}{_CITY}(?: now| at the moment|)$"),
            ("live living lived", r"(?:i|we)(?:'m|'re| am| are)? (?:live|living) (?:\w+ ){1,2}?in (?P<x>.+)"),
        ),
    ),
    (
        ("occupation", "job"),
        (
            ("run manage", rf"i (?:run|manage|co-own) (?P<x>(?:an?|my own|our|the|two) (?:[\w-]+ ){{0,3}}{_SHOP}\b.*)"),
            ("teach", r"i (?P<x>teach (?!you|him|her|them|it|this|that|me|myself)\w.+)"),
            (
                "jobs leave sabbatical work hunting semi-retired home",
                rf"{_AM} (?:currently )?(?P<x>between jobs|on (?:maternity|paternity|parental|sick) leave|on (?:a "
                r")?sabbatical|out of work|job hunting|semi-retired)",
            ),
            ("", rf"{_AM} (?:the|an?|one of the) (?P<x>(?:\w+ )?{_CHIEF} (?:of|at) .+)"),
            ("home", rf"{_AM} an? (?P<x>(?:stay|work)[ -]at[ -]home (?:mum|mom|dad|parent|mother|father))"),
            ("work", r"i(?:'m| am)? work(?:ing)? (?:for|at) (?P<x>the (?!moment|same|weekend|office|end)[\w ]{3,40})"),
            (
                "in",
                rf"{_AM} in (?P<x>sales|marketing|finance|it|hr|retail|banking|tech|education|healthcare|logistics|"
                r"advertising|insurance|real estate|law|construction|hospitality|consulting|the (?:army|navy|"
                r"military|police))$",
            ),
            ("started", r"i(?:'ve| have)? (?:just |recently )?started (?:a (?:new )?job |work |working )?as an? "
                r"(?P<x>.+)"),
            (
                "doing finishing",
                rf"{_AM} (?:currently )?(?P<x>(?:doing|finishing) (?:an? |my )?(?:masters?|master's|phd|degree|"
                r"bachelor'?s|mba|apprenticeship|residency)\b.*)",
            ),
            ("university college uni", rf"{_AM} (?:at|in) (?:university|college|uni),? (?P<x>studying .+)"),
            ("living", r"(?:i|what i) do (?P<x>.+?) for a living"),
        ),
    ),
    (
        ("occupation", "known job"),
        (("been", r"i(?:'ve| have) been (?:an? )(?P<x>.+?)(?: for .+| since .+)?$"),),
    ),
    (
        ("occasion", "exact"),
        (
            (
                "birthday wedding anniversary graduation honeymoon mitzvah quinceañera housewarming shower",
                rf"(?:my|our) (?P<x>(?:\d+\w* )?(?:{_OF_DAY}))(?:'s| is)? (?:on|in|next|this|tomorrow|coming|the|\d|"
                rf"at)\b",
            ),
            ("married", rf"{_AM} (?P<x>getting married)\b"),
        ),
    ),
    (
        ("goals", "whole"),
        (
            (
                "saving training working preparing studying learning teaching",
                rf"{_AM} {ADVERB}(?P<x>(?:saving (?:up )?for|training for|working towards?|studying for|learning(?! "
                r"(?:about|that|what|why|more|this|how this)\b)|teaching myself) \w.+)",
            ),
            (
                "dream ambition",
                r"my (?:\w+ )?(?:dream|ambition)(?: is| would be|:) (?:to )?(?P<x>.+)",
            ),
            (
                "working improving",
                rf"{_AM} (?:currently )?(?P<x>(?:working on|improving) my (?!code|app|project|essay|paper|site|"
                r"website|script|homework|"
                r"assignment|thesis|report|own\b)[\w ]{3,30})$",
            ),
            (
                "get read write start buy move quit stop pass finish retire find pay become travel speak sleep "
                "exercise run",
                rf"(?:i|we)(?:'d| would)?(?:'m|'re| am| are)? ?{ADVERB}(?:trying|hoping|planning|aiming|want|hope|"
                r"plan|aim|like|love|working) to (?P<x>(?:get promoted|get (?:a (?:new|better) job|better at|into "
                r"shape|fit)|become an? |read \d+|write an? (?:book|novel)|start (?:an?|my own) (?:business|"
                r"company)|buy an? (?:house|flat|home)|move (?:to|abroad)|quit smoking|stop smoking|retire|pay off|"
                r"find a (?:new )?job|sleep better|exercise more|speak \w+ fluently|run (?:an?|my first) |open "
                r"(?:an?|my own) (?:bakery|caf[eé]|shop|business|restaurant)).*)",
            ),
        ),
    ),
    (
        ("skill", "exact"),
        (
            ("can't cannot", rf"i (?P<x>(?:can't|cannot|can barely) {_TALENT})(?: (?:to save my life|at all|for "
                rf"toffee|well|very well))?$"),
            (
                "know",
                r"i (?P<x>(?:don't know (?:any(?= (?-i:[A-Z])[\w+#.]*$)|the first thing about)|know nothing about) "
                r"(?!it\b|this|that|what|how|"
                r"the )[\w+#. -]{2,30})$",
            ),
            ("know", r"i (?P<x>know (?!you|it|this|that|what|how|the|i|him|her)[\w+#.]{2,20} (?:really |very |pretty "
                r")?(?:well|inside out))\b"),
            (
                "speak",
                r"i (?:also |only )?(?P<x>speak (?:fluent |some |basic |a little |a bit of |good "
                rf")?(?:{'|'.join(LANGUAGES)})(?: fluently| well| badly| and \w+)?)$",
            ),
            (
                "for since",
                r"i(?:'ve| have) (?P<x>(?:been )?(?:play|cod|programm|writ|paint|teach|climb|bak|danc|sing|knit|"
                r"garden|cycl|runn|practi[sc]|study|learn)(?:ed|ing|ten) (?!this|that|it\b|the same)[\w+#. ]{2,25}? "
                r"(?:for|since) [\w ]{2,30})$",
            ),
            (
                "never",
                r"i(?:'ve| have) (?P<x>never (?:baked|driven|skied|painted|sewn|gardened|knitted|coded) "
                r"[\w' ]{2,40})$",
            ),
            ("rubbish awful weak strong poor brilliant", rf"{_AM} (?P<x>(?:pretty |very |really |quite )?(?:rubbish|"
                rf"awful|weak|strong|poor|"
             r"brilliant) (?:at|with|in) \w[^,.;!?]*)"),
            (
                "is isn't",
                r"my (?P<x>(?:spoken |written )?\w+(?:'s| is| isn't)(?: (?:about|around|only|at|still|pretty|very|"
                r"quite|a bit|really|not|so|great|that)){0,3} (?:[abc][12]\b(?: level)?|rusty|basic|conversational|"
                r"fluent|(?<=isn't )(?:great|good|very good)))$",
            ),
        ),
    ),
    (
        ("has", "things"),
        (
            (
                "use own have",
                r"i (?:use|own|have|work on) (?:an? |my )?(?P<x>mac(?:book)?|imac|iphone|android phone|ipad|pc|linux|"
                r"windows|chromebook|kindle|xbox|playstation|ps5)$",
            ),
            ("drive ride", r"i (?:drive|ride) (?:an? |my )(?P<x>[\w-]+(?: [\w-]+){0,3})$"),
            (
                "cat cats dog dogs parrot rabbit rabbits hamster horse horses chickens puppy kitten",
                rf"{_HAVE} (?P<x>(?:an?|one|two|three|four|five|\d) (?:\w+ )?(?:cats?|dogs?|parrots?|rabbits?|"
                r"hamsters?|horses?|chickens|pupp(?:y|ies)|kittens?)(?=$|,| and\b| (?:who|that|called|"
                r"named)\b)(?:,? and (?:an?|one|two|three|four|\d) \w+(?: \w+)?)?)",
            ),
        ),
    ),
)
