"""What a person may wish of answers, as data: topics with their patterns, and the vocabulary of such wishes."""

from __future__ import annotations

from policies.preferences.lexicon import LANGUAGES, word_set

TOPICS: tuple[tuple[str, str, str], ...] = (
    (
        "format",
        "bullet lists",
        r"bullet(?:ed|s)?(?:[- ]?points?|[- ]?lists?)*|(?<=no )lists|(?<=using )lists|(?<=use )lists|(?<=as )lists|"
        r"list form",
    ),
    ("format", "numbered lists", r"numbered lists?|numbered steps|numbering"),
    ("format", "headings", r"(?:sub)?headings|headers"),
    ("format", "tables", r"tables"),
    ("format", "markdown", r"markdown|bold(?: text| face)?|italics"),
    ("format", "plain prose", r"(?:plain |flowing )?prose|plain text|full paragraphs"),
    ("emoji", "yes", r"emojis?|emoticons?|smileys?"),
    ("code", "yes", r"code(?: (?:examples?|snippets?|samples?|blocks?))?|snippets?"),
    ("examples", "yes", r"(?:(?:some |concrete |real[- ](?:life|world) |practical ){0,2}(?<!for )examples?)"),
    (
        "length",
        "short",
        r"short(?:er|ly)?|brief(?:er|ly)?|concise(?:ly)?|terse|succinct(?:ly)?|to the point|few words|compact|crisp|"
        r"one[- ]liners?|tl;?dr",
    ),
    ("length", "long", r"long(?:er)?|lengthy|verbose|wordy|long-winded|rambl(?:e|ing)|waffle|(?<=you )(?:write|talk|"
        r"say) (?=too much)"),
    ("length", "an essay", r"(?:an )?essays?|walls? of text|long paragraphs|a novel"),
    ("length", "detailed", r"(?:more )?detail(?:ed|s)?|in[- ]depth|thorough(?:ly)?|comprehensive(?:ly)?"),
    ("depth", "step by step", r"step[- ]by[- ]steps?"),
    (
        "depth",
        "simple",
        r"simpl(?:e|er|y)(?: (?:words|terms|language))?|layman'?s terms|plain (?:english|language|words)|(?:like|as "
        r"if|as though) i(?:'?m| am| were| was) (?:an? )?(?:five|six|seven|eight|nine|ten|twelve|\d{1,2}|child|kid|"
        r"beginner|newbie|idiot|dummy)(?: years? old)?|(?:the )?basics|beginner[- ]friendly|easy to understand|eli5|"
        r"non-?technical",
    ),
    ("depth", "technical", r"(?:more )?technical(?: (?:terms|detail))?|jargon"),
    ("tone", "formal", r"(?:more )?formal(?:ly)?"),
    ("tone", "informal", r"(?:more )?(?:informal(?:ly)?|casual(?:ly)?)"),
    ("tone", "friendly", r"(?:more )?(?:friendly|warm(?:ly)?|like (?:an? )?(?:friends?|mate|buddy))"),
    ("tone", "professional", r"(?:more )?professional(?:ly)?"),
    ("tone", "direct", r"(?:more )?(?:direct(?:ly)?|blunt(?:ly)?|straightforward|matter-of-fact)"),
    ("tone", "humorous", r"(?:more )?(?:humou?r(?:ous)?|funny|witty|playful|jokes)"),
    ("tone", "serious", r"(?:more )?serious(?:ly)?"),
    ("tone", "polite", r"(?:more )?polite(?:ly)?"),
    ("rule", "British spelling", r"(?:british|uk) (?:spellings?|english)"),
    ("rule", "American spelling", r"(?:american|us) (?:spellings?|english)"),
    ("units", "metric", r"metric(?: units| system)?|kilomet(?:er|re)s?|km|kilograms?|kg|kilos|grams"),
    ("units", "imperial", r"imperial(?: units| system)?|miles|pounds|ounces|inches|us customary units"),
    ("units", "Celsius", r"(?:degrees )?celsius"),
    ("units", "Fahrenheit", r"(?:degrees )?fahrenheit"),
)
"""Aspect, value and pattern of each topic."""

