"""Standing wishes about answers: language, length, tone, format, units, and bounded rules ("always cite sources").

A wish counts only if every word of it belongs to this small vocabulary: "keep it short" does, "write a short story
about dragons" does not. So a task is never taken for a preference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.preferences.aspects import Said
from policies.preferences.clauses import words
from policies.preferences.guard import fit, tidy
from policies.preferences.lexicon import LANGUAGES

_TOPICS: tuple[tuple[str, str, str], ...] = (
    ("format", "bullet lists", r"bullet(?:ed|s)?(?:[- ]?points?|[- ]?lists?)*|lists|list form"),
    ("format", "numbered lists", r"numbered lists?|numbered steps|numbering"),
    ("format", "headings", r"(?:sub)?headings|headers"),
    ("format", "tables", r"tables"),
    ("format", "markdown", r"markdown|bold(?: text| face)?|italics"),
    ("format", "plain prose", r"(?:plain |flowing )?prose|plain text|full paragraphs"),
    ("emoji", "yes", r"emojis?|emoticons?|smileys?"),
    ("code", "yes", r"code(?: (?:examples?|snippets?|samples?|blocks?))?|snippets?"),
    ("examples", "yes", r"(?:(?:some |concrete |real[- ](?:life|world) |practical )*examples?)"),
    ("length", "short", r"short(?:er|ly)?|brief(?:er|ly)?|concise(?:ly)?|terse|succinct(?:ly)?|to the point|compact|crisp|one[- ]liners?|"
     r"tl;?dr"),
    ("length", "long", r"long(?:er)?|lengthy|verbose|wordy|long-winded|rambling"),
    ("depth", "detailed", r"(?:more )?detail(?:ed|s)?|in[- ]depth|thorough(?:ly)?|comprehensive(?:ly)?"),
    ("depth", "step by step", r"step[- ]by[- ]steps?"),
    ("depth", "simple", r"simpl(?:e|er|y)(?: (?:words|terms|language))?|layman'?s terms|plain (?:english|language|words)|like i'?m (?:five|5)|"
     r"beginner[- ]friendly|easy to understand|eli5|non-?technical"),
    ("depth", "technical", r"(?:more )?technical(?: (?:terms|detail))?|jargon"),
    ("tone", "formal", r"(?:more )?formal(?:ly)?"),
    ("tone", "informal", r"(?:more )?(?:informal(?:ly)?|casual(?:ly)?)"),
    ("tone", "friendly", r"(?:more )?(?:friendly|warm(?:ly)?)"),
    ("tone", "professional", r"(?:more )?professional(?:ly)?"),
    ("tone", "direct", r"(?:more )?(?:direct(?:ly)?|blunt(?:ly)?|straightforward|matter-of-fact)"),
    ("tone", "humorous", r"(?:more )?(?:humou?r(?:ous)?|funny|witty|playful|jokes)"),
    ("tone", "serious", r"(?:more )?serious(?:ly)?"),
    ("tone", "polite", r"(?:more )?polite(?:ly)?"),
    ("rule", "British spelling", r"(?:british|uk) (?:spellings?|english)"),
    ("rule", "American spelling", r"(?:american|us) (?:spellings?|english)"),
    ("units", "metric", r"metric(?: units| system)?"),
    ("units", "imperial", r"imperial(?: units| system)?|us customary units"),
    ("units", "Celsius", r"(?:degrees )?celsius"),
    ("units", "Fahrenheit", r"(?:degrees )?fahrenheit"),
)
ORDERING = frozenset(LANGUAGES) | frozenset(
    "bullet bullets bulleted lists list numbered numbering headings subheadings headers tables markdown bold italics prose paragraphs "
    "plain emoji emojis emoticon emoticons smiley smileys code snippet snippets example examples short shorter shortly brief "
    "briefly briefer concise concisely terse succinct succinctly point compact crisp liners liner tldr long longer lengthy "
    "verbose wordy winded rambling detail detailed details depth thorough thoroughly comprehensive comprehensively step steps "
    "simple simpler simply layman's five understand eli technical jargon formal formally informal informally casual casually friendly "
    "warm warmly professional professionally direct directly blunt bluntly straightforward humour humor humorous humourous "
    "funny witty playful jokes serious seriously polite politely metric imperial celsius fahrenheit customary british american "
    "word words sentence sentences line always never future forward default every whenever".split()
)
"""Words one of which stands in every wish that is understood here."""
_LIMIT = re.compile(
    r"\b(?:(?:in|to|under|below|within|at most|no more than|less than|fewer than|max(?:imum)?|up to|one or) )+(?P<x>(?:one|two|three|"
    r"four|five|\d{1,4})(?: or (?:two|three|\d))? (?:words?|sentences?|paragraphs?|lines?))\b",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"\b(?:" + "|".join(f"(?P<t{number}>{pattern})" for number, (_, _, pattern) in enumerate(_TOPICS)) + r")\b", re.IGNORECASE
)
_LANGUAGE = re.compile(r"\b(?:" + "|".join(sorted(LANGUAGES, key=len, reverse=True)) + r")\b", re.IGNORECASE)
_IN_LANGUAGE = re.compile(
    r"(?:answer|reply|respond|write|speak|talk|explain|continue|switch|use|stick|stay|only|please|communicate|chat|answers|replies|"
    r"responses|text|tell me|in)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:no|not|don't|do not|dont|stop|never|avoid|without|skip|quit|hate|dislike|less|fewer|drop|leave out|omit|can't stand|"
    r"cut (?:out|down on)|lose the|ditch|isn't|too|annoy(?:ing|s|ed)?|sick of|tired of|cease|spare me|rather not|no more)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(?:you can|you may|feel free to|go back to|i don't mind|i'm (?:fine|ok|okay) with|it's (?:ok|okay|fine) to|start)\b.*"
    r"\b(?:again|now|after all)\b|\b(?:are|is) (?:ok|okay|fine) again\b|\bno need to (?:keep|be|avoid|answer)\b",
    re.IGNORECASE,
)
DURABLE = re.compile(
    r"\b(?:always|never|from now on|in (?:the )?future|going forward|in general|generally|every time|each time|whenever|stop|quit|any ?more|"
    r"again|by default|as a rule|for all|all (?:your|my) (?:answers|replies|responses)|henceforth|too (?:many|much|long)|"
    r"remember|i (?:really |always |usually |generally |would |much |'d )*(?:prefer|like|love|hate|dislike|want|don't like))\b",
    re.IGNORECASE,
)
_KNOWN = frozenset(
    "a an the to in with without by of for on as at from and or but please pls just only always never again now more less very "
    "really so too i i'm i'd me my mine your you you're it it's them they be is are am do don't dont does not no n't can could would should "
    "will must may use using uses used keep keeping make making give giving provide include including add adding answer answers "
    "answering reply replies replying respond response responses responding write writing speak speaking talk talking text texts "
    "say tell explain explaining explanation explanations explained show showing format formatting style tone language output "
    "outputs message messages stop stopping quit avoid avoiding skip leave out omit drop cut down lose ditch hate dislike like "
    "likes love prefer preferred preference preferably want need rather stand annoying annoys annoyed many much any every all "
    "each time times from on future going forward general generally default rule whenever when possible where if everything "
    "things stuff way ways long short feel free back go mind fine ok okay start after unless asked ask anymore longer "
    "that this these those there have having get getting put them instead than over point points lists list whatever english "
    "anything something sticking stick switch continue chat communicate reading read easier easy understand remember note "
    "that's henceforth both also even half bit little lot lots kind sort sound sounding be being quite rather pretty ever here "
    "mode thanks thank well i've keep-it one degrees temperature temperatures measurements units system unit tired sick cease "
    "spare no-nonsense nonsense fluff filler waffle waffling preamble directly".split()
)
# Length, depth and tone are also said of dinners and films: the clause must speak of answers.
_SPEAKS_OF_ANSWERS = re.compile(
    r"\b(?:answer|repl(?:y|ies)|respon[ds]|explain|explanation|keep|be|being|write|writing|style|tone|language|speak|talk|"
    r"text|messages?|say|tell|use|short and|to the point)\w*",
    re.IGNORECASE,
)
_NAMES_ANSWERS = re.compile(r"\b(?:answers?|repl(?:y|ies)|respon[ds]\w*|expla(?:in|nations?)|messages)\b", re.IGNORECASE)
_WISHING = re.compile(r"(?:i|we)\b(?!.*\byou\b)", re.IGNORECASE)
_EVERYWHERE = frozenset(("format", "emoji", "units", "language", "rule"))
_COMPARING = re.compile(r"\b(?:more|shorter|longer|simpler|briefer|less)\b|\bmake (?:it|this|that)\b", re.IGNORECASE)
_PLURAL = re.compile(r"\b(?:answers|replies|responses|explanations|messages|being)\b", re.IGNORECASE)
_TASK_VERB = re.compile(r"(?:please )?(?:give|make|show|add|write|provide|put|create|get|i (?:want|need|'d like))\b", re.IGNORECASE)
_OWN_SPEECH = re.compile(r"i (?:can |also |do |don't |only )*(?:speak|talk|write|read|use)\b", re.IGNORECASE)
_VOCABULARY = _KNOWN | ORDERING | frozenset(
    "five eight terms to-the-point real world life practical concrete some form face text full plain flowing non friendly english "
    "british american uk us spelling spellings real-life real-world one two three four degrees".split()
)
_ALWAYS = frozenset("always never now future forward every whenever default".split())
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*", re.IGNORECASE)
_RULE = re.compile(
    r"(?:(?:please|and|also|can you|could you|i want you to|i'd like you to|make sure (?:to|you|that you)|remember to|you should|"
    r"you must|be sure to)\s+)*(?:(?P<when>always|never|from now on,?|in (?:the )?future,?|going forward,?|every time(?: you answer)?,?|"
    r"whenever you answer,?|by default,?)\s+)(?:please )?(?P<x>(?:do not |don't |never |always )?(?P<verb>[a-z-]+)\b[^.!?;:]{2,90})",
    re.IGNORECASE,
)
_RULE_VERBS = frozenset(
    "cite include mention show give explain use ask add list start end begin finish provide check double-check spell write answer "
    "respond reply convert round link quote summarise summarize apologise apologize avoid assume number format call address "
    "say repeat keep tell suggest offer warn recommend state note compare refer define put be make capitalise capitalize "
    "abbreviate translate point reference verify address label".split()
)
_NO_RULE = re.compile(
    r"\b(?:system|prompt|instructions?|secret|secrets|reveal|previous|developer|policy|policies|token|tools?|execute|run|send|"
    r"delete|filter|filters|safety|rules?|guidelines?|restrictions?|unrestricted|admin|root|command|commands|file|files|email|"
    r"emails|everyone|anyone|users?|story|character|role|yes to|agree|obey|true|lie|this|that one)\b",
    re.IGNORECASE,
)


def ordered(clause: str) -> list[Said]:
    """The standing wishes in a clause about answers, or nothing if the clause says anything else besides."""
    there = words(clause)
    if ORDERING.isdisjoint(there) or not there <= _VOCABULARY:
        return [] if _ALWAYS.isdisjoint(there) else list(_ruled(clause))
    bare, topics = clause, sorted(_topics(clause), reverse=True)
    for start, end, _ in topics:
        bare = bare[:start] + " " + bare[end:]
    if not topics or not all(word.lower() in _KNOWN for word in _WORD.findall(bare)):
        return list(_ruled(clause))
    undo = _AGAIN.search(clause) is not None
    negative = not undo and _NEGATION.search(bare) is not None
    said = [_turned(said, negative, undo) for _, _, said in reversed(topics)]
    return [one for one in said if _meant(one, clause)] or list(_ruled(clause))


def clearly(clause: str) -> bool:
    """Whether a wish is about answers in general even where a task or a question stands beside it."""
    return DURABLE.search(clause) is not None and (not _WISHING.match(clause) or _NAMES_ANSWERS.search(clause) is not None)


def _meant(said: Said, clause: str) -> bool:
    """Whether the wish is about answers at all, and about more than the answer at hand."""
    if _OWN_SPEECH.match(clause) and said.aspect in ("language", "code", "tone"):
        return False
    speaking = _NAMES_ANSWERS if _WISHING.match(clause) else _SPEAKS_OF_ANSWERS
    if said.aspect not in _EVERYWHERE and not speaking.search(clause) and said.value != "none":
        return False
    if DURABLE.search(clause):
        return True
    if _COMPARING.search(clause) and not clause.lower().startswith(("be ", "please be ")) and not _PLURAL.search(clause):
        return False
    return said.aspect not in ("format", "code", "examples") or said.value.startswith("no") or not _TASK_VERB.match(clause)


def _topics(clause: str) -> Iterator[tuple[int, int, Said]]:
    for found in _TOPIC.finditer(clause):
        aspect, value, _ = _TOPICS[int(str(found.lastgroup)[1:])]
        yield found.start(), found.end(), Said(aspect, value)
    if found := _LIMIT.search(clause):
        yield found.start(), found.end(), Said("length", "at most " + found["x"].lower())
    spoken = _LANGUAGE.search(clause)
    if spoken and _IN_LANGUAGE.search(clause[: spoken.start()] + clause[spoken.end() :]):
        yield spoken.start(), spoken.end(), Said("language", LANGUAGES[spoken.group().lower()])


_COUNTER = {"short": "detailed", "long": "short", "formal": "informal", "informal": "formal", "technical": "simple",
            "detailed": "short", "humorous": "serious"}


def _turned(said: Said, negative: bool, undo: bool) -> Said:
    """The wish as it is kept: what is not wanted becomes "no ...", or its counterpart where there is one."""
    if undo:
        return Said(said.aspect, "", True) if said.value == "yes" else Said(said.aspect, f"no {said.value}", True)
    if not negative:
        return said
    if said.aspect == "format":
        return Said("format", f"no {said.value}")
    if said.value == "yes":
        return Said(said.aspect, "none")
    if said.value in _COUNTER:
        return Said("length" if _COUNTER[said.value] == "short" else said.aspect, _COUNTER[said.value])
    return Said(said.aspect, f"not {said.value}") if said.aspect != "language" else Said("language", said.value, True)


def _ruled(clause: str) -> Iterator[Said]:
    found = _RULE.match(clause)
    if not found or found["verb"].lower() not in _RULE_VERBS or _NO_RULE.search(found["x"]):
        return
    when = "never " if found["when"].lower() == "never" else "always " if found["when"].lower() == "always" else ""
    value = tidy(when + found["x"])
    if fit(value) and len(value.split()) <= 14:
        yield Said("rule", value)
