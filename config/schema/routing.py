"""Who takes which call: product lines, requirement steps, queues, segments, offers and agents, as written by the administrator."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from acd.plan import Strategy
from config.schema.need import Need
from config.schema.relief import AnnounceRow, CallbackRow, HoursRow, OverflowRow
from config.schema.words import AgentName, Label, LanguageName, LevelName, Name, PhoneNumber, Proficiency, QueueName, SkillName, Strict

Seconds = Annotated[float, Field(ge=0, le=86400)]
DEFAULT_PROFICIENCY = 3
"""What ``level: L2`` and a list of languages stand for."""


class ProductLine(Strict):
    """What calls are about."""

    label: dict[LanguageName, Label] = Field(description="The name people read, in each language.")
    spoken: dict[LanguageName, Label] = Field(
        default_factory=dict, description="The name in the middle of a spoken sentence, where that is not the label: `printer`."
    )
    also: tuple[Label, ...] = Field(
        default=(), description="Other words for it, in any language: engineers who look for who takes `plotter` find this line."
    )
    levels: tuple[LevelName, ...] = Field(default=("L1", "L2", "L3"), min_length=1, description="Levels that have a queue of this line.")


class StepRow(Strict):
    """One step of a requirement. The first one whose time is not over is in force."""

    name: Label = Field(description="Name for reports and explanations.")
    need: Need = Field(description="What the agent must have.")
    until_seconds: Annotated[float, Field(gt=0, le=86400)] | None = Field(
        default=None, description="The caller's wait, in seconds, up to which the step is in force. The last step, and only it, has none."
    )


class QueueRules(Strict):
    """How the calls of a queue are served."""

    steps: tuple[StepRow, ...] = Field(min_length=1, max_length=20, description="What the calls need, relaxing as the wait grows.")
    strategy: Strategy = Field(default=Strategy.LONGEST_IDLE, description="How to choose among the agents that may take the call.")
    wrap_up_seconds: Annotated[float, Field(ge=0, le=900)] = Field(default=30.0, description="Time for after-call work.")
    wrap_up_mandatory: bool = Field(default=False, description="True: only a disposition or the end of the time ends it.")
    service_level_seconds: Annotated[float, Field(gt=0, le=3600)] = Field(
        default=20.0, description="Answered within this counts as in time."
    )
    calendar: Name | None = Field(default=None, description="One of `calendars`; without it, the hotline's zone and `closed_days`.")
    hours: tuple[HoursRow, ...] = Field(default=(), max_length=50, description="When it is open; none: always.")
    overflow: tuple[OverflowRow, ...] = Field(default=(), max_length=20, description="Where calls go instead of waiting.")
    callback: CallbackRow | None = Field(default=None, description="When callers are offered a callback; without it, never.")
    survey: bool = Field(default=False, description="Callers are asked how it went when the engineer has hung up; see `survey`.")
    record: int = Field(default=0, ge=0, le=100, description="Share of its conversations that is recorded, in percent; see `recording`.")
    keep_days: int | None = Field(default=None, ge=1, le=3650, description="Days that its recordings are kept; else `recording.keep_days`.")
    announce: AnnounceRow | None = Field(default=None, description="What callers are told about their wait; without it, nothing.")
    comfort: tuple[Name, ...] = Field(
        default=("comfort",), min_length=1, max_length=10, description="Prompts said between stretches of music, in turn."
    )
    music: Name | None = Field(default=None, description="One of `music`; without it, the exchange's own.")


class QueueOverride(Strict):
    """What one queue does otherwise than the defaults say. What is not given here is as in the defaults."""

    steps: tuple[StepRow, ...] | None = Field(default=None, min_length=1, max_length=20, description="See queues.defaults.")
    strategy: Strategy | None = Field(default=None, description="See queues.defaults.")
    wrap_up_seconds: Annotated[float, Field(ge=0, le=900)] | None = Field(default=None, description="See queues.defaults.")
    wrap_up_mandatory: bool | None = Field(default=None, description="See queues.defaults.")
    service_level_seconds: Annotated[float, Field(gt=0, le=3600)] | None = Field(default=None, description="See queues.defaults.")
    calendar: Name | None = Field(default=None, description="See queues.defaults.")
    hours: tuple[HoursRow, ...] | None = Field(default=None, max_length=50, description="See queues.defaults; `[]`: always open.")
    overflow: tuple[OverflowRow, ...] | None = Field(default=None, max_length=20, description="See queues.defaults.")
    callback: CallbackRow | None = Field(default=None, description="See queues.defaults.")
    survey: bool | None = Field(default=None, description="See queues.defaults.")
    record: int | None = Field(default=None, ge=0, le=100, description="See queues.defaults.")
    keep_days: int | None = Field(default=None, ge=1, le=3650, description="See queues.defaults.")
    announce: AnnounceRow | None = Field(default=None, description="See queues.defaults; `{tell: nothing}`: nothing.")
    comfort: tuple[Name, ...] | None = Field(default=None, min_length=1, max_length=10, description="See queues.defaults.")
    music: Name | None = Field(default=None, description="See queues.defaults.")


class Queues(Strict):
    """Every product line has a queue per level; these are their rules."""

    defaults: QueueRules = Field(description="Rules of every queue.")
    overrides: dict[QueueName, QueueOverride] = Field(default_factory=dict, description="Differences of single queues, by queue id.")


class Segment(Strict):
    """A group of callers that is served differently."""

    label: Label = Field(description="Name that people read.")
    head_start_seconds: Seconds = Field(default=0.0, description="Seconds by which such a call is treated as having arrived earlier.")


class RonaRow(Strict):
    """What follows when an agent's side does not take an offered call."""

    retry_after_seconds: Seconds = Field(default=0.0, description="How long this agent is left alone after such a miss.")
    misses_to_not_ready: int = Field(default=1, ge=1, le=100, description="So many misses in a row of this cause make the agent not ready.")


