"""The one configuration file as types: what may stand in ``hotline.yaml``, with each field's meaning, unit and default.

Decides shape and alphabet of every single value. It does not know whether the values fit together (``config.references``) or
make a good hotline (``config.check``), nor does it read files.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PrivateAttr, field_validator

from config.schema.codes import FeatureCodes
from config.schema.customers import CustomersRow, HttpCustomers, SqlCustomers
from config.schema.need import Combination, Need
from config.schema.outside import OutsideNumbers
from config.schema.pop import PopUrl, ScreenPopRow, Webhook
from config.schema.quality import Quality
from config.schema.relief import AnnounceRow, CalendarRow, CallbackLine, CallbackRow, HoursRow, OverflowRow
from config.schema.routing import (
    AgentRow,
    Agents,
    Offers,
    ProductLine,
    QueueOverride,
    QueueRules,
    Queues,
    RonaRow,
    Seconds,
    Segment,
    StepRow,
)
from config.schema.source import Path, Problem, Severity, Source
from config.schema.supervision import Supervision
from config.schema.telephony import (
    Ami,
    Demo,
    Destination,
    Exchange,
    FastAgi,
    Phone,
    Phones,
    Prompts,
    Recording,
    Secret,
    Survey,
    Survival,
    Trunk,
    Waiting,
    Web,
)
from config.schema.voice import (
    BranchRow,
    DefaultFacts,
    DefaultRow,
    EntryRow,
    Facts,
    HandoverRow,
    Hotline,
    InputRow,
    MenuRow,
    NoticeRow,
    TrialRow,
    VoiceMenu,
)
from config.schema.words import Day, Dnis, ExchangeName, LanguageName, Name, ShortCode, SoundPath, Strict, known_zone
from ivr.menu import CODE_DONE_PROMPTS, CODE_REFUSED_PROMPT, POSITION_PROMPT, WAIT_PROMPT

REQUIRED_PROMPTS = ("welcome", "invalid", "missing", "connecting", "comfort")
"""Said by the menu (the first three; see ``ivr.menu``), and in hold: ``connecting`` at its begin, ``comfort`` now and then."""
CONFIRM_PROMPTS = ("you_entered", "confirm_entry")
"""Said where a number that was keyed is read back: before it, and after it to ask whether it is right."""
RECORDING_PROMPT = "recording_notice"
"""Must be there when some queue records."""
SURVEY_PROMPTS = ("survey_score", "survey_solved", "survey_comment", "survey_thanks")
"""Said after a call where some queue asks how it went: keys 1 to 5, keys 1 and 2, the request for a spoken comment, the goodbye."""
INCIDENT_PROMPTS = ("incident_key", "incident_noted")
"""Said where there are texts for incidents: after one, that 1 is the key for being told when it is solved; and to who pressed it."""
SOLVED_PROMPT = "incident_solved"
"""Said to who is rung because his incident is solved, once for each product line: ``{product_line}`` stands for its spoken name."""
HANDOVER_PROMPT = "handover_now"
"""Said to an employee who dials a short code of `handovers` himself: that he may transfer his caller now."""
CODE_PROMPTS = (*dict.fromkeys(CODE_DONE_PROMPTS.values()), CODE_REFUSED_PROMPT)
"""Said to agents who dial a feature code."""
CALLBACK_PROMPTS = ("callback_offer", "callback_promised", "callback_greeting")
"""Said where callbacks are made: in hold in place of ``comfort``, to who pressed 1, and to the customer when he has answered."""
CALLBACK_KEY_PROMPT = "callback_confirm"
"""Asks who answered a callback to press 1."""
WHEN_OPEN_PROMPT = "callback_when_open"
"""Said to callers of a closed queue who are promised a callback."""


NUMBER = "{number}"
NUMBERED_PROMPTS = {"position": POSITION_PROMPT, "wait": WAIT_PROMPT}
"""What a queue tells -> the prompt in whose text ``{number}`` stands for the number. A prompt ``queue_wait_1`` of its own goes before."""
RETURNING_PROMPTS = ("continue_case",)
"""Said to returning callers, once for each product line: ``{product_line}`` in the text stands for its spoken name."""
ASK_NUMBER_PROMPTS = ("ask_number",)
"""Said to callers whose number nobody has, where they are asked for another one."""


class HotlineRow(Hotline):
    """The hotline as a whole, its time zone checked against the system's zones."""

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        return known_zone(name)


