"""The doctor's last word: a connection that Asterisk closes while we say goodbye is no finding."""


import pytest
from asterisk.manager import Manager

from hotline.doctor_command import _close


class ClosedWhileFlushed:
    """A connection on which the answer to the log-off, and the end, come between writing and flushing."""

    def __init__(self, manager: Manager) -> None:
        self.manager = manager

    def write(self, data: bytes) -> None:
        assert b"Action: Logoff" in data

    def flush(self) -> None:
        raise ValueError("I/O operation on closed file.")


def test_a_connection_that_is_closed_while_we_say_goodbye_is_no_failure() -> None:
    manager = Manager()
    manager._sock = ClosedWhileFlushed(manager)
    manager._connected.set()
    manager._running.set()

    with pytest.raises(ValueError, match="closed file"):
        manager.close()
    _close(manager)
