"""Which Asterisk this machine has: one that is installed (18 or later), or the private one that ``script/setup`` fetched.

Decides how the program is called and where its modules and sounds are. It does not know any configuration; see
``hotline.local_asterisk``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 18
SYSTEM_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
"""Where programs are looked for: sbin is not on everybody's PATH."""
MODULES = ("lib/*/asterisk/modules", "lib*/asterisk/modules", "local/lib*/asterisk/modules")
"""Where Debian, Red Hat and a build of one's own put them, below /usr."""


class NoAsterisk(Exception):
    """There is no Asterisk of version 18 or later on this machine; run ``script/setup``, which fetches one."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """An Asterisk program with what belongs to it."""

    command: tuple[str, ...]
    """The program, and what must stand before it."""
    modules: Path
    data: Path
    """Where documentation, sounds and music are."""
    version: str
    """As in ``22.10.0``."""
    private: bool

    @property
    def major(self) -> int:
        """The version's first number."""
        return _major(self.version)


def find_runtime() -> Runtime:
    """The Asterisk to use here: the installed one when it is new enough, else the private one. Raises NoAsterisk."""
    found = _installed() or _private(private_folder())
    if found is None:
        raise NoAsterisk(NoAsterisk.__doc__)
    return found


def private_folder() -> Path:
    """Where ``script/setup`` keeps the Asterisk that it fetched."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "hotline" / "asterisk"


def _installed() -> Runtime | None:
    program = shutil.which("asterisk", path=SYSTEM_PATH)
    modules = _first(*(Path("/usr").glob(place) for place in MODULES))
    data = _first(path for path in map(Path, ("/usr/share/asterisk", "/var/lib/asterisk")) if (path / "documentation").is_dir())
    if program is None or modules is None or data is None:
        return None
    runtime = _asked((program,), modules, data, private=False)
    return runtime if runtime and runtime.major >= OLDEST_MAJOR else None


def _private(folder: Path) -> Runtime | None:
    """The unpacked one runs without chroot: by its own loader, with its own libraries."""
    loader = _first((folder / "usr" / "lib").glob("*/ld-linux*.so.*"))
    if loader is None or not (folder / "complete").exists():
        return None
    libraries = loader.parent
    command = (str(loader), "--library-path", str(libraries), str(folder / "usr/sbin/asterisk"))
    return _asked(command, libraries / "asterisk" / "modules", folder / "usr/share/asterisk", private=True)


def _asked(command: tuple[str, ...], modules: Path, data: Path, private: bool) -> Runtime | None:
    """The runtime with the version that the program tells; None when it can't be started."""
    try:
        answer = subprocess.run([*command, "-V"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"(\d+)\.[\w.~-]*", answer)
    return Runtime(command, modules, data, version.group(), private) if version else None


def _major(version: str) -> int:
    return int(version.split(".")[0])


def _first(*paths: Iterable[Path]) -> Path | None:
    return next((path for some in paths for path in sorted(some)), None)


def main() -> None:
    """Say which Asterisk is used here (``python -m hotline.runtime``); exit status 1 when there is none."""
    try:
        runtime = find_runtime()
    except NoAsterisk as problem:
        raise SystemExit(str(problem)) from None
    print(f"{runtime.version} ({'private' if runtime.private else 'installed'})")


if __name__ == "__main__":
    main()
