"""The agents' phones, simulated: one sipp answers for all of them at one port, each phone in its own manner.

A phone is told from another by the number in the request's address (``INVITE sip:1001@…``), so a static contact is all that
Asterisk needs. A phone that answers sends back what it hears (RTP echo), so audio runs both ways. What a phone did is in
``log``; the routing above is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Self

from hotline.sipp import SDP, Sipp, tell


class Manner(StrEnum):
    """What a phone does when it is rung."""

    ANSWERS = "answers"
    BUSY = "busy"
    """486 Busy Here."""
    REJECTS = "rejects"
    """603 Decline."""
    SILENT = "silent"
    """Rings for ever, unless it is asked to answer by itself (``Call-Info: …;answer-after=0``)."""
    ABSENT = "absent"
    """Not there at all: it does not answer Asterisk's OPTIONS either, so it is soon unreachable."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How the phones that answer do it; all durations in seconds, drawn evenly between the two values."""

    answers_after: tuple[float, float] = (0.8, 3.0)
    talks: tuple[float, float] | None = (6.0, 14.0)
    """After so long the agent hangs up; None: never, the caller has to."""
    refers_to: str = ""
    """Instead of hanging up he transfers the caller to this number, blindly (REFER), and waits for Asterisk's goodbye."""


@dataclass(frozen=True, slots=True)
class PhoneHeard:
    """One line of the phones' log.

    ``what`` is ``invite``, ``answered``, ``cancelled``, ``pressed``, ``hung_up`` (by the agent) or ``ended`` (by the other side).
    """

    what: str
    phone: str
    at: datetime
    call_id: str
    """SIP's."""


class SimulatedPhones:
    """All phones of ``manners`` (number -> manner) at 127.0.0.1:``port``; a number that is not listed answers."""

    def __init__(
        self, directory: Path, port: int, media_port: int, manners: Mapping[str, Manner] | None = None, habits: Habits | None = None
    ) -> None:
        scenario = phones_scenario(manners or {}, habits or Habits())
        self._address = ("127.0.0.1", port)
        options = ("-p", str(port), "-rtp_echo", "-mp", str(media_port), "-deadcall_wait", "0")
        self.sipp = Sipp(directory, scenario, options)

    async def __aenter__(self) -> Self:
        await self.sipp.start()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.sipp.stop()

    def log(self) -> list[PhoneHeard]:
        """What the phones did until now, in order."""
        return [_heard(line) for line in self.sipp.said()]

    def hang_up(self, phone: str) -> None:
        """Who answered at ``phone`` last says goodbye now, whatever the habits; raises StopIteration when nobody did."""
        call_id = next(line.call_id for line in reversed(self.log()) if (line.phone, line.what) == (phone, "answered"))
        tell(self._address, "INFO", call_id)

    def press_one(self, phone: str) -> None:
        """Who answered at ``phone`` last presses 1 now (SIP INFO); raises StopIteration when nobody did. At most once in a call."""
        call_id = next(line.call_id for line in reversed(self.log()) if (line.phone, line.what) == (phone, "answered"))
        tell(self._address, "MESSAGE", call_id)


def _heard(line: str) -> PhoneHeard:
    what, phone, call_id, stamp = line.split("|")
    seconds = stamp.split("\t")[-1]
    return PhoneHeard(what, phone, datetime.fromtimestamp(float(seconds), UTC), call_id)


def phones_scenario(manners: Mapping[str, Manner], habits: Habits) -> str:
    """sipp's scenario of a called phone."""
    return f"""<scenario name="phones">
  <recv request="CANCEL" optional="global" next="cancelled"/>
  <recv request="BYE" optional="global" next="ended"/>
  <recv request="INFO" optional="global" next="hangs_up"/>
  <recv request="MESSAGE" optional="global" next="presses"/>
  <recv request="OPTIONS" optional="true" next="options">
    <action>
      {_PHONE}
      {_manner_actions(manners, (Manner.ABSENT,))}
    </action>
  </recv>
  <recv request="INVITE" rrs="true">
    <action>
      {_PHONE}
      <ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" check_it="true" assign_to="cseq"/>
      <ereg regexp=".*" search_in="hdr" header="From:" check_it="true" assign_to="peer"/>
      <ereg regexp="answer-after=0" search_in="hdr" header="Call-Info:" assign_to="asked"/>
      {_manner_actions(manners, (Manner.BUSY, Manner.REJECTS, Manner.SILENT, Manner.ABSENT))}
      {_log("invite")}
    </action>
  </recv>
  <nop test="absent" next="gone"/>
  <nop test="busy" next="busy"/>
  <nop test="rejects" next="rejects"/>
  {_response("180 Ringing")}
  <nop test="asked" next="picks_up"/>
  <nop test="silent" next="silent"/>
  <label id="picks_up"/>
{_conversation(habits)}
{_refusals()}
  <label id="options"/>
  <nop test="absent" next="gone"/>
  {_response("200 OK")}

  <label id="gone"/>
  <nop/>
  <Reference variables="address,asked,cseq,picked_up,peer,phone,busy,rejects,silent,absent"/>
</scenario>
"""


_PHONE = '<ereg regexp="sip:([^@;]+)@" search_in="msg" check_it="true" assign_to="address,phone"/>'
"""The number in the request's address."""


