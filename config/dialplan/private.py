"""The files of a private Asterisk for demo, tests and benchmark, beside which nothing else runs on it.

Decides what such an Asterisk loads and listens on. The hotline's own files are the same as anywhere, included from a folder, the
way README.md tells an administrator to do it. Directories (asterisk.conf) are the starter's; see ``hotline.local_asterisk``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from config.schema import Config, Phone

FOLDER = "hotline"
INCLUDED = ("extensions.conf", "manager.conf", "pjsip.conf", "queues.conf", "musiconhold.conf")

MODULES = """
    pbx_config res_sorcery_config res_sorcery_memory res_sorcery_astdb res_timing_timerfd
    res_pjproject res_pjsip res_pjsip_session res_pjsip_sdp_rtp res_pjsip_caller_id res_pjsip_endpoint_identifier_ip
    res_pjsip_endpoint_identifier_user res_pjsip_authenticator_digest res_pjsip_outbound_authenticator_digest res_pjsip_registrar
    res_pjsip_dlg_options res_pjsip_dtmf_info res_pjsip_nat res_pjsip_rfc3326 res_pjsip_diversion res_pjsip_header_funcs
    res_pjsip_logger res_pjsip_refer res_pjsip_pubsub res_rtp_asterisk chan_pjsip
    bridge_simple bridge_native_rtp bridge_softmix bridge_holding bridge_builtin_features
    codec_ulaw codec_alaw codec_a_mu codec_g722 codec_gsm codec_resample
    format_wav format_pcm format_gsm format_sln res_musiconhold res_speech res_agi res_manager_devicestate res_clioriginate
    app_dial app_queue app_playback app_userevent app_stack app_exec app_read app_record app_echo app_verbose app_milliwatt
    res_mutestream app_voicemail app_mixmonitor app_chanspy app_bridgewait app_bridgeaddchan app_senddtmf
    func_callerid func_channel func_devstate func_dialplan func_env func_extstate func_global func_hangupcause func_logic
    func_math func_module func_pjsip_aor func_pjsip_contact func_pjsip_endpoint func_rand func_strings func_timeout func_uri
"""
"""What the hotline's own files need, and what tests and audits of it use; nothing that opens a port unasked."""



@dataclass(frozen=True, slots=True)
class Ports:
    """Ports on this machine for a private Asterisk and what surrounds it."""

    sip: int
    ami: int
    fastagi: int
    phones: int
    """UDP port of the first simulated phone; each further phone of the configuration has the next one."""
    rtp_first: int
    rtp_last: int


def configured_ports(config: Config, exchange: str) -> Ports:
    """The ports that the configuration itself names."""
    demo, row = config.demo, config.exchanges[exchange]
    return Ports(demo.sip_port, row.ami.port, row.fastagi.port, demo.phones_port, demo.rtp_first_port, demo.rtp_last_port)


def phone_ports(config: Config, ports: Ports) -> dict[str, int]:
    """The UDP port of each simulated phone: those that the configuration gives neither address nor password."""
    simulated = [name for name, phone in config.phones.items() if phone.contact is None and phone.secret is None]
    return {name: ports.phones + position for position, name in enumerate(simulated)}


def on_this_machine(config: Config, exchange: str, ports: Ports, *, qualify_seconds: int = 0) -> Config:
    """The configuration with one Asterisk only, everything on 127.0.0.1 at ``ports``, and an address for each simulated phone.

    The engine and the files must be made of the same one. ``qualify_seconds`` 0: simulated phones are not asked whether they
    are there.
    """
    row = config.exchanges[exchange]
    here = row.model_copy(
        update={
            "ami": row.ami.model_copy(update={"host": "127.0.0.1", "port": ports.ami, "permit": ("127.0.0.1",)}),
            "fastagi": row.fastagi.model_copy(update={"host": "127.0.0.1", "port": ports.fastagi}),
        }
    )
    phones = {name: _simulated(name, port, qualify_seconds) for name, port in phone_ports(config, ports).items()}
    return config.model_copy(update={"exchanges": {exchange: here}, "phones": {**config.phones, **phones}})


def _simulated(name: str, port: int, qualify_seconds: int) -> Phone:
    return Phone(contact=f"sip:{name}@127.0.0.1:{port}", qualify_seconds=qualify_seconds)


