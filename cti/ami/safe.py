"""What may stand in an action to Asterisk: texts that could mean anything else are refused before they are sent."""

from __future__ import annotations

import re
from typing import Final

from cti.ami.wire import UnsafeValue

_NAME: Final = re.compile(r"[A-Za-z0-9_+*#.-]{1,79}")
"""What may be an extension, a context or a variable's value: no character here means anything to a dialplan or to AMI, and
AST_MAX_EXTENSION is 80."""


_NUMBER: Final = re.compile(r"\+?[0-9*#]{3,30}")
"""What may be dialled."""


def safe_number(text: str) -> str:
    """A number to dial; raises UnsafeValue."""
    if not _NUMBER.fullmatch(text):
        raise UnsafeValue(f"not a number to dial: {text[:100]!r}")
    return text


def safe_value(text: str) -> str:
    """A variable's value: what a name may have, and the slash of an attempt's key; raises UnsafeValue."""
    safe_name(text.replace("/", "-"))
    return text


def safe_name(text: str) -> str:
    """An extension, a context or a variable's value; raises UnsafeValue."""
    if not _NAME.fullmatch(text):
        raise UnsafeValue(f"not a name for the dialplan: {text[:100]!r}")
    return text
