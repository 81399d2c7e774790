"""An Asterisk of our own for demo, tests and benchmark: a child process with every directory inside one given folder.

Decides the folder's layout and how the process starts, is asked and stops. What it is configured to do is the caller's: the
files of its ``etc`` are given as texts. A PBX that is already on the machine is never touched.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from hotline import children
from hotline.runtime import Runtime, find_runtime

LONGEST_SOCKET_PATH = 107
"""Linux: sun_path of a UNIX socket holds 108 bytes, the last of which is 0."""

UNWANTED_MODULES = """
    cdr_csv cel_custom chan_iax2 chan_mgcp chan_sip chan_skinny chan_unistim pbx_dundi res_hep res_phoneprov
"""
DEFAULT_FILES = {
    "modules.conf": "[modules]\nautoload=yes\n" + "".join(f"noload => {name}.so\n" for name in UNWANTED_MODULES.split()),
    "logger.conf": "[general]\ndateformat=%F %T.%3q\n[logfiles]\nfull => notice,warning,error,verbose(3)\n",
}
"""Files that are written unless the caller gives others of the same name: no module that opens a port unasked."""


class AsteriskFailed(Exception):
    """The Asterisk did not start, or ended by itself; the message has the end of its log."""


class LocalAsterisk:
    """One Asterisk in ``directory``; the configuration is ``files`` (name -> text), beside ``DEFAULT_FILES``.

    ``async with LocalAsterisk(...) as asterisk:`` starts it, waits until it is fully booted and stops it.
    """

    def __init__(self, directory: Path, files: Mapping[str, str], runtime: Runtime | None = None) -> None:
        self.directory = directory
        self.runtime = runtime or find_runtime()
        self.log = directory / "log" / "full"
        self.output = directory / "output"
        """What the process itself said; its log proper is ``log``."""
        self.sounds = directory / "data" / "sounds"
        """``<language>/<name>.wav`` put here is played by its name."""
        self._files = {**DEFAULT_FILES, **files}
        self._run = directory / "run"
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()

    @property
    def pid(self) -> int:
        """The process id; raises AsteriskFailed when it does not run."""
        return self._running().pid

    async def start(self, boot_seconds: float = 60.0) -> None:
        """Write the files, start, and return when Asterisk is fully booted. Raises AsteriskFailed when it is not in time."""
        self._lay_out()
        self._process = await children.start([*self._command(), "-f", "-n", "-q"], self.output)
        try:
            async with asyncio.timeout(boot_seconds):
                await self._booted()
        except TimeoutError:
            await self.stop()
            raise AsteriskFailed(f"Asterisk was not up after {boot_seconds:g} s\n{self.log_end()}") from None

    async def cli(self, command: str) -> str:
        """The answer of one console command, e.g. ``core show channels``. Raises AsteriskFailed when it can't be asked."""
        asking = await asyncio.create_subprocess_exec(*self._command(), "-rx", command, stdin=PIPE, stdout=PIPE, stderr=STDOUT)
        answer, _ = await asking.communicate()
        if asking.returncode:
            raise AsteriskFailed(f"'{command}' failed: {answer.decode(errors='replace').strip()}")
        return answer.decode(errors="replace")

    async def stop(self) -> None:
        """End it: by its own command, else by signals to its process. Does nothing when it does not run."""
        if self._process is None:
            return
        process, self._process = self._process, None
        if process.returncode is None:
            await self._ask_to_stop(process)
        await children.stop(process)
        if self._run.parent != self.directory:
            shutil.rmtree(self._run)

    def log_end(self, lines: int = 20) -> str:
        """The last lines of its log and of what it printed."""
        texts = (path.read_text(errors="replace").splitlines()[-lines:] for path in (self.log, self.output) if path.exists())
        return "\n".join(line for text in texts for line in text)

    # ---- inside ----------------------------------------------------------------------------------------------------------

    def _command(self) -> list[str]:
        return [*self.runtime.command, "-C", str(self.directory / "etc" / "asterisk.conf")]

    def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            raise AsteriskFailed(f"Asterisk does not run\n{self.log_end()}")
        return self._process

    async def _booted(self) -> None:
        while True:
            self._running()
            try:
                if "fully booted" in await self.cli("core waitfullybooted"):
                    return
            except AsteriskFailed:
                await asyncio.sleep(0.1)  # the control socket is not there yet, and nothing tells when it will be

    async def _ask_to_stop(self, process: Process) -> None:
        try:
            async with asyncio.timeout(5):
                await self.cli("core stop now")
        except (AsteriskFailed, TimeoutError):
            return  # signals follow
        await children.ended(process, 10)

    def _lay_out(self) -> None:
        for name in ("etc", "log", "spool/outgoing", "spool/hotline/recordings", "var", "db", "keys", "data"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        self._run = self._run_directory()
        link_data(self.runtime.data, self.directory / "data")
        for name, text in {**self._files, "asterisk.conf": self._asterisk_conf()}.items():
            path = self.directory / "etc" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def _run_directory(self) -> Path:
        """Beside the others, unless the path of the control socket in it would be too long for the kernel."""
        run = self.directory / "run"
        if len(os.fsencode(run / "asterisk.ctl")) > LONGEST_SOCKET_PATH:
            return Path(tempfile.mkdtemp(prefix="asterisk-"))
        run.mkdir(exist_ok=True)
        return run

    def _asterisk_conf(self) -> str:
        here = self.directory.resolve()
        directories = {
            "astetcdir": here / "etc",
            "astmoddir": self.runtime.modules,
            "astvarlibdir": here / "var",
            "astdbdir": here / "db",
            "astkeydir": here / "keys",
            "astdatadir": here / "data",
            "astagidir": here / "data" / "agi-bin",
            "astspooldir": here / "spool",
            "astrundir": self._run.resolve(),
            "astlogdir": here / "log",
            "astsbindir": self.runtime.command[-1].rpartition("/")[0],
        }
        lines = "".join(f"{name} => {path}\n" for name, path in directories.items())
        return f"[directories]\n{lines}[options]\nhideconnect = yes\nverbose = 3\n"


def link_data(source: Path, data: Path) -> None:
    """Make ``data`` a view of the runtime's data in which sounds can be added.

    The unpacked runtime lacks Debian's link ``en``, which its package's set-up makes.
    """
    (data / "sounds").mkdir(parents=True, exist_ok=True)
    for child in source.iterdir():
        if child.name != "sounds":
            _link(child, data / child.name)
    english = next((path for path in (source / "sounds" / "en", source / "sounds" / "en_US_f_Allison") if path.is_dir()), None)
    if english is not None:
        for sound in english.iterdir():
            _link(sound, data / "sounds" / "en" / sound.name)


def _link(target: Path, link: Path) -> None:
    link.parent.mkdir(exist_ok=True)
    if not link.is_symlink() and not link.exists():
        link.symlink_to(target)
