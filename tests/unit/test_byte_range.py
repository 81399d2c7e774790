"""The header Range: one range of bytes is understood, and what isn't is as if nothing had been asked."""

from __future__ import annotations

import pytest

from cti.byte_range import OutOfRange, wanted


@pytest.mark.parametrize(
    ("header", "found"),
    [("bytes=0-", (0, 100)), ("bytes=10-19", (10, 20)), ("bytes=90-200", (90, 100)), ("bytes=-5", (95, 100)), ("bytes=-500", (0, 100)),
     (None, None), ("", None), ("bytes=-", None), ("bytes=0-1,5-6", None), ("lines=1-2", None), ("bytes=a-b", None)],
)  # fmt: skip
def test_a_range_is_the_first_byte_and_the_one_after_the_last(header: str | None, found: tuple[int, int] | None) -> None:
    assert wanted(header, 100) == found


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=5-4", "bytes=-0", "bytes=999999999999999999-"])
def test_where_there_is_nothing_is_told(header: str) -> None:
    with pytest.raises(OutOfRange):
        wanted(header, 100)
