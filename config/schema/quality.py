"""How conversations are scored: the forms with their criteria, and how many conversations of each agent are drawn for it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from config.schema.words import Label, LanguageName, Name, QueueName, Strict

MOST_POINTS = 5
"""Of a criterion that does not say otherwise."""


class CriterionRow(Strict):
    """One question about a conversation."""

    label: dict[LanguageName, Label] = Field(description="What is asked, in each language.")
    hint: dict[LanguageName, Label] = Field(default_factory=dict, description="What a good answer takes, in each language.")
    kind: Literal["points", "yes_no", "fatal"] = Field(
        description="`points`: 0 to `most`; `yes_no`: all or nothing; `fatal`: a no makes the whole score 0, a yes adds nothing."
    )
    most: Annotated[int, Field(ge=1, le=10)] | None = Field(default=None, description="The most points; without it, 5. Only for `points`.")
    weight: Annotated[float, Field(gt=0, le=100)] | None = Field(
        default=None, description="How much it counts beside the others; without it, 1. Not for `fatal`."
    )
    may_not_apply: bool = Field(default=False, description="It may be left out where there was no occasion for it; then it does not count.")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> CriterionRow:
        if self.most is not None and self.kind != "points":
            raise ValueError("expected most only where kind is points")
        if self.weight is not None and self.kind == "fatal":
            raise ValueError("expected no weight where kind is fatal: a no makes the whole score 0")
        return self


class FormRow(Strict):
    """What is asked about a conversation. Without `queues` and `product_lines` it is for all that no other form is for."""

    label: dict[LanguageName, Label] = Field(description="The form's name that people read, in each language.")
    product_lines: tuple[Name, ...] = Field(default=(), max_length=100, description="Product lines whose conversations it is for.")
    queues: tuple[QueueName, ...] = Field(default=(), max_length=300, description="Queues it is for; they come before product lines.")
    criteria: dict[Name, CriterionRow] = Field(min_length=1, max_length=40, description="The questions in their order, by name.")

    @model_validator(mode="after")
    def _something_counts(self) -> FormRow:
        if not any(row.kind != "fatal" and not row.may_not_apply for row in self.criteria.values()):
            raise ValueError("expected a criterion with points or yes_no that always applies: else there would be nothing to count")
        return self


class Quality(Strict):
    """Which conversations are scored, and how. Each week's are drawn by chance from those of the week before that were recorded."""

    per_agent: int = Field(default=3, ge=1, le=100, description="So many of each agent's conversations are drawn each week.")
    shortest_seconds: Annotated[float, Field(ge=0, le=3600)] = Field(
        default=20.0, description="Conversations in which they talked for less are not drawn."
    )
    second_share: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.1, description="Share of those drawn that a second person scores too, who does not know of the first score."
    )
    forms: dict[Name, FormRow] = Field(min_length=1, max_length=20, description="The forms, by name.")
