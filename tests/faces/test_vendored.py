"""What others made is what we said it is, and a closed network needs nothing else."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
import yaml

FACES = Path(__file__).resolve().parents[2] / "src" / "chengxin" / "faces"
KIT = FACES.parent / "kit"
STATIC = FACES / "static"
VENDORED = yaml.safe_load((STATIC / "vendor" / "manifest.yml").read_text("utf-8"))
OURS = sorted((STATIC / "chengxin").glob("*.css"))
TEMPLATES = sorted(FACES.parent.rglob("templates/**/*.html"))


@pytest.mark.parametrize("name", sorted(VENDORED))
def test_every_vendored_file_has_the_hash_of_the_manifest(name: str) -> None:
    said = VENDORED[name]
    assert said["version"] and said["licence"]
    for file, sha256 in said["files"].items():
        assert hashlib.sha256((STATIC / "vendor" / file).read_bytes()).hexdigest() == sha256, file


def test_nothing_is_vendored_unsaid() -> None:
    listed = {file for said in VENDORED.values() for file in said["files"]}
    there = {str(p.relative_to(STATIC / "vendor")) for p in (STATIC / "vendor").rglob("*") if p.is_file()}
    assert there - {"manifest.yml"} == listed


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_our_styles_are_drawn_by_a_browser_of_2020(path: Path) -> None:
    """Government desktops lag: Chromium 86 knows none of these."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
    late = ["color-mix(", ":has(", ":is(", ":where(", "@layer", "@container", "aspect-ratio", "inset:",
            "inset-", "accent-color", "margin-inline", "padding-block", "text-wrap", "dvh", "oklch", "&:"]  # fmt: skip
    assert [word for word in late if word in text] == []


def test_the_same_tokens_stand_in_both_ways_to_the_dark() -> None:
    text = (STATIC / "chengxin" / "tokens.css").read_text("utf-8")
    chosen = re.search(r':root\[data-theme="dark"\] \{(.*?)\}', text, re.DOTALL)
    asked = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\}', text, re.DOTALL)
    assert chosen and asked
    assert sorted(chosen[1].split(";")) != []
    words = [
        sorted(line.strip() for line in found[1].split(";") if line.strip()) for found in (chosen, asked)
    ]
    assert words[0] == words[1]


@pytest.mark.parametrize("path", sorted((STATIC / "chengxin").glob("*.js")), ids=lambda path: path.name)
def test_our_scripts_evaluate_nothing(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|https?://", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_nothing_the_policy_would_refuse(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style", text)
    assert not re.search(r"""(src|href)=["']https?://""", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
