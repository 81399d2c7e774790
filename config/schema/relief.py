"""What happens to calls that would wait too long: opening hours, overflow, and callbacks, as written by the administrator.

Decides the shape of each rule. Whether the queues, destinations and trunks that it names exist is ``config.references``'.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from config.schema.words import Day, Dnis, Label, Name, QueueName, Strict, exactly_one_of, known_zone, shaped

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
TimeOfDay = Annotated[str, shaped(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", "a time of day in quotes, such as '08:30', or '24:00'")]
NumberStart = Annotated[str, shaped(r"\+?[0-9]{1,20}", "the beginning of a number in quotes, such as '021' or '+86'")]
WaitSeconds = Annotated[float, Field(gt=0, le=86400)]


def seconds_of(time: str) -> float:
    """Seconds after midnight of a time of day."""
    hours, minutes = time.split(":")
    return int(hours) * 3600.0 + int(minutes) * 60.0


class HoursRow(Strict):
    """One opening, the same on several days, in the hotline's time zone. A night shift is two of them, to 24:00 and from 00:00."""

    days: tuple[Weekday, ...] = Field(min_length=1, description="Days of the week.")
    opens: TimeOfDay = Field(description="Open from then …")
    closes: TimeOfDay = Field(description="… until, but not at, this one.")

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> HoursRow:
        if seconds_of(self.opens) >= seconds_of(self.closes):
            raise ValueError("expected opens before closes; over midnight, write two openings")
        return self


class OpeningRow(Strict):
    """One opening of a special day."""

    opens: TimeOfDay = Field(description="Open from then …")
    closes: TimeOfDay = Field(description="… until, but not at, this one.")

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> OpeningRow:
        if seconds_of(self.opens) >= seconds_of(self.closes):
            raise ValueError("expected opens before closes")
        return self


class SpecialDayRow(Strict):
    """A day that is not as its weekday. With neither `as` nor `hours`, queues that have hours are closed."""

    name: Label | None = Field(default=None, description="What people call it.")
    as_: Weekday | None = Field(default=None, alias="as", description="The hours of this weekday hold: a swapped workday.")
    hours: tuple[OpeningRow, ...] = Field(default=(), max_length=10, description="Its own hours, for every queue that has hours.")

    @model_validator(mode="after")
    def _one_way(self) -> SpecialDayRow:
        if self.as_ is not None and self.hours:
            raise ValueError("expected as or hours, not both")
        return self


class CalendarRow(Strict):
    """A centre's clock, holidays and special days."""

    time_zone: str | None = Field(default=None, description="Time zone of its days and hours; without it, the hotline's.")
    file: str | None = Field(
        default=None, min_length=1, description="YAML file with more `days`; a relative path starts at this configuration's folder."
    )
    days: dict[Day, SpecialDayRow] = Field(default_factory=dict, description="Days by date; they go before those of `file`.")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        return None if name is None else known_zone(name)


class OverflowRow(Strict):
    """Where calls go instead of waiting. The conditions that are given must all hold; the first rule that does decides."""

    name: Label = Field(description="Name for records and explanations.")
    to_queue: QueueName | None = Field(default=None, description="A queue; never one that the call was in before.")
    to_destination: Name | None = Field(default=None, description="One of `destinations`.")
    to_callback: Literal[True] | None = Field(
        default=None,
        description="He is told that he will be called back (with `when_closed`: when it opens), keeps his place, and is let go. "
        "The rule does not hold for numbers that are not called back. Needs `callbacks`.",
    )
    when_closed: bool = Field(default=False, description="The queue is closed.")
    when_waiting: Annotated[int, Field(ge=1, le=10000)] | None = Field(
        default=None, description="So many, or more, wait in the queue already."
    )
    when_expected_seconds: WaitSeconds | None = Field(
        default=None, description="The expected wait is so long or longer, or nobody who matches is at work."
    )
    after_seconds: WaitSeconds | None = Field(default=None, description="The call has waited so long.")
    during: tuple[HoursRow, ...] = Field(
        default=(), max_length=20, description="Only at these times by the queue's calendar, such as lunch, when another queue covers."
    )
    also_waiting: bool = Field(
        default=False,
        description="With `when_closed` or `during`: when that begins, those who wait go too; else they are still served.",
    )

    @model_validator(mode="after")
    def _whole(self) -> OverflowRow:
        exactly_one_of(self, "to_queue", "to_destination", "to_callback")
        conditions = (self.when_waiting, self.when_expected_seconds, self.after_seconds)
        if not self.when_closed and not self.during and all(condition is None for condition in conditions):
            expected = "when_closed, during, when_waiting, when_expected_seconds, after_seconds"
            raise ValueError(f"expected one of {expected}: else nobody would wait")
        if self.also_waiting and not self.when_closed and not self.during:
            raise ValueError("expected also_waiting only with when_closed or during")
        return self


