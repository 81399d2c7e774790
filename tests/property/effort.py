"""How much chance is tried: HOTLINE_PROPERTY_EFFORT times as many examples as usual, for a thorough run now and then."""

from __future__ import annotations

import os

EFFORT = int(os.environ.get("HOTLINE_PROPERTY_EFFORT", "1"))
