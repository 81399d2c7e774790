"""What the engine serves is what the table of routes says, and each row says all that a reader of the API needs."""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from cti.api_openapi import describe
from cti.api_routes import EVERYBODY, Role, Route, install
from cti.api_socket_table import MESSAGES, Sender
from cti.api_table import MODULES, ROUTES
from tests.architecture.floors import ROOT

HOW_TO = "write a Route(...) row in the module's ROUTES, and name the module in cti/api_table.py"
BOUNDS = {
    "string": ("maxLength", "enum", "const", "pattern", "format"), "array": ("maxItems",), "integer": ("maximum",), "number": ("maximum",),
}  # fmt: skip
"""Of each JSON type, what keeps its values from growing; one of them is enough."""

CODE = ast.AsyncFunctionDef | ast.FunctionDef


def modules() -> list[Path]:
    return sorted((ROOT / "cti").glob("api*.py"))


def decorated(path: Path) -> list[str]:
    """Functions that a decorator makes into a route, past the table."""
    found = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, CODE))
    return [f"{path.name}:{node.lineno} {node.name}" for node in found if any(_is_a_route(line) for line in node.decorator_list)]


def _is_a_route(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in {"get", "post", "put", "patch", "delete", "websocket", "api_route", "route"}
    )  # fmt: skip


def name(row: Route) -> str:
    return f"{row.method} {row.path}"


def test_nothing_is_served_past_the_table() -> None:
    found = [where for path in modules() for where in decorated(path)]
    assert not found, f"{found} would be served past the table of routes: {HOW_TO}"


def test_every_module_with_rows_is_in_the_table() -> None:
    names = {f"cti.{path.stem}" for path in modules()} - {"cti.api", "cti.api_table"}
    missing = {name for name in names if hasattr(import_module(name), "ROUTES")} - {module.__name__ for module in MODULES}
    assert not missing, f"the rows of {sorted(missing)} are served by nobody: {HOW_TO}"


def test_no_row_is_there_twice() -> None:
    names = [name(row) for row in ROUTES]
    assert sorted(set(names)) == sorted(names)


def test_every_row_says_who_may_ask_what_it_does_and_what_it_answers() -> None:
    for row in ROUTES:
        where = f"{name(row)} ({row.serve.__module__})"
        assert row.roles, f"{where} is for nobody at all: name its roles"
        assert row.roles <= EVERYBODY, f"{where} names roles that there are not: {row.roles - EVERYBODY}"
        assert Role.NOBODY not in row.roles or row.roles == EVERYBODY, f"{where}: what is for people who have not signed in is for all"
        assert row.summary, f"{where} has no docstring, so the API's description has no words for it"
        assert row.answer is not None or row.media or row.status == 204 or row.hidden or row.method == "WEBSOCKET", (
            f"{where} does not say what it answers: give its row an answer (a type), media, or status=NO_CONTENT"
        )


def test_what_is_asked_with_has_a_schema() -> None:
    for row in ROUTES:
        for parameter in inspect.signature(row.serve).parameters.values():
            where = f"{name(row)} ({row.serve.__module__}): {parameter.name}"
            assert parameter.annotation is not inspect.Parameter.empty, f"{where} has no type, so requests are not checked"
            assert parameter.annotation not in {"dict", "Any", "dict[str, Any]", "object"}, f"{where} takes anything: give it a schema"


def unbounded(where: str, schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    """Parts of what can be sent that have no bound."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    for choice in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from unbounded(where, choice, schemas)
    kind = schema.get("type", "")
    if kind in BOUNDS and not set(BOUNDS[kind]) & schema.keys():
        yield f"{where} ({kind}) needs one of {', '.join(BOUNDS[kind])}"
    if kind == "array":
        yield from unbounded(f"{where}[]", schema["items"], schemas)
    if kind == "object" and schema.get("additionalProperties") is not False:
        yield f"{where} takes whatever fields there are: make it a cti.api_parts.Body"
    for name, part in schema.get("properties", {}).items():
        yield from unbounded(f"{where}.{name}", part, schemas)


def test_everything_that_can_be_sent_has_a_bound() -> None:
    app = FastAPI()
    install(app, ROUTES)
    document = describe("The routes", app, ROUTES)
    schemas = document["components"]["schemas"]
    faults = []
    operations = ((f"{method.upper()} {path}", one) for path, methods in document["paths"].items() for method, one in methods.items())
    for name, operation in operations:
        for parameter in operation.get("parameters", ()):
            faults += unbounded(f"{name}: {parameter['name']}", parameter["schema"], schemas)
        if "requestBody" in operation:
            faults += unbounded(f"{name}: body", operation["requestBody"]["content"]["application/json"]["schema"], schemas)
    assert not faults, "\n".join(faults)


def kinds_in_the_code() -> set[str]:
    """Every word that a dict literal has for ``kind``."""
    found = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                found |= {value.value for key, value in pairs if _is(key, "kind") and isinstance(value, ast.Constant)}
    return {kind for kind in found if isinstance(kind, str)}


def _is(node: ast.expr | None, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text


def test_every_message_that_the_server_says_has_a_row() -> None:
    rows = {row.kind for row in MESSAGES if row.sender is Sender.SERVER}
    assert kinds_in_the_code() == rows, "write a shape and a row in cti/api_socket_table.py"
