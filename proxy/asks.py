"""What clients ask of vector stores, read from their JSON: every error names the parameter and what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from adapters.memory.kept import clean
from adapters.ports import Compare, Compound, Filter, Value
from adapters.ports.filters import comparisons
from adapters.ports.shelf import Chunking
from proxy.converting import RESERVED
from proxy.wire import HttpError

T = TypeVar("T")
MOST_FILES, MOST_FOUND = 2000, 50
"""Files of one request, and results of a search."""
DEEPEST, MOST_COMPARED = 8, 100
"""How deep the conditions of a filter may nest, and how many there may be."""
_PLACE, _FIELD = re.compile(r"`\$\.(\w+)"), re.compile(r"field `(\w+)`")
_OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin")

Name = Annotated[str, Meta(max_length=256)]
Key = Annotated[str, Meta(max_length=64)]
Text = Annotated[str, Meta(max_length=512)]
Metadata = Annotated[dict[Key, Text], Meta(max_length=16)]
Attributes = Annotated[dict[Key, Text | float | bool], Meta(max_length=16)]
Ids = Annotated[list[str], Meta(max_length=MOST_FILES)]


class Asked(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A body: what we do not know is refused, not passed over."""


class Auto(Asked, tag="auto"):
    """Chunking as we think best."""


class Sizes(Asked):
    """In tokens."""

    max_chunk_size_tokens: Annotated[int, Meta(ge=100, le=4096)]
    chunk_overlap_tokens: Annotated[int, Meta(ge=0)]


class Static(Asked, tag="static"):
    """Chunking as the client thinks best."""

    static: Sizes


class Expiry(Asked):
    """When a vector store goes."""

    anchor: Annotated[str, Meta(pattern="^last_active_at$")]
    days: Annotated[int, Meta(ge=1, le=365)]


class NewStore(Asked):
    """`POST /v1/vector_stores`."""

    name: Name | None = None
    description: Text | None = None
    file_ids: Ids = []
    metadata: Metadata | None = None
    expires_after: Expiry | None = None
    chunking_strategy: Auto | Static | None = None


class ChangedStore(Asked):
    """`POST /v1/vector_stores/{id}`; what is not named stays."""

    name: Name | UnsetType | None = UNSET
    metadata: Metadata | UnsetType | None = UNSET
    expires_after: Expiry | UnsetType | None = UNSET


class NewFile(Asked):
    """`POST /v1/vector_stores/{id}/files`."""

    file_id: str
    attributes: Attributes | None = None
    chunking_strategy: Auto | Static | None = None


class NewBatch(Asked):
    """`POST /v1/vector_stores/{id}/file_batches`."""

    file_ids: Ids | None = None
    files: Annotated[list[NewFile], Meta(max_length=MOST_FILES)] | None = None
    attributes: Attributes | None = None
    chunking_strategy: Auto | Static | None = None

    def each(self) -> list[NewFile]:
        """The files, each with what is to be known of it. Raises HttpError 400."""
        if (self.file_ids is None) == (self.files is None):
            raise bad("expected either file_ids or files", "file_ids")
        if self.files is not None:
            return self.files
        return [NewFile(file_id=id, attributes=self.attributes, chunking_strategy=self.chunking_strategy)
                for id in self.file_ids or ()]  # fmt: skip


class ChangedFile(Asked):
    """`POST /v1/vector_stores/{id}/files/{file_id}`."""

    attributes: Attributes | None


class Ranking(Asked):
    """How results are ranked. There is one way here."""

    ranker: str | None = None
    score_threshold: Annotated[float, Meta(ge=0, le=1)] | None = None


class Search(Asked):
    """`POST /v1/vector_stores/{id}/search`. `rewrite_query` changes nothing: the query is searched as it is."""

    query: Annotated[str, Meta(min_length=1)] | Annotated[list[str], Meta(min_length=1, max_length=16)]
    filters: dict[str, Any] | None = None
    max_num_results: Annotated[int, Meta(ge=1, le=MOST_FOUND)] = 10
    ranking_options: Ranking | None = None
    rewrite_query: bool | None = None


def parse(body: bytes, kind: type[T]) -> T:
    """A body as what was asked; an empty one as `{}`. Raises HttpError 400."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        said = str(error)
        found = _PLACE.search(said) or _FIELD.search(said)
        raise bad(said[:1].lower() + said[1:], found[1] if found else None) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad("the body is no JSON", None) from error


def attributes_of(given: Mapping[str, Value] | None) -> Mapping[str, Value]:
    """Attributes as they are kept. Raises HttpError 400 for those that are ours."""
    for name in given or ():
        if name in RESERVED:
            raise bad(f"the attribute '{name}' is set by the server; choose another name", "attributes")
    return {clean(name): clean(value) if isinstance(value, str) else value for name, value in (given or {}).items()}


def chunking_of(given: Auto | Static | None) -> Chunking | None:
    """The chunking that is wanted. Raises HttpError 400."""
    if not isinstance(given, Static):
        return None
    sizes = given.static
    if sizes.chunk_overlap_tokens * 2 > sizes.max_chunk_size_tokens:
        raise bad("chunk_overlap_tokens must not exceed half of max_chunk_size_tokens", "chunking_strategy")
    return Chunking(sizes.max_chunk_size_tokens, sizes.chunk_overlap_tokens)


def filter_of(given: Mapping[str, Any]) -> Filter:
    """A condition on attributes. Raises HttpError 400."""
    made = _filter(given, 1)
    if sum(1 for _ in comparisons(made)) > MOST_COMPARED:
        raise bad(f"more than {MOST_COMPARED} comparisons", "filters")
    return made


def bad(message: str, param: str | None) -> HttpError:
    """An error of the client's."""
    return HttpError(400, f"Invalid '{param}': {message}." if param else f"{message}.", "invalid_value", param)


def _filter(given: Any, depth: int) -> Filter:
    if not isinstance(given, dict) or depth > DEEPEST:
        raise bad(f"expected objects, at most {DEEPEST} deep", "filters")
    kind = given.get("type")
    if kind in ("and", "or") and given.keys() == {"type", "filters"}:
        parts = given["filters"]
        if not isinstance(parts, list) or not parts:
            raise bad(f"'{kind}' needs a list of filters", "filters")
        return Compound(kind, tuple(_filter(part, depth + 1) for part in parts))
    if kind in _OPERATORS and given.keys() == {"type", "key", "value"} and isinstance(given["key"], str):
        return Compare(given["key"], kind, _values(kind, given["value"]))
    raise bad(f"expected type ({', '.join(_OPERATORS)}), key and value, or type (and, or) and filters", "filters")


def _values(kind: str, given: Any) -> tuple[Value, ...]:
    many = isinstance(given, list)
    values = given if many else [given]
    if many is not (kind in ("in", "nin")) or not all(isinstance(each, str | int | float) for each in values):
        raise bad(f"'{kind}' needs {'a list of texts or numbers' if kind in ('in', 'nin') else 'one value'}", "filters")
    return tuple(each if isinstance(each, str | bool) else _number(each) for each in values)


def _number(value: float) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise bad("a number is too large", "filters") from error
