"""The commonest words of talk about anything: which words of a sentence may name something, and which cannot.

A word list of our own for English: function words, verbs and nouns of everyday talk, and what stands in every request.
"""

from __future__ import annotations

import re

from policies.preferences.lexicon import ABSTRACT, EMPTY, LEVELS, PEOPLE, PLAIN_WANTS, word_set

_LEAST_LETTERS = 3
_CLITIC = re.compile(r"(?:i|you|he|she|it|we|they|that|there|here|what|who|how|where|let)'\w+", re.IGNORECASE)
_MANNER = re.compile(r"[a-z]{3,}ly")
_ENDINGS = ("", "s", "es", "d", "ed", "ing", "er")

_VERBS = word_set(
    "accept accommodate achieve act add admit adore advise afford agree allow answer appeal appear apply appreciate "
    "approach argue arrange arrive ask assume attempt attend attract be bear beat become begin behave believe belong "
    "bother break breath bring build buy call care carry cause challenge change check choose claim click close "
    "combine come compare complete concern confirm consider consist contain continue contribute convince correct cost "
    "cover create cut deal decide define deliver depend describe deserve design develop differ discover discuss do "
    "drop earn emphasise encourage end enhance ensure expect experience explain explore express face fail fall feed "
    "feel figure fill find finish fit follow forget form gather get give go grab grow guess guide handle happen have "
    "hear help hit hold hope identify imagine impress improve include increase indicate inform inspire intend "
    "interest introduce invite involve join judge jump keep kill know lack last lead learn leave let lie limit list "
    "listen live look lose maintain make manage match matter mean mention mind miss mix move need notice obtain occur "
    "offer open order own pass pay perform pick place plan please point prefer prepare present pretend prevent "
    "produce promise provide pull push put raise reach realise realize receive recognise recognize recommend recreate "
    "reduce refer relate relax rely remain remember remind remove repeat replace reply represent request require "
    "research respond result return reveal run save say search see seem sell send serve set share shop show sit solve "
    "sort sound speak spend stand star start state stay step stick stop struggle study succeed suffer suggest suit "
    "supply support suppose surprise switch take talk tell tend test thank think throw tie touch travel treat trust "
    "try turn understand unwind use vary view visit wait wake walk want warm watch wear win wish wonder work worry "
    "write"
)
_PAST = word_set(
    "ate been began begun bought broke broken brought built came caught chose chosen did done drew drawn drove eaten "
    "fallen fell felt flew forgot forgotten found gave given gone got gotten grew grown had heard held kept knew "
    "known laid led left lost made meant met paid ran read rose said sat saw seen sent shown sold spent spoke spoken "
    "stood stuck taken taught thought threw told took understood went woke won wore worn written wrote cutting "
    "getting hitting letting planned planning putting running setting shopping sitting stopped stopping tried tries "
    "winning makes having being making"
)
_VAGUE = word_set(
    "ability access account activity addition advantage afternoon age aim aspect attempt attention attitude "
    "background balance base basis benefit bonus boost box branch break case category chance character characters "
    "circumstance class combination comfort comment commitment complexity component concept conclusion condition "
    "confidence connection consideration contrast control couple course criteria curiosity day deal decision degree "
    "delight demand description desire detail difficulty direction discussion duration ease effect effort element "
    "emphasis end energy enthusiasm environment era error evening event example excitement expectation explanation "
    "extent extra fact factor fan favour favor feature feedback feeling final focus form format future gap group "
    "guarantee habit half hand head health heart hit hour impact importance impression influence input instance "
    "intention interest issue item job journey joy kind knowledge lack level life line list location look luck "
    "majority manner maximum memory mention middle minimum minute mistake mixture moment month mood morning name "
    "nature necessity news notice number occasion opinion opportunity order origin page pair part passion past people "
    "period person perspective phase piece place pleasure plenty point portion position possibility potential "
    "practice presence pressure price principle priority process product progress promise proportion purpose quality "
    "quantity range rate reality recent region relation relationship relief request response rest result return "
    "reward risk role routine row rule rut sake sample satisfaction scale schedule section selection sense set shape "
    "shot side sign significance similarity situation size skill soul source space spot stage standard start state "
    "step stress structure stuck subject substance success sum surprise system target task team term thought title "
    "today tone top topic total touch transition trip trouble truth turn twist unit use value variety vein version "
    "vibe view weather while whole winter wish word work world worth year younger adventure assistance bot chatbot "
    "assistant message amount"
)
_PLAIN = word_set(
    "able absolute accurate actual additional adequate ahead alive alone alternative apart appropriate available "
    "average aware away bad balanced basic beautiful better big brief broad busy careful central certain cheap clear "
    "close common complete complex confident consistent constant convenient correct curious current daily dear decent "
    "deep delightful difficult direct due eager early effective efficient enough entire equal essential exact "
    "excellent exciting existing extra extreme fair familiar far final fine first free frequent full further "
    "general genuine glad global great handy happy hard heavy helpful high huge hungry ideal immediate important "
    "impossible incredible individual interesting joyful keen key large late lazy least less likely limited little "
    "local long lovely low lucky main major maximum mean minor mere moderate more multiple natural near neat "
    "necessary negative new next normal obvious odd old only open opposite ordinary original outstanding overall "
    "particular past patient perfect personal pleasant poor popular positive possible potential powerful practical "
    "precise present pretty previous prime private proper proud public quiet random rare ready real realistic "
    "reasonable recent regular related relative relevant remarkable responsible rich right rough safe same satisfied "
    "separate serious several sharp short significant silly similar single slight slow small smart smooth "
    "solid special specific spot-on steady straight straightforward strange strong substantial successful sudden "
    "sufficient suitable super sure surprised tasty terrible thorough tight tiny tired top total tough true typical "
    "unable uncertain unique unlikely unusual upset used usual valid various vast versatile vital weak welcome wide "
    "willing wonderful wrong yummy fancy fantastic preferable spare guilty funny"
)
_AROUND = word_set(
    "about above across after again against ago along already also although always among another any anyone anything "
    "anyway around because before behind below beside besides between beyond both but despite down during each either "
    "else ever every everybody everyone everywhere except few first further half however inside instead into itself "
    "just latter least less many maybe mine more most much myself near next non none off often once onto other others "
    "otherwise our ours ourselves out outside over own past per perhaps plus quite rather round second seldom self "
    "several since somehow somewhere soon such than then there therefore these third those though through throughout "
    "thus till together tomorrow tonight too toward towards twice under underneath unless until unto upon usual very "
    "via was were whatever whenever wherever whether which whichever whoever whom whose why will within won yesterday "
    "yet am are been being could did does doing done had has having her hers him his may might must shall should "
    "their theirs them they who would whereas hence meanwhile moreover nonetheless thats theres theyre youre ive dont "
    "didnt its lets i'm firstly last lastly even later eight nine ten eleven twelve afterwards beforehand "
    "aside wanna gonna gotta ahh ohh ooh yay oops whoops thx thankyou thank-you pls your yours house kitchen store "
    "supermarket fridge cupboard shop hmm okay hello goodbye thanks regards please sorry wow haha lol"
)
_FUNCTION = EMPTY | PLAIN_WANTS | ABSTRACT | _AROUND
_COMMON = (
    _FUNCTION
    | _PAST
    | _VAGUE
    | _PLAIN
    | frozenset(LEVELS.split("|"))
    | frozenset(PEOPLE.replace("?", "").split("|"))
)
_NAMED = word_set(
    "breakfast brunch lunch dinner supper dessert snack breakfasts brunches lunches dinners desserts snacks family "
    "friend friends partner husband wife kid kids child children son daughter mother father mum mom dad guests "
    "boyfriend girlfriend grandparents parents colleagues basic complex moderate familiar busy lazy happy sad curious "
    "adventurous romantic serious thorough private quiet relaxed stressed excited"
)
"""Common words that tell something all the same: a meal, company, a mood."""


def tells(word: str) -> bool:
    """Whether a word may name something: no number, no mark, no word that is in everybody's mouth."""
    return len(word) >= _LEAST_LETTERS and not word[0].isdigit() and not common(word.lower())


def weak(word: str) -> bool:
    """Whether a word means too little by itself, but something beside a telling one: "busy day", "easy to watch"."""
    low = word.lower()
    return len(word) >= _LEAST_LETTERS and (
        low in _PLAIN or low.removesuffix("s") in _VAGUE or (low not in _FUNCTION and _of_verb(low))
    )


def common(word: str) -> bool:
    """Whether a word in lower case is a function word or one of the commonest words, in any of their forms."""
    if word in _NAMED:
        return False
    if word in _COMMON or _CLITIC.fullmatch(word) or _MANNER.fullmatch(word):
        return True
    return _of_verb(word) or word.removesuffix("s") in _COMMON


def _of_verb(word: str) -> bool:
    stems = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
    return any(stem in _VERBS or f"{stem}e" in _VERBS for stem in stems)
