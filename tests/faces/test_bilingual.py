"""Chinese and English do not drift apart: every shown word has its English, with the same blanks."""

from __future__ import annotations

import re

from tests.faces import words


def test_every_word_has_its_english() -> None:
    assert words.missing() == []


def test_no_chinese_in_a_template_goes_unmarked() -> None:
    assert words.unmarked() == []


def test_both_languages_fill_the_same_blanks() -> None:
    blanks = re.compile(r"%\(\w+\)[sd]")
    wrong = [
        zh
        for zh, en in words.catalogue().items()
        if zh and set(blanks.findall(zh)) != set(blanks.findall(en))
    ]
    assert wrong == []


def test_english_is_english() -> None:
    bilingual = {"系统出了差错 / our fault · "}
    left = [zh for zh, en in words.catalogue().items() if zh not in bilingual and words.HAN.search(en)]
    assert left == []


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    entries = len(re.findall(r"^msgid ", words.CATALOGUE.read_text("utf-8"), re.MULTILINE))
    assert len(words.catalogue()) == entries
