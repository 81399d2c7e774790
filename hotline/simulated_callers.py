"""Callers, simulated: one sipp process plays a list of visits with real SIP, RTP and DTMF, evenly spaced in time.

A visit says whom the caller dials, when which key is pressed and how long the caller has patience. What became of each visit is
in ``log``. Keys and voice are RTP packets that sipp sends through a raw socket: that needs root, or the capability
``cap_net_raw`` on sipp. Which visits make a day is ``hotline.simulated_day``'s.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from hotline.rtp_captures import EVENTS, write_key_captures
from hotline.sipp import CAPTURES, SDP, Sipp, free_ports, give_back, tell

KEY_MILLISECONDS = 500
"""Time for a key to be sent: whatever sipp plays next would cut it off. It takes 160 ms, on a busy machine up to twice as long."""
VOICE_PORTS = range(6000, 8000, 4)
"""Where the callers' voice comes from: sipp opens two of them, and counts on from there for each call."""
MOST_KEYS = 14
"""Keys that one visit can press: the scenario has so many places for them. sipp (3.6.1) reads no scenario of more than 64 KiB."""
WHEN_TOLD = 3600.0
"""A wait before a key, in seconds: the key is pressed when ``press`` says so."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One call that is going to be placed."""

    dnis: str
    ani: str
    name: str = ""
    keys: tuple[tuple[float, str], ...] = ()
    """(seconds to wait before it, key) each; the first wait starts when the call is connected."""
    patience_seconds: float = 60.0
    """How long the caller stays after the last key, unless the other side hangs up before."""

    def __post_init__(self) -> None:
        """Raise ValueError for more keys than the scenario has places for, or for text that sipp's file can't carry."""
        if len(self.keys) > MOST_KEYS or any(key not in EVENTS for _, key in self.keys):
            raise ValueError(f"at most {MOST_KEYS} keys of 0-9*#, not {self.keys}")
        if any(character in text for text in (self.dnis, self.ani, self.name) for character in ";\r\n"):
            raise ValueError(f"no semicolons or line ends in {self}")


@dataclass(frozen=True, slots=True)
class VisitHeard:
    """One line of the callers' log: ``what`` is ``placed``, ``connected``, ``keyed``, ``left`` (by the caller) or ``ended`` (by us)."""

    what: str
    ani: str
    at: datetime


