"""Divisions and bodies by name: a code says nothing to who reads a list."""

from __future__ import annotations

from collections.abc import Iterable

from chengxin.kit.words import spoken
from chengxin.ledger.models import Agency, Region


def divisions(codes: Iterable[str]) -> dict[str, str]:
    """This will name divisions by their codes, in the order of the codes; an unknown one keeps its code."""
    wanted = sorted(set(codes))
    known = Region.objects.in_bulk(wanted)
    return {code: spoken(it.name, it.name_en) if (it := known.get(code)) else code for code in wanted}


def duties_of(codes: Iterable[str]) -> dict[str, str]:
    """This will give the duty of each body by its code; an unknown one has none."""
    return dict(Agency.objects.filter(pk__in=set(codes)).values_list("code", "duty"))


def bodies(codes: Iterable[str]) -> dict[str, str]:
    """This will name bodies by their codes; an unknown one keeps its code."""
    wanted = sorted(set(codes))
    known = Agency.objects.in_bulk(wanted)
    return {code: spoken(it.name, it.name_en) if (it := known.get(code)) else code for code in wanted}
