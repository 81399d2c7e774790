"""The manager interface (AMI) of one Asterisk: commands out, events in, and a fresh look at what is there after every connect."""

from __future__ import annotations

from cti.ami.exchange import Ami
from cti.ami.news import LineOut
from cti.ami.wire import Refused, Unavailable, UnsafeValue

__all__ = ["Ami", "LineOut", "Refused", "Unavailable", "UnsafeValue"]
