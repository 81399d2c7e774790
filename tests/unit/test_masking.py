"""No caller's number is readable where it must not be, and nothing else is lost."""

from __future__ import annotations

import io
import json
import logging
from contextlib import redirect_stderr

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from acd.masking import masked, masked_fields, masked_text
from hotline.logs import Lines, log_as_json

MASKED = {
    "13800138000": "138****8000",
    "+8613800138000": "+861****8000",
    "04118888123": "041****8123",
    "8888123": "88****23",
    "1001": "1001",
    "": "",
    "anonymous": "anonymous",
}
TEXTS = {
    "13800138000 rings": "138****8000 rings",
    "sip:13800138000@10.0.0.1:5060": "sip:138****8000@10.0.0.1:5060",
    "call main-1795306614.9, offer main-1795306614.9/o1, leg o2.1795306614.9": None,
    "at 2026-11-22T06:43:27.123456Z, object at 0x7f0012345678": None,
    "[parameters: ('main-1795306614.9', '13800138000')]": "[parameters: ('main-1795306614.9', '138****8000')]",
    "call 0411-8888 1234 or 138 0013 8000.": "call 041****1234 or 138****8000.",
    "his number: +86 (411) 8888-1234, after six": "his number: +86 ****1234, after six",
    "(0411) 88881234": "(04****1234",
    "+1 212 555 0123; 00 44 20 7946 0958; 400-800-1234": "+1 2****0123; 00 ****0958; 400****1234",
    "01 23 45 67 89": "01 ****7 89",
    "138\u00a00013\u20118000": "138****8000",
    "打 138-0013-8000 找李先生": "打 138****8000 找李先生",
    "2026-11-22 06:43:27.5 13800138000 since 2026-11-22": "2026-11-22 06:43:27.5 138****8000 since 2026-11-22",
    "from 2026-03-01 to 2026-03-03 - 2026-03-04": None,
    "attempt 12 2026-03-01": None,
    "08:30-18:00, 1 of 3, 10.0.0.1 5060, levels 1 2 3 4 5 6 7 8, phone 1001-1002": "08:30-18:00, 1 of 3, 10.0.0.1 5060, "
    "levels 1 2 3 4 5 6 7 8, phone 10****02",
    "138 0013 8000 139 0013 9000": "138****9000",
    "PJSIP/1001-0000002a answered within 3600000 s": "PJSIP/1001-0000002a answered within 36****00 s",
}


@pytest.mark.parametrize(("number", "shown"), MASKED.items())
def test_of_a_number_begin_and_end_are_left(number: str, shown: str) -> None:
    assert masked(number) == shown


@pytest.mark.parametrize(("text", "shown"), TEXTS.items())
def test_numbers_are_masked_within_a_text_and_ids_of_calls_are_not(text: str, shown: str | None) -> None:
    assert masked_text(text) == (text if shown is None else shown)


def test_a_field_for_a_number_is_masked_however_it_is_written_and_counts_are_left() -> None:
    fields = {"ani": "138 0013 8000", "sequence": 123456789, "calls": [{"number": "0411-8888 1234"}], "known": True, "none": None}
    shown = {"ani": "138****8000", "sequence": 123456789, "calls": [{"number": "041****1234"}], "known": True, "none": None}
    assert masked_fields(fields) == shown


@given(st.lists(st.from_regex(r"[0-9]{2,5}", fullmatch=True), min_size=3, max_size=4), st.sampled_from([" ", "-", ") ", " - "]))
def test_no_number_is_readable_in_however_many_groups_it_is_written(groups: list[str], gap: str) -> None:
    number = gap.join(["0411", *groups])
    assert number not in masked_text(f"call {number}, after six")


@given(st.from_regex(r"\+?[0-9]{7,20}", fullmatch=True), st.text(alphabet=" ,;:'\"()<>@=/中\n", max_size=3))
def test_no_number_is_readable_wherever_it_stands(number: str, around: str) -> None:
    assert number not in masked_text(f"{around} {number}{around}")


def logged(write: object) -> list[dict[str, object]]:
    """The lines that ``write`` logs, by the set-up of the real engine."""
    said = io.StringIO()
    handlers = logging.root.handlers[:]
    with redirect_stderr(said):
        logging.root.handlers.clear()
        log_as_json("debug")
        assert callable(write)
        write()
        logging.root.handlers[:] = handlers
        structlog.reset_defaults()
    return [json.loads(line) for line in said.getvalue().splitlines()]


def test_the_engines_log_has_no_number_whoever_writes() -> None:
    def write() -> None:
        log = structlog.get_logger()
        arrival = {"call": "main-1795306614.9", "ani": "13800138000"}
        log.info("13800138000 rings", ani="+86 138 0013 8000", event_of=arrival, sequence=12345678)
        try:
            raise ValueError("nobody has 13800138000")
        except ValueError:
            log.exception("failed", objects=[object, ("13800138000",)])
            logging.getLogger("uvicorn.error").exception("for %s", "13800138000")

    lines = logged(write)
    assert len(lines) == 3
    assert "13800138000" not in json.dumps(lines)
    assert lines[0]["event_of"] == {"call": "main-1795306614.9", "ani": "138****8000"}
    assert lines[0]["sequence"] == 12345678
    assert "ValueError: nobody has 138****8000" in str(lines[1]["exception"])
    assert lines[2]["event"] == "for 138****8000"


def test_a_line_of_a_library_is_json_whatever_it_says() -> None:
    record = logging.LogRecord("panoramisk", logging.WARNING, "", 0, 'a "quote"\nand a line', None, None)
    assert json.loads(Lines().format(record)) == {"level": "WARNING", "logger": "panoramisk", "event": 'a "quote"\nand a line'}
