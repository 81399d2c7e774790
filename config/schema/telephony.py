"""The telephone side of the configuration: Asterisks, phones, destinations, survival, and the demo's ports.

Everything here ends in Asterisk's files or in a URL. It does not know how those files look.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from config.schema.words import (
    AnyNetwork,
    Dnis,
    Host,
    LanguageName,
    Name,
    Network,
    Origin,
    PhoneNumber,
    Port,
    SipUri,
    SoundPath,
    Spoken,
    Strict,
    exactly_one_of,
    shaped,
)

Codec = Literal["ulaw", "alaw", "g722", "opus"]
_CODECS: tuple[Codec, ...] = ("alaw", "ulaw")


DialString = Annotated[str, shaped(r"[A-Za-z]+/[A-Za-z0-9_.-]*\{phone\}", "a dial string that ends in {phone}, such as PJSIP/{phone}")]


class Secret(Strict):
    """A secret by where it is kept. The configuration never holds the secret itself."""

    env: Annotated[str, shaped(r"[A-Z][A-Z0-9_]{0,99}", "an environment variable's name such as HOTLINE_AMI_SECRET")] | None = Field(
        default=None, description="Name of the environment variable that holds the secret."
    )
    file: str | None = Field(
        default=None,
        min_length=1,
        description="File that holds the secret, mode 0600; a relative path starts at this configuration's folder.",
    )

    @model_validator(mode="after")
    def _one_place(self) -> Secret:
        exactly_one_of(self, "env", "file")
        return self


class Ami(Strict):
    """How the engine reaches an Asterisk's manager interface."""

    host: Host = Field(default="127.0.0.1", description="Where Asterisk listens for the manager interface.")
    port: Port = Field(default=5038, description="Its TCP port.")
    username: Name = Field(default="hotline", description="The manager user; rendered into manager.conf.")
    secret: Secret = Field(description="The manager user's secret, by place.")
    permit: tuple[Network, ...] = Field(
        default=("127.0.0.1",), min_length=1, description="Addresses that may log in as this user; all others are refused."
    )


class FastAgi(Strict):
    """Where the engine serves voice menus, and Asterisk connects to."""

    host: Host = Field(default="127.0.0.1", description="Address the engine listens on and Asterisk connects to.")
    port: Port = Field(default=4573, description="Its TCP port.")


class Trunk(Strict):
    """Where calls come from: a provider's line or a gateway."""

    match: tuple[Network, ...] = Field(min_length=1, description="Addresses whose calls belong to this trunk.")
    contact: SipUri | None = Field(
        default=None, description="Where calls out of the house are sent; without it the trunk only takes calls in."
    )
    codecs: tuple[Codec, ...] = Field(default=_CODECS, min_length=1, description="Codecs in order of preference.")


class Exchange(Strict):
    """One Asterisk."""

    ami: Ami = Field(description="The manager interface.")
    fastagi: FastAgi = Field(default=FastAgi(), description="The voice menu's server.")
    dial: DialString = Field(default="PJSIP/{phone}", description="How an agent's phone is dialled; its device has the same name.")
    trunks: dict[Name, Trunk] = Field(default_factory=dict, description="Trunks rendered into pjsip.conf, by name.")
    music: SoundPath = Field(
        default="moh", description="Folder with music for waiting callers; a relative one starts at Asterisk's data folder."
    )


class Phone(Strict):
    """A phone on an agent's desk. With neither key, the PBX knows the phone already (or the demo makes it)."""

    contact: SipUri | None = Field(default=None, description="The phone's fixed SIP address.")
    secret: Secret | None = Field(default=None, description="The password the phone registers with, by place.")
    codecs: tuple[Codec, ...] = Field(default=_CODECS, min_length=1, description="Codecs in order of preference.")
    qualify_seconds: int = Field(default=30, ge=0, le=3600, description="How often Asterisk asks whether the phone is there; 0: never.")

    @model_validator(mode="after")
    def _one_way(self) -> Phone:
        if self.contact is not None and self.secret is not None:
            raise ValueError("expected contact or secret, not both: a phone registers or has a fixed address")
        return self


class Destination(Strict):
    """Where a call can be sent out of the queue. Exactly one of the keys."""

    say: Name | None = Field(default=None, description="Prompt to say; then the call ends.")
    tells_opening: bool = Field(default=False, description="With `say`: then, when the queue opens again, if that is within a week.")
    voicemail: Annotated[str, shaped(r"[0-9]{1,15}@[a-z][a-z0-9_]{0,39}", "a mailbox such as 100@default")] | None = Field(
        default=None, description="Mailbox that takes a message."
    )
    greeting: Name | None = Field(
        default=None, description="With `voicemail`: prompt that asks for the message, in place of the mailbox's own greeting."
    )
    dial: Dnis | None = Field(default=None, description="Number to call out through `trunk`.")
    trunk: Name | None = Field(default=None, description="Trunk for `dial`.")

    @model_validator(mode="after")
    def _one_kind(self) -> Destination:
        exactly_one_of(self, "say", "voicemail", "dial")
        if self.greeting is not None and self.voicemail is None:
            raise ValueError("expected greeting only with voicemail")
        if (self.dial is None) != (self.trunk is None):
            raise ValueError("expected dial and trunk together")
        if self.tells_opening and self.say is None:
            raise ValueError("expected tells_opening only with say")
        return self


