"""Every Chinese word a page may show, as it stands in the sources. Run it to list those without English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src" / "chengxin"
CATALOGUE = SRC / "faces" / "locale" / "en" / "LC_MESSAGES" / "django.po"
HAN = re.compile(r"[\u4e00-\u9fff]")
ROOMS = ("kit", "faces/public", "faces/desk", "faces/my", "faces/mounting.py", "faces/wording.py", "programs")
NOT_SHOWN = {"purpose", "title_zh", "text_zh"}
"""Keywords whose words stay Chinese: the purpose of a look is logged for the subject to read, a paper is kept as it
was filed."""
TRANS = re.compile(r"\{%\s*trans\s+(?:\"([^\"]*)\"|'([^']*)')")
BLOCK = re.compile(r"\{%\s*blocktrans([^%]*)%\}(.*?)\{%\s*endblocktrans\s*%\}", re.DOTALL)
PLURAL = re.compile(r"\{%\s*plural\s*%\}")
BLANK = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def python_words() -> Iterator[tuple[str, str]]:
    """This will give (word, where) for every Chinese text in the pages' Python but docstrings."""
    for path in _files("*.py"):
        if "pages" not in path.parts and "programs" in path.parts:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        skipped = _silent(tree)
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and id(node) not in skipped else None
            if isinstance(text, str) and HAN.search(text):
                yield text, f"{path.relative_to(SRC)}:{node.lineno}"


def template_words() -> Iterator[tuple[str, str]]:
    """This will give (word, where) for every marked text of the templates."""
    for path in _files("*.html", everywhere=True):
        text = path.read_text("utf-8")
        for found in TRANS.finditer(text):
            yield found[1] or found[2], path.name
        for found in BLOCK.finditer(text):
            yield BLANK.sub(r"%(\1)s", PLURAL.split(found[2])[0]), path.name


def unmarked() -> list[str]:
    """This will list Chinese in templates that no tag translates."""
    bare = []
    for path in _files("*.html", everywhere=True):
        text = BLOCK.sub("", path.read_text("utf-8"))
        text = text.replace("<span>中文</span>", "")  # the switch names the other language in itself
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
        bare += [f"{path.name}: {line.strip()[:60]}" for line in text.splitlines() if HAN.search(line)]
    return bare


def catalogue() -> dict[str, str]:
    """This will read the English catalogue as it is compiled, plural forms by their singular."""
    import gettext

    compiled = CATALOGUE.with_suffix(".mo")
    with compiled.open("rb") as file:
        entries = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {(key[0] if isinstance(key, tuple) else key): value for key, value in entries.items()}


def missing() -> list[str]:
    """This will list what has no English yet."""
    known = catalogue()
    return sorted({word for word, _where in (*python_words(), *template_words()) if word not in known})


def _files(pattern: str, *, everywhere: bool = False) -> Iterator[Path]:
    rooms = ("kit", "faces", "programs") if everywhere else ROOMS
    for room in rooms:
        place = SRC / room
        yield from sorted(place.rglob(pattern)) if place.is_dir() else [place]


def _silent(tree: ast.AST) -> set[int]:
    """Docstrings, and keywords whose words are not for a screen."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(id(node.value))
        if isinstance(node, ast.keyword) and node.arg in NOT_SHOWN:
            found |= {id(inner) for inner in ast.walk(node.value)}
    return found


if __name__ == "__main__":
    print("\n".join(missing()))  # noqa: T201
