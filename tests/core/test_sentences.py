"""Every sentence of the house, whichever room wrote it."""

from __future__ import annotations

from string import Formatter

import pytest

from chengxin.core.errors import ConflictError, DeclarationError, InputError, sentences


def words(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("id_", sorted(sentences()))
def test_a_sentence_is_whole_in_both_languages(id_: str) -> None:
    texts = sentences()[id_]
    assert set(texts) == {"zh", "en", "hint_zh", "hint_en"}
    assert all(isinstance(text, str) and text.strip() for text in texts.values())
    assert all(name.isidentifier() for text in texts.values() for name in words(text))


def test_an_error_says_itself_in_both_languages() -> None:
    error = InputError("periods.unreadable", text="5 days")
    assert error.status == 400
    assert "5 days" in str(error)
    assert error.as_dict()["hint_zh"].startswith("请写")
    assert ConflictError.status == 409


def test_a_declaration_error_says_where() -> None:
    error = DeclarationError("policy.not_utf8", file="law/x.yml", line=3)
    assert str(error) == "law/x.yml:3: The file is not UTF-8."
    assert error.sentence("zh").startswith("law/x.yml:3: ")
