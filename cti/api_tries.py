"""How often a password or code may be tried: three counts, so that neither guessing nor locking people out gets far.

By name and address, against guessing one; by address, against guessing many; by name from anywhere, against guessing with many
addresses. Where somebody has signed in before, the last one is not held against him, so that nobody is locked out by strangers.
"""

from __future__ import annotations

from collections import OrderedDict

from cti.api_sessions import Attempts

TRIES_OF_NAME = 5
TRIES_OF_ADDRESS = 50
TRIES_OF_ACCOUNT = 50
SECONDS_PER_TRY = 12.0
"""After so many wrong passwords, one more every 12 s."""
MOST_KNOWN = 4096


class Tries:
    """All counts of one app."""

    def __init__(self) -> None:
        self._of_name = Attempts(TRIES_OF_NAME, SECONDS_PER_TRY)
        self._of_address = Attempts(TRIES_OF_ADDRESS, SECONDS_PER_TRY)
        self._of_account = Attempts(TRIES_OF_ACCOUNT, SECONDS_PER_TRY)
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        """(Name, address) from where people signed in, the latest last."""

    def wait_seconds(self, name: str, address: str) -> float:
        """Count a try; 0 when it is allowed, else how long to wait."""
        wait = max(self._of_address.wait_seconds(address), self._of_name.wait_seconds(f"{address} {name}"))
        return wait if wait > 0 or (name, address) in self._known else self._of_account.wait_seconds(name)

    def forgive(self, name: str, address: str) -> None:
        """He is who he says: all tries from there are given back."""
        self._of_name.forgive(f"{address} {name}")
        self._of_address.forgive(address)
        self._known[name, address] = None
        self._known.move_to_end((name, address))
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
