"""The doctor's last word: a connection that Asterisk closes while we say goodbye is no finding."""

from collections.abc import Iterator

import pytest
from asterisk.manager import Manager

from hotline.doctor_command import _close

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:asterisk.manager")


class ClosedBeforeFlush:
    """The answer to the log-off, and the end, came between writing and flushing."""

    def write(self, data: bytes) -> None:
        assert b"Action: Logoff" in data

    def flush(self) -> None:
        raise ValueError("I/O operation on closed file.")


@pytest.fixture
def manager() -> Iterator[Manager]:
    one = Manager()
    one._sock = ClosedBeforeFlush()
    one._connected.set()
    one._running.set()
    yield one
    one._running.clear()  # else it says goodbye once more when it is collected


def test_a_connection_that_is_closed_while_we_say_goodbye_is_no_failure(manager: Manager) -> None:
    with pytest.raises(ValueError, match="closed file"):
        manager.close()
    _close(manager)
