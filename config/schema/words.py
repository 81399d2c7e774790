"""The kinds of words a configuration is written in: names, numbers, hosts, labels. Each says what it expects when it refuses.

Decides the alphabet of everything that may reach an Asterisk file or a URL, so that no value can break out of the place it is
put into. It does not know which names exist (``config.references`` does).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class Strict(BaseModel):
    """A row of the configuration: no unknown keys, no silent conversions, no change after loading."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


def shaped(pattern: str, expected: str) -> AfterValidator:
    """A validator that refuses text which ``pattern`` does not match whole, saying what was ``expected``."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"expected {expected}")
        return text

    return AfterValidator(check)


def _in_calendar(day: str) -> str:
    try:
        date.fromisoformat(day)
    except ValueError:
        raise ValueError("expected a day that there is in its month") from None
    return day


def _as_digits(value: Any) -> Any:
    """YAML reads ``1001`` as a number; a telephone number is text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else value


def _readable(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("expected one line of readable text")
    return text


def _spoken(text: str) -> str:
    if not text.strip() or not text.replace("\n", " ").isprintable():
        raise ValueError("expected text to be spoken")
    return text


def exactly_one_of(row: BaseModel, *names: str) -> None:
    """Raise ValueError unless exactly one of the named fields of ``row`` was given."""
    if sum(getattr(row, name) is not None for name in names) != 1:
        keys = [row.__class__.model_fields[name].alias or name for name in names]
        raise ValueError(f"expected exactly one of {', '.join(keys)}")


def known_zone(name: str) -> str:
    """``name`` if it is a time zone of the system's. Raises ValueError."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError("expected a time zone such as Asia/Shanghai") from None
    return name


Name = Annotated[str, shaped(r"[a-z][a-z0-9_]{0,39}", "a name of small letters, digits and _, such as key_account")]
ExchangeName = Annotated[str, shaped(r"[a-z0-9]{1,20}", "an Asterisk's name of small letters and digits, such as main")]
AgentName = Annotated[str, shaped(r"[a-z][a-z0-9._-]{0,39}", "an agent's id of small letters, digits, '.', '_' and '-', such as li.wei")]
LanguageName = Annotated[str, shaped(r"[a-z]{2,3}(_[A-Z]{2})?", "a language code such as zh, en or zh_TW")]
PhoneNumber = Annotated[str, BeforeValidator(_as_digits), shaped(r"[0-9]{2,15}", "a phone's extension of 2 to 15 digits, such as 1001")]
Dnis = Annotated[str, BeforeValidator(_as_digits), shaped(r"\+?[0-9]{2,20}", "a dialled number of 2 to 20 digits, such as 4008001234")]
Day = Annotated[
    str,
    shaped(r"20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", "a day in quotes, such as '2027-01-01'"),
    AfterValidator(_in_calendar),
]
ShortCode = Annotated[
    str, BeforeValidator(_as_digits), shaped(r"\*{0,2}[0-9]{2,10}", "a short code of 2 to 10 digits, with up to two * before them")
]
PromptOrValue = Annotated[
    str,
    shaped(
        r"[a-z][a-z0-9_]{0,39}|(digits|number):([a-z][a-z0-9_]{0,39}|[0-9]{1,20})|date:20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
        r"|time:([01][0-9]|2[0-3]):[0-5][0-9]|hours:[a-z][a-z0-9_]{0,39}\.L[123]|case:status",
        "a prompt's name, or digits: or number: with an input's name or the number itself, or a value such as date:2026-12-31, time:17:30, "
        "hours:printers.L1, case:status",
    ),
]
Key = Annotated[str, BeforeValidator(_as_digits), shaped(r"[0-9*#]", "a key of the telephone: 0-9, * or #")]
CountryCode = Annotated[str, BeforeValidator(_as_digits), shaped(r"[1-9][0-9]{0,2}", "a country code such as 86")]
QueueName = Annotated[str, shaped(r"[a-z][a-z0-9_]{0,39}\.L[123]", "a queue's id, <product line>.<level>, such as printers.L2")]
SkillName = Annotated[str, shaped(r"[a-z][a-z0-9_]*:[A-Za-z0-9][A-Za-z0-9_.+-]*", "a skill written kind:value, such as platform:linux")]
Host = Annotated[str, shaped(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252})", "a host name or an IPv4 address")]
AnyNetwork = Annotated[
    str, shaped(r"[0-9A-Fa-f:.]{2,45}(/[0-9]{1,3})?", "an IP address or network, such as 10.0.0.0/24 or 2001:db8::/32")
]
Origin = Annotated[
    str,
    shaped(r"https?://([a-z0-9][a-z0-9.-]{0,252}|\[[0-9a-f:.]{2,45}\])(:[0-9]{1,5})?", "a site as browsers name it, such as https://desk.example"),
]
Network = Annotated[
    str, shaped(r"[0-9]{1,3}(\.[0-9]{1,3}){3}(/([0-9]|[12][0-9]|3[0-2]))?", "an IPv4 address or network, such as 10.0.0.0/24")
]
SipUri = Annotated[str, shaped(r"sips?:[A-Za-z0-9@.:;=+_-]{1,200}", "a SIP address such as sip:1001@192.0.2.7:5060")]
SoundPath = Annotated[str, shaped(r"/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*", "a path of letters, digits, '_', '-', '.' and '/'")]
Label = Annotated[str, Field(max_length=80), AfterValidator(_readable)]
Spoken = Annotated[str, Field(max_length=1000), AfterValidator(_spoken)]
Port = Annotated[int, Field(ge=1, le=65535)]
Proficiency = Annotated[int, Field(ge=1, le=5)]
LevelName = Literal["L1", "L2", "L3"]
