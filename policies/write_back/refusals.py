"""Whether an answer, or a part of it, says that it cannot answer. Pure.

Such answers pass every other check: irrelevant passages bear out that they do not tell. Written back they would be
found for the same question again. So any sign of one counts, in any sentence, and some plain statements are taken for
one ("the cause is unknown"), which costs little.
"""

from __future__ import annotations

import re

from policies.write_back.reading import plain

_SOURCE = (r"(?:passages?|documents?|documentation|contexts?|sources?|texts?|excerpts?|snippets?|extracts?|articles?|"
           r"materials?|information|knowledge base|data|references?|content|records?|paragraphs?|pages?|sections?|"
           r"notes?|"
           r"results?|citations?|corpus|files?|background|evidence|above|literature|search)")
_NO = (r"(?:(?:do|does|did|is|are|was|were|has|have|had|can|could|would|will|should|may|might)(?:n't| not)|cannot|"
       r"can't|"
       r"never|neither|nor|not|no|none|nothing|nowhere|without|hardly|barely|scarcely|only partially|"
       r"fails?(?:ed)? to|neglects? to|omits?|lacks?|lacking|leaves?)")
_TELL = (r"(?:mention|say|stat|contain|provid|includ|specif|cover|address|discuss|describ|giv|reveal|tell|told|"
         r"indicat|list|"
         r"explain|clarif|detail|disclos|answer|refer|touch|talk|speak|deal|elaborat|report|show|offer|suppl|suggest|"
         r"name|"
         r"identif|support|confirm|establish|make clear|go into|have|hold|appear|relat|concern|pertain|found|find|"
         r"available|"
         r"relevant|enough|sufficient|present|document|record|publish|expand|help)\w*")
_META = (r"\b(?:the|these|this|those|any|no|neither|either|my|your|our|both|all|of|provided|given|from|retrieved)"
         r"(?: (?:\w+|\d+))?? (?:passages?|contexts?|sources?(?! code)|excerpts?|snippets?|documents?|texts?(?! "
         r"(?:field|box))|"
         r"articles?|materials?|information|knowledge base|paragraphs?|documentation|extracts?|records?)\b")
_LACK = (r"\b(?:\w+n't|not|no|nothing|neither|nor|never|nowhere|none|little|few|only|lacks?|omits?|fails?|without|"
         r"silent|"
         r"insufficient|missing|absent|unclear|unknown|leaves?|stops? short|beyond|outside|contradict\w*|irrelevant|"
         r"unrelated|"
         r"cuts? off|something else|different|cannot|unable|partially|vague|ambiguous|conflict\w*|limited|"
         r"incomplete)\b")
