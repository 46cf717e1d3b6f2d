"""Whether a turn begins with thanks for the answer before it, or with a correction of it; by a few plain wordings.

Only whole clauses count, and only at the turn's beginning: "Thanks!" approves; "thanks in advance", "no, thanks",
"write a thank you letter" and "can you check this, thanks" do not. What cannot be told says nothing.
"""

from __future__ import annotations

import re
from typing import Literal

Verdict = Literal["accepted", "rating"]

_CLAUSES = 4
"""Clauses at the beginning of a turn that are looked at, up to the first that is no such wording."""
_LOOKED_AT = 400
"""Characters at the beginning of a turn."""

# Marks of other scripts by their numbers: full-width !, comma and full stop.
_CUT = re.compile("\\s*(?:[.!?,;:\n)(…¡¿\uff01\uff0c\u3002\u3001👍🙏🎉😊🙂]|\\s[-\u2013\u2014]\\s)+\\s*")
_THUMB = re.compile("[👍🎉]")

_VERY = r"(?:so|very|really|just|absolutely|pretty|sehr|wirklich|très|vraiment|muy|molto|muito|heel|erg)"
_THANKS = (
    r"(?:ok(?:ay)? |great |perfect |super |wow |many |big )?"
    r"(?:thanks|thank you|thank u|thx|ty|tysm|cheers|much obliged)"
    r"(?: (?:so much|very much|a lot|a ton|a million|a bunch|again|indeed|mate|man|buddy|everyone))*"
    r"(?: for (?:the|your|this|that|all|explaining|helping|clarifying|sharing|it)\b(?: \w+){0,4}| that \w+(?: \w+)?)?",
    r"(?:vielen|besten|herzlichen|tausend|lieben)? ?dank(?: dir| ihnen)?|danke(?: schön| sehr| dir| ihnen| vielmals)?",
    r"dankeschön|merci(?: beaucoup| bien| infiniment)?|(?:muchas |mil )?gracias|(?:molte |mille )?grazie(?: mille)?",
    r"(?:muito )?obrigad[oa]|(?:dank je|dank u|dankjewel|bedankt|dank je wel)(?: wel)?|tack(?: så mycket)?",
    r"dzięki|dziękuję(?: bardzo)?|teşekkürler|спасибо(?: большое)?|большое спасибо|谢谢|多谢|ありがとう(?:ございます)?"
    r"|감사합니다|고마워요?",
)
_PRAISE = (
    r"(?:great|perfect|excellent|awesome|amazing|fantastic|brilliant|wonderful|lovely|exactly|superb|spot on|"
    r"well done|nice one|nice|good job|great job|good work|great work|nailed it)",
    r"(?:that|this|it)(?:'s| is| was|s| looks| sounds) (?:VERY )?(?:great|perfect|excellent|awesome|amazing|fantastic|"
    r"brilliant|wonderful|lovely|exactly (?:right|it|what i (?:needed|wanted|meant|was looking for))|just right|"
    r"spot on|(?:very |really )helpful|helpful|much better|what i (?:needed|wanted|was looking for))",
    r"(?:that|this|it) (?:worked|works|helps|helped|did it|did the trick|solved it|fixed it)(?: now| well| great|"
    r" perfectly| a lot| for me)?",
    r"(?:i )?(?:love|like) (?:it|this|that)(?: a lot| very much)?|much better|works (?:great|perfectly|now|well)",
    r"(?:perfekt|super|prima|genial|klasse|wunderbar|ausgezeichnet|toll|sehr gut|passt|parfait|génial|excellent|"
    r"très bien|super bien|perfecto|genial|excelente|muy bien|estupendo|perfetto|ottimo|benissimo|perfeito|ótimo|"
    r"perfect zo|geweldig|uitstekend|prima|perfekt så)",
    r"(?:das|es) (?:ist|war) (?:VERY )?(?:perfekt|super|toll|gut|hilfreich|genau richtig)|(?:das )?hat geholfen",
    r"c'est (?:VERY )?(?:parfait|génial|super|bien|très bien)|(?:así )?está (?:perfecto|genial|muy bien)|va benissimo",
)
_MORE = (
    r"(?:shorter|longer|simpler|briefer|clearer|softer|friendlier|warmer|(?:more|less) (?:formal|casual|friendly|"
    r"concise|detailed|direct|personal|polite|technical|professional|specific|creative|natural|serious|wordy)|"
    r"kürzer|länger|einfacher|plus (?:court|long|simple)e?|más (?:corto|largo|breve|simple|sencillo)|"
    r"più (?:corto|breve|lungo|semplice)|"
    r"mais (?:curto|longo|simples)|korter|langer|eenvoudiger)"
)
_TOO = (
    r"(?:too \w+|zu (?:lang|kurz|kompliziert|förmlich|formell|technisch)|"
    r"trop (?:long|court|compliqué|formel|technique)|demasiado (?:largo|corto|complicado|formal|técnico)|muy largo|"
    r"troppo (?:lungo|corto|complicato|formale)|"
    r"muito (?:longo|curto|formal)|longo demais|te (?:lang|kort|ingewikkeld|formeel))"
)
_WRONG = (
    rf"(?:please )?(?:make (?:it|this|that) )?(?:a (?:bit|little) |much |even |etwas |viel |bitte |un peu |un poco )?"
    rf"{_MORE}(?: please| bitte| s'il (?:te|vous) plaît| por favor| per favore)?",
    rf"(?:(?:that|this|it)(?:'s| is| was|s)? |das ist |c'est |es |è |é |dat is )?"
    rf"(?:still |way |far |much |a (?:bit|little) |viel |bien |immer noch )?{_TOO}(?: for me| now| again)?",
    r"(?:(?:that|this|it)(?:'s| is| was|s) )?(?:still |just |simply |plain |completely |totally )?"
    r"(?:wrong|incorrect|not (?:right|correct|true|quite right|helpful|good|it))",
    r"(?:(?:that|this|it)(?:'s| is| was|s) |still )?not (?:at all )?what i (?:asked|meant|wanted|said|need|needed|had)"
    r"(?: \w+){0,3}",
    r"(?:that|this|it) (?:isn't|wasn't|is not|was not) (?:right|correct|true|what i (?:asked|meant|wanted|said|need)"
    r"\w*)(?: \w+){0,3}",
    r"(?:that|this|it) (?:doesn't|does not|didn't|did not|still doesn't) (?:work|help|answer (?:it|that|my question))"
    r"(?: either| yet| for me| at all)?",
    r"you(?:'re| are) wrong|you (?:misunderstood|misread|got (?:it|that) wrong|made a mistake|missed (?:the point|it))"
    r"(?: \w+){0,3}|i (?:didn't|did not) (?:ask for|mean|say|want) (?:that|this|it)|try (?:it )?again|do it again",
    r"(?:das ist |immer noch )?(?:falsch|nicht (?:richtig|korrekt|das))|(?:das )?stimmt (?:so )?nicht|"
    r"(?:das ist |das war )?nicht(?: das)? was ich (?:wollte|meinte|gefragt habe|gesagt habe)|so nicht",
    r"(?:c'est |encore )?(?:faux|incorrect)|ce n'est pas (?:ça|correct|juste|ce que j'ai demandé|ce que je \w+)",
    r"(?:eso |esto )?(?:está mal|es incorrecto|no es correcto|no es lo que (?:pedí|quería|dije))|incorrecto",
    r"(?:è )?sbagliato|non è (?:corretto|quello che (?:ho chiesto|volevo))",
    r"(?:está )?errado|não é (?:isso|o que eu \w+)",
    r"(?:dat is |dat klopt |klopt )?(?:fout|niet (?:goed|juist)|niet)|dat klopt niet|niet wat ik (?:vroeg|bedoelde)",
)


