"""A small telephone exchange to record from: one Asterisk, and SIP phones and callers played by sipp.

Decides how they are configured, started and stopped. It knows nothing of the engine; the dialplan has only the names of the
engine's contexts, so that what is recorded looks as it does in production.
"""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hotline.runtime import find_runtime

LOCAL = "127.0.0.1"

EXTENSIONS = """\
[hotline-entry]
exten => _X.,1,Answer()
 same => n,Set(HOTLINE_QUEUE=printers.L2)
 same => n,Goto(hotline-hold,${HOTLINE_QUEUE},1)

[hotline-hold]
exten => _[a-z][a-z0-9]!,1,Wait(3600)

[hotline-connect]
exten => _X.,1,Dial(PJSIP/${EXTEN},3,g)
 same => n,GotoIf($["${DIALSTATUS}" = "ANSWER"]?hotline-after,s,1)
 same => n,UserEvent(HotlineMissed,Status: ${DIALSTATUS})
 same => n,Goto(hotline-hold,${HOTLINE_QUEUE},1)
exten => both,1,Dial(PJSIP/1001&PJSIP/1003,3,g)

[hotline-callback]
exten => s,1,UserEvent(HotlineCalledBack,Attempt: ${HOTLINE_ATTEMPT})
 same => n,ExecIf($["${HOTLINE_AGENT}" != ""]?Bridge(${HOTLINE_AGENT}))
 same => n,GotoIf($["${HOTLINE_AGENT}" != ""]?hotline-after,s,1)
 same => n,Goto(hotline-hold,${HOTLINE_QUEUE},1)

[hotline-agent]
exten => s,1,Wait(60)

[hotline-after]
exten => s,1,Hangup()

[hotline-survival]
exten => _[0-9s]!,1,UserEvent(HotlineDiverted,Destination: survival)
 same => n,Wait(3600)

[hotline-out]
exten => closed,1,Wait(3600)
exten => i,1,Goto(hotline-survival,s,1)
"""

TRUNK = """\
[transport]
type = transport
protocol = udp
bind = {local}:{sip_port}

[global]
type = global
endpoint_identifier_order = username,ip

[trunk]
type = endpoint
context = hotline-entry
allow = !all,alaw
direct_media = no
aors =
[trunk]
type = identify
endpoint = trunk
match = {local}
"""

PHONE = """
[{name}]
type = endpoint
context = phones
allow = !all,alaw
direct_media = no
aors = {name}
[{name}]
type = aor
max_contacts = 1
qualify_frequency = {qualify}
qualify_timeout = 1
"""

MANAGER = """\
[general]
enabled = yes
bindaddr = {local}
port = {ami_port}

[{user}]
secret = {secret}
deny = 0.0.0.0/0.0.0.0
permit = {local}/255.255.255.255
read = {read}
write = {write}
"""

UAS_START = """\
<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="phone">
  <recv request="INVITE">
    <action><ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="cseq"/></action>
  </recv>
"""

REPLY = """\
  <send><![CDATA[
SIP/2.0 {status}
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
CSeq: [$cseq] INVITE
Contact: <sip:phone@[local_ip]:[local_port]>
{body}]]></send>
"""

SDP = """\
Content-Type: application/sdp
Content-Length: [len]

v=0
o=phone 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 6000 RTP/AVP 8
a=rtpmap:8 PCMA/8000
"""

NO_BODY = "Content-Length: 0\n\n"

OK_TO_LAST = """\
  <send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
"""

RECEIVE_BYE = '  <recv request="BYE"/>\n' + OK_TO_LAST

SEND_BYE = """\
  <send retrans="500"><![CDATA[
BYE sip:asterisk@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: [$from]
To: [$to]
[last_Call-ID:]
CSeq: 1 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200"/>
"""

INVITE = """\
<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="caller">
  <send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: {name} <sip:13900000001@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:caller@[local_ip]:[local_port]>
Max-Forwards: 70
""" + SDP + """\
]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" rrs="true"/>
  <send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: {name} <sip:13900000001@[local_ip]:[local_port]>;tag=[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
"""

CALLER_BYE = """\
  <pause milliseconds="{talk_ms}"/>
  <send retrans="500"><![CDATA[
BYE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: {name} <sip:13900000001@[local_ip]:[local_port]>;tag=[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200"/>
"""

REGISTER = """\
<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="registration">
  <send retrans="500"><![CDATA[
REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[service]@[remote_ip]>;tag=[call_number]
To: <sip:[service]@[remote_ip]>
Call-ID: [call_id]
CSeq: 1 REGISTER
Contact: <sip:[service]@[local_ip]:{contact_port}>;expires={expires}
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200"/>
</scenario>
"""

END = "</scenario>\n"


