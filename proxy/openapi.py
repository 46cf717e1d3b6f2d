"""Our own OpenAPI document: every endpoint, what it takes, and every status that it answers with."""

from __future__ import annotations

from typing import Any

from proxy.rated import NUMBER, SCHEMA
from proxy.settings import VERSION

Json = dict[str, Any]

_WORDS = {
    200: "As asked.", 400: "The request cannot be understood, or not be carried out as it is.",
    401: "No key or token, or a wrong one.", 403: "This key may not do this.", 404: "It is not here.",
    405: "Not by this method.", 408: "The body did not come to its end in time.", 413: "The body is too large.",
    415: "The body is packed.", 500: "A fault of ours, or a policy whose `on_error` is `fail`.",
    502: "The backend cannot be reached, or makes no sense.", 503: "What this needs is away.",
    504: "The backend did not answer in time.",
}  # fmt: skip
_OBJECT: Json = {"type": "object", "additionalProperties": True}
_TEXT: Json = {"type": "string"}
_MODEL: Json = {"model": {"type": "string", "description": "Which backend is meant; see the configuration."}}
_LIST: Json = {"type": "array", "minItems": 1, "items": _OBJECT}
_ITEMS: Json = {"oneOf": [_TEXT, {"type": "array", "items": _OBJECT}]}
_INPUTS: Json = {"oneOf": [_TEXT, {"type": "array", "minItems": 1, "items": {}}]}
_WHERE: Json = {"type": "string", "enum": ["", "work", "home"]}
_TEXTS: Json = {"type": "array", "items": _TEXT}
_CALLER, _SENT, _KEPT = (400, 401), (408, 413, 415), (403, 404, 500, 503)


