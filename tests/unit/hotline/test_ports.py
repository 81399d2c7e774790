"""Ports for private hotlines: two processes that look at the same time never find the same."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from hotline.sipp import free_ports, give_back, take

OTHER = "import sys; from hotline.sipp import take; print([take(int(port)) for port in sys.argv[1:]])"


def elsewhere(*ports: int) -> str:
    return subprocess.run([sys.executable, "-c", OTHER, *map(str, ports)], capture_output=True, text=True, check=True).stdout.strip()


def test_what_this_process_has_taken_no_other_takes_until_it_is_given_back() -> None:
    first, second = free_ports(2, first=25_000, last=32_700, step=10)
    assert elsewhere(first, second) == "[False, False]"
    assert not take(first)
    give_back(second)
    assert elsewhere(first, second) == "[False, True]"
    give_back(first)


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_port_where_somebody_listens_is_not_taken(kind: socket.SocketKind) -> None:
    [port] = free_ports(1, first=25_000, last=32_700, step=10)
    give_back(port)
    with socket.socket(socket.AF_INET, kind) as somebody:
        somebody.bind(("127.0.0.1", port))
        assert not take(port)
    assert take(port)
    give_back(port)
