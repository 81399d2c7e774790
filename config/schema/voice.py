"""What a caller meets: dialled numbers, menus, inputs, notices and their branches, as written by the administrator."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from config.schema.words import AgentName, Day, Key, Label, LanguageName, LevelName, Name, PromptOrValue, Strict

FactName = Literal["language", "product_line", "level", "urgent", "segment"]


class Facts(Strict):
    """What is known about a call."""

    language: LanguageName | None = Field(default=None, description="The caller's language.")
    product_line: Name | None = Field(default=None, description="What the call is about.")
    level: LevelName | None = Field(default=None, description="How deep it goes.")
    urgent: bool | None = Field(default=None, description="An emergency: gets the urgent head start.")
    segment: Name | None = Field(default=None, description="The caller's segment.")
    preferred_agent: AgentName | None = Field(default=None, description="The agent whom the first step may name.")
    callback: bool | None = Field(
        default=None, description="Unless an agent is free at once, the caller is called back; his queue must allow it."
    )


class EntryRow(Strict):
    """One dialled number."""

    label: Label = Field(description="Name that agents read: which number was dialled.")
    hints: Facts = Field(default=Facts(), description="What the number alone says; spares the caller the menus that ask for it.")
    welcome: Name | None = Field(default=None, description="Prompt said in place of `welcome`.")
    bypass: bool = Field(
        default=False, description="An engineer's direct number: who calls it would go round the hotline. Such calls are counted."
    )
    valid_from: Day | None = Field(default=None, description="First day on which it counts, in the hotline's time zone.")
    valid_to: Day | None = Field(default=None, description="Last day on which it counts.")
    outside: Name | None = Field(
        default=None,
        description="One of `destinations`, for who dials it on another day. Without it they meet the menu as on a number without a row.",
    )

    @model_validator(mode="after")
    def _days_in_order(self) -> EntryRow:
        if self.valid_from is not None and self.valid_to is not None and self.valid_from > self.valid_to:
            raise ValueError("expected valid_from not after valid_to")
        if self.outside is not None and self.valid_from is None and self.valid_to is None:
            raise ValueError("expected outside only with valid_from or valid_to")
        return self


class HandoverRow(Strict):
    """A short code that any employee transfers a caller to: it leads straight to a queue, without a menu."""

    product_line: Name = Field(description="What the caller's matter is about.")
    level: LevelName = Field(default="L1", description="The queue's level.")
    language: LanguageName | None = Field(default=None, description="The caller's language; without it, the one he was served in so far.")
    label: Label | None = Field(default=None, description="Name that agents read; without it, the queue's id.")


class BranchRow(Strict):
    """What a key, or silence, leads to. At most one of `next`, `to` and `do`; with none of them, the call is queued."""

    choice: Name = Field(description="Stable name for reports.")
    sets: Facts = Field(default=Facts(), description="What is known from now on.")
    next: Name | None = Field(default=None, description="The menu, input or notice that follows.")
    to: Name | None = Field(default=None, description="One of `destinations`: the caller leaves the menu for it.")
    do: Literal["repeat", "back"] | None = Field(default=None, description="Ask the same again, or go back to the question before.")
    solves: bool = Field(
        default=False, description="The caller says that this answered his question: he counts as served by the menu. Needs `to`."
    )

    @model_validator(mode="after")
    def _one_way(self) -> BranchRow:
        if sum(way is not None for way in (self.next, self.to, self.do)) > 1:
            raise ValueError("expected at most one of next, to, do")
        if self.solves and self.to is None:
            raise ValueError("expected a destination in `to`: whose question is answered leaves the menu")
        return self


class DefaultRow(BranchRow):
    """What comes of no valid key. Who says nothing is led on, never back or in a circle."""

    @model_validator(mode="after")
    def _onward(self) -> DefaultRow:
        if self.do is not None:
            raise ValueError("expected next, to or nothing: who keys nothing must not be asked for ever")
        return self


class TrialRow(Strict):
    """Another order of a menu, which a share of the callers hears; the same number always the same. Records tell the orders apart."""

    prompt: Name = Field(description="What is asked in the other order.")
    keys: dict[Key, Key] = Field(min_length=1, description="A key in the other order -> the key of `branches` whose place it takes.")
    share_percent: int = Field(default=50, ge=1, le=99, description="So many of a hundred callers hear the other order.")


class MenuRow(Strict):
    """One question."""

    prompt: Name = Field(description="What is asked.")
    asks: FactName | Annotated[tuple[FactName, ...], Field(min_length=1)] | None = Field(
        default=None,
        description="The fact it is about, or several: when one of them is known, the menu is passed over. Without it, it is always asked.",
    )
    branches: dict[Key, BranchRow] = Field(min_length=1, description="What each key (0-9, *, #) leads to.")
    default: DefaultRow = Field(description="Taken when no valid key came in `attempts` attempts.")
    attempts: int = Field(default=3, ge=1, le=5, description="How often it is asked.")
    timeout_seconds: float = Field(default=4.0, ge=1, le=30, description="Silence after the prompt that counts as no key.")
    trial: TrialRow | None = Field(default=None, description="Another order of the same branches, to see which one serves callers better.")


class InputRow(Strict):
    """A number that the caller keys: a case's, a device's. It goes with the call to the agent's card."""

    prompt: Name = Field(description="What is asked.")
    shortest: int = Field(ge=1, le=20, description="Fewest digits.")
    longest: int = Field(ge=1, le=20, description="Most digits; with the last of them, or with #, or after silence, it is complete.")
    check: Literal["luhn", "mod_11_10"] | None = Field(
        default=None, description="The rule that its last digit keeps: Luhn (ISO/IEC 7812-1) or MOD 11,10 (ISO/IEC 7064)."
    )
    confirm: bool = Field(default=True, description="It is read back, and counts when 1 is keyed then.")
    finds: Literal["customer", "case"] | None = Field(
        default=None,
        description=(
            "Looks the number up in `customers`: a customer's, a device's or a telephone number, or an open case's. Who has it is the "
            "call's customer. Who is recognised and has a single open case is not asked for its number."
        ),
    )
    found: Name | None = Field(default=None, description="The menu, input or notice that follows when the case is found.")
    next: Name | None = Field(default=None, description="The menu, input or notice that follows; without it, the call is queued.")
    default: DefaultRow = Field(description="Taken when no valid number came in `attempts` attempts.")
    attempts: int = Field(default=3, ge=1, le=5, description="How often it is asked.")
    timeout_seconds: float = Field(default=5.0, ge=1, le=30, description="Silence, before or after a digit, that ends the number.")

    @model_validator(mode="after")
    def _a_range(self) -> InputRow:
        if self.shortest > self.longest:
            raise ValueError("expected shortest not above longest")
        if self.found is not None and self.finds != "case":
            raise ValueError("expected found only with finds: case")
        return self