def surroundings(config: Config, ports: Ports) -> Mapping[str, str]:
    """All of a private Asterisk's files but the hotline's own, which they include, and asterisk.conf."""
    return {
        "modules.conf": _modules(),
        "logger.conf": "[general]\ndateformat = %F %T.%3q\n[logfiles]\nfull => notice,warning,error,verbose(3)\n",
        "extensions.conf": _including("extensions.conf", "[general]\nstatic = yes\nwriteprotect = yes\nclearglobalvars = no\n"),
        "manager.conf": _including("manager.conf", _manager(ports)),
        "queues.conf": _including("queues.conf", "[general]\npersistentmembers = no\nautofill = yes\n"),
        "musiconhold.conf": _including("musiconhold.conf", "[general]\n"),
        "pjsip.conf": _including("pjsip.conf", _transport(ports)),
        "rtp.conf": f"[general]\nrtpstart = {ports.rtp_first}\nrtpend = {ports.rtp_last}\n",
        "indications.conf": INDICATIONS,
        "voicemail.conf": _mailboxes(config),
        "cdr.conf": "[general]\nenable = no\n",
        "stasis.conf": "[declined_message_types]\n" + "".join(f"decline = {kind}\n" for kind in UNHEARD),
        **dict.fromkeys(EMPTY, "; nothing to say\n"),
    }


UNHEARD = ("agi_exec_start_type", "agi_exec_end_type", "ast_rtp_rtcp_sent_type", "ast_rtp_rtcp_received_type")
"""Messages that nobody on such an Asterisk listens to. As soon as one manager session is open, Asterisk writes each message out as an
event, and only then asks the session's filters. (Those that the manager subscribes to by name can't be declined: 22.10 does not start.)"""

NOBODYS_EVENTS = """
    VarSet Newexten Newstate Newchannel NewCallerid NewConnectedLine NewAccountCode DialState Hold Unhold SoftHangupRequest
    BridgeCreate BridgeEnter BridgeLeave BridgeDestroy LocalBridge DeviceStateChange ExtensionStatus PresenceStateChange ContactStatus
    MusicOnHoldStart MusicOnHoldStop DTMFBegin DTMFEnd HangupHandlerRun HangupHandlerPush ChannelTalkingStart ChannelTalkingStop
    RTCPSent RTCPReceived SuccessfulAuth ChallengeSent Cdr CEL QueueMemberStatus TestEvent
"""
"""Events that the engine's filters would drop one by one, after each had woken its session: here none is made. It saves Asterisk about a
tenth of a call's processor time. Only for an Asterisk that serves the hotline alone, for it holds for every manager user."""

EMPTY = (
    "acl.conf",
    "ccss.conf",
    "cel.conf",
    "features.conf",
    "http.conf",
    "pjproject.conf",
    "queuerules.conf",
    "udptl.conf",
)
"""Asterisk complains when one of these is missing, and is content when it says nothing."""

INDICATIONS = """[general]
country = cn
[cn]
description = China
ringcadence = 1000,4000
dial = 450
busy = 450/350,0/350
ring = 450/1000,0/4000
congestion = 450/700,0/700
callwaiting = 450/400,0/4000
dialrecall = 450
record = 950/400,0/10000
info = 450/100,0/100,450/100,0/100,450/100,0/100,450/400,0/400
"""
"""The tones of the Chinese network (ITU-T E.180 supplement 2), for what a caller hears while an agent's phone rings."""


def _modules() -> str:
    return "[modules]\nautoload = no\n" + "".join(f"load = {name}.so\n" for name in MODULES.split())


def _mailboxes(config: Config) -> str:
    """Every mailbox that the configuration names; a message is a file below the spool folder."""
    named = [row.voicemail.partition("@") for row in config.destinations.values() if row.voicemail is not None]
    contexts = {context: [box for box, _, its in named if its == context] for _, _, context in named}
    boxes = "".join(f"[{context}]\n" + "".join(f"{box} => ,Hotline\n" for box in numbers) for context, numbers in contexts.items())
    return f"[general]\nformat = wav\nmaxsecs = 180\nminsecs = 1\n{boxes}"


def _manager(ports: Ports) -> str:
    disabled = ",".join(NOBODYS_EVENTS.split())
    return f"[general]\nenabled = yes\nwebenabled = no\nbindaddr = 127.0.0.1\nport = {ports.ami}\ndisabledevents = {disabled}\n"


def _transport(ports: Ports) -> str:
    """Phones are known by their user name first: simulated phones and trunk share one address."""
    return (
        "[global]\ntype = global\nendpoint_identifier_order = username,ip\n"
        f"[transport-udp]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:{ports.sip}\n"
    )


def _including(name: str, text: str) -> str:
    return f'{text}#include "{FOLDER}/{name}"\n'
