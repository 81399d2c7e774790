"""The description of the API in OpenAPI 3.1, made of the table of routes and of what its functions take and give.

Says of every route who may ask, whether the request may be sent again, and how it fails. Knows no route by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from cti import api_socket_table
from cti.api_once import HEADER, KEY_PATTERN
from cti.api_parts import COOKIE
from cti.api_problems import Problem
from cti.api_routes import BY_KEY, Role, Route

VERSION: Final = "1.0.0"

ABOUT: Final = """\
Everything that the desk and the console do, they do through this. Times are UTC in ISO 8601; durations are in seconds and say so.

**Who asks.** `POST /api/login` sets a session cookie, which every other request needs unless its description says otherwise.
Other programs send a token, which an administrator makes for them (`POST /api/tokens`), as `Authorization: Bearer …` with every request.
A browser may ask only from the hotline's own pages, or from an origin that was named. Each route names its roles. Who is
limited to teams sees their agents, queues and calls alone, and is refused others (403 `not_your_team`).

**Errors** are problem details (RFC 9457, `application/problem+json`). `code` is for programs and stays as it is; `detail` is for
people. When a request is not as described here, `errors` names each part of it: `pointer` (a JSON pointer into the body) or
`parameter`, and what is wrong with it.

**Sent again.** An action (`POST`) may come with an `Idempotency-Key`, a text of the asker's own making. Sent again with the same key and
body within a day, it is not done again: the answer is the first one's, with `Idempotency-Replayed: true`. With another body it is refused
(422 `key_used`). A refusal is not kept. When a fault left nobody knowing how it ended, the answer is 409 `outcome_unknown`.

**Pages.** A list that grows comes in pages: `limit` rows, and the cursor of what follows, null on the last page. A cursor says nothing to
who carries it, is good for its own list only, and neither skips nor repeats rows when others come in between.

**What happened** is at `GET /api/events` page by page, and at the socket `/api/events/live` as it goes on; both take up after any cursor.

**Sizes are bounded**: a body has at most 16 KiB, each text and list the bound that is named with it. Fields that are not described
here are refused.
"""


def describe(title: str, app: FastAPI, rows: Sequence[Route]) -> dict[str, Any]:
    """The document. ``app`` has been given the rows as its routes."""
    document = get_openapi(title=title, version=VERSION, openapi_version="3.1.0", description=ABOUT, routes=app.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas.update(_schema_of_problems())
    for name, schema in api_socket_table.schemas().items():
        schemas.setdefault(name, schema)
    document["x-sockets"] = {row.path: _socket(row) for row in rows if row.method == "WEBSOCKET"}
    document["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
        "token": {"type": "http", "scheme": "bearer"},
    }
    for row in rows:
        operation = document["paths"].get(row.path, {}).get(row.method.lower())
        if operation is not None:
            _complete(operation, row)
    return document


def _complete(operation: dict[str, Any], row: Route) -> None:
    operation["x-roles"] = sorted(row.roles)
    operation["x-idempotent"] = row.idempotency
    operation["security"] = [] if Role.NOBODY in row.roles else [{"session": []}, {"token": []}]
    for parameter in operation.get("parameters", ()):
        _without_null(parameter)
    if row.idempotency == BY_KEY:
        operation.setdefault("parameters", []).append(_KEY)
    answers = {status: answer for status, answer in operation["responses"].items() if status == str(int(row.status))}
    for status, words, applies in PROBLEMS:
        if applies(row, operation):
            answers[status] = {"description": words, "content": _A_PROBLEM}
    operation["responses"] = answers


def _socket(row: Route) -> dict[str, Any]:
    """OpenAPI has no word for sockets; this says of one what it says of a route."""
    messages = [
        {
            "kind": one.kind, "sender": one.sender, "summary": " ".join((one.shape.__doc__ or "").split()),
            "schema": {"$ref": api_socket_table.REF.format(model=one.shape.__name__)},
        }
        for one in api_socket_table.MESSAGES if one.socket == row.path
    ]  # fmt: skip
    return {"roles": sorted(row.roles), "summary": row.summary, "messages": messages, "closings": api_socket_table.CLOSINGS}


def _without_null(parameter: dict[str, Any]) -> None:
    """A query can leave a parameter out, but it can't say null."""
    kinds = parameter["schema"].get("anyOf", [])
    said = [kind for kind in kinds if kind != {"type": "null"}]
    if len(said) == 1 and len(kinds) == 2:
        del parameter["schema"]["anyOf"]
        parameter["schema"] |= said[0]


def _schema_of_problems() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), Problem.__name__: schema}


_KEY: Final = {
    "name": HEADER, "in": "header", "required": False, "schema": {"type": "string", "pattern": KEY_PATTERN},
    "description": "A text that nobody else takes, such as a UUID: sent again with the same one, the action is not done again",
}  # fmt: skip
_A_PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}}


def _acts(row: Route, _operation: dict[str, Any]) -> bool:
    return row.method != "GET"


def _guarded(row: Route, _operation: dict[str, Any]) -> bool:
    return Role.NOBODY not in row.roles


def _takes_something(_row: Route, operation: dict[str, Any]) -> bool:
    return "parameters" in operation or "requestBody" in operation


def _always(_row: Route, _operation: dict[str, Any]) -> bool:
    return True


PROBLEMS: Final[tuple[tuple[str, str, Callable[[Route, dict[str, Any]], bool]], ...]] = (
    ("401", "Nobody has signed in, or the session is over", _guarded),
    ("403", "Not for this role, or for users who take no calls; or another site asks", lambda *one: _guarded(*one) or _acts(*one)),
    ("404", "There is no such thing (any more)", lambda row, _: "{" in row.path),
    ("409", "It can't be done as things are now", _acts),
    ("413", "The body is too large", _acts),
    ("422", "The request is not as described; `errors` says where", _takes_something),
    ("429", "Too many requests; `Retry-After` says for how many seconds", _acts),
    ("default", "Something else failed", _always),
)
"""Status, words, and for which rows."""
