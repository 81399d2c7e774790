"""sipp as our simulated phones and callers: how it is run, and the pieces that their scenarios share.

sipp 3.6 (Debian's sip-tester). Knows SIP and RTP, nothing of the hotline.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from hotline import children

CAPTURES = Path("/usr/share/sip-tester")
"""Debian's package brings captures of every DTMF digit (RFC 2833) and of a voice (G.711 A-law)."""

HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n'

SDP = """v=0
      o=sipp 1 1 IN IP[local_ip_type] [local_ip]
      s=-
      c=IN IP[media_ip_type] [media_ip]
      t=0 0
      m=audio [media_port] RTP/AVP 8 101
      a=rtpmap:8 PCMA/8000
      a=rtpmap:101 telephone-event/8000
      a=fmtp:101 0-16
      a=ptime:20
      a=sendrecv"""


CALLS_WERE_MADE = (0, 1, 99)
"""sipp's exit status: all calls as expected; some were not; ended before any call was over."""
RAW_SOCKETS = "sipp sends voice and keys through raw sockets: be root, or run script/setup, which makes a sipp of your own that may"


class SippFailed(Exception):
    """sipp is missing or did not start; the message says why."""


class Sipp:
    """One sipp process that plays one scenario; its files are in ``directory``."""

    def __init__(self, directory: Path, scenario: str, options: Sequence[str]) -> None:
        self._directory = directory
        self._scenario = scenario
        self._options = options
        self.told = directory / "told.log"
        """What the scenario's ``<log>`` actions said, one line each."""
        self.errors = directory / "errors.log"
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start; raises SippFailed when the program is missing."""
        program = find_sipp()
        self._directory.mkdir(parents=True, exist_ok=True)
        scenario = self._directory / "scenario.xml"
        scenario.write_text(HEADER + self._scenario, encoding="utf-8")
        arguments = [program, *self._options, "-sf", str(scenario), *self._usual()]
        self._process = await children.start(arguments, Path(os.devnull), directory=self._directory)

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def finished(self) -> int:
        """Wait until it has ended by itself: 0 all calls went as expected, 1 some did not. Raises SippFailed when it gave up."""
        assert self._process is not None, "not started"
        status = await self._process.wait()
        if status not in CALLS_WERE_MADE:
            raise SippFailed(f"sipp gave up with status {status}: {self._last_error()}")
        return 0 if status == 0 else 1

    def _last_error(self) -> str:
        said = self.errors.read_text(encoding="utf-8", errors="replace").strip() if self.errors.exists() else "it says nothing"
        hint = f"\n{RAW_SOCKETS}" if "raw" in said else ""
        return said.splitlines()[-1] + hint

    def no_more(self) -> None:
        """Let it place no more calls and end by itself when the live ones are over."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGUSR1)

    async def stop(self) -> None:
        """End it at once; live calls are left hanging."""
        if self._process is not None:
            await children.stop(self._process)

    def said(self) -> list[str]:
        """The lines of ``told`` until now."""
        return self.told.read_text(encoding="utf-8", errors="replace").splitlines() if self.told.exists() else []

    def _usual(self) -> list[str]:
        # Without limits of its own watchdog: on a busy machine sipp would give up in the middle.
        return [
            *("-i", "127.0.0.1", "-mi", "127.0.0.1", "-nostdin", "-nd"),
            *("-trace_logs", "-log_file", str(self.told), "-trace_err", "-error_file", str(self.errors)),
            *("-watchdog_minor_maxtriggers", "1000000", "-watchdog_major_maxtriggers", "1000000"),
        ]


def tell(address: tuple[str, int], method: str, call_id: str) -> None:
    """Send the call of a sipp at ``address`` a request that its scenario takes for a word of ours, and doesn't answer."""
    # sipp tells its calls apart by the Call-ID alone, but wants a To as well; what it has had before, byte by byte, it passes over.
    new = secrets.randbits(31)
    lines = (f"{method} sip:you@127.0.0.1 SIP/2.0", "To: <sip:you@127.0.0.1>", f"Call-ID: {call_id}", f"CSeq: {new} {method}", "", "")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto("\r\n".join(lines).encode(), address)


def find_sipp() -> str:
    """The program: the environment's own, which may open raw sockets (see script/setup), else the system's. Raises SippFailed."""
    own = Path(sys.prefix) / "bin" / "sipp"
    program = str(own) if own.exists() else shutil.which("sipp")
    if program is None:
        raise SippFailed("sipp is missing: script/setup installs it (package sip-tester)")
    return program


_TAKEN: dict[int, socket.socket] = {}


def free_ports(count: int, first: int = 20000, last: int = 60000, step: int = 2) -> list[int]:
    """``count`` ports of 127.0.0.1, spaced by ``step``, that this process has taken; raises OSError when there are none."""
    found: list[int] = []
    start = first + os.getpid() * 97 % (last - first) // step * step
    for port in (*range(start, last, step), *range(first, start, step)):
        if take(port):
            found.append(port)
        if len(found) == count:
            return found
    raise OSError(f"no {count} free ports between {first} and {last}")


def take(port: int) -> bool:
    """Take ``port`` until this process ends; False when it is in use for TCP or UDP, or some process of ours has taken it before.

    Nobody listens there yet, so a name stands for it that only one process can have: a socket in Linux' abstract namespace, which goes
    with its owner and is as wide as the network whose ports these are.
    """
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0hotline-port-{port}")
    except OSError:
        claim.close()
        return False
    if not is_free(port):
        claim.close()
        return False
    _TAKEN[port] = claim
    return True


def give_back(port: int) -> None:
    """This process needs ``port`` no longer."""
    _TAKEN.pop(port).close()


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether nobody listens at ``port``, neither TCP nor UDP."""
    with ExitStack() as sockets:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            probe = sockets.enter_context(socket.socket(socket.AF_INET, kind))
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a connection that was closed lately is no listener
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True
