"""The house as declared: law, catalogue, programs with their values and procedures, in one frozen value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chengxin.core.errors import DeclarationError
from chengxin.policy.articles import Article, Instrument
from chengxin.policy.items import Item
from chengxin.policy.procedures import Procedure
from chengxin.policy.programs import Finding, Program
from chengxin.policy.values import PolicyRow, Values

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class House:
    """What a decision or a run names by its bundle. The keys of the last three are ``program.name``."""

    instruments: dict[str, Instrument]
    articles: dict[str, Article]
    items: dict[str, Item]
    programs: dict[str, Program]
    values: dict[str, Values]
    procedures: dict[str, Procedure]
    findings: dict[str, Finding]

    def policy_rows(self, program: str, day: date) -> list[PolicyRow]:
        """This will give a program's values that have begun by the day, with the periods they hold in.

        Earlier periods are among them: a rule reads the value of the day a thing happened.
        """
        tables = [values for key, values in sorted(self.values.items()) if values.program == program]
        return [row for values in tables for row in values.rows() if row.since <= day]

    def finding(self, program: str, name: str) -> Finding:
        """This will give one rule of a program."""
        return self.findings[f"{program}.{name}"]


@dataclass(frozen=True)
class Paths:
    """The folders a house is read from."""

    law: tuple[Path, ...]
    catalogue: tuple[Path, ...]
    programs: tuple[Path, ...]
    overlays: tuple[Path, ...]


def default_paths(place: str = "demo") -> Paths:
    """This will name the shipped folders, with the place's own law and overlays after them."""
    here = ROOT / "places" / place
    return Paths(
        law=_present(ROOT / "law", here / "law"),
        catalogue=_present(ROOT / "catalogue", here / "catalogue"),
        programs=tuple(sorted(path.parent for path in (ROOT / "programs").glob("*/program.yml"))),
        overlays=_present(here / "overlays"),
    )


def load(
    law_paths: Sequence[Path] | None = None,
    catalogue_paths: Sequence[Path] | None = None,
    program_paths: Sequence[Path] | None = None,
    overlay_paths: Sequence[Path] | None = None,
) -> House:
    """This will read and check the declarations, raising ``DeclarationError`` for the first problem.

    Each path is a folder (or one file); what is not given is the shipped. ``check`` tells all problems.
    """
    from chengxin.policy.declarations import read

    shipped = default_paths()
    declared = read(
        Paths(
            law=shipped.law if law_paths is None else tuple(law_paths),
            catalogue=shipped.catalogue if catalogue_paths is None else tuple(catalogue_paths),
            programs=shipped.programs if program_paths is None else tuple(program_paths),
            overlays=shipped.overlays if overlay_paths is None else tuple(overlay_paths),
        )
    )
    if declared.problems:
        first = declared.problems[0]
        raise DeclarationError(first.id, file=first.file, line=first.line, **first.words)
    return declared.house


def _present(*folders: Path) -> tuple[Path, ...]:
    return tuple(folder for folder in folders if folder.exists())
