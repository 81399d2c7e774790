"""Records what a real Asterisk says on AMI, one connection per scenario, into ``tests/transcripts/ami``.

    python -m tests.transcripts.record_ami [SCENARIO ...]

Needs sipp and an Asterisk of version 18 or later (22 for the event filters): the one that the product uses, or the command in
``HOTLINE_ASTERISK``, with its directories in ``HOTLINE_ASTERISK_MODULES`` and ``HOTLINE_ASTERISK_DATA``. It listens on free ports of the
loopback interface and uses no configuration of an installed Asterisk. The events are filtered as in production.
"""

from __future__ import annotations

import datetime
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from cti.translate import CALLBACK_PRIVILEGE, EVENTS, READ_PRIVILEGES, WRITE_PRIVILEGES
from tests.transcripts.rig import LOCAL, Rig, answers, calls, from_environment, refuses, rings_for_ever, wait_until

FOLDER = Path(__file__).parent / "ami"
ANSWERS, HANGS_UP, RINGS, BUSY, DECLINES, UNAVAILABLE, NOT_FOUND = "1001", "1002", "1003", "1004", "1005", "1006", "1007"
NEVER_REGISTERED, NOBODY_THERE, UNREACHABLE, OVERLOADED, COMES_AND_GOES = "1008", "1009", "1010", "1011", "1012"
NAME = '"\u738b\u5c0f\u660e \\"HQ\\", ${EXTEN} \U0001f600"'
"""A caller's name that is Chinese, quoted, comma'd, a dialplan expression and an emoji."""


class Connection:
    """An AMI connection that keeps every byte it gets."""

    def __init__(self, rig: Rig, secret: str | None = None) -> None:
        self.rig = rig
        self.bytes = b""
        self.actions = 0
        self.socket = socket.create_connection((LOCAL, rig.ami_port))
        self.socket.settimeout(0.02)
        self.act("Login", Username=rig.user, Secret=secret or rig.secret)

    def act(self, name: str, **fields: str) -> dict[str, str]:
        """Send an action; return its response, when it has come."""
        self.actions += 1
        lines = [f"Action: {name}", f"ActionID: {self.actions}", *(f"{key}: {value}" for key, value in fields.items())]
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
        return self.wait(Response=None, ActionID=str(self.actions))

    def originate(self, attempt: str, **fields: str) -> None:
        """Ring somebody, with the attempt's key as the action's id."""
        always = {"Context": "hotline-callback", "Exten": "s", "Priority": "1", "Timeout": "2000", "Async": "true"}
        lines = ["Action: Originate", f"ActionID: {attempt}", *(f"{key}: {value}" for key, value in {**always, **fields}.items())]
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")

    def ask(self, name: str) -> list[dict[str, str]]:
        """Send an action that is answered by a list; return its items, when it is complete."""
        number = self.act(name)["ActionID"]
        self.wait(EventList="Complete", ActionID=number)
        return [message for message in self.messages() if message.get("ActionID") == number and "Event" in message][:-1]

    def wait(self, **wanted: str | None) -> dict[str, str]:
        """The first message with these headers (None: any value), when it has come."""
        found: list[dict[str, str]] = []

        def look() -> bool:
            self.read()
            found[:] = [message for message in self.messages() if matches(message, wanted)]
            return bool(found)

        wait_until(look, 15, str(wanted))
        return found[0]

    def quiet(self, milliseconds: int = 300) -> None:
        """Read until nothing came for so long."""
        self.socket.settimeout(milliseconds / 1000)
        while self.read():
            pass
        self.socket.settimeout(0.02)

    def read(self) -> bool:
        try:
            data = self.socket.recv(65536)
        except TimeoutError:
            return False
        self.bytes += data
        return bool(data)

    def messages(self) -> list[dict[str, str]]:
        blocks = self.bytes.decode().split("\r\n\r\n")[:-1]
        return [dict(line.split(": ", 1) for line in reversed(block.split("\r\n")) if ": " in line) for block in blocks]

    # ---- a call --------------------------------------------------------------------------------------------------------

    def caller(self, talk_ms: int | None = None, name: str = "Caller") -> str:
        """Let somebody ring in; return the channel's Uniqueid when he is in hold."""
        known = {item["Uniqueid"] for item in other_look(self.rig)}
        self.rig.call("4001", calls(talk_ms, name))
        new: list[str] = []

        def look() -> bool:
            new[:] = [i["Uniqueid"] for i in other_look(self.rig) if i["Context"] == "hotline-hold" and i["Uniqueid"] not in known]
            return bool(new)

        wait_until(look, 10, "the caller in hold")
        return new[0]

    def redirect(self, uniqueid: str, context: str, exten: str) -> None:
        self.act("Redirect", Channel=uniqueid, Context=context, Exten=exten, Priority="1")

    def offer(self, uniqueid: str, phone: str) -> None:
        self.redirect(uniqueid, "hotline-connect", phone)

    def end(self, uniqueid: str) -> None:
        """Hang the caller up and read to the end."""
        self.act("Hangup", Channel=uniqueid, Cause="16")
        self.over(uniqueid)

    def over(self, uniqueid: str) -> None:
        self.wait(Event="Hangup", Uniqueid=uniqueid)
        self.quiet()


