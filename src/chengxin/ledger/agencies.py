"""Bodies with a duty, from a day until a day, and the one that took the duty over."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Q

from chengxin.core.errors import DeclarationError

from .declared import read
from .models import Agency
from .regions import above

_FIELDS = {"name", "name_en", "duty", "region", "valid_from", "valid_to", "successor"}
_NEEDED = {"name", "duty", "region", "valid_from"}


def seed(path: Path) -> int:
    """This will write a place's bodies from its ``agencies.yml``: ``code: {name, duty, region, valid_from}``.

    Idempotent; a body that is no longer in the file stays, since acts and records name it: give it a
    ``valid_to`` and a ``successor`` instead.
    """
    lines: dict[str, dict[str, str]] = read(path) or {}
    bodies = [Agency(code=code, **_fields(path, code, line)) for code, line in lines.items()]
    known = set(lines) | set(Agency.objects.values_list("code", flat=True))
    for body in bodies:
        if body.successor_id and body.successor_id not in known:
            raise DeclarationError(
                "agency.no_successor", file=path.name, line=0, agency=body.code, successor=body.successor_id
            )
    Agency.objects.bulk_create(
        bodies,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "name_en", "duty", "region", "valid_from", "valid_to", "successor"],
    )
    return len(bodies)


def in_office(on: date) -> Q:
    """This will select the bodies that existed on a day."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def is_in_office(agency: Agency, on: date) -> bool:
    """This will say whether a body existed on a day."""
    return agency.valid_from <= on and (agency.valid_to is None or on < agency.valid_to)


def competent(duty: str, region: str, on: date) -> Agency | None:
    """This will find the body with a duty in a region on a day: the region's own, else the next above."""
    held = {a.region_id: a for a in Agency.objects.filter(in_office(on), duty=duty, region__in=above(region))}
    return next((held[code] for code in above(region) if code in held), None)


def successor_on(agency: Agency, on: date) -> Agency | None:
    """This will follow a body to the one that holds its duty on a day; None where nobody took it over."""
    seen = {agency.pk}
    current: Agency | None = agency
    while current is not None and not is_in_office(current, on):
        current = current.successor
        if current is None or current.pk in seen:
            return None
        seen.add(current.pk)
    return current


def with_predecessors(code: str) -> frozenset[str]:
    """This will name a body and all whose duty came to it, however far back: their files are its own."""
    before: dict[str, list[str]] = {}
    for old, new in Agency.objects.filter(successor__isnull=False).values_list("code", "successor_id"):
        before.setdefault(str(new), []).append(old)
    found, waiting = {code}, [code]
    while waiting:
        fresh = set(before.get(waiting.pop(), ())) - found
        found |= fresh
        waiting.extend(fresh)
    return frozenset(found)


def _fields(path: Path, code: str, line: dict[str, str]) -> dict[str, Any]:
    wrong = (_NEEDED - set(line)) | (set(line) - _FIELDS)
    if wrong:
        raise DeclarationError(
            "agency.fields", file=path.name, line=0, agency=code, fields=", ".join(sorted(wrong))
        )
    try:
        since, until = (
            date.fromisoformat(line[k]) if k in line else None for k in ("valid_from", "valid_to")
        )
    except ValueError as bad:
        raise DeclarationError("agency.day", file=path.name, line=0, agency=code, text=str(bad)) from bad
    return {
        "name": line["name"],
        "name_en": line.get("name_en", ""),
        "duty": line["duty"],
        "region_id": line["region"],
        "valid_from": since,
        "valid_to": until,
        "successor_id": line.get("successor"),
    }
