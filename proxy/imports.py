"""What other products and earlier deployments know of a person, as evidence: own exports, Mem0, ChatGPT, and lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from adapters.ports import Claim, ConfigError, Evidence, Profile
from adapters.ports.formats.base import decoded_or
from policies.history import CONTEXT, digest
from policies.history.answers import LONGEST
from policies.preferences.edit import Change
from policies.preferences.sums import LARGEST, known
from policies.rewards.places import KNOWN_PLACES, PLACES

DAY = 86_400
OWN = "rapport.export"
MOST = 50_000
"""Events of one import."""


@dataclass(frozen=True, slots=True)
class Import:
    """Evidence, oldest first, and of an own export what the person had locked or suppressed, the profile (claims, sums,
    and whether it is paused), and the taste, which tells what of their choices was taken back."""

    evidence: tuple[Evidence, ...]
    changes: tuple[Change, ...] = ()
    profile: Profile | None = None
    taste: Mapping[str, float] = field(default_factory=dict)


def read(data: bytes, name: str, now: float) -> Import:
    """What a file holds, by its shape, at most `MOST` events; see `_read`. Raises ConfigError."""
    found = _read(data, name, now)
    if len(found.evidence) > MOST:
        raise ConfigError(name, f"holds {len(found.evidence)} events: send at most {MOST} at once")
    return found


def _read(data: bytes, name: str, now: float) -> Import:
    """What a file holds, by its shape; `now` in seconds since 1970. Raises ConfigError naming the place that is wrong.

    An own export; memories of Mem0 (`[{memory, created_at?}]`, bare or as `results`); ChatGPT's `conversations.json`;
    else JSON lines of `{text, input?, time?}`.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(name, "cannot be read: it is not UTF-8") from error
    whole = decoded_or(text.encode(), Any, None)
    if isinstance(whole, dict) and whole.get("object") == OWN:
        return _own(whole, name, now)
    listed = (whole[key] for key in ("results", "memories", "conversations") if key in whole)
    rows = next(listed, None) if isinstance(whole, dict) else whole
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        if any("mapping" in row for row in rows):
            return Import(tuple(_said([row for row in rows if "mapping" in row], now)))
        if all("memory" in row for row in rows):
            told = (_memory(row, f"{name}[{place}]", now) for place, row in enumerate(rows) if row["memory"] != "")
            return Import(tuple(told))
    return Import(tuple(parse(text.split("\n"), name, now)))