def answers(after_ms: int = 200, hangs_up_after_ms: int | None = None) -> str:
    """A phone that rings, answers, and waits for the other side's BYE, or sends its own."""
    remember = (
        '<action><ereg regexp=".*" search_in="hdr" header="From:" assign_to="to"/>'
        '<ereg regexp=".*" search_in="hdr" header="To:" assign_to="from"/></action>'
    )
    ending = RECEIVE_BYE if hangs_up_after_ms is None else f'  <pause milliseconds="{hangs_up_after_ms}"/>\n{SEND_BYE}'
    acknowledged = '  <recv request="ACK"/>\n' if hangs_up_after_ms is None else f'  <recv request="ACK">{remember}</recv>\n'
    return (
        UAS_START + REPLY.format(status="180 Ringing", body=NO_BODY) + f'  <pause milliseconds="{after_ms}"/>\n'
        + REPLY.format(status="200 OK", body=SDP) + acknowledged + ending + END
    )  # fmt: skip


def rings_for_ever() -> str:
    """A phone that rings until the caller's side cancels."""
    return (
        UAS_START + REPLY.format(status="180 Ringing", body=NO_BODY) + '  <recv request="CANCEL"/>\n' + OK_TO_LAST
        + REPLY.format(status="487 Request Terminated", body=NO_BODY) + '  <recv request="ACK"/>\n' + END
    )  # fmt: skip


def refuses(status: str) -> str:
    """A phone that rings for a moment and then answers with an error."""
    return (
        UAS_START + REPLY.format(status="180 Ringing", body=NO_BODY) + '  <pause milliseconds="100"/>\n'
        + REPLY.format(status=status, body=NO_BODY) + '  <recv request="ACK"/>\n' + END
    )  # fmt: skip


def calls(talk_ms: int | None, name: str = "Caller") -> str:
    """A caller who hangs up after ``talk_ms``, or waits for ever to be hung up."""
    ending = RECEIVE_BYE if talk_ms is None else CALLER_BYE.format(talk_ms=talk_ms, name=name)
    return INVITE.format(name=name) + ending + END


