"""The menu's picture: every node once, every way out of it, and what callers did."""

from __future__ import annotations

import argparse
from pathlib import Path
from xml.etree import ElementTree

import pytest

from config.compile import compile_menu
from config.picture import picture
from config.schema import Config
from hotline.check_command import run
from ivr.traffic import Traffic, Way, traffic_of

SVG = "{http://www.w3.org/2000/svg}"
SHIPPED = Path(__file__).parents[3] / "config" / "hotline.yaml"


def words(svg: str) -> list[str]:
    """All text, by a real parser: what is no XML fails here."""
    return [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_every_node_is_drawn_once_and_referred_to_by_name(shipped: Config) -> None:
    menu = compile_menu(shipped)
    said = words(picture(menu, shipped.prompts))

    assert [said.count(node.id) for node in menu.nodes()] == [1] * len(menu.nodes())
    assert "→ level" in said and "⇥ message" in said and "3  emergency" in said


def test_it_begins_at_the_top_left_and_no_label_runs_into_a_box(shipped: Config) -> None:
    """The widths are estimates: a letter of such a label has less than 6.4 pixels, as seen in Chromium."""
    traffic = Traffic()
    traffic.taken["first", "printers_in_english"] = 12_345
    drawn = ElementTree.fromstring(picture(compile_menu(shipped), shipped.prompts, traffic))
    boxes = [(float(box.get("x", "")), float(box.get("y", ""))) for box in drawn.iter(f"{SVG}rect")]

    assert boxes[0] == (min(x for x, _ in boxes), min(y for _, y in boxes)), "the first node"
    for label in (text for text in drawn.iter(f"{SVG}text") if text.get("class") == "key"):
        x, y = float(label.get("x", "")), float(label.get("y", ""))
        [box] = [left for left, top in boxes if left > x and top <= y <= top + 24 and left - x < 400][:1]
        assert x + 6.4 * len(label.text or "") <= box, label.text


def test_what_is_asked_is_shown_when_the_pointer_rests_on_it(shipped: Config) -> None:
    drawn = ElementTree.fromstring(picture(compile_menu(shipped), shipped.prompts))

    assert any("For servers, press one." in (title.text or "") for title in drawn.iter(f"{SVG}title"))


def test_a_text_can_not_break_out_of_the_picture(shipped: Config) -> None:
    svg = picture(compile_menu(shipped), {"choose_product": {"en": "</title><script>alert(1)</script>"}})

    assert not list(ElementTree.fromstring(svg).iter(f"{SVG}script"))


def test_counts_are_those_of_the_callers_ways(shipped: Config) -> None:
    to_servers = (("language", "2", "english"), ("product/b", "1", "servers"))
    ways = [Way((*to_servers, ("level", "1", "how_to")), False, True), Way(to_servers, True, False), Way((), True, False)]

    traffic = traffic_of(compile_menu(shipped), ways)

    assert traffic.calls == 3
    assert traffic.taken["product", "servers"] == 2, "both orders on trial are one branch"
    assert traffic.handed_on == {("language", "english"): 1, ("product", "servers"): 1, ("level", "how_to"): 1}
    assert traffic.gave_up == {"level": 1, "first": 1}
    said = words(picture(compile_menu(shipped), shipped.prompts, traffic))
    assert "2  english  ·  2 (1 ↷)" in said and said.count("✕ 1") == 2


def test_who_repeats_and_gives_up_gave_up_there(shipped: Config) -> None:
    way = Way((("language", "1", "mandarin"), ("product", "#", "again")), True, False)

    assert traffic_of(compile_menu(shipped), [way]).gave_up == {"product": 1}


def test_no_traffic_draws_no_counts(shipped: Config) -> None:
    assert "·" not in "".join(words(picture(compile_menu(shipped), {}))) and "·  0" in picture(compile_menu(shipped), {}, Traffic())


def test_the_command_writes_it_and_says_how_far_a_person_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argparse.Namespace(config=SHIPPED, picture=tmp_path / "menu.svg")) == 0

    assert "keys to a person: at most 1" in capsys.readouterr().out
    assert "product" in words((tmp_path / "menu.svg").read_text(encoding="utf-8"))