def parse(lines: Iterable[str], name: str, now: float) -> Iterable[Evidence]:
    """Lines of `{text, input?, time?}` as evidence; those without a time are of `now`, in seconds since 1970.

    Raises ConfigError naming the line that is wrong.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            row = msgspec.json.decode(line.encode("utf-8", "replace"))
        except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
            raise ConfigError(place, "must be one JSON object a line: {text, input?, time?}") from error
        yield _output(row, place, now)


def _output(row: Any, place: str, now: float) -> Evidence:
    known = ("text", "input", "time")
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not row["text"].strip():
        raise ConfigError(f"{place}.text", "must be what the person wrote, as a string that is not empty")
    unknown = [field for field in row if field not in known]
    if unknown:
        raise ConfigError(f"{place}.{unknown[0]}", f"unknown field; known: {', '.join(known)}")
    asked = row.get("input", "")
    if not isinstance(asked, str):
        raise ConfigError(f"{place}.input", "must be a string: what the person was asked")
    return _imported(row["text"], asked, _stamp(row.get("time", 0), f"{place}.time", now) or now)


def _own(whole: dict[str, Any], name: str, now: float) -> Import:
    """An own export: its evidence as it was, and the claims that the person had changed by hand."""
    rows, profile = whole.get("evidence"), whole.get("profile")
    if not isinstance(rows, list):
        raise ConfigError(f"{name}.evidence", "must be the list of an export")
    evidence = []
    for place, row in enumerate(rows):
        fields = row if isinstance(row, dict) else {}
        named = {**event_fields(fields), "seq": 0, "profile_version": 0, "time": _time(fields.get("time"), now)}
        item = decoded_or(msgspec.json.encode(named), Evidence, None)
        if item is None or not item.event:
            raise ConfigError(f"{name}.evidence[{place}]", "must be an event of an export: {event, kind, text, ...}")
        if item.place not in PLACES:
            raise ConfigError(f"{name}.evidence[{place}].place", f"must be {KNOWN_PLACES}")
        # What a person had forgotten is an event without words.
        if item.text.strip() or item.kind in ("accepted", "rating"):
            evidence.append(item)
    kept = _profile(profile, f"{name}.profile") if profile is not None else Profile()
    held = [claim for claim in kept.claims if claim.superseded_by is None and (claim.locked or claim.suppressed)]
    changes = (Change(None, claim.aspect, claim.value, claim.locked, claim.suppressed, claim.context or None)
               for claim in held)  # fmt: skip
    taste = profile.get("taste") if isinstance(profile, dict) else None
    return Import(tuple(evidence), tuple(changes), kept if profile is not None else None,
                  decoded_or(msgspec.json.encode(taste), dict[str, float], {}))  # fmt: skip


def _profile(given: Any, place: str) -> Profile:
    """A profile without election and taste: those rest on the choices of another place, and begin anew here."""
    if isinstance(given, dict):
        given = {name: value for name, value in given.items() if name not in ("election", "taste")}
    kept: Profile | None = decoded_or(msgspec.json.encode(given), Profile, None)
    if kept is None:
        raise ConfigError(place, "must be the profile of an export: {claims, counts, ...}")
    for number, claim in enumerate(kept.claims):
        _check_claim(claim, f"{place}.claims[{number}]")
    for name, value in kept.counts.items():
        if not known(name):
            raise ConfigError(f"{place}.counts.{name[:40]}", "is no sum that this version keeps: leave it out")
        _check_number(value, LARGEST, f"{place}.counts.{name}")
    return kept


def _check_claim(claim: Claim, place: str) -> None:
    _check_number(claim.confidence, 1.0, f"{place}.confidence")
    for name in ("seen", "sessions", "valid_from", "last"):
        _check_number(getattr(claim, name), LARGEST, f"{place}.{name}")


def _check_number(value: float, most: float, place: str) -> None:
    if not 0 <= value <= most:
        raise ConfigError(place, f"must be a number from 0 to {most:.0f}")


def event_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """What of a row of an export makes an event."""
    return {name: row[name] for name in Evidence.__dataclass_fields__ if name in row}


def _memory(row: dict[str, Any], place: str, now: float) -> Evidence:
    text = row["memory"]
    if not isinstance(text, str) or not text.strip():
        raise ConfigError(f"{place}.memory", "must be a text")
    return _imported(text, "", _time(row.get("created_at"), now))


def _said(conversations: list[dict[str, Any]], now: float) -> Iterator[Evidence]:
    """The person's turns, conversation by conversation, each with the assistant's turn that it answers."""
    for conversation in sorted(conversations, key=lambda each: _time(each.get("create_time"), now)):
        before = ""
        for id, role, text, at in _turns(conversation, now):
            if role == "user" and text.strip():
                yield Evidence(f"chatgpt-{id}", "statement", text[:LONGEST], context=before[-CONTEXT:],
                               digest=digest(text), fresh=False, time=at)  # fmt: skip
            before = text if role == "assistant" else before


def _turns(conversation: dict[str, Any], now: float) -> list[tuple[str, str, str, float]]:
    """Id, role, text and time of the turns on the way to where the conversation stands, the first one first."""
    nodes, at = conversation.get("mapping"), conversation.get("current_node")
    found: list[tuple[str, str, str, float]] = []
    if not isinstance(nodes, dict) or not nodes:
        return found
    at = at if at in nodes else next(reversed(nodes))
    seen: set[str] = set()
    while isinstance(at, str) and at not in seen and isinstance(nodes.get(at), dict):
        seen.add(at)
        message = nodes[at].get("message")
        if isinstance(message, dict):
            author, content = message.get("author") or {}, message.get("content") or {}
            parts = content.get("parts") if isinstance(content, dict) else None
            text = "\n".join(part for part in parts if isinstance(part, str)) if isinstance(parts, list) else ""
            role = author.get("role") if isinstance(author, dict) else ""
            found.append((at, str(role), text, _time(message.get("create_time"), now)))
        at = nodes[at].get("parent")
    return found[::-1]


def _imported(text: str, asked: str, time: float) -> Evidence:
    known = digest(text)
    return Evidence(f"import-{known}", "import", text[:LONGEST], context=asked[:CONTEXT], digest=known, fresh=False,
                    time=time)  # fmt: skip


def _time(value: Any, now: float) -> float:
    """Seconds since 1970 of a time as products write it; `now` where it is none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value).timestamp()
        except ValueError:
            return now
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and 0 < value < now + DAY else now


def _stamp(value: Any, place: str, now: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ConfigError(place, "must be seconds since 1970, as a number")
    if value > now + DAY:
        raise ConfigError(place, "must be seconds since 1970, and lies in the future: probably it is milliseconds")
    return float(value)