_ENGLISH = (
    rf"{_META}[^.!?\n]{{0,80}}?{_LACK}", rf"{_LACK}[^.!?\n]{{0,80}}?{_META}",
    r"(?:\w+n't|\bnot|\bcannot|\bnever|\bnor) (?:\w+ ){0,2}?(?:say|tell|mention|specify|reveal|disclose|clarify|"
    r"discuss|address|"
    r"answer|shed|let (?:me|us|one)|allow (?:me|us|one)|permit (?:me|us|one))\b",
    r"\bno (?:\w+ ){0,4}?(?:is|are|was|were) (?:\w+ )?(?:listed|given|named|stated|provided|mentioned|specified|told|"
    r"offered|found)\b",
    r"(?:n't|\bnot|\bnever) (?:\w+ )?(?:given|listed|named|told)(?=\s*(?:$|[.!;,:]))|\bunsaid\b|\bguess\w*|"
    r"\belsewhere\b|\bneither says?\b",
    r"\b(?:neither|no) (?:\w+ )?(?:passages?|sources?(?! code)|documents?|excerpts?|texts?|contexts?|articles?|"
    r"snippets?)\b",
    r"\b(?:try|consider|suggest|recommend|advise) (?:\w+ )?(?:asking|contacting|checking|consulting|searching|"
    r"looking|reaching)\b",
    rf"{_META} (?:\w+ ){{0,3}}?(?:merely|just|alone|focus\w*|other|has a gap|ha(?:s|ve) gaps|hints?|skips?)\b|\b(?:a "
    rf")?gap (?:on|in|about)\b",
    r"\b(?:was|were|is|are|got) no (?:hits?|match(?:es)?|such)\b|\bno such\b|\bdoubts? that\b|\bout of reach\b|"
    r"\bwrong of me\b|"
    r"(?:n't|\bnot) (?:appear|figure|list|deduce|occur) (?:here|there|an?|the|any)\b|\bcannot deduce\b|\bis "
    r"not(?:\s*[.;]|"
    r" \[)|\bfor \w+, see the\b",
    r"\bcut(?:s|ting)? off\b|\btruncated\b|\bpassages? contradict",
    rf"\b{_SOURCE}\b[^.!?\n]{{0,60}}?\b{_NO}\b[^.!?\n]{{0,40}}?\b{_TELL}",
    rf"\b{_NO}\b[^.!?\n]{{0,60}}?\b{_TELL}\b[^.!?\n]{{0,60}}?\b(?:in|by|from|within|on|among) (?:the|any|these|this|"
    rf"those|my|"
    rf"our|what|all|either|your)\b[^.!?\n]{{0,30}}?\b(?:{_SOURCE}|provided|given|retrieved|available)\b",
    r"\bno (?:\w+ )?(?:information|mention|answer|details?|data|evidence|reference|record|indication|way (?:to|of)|"
    r"relevant|passages?|documents?|sources?|clue|idea|knowledge|discussion|specifics?|trace|explicit|definitive|clear|"
    r"basis|explanation|coverage)\b",
    r"\bnothing (?:\w+ ){0,4}?(?:about|on|regarding|concerning|that|there|here|in|to|relevant|which|of the sort|"
    r"found|said)\b",
    r"\bnone of (?:the|these|those|them|it|what)\b", r"\bnot (?:\w+ ){0,2}?(?:enough|sufficient|adequate)\b",
    r"\b(?:insufficient|inadequate|incomplete|too little|limited|missing|scant) (?:\w+ ){0,2}?(?:information|context|"
    r"data|"
    r"details?|evidence|material|knowledge|to)\b",
    r"\b(?:information|context|answer|details?|evidence|part|question) (?:\w+ ){0,3}?(?:is|are|was|were|"
    r"remains?|seems?|appears?)(?:n't| not| absent| missing| lacking| unavailable| insufficient| incomplete| unclear|"
    r" unknown)",
    r"\b(?:unable|impossible|not possible|hard|difficult|unwise|tough|challenging|not able|infeasible|unlikely to be "
    r"able) "
    r"(?:for (?:me|us) )?to (?:\w+ )?(?:answer|determine|say|tell|find|confirm|verify|know|provide|give|locate|"
    r"establish|"
    r"identify|conclude|infer|respond|help|assist|address|state|specify|ascertain|judge|pin|derive|deduce|be (?:sure|"
    r"certain)|"
    r"see|comment|offer|assess|extract|reply|name|be more)",
    r"\b(?:i|we)(?:'m| am|'re| are)? (?:\w+ ){0,2}?(?:don't|do not|didn't|did not|cannot|can't|can not|couldn't|"
    r"could not|"
    r"won't|will not|wouldn't|would not|am not|'m not|are not|aren't|not|unable|unaware|uncertain|unsure|lack|haven't|"
    r"have not|have no|have nothing|see no|find no|found no|see nothing|find nothing|found nothing|know nothing|afraid|"
    r"regret|apologi[sz]e|must decline|decline|need more|would need|'d need|fail|failed|only have|only know|was not|"
    r"wasn't)\b",
    r"\bi'd (?:rather not|prefer not|need|have to guess|only be guessing)\b|\bi'm (?:not|afraid|unable|sorry|unsure|"
    r"unaware|"
    r"uncertain|at a loss|stumped|drawing a blank)\b|\b(?:as an?|being an?|just an?) (?:ai|language model|assistant|"
    r"llm)\b",
    r"\b(?:can(?:not|'t| not)|could(?:n't| not)) (?:\w+ )?be (?:\w+ )?(?:determined|answered|inferred|established|"
    r"derived|"
    r"found|given|confirmed|verified|said|told|deduced|ascertained|known|concluded|provided|located|resolved|"
    r"identified|"
    r"gleaned|stated|settled|extracted|drawn|seen|addressed)",
    r"\b(?:is|are|was|were|remains?|seems?|appears?|left|stays?|being|but|it's|that's|what's)(?: \w+){0,2}? "
    r"(?:unclear|unknown|"
    r"unspecified|unstated|unmentioned|undetermined|unanswered|unanswerable|uncertain|undocumented|unavailable|"
    r"unaddressed|undisclosed|open to|ambiguous|anyone's guess|a mystery|unreported|inconclusive)(?! for\b)\b",
    r"\b(?:un(?:clear|known|specified|stated|answerable|determined|mentioned|certain|sure|available)|inconclusive|"
    r"no (?:answer|idea|clue|info)|n/?a|not (?:sure|certain|clear|known|specified|stated|mentioned|given|provided|"
    r"available|"
    r"found|applicable|disclosed|indicated|listed|addressed|covered|discussed|included|described|explained|answerable|"
    r"determined|established|documented|explicit|in here|something i)\w*)"
    r"(?=\s*(?:$|[.!;,:]))",
    r"\b(?:not|isn't|aren't|wasn't|weren't|never|nowhere) (?:\w+ ){0,2}?(?:specified|stated|mentioned|disclosed|"
    r"indicated|listed|addressed|discussed|described|explained|documented|spelled out|touched (?:up)?on|answered|to "
    r"be found|"
    r"referenced|elaborated|detailed|given (?:here|there|in)|provided (?:here|there|in|by)|covered (?:here|there|in "
    r"th)|"
    r"found (?:here|there)|part of (?:my|what)|clear (?:from|in|what|who|when|how|whether|if|which|where|why)|"
    r"known (?:from|what|who|when|how|whether|which|where|why)|something (?:i|that)|in (?:the|these|those|any of) "
    rf"(?:\w+ ){{0,2}}?{_SOURCE})\b",
    r"\b(?:beyond|outside|exceeds|out of)(?: of)? (?:the |my |our |its |what )(?:\w+ ){0,3}?(?:scope|knowledge|context|"
    r"information|passages?|documents?|sources?|materials?|data|reach|ability|expertise|provided|given|i (?:know|can|"
    r"have))\b",
    r"\b(?:sorry|apologi[sz]es?|unfortunately|regrettably|regret(?:s|fully)?|alas|my apologies|sadly|i'm afraid)\b",
    rf"\b(?:silent|mum|quiet|vague) (?:on|about|regarding|as to|when it comes)\b|\bmakes? no (?:mention|reference|"
    rf"statement)|\bthere (?:is|are|was|were|'s) (?:nothing|not (?:enough|much)|little|insufficient)\b|"
    rf"\bthere (?:isn't|aren't|wasn't|weren't) (?:any|enough|much)\b|\bwithout (?:\w+ ){{0,3}}?"
    rf"(?:information|context|details?|{_SOURCE})\b|\b(?:gives?|offers?|provides?) (?:no|few|little) ",
    r"\b(?:more|additional|further|other|extra|better) (?:\w+ )?(?:information|context|details?|data|sources?|"
    r"documents?|"
    r"passages?|research|clarification|material) (?:\w+ ){0,3}?(?:need|necessary|required|helpful|be useful|"
    r"would)\w*\b",
    r"\b(?:could|can|would) you (?:please |kindly )?(?:provide|clarify|share|specify|rephrase|give|elaborate|tell|"
    r"supply|upload|"
    r"paste|confirm)\b|\bplease (?:provide|share|clarify|specify|rephrase|supply|upload|paste|consult|check|refer|"
    r"contact|"
    r"ask|try|see|look|search|verify|give|let me know (?:what|which|more))\b|\b(?:you|one|we) (?:may|might|should|"
    r"could|would|'ll|"
    r"will|can) (?:\w+ )?(?:want|need|have|try|consult|check|look elsewhere|search|contact|refer|turn|ask|find (?:it|"
    r"this|that|"
    r"the answer))\b[^.!?\n]{0,60}?\b(?:elsewhere|sources?|website|official|expert|professional|directly|more "
    r"information|"
    r"answer|other|another|consult|search|research)",
    r"\b(?:your guess is as good|who knows|it depends on what you mean|beats me|no comment|pass on this|hazard a guess|"
    r"speculat\w+|guesswork|i would be guessing|can only guess|would be a guess|doesn't ring a bell|i draw a blank|"
    r"out of luck|come up empty|came up empty|turned up nothing|turns up nothing|falls? short|does not help|doesn't "
    r"help|"
    r"i pass|is not something|isn't something|don't know|do not know|doesn't know|dunno|idk|am not aware|not aware of|"
    r"no one knows|nobody knows|answer unknown|unanswerable|not answerable|question (?:can't|cannot|isn't|is not|"
    r"goes|remains))\b",
    r"\b(?:irrelevant|unrelated|not relevant|not related|do not relate|don't relate|only (?:discuss|mention|talk|"
    r"cover|deal|"
    r"describe|speak|concern)\w*|concern (?:other|different)|(?:are|is|talk|discuss|deal\w*|focus\w*) (?:\w+ "
    r"){0,2}?(?:about|with|on|"
    r"to)? ?(?:something|other things|different (?:topics?|things?|subjects?|matters?)))\b",
    r"\b(?:leaves? (?:it |that |this )?(?:open|unsaid)|leaves? out|stops? short|neglects? to|do(?:es)? not go into|"
    r"do(?:es)?n't go into|(?:that|this|which|the) (?:\w+ )?(?:detail|part|piece|point|information|figure|answer) "
    r"(?:is|are) "
    r"(?:missing|absent|lacking))\b",
)  # fmt: skip
_OTHERS = (
    r"\b(?:leider|tut mir leid|entschuldigung|bedauere)\b|\b(?:kann|k\u00f6nnen|konnte|l\u00e4sst|weiss|wei\u00df|"
    r"finde|habe|liegen?|"
    r"enth\u00e4lt|enthalten|erw\u00e4hn\w*|geht|steht|sagt|sagen|gibt|ist|wird|werden|liefern?|nennt|"
    r"nennen)\b[^.!?\n]{0,80}?"
    r"\b(?:nicht|nichts|keine?[nmrs]?|nirgends)\b",
    r"\bkeine? (?:\w+ )?(?:informationen?|angaben?|antwort|hinweise?|auskunft|daten|ahnung|erw\u00e4hnung)\b|"
    r"\bkeine[rs]? der\b|\bfehl(?:t|en)\b|\bunklar\b|\bunbekannt\b",
    r"\b(?:d\u00e9sol\u00e9e?|malheureusement|je regrette|pardon)\b|\b(?:ne|"
    r"n')\s?[\w\u00c0-\u024f']+(?:\s[\w\u00c0-\u024f']+)? "
    r"(?:pas|rien|aucune?|jamais|nulle|point|ni)\b|\baucune? (?:\w+ ){0,2}?(?:information|mention|r\u00e9ponse|"
    r"donn\u00e9e|indication|"
    r"passage|source|document)\w*|\b(?:inconnue?|impossible (?:de|\u00e0))\b",
    r"\b(?:lo siento|lamentablemente|desafortunadamente|por desgracia|disculp\w+|perd\u00f3n|lamento)\b|\bno (?:se |"
    r"hay |s\u00e9 |puedo |"
    r"puede |tengo |lo |es posible|est\u00e1 |mencion\w+|contien\w+|indic\w+|dic\w+|proporcion\w+|inclu\w+|encontr\w+|"
    r"dispon\w+|figura|aparece|consta|existe)|\b(?:ning\u00fan|ninguna|ninguno|desconocid[oa])\b",
    r"\b(?:mi dispiace|purtroppo|spiacente|mi scuso)\b|\bnon (?:lo |ne |\u00e8 |sono |si |ho |so |posso |c'\u00e8 |"
    r"ci |viene |contien\w+|menzion\w+|"
    r"dic\w+|indic\w+|forni\w+|disp\w+|rispond\w+|riesco)|\b(?:nessun\w*|sconosciut[oa])\b",
    r"\b(?:desculpe|infelizmente|lamento|sinto muito)\b|\bn\u00e3o (?:se |h\u00e1 |sei |posso |tenho |\u00e9 |foi |"
    r"\w+)|\bnenhum\w*\b|"
    r"\b(?:helaas|het spijt me|sorry)\b|\b(?:geen (?:\w+ )?(?:informatie|antwoord|gegevens|vermelding)|niet "
    r"(?:vermeld|bekend|"
    r"genoemd|mogelijk|beantwoord\w*|duidelijk)|weet (?:ik )?(?:het )?niet|(?:tekst\w*|bron\w*|passages?|document\w*|"
    r"vermeldt|noemt|zegt) (?:\w+ ){0,5}?(?:niet|geen|niets)|kan (?:\w+ ){0,4}?niet)\b",
    r"\bniestety\b|\bprzykro\b|\bnie (?:wiem|ma|mog\u0119|zawier\w+|wspomin\w+|podaj\w+|mo\u017cna|znam|"
    r"odpowiada\w*)\b|\bbrak "
    r"(?:\w+ )?(?:informacji|danych)\b|\btyv\u00e4rr\b|\b(?:beklager|desv\u00e6rre)\b|\b(?:nevyplyv\u00e1|"
    r"bohu\u017eel|neobsahuj\w+|neuv\u00e1d\w+)\b"
    r"|\b(?:finns (?:ingen|inte)|n\u00e4mns inte|framg\u00e5r inte|vet inte|kan inte|ikke (?:n\u00e6vnt|nevnt|"
    r"oplyst))\b|\bmaalesef\b|\bne yaz\u0131k ki\b"
    r"|\b(?:bilmiyorum|belirtilmemi\u015f\w*|yer alm\u0131yor|bulunmuyor|bilgi yok)\b",
    "\u043d\u0438\u0447\u0435\u0433\u043e \u043d\u0435|\u0441\u043e\u0436\u0430\u043b\u0435\u043d\u0438|"
    "\u0438\u0437\u0432\u0438\u043d\u0438\u0442\u0435|(?<!\\w)\u043d\u0435 (?:\u0437\u043d\u0430\u044e|"
    "\u043c\u043e\u0433\u0443|\u0443\u043f\u043e\u043c\u0438\u043d\u0430|\u0441\u043e\u0434\u0435\u0440\u0436|"
    "\u0443\u043a\u0430\u0437|\u0433\u043e\u0432\u043e\u0440|\u0434\u0430[\u0435\u044e]|\u043d\u0430\u0439\u0434|"
    "\u0438\u0437\u0432\u0435\u0441\u0442)|"
    "(?<!\\w)\u043d\u0435\u0442 (?:\u0438\u043d\u0444\u043e\u0440\u043c\u0430\u0446\u0438|"
    "\u043e\u0442\u0432\u0435\u0442|\u0434\u0430\u043d\u043d\u044b\u0445|"
    "\u0443\u043f\u043e\u043c\u0438\u043d\u0430\u043d)|\u043d\u0435\u0438\u0437\u0432\u0435\u0441\u0442\u043d|"
    "\u043d\u0435\u0432\u043e\u0437\u043c\u043e\u0436\u043d",
    "\u4e0d\u8db3|\u62b1\u6b49|\u5bf9\u4e0d\u8d77|\u9057\u61be|\u65e0\u6cd5|\u6c92\u6709|\u6ca1\u6709|\u672a\u63d0|"
    "\u4e0d\u77e5\u9053|\u4e0d\u6e05\u695a|\u4e0d\u80fd|\u7121\u6cd5|\u672a\u77e5|\u5e76\u672a|\u672a\u80fd|"
    "\u672a\u8bf4\u660e",
    "\u7533\u3057\u8a33|\u3059\u307f\u307e\u305b\u3093|\u6b8b\u5ff5|\u308f\u304b\u308a\u307e\u305b\u3093|"
    "\u5206\u304b\u308a\u307e\u305b\u3093|\u3042\u308a\u307e\u305b\u3093|\u3067\u304d\u307e\u305b\u3093|"
    "\u3066\u3044\u307e\u305b\u3093|\u4e0d\u660e|\u8a18\u8f09\u304c?\u306a|\u60c5\u5831\u304c?\u306a",
    "\uc8c4\uc1a1|\ubbf8\uc548\ud558|\uc54c \uc218 \uc5c6|\uc5c6\uc2b5\ub2c8\ub2e4|\ubaa8\ub985\ub2c8\ub2e4|"
    "\ubaa8\ub974|\uc54a\uc2b5\ub2c8\ub2e4|\u0622\u0633\u0641|\u0639\u0630\u0631\u0627|\u0644\u0627 "
    "(?:\u0623\u0639\u0631\u0641|\u064a\u0645\u0643\u0646|\u062a\u0648\u062c\u062f|\u064a\u0648\u062c\u062f|"
    "\u0623\u0633\u062a\u0637\u064a\u0639|\u062a\u0630\u0643\u0631|\u064a\u0630\u0643\u0631)|"
    "\u0644\u0645 (?:\u064a\u0630\u0643\u0631|\u062a\u0630\u0643\u0631|\u064a\u062a\u0645)|\u0916\u0947\u0926|"
    "\u092e\u093e\u092b\u093c|\u0928\u0939\u0940\u0902",
)  # fmt: skip
_SIGNS = re.compile("|".join(f"(?:{each})" for each in (*_ENGLISH, *_OTHERS)))
_MARKS = re.compile(r"[\[\u3010][\d,;\s-]+[\]\u3011]|[*_#`>]")


def refuses(answer: str) -> bool:
    """Whether any part of it says that it cannot, or not wholly, answer."""
    return _SIGNS.search(_MARKS.sub(" ", plain(answer).lower())) is not None