class SimulatedCallers:
    """Place ``visits`` to the Asterisk at 127.0.0.1:``sip_port``, ``per_minute`` of them a minute, then end by itself.

    ``count``: place so many, beginning again with the first visit after the last.
    """

    def __init__(
        self, directory: Path, sip_port: int, own_port: int, visits: Sequence[Visit], per_minute: float = 60.0, count: int | None = None
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        write_key_captures(directory, MOST_KEYS)
        people = directory / "visits.csv"
        people.write_text(visits_csv(visits), encoding="utf-8")
        options = [f"127.0.0.1:{sip_port}", "-p", str(own_port), "-inf", str(people), "-m", str(count or len(visits))]
        self._own_address = ("127.0.0.1", own_port)
        self._call_ids = f"{{}}-{secrets.token_hex(6)}@127.0.0.1"
        [self._voice_port] = free_ports(1, VOICE_PORTS.start, VOICE_PORTS.stop, VOICE_PORTS.step)
        options += ["-cid_str", self._call_ids.format("%u"), "-mp", str(self._voice_port)]
        self.sipp = Sipp(directory, callers_scenario(), [*options, *_rate(per_minute), "-l", "1000", "-deadcall_wait", "0"])

    async def __aenter__(self) -> Self:
        await self.sipp.start()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.sipp.stop()
        give_back(self._voice_port)

    async def finished(self) -> int:
        """Wait until the last visit is over; 0 when each was answered and ended in order."""
        return await self.sipp.finished()

    def no_more(self) -> None:
        """No more visits; it ends when those that are going on are over."""
        self.sipp.no_more()

    def hang_up(self, place: int = 0) -> None:
        """The caller of the ``place``-th visit says goodbye now; nothing happens when he is not connected."""
        self._tell(place, "INFO")

    def press(self, place: int = 0) -> None:
        """The caller of the ``place``-th visit presses now the key that he waits to press."""
        self._tell(place, "MESSAGE")

    def _tell(self, place: int, method: str) -> None:
        tell(self._own_address, method, self._call_ids.format(place + 1))  # sipp counts its calls from 1

    def log(self) -> list[VisitHeard]:
        """What became of the visits until now, in order."""
        return [_heard(line) for line in self.sipp.said()]


def _rate(per_minute: float) -> list[str]:
    """sipp's rate is a whole number of calls in a period of milliseconds."""
    return ["-r", "1", "-rp", str(max(1, round(60_000 / per_minute)))]


def _heard(line: str) -> VisitHeard:
    what, ani, stamp = line.split("|")
    return VisitHeard(what, ani, datetime.fromtimestamp(float(stamp.split("\t")[-1]), UTC))


# ---- sipp's scenario ----------------------------------------------------------------------------------------------------------

# Columns of the file: 0 ani, 1 name, 2 dnis, 3 patience (ms), then pairs of wait (ms) and key.
_FIRST_KEY = 4


def visits_csv(visits: Sequence[Visit]) -> str:
    """sipp's injection file."""
    return "SEQUENTIAL\n" + "".join(";".join(_row(visit)) + ";\n" for visit in visits)


def _row(visit: Visit) -> Iterator[str]:
    yield from (visit.ani, _quoted(visit.name), visit.dnis, str(int(visit.patience_seconds * 1000)))
    for wait_seconds, key in visit.keys:
        yield from (str(int(wait_seconds * 1000)), str(EVENTS[key]))
    for _ in range(MOST_KEYS - len(visit.keys)):
        yield from ("0", "none")


def _quoted(name: str) -> str:
    """As SIP's quoted string (RFC 3261 section 25.1)."""
    return name.replace("\\", "\\\\").replace('"', '\\"')


def callers_scenario() -> str:
    """sipp's scenario of a caller; what differs comes from the injection file; keys' captures are where sipp is run."""
    presses = "\n".join((*map(_reads, range(MOST_KEYS)), *map(_press, range(MOST_KEYS))))
    return f"""<scenario name="callers">
  <send retrans="500">
    <![CDATA[
      INVITE sip:[field2]@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: "[field1]" <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]caller[call_number]
      To: <sip:[field2]@[remote_ip]:[remote_port]>
      Call-ID: [call_id]
      CSeq: 1 INVITE
      Contact: <sip:[field0]@[local_ip]:[local_port]>
      Max-Forwards: 70
      Content-Type: application/sdp
      Content-Length: [len]

      {SDP.replace("[media_port]", "[auto_media_port]")}
    ]]>
    <action>
      <assignstr assign_to="ani" value="[field0]"/>
      <assignstr assign_to="patience_text" value="[field3]"/>
      <todouble assign_to="patience" variable="patience_text"/>
      <assign assign_to="at0" value="1"/>
      {_log("placed")}
    </action>
  </send>
  <recv request="BYE" optional="global" next="ended"/>
  <recv request="INFO" optional="global" next="leave"/>
  <recv request="MESSAGE" optional="global" next="told"/>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" rrs="true"><action>{_log("connected")}</action></recv>
  {_request("ACK", 1)}
{presses}
  <nop><action><exec play_pcap_audio="{CAPTURES}/g711a.pcap"/></action></nop>
  <pause variable="patience"/>
  <label id="leave"/>
  {_request("BYE", 2)}
  <recv response="200" next="gone"><action>{_log("left")}</action></recv>

  <label id="told"/>{_press_where_he_is()}
{_ended()}
  <label id="gone"/>
  <nop/>
</scenario>
"""


def _ended() -> str:
    """The other side says goodbye."""
    return f"""  <label id="ended"/>
  <send>
    <![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Contact: <sip:[local_ip]:[local_port]>
      Content-Length: 0

    ]]>
  </send>
  <nop><action>{_log("ended")}</action></nop>
"""


def _press_where_he_is() -> str:
    """On from the last place that is waited at, when the key before it has been sent."""
    jumps = "".join(f'\n  <nop test="at{place}" next="now{place}"/>' for place in reversed(range(MOST_KEYS)))
    return f'\n  <pause milliseconds="{KEY_MILLISECONDS}"/>{jumps}'


def _press(place: int) -> str:
    """Wait, then send one key, as the visit's ``place``-th pair says; sipp can't take a file's name from a column, so it branches."""
    events = EVENTS.values()
    jumps = "".join(f'\n  <nop test="is{place}_{event}" next="press{place}_{event}"/>' for event in events)
    plays = "".join(_play(place, event) for event in events)
    return f"""  <pause variable="wait{place}"/>
  <label id="now{place}"/>{jumps}
  <nop next="pressed{place}"/>{plays}
  <label id="pressed{place}"/>"""


def _reads(place: int) -> str:
    """What the visit's ``place``-th pair says."""
    column = _FIRST_KEY + 2 * place
    is_it = '\n      <ereg regexp="^{0}$" search_in="var" variable="key{1}" assign_to="is{1}_{0}"/>'
    return f"""  <nop>
    <action>
      <assignstr assign_to="key{place}" value="[field{column + 1}]"/>
      <assignstr assign_to="text{place}" value="[field{column}]"/>
      <todouble assign_to="wait{place}" variable="text{place}"/>{"".join(is_it.format(event, place) for event in EVENTS.values())}
    </action>
  </nop>"""


def _play(place: int, event: int) -> str:
    now_at = f'<assign assign_to="at{place + 1}" value="1"/>' if place + 1 < MOST_KEYS else ""
    return f"""
  <label id="press{place}_{event}"/>
  <nop><action>{_log("keyed")}{now_at}<exec play_pcap_audio="{place}-{event}.pcap"/></action></nop>
  <pause milliseconds="{KEY_MILLISECONDS}" next="pressed{place}"/>"""


def _request(method: str, cseq: int) -> str:
    retransmitted = ' retrans="500"' if method != "ACK" else ""
    return f"""<send{retransmitted}>
    <![CDATA[
      {method} [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: "[field1]" <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]caller[call_number]
      To: <sip:[field2]@[remote_ip]:[remote_port]>[peer_tag_param]
      Call-ID: [call_id]
      CSeq: {cseq} {method}
      Contact: <sip:[field0]@[local_ip]:[local_port]>
      Max-Forwards: 70
      Content-Length: 0

    ]]>
  </send>"""


def _log(what: str) -> str:
    return f'<log message="{what}|[$ani]|[timestamp]"/>'
