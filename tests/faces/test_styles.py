"""What a template asks of the style sheets is there: no class without a style, no colour that is not the house's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.faces.words import SRC

OWN = SRC / "faces" / "static" / "chengxin"
BORROWED = {"visually-hidden"}
"""What Bootstrap gives as it is; whatever has a colour the house draws from its own tokens."""
CLASS = re.compile(r"\bclass=\"([^\"]*)\"")
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")


def asked() -> Iterator[tuple[str, str]]:
    """This will give (class, file) for every class written out in a template."""
    for path in sorted(SRC.rglob("*.html")):
        for found in CLASS.finditer(TAG.sub("\0", path.read_text("utf-8"))):
            for name in found[1].split():
                if "\0" not in name:
                    yield name, path.name


def test_every_class_of_a_template_has_its_style() -> None:
    drawn = set(BORROWED)
    for path in (*OWN.glob("*.css"), OWN / "chengxin.js"):
        drawn |= set(re.findall(r"\.([a-z][\w-]*)", path.read_text("utf-8")))
    assert [one for one in asked() if one[0] not in drawn] == []
