"""Where callers are known from, and what is made of it, as written by the administrator."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from config.schema.telephony import Secret
from config.schema.words import CountryCode, Name, Strict, shaped

DatabaseUrl = Annotated[str, shaped(r"[a-z]+\+[a-z]+://\S{0,400}", "an address with its driver, such as sqlite+aiosqlite:////srv/crm.db")]
StateWord = Annotated[str, shaped(r"\w[\w .-]{0,39}", "a state's name of letters, digits, blanks, '_', '-' and '.', such as in_work")]
ServiceUrl = Annotated[str, shaped(r"https?://[^\s?#]{1,400}", "an address that begins with http:// or https://, without a query")]


class SqlCustomers(Strict):
    """An SQL database that knows the customers."""

    url: DatabaseUrl | None = Field(
        default=None, description="Where the database is, as SQLAlchemy writes it; one that holds a password belongs into `url_from`."
    )
    url_from: Secret | None = Field(default=None, description="Where the database's address is kept, when it is secret.")
    query: str = Field(
        min_length=1, max_length=4000,
        description="Asked for each caller. Parameters: `:number` (+8613800138000), `:national` (13800138000), `:keyed` (digits); "
        "each may be used or not, and is '' when it is not asked for. The columns are those of the CSV file.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _one_place(self) -> SqlCustomers:
        if (self.url is None) == (self.url_from is None):
            raise ValueError("expected exactly one of url, url_from")
        return self


class HttpCustomers(Strict):
    """An HTTP service that knows the customers. `GET <url>?number=…` or `?keyed=…` is answered in JSON, 404 for a stranger."""

    url: ServiceUrl = Field(description="The address that is asked.")
    token: Secret | None = Field(default=None, description="Sent as a bearer token.")


class CustomersRow(Strict):
    """How callers are recognised. Who is not, or not in time, is a stranger: his call goes on as if there were no source."""

    file: str = Field(
        default="customers.csv", min_length=1,
        description="CSV file, read again when it changes; a relative path starts at this file's folder. `sql` or `http` replace it.",
    )  # fmt: skip
    sql: SqlCustomers | None = Field(default=None, description="A database instead of the file.")
    http: HttpCustomers | None = Field(default=None, description="A service instead of the file.")
    limit_seconds: Annotated[float, Field(ge=0.05, le=2)] = Field(
        default=0.3, description="The source has so long, from the call's arrival on; the welcome plays meanwhile."
    )
    failures_to_pause: Annotated[int, Field(ge=1, le=100)] = Field(
        default=3, description="After so many failures in a row the source is left alone …"
    )
    pause_seconds: Annotated[float, Field(ge=1, le=3600)] = Field(default=10.0, description="… for so long; then one call tries it.")
    country_code: CountryCode = Field(
        default="86", description="Country of numbers that say none: 138…, 0138…, 86138…, 0086138… and +86138… are one number."
    )
    case_states: dict[StateWord, Name] = Field(
        default_factory=dict, description="How far a case is, in the source's word -> the prompt that says so. Others are being worked on."
    )
    ask_number: bool = Field(
        default=False, description="Callers whose number nobody has are asked to key a customer's, a case's or a telephone number."
    )

    @model_validator(mode="after")
    def _one_source(self) -> CustomersRow:
        if self.sql is not None and self.http is not None:
            raise ValueError("expected at most one of sql, http")
        return self
