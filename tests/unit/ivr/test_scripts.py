"""Which part of a text is read in which language."""

from __future__ import annotations

import pytest

from ivr.scripts import kanji_of, parts_of

CHINESE, ENGLISH = "中文服务请按一。", "For English, press two."


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("en", CHINESE + ENGLISH, [("zh", CHINESE), ("en", ENGLISH)]),
        ("zh", CHINESE + ENGLISH, [("zh", CHINESE), ("en", ENGLISH)]),
        ("yue", CHINESE + ENGLISH, [("yue", CHINESE), ("en", ENGLISH)]),
        ("ko", "안녕하세요. " + CHINESE + ENGLISH, [("ko", "안녕하세요. "), ("zh", CHINESE), ("en", ENGLISH)]),
        ("zh", "打印机LP400请按1。", [("zh", "打印机LP400请按1。")]),
        ("en", "Press 1 for 中文.", [("en", "Press 1 for "), ("zh", "中文.")]),
        ("de", "Bitte warten Sie.", [("de", "Bitte warten Sie.")]),
        ("ja", "お待ちください。", [("ja", "お待ちください。")]),
        ("zh", "日本語は、3を。", [("ja", "日本語は、3を。")]),
        ("zh", "12", [("zh", "12")]),
        ("en", "...", [("en", "...")]),
    ],
)
def test_a_text_is_read_in_the_languages_that_its_parts_are_written_in(language: str, text: str, parts: list[tuple[str, str]]) -> None:
    assert parts_of(text, language) == parts
    assert "".join(part for _, part in parts) == text


def test_kanji_are_told_from_kana() -> None:
    assert kanji_of("少々お待ちください") == "少々待"