class Waiting(Strict):
    """What a waiting caller hears."""

    music_seconds: int = Field(
        default=10, ge=5, le=60, description="Length of a stretch of music; the heartbeat is looked at between them."
    )
    comfort_every: int = Field(default=3, ge=1, le=30, description="Stretches of music between two comforting announcements.")
    menu_limit_seconds: int = Field(
        default=180, ge=30, le=1800, description="The longest a caller may be in the menu: a frozen engine keeps nobody longer than this."
    )


class Survey(Strict):
    """What callers are asked when the engineer has hung up, in the queues whose rules say so."""

    comment_seconds: int = Field(default=60, ge=0, le=300, description="Longest comment that is recorded; 0: nobody is asked for one.")
    returns_within_days: int = Field(
        default=7, ge=1, le=90, description="Who calls about the same product line again within so many days was not helped the first time."
    )


class Recording(Strict):
    """How conversations are recorded, in the queues whose rules say so. Each caller is told before, once, and may refuse by a key."""

    refuse_key: Annotated[str, shaped(r"[0-9]", "a key from 0 to 9")] = Field(
        default="9", description="Who presses it while he is told, or within two seconds, is not recorded. The prompt must name it."
    )
    folder: SoundPath = Field(
        default="/var/spool/asterisk/hotline/recordings",
        description="Where the engine finds the files: `hotline/recordings` in Asterisk's spool, perhaps mounted from another machine.",
    )
    keep_days: int = Field(
        default=90, ge=1, le=3650,
        description="Whole days, by their queue's clock, that they are kept; the engine deletes older ones at three by the hotline's.",
    )


class Survival(Strict):
    """What Asterisk does by itself while the engine does not answer."""

    heartbeat_seconds: int = Field(default=20, ge=10, le=300, description="Age of the engine's heartbeat above which it counts as gone.")
    ring_seconds: int = Field(default=15, ge=5, le=60, description="How long each phone rings before the next one is tried.")
    announce_seconds: int = Field(default=30, ge=15, le=600, description="Seconds between two comforting announcements.")
    strategy: Literal["rrmemory", "leastrecent", "fewestcalls", "random", "ringall"] = Field(
        default="rrmemory", description="Asterisk's queue strategy."
    )


class Demo(Strict):
    """Ports of the demo on this machine, where an Asterisk, phones and callers are simulated."""

    sip_port: Port = Field(default=5060, description="UDP port of the demo's Asterisk; the simulated trunk calls it.")
    trunk_port: Port = Field(default=5080, description="First UDP port of the simulated callers.")
    phones_port: Port = Field(default=5100, description="UDP port of the first simulated phone; each further phone has the next one.")
    rtp_first_port: Port = Field(default=20000, description="First UDP port for the demo Asterisk's voice.")
    rtp_last_port: Port = Field(default=24999, description="Last UDP port for the demo Asterisk's voice.")


UserRole = Literal["agent", "supervisor", "quality", "admin"]


class Web(Strict):
    """Where the desk and the console are served."""

    host: Host = Field(default="127.0.0.1", description="Address to listen on.")
    port: Port = Field(default=8080, description="TCP port.")
    trusted_proxies: tuple[AnyNetwork, ...] = Field(
        default=(), max_length=20,
        description="Addresses or networks of proxies in front, whose `X-Forwarded-For` is believed; without them, all who come through a "
        "proxy look alike, and share their tries of passwords.",
    )  # fmt: skip
    origins: tuple[Origin, ...] = Field(
        default=(), max_length=20,
        description="Sites whose pages may ask besides the hotline's own, such as a proxy that changes the `Host` header; all others are "
        "refused.",
    )  # fmt: skip
    idle_minutes: Annotated[float, Field(ge=1, le=720)] = Field(
        default=60.0, description="Who has no page open and asks for nothing for so long is signed out."
    )
    numbers_seen_by: tuple[UserRole, ...] = Field(
        default=("agent", "supervisor", "admin"), description="Roles that see callers' numbers in full; the others see `138****8000`."
    )
    recordings_heard_by: tuple[UserRole, ...] = Field(
        default=("supervisor", "quality", "admin"), description="Roles that may listen to recordings."
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _real_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            try:
                ip_network(network, strict=False)
            except ValueError as reason:
                raise ValueError(f"expected IP addresses or networks: {reason}") from None
        return networks


Prompts = dict[Name, dict[LanguageName, Spoken]]
Phones = dict[PhoneNumber, Phone]