ORDERING = frozenset(LANGUAGES) | word_set(
    "bullet bullets bulleted lists list numbered numbering headings subheadings headers tables markdown bold italics "
    "prose paragraphs plain emoji emojis emoticon emoticons smiley smileys code snippet snippets example examples "
    "short shorter shortly brief briefly briefer concise concisely terse succinct succinctly point compact crisp "
    "liners liner tldr long longer lengthy verbose wordy winded rambling detail detailed details depth thorough "
    "thoroughly comprehensive comprehensively step steps simple simpler simply layman's five understand eli "
    "technical jargon formal formally informal informally casual casually friendly warm warmly professional "
    "professionally direct directly blunt bluntly straightforward humour humor humorous humourous funny witty "
    "playful jokes serious seriously polite politely metric imperial celsius fahrenheit customary british american "
    "word words sentence sentences line always never future forward default every whenever friend mate basics tl dr "
    "essay essays walls novel ramble waffle much kilometers kilometres kilometer kilometre km kilograms kg kilos "
    "grams miles pounds ounces inches stop quit per per twelve child kid replies answers reply response responses end"
)
"""Words one of which stands in every wish that is understood."""

KNOWN = word_set(
    "a an the to in with without by of for on as at from and or but please pls just only always never again now more "
    "less very really so too i i'm i'd me my mine your you you're it it's them they be is are am do don't dont does "
    "not no n't can could would should will must may use using uses used keep keeping make making give giving "
    "provide include including add adding answer answers answering reply replies replying respond response responses "
    "responding write writing speak speaking talk talking text texts say tell explain explaining explanation "
    "explanations explained show showing format formatting style tone language output outputs message messages stop "
    "stopping quit avoid avoiding skip leave out omit drop cut down lose ditch hate dislike like likes love prefer "
    "preferred preference preferably want need rather stand annoying annoys annoyed many much any every all each "
    "time times from on future going forward general generally default rule whenever when possible where if "
    "everything things stuff learn understand better best fan big huge into keen fond instructions distances weights "
    "think max maximum per our chats chat conversation conversations we spoke let's works work best suit suits way "
    "long short feel free back go mind fine ok okay start after unless asked ask anymore longer that this these "
    "those there have having get getting put them instead than over point points lists list whatever english "
    "anything something sticking stick switch continue chat communicate reading read easier easy understand remember "
    "note that's henceforth both also even half bit little lot lots kind sort sound sounding be being quite rather "
    "pretty ever here mode thanks thank well i've keep-it one degrees temperature temperatures measurements units "
    "system unit tired sick cease spare no-nonsense nonsense fluff filler waffle waffling preamble directly"
)
"""Words that a wish is made of beside its topic; any other word makes it a task or a statement."""

VOCABULARY = (
    KNOWN
    | ORDERING
    | word_set(
        "five eight terms to-the-point real world life practical concrete some form face text full plain flowing non "
        "friendly english british american uk us spelling spellings real-life real-world one two three four degrees "
        "dr tl friend friends mate buddy twelve six seven nine ten child kid newbie idiot dummy year years old were "
        "was basics few beginner much essay essays walls wall novel ramble waffle kilometers kilometres kilometer "
        "kilometre km kilograms kg kilos grams miles pounds ounces inches"
    )
)

RULE_VERBS = word_set(
    "cite include mention show give explain use ask add list start end begin finish provide check double-check spell "
    "write answer respond reply convert round link quote summarise summarize apologise apologize avoid assume number "
    "format call address repeat keep suggest offer warn recommend state note compare refer define capitalise "
    "capitalize abbreviate translate point reference verify address label bold put leave stick flatter praise hedge "
    "moralise moralize lecture speculate guess"
)
"""What a standing rule may ask for."""
