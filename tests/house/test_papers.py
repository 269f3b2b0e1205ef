"""The papers of the house say what is so."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from chengxin.faces.cli import COMMANDS

ROOT = Path(__file__).parents[2]


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listing.stdout.decode().split("\0") if name]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_a_module_that_speaks_json(name: str) -> None:
    module = import_module(f"chengxin.faces.cli.{name}")
    shown = subprocess.run(
        [sys.executable, "-m", "chengxin.faces.cli", name, "--help"], capture_output=True, check=True
    )
    assert b"--json" in shown.stdout
    assert module.__doc__ and f"chengxin {name}" in module.__doc__


def test_help_loads_neither_django_nor_an_engine() -> None:
    seen = "len({'django', 'duckdb', 'pyarrow', 'pydantic', 'yaml'} & set(sys.modules))"
    code = f"import sys; from chengxin.faces.cli import main; main(['--help']); sys.exit({seen})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_no_registry_host_and_no_path_of_a_machine_is_committed() -> None:
    bad = re.compile(rb"--(?:extra-)?index.url|/home/[a-z]+/|" + re.escape(f"{ROOT}/").encode())
    own = Path(__file__)
    found = [
        p for p in tracked() if p.is_file() and p != own and p.suffix != ".otf" and bad.search(p.read_bytes())
    ]
    assert found == []
    assert b"http" not in (ROOT / "requirements.lock").read_bytes()


def test_links_in_the_papers_lead_somewhere() -> None:
    papers = [p for p in tracked() if p.suffix == ".md"]
    led = [(p, target) for p in papers for target in re.findall(r"\]\(([^)#]+)", p.read_text("utf-8"))]
    assert [f"{p.name}: {t}" for p, t in led if "://" not in t and not (p.parent / t).exists()] == []


def test_both_readmes_name_the_same_programs() -> None:
    rows = [
        re.findall(r"^\| (\d+) \| \W*(\w+)", (ROOT / name).read_text("utf-8"), re.MULTILINE)
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 19


def test_modules_stay_readable() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in tracked()
        if p.suffix in {".py", ".html"}
        and "vendor" not in p.parts
        and "migrations" not in p.parts
        and p.is_file()
        if (n := len(p.read_text("utf-8").splitlines())) > 500
    }
    assert long == {}
