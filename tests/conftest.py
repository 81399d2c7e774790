"""What holds for all tests: an example of a property test may take as long as a busy machine lets it; pytest ends one that hangs."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")