class Config(Strict):
    """The whole configuration. Load it with ``config.loader.load``."""

    hotline: HotlineRow = Field(description="Name and time zone.")
    exchanges: dict[ExchangeName, Exchange] = Field(min_length=1, description="The Asterisks, by name.")
    web: Web = Field(default=Web(), description="Where desk and console are served.")
    languages: tuple[LanguageName, ...] = Field(min_length=1, description="Languages the hotline speaks; each prompt is needed in each.")
    prompts: Prompts = Field(description="What is said: name -> language -> text. Recordings of the same name win over the text.")
    entries: dict[Dnis, EntryRow] = Field(min_length=1, description="Dialled numbers.")
    handovers: dict[ShortCode, HandoverRow] = Field(
        default_factory=dict, description="Short codes by which any employee hands a caller to a queue; `hotline handover` lists them."
    )
    feature_codes: FeatureCodes | None = Field(
        default=None, description="What agents can dial at their phones instead of using the page; without it, nothing."
    )
    voice_menu: VoiceMenu = Field(description="How the menus hang together.")
    menus: dict[Name, MenuRow] = Field(min_length=1, description="The menus, by name.")
    inputs: dict[Name, InputRow] = Field(default_factory=dict, description="Numbers that callers key, by name.")
    notices: dict[Name, NoticeRow] = Field(default_factory=dict, description="What callers are told on their way, by name.")
    product_lines: dict[Name, ProductLine] = Field(min_length=1, description="Product lines, by name.")
    queues: Queues = Field(description="Rules of the queues (product line x level).")
    customers: CustomersRow | None = Field(default=None, description="How callers are recognised; without it, nobody is.")
    screen_pop: ScreenPopRow = Field(
        default=ScreenPopRow(), description="Who besides the agent's page is told of a call that is coming."
    )
    segments: dict[Name, Segment] = Field(description="Groups of callers, by name; `standard` is everybody else.")
    urgent_head_start_seconds: Seconds = Field(default=0.0, description="Head start of urgent calls; the largest that applies counts.")
    returning_head_start_seconds: Seconds = Field(
        default=0.0, description="Head start of callers who go on with an open case; the largest that applies counts."
    )
    offers: Offers = Field(default=Offers(), description="Ringing, and what follows when it is not answered.")
    closed_days: tuple[Day, ...] = Field(default=(), max_length=400, description="Days on which queues that have hours are closed.")
    calendars: dict[Name, CalendarRow] = Field(
        default_factory=dict, max_length=50, description="Clocks, holidays and special days that queues' hours go by, by name."
    )
    callbacks: CallbackLine | None = Field(default=None, description="How customers are called back; without it, nobody is.")
    outside_numbers: OutsideNumbers | None = Field(
        default=None,
        description="Numbers that agents may key to ask somebody there, or to hand a call on; without it, only `destinations` are dialled.",
    )
    incident_texts: tuple[Name, ...] = Field(
        default=(), max_length=20, description="Prompts of which a supervisor chooses one when a product line has an incident."
    )
    personal_wait_seconds: Seconds = Field(
        default=60.0, description="So long a call that was handed to a certain agent waits for him alone, if he is logged in."
    )
    ghost_after_seconds: Annotated[float, Field(ge=10, le=86400)] = Field(
        default=300.0, description="A ready agent whose phone and desk are both away for so long becomes not ready."
    )
    short_abandon_seconds: Seconds = Field(
        default=5.0, description="Who leaves the queue within this could not have been answered: a short abandon."
    )
    not_ready_reasons: tuple[Name, ...] = Field(
        default=("break", "lunch", "training", "meeting", "back_office"), min_length=1, description="Reasons an agent can give for a pause."
    )
    dispositions: tuple[Name, ...] = Field(
        default=("solved", "callback", "dispatched", "escalated", "wrong_number"), min_length=1, description="What can become of a call."
    )
    agents: Agents = Field(min_length=1, description="Agents, by id.")
    phones: Phones = Field(min_length=1, description="Agents' phones, by extension.")
    destinations: dict[Name, Destination] = Field(default_factory=dict, description="Where calls can be sent out of the queue, by name.")
    waiting: Waiting = Field(default=Waiting(), description="What a waiting caller hears.")
    music: dict[Name, SoundPath] = Field(
        default_factory=dict, description="Other music for queues, by name: folders; a relative one starts at Asterisk's data folder."
    )
    survival: Survival = Field(default=Survival(), description="What Asterisk does by itself while the engine does not answer.")
    recording: Recording = Field(default=Recording(), description="How conversations are recorded; which ones, the queues say.")
    survey: Survey = Field(default=Survey(), description="What is asked after a call, and what counts as solved by the first one.")
    quality: Quality | None = Field(default=None, description="How conversations are scored; without it, they are not.")
    supervision: Supervision = Field(default=Supervision(), description="What supervisors see and may do.")
    demo: Demo = Field(default=Demo(), description="Ports of the demo.")

    _source: Source | None = PrivateAttr(None)

    @property
    def source(self) -> Source | None:
        """The file it was read from, with lines; None for one that was made otherwise."""
        return self._source

    def from_source(self, source: Source) -> Config:
        """The same configuration, knowing where it was read."""
        copy = self.model_copy()
        copy._source = source
        return copy


