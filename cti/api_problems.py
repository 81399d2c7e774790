"""Errors as problem details (RFC 9457), in one table. Knows nothing of what went wrong but its kind and its words."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from acd.model import IllegalTransition
from cti.api_headers import HEADERS
from cti.api_messages import encode


class Refused(Exception):
    """The answer is no. ``code`` is what a page translates; ``detail`` is for people who read logs and answers."""

    def __init__(self, status: HTTPStatus, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers


def problem(
    status: int, code: str, detail: str, headers: Mapping[str, str] | None = None, errors: list[Mapping[str, object]] | None = None
) -> Response:
    """The answer to a request that failed."""
    body: dict[str, object] = {
        "type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, "code": code,
    }  # fmt: skip
    if errors is not None:
        body["errors"] = errors
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
    return problem(failure.status, failure.code, failure.detail, failure.headers)


def _illegal(_request: Request, failure: Exception) -> Response:
    return problem(HTTPStatus.CONFLICT, "illegal_transition", str(failure))


def _invalid(_request: Request, failure: Exception) -> Response:
    assert isinstance(failure, RequestValidationError)
    errors: list[Mapping[str, object]] = [{"at": ".".join(map(str, error["loc"])), "message": error["msg"]} for error in failure.errors()]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "the request is not as the API describes it", errors=errors)


def _http(_request: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)
    return problem(failure.status_code, HTTPStatus(failure.status_code).name.lower(), str(failure.detail), failure.headers)


def _fault(_request: Request, _failure: Exception) -> Response:
    """Starlette raises the failure again after this answer, so that the server logs it. No middleware sees the answer."""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", "something went wrong here; it has been logged", HEADERS)
