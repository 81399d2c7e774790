"""Is there a place for recordings? It exists, Asterisk and the engine may write there, and the disk has room.

Looks at this machine alone: ``hotline doctor`` is run as the user that the engine runs as, and Asterisk's user is the one whose socket
listens at the manager interface's port. Where Asterisk is elsewhere, what it may do can't be seen from here, and nothing is said of it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from config.queue_switches import recorded_queues
from config.schema import Config
from hotline.finding import Finding

LEAST_FREE_BYTES: Final = 2 * 1024**3
BYTES_PER_HOUR: Final = 2 * 8000 * 2 * 3600
"""Of conversation: two sides, 8000 samples of 16 bits a second each."""
_LISTENS: Final = "0A"
"""A socket's state in /proc/net/tcp (Linux: net/tcp_states.h)."""


def findings(config: Config, sockets: Path = Path("/proc/net")) -> Iterator[Finding]:
    """Nothing, where no queue records."""
    if not recorded_queues(config):
        return
    folder = Path(config.recording.folder)
    advice = "make it, for Asterisk's user and the engine's (a common group, mode 2770)"
    try:
        there = folder.is_dir()
    except PermissionError:
        advice = f"run this as the engine's user, and let that one (by a group) into all folders above {folder.name}"
        yield Finding(False, f"recordings: this user may not look at {folder}", advice)
        return
    yield Finding(there, f"recordings: {folder} is there", advice)
    if not there:
        return
    yield Finding(
        os.access(folder, os.R_OK | os.W_OK | os.X_OK), f"recordings: this user may read and delete in {folder}",
        "run this as the engine's user, and let that one's group write there",
    )  # fmt: skip
    for name, row in config.exchanges.items():
        user = listening_user(row.ami.port, sockets)
        if user is not None:
            may, who = may_write(user, folder), name_of(user)
            yield Finding(may, f"recordings: {who}, who runs {name}, may write in {folder}", f"let {who}, or a group of his, write there")
    free = shutil.disk_usage(folder).free
    told = f"recordings: {free / 1024**3:.1f} GiB are free, for {free // BYTES_PER_HOUR} hours of conversation"
    yield Finding(free >= LEAST_FREE_BYTES, told, "make room, record a smaller share (`record`), or keep them for fewer days (`keep_days`)")


def listening_user(port: int, sockets: Path) -> int | None:
    """The user whose socket listens at this TCP port of this machine; None when there is none."""
    for table in ("tcp", "tcp6"):
        path = sockets / table
        for row in path.read_text().splitlines()[1:] if path.exists() else ():
            fields = row.split()
            if fields[3] == _LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
                return int(fields[7])
    return None


def may_write(user: int, folder: Path) -> bool:
    """Whether a user may make files there, by owner, groups and mode; lists of further rights are not looked at."""
    if user == 0:
        return True
    there = folder.stat()
    if there.st_uid == user:
        wanted = stat.S_IWUSR | stat.S_IXUSR
    elif there.st_gid in _groups_of(user):
        wanted = stat.S_IWGRP | stat.S_IXGRP
    else:
        wanted = stat.S_IWOTH | stat.S_IXOTH
    return there.st_mode & wanted == wanted


def _groups_of(user: int) -> list[int]:
    try:
        entry = pwd.getpwuid(user)
    except KeyError:  # a container's user may have no name
        return []
    return os.getgrouplist(entry.pw_name, entry.pw_gid)


def name_of(user: int) -> str:
    """The name, as far as this machine knows one."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"uid {user}"