__all__ = [
    "ASK_NUMBER_PROMPTS",
    "CALLBACK_KEY_PROMPT",
    "CALLBACK_PROMPTS",
    "CODE_PROMPTS",
    "CONFIRM_PROMPTS",
    "HANDOVER_PROMPT",
    "INCIDENT_PROMPTS",
    "NUMBER",
    "NUMBERED_PROMPTS",
    "RECORDING_PROMPT",
    "REQUIRED_PROMPTS",
    "RETURNING_PROMPTS",
    "SOLVED_PROMPT",
    "SURVEY_PROMPTS",
    "WHEN_OPEN_PROMPT",
    "AgentRow",
    "Agents",
    "Ami",
    "AnnounceRow",
    "BranchRow",
    "CalendarRow",
    "CallbackLine",
    "CallbackRow",
    "Combination",
    "Config",
    "CustomersRow",
    "DefaultFacts",
    "DefaultRow",
    "Demo",
    "Destination",
    "EntryRow",
    "Exchange",
    "Facts",
    "FastAgi",
    "FeatureCodes",
    "HandoverRow",
    "HotlineRow",
    "HoursRow",
    "HttpCustomers",
    "InputRow",
    "MenuRow",
    "Need",
    "NoticeRow",
    "Offers",
    "OutsideNumbers",
    "OverflowRow",
    "Path",
    "Phone",
    "Phones",
    "PopUrl",
    "Problem",
    "ProductLine",
    "Prompts",
    "Quality",
    "QueueOverride",
    "QueueRules",
    "Queues",
    "RonaRow",
    "ScreenPopRow",
    "Secret",
    "Segment",
    "Severity",
    "Source",
    "SqlCustomers",
    "StepRow",
    "Supervision",
    "Survey",
    "Survival",
    "TrialRow",
    "Trunk",
    "VoiceMenu",
    "Waiting",
    "Web",
    "Webhook",
]
