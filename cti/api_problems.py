"""Errors as problem details (RFC 9457), in one table. Knows nothing of what went wrong but its kind and its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import Match

from acd.model import IllegalTransition
from cti.api_headers import HEADERS
from cti.api_messages import encode


class InvalidPart(BaseModel):
    """What is wrong with one part of a request. ``pointer``: into the body (RFC 6901, as a fragment), or ``parameter``: its name."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None


class Problem(BaseModel):
    """Why a request failed (RFC 9457). ``code`` is for programs, ``detail`` for people; ``errors`` when the request is not as described."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[InvalidPart] | None = None


class Refused(Exception):
    """The answer is no. ``code`` is what a page translates; ``detail`` is for people who read logs and answers."""

    def __init__(
        self, status: HTTPStatus, code: str, detail: str, headers: Mapping[str, str] | None = None, errors: Sequence[InvalidPart] = ()
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers
        self.errors = errors


def problem(
    status: int, code: str, detail: str, headers: Mapping[str, str] | None = None, errors: Sequence[InvalidPart] = ()
) -> Response:
    """The answer to a request that failed."""
    body: dict[str, object] = {
        "type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, "code": code,
    }  # fmt: skip
    if errors:
        body["errors"] = [error.model_dump(exclude_none=True) for error in errors]
    return Response(encode(body), status, dict(headers or {}), "application/problem+json")


def install(app: FastAPI) -> None:
    """Answer every failure of ``app`` with problem details."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(IllegalTransition, _illegal)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _fault)


def _refused(_request: Request, failure: Exception) -> Response:
    assert isinstance(failure, Refused)
    return problem(failure.status, failure.code, failure.detail, failure.headers, failure.errors)


def _illegal(_request: Request, failure: Exception) -> Response:
    return problem(HTTPStatus.CONFLICT, "illegal_transition", str(failure))


def _invalid(_request: Request, failure: Exception) -> Response:
    assert isinstance(failure, RequestValidationError)
    errors = [_invalid_part(("body",) if error["type"] == "json_invalid" else error["loc"], error["msg"]) for error in failure.errors()]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "the request is not as the API describes it", errors=errors)


def _invalid_part(place: Sequence[str | int], words: str) -> InvalidPart:
    """``place`` as FastAPI has it: where the part was looked for (``body``, ``query``, …), then the way to it."""
    where, *way = map(str, place)
    if where != "body":
        return InvalidPart(detail=words, parameter=".".join(way))
    steps = (step.replace("~", "~0").replace("/", "~1") for step in way)
    return InvalidPart(detail=words, pointer="#" + "".join(f"/{step}" for step in steps))


def _http(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)
    headers = failure.headers
    if failure.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"Allow": ", ".join(sorted(_methods(request)))}
    return problem(failure.status_code, HTTPStatus(failure.status_code).name.lower(), str(failure.detail), headers)


def _methods(request: Request) -> set[str]:
    """What can be asked of the path; Starlette names the methods of the first route only."""
    found = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    return {method for route in found for method in getattr(route, "methods", None) or ()}


def _fault(_request: Request, _failure: Exception) -> Response:
    """Starlette raises the failure again after this answer, so that the server logs it. No middleware sees the answer."""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", "something went wrong here; it has been logged", HEADERS)
