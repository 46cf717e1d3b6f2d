"""The patterns that the gate reads a request by: English, over lower-case text. A pattern that begins with a plain word
is meant for the beginning of a sentence. Nothing is decided here."""

from __future__ import annotations

import re


def _pattern(verbose: str) -> re.Pattern[str]:
    return re.compile(verbose, re.VERBOSE)


_ASK = r"(?: what(?:'?s)? | who(?:'?s|m|se)? | when | where(?:'?s)? | which | why | how(?:'?s)? )"
_YOU = r"(?: you | u )"

OPENING = _pattern(r"""
    (?: hi+ | hello | hey+ | hiya | howdy | greetings | good\s(?:morning|afternoon|evening|night|day) | bye | goodbye
      | see\syou(?:\slater)? | thanks?(?:\syou)?(?:\s(?:so|very)\smuch|\sa\slot)? | thx | cheers | ok(?:ay)? | cool
      | great | nice | awesome | perfect | got\sit | sure | yes | yeah | yep | no | nope | lol | haha+ | sorry | welcome
      | there | again | everyone | friend | mate
      | please | kindly | so | well | also | and | but | just | (?:quick\s|one\s)?question | any\sidea | i\swonder
      | let\sme\sknow | help\sme\sunderstand | help\sme(?=[.?!]) | find\sout(?=\swh|\show)
      | (?:remind|tell)\sme(?=\swh|\show) | do\syou\s(?:happen\sto\s)?know(?=\swh|\show|\sif)
      | i(?:'d|\swould)\slike\sto\sknow | i\s(?:need|want)\sto\sknow | i(?:\swas|'m|\sam)\swondering
      | i(?:'m|\sam)\strying\sto\sfind\sout
      | (?:can|could|would|will)\syou(?=\s(?:please\s|kindly\s)?(?:tell|explain|describe|define|find|look|give|show|list
          |check|help|remind|write|make|create|play|set|turn|draft|translate|summari[sz]e))
    ) (?: [\s,.!?:;-]+ | $ )
""")
"""Greetings and polite lead-ins, one at a time."""

DOCUMENTS = _pattern(r"""
    \b (?: in | from | of | by | see | check | search | our | your | company | according\sto ) \s (?:\w+\s){0,2}
    (?: handbooks? | docs | documentation | manuals? | knowledge\sbase | polic(?:y|ies) | guidelines? | wiki | faqs?
      | contracts? | runbooks? | specs? | datasheets? | price\slist | release\snotes ) \b
    | ^ (?:[\w-]+\s){1,3} (?: policy | handbook | manual | docs ) $
""")
"""Names the documents itself."""
DOCUMENT_WORDS = ("polic", "manual", "docs", "handbook", "documentation", "knowledge", "guideline", "wiki", "faq",
                  "contract", "runbook", "spec", "datasheet", "price", "release")  # fmt: skip
"""Without one of these it names none."""

IDENTIFIER = re.compile(r"\b(?:[A-Z]{1,6}[-_]?\d{2,}\w*|0x[0-9a-fA-F]{3,}|v?\d+\.\d+\.\d+)\b")
"""An error code, an article number, a version: in the text as it was written."""

HERE = _pattern(r"""
    \b (?: the\sfollowing | the\s(?:text|passage|paragraph|sentence|article|code|email)\sbelow
         | (?:this|these)\s(?:sentences?|text|passage|paragraph|article|email|code|snippet|essay) ) \b
""")
"""Points at what it brings along."""
HERE_WORDS = ("following", "text", "sentence", "passage", "paragraph", "article", "code", "email", "snippet", "essay")
"""Without one of these it does not."""

CREATIVE = _pattern(r"""
    (?: write | compose | draft | rewrite | rephrase | paraphrase | reword | proofread | translate | summari[sz]e
      | brainstorm | imagine | pretend | role-?play | act\sas | (?:take|play|assume)\s(?:on\s)?the\srole
      | you(?:'re|\sare)
      | as\san?\s\w+ | continue | improve | edit | shorten | turn\sthis | correct | classify | categori[sz]e | generate
      | come\sup\swith | make\sup | invent | design | suggest\sa\sname | sing | help\sme\s(?:write|draft|name)
      | (?:tell\sme\s)?an?\s(?:\w+\s)?(?:joke|story|poem|riddle) | give\sme\s(?:ideas|a\sname)
      | create\san?\s(?:\w+\s){0,2}(?:story|poem|song|character|slogan|list|plan) ) \b
""")
AS_IF = re.compile(r".*\bas if you were\b")

CODE = _pattern(r"""
    (?: write | create | implement | develop | build | code | program | refactor | debug | fix | optimi[sz]e | construct
      | make | given\s(?:an?|the) ) \b .{0,80} \b
    (?: function | program | script | class | method | code | algorithm | query | loop | array | string | list | matrix
      | integer | vector | snippet | regex | component | api | app ) s? \b
    | (?: implement | refactor | debug ) \b
""")

