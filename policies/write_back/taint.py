"""Whether a text speaks to the model, asks to be kept or repeated, or hides something. Pure.

One passage of this kind among those that an answer was given is enough: what it did to the answer is not for words to
tell. The patterns want an order and its object together, so that a manual may say "remember to save the file" and
"store this medicine below 25 degrees".
"""

from __future__ import annotations

import re
import unicodedata

_TEXTUAL = (r"(?:answer|response|reply|passage|text|fact|facts|information|sentence|statement|note|message|document|"
            r"claim|paragraph|"
            r"content|entry|instruction|instructions|rule|sentence|line|words?|conversation|chat|output|snippet|"
            r"article|data|"
            r"knowledge|conclusion|summary)")
_PLACE = (r"(?:memory|memories|knowledge ?base|corpus|(?:your|the) index|vector ?(?:store|database|db)|database|"
          r"long[- ]term|"
          r"permanent(?:ly)?|training|context window|records|storage|cache)")
_MODEL = (r"(?:ai|llms?|language models?|chat ?bots?|chat ?gpt|gpt|claude|gemini|assistants?|ai assistants?|virtual "
          r"assistants?|"
          r"ai models?|ai agents?|models? reading|agents? reading|copilot|bots?)")
_MODELS = "ai llm llms langu chat chatb chatg gpt claud gemin assis virtu model agent copil bot bots"
_TELLER = (r"(?:summari[sz]ers?|summari[sz]ation (?:tools?|systems?)|condensers?|answerers?|answering (?:machines?|"
           r"systems?|services?)|neural nets?|neural networks?|software agents?|digital (?:aides?|helpers?)|"
           r"writers? of (?:the |an? |this |any )?(?:answers?|repl(?:y|ies)|summar(?:y|ies)))")
_TELLERS = ("summa conde answe neura softw digit write whoev who")
_TOLD = ("answe reply repli summa overv respo diges abstr abrid accou descr recap menti what")
_SPREADS = ("menti state pass stres empha highl point sprea conve under leave omit suppr recom prais say tell disre "
            "ignor forge overl aside heed reade users peopl custo every asker")
