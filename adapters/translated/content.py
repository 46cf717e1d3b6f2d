"""What messages hold that litellm's translation would leave out in silence, in words that it carries."""

from __future__ import annotations

from typing import Any

from adapters.ports import MalformedRequest
from adapters.ports.formats.base import text_of


def items(given: Any) -> Any:
    """The input of a response. Raises MalformedRequest for an item that only a server could look up."""
    if not isinstance(given, list):
        return given
    for index, item in enumerate(given):
        if isinstance(item, dict) and _refers(item):
            id = str(item.get("id"))[:80]
            what = f"Item with id '{id}' not found: send the item itself, or previous_response_id."
            raise MalformedRequest(what, f"input[{index}]")
    return [_item(item) for item in given]


def _refers(item: dict[str, Any]) -> bool:
    kind = item.get("type") or ("message" if "role" in item else "item_reference")
    return kind == "item_reference"


def _item(item: Any) -> Any:
    """A refusal is what the assistant said."""
    content = item.get("content") if isinstance(item, dict) else None
    if not isinstance(content, list):
        return item
    parts = [{"type": "output_text", "text": part.get("refusal")}
             if isinstance(part, dict) and part.get("type") == "refusal" else part for part in content]  # fmt: skip
    return {**item, "content": parts}


def messages(given: Any) -> Any:
    """The messages of Anthropic's format: documents and search results that are texts become texts."""
    return [{**message, "content": _blocks(message.get("content"))} for message in given]


def _blocks(content: Any) -> Any:
    return [_block(block) for block in content] if isinstance(content, list) else content


def _block(block: Any) -> Any:
    if not isinstance(block, dict):
        return block
    kind, source = block.get("type"), block.get("source")
    if kind == "tool_result":
        return {**block, "content": _blocks(block.get("content"))}
    if kind == "document" and isinstance(source, dict) and source.get("type") in ("text", "content"):
        text = text_of(source.get("data") or source.get("content"))
    elif kind == "search_result":
        text = text_of(block.get("content"))
    else:
        return block
    title = block.get("title")
    marks = {name: block[name] for name in ("cache_control",) if name in block}
    return {"type": "text", "text": f"{title}\n{text}" if title else text, **marks}


def of_chat(message: dict[str, Any], hosted: bool) -> dict[str, Any]:
    """A message of a chat as its server takes it: files are no pictures, an index belongs to the pieces of a stream,
    and signed thoughts are known to litellm alone (`hosted`)."""
    made = {name: value for name, value in message.items() if name != "thinking_blocks" or (hosted and value)}
    for call in made.get("tool_calls") or ():
        call.pop("index", None)
    if isinstance(made.get("content"), list) and not hosted:
        made["content"] = [_part(part) for part in made["content"]]
    return made


def _part(part: Any) -> Any:
    url = part["image_url"].get("url") if isinstance(part, dict) and isinstance(part.get("image_url"), dict) else None
    if not isinstance(url, str) or not url.startswith("data:application/"):
        return part
    return {"type": "file", "file": {"filename": "document.pdf", "file_data": url}}
