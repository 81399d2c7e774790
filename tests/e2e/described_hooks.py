"""Loaded by schemathesis: what it can't know of our API.

A request can be as described and name something that there is not (a reason, a product line, a page of a list): that is refused too, with
422, but never with the code ``invalid``, which says that the request itself is not as described.
"""

from __future__ import annotations

import schemathesis
from schemathesis import Case, CheckContext, Response


@schemathesis.check
def what_is_as_described_is_understood(_context: CheckContext, response: Response, case: Case) -> None:
    """Stands for schemathesis' ``positive_data_acceptance``."""
    meta = case.meta
    if meta is not None and meta.generation.mode.is_positive and response.status_code == 422 and response.json()["code"] == "invalid":
        raise AssertionError("a request as described was called invalid")
