"""Numbers outside the house that agents key themselves, to ask somebody there or to hand a call on, as written by the administrator.

Decides the shape of the section, and what is refused unless it says otherwise. Whether the trunk exists is ``config.references``'.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from config.schema.relief import NumberStart
from config.schema.words import CountryCode, Dnis, Name, Strict, shaped

EMERGENCY = ("110", "112", "119", "120", "122", "911", "999")
"""Police, ambulance, fire brigade, traffic accidents: in China, and the numbers that networks elsewhere take for emergencies."""
FOREIGN_AND_PREMIUM = ("+", "00", "160", "168", "0900")
"""Other countries, and services that charge by the minute."""
Start = Annotated[str, shaped(r"\+|\+?[0-9]{1,20}", "the beginning of a number in quotes, such as '00' or '+'")]


class OutsideNumbers(Strict):
    """Which numbers agents may key, and how they are dialled."""

    trunk: Name = Field(description="Trunk with a contact, on every exchange.")
    caller_id: Dnis = Field(description="Number that is shown there.")
    prefix: Annotated[str, shaped(r"[0-9*]{0,8}", "digits to dial before the number, such as 0")] = Field(
        default="", description="Dialled before the number."
    )
    allowed: tuple[NumberStart, ...] = Field(
        default=(), max_length=500, description="Beginnings of numbers that may be keyed, such as 13 and 021; none: every number …"
    )
    refused: tuple[Start, ...] = Field(
        default=FOREIGN_AND_PREMIUM, max_length=500,
        description="… but for these beginnings, which go before `allowed`: by default, other countries and premium services.",
    )
    emergency: tuple[NumberStart, ...] = Field(
        default=EMERGENCY, max_length=50,
        description="Never dialled, nor with zeros, a `+` or the country's code before them: an emergency call from here would show the "
        "wrong place.",
    )
    country_code: CountryCode = Field(default="86", description="The country's own code.")
    shortest: int = Field(default=5, ge=3, le=20, description="Fewest digits of a number that may be keyed.")
    longest: int = Field(default=15, ge=3, le=20, description="Most digits of such a number.")

    @model_validator(mode="after")
    def _some_length(self) -> OutsideNumbers:
        if self.shortest > self.longest:
            raise ValueError("expected shortest not above longest: else no number could be keyed")
        return self
