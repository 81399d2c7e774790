"""The codes that agents dial at their phones instead of using the page, as written by the administrator."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from config.schema.words import Strict, shaped

FeatureCode = Annotated[str, BeforeValidator(str), shaped(r"\*[0-9]{2,4}", "a code such as '*62', in quotes")]


class FeatureCodes(Strict):
    """What an agent dials at his phone. He hears whether it is done."""

    log_in: FeatureCode = Field(default="*60", description="Begin to work, at the phone that is configured as his own.")
    log_in_as: FeatureCode | None = Field(
        default=None,
        description="Begin to work at any of the phones: the number of his usual phone and his PIN are asked for. Without it, nobody can.",
    )
    log_out: FeatureCode = Field(default="*61", description="Stop working.")
    ready: FeatureCode = Field(default="*62", description="Take calls.")
    not_ready: FeatureCode = Field(
        default="*63", description="Take no calls; a digit behind it is the reason, as `not_ready_reasons` are ordered; else the first."
    )
    end_wrap_up: FeatureCode = Field(
        default="*64", description="After-call work is done; a digit behind it is what became of the call, in the order of `dispositions`."
    )

    @model_validator(mode="after")
    def _apart(self) -> FeatureCodes:
        codes = list(self.by_name().values())
        if len(set(codes)) != len(codes) or len({len(code) for code in codes}) != 1:
            raise ValueError("expected different codes, all of the same length")
        return self

    def by_name(self) -> dict[str, str]:
        """Name -> code, of those that there are."""
        codes = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: code for name, code in codes.items() if code is not None}
