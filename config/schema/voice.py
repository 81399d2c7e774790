"""What a caller meets: dialled numbers, menus and their branches, as written by the administrator."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from config.schema.words import AgentName, Key, Label, LanguageName, LevelName, Name, Strict

FactName = Literal["language", "product_line", "level", "urgent", "segment"]


class Facts(Strict):
    """What is known about a call."""

    language: LanguageName | None = Field(default=None, description="The caller's language.")
    product_line: Name | None = Field(default=None, description="What the call is about.")
    level: LevelName | None = Field(default=None, description="How deep it goes.")
    urgent: bool | None = Field(default=None, description="An emergency: gets the urgent head start.")
    segment: Name | None = Field(default=None, description="The caller's segment.")
    preferred_agent: AgentName | None = Field(default=None, description="The agent whom the first step may name.")


class EntryRow(Strict):
    """One dialled number."""

    label: Label = Field(description="Name that agents read: which number was dialled.")
    hints: Facts = Field(default=Facts(), description="What the number alone says; spares the caller the menus that ask for it.")
    welcome: Name | None = Field(default=None, description="Prompt said in place of `welcome`.")


class BranchRow(Strict):
    """What a key, or silence, leads to."""

    choice: Name = Field(description="Stable name for reports.")
    sets: Facts = Field(default=Facts(), description="What is known from now on.")
    next: Name | None = Field(default=None, description="The menu that follows; without it, the call is queued.")


class MenuRow(Strict):
    """One question."""

    prompt: Name = Field(description="What is asked.")
    asks: FactName = Field(description="The fact it is about: when that is known already, the menu is passed over.")
    branches: dict[Key, BranchRow] = Field(min_length=1, description="What each key (0-9, *, #) leads to.")
    default: BranchRow = Field(description="Taken when no valid key came in `attempts` attempts.")
    attempts: int = Field(default=3, ge=1, le=5, description="How often it is asked.")
    timeout_seconds: float = Field(default=4.0, ge=1, le=30, description="Silence after the prompt that counts as no key.")


class DefaultFacts(Strict):
    """What holds unless the number or a key says otherwise: so every way through the menu ends in a queue."""

    language: LanguageName = Field(description="The language of the first prompts.")
    product_line: Name = Field(description="Where a caller goes who chooses nothing.")
    level: LevelName = Field(default="L1", description="The level of a caller who chooses nothing.")


class VoiceMenu(Strict):
    """How the menus hang together."""

    start: Name = Field(description="The first menu.")
    defaults: DefaultFacts = Field(description="What holds when nothing was said.")
    unknown_number: EntryRow = Field(description="The row for a dialled number that `entries` does not have: nobody is turned away.")


class Hotline(Strict):
    """The hotline as a whole."""

    name: Label = Field(description="Name that people read.")
    time_zone: str = Field(description="Time zone of days and hours, such as Asia/Shanghai.")