COMMAND = _pattern(r"""
    (?: set | play | stop | start | pause | skip | turn | switch | add | remove | delete | put | call | text | send
      | email | remind | order | book | cancel | open | close | schedule | increase | decrease | lower | raise | mute
      | shut | roll | flip | reply | post | tweet | buy | reserve | rate | change | calculate | compute | convert
      | solve | multiply | divide | subtract | sort | count | reset | repeat | read | download | clean | make
      | (?:give|show)\s(?:\w+\s){0,6}(?:stars?|points?) ) \b
""")

SUMS = _pattern(r"""
    \b (?: times | plus | minus | divided | multipl\w+ | sum | product | square\sroot | area | volume | hypotenuse
         | average | distance | total | how\sm(?:any|uch) | altogether | left ) \b
""")

SUM_WORDS = ("how m", "times", "plus", "minus", "divided", "multipl", "sum", "product", "square", "area", "volume",
             "hypotenuse", "average", "distance", "total", "altogether", "left")  # fmt: skip
"""Without one of these there is none."""

SMALL_TALK = _pattern(rf"""
    (?: are | were | do | did | have | can | will | would | could | don't | aren't ) \s{_YOU}\b
        (?!\s(?:have|sell|offer|ship|accept|support|deliver|provide|charge|take|allow|need|require)\b)
    | who\sare\syou | how\sare\s(?:you|things) | how\sold\sare\syou | how(?:'s|\sis|\swas)\s(?:it\sgoing|your|life)
    | what'?s\sup\b | how\sabout | i\s(?:love|like|hate)\s{_YOU}\b
    | {_ASK}\b .{{0,60}} \b(?:do|did|would|are|were|have|will|could|can)\s{_YOU}\b (?:\s\w+)? \s?
        (?: like | love | think | feel | want | enjoy | believe | hate | prefer | mean | eat | dream | go | choose | be
          | from | doing | going | wear | live | look | say | listen ) \b
""")
"""Talk with the assistant about itself."""

YOURS = _pattern(r"""
    .{0,50} \byour\s(?: name | age | favou?rites? | birthday | hobb\w+ | opinion | family | job | day | mother
          | father | creator | hair | gender | best | dream | ideal | worst | first | boss | life | feelings?
          | thoughts? | pets? ) \b
""")
"""The same, about what is its own."""

PERSONAL = _pattern(r"""
    \b (?: recommend | suggest\w* | what\sto\s(?:eat|watch|read|wear|cook|buy) | what\sshould\s(?:i|we) | my\sfavou?rite
         | for\s(?:me|dinner|lunch) | what(?:'?s|\sis|\sare)\s(?:on\s)?(?:my|mine) | where(?:'?s|\sis|\sare)\smy
         | am\si | did\si | have\si
         | (?:can|may|could)\s(?:i|we)\s(?:get|have|order|book|reserve|make|change|cancel|try|ask|please)
         | my\s(?:[\w-]+\s){0,2}(?:lists?|calendar|emails?|alarms?|schedule|playlist|reminders?|meetings?|appointments?)
         | you(?:'re|'ve|'d)? ) \b
""")
"""About the person's own life or taste, or said to somebody."""

OFFERS = _pattern(r"\b (?: do | can | will | are | how | would ) \s you \s \w")
"""What "you" offer: asked of the service, not of the assistant."""

HOW_TO = _pattern(r"how\s(?:do|can|should|would|could|does|to)\b")

QUESTION = _pattern(rf"""
    (?: {_ASK} | is | are | was | were | isn't | aren't | do | does | did | don't | doesn't | can | could | has | have
      | had | hasn't | will | won't | would | should | may | must
      | (?:in|on|to|from|for|at|by|with|of)\s(?:what|which|whom|whose) ) \b
""")

LOOK_UP = _pattern(r"""
    (?: explain | define | describe | look\sup | find | list | show | give | compare | check | search | name | state
      | identify | retrieve | provide | discuss | outline | tell\sme | about | information\son | details\s(?:of|on) ) \b
""")

LEANS = _pattern(r"""
    \b (?: it | its | that | this | those | these | they | them | their | he | him | his | she | her | there | then
         | one | ones | same ) \b (?<!\bis\sthere) (?<!\bare\sthere)
    | ^ (?: and | und | et | what\sabout | how\sabout | why | really | else | more | go\son ) \b
""")
"""Points at what was said before."""

ASKS_ON = re.compile(
    r"(?:(?:and (?:for|in|with|at|to|from|on|about|the|if)|(?:what|how) about)(?: [\w'-]+){1,3}|why|how so|"
    r"tell me more|more|go on)\W*$"
)
"""Asks on about what was said before, with or without a mark."""
