"""The templates of Asterisk's files, and filling them in so that no value can break out of its place.

Decides which characters a value may have in an Asterisk file. Placeholders are ``@{name}``, since ``$`` is Asterisk's own. It does
not know what the files mean.
"""

from __future__ import annotations

import re
import string
from functools import cache
from importlib import resources
from pathlib import Path

_CHECKOUT = Path(__file__).parents[2] / "asterisk-dialplan"
_HARMLESS = re.compile(r"[A-Za-z0-9_.:/@=+~,*%^!? -]*")


class Rendered(str):
    """Text that was rendered already: it is put in as it stands, without another check."""


class UnsafeValue(ValueError):
    """A value has a character that means something to Asterisk. The schema lets none through; this is the second lock."""


class _Template(string.Template):
    delimiter = "@"
    idpattern = "[a-z][a-z_]*"


def filled(template: str, **values: str | int) -> Rendered:
    """The template of that name with its placeholders filled. Raises UnsafeValue, and KeyError for one that was forgotten."""
    return Rendered(_Template(_text(template)).substitute({name: _safe(name, value) for name, value in values.items()}))


def joined(blocks: list[Rendered], between: str = "") -> Rendered:
    """Several rendered blocks one after the other, without the last line's end."""
    return Rendered(between.join(blocks).rstrip("\n"))


def line(key: str, value: str | int) -> Rendered:
    """``key = value`` as a line. Raises UnsafeValue."""
    return Rendered(f"{key} = {_safe(key, value)}\n")


def _safe(name: str, value: str | int) -> str:
    if isinstance(value, Rendered):
        return value
    text = str(value)
    if not _HARMLESS.fullmatch(text):
        raise UnsafeValue(f"{name} may not be {text!r} in an Asterisk file")
    return text


@cache
def _text(name: str) -> str:
    """From the package as installed, else from the checkout, where the folder's name is not a package's."""
    if _CHECKOUT.is_dir():
        return (_CHECKOUT / name).read_text(encoding="utf-8")
    return resources.files("asterisk_dialplan").joinpath(name).read_text(encoding="utf-8")