def _conversation(habits: Habits) -> str:
    """From ringing to the end of the talk. A CANCEL that crosses the answer is answered, and the caller's BYE follows."""
    low, high = _milliseconds(habits.answers_after)
    return f"""
  <pause distribution="uniform" min="{low}" max="{high}"/>
  <nop><action><assign assign_to="picked_up" value="1"/></action></nop>
  {_response("200 OK", SDP, retransmitted=True)}
  <label id="acknowledged"/>
  <recv request="ACK"><action>{_log("answered")}</action></recv>
  {_referral(habits.talks, habits.refers_to) if habits.talks and habits.refers_to else _talk(habits.talks)}

  <label id="hangs_up"/>
  {_goodbye((0, 0))}

  <label id="presses"/>
  {_key()}
  <recv request="BYE" next="ended"/>

  <label id="cancelled_late"/>
  {_response("200 OK", next_label="acknowledged")}

  <label id="ended"/>
  {_response("200 OK", in_dialog=True)}
  <nop next="gone"><action>{_log("ended")}</action></nop>
"""


def _refusals() -> str:
    """The ways of not answering."""
    return f"""
  <label id="silent"/>
  <recv request="CANCEL" next="cancelled"/>

  <label id="cancelled"/>
  <nop test="picked_up" next="cancelled_late"/>
  {_response("200 OK")}
  {_response("487 Request Terminated", method="INVITE", retransmitted=True)}
  <recv request="ACK" next="gone"><action>{_log("cancelled")}</action></recv>

  <label id="busy"/>
  {_response("486 Busy Here", retransmitted=True)}
  <recv request="ACK" next="gone"/>

  <label id="rejects"/>
  {_response("603 Decline", retransmitted=True)}
  <recv request="ACK" next="gone"/>
"""


def _manner_actions(manners: Mapping[str, Manner], wanted: tuple[Manner, ...]) -> str:
    """Sets a variable named as the manner when the phone has it; a number list that matches nothing stands for none."""
    lines = []
    for manner in wanted:
        phones = "|".join(sorted(phone for phone, its in manners.items() if its is manner)) or "none"
        lines.append(f'<ereg regexp="^({phones})$" search_in="var" variable="phone" assign_to="{manner}"/>')
    return "\n      ".join(lines)


def _talk(talks: tuple[float, float] | None) -> str:
    if talks is None:
        return '<recv request="BYE" next="ended"/>'
    return _goodbye(talks)


def _key() -> str:
    """The key 1, as RFC 2976 carries it."""
    body = "Signal=1\n      Duration=160\n"
    return f"""{_request("INFO", (0, 0), "Content-Type: application/dtmf-relay", body=body)}
  <recv response="200"><action>{_log("pressed")}</action></recv>"""


def _goodbye(after: tuple[float, float]) -> str:
    return f"""{_request("BYE", after)}
  <recv response="200" next="gone"><action>{_log("hung_up")}</action></recv>
"""


def _referral(talks: tuple[float, float], number: str) -> str:
    """A blind transfer (RFC 3515). Asterisk tells how it goes by NOTIFY, and says goodbye."""
    headers = (
        f"Refer-To: <sip:{number}@[local_ip]>",
        "Referred-By: <sip:[$phone]@[local_ip]:[local_port]>",
        "Contact: <sip:[local_ip]:[local_port];transport=[transport]>",
    )
    return f"""{_request("REFER", talks, *headers)}
  <recv response="202"><action>{_log("referred")}</action></recv>
  <label id="notified"/>
  <recv request="NOTIFY"/>
  {_response("200 OK", in_dialog=True, next_label="notified")}
"""


def _request(method: str, after: tuple[float, float], *headers: str, body: str = "") -> str:
    """A request within the dialog, so many seconds after what came before. Only a goodbye may come after another one."""
    low, high = _milliseconds(after)
    more = "".join(f"{header}\n      " for header in headers)
    return f"""<pause distribution="uniform" min="{low}" max="{high}"/>
  <send retrans="500">
    <![CDATA[
      {method} [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:[$phone]@[local_ip]:[local_port]>;tag=[pid]phone[call_number]
      To:[$peer]
      Call-ID: [call_id]
      CSeq: {2 if method == "BYE" else 1} {method}
      {more}Max-Forwards: 70
      Content-Length: [len]

      {body}
    ]]>
  </send>"""


def _response(
    status: str, body: str = "", method: str = "", retransmitted: bool = False, next_label: str = "", in_dialog: bool = False
) -> str:
    """A response to the last request, which has our tag when ``in_dialog``; ``method``: the INVITE is meant though a CANCEL came since."""
    attributes = (' retrans="500"' if retransmitted else "") + (f' next="{next_label}"' if next_label else "")
    cseq = f"CSeq: [$cseq] {method}" if method else "[last_CSeq:]"
    tag = "" if in_dialog else ";tag=[pid]phone[call_number]"
    kind = "Content-Type: application/sdp\n      " if body else ""
    return f"""<send{attributes}>
    <![CDATA[
      SIP/2.0 {status}
      [last_Via:]
      [last_From:]
      [last_To:]{tag}
      [last_Call-ID:]
      {cseq}
      Contact: <sip:[local_ip]:[local_port];transport=[transport]>
      {kind}Content-Length: [len]

      {body}
    ]]>
  </send>"""


def _log(what: str) -> str:
    return f'<log message="{what}|[$phone]|[call_id]|[timestamp]"/>'


def _milliseconds(seconds: tuple[float, float]) -> tuple[int, int]:
    return int(seconds[0] * 1000), int(seconds[1] * 1000)