def matches(message: dict[str, str], wanted: dict[str, str | None]) -> bool:
    return all(key in message and value in (None, message[key]) for key, value in wanted.items())


def other_look(rig: Rig) -> list[dict[str, str]]:
    """The channels, asked for on a connection of its own, so that it doesn't show in the transcript."""
    look = Connection(rig)
    try:
        return look.ask("Status")
    finally:
        look.socket.close()


# ---- scenarios ---------------------------------------------------------------------------------------------------------------

Scenario = Callable[[Connection], None]


def missed(phone: str) -> Scenario:
    def scenario(on: Connection) -> None:
        caller = on.caller()
        on.offer(caller, phone)
        has_leg = phone not in (NEVER_REGISTERED, UNREACHABLE, "9999")
        on.wait(Event="Hangup", Linkedid=caller) if has_leg else on.wait(Event="UserEvent", Uniqueid=caller)
        on.quiet()
        on.end(caller)

    return scenario


def agent_hangs_up(on: Connection) -> None:
    caller = on.caller()
    on.offer(caller, HANGS_UP)
    on.over(caller)


def caller_hangs_up_in_talk(on: Connection) -> None:
    caller = on.caller(talk_ms=2000)
    on.offer(caller, ANSWERS)
    on.over(caller)


def caller_hangs_up_while_ringing(on: Connection) -> None:
    caller = on.caller(talk_ms=2000)
    on.offer(caller, RINGS)
    on.over(caller)


def caller_hangs_up_in_hold(on: Connection) -> None:
    on.over(on.caller(talk_ms=1500, name=NAME))


def answered_elsewhere(on: Connection) -> None:
    caller = on.caller(talk_ms=2500)
    on.offer(caller, "both")
    on.over(caller)


def taken_back(phone: str, when: dict[str, str]) -> Scenario:
    def scenario(on: Connection) -> None:
        caller = on.caller()
        on.offer(caller, phone)
        on.wait(**when)
        on.quiet()
        on.redirect(caller, "hotline-hold", "printers.L2")
        on.quiet()
        on.end(caller)

    return scenario


def sent(context: str, exten: str) -> Scenario:
    def scenario(on: Connection) -> None:
        caller = on.caller()
        on.redirect(caller, context, exten)
        on.quiet()
        on.end(caller)

    return scenario


def dropped_by_a_wrong_redirect(on: Connection) -> None:
    caller = on.caller()
    on.redirect(caller, "hotline-hold", "9")
    on.over(caller)


def phone_comes_and_goes(on: Connection) -> None:
    on.rig.register(COMES_AND_GOES)
    on.wait(Event="PeerStatus", PeerStatus="Reachable")
    on.rig.register(COMES_AND_GOES, expires=0)
    on.wait(Event="PeerStatus", PeerStatus="Unreachable")


def looked_at(on: Connection) -> None:
    in_hold, offered, talking, surviving, sent_out = (on.caller(name=NAME) for _ in range(5))
    on.redirect(surviving, "hotline-survival", "4001")
    on.redirect(sent_out, "hotline-out", "closed")
    on.offer(talking, ANSWERS)
    on.wait(Event="DialEnd", DialStatus="ANSWER")
    on.offer(offered, RINGS)
    on.wait(Event="DialBegin", DialString=RINGS)
    on.quiet(200)
    on.ask("Status")
    on.ask("DeviceStateList")
    for caller in (in_hold, offered, talking, surviving, sent_out):
        on.end(caller)


def refused(on: Connection) -> None:
    on.act("Redirect", Channel="1.1", Context="hotline-hold", Exten="printers.L2", Priority="1")
    on.act("Hangup", Channel="1.1")
    on.act("Setvar", Variable="HOTLINE_ALIVE", Value="1")
    on.act("Command", Command="core show version")
    on.act("NoSuchAction")


def called_back(phone: str) -> Scenario:
    """The customer who is called back has the Uniqueid that his first channel had."""

    def play(on: Connection) -> None:
        uniqueid = on.caller()
        on.end(uniqueid)
        variables = f"HOTLINE_ATTEMPT=main-{uniqueid}/b1,HOTLINE_QUEUE=printers.L2,CHANNEL(language)=zh"
        on.originate(f"main-{uniqueid}/b1", Channel=f"PJSIP/{phone}", ChannelId=uniqueid, Variable=variables)
        if on.wait(Event="OriginateResponse")["Response"] == "Success":
            on.wait(UserEvent="HotlineCalledBack")
            on.act("Hangup", Channel=uniqueid, Cause="16")
        on.quiet(500)

    return play


