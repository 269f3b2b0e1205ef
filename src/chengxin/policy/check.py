"""``check``: every problem of every declaration at once, each with its place, a sentence and an example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from chengxin.policy.declarations import Confirming, read
from chengxin.policy.house import Paths, default_paths
from chengxin.policy.marked import shown
from chengxin.policy.problems import Problem

__all__ = ["Problem", "check", "places"]


def check(
    paths: Sequence[Path] | None = None,
    strict: bool = False,
    *,
    on: date | None = None,
    confirming: Confirming | None = None,
) -> list[Problem]:
    """This will read the shipped declarations, and those of ``paths`` with them, and tell what is wrong.

    A path is a folder called ``law``, ``catalogue``, ``programs`` or ``overlays``, a program's own folder,
    a folder that holds such folders, or one file of theirs. ``strict`` refuses proposals, but what
    an installation has confirmed (``confirming``); ``on`` refuses what stands on an article that is not in
    force that day.
    """
    found, empty = places(paths)
    return [*empty, *read(found, on=on, strict=strict, confirming=confirming).problems]


def places(paths: Sequence[Path] | None = None) -> tuple[Paths, list[Problem]]:
    """This will give the shipped folders of declarations with those of ``paths`` after them, and which of
    these hold nothing."""
    found = default_paths()
    empty: list[Problem] = []
    for path in map(Path, paths or ()):
        if not path.exists():
            empty.append(Problem(shown(path), 1, "policy.no_file"))
            continue
        more = _with(found, path)
        if more == found and not _holds(
            (*found.law, *found.catalogue, *found.programs, *found.overlays), path
        ):
            empty.append(Problem(shown(path), 1, "policy.nothing_here"))
        found = more
    return found, empty


def _with(paths: Paths, path: Path) -> Paths:
    folder = path if path.is_dir() else path.parent
    if (folder / "program.yml").exists():
        return replace(paths, programs=_added(paths.programs, folder))
    if folder.name in ("policy", "procedures", "findings") and (folder.parent / "program.yml").exists():
        return replace(paths, programs=_added(paths.programs, folder.parent))
    if folder.name in ("law", "catalogue", "overlays"):
        field = {"law": paths.law, "catalogue": paths.catalogue, "overlays": paths.overlays}[folder.name]
        return replace(paths, **{folder.name: _added(field, path)})
    for inner in sorted(each for each in folder.iterdir() if each.is_dir()):
        if inner.name in ("law", "catalogue", "overlays", "programs") or (inner / "program.yml").exists():
            paths = _with(paths, inner)
    return paths


def _added(known: tuple[Path, ...], path: Path) -> tuple[Path, ...]:
    """This will add a path, unless what is known holds it already."""
    return known if any(path.resolve().is_relative_to(each.resolve()) for each in known) else (*known, path)


def _holds(known: tuple[Path, ...], path: Path) -> bool:
    """This will say whether a path is in what is read, or around it."""
    here = path.resolve()
    return any(here.is_relative_to(each.resolve()) or each.resolve().is_relative_to(here) for each in known)