_ORDERS = (
    ("ignor disre forge overr bypas disca follo",
     r"\b(?:ignor\w*|disregard\w*|forget|overrid\w*|bypass\w*|discard\w*|do not follow|don't follow|stop "
     r"following)\b[^.!?\n]{0,40}?\b(?:all|any|"
     r"previous|prior|above|earlier|preceding|other|these|your|the (?:system|other|above|user)|instructions?|rules|"
     r"guidelines|prompt|"
     r"passages?|sources?|documents?|question)\b[^.!?\n]{0,30}"),
    ("syste devel hidde initi origi new promp jailb dan safet begin",
     r"\b(?:system|developer|hidden|initial|original) (?:prompt|message|instructions?)\b|\bnew instructions?\b|"
     r"\bprompt injection\b|"
     r"\bjailbr\w+|\bdeveloper mode\b|\bdan mode\b|\bsafety (?:filters?|guidelines?|rules) (?:are|off|disabled)"),
    (":",
     r"(?:^|\n|\s)(?:system|assistant|user|human|developer)\s*:\s|<\|?/?(?:im_start|im_end|system|assistant|user|"
     r"endoftext|inst)\b|"
     r"\[/?(?:inst|sys|system)\]|<</?sys>>|#{2,} ?(?:instruction|system|response|assistant)|\bend of (?:context|"
     r"passages?|documents?)\b|"
     r"</?(?:passage|document|context|rapport)[^>\n]*>|\bbegin (?:system|admin)"),
    ("store save remem memor recor add write keep persi commi inser appen index archi retai log uploa inges cache "
     "prese put inclu learn",
     rf"\b(?:store|save|remember|memori[sz]e|record|add|write|keep|persist|commit|insert|append|index|archive|retain|"
     rf"log|upload|ingest|"
     rf"cache|preserve|put|include|learn)\b[^.!?\n]{{0,40}}?\b(?:this|that|these|the following|it|the above|"
     rf"everything)\b[^.!?\n]{{0,25}}?"
     rf"\b(?:{_TEXTUAL}|{_PLACE})\b"),
    ("store save remem memor recor add write keep persi commi inser appen index archi retai log inges put learn",
     rf"\b(?:store|save|remember|memori[sz]e|record|add|write|keep|persist|commit|insert|append|index|archive|retain|"
     rf"log|ingest|put|learn)\b"
     rf"[^.!?\n]{{0,60}}?\b(?:in|into|to|for) (?:your |the |its |our |any |all )?(?:\w+ )?(?:{_PLACE}|future (?:use|"
     rf"reference|questions?|"
     rf"answers?|users?|conversations?|sessions?|queries|retrieval)|later (?:use|retrieval|answers?)|next time)\b"),
    ("store saved remem memor added writt repea quote persi kept retai index inges trust learn cited",
     r"\b(?:must|should|shall|needs? to|is to|has to|ought to|please|always|will|may|can) (?:always )?be (?:\w+ "
     r")?(?:stored|saved|remembered|memori[sz]ed|"
     r"added to|written (?:back|to|into)|repeated|quoted|cited|persisted|kept in|retained in|indexed|ingested|"
     r"trusted|learned)\b[^.!?\n]{0,60}?\b(?:"
     rf"{_TEXTUAL}|{_PLACE}|verbatim|forever|by|in every|in all|always|future|answers?|first)\b"
     r"|\bbe (?:stored|remembered|memori[sz]ed|repeated|cited|quoted|trusted) (?:and \w+ )?(?:in|by|for|verbatim|"
     r"always)\b"),
    ("remem memor repea store save",
     r"(?:^|[.!?:;,\n]\s*|\bplease |\band |\bthen |\balways |\bmust |\bto )(?:remember|memori[sz]e|repeat|store|"
     r"save) (?:this|the following|that this|what "
     r"follows|after me|these words|it forever)\b(?! (?:medicine|product|device|item|step|steps|file|setting|page|"
     r"document as))"),
    ("repea outpu print reply respo answe say write echo state repro recit cite quote retur insis claim tell",
     r"\b(?:repeat|output|print|reply|respond|answer|say|write|echo|state|reproduce|recite|cite|quote|return|insist|"
     r"claim|tell (?:the|every|all|any)?\s?"
     r"(?:users?|people|everyone|readers?|person))\b[^.!?\n]{0,30}?\b(?:verbatim|word for word|exactly (?:this|as|"
     r"the following)|only with|with the "
     r"following|this (?:sentence|text|passage|phrase)|the following (?:sentence|text|phrase|words?|answer)|in "
     r"(?:every|all|each) (?:\w+ )?"
     r"(?:answer|response|reply)|in (?:your|the) (?:answer|response|reply|output)|to (?:every|all|any) (?:\w+ "
     r")?questions?|that this|no matter what|"
     r"(?:the )?(?:users?|person|asker)\b)"),
    ("asked ask asks answe summa respo queri you",
     r"\b(?:when|whenever|if) (?:\w+ ){0,2}?asked\b[^.!?\n]{0,60}?\b(?:answer|say|reply|respond|state|tell|always|"
     r"never|you must)\b|\b(?:when|whenever|if|before|after|while) (?:\w+ ){0,3}?(?:answering|summari[sz]ing|"
     r"responding|queried|quoting|you (?:are asked|answer|read|see|"
     r"cite|summari[sz]e|reply|respond)|a user asks|the user asks|users? asks?|someone asks)\b"),
    (_MODELS,
     rf"\b(?:attention|note|notice|message|instructions?|important|reminder|dear|hey|hello|warning|hint|memo|"
     rf"order)\b[^.!?\n]{{0,20}}?\b(?:to|for|:|,|all)?\s?(?:the |"
     rf"any |all |every |whichever |whatever )?{_MODEL}\b"),
    (_MODELS,
     rf"\b{_MODEL}(?: systems?)?(?: \w+){{0,3}}? (?:must|should|shall|need to|have to|are (?:required|instructed|"
     rf"asked|ordered|told|expected|obliged)|will always|"
     rf"is (?:required|instructed|asked|ordered|told)|may not|reading|processing|that reads?)\b|\bas an? {_MODEL},? "
     rf"(?:you|your)\b"),
    ("you your prete rolep behav from",
     r"\byou (?:are|'re) (?:now|no longer|henceforth|from now on)\b|\bfrom now on\b[^.!?\n]{0,30}\b(?:you|answer|"
     r"respond|always)\b|\b(?:please|you must|you should|"
     r"you will|now|and) (?:pretend|act as|roleplay|behave as) (?:if |though )?(?:to be |you|an? |the )|\byou are "
     r"an? (?:helpful|ai|assistant|language|expert|unrestricted|chat)\b|\byour (?:task|new "
     r"task|job|goal|role|instructions?|guidelines|training|developers?|creators?|system|answer|response|reply|"
     r"output) (?:is|are|must|should|were|has|have)\b"),
    ("verif autho appro trust only top highe corre canon offic super overr repla outra prece prior be",
     rf"\b(?:this|the above|the following) (?:{_TEXTUAL}|passage|source) (?:is|has been|was|must|should|supersedes?|"
     rf"overrides?|replaces?|outranks?|takes) (?:\w+ )?"
     rf"(?:verified|authoritative|approved|trusted|the only|top|highest|correct|canonical|official|be (?:trusted|"
     rf"cited|stored|used|quoted|treated)|all|any|"
     rf"precedence|priority)\b"),
    ("tell revea menti discl infor warn show cite use trust consu",
     r"\b(?:do not|don't|never) (?:tell|reveal|mention|disclose|inform|warn|show|cite|use|trust|consult) (?:\w+ "
     r")?(?:the user|users?|anyone|this instruction|that|these "
     r"instructions|other (?:passages?|sources?|documents?))\b"),
    ("this above follo", r"\b(?:this|the above|the following) (?:passage|snippet|note|statement|sentence|instruction|"
                         r"text|source|"
     r"paragraph|page|document|excerpt|answer|fact|information)\b[^.!?\n]{0,60}?\b(?:must|should|ha(?:s|ve) to|"
     r"needs? to|"
     r"ought to|please|always|verbatim|persist\w*|(?:in|under|to) (?:the |your )?(?:search|index|memory|"
     r"facts))\b"),
    ("this above follo", r"\b(?:must|should|ha(?:s|ve) to|please|make sure|ensure|never|always|treat|cites?|copy|"
                         r"trust|promote|rank|boost|"
     r"mention|spread|learn|keep|cache)\b[^.!?\n]{0,40}?\b(?:this|the above|the following)(?: (?:as|by|in|for|and|"
     r"to)\b| "
     r"(?:passage|snippet|note|statement|sentence|instruction|text below|source|excerpt|answer|fact|information)\b)"),
    ("your", r"\b(?:append|add|include|put|insert|end|begin|start|finish|reveal|show|print|copy|paste|mention|"
             r"disclose|output|leak)\b"
     r"[^.!?\n]{0,40}?\byour (?:next |final |own )?(?:answer|response|reply|output|prompt|instructions|memory|notes|"
     r"context)\b"),
    ("syste admin devel llm ai model assis bot promp asked heart groun role cite writt text passa",
     r"\b(?:system|admin|developer|llm|ai|model|assistant|bot|prompt) (?:note|instruction|command|message|directive|"
     r"override|notice)s?"
     r"\b|\bwho(?:ever)? (?:is|are|gets?) asked\b|\bby heart\b|\bground truth\b|\bassume the role\b|\b(?:cite|use) "
     r"only\b|"
     r"\bonly cite\b|\b(?:written|write|writing) back\b|\bas (?:this|the) (?:text|passage|document|note) says\b"),
    (_TELLERS,
     rf"\b(?:notes?|notice|dear|attention|reminder|advice|guidance|instructions?|request|message|memo|word|hint|appeal|"
     rf"to|for) (?:to |for |all |any |every |the |our |future |automated |automatic |digital |each )*{_TELLER}\b|"
     rf"\b(?:whoever|whichever|whatever|anyone who|any|every|each|all|the) (?:\w+ ){{0,2}}?{_TELLER} (?:\w+ ){{0,2}}?"
     rf"(?:must|should|shall|ought|needs? to|has to|have to)\b|"
     rf"\bwho(?:ever|soever)? (?:condenses|summari[sz]es|sums up|answers|quotes|cites|retells|paraphrases|rewrites|"
     rf"abridges|reports on|replies|writes about)\b"),
    (_TOLD,
     r"\b(?:any|every|each|all|an?|the|your) (?:\w+ )?(?:answers?|repl(?:y|ies)|summar(?:y|ies)|overviews?|responses?|"
     r"digests?|abstracts?|abridge?ments?|account|description|recap)\b[^.!?\n]{0,60}?\b(?:must|should|shall|ought to|"
     r"has to|have to|needs? to|is (?:obliged|bound|required|supposed|meant|expected|to)|are (?:obliged|bound|"
     r"required|supposed|meant|expected|to))\b|"
     r"\b(?:in|into|with|to|of) (?:each|every|all|any|your) (?:\w+ )?(?:answers?|repl(?:y|ies)|responses?|"
     r"summar(?:y|ies)|"
     r"overviews?|mentions?|recaps?)\b|\bin (?:answers|replies|summaries|responses|overviews) (?:about|on|of|to)\b|"
     r"\bin what (?:you|they|it) (?:produces?|writes?|says?|answers?|generates?)\b"),
    (_SPREADS,
     r"(?:^|[.!?:;,\n]\s*|\b(?:please|kindly|and|then|always|must|to|shall|should|obliged to) )"
     r"(?:mention|state|pass (?:it |this )?"
     r"on|stress|emphasi[sz]e|highlight|point out|spread|convey|underline|leave out|omit|suppress|recommend|praise|say|"
     r"tell (?:\w+ ){1,2})(?: \w+){0,3}? (?:that|to every\w+|to all|its critics|in (?:each|every))\b|"
     r"\b(?:must|obliged to|has to|have to|should|shall|bound to|required to) (?:\w+ )?(?:state|mention|stress|convey|"
     r"point out|emphasi[sz]e) that\b|"
     r"\b(?:disregard|ignore|forget|overlook|set aside|pay no heed to) (?:what|whatever|everything|anything|all)\b|"
     r"\b(?:readers?|users?|people|customers?|everyone|asker) (?:must |should |are to |is to )?"
     r"(?:hear|learn|read|be told) "
     r"(?:first|only|of this|nothing|that)\b"),
    ("ignor vergi missa merke merk speic behal oubli m\u00e9mor enreg retie reten olvid recue guard memor almac "
     "ricor salva lembr",
     r"\b(?:ignorier\w*|vergiss|missachte\w*) (?:\w+ ){0,3}?(?:anweisung\w*|vorherig\w*|alle|quellen)|\b(?:merke? "
     r"dir|speicher\w*|behalte\w*) (?:\w+ ){0,4}?(?:diese\w*|das|"
     r"satz|antwort|ged\u00e4chtnis|wissensdatenbank)|\b(?:ignore[zr]?|oublie[zr]?) (?:\w+ ){0,3}?(?:instructions?|"
     r"pr\u00e9c\u00e9dent\w*|consignes?)|\b(?:m\u00e9morise\w*|"
     r"enregistre\w*|retiens|retenez) (?:\w+ ){0,3}?(?:ce|cette|ceci|r\u00e9ponse|phrase|m\u00e9moire)|\b(?:ignora|"
     r"olvida|ignore) (?:\w+ ){0,3}?(?:instrucciones|"
     r"anteriores|istruzioni|precedenti|instru\u00e7\u00f5es)|\b(?:recuerda|guarda|memoriza|almacena|ricorda|"
     r"memorizza|salva|guarde|lembre) (?:\w+ ){0,3}?(?:est[aeo]|quest[aeo]|"
     r"memoria|mem\u00f3ria|respuesta|risposta|frase)"),
    ("*",
     "\u5ffd\u7565|\u65e0\u89c6.{0,6}\u6307\u4ee4|\u8bb0\u4f4f|\u8bf7\u5b58\u50a8|\u4fdd\u5b58\u5230|\u7121\u8996|"
     "\u899a\u3048\u3066|\u4fdd\u5b58\u3057\u3066|\u7121\u8996\u3057\u3066|"
     "\u0438\u0433\u043d\u043e\u0440\u0438\u0440\u0443\u0439|\u0437\u0430\u043f\u043e\u043c\u043d\u0438|"
     "\u0441\u043e\u0445\u0440\u0430\u043d\u0438 (?:\u044d\u0442\u043e|\u044d\u0442\u0443)|"
     "\u0437\u0430\u0431\u0443\u0434\u044c"),
)  # fmt: skip
_HIDDEN = (
    r"<!--|-->|<(?:script|style|iframe|img|svg|object|embed|form|input|meta|link|base|details|template)\b|"
    r"\bon\w+\s*=\s*[\"']|display\s*:\s*none|"
    r"visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0|color\s*:\s*(?:white|#fff|transparent)|\bhidden\s*=|"
    r"aria-hidden|^\[[^\]\n]*\]:\s*#?\s*[(<\"]|"
    r"\[//\]:|javascript:|vbscript:|data:[\w/+.-]*[;,]|\\u00[0-9a-f]{2}|&#x?[0-9a-f]+;|(?:%[0-9a-f]{2}){4}",
    r"!\[[^\]\n]*\]\(|\]\([^)\s]*[?#&][^)\s]*\)|https?://[^\s<>()\]]*[?&][\w.-]+=|https?://[^\s<>()\]]*[{}$]|"
    r"https?://[^\s/]*@|https?://[^\s<>()\]]*[A-Za-z0-9+/_=-]{40,}",
    r"(?<![\w/])[A-Za-z0-9+/]{80,}={0,2}(?![\w/])",
)
_RULES = tuple((frozenset(heads.split()), re.compile(each, re.MULTILINE)) for heads, each in _ORDERS)
_MARKUP = tuple(re.compile(each, re.IGNORECASE | re.MULTILINE) for each in _HIDDEN)
_WORD = re.compile(r"[^\W\d_]+")
_SIGNS = ("<", ">", "=", "\\", "&", "%", "](", "]:", "://", "script:", "data:", "isplay", "isibility", "pacity",
          "olor", "font-")