@dataclass
class Rig:
    """The running exchange. Everything is below ``folder`` and on free ports of the loopback interface."""

    folder: Path
    asterisk: str
    """The command that runs Asterisk (18 or later), with arguments if it needs any."""
    modules: Path | None = None
    data: Path | None = None
    user: str = "hotline"
    secret: str = "recorded"
    read: str = "all"
    write: str = "all"
    filters: tuple[str, ...] = ()
    sip_port: int = 0
    ami_port: int = 0
    phones: dict[str, int] = field(default_factory=dict)
    """Phone -> the UDP port its sipp listens on."""
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sip_port = self.sip_port or free_port(socket.SOCK_DGRAM)
        self.ami_port = self.ami_port or free_port(socket.SOCK_STREAM)

    # ---- the exchange -------------------------------------------------------------------------------------------------

    def configure(self, phones: Iterable[str], absent: Iterable[str] = (), dead: Iterable[str] = (), watched: Iterable[str] = ()) -> None:
        """Write Asterisk's files. ``absent`` phones never registered, ``dead`` ones have a contact at which nobody listens,
        ``watched`` ones (of either kind) are qualified every second."""
        watched = set(watched)
        pjsip = TRUNK.format(local=LOCAL, sip_port=self.sip_port)
        for name in (*phones, *absent, *dead):
            pjsip += PHONE.format(name=name, qualify=1 if name in watched else 0)
            if name not in absent:
                self.phones[name] = free_port(socket.SOCK_DGRAM)
                pjsip += f"contact = sip:{name}@{LOCAL}:{self.phones[name]}\n"
        manager = MANAGER.format(
            local=LOCAL, ami_port=self.ami_port, user=self.user, secret=self.secret, read=self.read, write=self.write
        ) + "".join(f"eventfilter(name({name})) =\n" for name in self.filters)
        self._write("asterisk.conf", self._directories())
        self._write("modules.conf", "[modules]\nautoload = yes\nnoload => chan_iax2.so\nnoload => res_phoneprov.so\nnoload => res_hep.so\n")
        self._write("logger.conf", "[logfiles]\nfull => notice,warning,error,verbose\n")
        self._write("extensions.conf", EXTENSIONS)
        self._write("pjsip.conf", pjsip)
        self._write("manager.conf", manager)
        self._write("rtp.conf", "[general]\nrtpstart = 30000\nrtpend = 39999\n")

    def start(self) -> None:
        """Start Asterisk and return when it is ready."""
        self._asterisk = self._run([*shlex.split(self.asterisk), "-C", str(self.folder / "etc/asterisk.conf"), "-f"], "asterisk")
        wait_until(lambda: listens(self.ami_port), 30, "Asterisk's AMI port")
        wait_until(lambda: "fully booted" in self.console("core waitfullybooted"), 30, "Asterisk to boot")

    def restart(self) -> None:
        """Kill Asterisk, as a power cut would, and start it again."""
        self._asterisk.kill()
        self._asterisk.wait(5)
        self.start()

    def console(self, command: str) -> str:
        """What Asterisk's command line answers."""
        words = [*shlex.split(self.asterisk), "-C", str(self.folder / "etc/asterisk.conf"), "-rx", command]
        return subprocess.run(words, capture_output=True, text=True, timeout=30, check=False).stdout

    def stop(self) -> None:
        """Stop everything that this rig started."""
        for process in reversed(self.running):
            self.kill(process)
        self.running.clear()

    @staticmethod
    def kill(process: subprocess.Popen[bytes]) -> None:
        """End one process of this rig's and wait for it."""
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)

    # ---- phones and callers --------------------------------------------------------------------------------------------

    def phone(self, name: str, scenario: str) -> subprocess.Popen[bytes]:
        """Put a phone at its contact; it serves any number of calls until it is killed."""
        port = self.phones.setdefault(name, free_port(socket.SOCK_DGRAM))
        process = self._sipp(name, scenario, port, ["-aa", "-m", "1000"])
        wait_until(lambda: not udp_is_free(port), 5, f"phone {name}")
        return process

    def call(self, dnis: str, scenario: str) -> subprocess.Popen[bytes]:
        """Let a caller ring in."""
        return self._sipp(f"caller-{len(self.running)}", scenario, free_port(socket.SOCK_DGRAM), ["-m", "1", "-s", dnis])

    def register(self, name: str, expires: int = 60) -> None:
        """Let a phone register (or unregister, with ``expires`` 0) and return when it has."""
        port = self.phones.setdefault(name, free_port(socket.SOCK_DGRAM))
        scenario = REGISTER.format(contact_port=port, expires=expires)
        process = self._sipp(f"register-{len(self.running)}", scenario, free_port(socket.SOCK_DGRAM), ["-m", "1", "-s", name])
        if process.wait(10) != 0:
            raise RuntimeError(f"phone {name} could not register")

    def _sipp(self, name: str, scenario: str, port: int, more: list[str]) -> subprocess.Popen[bytes]:
        path = self._write(f"../{name}.xml", scenario)
        words = ["sipp", f"{LOCAL}:{self.sip_port}", "-i", LOCAL, "-p", str(port), "-sf", str(path), "-nostdin", *more]
        return self._run(words, name)

    # ---- files ---------------------------------------------------------------------------------------------------------

    def _run(self, words: list[str], name: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.out").open("wb") as out:
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=self.folder)
        self.running.append(process)
        return process

    def _write(self, name: str, text: str) -> Path:
        path = (self.folder / "etc" / name).resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def _directories(self) -> str:
        own = {"astetcdir": "etc", "astvarlibdir": "var", "astdbdir": "db", "astkeydir": "var"}
        own |= {"astspooldir": "spool", "astrundir": "run", "astlogdir": "log"}
        for name in own.values():
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        lines = [f"{key} => {self.folder / name}" for key, name in own.items()]
        lines += [f"astmoddir => {self.modules}"] if self.modules else []
        lines += [f"astdatadir => {self.data}"] if self.data else []
        return "[directories]\n" + "\n".join(lines) + "\n"


def free_port(kind: int) -> int:
    """A port of the loopback interface that nobody uses now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((LOCAL, 0))
        return int(probe.getsockname()[1])


def udp_is_free(port: int) -> bool:
    """Whether nobody listens at the UDP port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((LOCAL, port))
        except OSError:
            return False
        return True


def listens(port: int) -> bool:
    """Whether somebody takes TCP connections at the port."""
    with socket.socket() as probe:
        return probe.connect_ex((LOCAL, port)) == 0


def wait_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Poll until ``holds()``; TimeoutError names ``what`` was waited for."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        time.sleep(0.02)


def from_environment(folder: Path, **more: object) -> Rig:
    """A rig on the Asterisk that ``HOTLINE_ASTERISK`` names (with ``HOTLINE_ASTERISK_MODULES`` and ``HOTLINE_ASTERISK_DATA`` where its
    module and data directories are not the system's), else on the one that the product would use.
    """
    command = os.environ.get("HOTLINE_ASTERISK")
    if command is None:
        found = find_runtime()
        return Rig(folder, shlex.join(found.command), found.modules, found.data, **more)  # type: ignore[arg-type]  # the caller's keywords
    modules, data = os.environ.get("HOTLINE_ASTERISK_MODULES"), os.environ.get("HOTLINE_ASTERISK_DATA")
    return Rig(folder, command, Path(modules) if modules else None, Path(data) if data else None, **more)  # type: ignore[arg-type]
