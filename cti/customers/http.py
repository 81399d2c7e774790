"""Customers from an HTTP service: one GET, answered in JSON.

``GET <url>?number=+8613800138000`` or ``?keyed=100234``; 200 with ``{"customers": [...]}``, or 404 for a stranger. A customer has the
fields of ``acd.customer.Customer``. Needed are only ``id``, a case's ``product_line`` and when a promise is due; others are passed over.
docs/customers.md has an example.
"""

from __future__ import annotations

from datetime import tzinfo

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from acd.customer import STANDARD_TIER, Customer, DuePromise, OpenCase
from acd.model import AgentId
from cti.customers.rows import due_at, warranties
from cti.customers.wanted import SourceFailed, Wanted


class _Said(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)


class _Case(_Said):
    id: str = Field(min_length=1)
    product_line: str = Field(min_length=1)
    level: str = ""
    engineer: str | None = None
    subject: str = ""
    state: str = ""
    due_at: str = ""


class _Promise(_Said):
    what: str
    due_at: str


class _Customer(_Said):
    id: str = Field(min_length=1)
    name: str = ""
    tier: str = STANDARD_TIER
    language: str = ""
    products: list[str] = []
    warranties: list[str] = []
    cases: list[_Case] = []
    promises: list[_Promise] = []


class _Answer(BaseModel):
    customers: list[_Customer]


class HttpSource:
    """Implements ``CustomerSource``. ``token`` goes as a bearer's (RFC 6750); redirections are not followed."""

    def __init__(self, url: str, token: str | None, zone: tzinfo, client: httpx.AsyncClient | None = None) -> None:
        self._url = url
        self._zone = zone
        self._client = client or httpx.AsyncClient()
        self._headers = {"Accept": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}

    async def find(self, wanted: Wanted) -> tuple[Customer, ...]:
        """What the service answers. Raises SourceFailed."""
        asked = {"number": wanted.number} if wanted.number else {"keyed": wanted.keyed}
        try:
            answer = await self._client.get(self._url, params=asked, headers=self._headers)
        except httpx.HTTPError as problem:
            raise SourceFailed(f"{type(problem).__name__}: {problem}") from None
        if answer.status_code == httpx.codes.NOT_FOUND:
            return ()
        if answer.status_code != httpx.codes.OK:
            raise SourceFailed(f"status {answer.status_code}")
        return self._read(answer.content)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    def _read(self, body: bytes) -> tuple[Customer, ...]:
        try:
            return tuple(self._customer(one) for one in _Answer.model_validate_json(body).customers)
        except ValidationError as problem:
            first = problem.errors()[0]
            raise SourceFailed(f"an answer that makes no sense: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        except ValueError as problem:
            raise SourceFailed(f"an answer that makes no sense: {problem}") from None

    def _customer(self, said: _Customer) -> Customer:
        return Customer(
            said.id, said.name, said.tier or STANDARD_TIER, said.language, tuple(said.products),
            tuple(_case(case, self._zone) for case in said.cases),
            tuple(DuePromise(promise.what, due_at(promise.due_at, self._zone)) for promise in said.promises),
            warranties(said.warranties),
        )  # fmt: skip


def _case(said: _Case, zone: tzinfo) -> OpenCase:
    due = due_at(said.due_at, zone) if said.due_at else None
    engineer = AgentId(said.engineer) if said.engineer else None
    return OpenCase(said.id, said.product_line, said.level, engineer, said.subject, said.state, due)
