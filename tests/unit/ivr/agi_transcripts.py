"""The recorded AGI sessions, and a replay of one through the codec."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ivr.codec import AgiConnection, Environment, Item, RemoteError

FOLDER = Path(__file__).parents[2] / "transcripts" / "agi"


@dataclass(frozen=True)
class Transcript:
    name: str
    received: bytes
    sent: tuple[bytes, ...]

    @property
    def environment(self) -> bytes:
        return self.received[: self.received.index(b"\n\n") + 2]


def load(name: str) -> Transcript:
    sent = (FOLDER / f"{name}.commands").read_bytes().splitlines(keepends=True)
    return Transcript(name, (FOLDER / f"{name}.bin").read_bytes(), tuple(sent))


ALL = tuple(load(path.stem) for path in sorted(FOLDER.glob("*.bin")))


def replay(pieces: Iterable[bytes], commands: int, *, end: bool = True) -> list[Item | str]:
    """The items that come of the pieces, when ``commands`` commands are sent, each as soon as it is our turn.

    The last one is the RemoteError's text, if there was one.
    """
    connection, items, left = AgiConnection(), [], commands
    try:
        for piece in pieces:
            connection.receive(piece)
            left = _take(connection, items, left)
        if end:
            connection.receive_end()
            _take(connection, items, left)
    except RemoteError as error:
        items.append(f"RemoteError: {error}")
    return items


def _take(connection: AgiConnection, items: list[Item | str], left: int) -> int:
    while True:
        if left and connection.can_command:
            connection.command("NOOP")
            left -= 1
        item = connection.next_item()
        if item is None:
            return left
        items.append(item)


def one_by_one(data: bytes) -> list[bytes]:
    return [data[index : index + 1] for index in range(len(data))]


def environment(items: list[Item | str]) -> dict[str, str]:
    first = items[0]
    assert isinstance(first, Environment)
    return dict(first.values)


def words(command: bytes) -> list[str]:
    """A command's words, as a shell would read them: it agrees with Asterisk on quotes and backslashes in double quotes."""
    return shlex.split(command.decode())
