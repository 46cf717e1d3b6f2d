"""Which words of a turn are the person's own, and which values are fit to be kept and shown to a model.

What is stored is a short value under a known aspect, never a sentence that could instruct a model later. Everything
here is one or two linear passes over the text, and most patterns run only where a cheap cue for them stands.
"""

from __future__ import annotations

import re

from adapters.ports import strip_blocks

CAP = 8000
"""Characters of one turn that are read; a longer turn is a document, and its statements stand at its start."""
MAX_VALUE = 120

_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_MARKS = re.compile(
    r"<\||\|>|<[/a-z!]|\[/?inst|\{\{|\}\}|</?s>|https?:|www\.|\w@\w|`|\\|\$\{|#{2,}|={3,}|\*\*|<<|>>|\b(?:ignore|"
    r"disregard|override|bypass|jailbreak|obey)\b|\b(?:system|developer)\W{0,3}(?:prompt|message|instruction|note|"
    r"role|override)|\b(?:previous|prior|above|earlier|all) (?:instruction|prompt|rule|message|direction)|"
    r"\b(?:system|assistant|developer|user|human|tool) ?:|\bas an ai\b|\bprompt injection\b|\bapi[ _-]?key\b|"
    r"\bpassword\b|[A-Za-z0-9+/=_-]{33,}",
    re.IGNORECASE,
)
# The summary is background: no value in it tells a model to agree, whoever asked for that.
_FLATTERY = re.compile(
    r"\bagree(?:s|ing)? with (?:me|us|my|our|everything|anything|whatever|all i)\b|\b(?:always|just) agree\b|"
    r"\b(?:never|not|no|don't|stop|without|avoid) (?:\w+ ){0,2}(?:disagree|contradict|argu|push(?:ing)? back|criti[cz]|"
    r"correct|doubt|question)\w*(?: \w+)?(?: (?:me|my|us)\b|$)|\b(?:flatter|compliment|prais|validat)\w* (?:me|us)\b|"
    r"\b(?:tell|say|saying|telling)\b.{0,12} i(?:'?m| am) (?:always )?(?:right|correct|great|the best|a genius)\b",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")

_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_QUOTE_LINE = re.compile(r"^[ \t]*(?:>|\|).*$", re.MULTILINE)
_MAIL = re.compile(
    r"^[ \t]*(?:-{2,} ?(?:original|forwarded) message|begin forwarded message|from: |subject: |on [^\n]{4,80} wrote:)",
    re.MULTILINE | re.IGNORECASE,
)
_MACHINE_LINE = re.compile(
    r"^[ \t]*(?:\[?\d{4}-\d\d-\d\d[T ]\d|\[?\d{1,2}:\d\d(?::\d\d)?\]|(?:ERROR|WARN|WARNING|INFO|DEBUG|FATAL|TODO|"
    r"FIXME|Traceback)\b|File \"|\$ |#+ |//|/\w+ |[{}<]|=\w+\(|\w+ = |git \w+ -|(?:pip|npm) install|sudo |curl -|"
    r"SELECT .* FROM|INSERT INTO|def \w+\(|class \w+[:(]|(?:const|let|var) \w+ =|\w+(?:Error|Exception):).*$",
    re.MULTILINE,
)
_SPEAKERS = re.compile(r"(?:^|(?<=[.!?\n]) ?)(?:\[[^\]\n]{1,12}\] ?)?[A-Z][\w ]{0,20}: ", re.MULTILINE)
_SPEAKER = re.compile(
    r"^(?:me|you|user|assistant|ai|bot|human|(?:e-?mail|message|letter|note|text|review|comment|feedback) (?:from|"
    r"by) [^:\n]{2,30}|the (?!problem|thing|truth|point|catch|reason|fact|issue|update|question)\w+): ?(?=i\b|i'm\b|"
    r"my\b|we\b)",
    re.MULTILINE | re.IGNORECASE,
)
_NOTICE = re.compile(
    r"^(?:about (?:you|us|the (?:role|job|team|company))|job description|responsibilities|requirements|who we are|"
    r"what we offer|we're hiring|we are hiring)\b ?[:\n]",
    re.MULTILINE | re.IGNORECASE,
)
_SPAN = re.compile(r"\"[^\"\n]*\"|“[^“”\n]*”|«[^«»\n]*»|„[^„“”\n]*[“”]|`[^`\n]*`")
_SINGLE_SPAN = re.compile(r"(?<![\w'])'[^'\n]{2,200}'(?!\w)")
_PERSONAL = re.compile(r"\b(?:i|i'm|my|me|we|our|you|your)\b|[.!?]\s", re.IGNORECASE)
_BARE = ("im ", "ive ", "dont", "cant", "doesnt", "didnt", "isnt", "wouldnt")
_APOSTROPHE = re.compile(r"\b(?:[Ii]m|[Ii]ve|[Dd]ont|[Cc]ant|[Dd]oesnt|[Dd]idnt|[Ii]snt|[Ww]ouldnt)\b")

_WRITING = (
    r"story|stories|tale|poem|song|lyrics|letter|e-?mail|mail|essay|speech|dialogue|dialog|script|monologue|bio|"
    r"biography|review|novel|scene|chapter|tweet|caption|article|blog|paragraph|haiku|limerick|joke|fiction|fable|"
    r"screenplay|play|diary|journal|persona|testimonial|message|sentences?|text|quote|post|profile|statement|"
    r"introduction|toast|note|ad|copy|character"
)
_FICTION = re.compile(
    r"\b(?:pretend|act as|act like|role-?play|(?<!\bi )(?:imagine|suppose)|supposing|let's (?:say|assume|pretend)|"
    r"(?<!\bi )assum(?:e|ing) (?:that )?(?:i|you|we)|hypothetically|in character|as an? (?:character|persona|"
    r"fictional)|you(?: are|'re) (?:now )?(?:an?|the|my) \w+)\b",
    re.IGNORECASE,
)
_FICTION_CUES = (
    "pretend",
    "act as",
    "act like",
    "roleplay",
    "role-play",
    "imagine",
    "suppos",
    "let's",
    "assum",
    "hypothet",
    "character",
    "persona",
    "you are",
    "you're",
)
_SENTENCE_START = re.compile(r"(?:^|(?<=[.!?]) +|\n+)\W*")
_ORDER = (
    r"(?:(?:please|pls|can|could|would|will|you|kindly|hi|hello|hey|now|then|and|also|i|want|need|to|help|me|let's|"
    r"like|'d)\b\W*){0,8}"
)
_WRITE = re.compile(
    rf"{_ORDER}(?:write|compose|draft|generate|create|make up|tell|continue|give|come up with|invent|produce)\b"
    rf"[^.?!\n]{{0,60}}\b(?:{_WRITING})\b",
    re.IGNORECASE,
)
_TASK = re.compile(
    rf"{_ORDER}(?:(?P<text>translat|summari[sz]|rewrit|rephras|paraphras|proofread|polish|transcrib|shorten|simplif|"
    r"tl;?dr(?! style| answers| repl)|repl(?:y|ies) to|respond to|answer (?:this|the following)|what does|how (?:do|"
    r"would) (?:you|i) say)|fix|correct|edit|improv|analy[sz]|classify|explain|review|check|convert|turn|expand|"
    r"comment on|what do you "
    r"think)\w*(?P<rest>[^:\n.?!]{0,80})(?P<end>[:\n.?!]|$)",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:this|these|the following|following|below|above|(?:my|the) (?:text|sentence|paragraph|article|e-?mail|mail|"
    r"message|letter|post|passage|essay|draft|review|lyrics|dialogue|conversation|story|document))\b|^\s*$",
    re.IGNORECASE,
)
_DRAFT = re.compile(
    r"\b(?:here(?:'s| is| are)|this is|see|below is) (?:my|the|our|an?) (?:(?:first|rough|latest|new|current|own) "
    r")?(?:draft|e-?mail|essay|cover letter|letter|post|text|attempt|version|article|message|reply|speech|bio|blurb|"
    r"report|abstract|paragraph|intro|introduction|section|story|poem|review|transcript|"
    r"conversation)\b[^:\n]{0,60}[:\n]|\b(?:i wrote|i've written|i have written|what i (?:wrote|have)|my "
    r"draft)\b[^:\n]{0,60}[:\n]",
    re.IGNORECASE,
)


def own(text: str) -> str:
    """The part of a turn in which the person speaks as themselves.

    Left out: what Rapport injected, code, quoted lines, pasted mails and drafts, quoted speech, the text given with a
    task ("translate this: ..."), and everything from the first sign of fiction or role play on.
    """
    text = _plain(text)
    if "```" in text:
        text = _FENCE.sub("\n", text)
    if ">" in text or "|" in text:
        text = _QUOTE_LINE.sub("", text)
    text = _MACHINE_LINE.sub("", text)
    low = text.lower()
    if "\n" in text or ": " in text:
        text = _before_speech(_before(_before(_before(text, _MAIL), _DRAFT), _NOTICE))
    text = _without_task_text(_without_fiction(text))
    if any(mark in text for mark in '"“«„`'):
        text = _SPAN.sub(_unquote, text)
    if " '" in text or ":'" in text or "\n'" in text or text.startswith("'"):
        text = _SINGLE_SPAN.sub(_unquote, text)
    return _APOSTROPHE.sub(_with_apostrophe, text) if any(word in low for word in _BARE) else text


def pasted(text: str) -> str:
    """The person's own draft in a turn such as "here is my draft: ...", or "": the text after that line."""
    text = _plain(text)
    if ":" not in text and "\n" not in text:
        return ""
    found = _DRAFT.search(text)
    mine = found and re.search(r"\b(?:my|our|i)\b", found.group(), re.IGNORECASE)
    return text[found.end() :].strip() if found and mine else ""


def fit(value: str) -> bool:
    """Whether a value may be kept: short, one line, without markup, links, hidden characters or model commands."""
    return 0 < len(value) <= MAX_VALUE and "\n" not in value and plain(value) and not _FLATTERY.search(value)


def plain(text: str) -> bool:
    """Whether a text is without markup, links, addresses, hidden characters and model commands."""
    return not _HIDDEN.search(text) and not _MARKS.search(text)


def tidy(value: str) -> str:
    """A value on one line, without marks around it."""
    return _SPACE.sub(" ", value).strip(" \t\r\n,;:.!?-\u2013\u2014\"'“”()[]*_~")


def _plain(text: str) -> str:
    return strip_blocks(text[:CAP]).replace("\u2019", "'")


def _before(text: str, end: re.Pattern[str]) -> str:
    """The text up to the sentence in which `end` begins."""
    found = end.search(text)
    return text[: _start_of_sentence(text, found.start())] if found else text


def _before_speech(text: str) -> str:
    """The text before a dialogue: lines of several speakers, or what somebody is given to say."""
    speakers = list(_SPEAKERS.finditer(text)) if any(label in text for label in ("Me: ", "User: ", "A: ")) else []
    found = speakers[0] if len(speakers) > 1 else _SPEAKER.search(text)
    return text[: found.start()] if found else text


def _without_fiction(text: str) -> str:
    """The text before the first sentence that sets up a role or a supposition."""
    low, first = text.lower(), len(text)
    for cue in _FICTION_CUES:
        at = low.find(cue)
        while 0 <= at < first:
            if _FICTION.match(text, at):
                first = at
            at = low.find(cue, at + 1)
    return text if first == len(text) else text[: _start_of_sentence(text, first)]


def _start_of_sentence(text: str, at: int) -> int:
    return max(text.rfind(mark, 0, at) for mark in (". ", "! ", "? ", "\n")) + 1


def _unquote(found: re.Match[str]) -> str:
    """A quoted title stays, quoted speech goes."""
    inner = found.group()[1:-1]
    return inner if len(inner.split()) <= 6 and not _PERSONAL.search(inner) else " "


def _without_task_text(text: str) -> str:
    """The turn without the text that it gives the assistant to work on or to invent, which may be in anybody's name."""
    for begin in _SENTENCE_START.finditer(text):
        start = begin.end()
        if _WRITE.match(text, start):
            return text[:start]
        if not (task := _TASK.match(text, start)):
            continue
        if task["end"] == ":":
            return text[:start]
        if (task["text"] or task["end"] == "\n") and _POINTING.search(task["rest"]):
            return text[:start] if len(text[task.end() :].split()) >= 3 else ""
        if task["text"]:
            text = text[:start] + " " * (task.end() - start) + text[task.end() :]
    return text


def _with_apostrophe(found: re.Match[str]) -> str:
    word = found.group()
    at = 1 if word[0] in "iI" and len(word) < 4 else len(word) - 1
    return f"{word[:at]}'{word[at:]}"
