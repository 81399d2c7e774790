"""Who besides the agent's page is told of a call that is coming, as written by the administrator."""

from __future__ import annotations

import string
from typing import Annotated

from pydantic import AfterValidator, Field

from config.schema.telephony import Secret
from config.schema.words import Strict, shaped

POP_FIELDS = (
    "ani", "ani_name", "dnis", "entry", "call", "offer", "agent", "phone", "product_line", "level", "language", "segment", "customer",
    "case",
)  # fmt: skip
"""What a template of an address may name."""


def _template(text: str) -> str:
    try:
        names = [name for _, name, spec, conversion in string.Formatter().parse(text) if name is not None]
        plain = all(not spec and not conversion for _, name, spec, conversion in string.Formatter().parse(text))
    except ValueError:
        raise ValueError("expected braces in pairs, such as {ani}") from None
    if not plain or not set(names) <= set(POP_FIELDS):
        raise ValueError(f"expected in braces only {', '.join(POP_FIELDS)}")
    return text


PopAddress = Annotated[
    str,
    shaped(
        r"https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?([/?#][^\s<>\"'\\]{0,500})?",
        "an address that begins with http:// or https:// and a host without braces, such as https://crm.example/search?number={ani}",
    ),
    AfterValidator(_template),
]
HookAddress = Annotated[
    str, shaped(r"https?://[^\s#@]{1,400}", "an address that begins with http:// or https://, without a password in it")
]


class PopUrl(Strict):
    """The company's own page about the caller, opened from the agent's desk."""

    address: PopAddress = Field(
        description="The page's address. `{ani}`, `{case}`, `{customer}` and so on stand for the call's values, which are percent-encoded."
    )
    opens_by_itself: bool = Field(
        default=False, description="Opened when the call is answered, without a click; the browser must allow this page to open windows."
    )


class Webhook(Strict):
    """A service that is sent each pop (`POST`, JSON). docs/screen-pop.md has the format and how to check the signature."""

    url: HookAddress = Field(description="Where it is sent.")
    secret: Secret = Field(description="Key of the signature, by place.")
    limit_seconds: Annotated[float, Field(gt=0, le=30)] = Field(default=3.0, description="The service has so long to answer.")
    attempts: Annotated[int, Field(ge=1, le=6)] = Field(default=3, description="How often one message is tried.")
    waiting: Annotated[int, Field(ge=10, le=10_000)] = Field(
        default=500, description="So many messages wait at most; while they do, further ones are left out."
    )
    failures_to_pause: Annotated[int, Field(ge=1, le=100)] = Field(
        default=5, description="After so many failures in a row nothing is sent …"
    )
    pause_seconds: Annotated[float, Field(ge=1, le=3600)] = Field(default=30.0, description="… for so long.")


class ScreenPopRow(Strict):
    """Who besides the agent's page is told of a call that is coming."""

    url: PopUrl | None = Field(default=None, description="A page of the company's own CRM.")
    webhook: Webhook | None = Field(default=None, description="A service that is sent each pop.")
    user_event: bool = Field(
        default=False, description="Each pop is a `HotlinePop` event of Asterisk's manager interface too, with harmless characters only."
    )
