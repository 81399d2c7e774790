"""What supervisors see and may do: from when on a figure is marked, and whether conversations can be listened to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from config.schema.words import Strict

Count = Annotated[int, Field(ge=1, le=100_000)]
LimitSeconds = Annotated[float, Field(ge=1, le=86_400)]
Share = Annotated[float, Field(ge=0, le=1)]


class CountLimits(Strict):
    """From which count on a figure is marked."""

    warn: Count = Field(default=3, description="From here on it is marked as a warning …")
    alarm: Count = Field(default=8, description="… and from here on as an alarm, which sounds.")

    @model_validator(mode="after")
    def _in_order(self) -> CountLimits:
        if self.alarm < self.warn:
            raise ValueError("expected alarm not below warn")
        return self


class TimeLimits(Strict):
    """From which duration on a figure is marked."""

    warn: LimitSeconds = Field(default=30.0, description="Seconds from which on it is marked as a warning …")
    alarm: LimitSeconds = Field(default=120.0, description="… and from which on as an alarm, which sounds.")

    @model_validator(mode="after")
    def _in_order(self) -> TimeLimits:
        if self.alarm < self.warn:
            raise ValueError("expected alarm not below warn")
        return self


class ShareLimits(Strict):
    """Below which share a figure is marked."""

    warn: Share = Field(default=0.8, description="Below this share it is marked as a warning …")
    alarm: Share = Field(default=0.6, description="… and below this one as an alarm, which sounds.")

    @model_validator(mode="after")
    def _in_order(self) -> ShareLimits:
        if self.alarm > self.warn:
            raise ValueError("expected alarm not above warn")
        return self


class Thresholds(Strict):
    """When the console and the wallboard mark a figure. Each queue is looked at by itself."""

    waiting: CountLimits = Field(default=CountLimits(), description="Callers who wait.")
    longest_wait_seconds: TimeLimits = Field(default=TimeLimits(), description="How long the first of them has waited.")
    expected_wait_seconds: TimeLimits = Field(
        default=TimeLimits(warn=60.0, alarm=300.0), description="What a caller who joins now has to expect."
    )
    service_level: ShareLimits = Field(default=ShareLimits(), description="Service level of the last half hour, by `service_level`.")
    talk_seconds: TimeLimits = Field(
        default=TimeLimits(warn=900.0, alarm=1800.0), description="How long an agent talks to one caller."
    )
    pause_seconds: TimeLimits = Field(default=TimeLimits(warn=900.0, alarm=2700.0), description="How long an agent is not ready.")


class OwnTargets(Strict):
    """What each agent aims at; his desk shows his own figures of the day against it."""

    within_three_rings: Share | None = Field(default=0.9, description="Share of the phones that rang, answered within three rings.")
    occupancy: Share | None = Field(default=None, description="Share of his time ready or in calls that is in calls.")
    first_call_resolution: Share | None = Field(default=0.8, description="Share of the matters that one call settled.")
    aht: LimitSeconds | None = Field(default=None, description="Handling time in seconds, at most.")
    handled: Count | None = Field(default=None, description="Conversations a day.")


class Supervision(Strict):
    """What supervisors see and may do."""

    listening: bool = Field(
        default=False,
        description="Supervisors may listen to conversations, whisper to the agent, and join in. Gives the engine's manager user the "
        "right to originate calls.",
    )
    service_level: Literal[
        "of_offered", "of_offered_without_short", "of_kept", "of_answered", "of_answered_and_late", "abandons_in_time_count_as_served"
    ] = Field(default="of_offered", description="The formula of the service level that is shown.")
    target: Share = Field(default=0.8, description="The service level that is aimed at; the charts show it.")
    own_targets: OwnTargets = Field(default=OwnTargets(), description="What each agent aims at.")
    thresholds: Thresholds = Field(default=Thresholds(), description="When a figure is marked.")