class Offers(Strict):
    """How a call is offered to an agent."""

    ring_seconds: int = Field(default=12, ge=3, le=60, description="How long a phone rings; 12 is three rings.")
    answer_within_seconds: float = Field(
        default=12.0, ge=1, le=60, description="The three-rings rule: an offer should be answered within so long of the phone's ringing."
    )
    grace_seconds: float = Field(
        default=4.0, ge=1, le=30, description="Further wait for word from Asterisk before an offer counts as failed."
    )
    outside_ring_seconds: int = Field(
        default=45, ge=5, le=120, description="How long a telephone outside the house rings when an agent asks somebody there."
    )
    rona: dict[Literal["no_answer", "busy", "rejected", "unregistered", "phone_lost"], RonaRow] = Field(
        default_factory=dict, description="By cause, what a miss leads to."
    )


class AgentRow(Strict):
    """A person who takes calls."""

    name: Label = Field(description="Name that people read.")
    spoken: dict[LanguageName, Label] = Field(
        default_factory=dict, description="How his name is spoken, by language; without it, the name, or the id where the name is Chinese."
    )
    phone: PhoneNumber = Field(description="The phone he usually sits at.")
    auto_answer: bool = Field(
        default=False, description="At his usual phone, calls are taken without a hand: it is asked to answer at once (SIP Call-Info)."
    )
    team: Label = Field(default="", validate_default=False, description="Team, for reports.")
    level: LevelName | None = Field(default=None, description=f"His level, with proficiency {DEFAULT_PROFICIENCY}; or use `levels`.")
    levels: dict[LevelName, Proficiency] = Field(default_factory=dict, description="Levels with a proficiency (1-5) each.")
    products: dict[Name, Proficiency] = Field(default_factory=dict, description="Product lines with a proficiency (1-5) each.")
    languages: dict[LanguageName, Proficiency] = Field(default_factory=dict, description="Languages with a proficiency (1-5) each.")
    works: tuple[HoursRow, ...] = Field(
        default=(), description="His usual hours, in the hotline's zone; `hotline check` names the hours with nobody. Without: always."
    )
    skills: dict[SkillName, Proficiency] = Field(default_factory=dict, description="Further skills, `kind:value`, 1-5 each.")

    @model_validator(mode="after")
    def _one_way_of_levels(self) -> AgentRow:
        if self.level is not None and self.levels:
            raise ValueError("expected level or levels, not both")
        return self

    def proficiencies(self) -> dict[str, int]:
        """All skills by their full names, e.g. ``{"product:printers": 4, "level:L2": 3, "language:zh": 5}``."""
        levels = {self.level: DEFAULT_PROFICIENCY} if self.level else self.levels
        return {
            **{f"product:{line}": value for line, value in self.products.items()},
            **{f"level:{level}": value for level, value in levels.items()},
            **{f"language:{language}": value for language, value in self.languages.items()},
            **self.skills,
        }


Agents = dict[AgentName, AgentRow]
