"""What the engine serves is what the table of routes says, and each row says all that a reader of the API needs."""

import ast
import inspect
from importlib import import_module
from pathlib import Path

from cti.api_routes import EVERYBODY, Role, Route
from cti.api_table import MODULES, ROUTES
from tests.architecture.floors import ROOT

HOW_TO = "write a Route(...) row in the module's ROUTES, and name the module in cti/api_table.py"
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
