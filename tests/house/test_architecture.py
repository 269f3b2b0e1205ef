"""House law: what the import contract cannot see is read from the syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "chengxin"
CLOCKS = {"now", "today", "utcnow", "localtime", "localdate", "gmtime"}
"""Attributes that ask the clock; measuring how long something took (perf_counter, monotonic) does not."""
CONVERTS = {"localtime", "localdate", "gmtime"}
CLOCK_OWNERS = {"datetime", "date", "timezone", "dt", "time"}
SETTINGS = ("django.conf", "chengxin.faces", "environ")
HIDDEN_ROADS = ("django.dispatch", "django.db.models.signals", "django.contrib.contenttypes", "blinker")
ENVIRONMENT = {"environ", "getenv"}
CASE_TABLES = {"Case", "Act", "Schedule", "Standpoint", "Adoption"}
WRITES = {
    "create", "bulk_create", "update", "bulk_update", "delete", "save",
    "get_or_create", "update_or_create", "raw", "acreate", "aupdate", "adelete",
}  # fmt: skip
DRAWERS = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "managers", "handlers"}
LONGEST = 500


def modules(*, below_faces: bool = False) -> list[Path]:
    """Every module of the house but migrations, which Django writes."""
    found = [p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts and "vendor" not in p.parts]
    if below_faces:
        found = [p for p in found if p.relative_to(PACKAGE).parts[0] != "faces"]
    return sorted(found)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def room(path: Path) -> str:
    """``src/chengxin/ledger/looks/log.py`` → ``chengxin.ledger``."""
    first = path.relative_to(PACKAGE).parts[0]
    return f"chengxin.{first.removesuffix('.py')}"


def package(path: Path) -> list[str]:
    """The package a module's relative imports start from."""
    return ["chengxin", *path.relative_to(PACKAGE).parts[:-1]]


def imports(path: Path) -> Iterator[tuple[int, str, str]]:
    """This will give ``(line, module, name)`` of every import, relative ones made absolute."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package(path)[: 1 - node.level or None] if node.level else []
            module = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            yield from ((node.lineno, module, alias.name) for alias in node.names)


def said(path: Path, line: int, what: str) -> str:
    return f"{path.relative_to(ROOT)}:{line}: {what}"


def asks_the_clock(call: ast.Call) -> str:
    """This will name the clock a call asks, or nothing. ``localtime(moment)`` only turns a moment."""
    if isinstance(call.func, ast.Name):
        bare = call.func.id in CLOCKS and not call.args and not call.keywords
        return f"{call.func.id}()" if bare else ""
    if not isinstance(call.func, ast.Attribute):
        return ""
    owner, attribute = call.func.value, call.func.attr
    name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
    asked = attribute in CLOCKS and name in CLOCK_OWNERS and not (attribute in CONVERTS and call.args)
    return f"{name}.{attribute}()" if asked or (name, attribute) == ("time", "time") else ""


def test_nobody_below_faces_asks_the_clock() -> None:
    asked = [
        said(path, node.lineno, clock)
        for path in modules(below_faces=True)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and (clock := asks_the_clock(node))
    ]
    assert asked == []


def test_nobody_below_faces_reads_settings_or_the_environment() -> None:
    read = []
    for path in modules(below_faces=True):
        read += [
            said(path, line, f"{module} {name}")
            for line, module, name in imports(path)
            if any(f"{module}.{name}".startswith(each) for each in SETTINGS)
        ]
        read += [
            said(path, node.lineno, f"os.{node.attr}")
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Attribute)
            and node.attr in ENVIRONMENT
            and isinstance(node.value, ast.Name)
            and node.value.id == "os"
        ]
    assert read == []


def test_no_hidden_roads() -> None:
    """No signals, no generic foreign keys: who is called stands where it is called."""
    found = [
        said(path, line, f"{module} {name}")
        for path in modules()
        for line, module, name in imports(path)
        if any(f"{module}.{name}".startswith(each) for each in HIDDEN_ROADS)
    ]
    assert found == []


def test_private_names_stay_in_their_room() -> None:
    found = [
        said(path, line, f"from {module} import {name}")
        for path in modules()
        for line, module, name in imports(path)
        if module.startswith("chengxin")
        and ".".join(module.split(".")[:2]) != room(path)
        and any(part.startswith("_") and not part.startswith("__") for part in (*module.split("."), name))
    ]
    assert found == []


def test_only_cases_writes_case_tables() -> None:
    found = []
    for path in modules():
        if room(path) == "chengxin.cases":
            continue
        named = {n for _, m, n in imports(path) if m == "chengxin.cases.models" and n in CASE_TABLES}
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in WRITES
            ):
                names = {n.id for n in ast.walk(node.func.value) if isinstance(n, ast.Name)}
                found += [said(path, node.lineno, f"{n}…{node.func.attr}()") for n in sorted(names & named)]
    assert found == []


def test_no_module_is_past_reading() -> None:
    lengths = {p: len(p.read_text("utf-8").splitlines()) for p in modules()}
    assert [said(p, n, "lines") for p, n in lengths.items() if n > LONGEST] == []


def test_no_drawers() -> None:
    """``utils`` and its kin say nothing: a name of the field does."""
    parts = {part for path in modules() for part in path.relative_to(PACKAGE).with_suffix("").parts}
    assert parts & DRAWERS == set()


def test_errors_are_of_the_one_tree() -> None:
    """An exception of the house descends from ``core.errors``, unless it is private to its module."""
    strangers = []
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and path != PACKAGE / "core" / "errors.py":
                bases = {b.id if isinstance(b, ast.Name) else getattr(b, "attr", "") for b in node.bases}
                if bases & {"Exception", "BaseException"} and not node.name.startswith("_"):
                    strangers.append(said(path, node.lineno, node.name))
    assert strangers == []


def is_broad(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in {"Exception", "BaseException"}
    )


def test_nothing_is_swallowed() -> None:
    """``except Exception`` only where it is raised again, or, at a door, where it is told to somebody."""
    swallowed = []
    for path in modules():
        told: tuple[type[ast.AST], ...] = (ast.Raise,)
        if room(path) == "chengxin.faces":
            told = (ast.Raise, ast.Call)
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ExceptHandler) and is_broad(node):
                inside = (each for statement in node.body for each in ast.walk(statement))
                if not any(isinstance(each, told) for each in inside):
                    swallowed.append(said(path, node.lineno, "except without a word"))
    assert swallowed == []


@pytest.mark.parametrize("data", ["law", "catalogue"])
def test_data_folders_hold_no_code(data: str) -> None:
    assert list((PACKAGE / data).rglob("*.py")) == []


def test_every_verb_asked_for_is_one_some_role_holds() -> None:
    """``verbs=("read",)`` of a page, ``require(official, "decide")`` and ``visit.may("link")``."""
    from chengxin.ledger.roles import VERBS

    unknown = []
    for path in modules():
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            asked = [each for kw in node.keywords if kw.arg == "verbs" for each in ast.walk(kw.value)]
            if called in {"may", "require"}:
                asked += node.args[:2]
            unknown += [
                said(path, node.lineno, each.value)
                for each in asked
                if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value not in VERBS
            ]
    assert unknown == []