def _compiled(*wordings: str) -> re.Pattern[str]:
    return re.compile("|".join(wordings).replace("VERY", _VERY))


_ACCEPTS, _CORRECTS = _compiled(*_THANKS, *_PRAISE), _compiled(*_WRONG)
_NO = re.compile(r"(?:no|nope|nah|nein|non|nee|não|nej)(?: no)*\b")
_BUT = re.compile(r"(?:but|aber|mais|pero|ma|mas|maar|however)\b")
_TURN = re.compile(
    r"(?:(?:but|aber|mais|pero|ma|mas|maar|however|hmm?|well|sorry|no|nope|nein|non|nee|não|ah|oh|ok|okay|yes|yeah|ja|"
    r"oui|sí|sì) )+"
)
_OPENING = re.compile(r"(?:ah|oh|wow|ok|okay|yes|yeah|yep|ja|oui|sí|sì|sim|haha|hm+|well|sorry|um)"
                      r"(?: wow| yes| ok| well)*")
_TAKES_BACK = re.compile(r"\b(?:scratch|strike|forget|ignore|disregard) (?:that|it|what)\b|\btake (?:that|it) back\b")


def takes_back(text: str) -> bool:
    """Whether a turn takes back what the person said just before."""
    return _TAKES_BACK.search(text[:_LOOKED_AT].lower()) is not None


def verdict(text: str) -> Verdict | None:
    """What a turn says of the answer before it: thanks or approval, a correction, or nothing that is sure."""
    text = text.strip()[:_LOOKED_AT].lower().replace("\u2019", "'")
    clauses = [part for part in _CUT.split(text) if part]
    thumb = _THUMB.match(text) is not None
    refused = contrast = approves = False
    for clause in clauses[:_CLAUSES]:
        contrast = contrast or _BUT.match(clause) is not None
        said = _TURN.sub("", clause, count=1)
        if _CORRECTS.fullmatch(said) or _CORRECTS.fullmatch(clause):
            return "rating"
        if _NO.fullmatch(clause):
            refused = True
        elif _ACCEPTS.fullmatch(said):
            approves, refused = True, refused or _NO.match(clause) is not None
        elif not _OPENING.fullmatch(clause):
            break
    return "accepted" if (approves or thumb) and not (refused or contrast) else None