class NoticeRow(Strict):
    """Something the caller is told: the hours, the answer to a frequent question. A key cuts it short."""

    prompts: tuple[PromptOrValue, ...] = Field(
        min_length=1, max_length=10,
        description=(
            "What is said, in this order: prompts, and values in the words of the caller's language: `digits:case_number` and "
            "`number:copies` (what was keyed at these inputs), `date:2026-12-31`, `time:17:30`, `hours:printers.L1` (of today, or when it "
            "opens again), `case:status` (of the case that was found)."
        ),
    )
    next: Name | None = Field(default=None, description="The menu, input or notice that follows …")
    to: Name | None = Field(default=None, description="… or one of `destinations`; with neither, the call is queued.")

    @model_validator(mode="after")
    def _one_way(self) -> NoticeRow:
        if self.next is not None and self.to is not None:
            raise ValueError("expected at most one of next, to")
        return self


class DefaultFacts(Strict):
    """What holds unless the number or a key says otherwise: so every way through the menu ends in a queue."""

    language: LanguageName = Field(description="The language of the first prompts.")
    product_line: Name = Field(description="Where a caller goes who chooses nothing.")
    level: LevelName = Field(default="L1", description="The level of a caller who chooses nothing.")


class VoiceMenu(Strict):
    """How the menus hang together."""

    most_keys: int | None = Field(
        default=None, ge=0, le=20,
        description="From each dialled number, so many keys at most lead to each queue that is reached from it, in each language.",
    )

    start: Name = Field(description="The first menu, input or notice.")
    defaults: DefaultFacts = Field(description="What holds when nothing was said.")
    every_menu: dict[Key, BranchRow] = Field(
        default_factory=dict,
        description="Keys that every menu has besides its own, and every input when nothing else is keyed: 0 for an operator, * for back.",
    )
    unknown_number: EntryRow = Field(description="The row for a dialled number that `entries` does not have: nobody is turned away.")


class Hotline(Strict):
    """The hotline as a whole."""

    name: Label = Field(description="Name that people read.")
    time_zone: str = Field(description="Time zone of days and hours, such as Asia/Shanghai.")