class CallbackRow(Strict):
    """When callers who wait hear that they may be called back, when and how often it is tried. Needs `callbacks`."""

    when_expected_seconds: WaitSeconds | None = Field(
        default=None, description="The expected wait is so long or longer, or nobody who matches is at work …"
    )
    when_ahead: Annotated[int, Field(ge=1, le=10000)] | None = Field(default=None, description="… or so many wait before the caller …")
    when_waited_seconds: WaitSeconds | None = Field(default=None, description="… or he has waited so long.")
    order: Literal["customer_first", "agent_first"] = Field(
        default="customer_first",
        description="Whose phone is rung first: the customer waits for the agent, or the agent for the customer.",
    )
    most_attempts: int = Field(default=3, ge=1, le=20, description="So often he is tried.")
    retry_after_seconds: Annotated[float, Field(ge=1, le=86400)] = Field(default=600.0, description="Pause after an attempt in vain.")
    ring_seconds: int = Field(default=30, ge=5, le=120, description="How long the customer's phone rings.")
    hours: tuple[HoursRow, ...] = Field(
        default=(), max_length=50, description="When customers are called back, by the queue's calendar; none: while the queue is open."
    )

    @model_validator(mode="after")
    def _offered_some_time(self) -> CallbackRow:
        if self.when_expected_seconds is None and self.when_ahead is None and self.when_waited_seconds is None:
            raise ValueError("expected when_expected_seconds, when_ahead or when_waited_seconds: else nobody would be offered a callback")
        return self


class AnnounceRow(Strict):
    """What callers who wait are told about their wait. Needs the prompt `queue_position` or `queue_wait`, with `{number}` in it."""

    tell: Literal["nothing", "position", "wait"] = Field(description="The place in line, or the expected wait in minutes.")
    every_seconds: Annotated[float, Field(ge=15, le=3600)] = Field(default=60.0, description="Pause between two announcements.")
    step_minutes: int = Field(default=1, ge=1, le=30, description="With `wait`: rounded up to whole steps of so many minutes.")
    most: int = Field(default=20, ge=1, le=99, description="The largest number that is told; above it, nothing is.")

    @model_validator(mode="after")
    def _some_number(self) -> AnnounceRow:
        if self.tell == "wait" and self.most < self.step_minutes:
            raise ValueError("expected most to be step_minutes or more: else nothing would be told")
        return self

    def numbers(self) -> range:
        """The numbers that may be told."""
        step = self.step_minutes if self.tell == "wait" else 1
        return range(step, self.most + 1, step)


class CallbackLine(Strict):
    """How customers are called back."""

    trunk: Name = Field(description="Trunk with a contact, on every exchange that calls are promised on.")
    caller_id: Dnis = Field(description="Number that the customer sees.")
    prefix: Annotated[str, shaped(r"[0-9*#]{0,8}", "digits to dial before the number, such as 0")] = Field(
        default="", description="Dialled before the customer's number."
    )
    allowed: tuple[NumberStart, ...] = Field(
        default=(), max_length=500, description="Beginnings of numbers that are called back, such as 13 and 021; none: every number."
    )
    refused: tuple[NumberStart, ...] = Field(
        default=(), max_length=500, description="Beginnings of numbers that are never called back, such as 00; they go before `allowed`."
    )
    shortest: int = Field(default=3, ge=3, le=20, description="Fewest digits of a number that is called back.")
    longest: int = Field(default=20, ge=3, le=20, description="Most digits of such a number.")
    head_start_seconds: Annotated[float, Field(ge=0, le=86400)] = Field(
        default=0.0,
        description="Head start of calls that are promised a callback, from then on; 0: they keep their place. The largest that applies "
        "counts.",
    )
    confirm: bool = Field(
        default=False,
        description="Who answers must press 1 (prompt `callback_confirm`); an answering machine does not, and counts as not reached.",
    )

    @model_validator(mode="after")
    def _some_length(self) -> CallbackLine:
        if self.shortest > self.longest:
            raise ValueError("expected shortest not above longest: else nobody would be called back")
        return self
