"""The order of reading: law, catalogue, programs, overlays; then the laws of the house over all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from chengxin.policy.declarations.catalogue import read_catalogue
from chengxin.policy.declarations.law import read_law
from chengxin.policy.declarations.programs import Folder
from chengxin.policy.declarations.sources import Sources
from chengxin.policy.declarations.values import read_overlay
from chengxin.policy.house import House, Paths
from chengxin.policy.lawful import check_confirmed, check_house
from chengxin.policy.problems import Problem


@dataclass(frozen=True)
class Declared:
    """What was read, and what is wrong with it. The house is whole only where nothing is wrong."""

    house: House
    problems: list[Problem]


Confirming = Callable[[House], House]
"""What an installation has confirmed of a house: it gives the house with that shown."""


def read(
    paths: Paths, *, on: date | None = None, strict: bool = False, confirming: Confirming | None = None
) -> Declared:
    """This will read everything and check it, telling every problem.

    With a day, what stands on an article no longer (or not yet) in force that day is a problem too;
    strictly, so is what nobody has confirmed, in the declarations or (``confirming``) in an installation.
    """
    sources = Sources()
    instruments, articles = read_law(paths.law, sources)
    items = read_catalogue(paths.catalogue, sources)
    folder = Folder(articles, sources)
    for path in paths.programs:
        folder.read(path)
    for path in sources.files(paths.overlays):
        read_overlay(path, folder.values, articles, sources)
    house = House(
        instruments, articles, items, folder.programs, folder.values, folder.procedures, folder.findings
    )
    check_house(house, sources, on=on)
    if strict:
        check_confirmed(confirming(house) if confirming else house, sources)
    return Declared(house, sources.complain.in_order())
