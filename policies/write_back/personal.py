"""Whether a text tells of a person, above all of the one who asked: what may never join a corpus. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from policies.sensitive import categories
from policies.write_back.literals import flat, holds
from policies.write_back.reading import plain
from policies.write_back.reading import sentences as split

_PATTERNS = {
    "email": r"(?<![\w.+-])[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\]|\sat\s(?=[\w-]+\sdot\s))"
             r"\s?[\w-]{1,63}\s?(?:\.|\(dot\)|\sdot\s)\s?[a-z]{2,}",
    "phone": r"(?<![\w.,/-])(?:\+|00)\d[\d ()./-]{6,18}\d(?![\w-])|"
             r"(?<![\w.,/-])\(?0\d{2,5}\)? ?[ /-] ?\d[\d -]{4,12}\d(?![\w-])"
             r"|(?<![\w.,/-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])",
    "address": r"\b\d{1,5}[a-z]? (?:[A-Z][\w'.-]{1,30} ){1,3}(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|"
               r"boulevard|"
               r"blvd|court|"
               r"way|square|terrace|place)\b\.?|\b[A-Z][\w\u00c0-\u024f.-]{0,40}(?:stra(?:\u00df|ss)e|str\.|weg|platz|"
               r"gasse|allee) \d{1,4}\b"
               r"|\b\d{1,4},? (?:rue|avenue|boulevard|place) (?:de |du |des |la )?[A-Z]\w+|\b(?:calle|via|rua) "
               r"(?:[A-Z]\w{1,30} ?){1,3},? \d{1,4}\b",
    "id": r"\b\d{3}-\d{2}-\d{4}\b|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?\b|\b(?:passport|"
          r"licen[cs]e|social security|"
          r"national insurance|tax|customer|patient|account|order|member(?:ship)?|policy|ticket) (?:number|no\.?|id|"
          r"nr\.?)[ :#]*(?:is )?"
          r"[A-Z]{0,4}-?\d{4,}|\b(?:\d{1,3}\.){3}\d{1,3}\b|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b",
    "secret": r"-----BEGIN [A-Z ]+-----|\b(?:sk|pk|rk|ghp|gho|ghs|glpat|xox[abp]|hf|npm|pypi|shpat|"
              r"whsec)[-_][A-Za-z0-9_-]{10,}"
              r"|\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bAIza[\w-]{20,}|\beyJ[\w-]{8,}\.[\w-]{8,}|://[^\s/:@]+:[^\s/@]+@"
              r"|\b(?:password|passwd|passphrase|pwd|pin|secret|api[ _-]?key|access[ _-]?(?:key|token)|token|bearer|"
              r"credentials?)\b"
              r"[ \t]*(?:is|are|=|:|for \w+ is)[ \t]*[\"'`]?(?=\S*[\d!@#$%^&*_-])\S{4,}",
    "opaque": r"(?<![\w/])(?=[A-Za-z0-9+/_=-]{0,99}\d)(?=[A-Za-z0-9+/_=-]{0,99}[A-Za-z])[A-Za-z0-9+/_=-]{28}",
}  # fmt: skip
_KINDS = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()), re.IGNORECASE)
_LETTERED = frozenset(("address",))
_ADDRESS = re.compile(_PATTERNS["address"].replace("[A-Z]", r"(?-i:[A-Z])"), re.IGNORECASE)
_CARD = re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?!\.?\d)")
_ASKER = re.compile(
    r"\byou(?:'ve| have)? (?:told|mentioned|said|asked me|wrote|shared|stated|explained|described|informed|indicated|"
    r"noted|live|"
    r"work|prefer|like|love|hate|own|were born|studied|grew up|suffer|are (?:a|an|from|allergic|vegan|vegetarian|"
    r"married|pregnant|"
    r"diabetic|\d+|currently|living|based|working))\b"
    r"|\b(?:your (?:name|age|birthday|address|home|house|wife|husband|partner|spouse|son|daughter|child|children|"
    r"kids|mother|father|"
    r"mom|mum|dad|family|boss|employer|job|salary|income|doctor|diagnosis|condition|allerg\w+|preferences?|history|"
    r"email|phone|"
    r"number|password|previous (?:question|message)|situation|diet|religion|birth\w*))\b"
    r"|\b(?:since|because|as) you(?:'re| are|'ve| have| told| said| mentioned| asked)\b|\b(?:as|like) you (?:said|"
    r"mentioned|asked|told|know)\b"
    r"|\b(?:dear|hi|hello|hey) (?-i:[A-Z])[a-z]+\b|\bfor you personally\b|\bthe (?:user|asker|person asking|"
    r"questioner)\b"
    r"|\bmy (?:name|wife|husband|partner|son|daughter|mother|father|doctor|boss|address|phone|email|birthday|age)\b"
    r"|\bi(?:'m| am) (?:a |an )?(?:\d+|years? old|from|allergic|diabetic|pregnant|married|vegan|"
    r"vegetarian)\b", re.IGNORECASE)  # fmt: skip


def private(text: str, known: Iterable[str] = ()) -> str:
    """The kind of what a text tells of somebody, "" where nothing is found; `known` are values of the one who asked."""
    text = plain(text)
    found = next((each for each in _KINDS.finditer(text) if each.lastgroup not in _LETTERED), None)
    if found is not None:
        return str(found.lastgroup)
    if _ADDRESS.search(text) is not None:
        return "address"
    if any(_luhn(each[0]) for each in _CARD.finditer(text)):
        return "card"
    if _ASKER.search(text) is not None:
        return "asker"
    said = flat(text)
    return "known" if any(len(value.strip()) > 1 and holds(said, value) for value in known) else ""


def sensitive(sentences: Iterable[str], passages: Iterable[str]) -> bool:
    """Whether a sentence tells of what the law protects most, and no passage does."""
    told = frozenset[str]().union(*map(categories, sentences))
    if not told:
        return False
    return not told <= {kind for each in passages for part in split(each) for kind in categories(part)}


def _luhn(said: str) -> bool:
    digits = [int(each) for each in said if each.isdigit()]
    doubled = [2 * each - 9 * (each > 4) for each in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