def rung_alone(agent: str, customer: str) -> Scenario:
    """The agent is rung before the customer, waits for him on the line, and hangs up after they have talked."""

    def play(on: Connection) -> None:
        uniqueid = on.caller()
        on.end(uniqueid)
        on.originate(f"main-{uniqueid}/o1", Channel=f"PJSIP/{agent}", ChannelId=f"o1.{uniqueid}", Context="hotline-agent")
        if on.wait(Event="OriginateResponse")["Response"] == "Success":
            variables = f"HOTLINE_ATTEMPT=main-{uniqueid}/b1,HOTLINE_QUEUE=printers.L2,HOTLINE_AGENT=o1.{uniqueid}"
            on.originate(f"main-{uniqueid}/b1", Channel=f"PJSIP/{customer}", ChannelId=uniqueid, Variable=variables)
            on.wait(UserEvent="HotlineCalledBack")
            on.quiet(300)
            on.act("Hangup", Channel=f"o1.{uniqueid}", Cause="16")
        on.quiet(500)

    return play


SCENARIOS: dict[str, Scenario] = {
    "answered_and_the_agent_hangs_up": agent_hangs_up,
    "answered_and_the_caller_hangs_up": caller_hangs_up_in_talk,
    "not_answered": missed(RINGS),
    "busy_486": missed(BUSY),
    "declined_603": missed(DECLINES),
    "unavailable_480": missed(UNAVAILABLE),
    "not_found_404": missed(NOT_FOUND),
    "overloaded_503": missed(OVERLOADED),
    "never_registered": missed(NEVER_REGISTERED),
    "nobody_at_the_phones_address": missed(NOBODY_THERE),
    "phone_does_not_answer_its_qualify": missed(UNREACHABLE),
    "phone_is_not_configured": missed("9999"),
    "caller_hangs_up_while_ringing": caller_hangs_up_while_ringing,
    "caller_hangs_up_in_hold": caller_hangs_up_in_hold,
    "answered_elsewhere": answered_elsewhere,
    "taken_back_while_ringing": taken_back(RINGS, {"Event": "DialBegin"}),
    "taken_back_while_talking": taken_back(ANSWERS, {"Event": "DialEnd"}),
    "sent_to_survival": sent("hotline-survival", "4001"),
    "sent_to_a_closed_announcement": sent("hotline-out", "closed"),
    "sent_to_a_destination_that_is_not_there": sent("hotline-out", "nowhere"),
    "dropped_by_a_wrong_redirect": dropped_by_a_wrong_redirect,
    "phone_comes_and_goes": phone_comes_and_goes,
    "looked_at": looked_at,
    "called_back": called_back(ANSWERS),
    "called_back_in_vain": called_back(RINGS),
    "called_back_and_busy": called_back(BUSY),
    "rung_alone": rung_alone(ANSWERS, HANGS_UP),
    "rung_alone_and_busy": rung_alone(BUSY, ANSWERS),
    "rung_alone_at_a_phone_that_is_not_there": rung_alone(NEVER_REGISTERED, ANSWERS),
    "refused": refused,
}


def record(rig: Rig, name: str, version: str) -> None:
    """Play one scenario and write its transcript."""
    connection = Connection(rig)
    try:
        SCENARIOS[name](connection)
    finally:
        connection.socket.close()
    title = name.replace("_", " ")
    head = f"# {title}\n# Recorded from {version} on {datetime.date.today()} by tests/transcripts/record_ami.py.\n\n"  # noqa: DTZ011 - a note
    (FOLDER / f"{name}.txt").write_bytes(head.encode() + connection.bytes)
    print(f"{name}: {len(connection.bytes)} bytes, {len(connection.messages())} messages")


def main(names: list[str]) -> None:
    """Record the named scenarios, or all."""
    with tempfile.TemporaryDirectory() as folder:
        write = ",".join((*WRITE_PRIVILEGES, CALLBACK_PRIVILEGE))
        rig = from_environment(Path(folder), read=",".join(READ_PRIVILEGES), write=write, filters=EVENTS)
        phones = {
            ANSWERS: answers(), HANGS_UP: answers(hangs_up_after_ms=500), RINGS: rings_for_ever(), BUSY: refuses("486 Busy Here"),
            DECLINES: refuses("603 Decline"), UNAVAILABLE: refuses("480 Temporarily Unavailable"), NOT_FOUND: refuses("404 Not Found"),
            OVERLOADED: refuses("503 Service Unavailable"),
        }  # fmt: skip
        rig.configure(phones, absent=[NEVER_REGISTERED, COMES_AND_GOES], dead=[NOBODY_THERE, UNREACHABLE], watched=[UNREACHABLE])
        try:
            rig.start()
            for phone, scenario in phones.items():
                rig.phone(phone, scenario)
            wait_until(lambda: "Unavail" in rig.console("pjsip show contacts"), 10, "the dead phone's qualify")
            version = rig.console("core show version").split(" built")[0]
            for name in names or SCENARIOS:
                record(rig, name, version)
        finally:
            rig.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