_MARKED = (":", "<", "[", "#")

_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u202a-\u202e\u2060-\u206f\u3164"
                        "\ufeff\uffa0\U000e0000-\U000e0fff]"
                        "|[\ufe00-\ufe0f]{2}|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u0433\u0391\u0392\u0395\u039f\u03bf\u03b1\u0131"
    "\u0410\u0412\u0415\u041e\u0421\u0420\u0422\u0425\u041c\u041a\u041d\u0406",
    "aeopcxyijsrABEOoaiABEOCPTXMKHI",
)
_SPACED = re.compile(r"\b(?:\w[ .\-_*]){4,}\w\b")
_HARMLESS = re.compile("[\u00ad\u200e\u200f\u061c]")
_JOINERS = re.compile("(?<=[\u0900-\u0dff\u0600-\u06ff\U0001f000-\U0001faff\u2600-\u27bf\ufe0f])[\u200c\u200d]")


def tainted(text: str) -> bool:
    """Whether a text holds an order, a request to be kept, or something that readers do not see."""
    if not text.replace("\n", " ").isprintable() and _INVISIBLE.search(_JOINERS.sub("", text)) is not None:
        return True
    read = text if text.isascii() else _HARMLESS.sub("", unicodedata.normalize("NFKC", text))
    marked = any(each in read for each in _SIGNS) or (len(max(read.split(), key=len, default="")) >= 80)
    if _speaks(read) or (marked and any(each.search(read) for each in _MARKUP)):
        return True
    latin = read if read.isascii() else read.translate(_LOOKALIKES)
    close = _SPACED.sub(lambda found: re.sub(r"[ .\-_*]", "", found[0]), latin)
    return close != read and _speaks(close)


def _speaks(text: str) -> bool:
    """Whether any rule finds something; only those are run of whose words the text has any, by their first letters."""
    lower = text.lower()
    heads = {word[:5] for word in _WORD.findall(lower)}
    foreign = not text.isascii()
    if any(each in lower for each in _MARKED) or "begin" in heads or "end of" in lower:
        heads.add(":")
    return any(
        (foreign if "*" in wanted else not wanted.isdisjoint(heads)) and rule.search(lower) is not None
        for wanted, rule in _RULES
    )
