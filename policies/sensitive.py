"""Values that tell of what the law protects most: neither inferred nor kept unless somebody answers for it.

The kinds are those of the GDPR, articles 9 and 10: health, religion or belief, political opinion, sexual life and
orientation, ethnic origin, membership in a trade union, and what somebody was convicted of. Genetic and biometric data
are no values of a few words. What is found is what a value says by its words; that a taste may give something away to
who guesses well ("halal food", "gospel") is not, and neither are the many words of other languages than English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

CATEGORIES = ("health", "religion", "politics", "sexuality", "ethnicity", "union", "crime")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")

_ANYWHERE: Mapping[str, frozenset[str]] = {
    "health": _words(
        "diabetes diabetic diabetiker prediabetic insulin metformin cancer leukemia leukaemia lymphoma tumor tumour "
        "chemo chemotherapy radiotherapy dialysis asthma asthmatic inhaler epilepsy epileptic seizure migraine "
        "arthritis osteoporosis fibromyalgia sciatica scoliosis endometriosis pcos infertility infertile ivf "
        "miscarriage pregnant pregnancy schwanger embarazada menopause hypertension anemia anaemia anemic anaemic "
        "hypothyroidism hyperthyroidism thyroid hepatitis hiv tuberculosis lupus psoriasis eczema crohn's crohns "
        "colitis ibs gerd coeliac celiac gout parkinson's parkinsons alzheimer's alzheimers dementia adhd autism "
        "autistic asperger's aspergers neurodivergent dyslexia dyslexic dyspraxia tourette's ocd ptsd bipolar "
        "schizophrenia schizophrenic depressive depressionen antidepressant sertraline fluoxetine citalopram prozac "
        "zoloft lexapro xanax valium adderall ritalin antipsychotic anorexia anorexic bulimia bulimic methadone "
        "opioid warfarin statin antibiotic medication contraceptive contraception disability disabled wheelchair deaf "
        "paraplegic amputee"
    ),
    "religion": _words(
        "atheism agnosticism baptised baptized quran koran bible torah talmud ramadan eid evangelical hijab"
    ),
    "politics": _words("marxism marxist communism socialism fascism fascist libertarianism maga brexiteer remainer"),
    "sexuality": _words(
        "gay lesbian bisexual homosexual heterosexual pansexual asexual queer transgender transsexual nonbinary lgbt "
        "lgbtq lgbtqia homosexuell lesbisch schwul homosexuel homosexuelle lesbienne fetish kink kinky bdsm porn "
        "pornography polyamorous polyamory swinger viagra"
    ),
    "union": _words("unionised unionized unionist teamster gewerkschaft syndicat sindicato"),
    "crime": _words("felon felony parole parolee convict convicted incarcerated vorbestraft"),
}
"""Words that tell of it wherever they stand in a value; a plural counts."""

_AT_THE_END: Mapping[str, frozenset[str]] = {
    "health": _words("anxiety depression depressed suicidal alcoholic alcoholism addict addiction blind insomnia"),
    "religion": _words(
        "christian christianity catholic catholicism protestant lutheran methodist baptist presbyterian anglican "
        "orthodox mormon quaker pentecostal muslim islam sunni shia jew jewish judaism hindu hinduism sikh sikhism "
        "buddhist buddhism taoist jain jainism pagan wiccan atheist agnostic scientologist prayer praying church "
        "mosque synagogue katholisch evangelisch catholique musulman musulmane católico católica judío judía"
    ),
    "politics": _words(
        "democrat republican tory socialist communist libertarian anarchist populist feminist monarchist trump biden"
    ),
    "sexuality": _words("trans"),
    "ethnicity": _words("latino latina latinx hispanic caucasian roma romani sinti aboriginal biracial kurd"),
    "union": _words("union"),
}
"""Words that tell of it as what a value is about: "practising Catholic", not "Catholic school uniforms"."""

_PHRASES: Mapping[str, tuple[str, ...]] = {
    "health": (
        "heart disease", "heart condition", "heart attack", "heart failure", "had a stroke", "blood pressure",
        "blood sugar", "blood thinner", "beta blocker", "high cholesterol", "chronic pain", "chronic fatigue",
        "chronic illness", "kidney disease", "liver disease", "lung disease", "multiple sclerosis", "mental health",
        "mental illness", "panic attack", "anxiety disorder", "eating disorder", "bad back", "back pain", "bad knee",
        "my therapist", "physical therapy", "recovering from", "in recovery", "after surgery", "hearing loss",
        "visually impaired", "hearing impaired", "color blind", "colour blind", "in remission", "long covid",
        "panic disorder", "birth control", "hormone therapy",
    ),
    "religion": ("go to church", "going to church", "born again christian", "jehovah's witness", "pray every"),
    "politics": (
        "political party", "green party", "labour party", "labor party", "vote for", "voted for", "voting for",
        "left wing", "right wing", "far right", "far left", "pro life", "pro choice", "politically conservative",
        "politically liberal", "conservative party", "socialist party", "communist party", "trump supporter",
        "labour voter", "green voter", "tory voter", "party member",
    ),
    "sexuality": ("sex life", "non binary", "same sex", "trans man", "trans woman", "open relationship", "sexual"),
    "ethnicity": (
        "african american", "asian american", "mexican american", "native american", "black man", "black woman",
        "black person", "white man", "white woman", "white person", "mixed race", "person of color",
        "person of colour", "people of color", "people of colour", "descent", "ethnic origin", "ethnicity",
        "first nations",
    ),
    "union": ("trade union", "labor union", "labour union", "union member", "union rep", "union steward"),
    "crime": (
        "criminal record", "criminal conviction", "on probation", "ex convict", "ex con", "prison sentence",
        "been to prison", "been in prison", "been in jail", "went to jail", "went to prison", "was arrested",
        "got arrested", "drunk driving conviction", "out of prison",
    ),
}  # fmt: skip
_ENDING = _words("african asian mexican native")
"""Before "American" these tell of somebody's origin only at the end of a value: "Mexican American food" is food."""

_OF_WORD = {word: category for category, words in _ANYWHERE.items() for word in words}
_OF_LAST = {word: category for category, words in _AT_THE_END.items() for word in words}
_BY_FIRST: dict[str, list[tuple[list[str], str]]] = {}
for _category, _phrases in _PHRASES.items():
    for _phrase in _phrases:
        _first, *_rest = _phrase.split()
        _BY_FIRST.setdefault(_first, []).append((_rest, _category))


def categories(value: str) -> frozenset[str]:
    """Which of `CATEGORIES` a value tells of; mostly none. One pass over its words."""
    words = _WORD.findall(value.lower().replace("\u2019", "'"))
    return frozenset(_found(words)) if words else frozenset()


def _found(words: list[str]) -> Iterator[str]:
    last = len(words) - 1
    for at, word in enumerate(words):
        if at and words[at - 1] == "non" and word != "binary":
            continue
        for form in (word, word.removesuffix("s")):
            if form in _OF_WORD:
                yield _OF_WORD[form]
            if at == last and form in _OF_LAST:
                yield _OF_LAST[form]
        for rest, category in _BY_FIRST.get(word, ()):
            end = at + 1 + len(rest)
            if _alike(words[at + 1 : end], rest) and (word not in _ENDING or end > last):
                yield category


def _alike(words: list[str], rest: list[str]) -> bool:
    """Whether the words are those of a phrase, the last one perhaps in the plural."""
    return words == rest or (bool(rest) and [*words[:-1], *(word.removesuffix("s") for word in words[-1:])] == rest)