def document() -> Json:
    """The document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Rapport", "version": VERSION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
                 "description": "An OpenAI-compatible proxy that personalises, retrieves and learns. Fields that are "
                                "not described here reach the backend, and its answer the client, as they came."},
        "paths": {**_asked(), **_responses(), **_models(), **_people(), **_files(), **_stores(), **_process()},
        "components": {
            "schemas": {"Error": _error(), "AnthropicError": _anthropic_error()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "x-api-key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
        # Without keys processes of this machine may call, too.
        "security": [{}, {"bearer": []}, {"x-api-key": []}],
    }  # fmt: skip


def _asked() -> Json:
    chat = _body({**_MODEL, "messages": _LIST}, "model", "messages")
    response = _body({**_MODEL, "input": _ITEMS, "instructions": _TEXT}, "model", "input")
    message = _body({**_MODEL, "messages": _LIST, "max_tokens": {"type": "integer", "minimum": 1}},
                    "model", "messages", "max_tokens")
    inputs = _body({**_MODEL, "input": _INPUTS}, "model", "input")
    prompt = _body({**_MODEL, "prompt": {}}, "model", "prompt")
    return {
        "/v1/chat/completions": {"post": _model_call("Chat", chat, stream=True)},
        "/v1/responses": {"post": _model_call("Respond", response, stream=True)},
        "/v1/messages": {"post": _model_call("Message, in Anthropic's format", message, stream=True, anthropic=True)},
        "/v1/completions": {"post": _model_call("Complete a prompt, where the backend can", prompt, stream=True)},
        "/v1/embeddings": {"post": _model_call("Embed", inputs)},
        "/v1/messages/count_tokens": {
            "post": _model_call("Count tokens, where the backend can", message, anthropic=True)
        },
        "/v1/responses/input_tokens": {"post": _model_call("Count tokens, where the backend can", response)},
        "/v1/responses/compact": {"post": _model_call("Compact a conversation, where the backend can", response)},
    }  # fmt: skip


def _query(name: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "required": False, "schema": schema}


_PAGE = (_query("limit", {"type": "integer", "minimum": 1, "maximum": 100}), _query("after", _TEXT),
         _query("order", {"enum": ["asc", "desc"]}))
_BEFORE = _query("before", _TEXT)


def _responses() -> Json:
    id = _path("id", "What a response is called.")
    return {
        "/v1/responses/{id}": {
            "get": _call("A response", [id], backend=True), "delete": _call("Forget a response", [id], backend=True),
        },
        "/v1/responses/{id}/input_items": {"get": _call("What it answers", [id, *_PAGE], backend=True)},
        "/v1/responses/{id}/cancel": {"post": _call("Stop one in the background", [id], backend=True)},
    }  # fmt: skip


def _models() -> Json:
    return {
        "/v1/models": {"get": _call("The models that may be named", statuses=(503,))},
        "/v1/models/{id}": {"get": _call("A model", [_path("id", "Its name, with slashes.")], (404, 503))},
    }


def _people() -> Json:
    user, yes_or_no = _path("user", "The person's id, as callers say it."), {"type": "boolean"}
    change: Json = {**_OBJECT, "additionalProperties": False, "properties": {
        "id": _TEXT, "aspect": _TEXT, "value": _TEXT, "locked": yes_or_no, "suppressed": yes_or_no, "context": _WHERE}}
    edit = _body({"claims": {"type": "array", "items": change}, "paused": yes_or_no, "say": _TEXT,
                  "share": yes_or_no})
    texts = ("exchange", "response", "user", "event", "edited", "original", "chosen", "rejected", "comment")
    feedback = {**{name: _TEXT for name in texts}, "rating": NUMBER, "ratings": SCHEMA, "context": _WHERE}
    answered: Json = {"question": _TEXT, "chosen": {"type": ["string", "null"]}, "context": _WHERE}
    taken: Json = {"required": True, "content": {"application/json": {"schema": {}}}}
    return {
        "/v1/users/{user}/profile": {
            "get": _call("What is known of a person", [user], (403, 404, 503)),
            "patch": {**_call("Correct it", [user], (400, 403, 404, 408, 413, 415, 503)), "requestBody": edit},
        },
        "/v1/users/{user}/export": {"get": _call("All that is kept of a person", [user], (403, 404, 503))},
        "/v1/users/{user}/import": {
            "post": {**_call("Take in what was known elsewhere", [user], (400, 403, 404, 408, 413, 415, 503)),
                     "requestBody": taken},
        },
        "/v1/users/{user}/history": {"get": _call("What came and went", [user], (403, 404, 503))},
        "/v1/users/{user}/claims/{id}": {
            "delete": _call("Forget one thing", [user, _path("id", "Of the claim.")], (403, 404, 503)),
        },
        "/v1/users/{user}/question": {"get": _got("What to ask them", user, _query("context", _WHERE))},
        "/v1/users/{user}/answers": {"post": _sent("Answer it", [user], answered, "question", "chosen")},
        "/v1/users/{user}": {"delete": _call("Erase a person", [user], (403, 404, 405, 503))},
        "/v1/feedback": {"post": _sent("What a person approved, edited, picked or says", [], feedback)},
        "/v1/receipts/{id}": {"get": _call("What was done, and why", [_path("id", "Of the exchange.")], (404, 503))},
    }  # fmt: skip


def _files() -> Json:
    id = _path("id", "Of the file.")
    form: Json = {"type": "object", "required": ["file", "purpose"], "properties": {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "purpose": {"enum": ["assistants", "batch", "fine-tune", "vision", "user_data", "evals"]}}}
    content = _call("Its bytes", [id], _KEPT)
    content["responses"]["200"]["content"] = {"application/octet-stream": {"schema": {}}}
    return {
        "/v1/files": {
            "post": {**_call("Upload a file", [], (*_SENT, *_KEPT)),
                     "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}}},
            "get": _call("Uploaded files", [*_PAGE, _query("purpose", _TEXT)], _KEPT),
        },
        "/v1/files/{id}": {"get": _call("A file", [id], _KEPT), "delete": _call("Forget a file", [id], _KEPT)},
        "/v1/files/{id}/content": {"get": content},
    }  # fmt: skip


def _stores() -> Json:
    store, file, batch = _path("id", "Of the vector store."), _path("file", "Its id."), _path("batch", "Its id.")
    state, here = _query("filter", {"enum": ["in_progress", "completed", "failed", "cancelled"]}), "/v1/vector_stores"
    maybe: Json = {"type": ["object", "null"]}
    one: Json = {"file_id": _TEXT, "attributes": maybe, "chunking_strategy": _OBJECT}
    named: Json = {"name": _TEXT, "metadata": maybe, "expires_after": maybe}
    new = {**named, "file_ids": _TEXTS, "chunking_strategy": _OBJECT, "description": _TEXT}
    asked = {"query": {"oneOf": [_TEXT, _TEXTS]}, "filters": maybe, "max_num_results": {"type": "integer"},
             "ranking_options": maybe, "rewrite_query": {"type": "boolean"}}
    each, many = f"{here}/{{id}}/files", f"{here}/{{id}}/file_batches"
    return {
        here: {"post": _sent("Make a vector store", [], new), "get": _got("Vector stores", *_PAGE, _BEFORE)},
        f"{here}/{{id}}": {"get": _got("A vector store", store), "delete": _got("Forget it", store),
                           "post": _sent("Change it", [store], named)},
        f"{here}/{{id}}/search": {"post": _sent("Search it", [store], asked, "query")},
        each: {"post": _sent("Attach a file", [store], one, "file_id"),
               "get": _got("What is attached", store, *_PAGE, _BEFORE, state)},
        f"{each}/{{file}}": {"get": _got("How far a file is", store, file), "delete": _got("Take it out", store, file),
                             "post": _sent("Change attributes", [store, file], {"attributes": maybe}, "attributes")},
        f"{each}/{{file}}/content": {"get": _got("Its text", store, file)},
        many: {"post": _sent("Attach files", [store], {"file_ids": _TEXTS, "files": _LIST, "attributes": maybe})},
        f"{many}/{{batch}}": {"get": _got("How far they are", store, batch)},
        f"{many}/{{batch}}/cancel": {"post": _got("Let be what is not done", store, batch)},
        f"{many}/{{batch}}/files": {"get": _got("These files", store, batch, *_PAGE, _BEFORE, state)},
    }  # fmt: skip


def _got(summary: str, *parameters: Json) -> Json:
    return _call(summary, list(parameters), _KEPT)


def _sent(summary: str, parameters: list[Json], properties: Json, *required: str) -> Json:
    return {**_call(summary, parameters, (*_SENT, *_KEPT)), "requestBody": _body(properties, *required)}


def _process() -> Json:
    plain = {"responses": _statuses(200)}
    return {
        "/healthz": {"get": {"summary": "The process answers", **plain}},
        "/readyz": {"get": {"summary": "Whether to send chats here", **plain}},
        "/openapi.json": {"get": {"summary": "This document", **plain}},
    }


def _model_call(summary: str, body: Json, stream: bool = False, anthropic: bool = False) -> Json:
    ours = (*_CALLER, 403, 404, 408, 413, 415, 500, 502, 503, 504)
    responses = _statuses(200, *ours, anthropic=anthropic)
    if stream:
        responses["200"]["content"]["text/event-stream"] = {"schema": _TEXT}
    # What a backend answers is passed on.
    responses |= {f"{kind}XX": _answer("What the backend says.", anthropic) for kind in (4, 5)}
    said = {"user": _TEXT, "mode": {"enum": ["full", "readonly", "off"]}, "context": _TEXT}
    headers = [_header(f"x-rapport-{name}", schema) for name, schema in said.items()]
    return {"summary": summary, "parameters": headers, "requestBody": body, "responses": responses}


def _call(summary: str, parameters: list[Json] | None = None, statuses: tuple[int, ...] = (),
          backend: bool = False) -> Json:  # fmt: skip
    responses = _statuses(200, *_CALLER, *statuses, *((404, 502, 503, 504) if backend else ()))
    if backend:
        responses |= {f"{kind}XX": _answer("What the backend says.", False) for kind in (4, 5)}
    return {"summary": summary, "parameters": parameters or [], "responses": responses}


def _statuses(*statuses: int, anthropic: bool = False) -> Json:
    found = {str(status): _answer(_WORDS[status], anthropic) for status in statuses}
    found["200"]["content"] = {"application/json": {"schema": _OBJECT}}
    return found


def _answer(words: str, anthropic: bool) -> Json:
    name = "AnthropicError" if anthropic else "Error"
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _body(properties: Json, *required: str) -> Json:
    schema = {**_OBJECT, "properties": properties, "required": list(required)}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _path(name: str, words: str) -> Json:
    return {"name": name, "in": "path", "required": True, "description": words,
            "schema": {"type": "string", "minLength": 1}}


def _header(name: str, schema: Json) -> Json:
    return {"name": name, "in": "header", "required": False, "schema": schema}


def _error() -> Json:
    maybe = {"type": ["string", "null"]}
    inner = {"type": "object", "required": ["message", "type", "param", "code"],
             "properties": {"message": _TEXT, "type": _TEXT, "param": maybe, "code": maybe}}
    return {"type": "object", "required": ["error"], "properties": {"error": inner}}


def _anthropic_error() -> Json:
    inner = {"type": "object", "required": ["type", "message"], "properties": {"type": _TEXT, "message": _TEXT}}
    return {"type": "object", "required": ["type", "error"], "properties": {"type": {"const": "error"}, "error": inner}}
