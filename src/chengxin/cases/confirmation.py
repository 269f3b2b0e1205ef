"""Confirming a proposal: an article or a table of values written from memory or second hand is confirmed against its
official text.

Two different legal officials sign the same file, each by an act in the book of that article, or of those values in
that region. From the day of the second signature on it no longer shows as a proposal; a gist or a value that is
changed later must be confirmed anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from chengxin.cases import wordings
from chengxin.cases.models import Act, Case
from chengxin.cases.opening import open_book
from chengxin.cases.point import Point
from chengxin.cases.wordings import AT, Wording, wording
from chengxin.core.errors import DeniedError, RefusedByLaw
from chengxin.ledger.models import Exhibit
from chengxin.policy.house import House

if TYPE_CHECKING:
    from chengxin.cases.adopted import Adopted
    from chengxin.cases.rules import Occasion
    from chengxin.ledger.models import Agency

KIND: Final = "confirm_text"
SIGNATURES: Final = 2


@dataclass(frozen=True, slots=True)
class Signature:
    """One official's signature under one file for one wording."""

    name: str
    """Of the article, or of the values in a region."""
    of: str
    """The digest of the wording as it is declared."""
    text: str
    """SHA-256 of the official text."""
    official: int | None
    on: date


def book_of(found: Wording, agency: Agency, on: date) -> Case:
    """This will give the book in which a wording is confirmed."""
    return open_book(
        program="kernel", procedure="confirmation", agency=agency.code, region=agency.region_id,
        title=f"核对正式文本　{found.citation}", number=_number(found.id), on=on,
    )  # fmt: skip


def said(name: str) -> dict[str, str]:
    """This will write into an act what it signs: an article, or values."""
    return {"values" if AT in name else "article": name}


def signatures(on: date) -> list[Signature]:
    """This will give every signature up to a day, in their order."""
    return [
        Signature(_named(one.detail), one.detail["of"], one.detail["text"], one.official, one.on)
        for one in Act.objects.filter(kind=KIND, on__lte=on).order_by("id")
    ]


def confirmed(on: date) -> dict[tuple[str, str], date]:
    """This will give, by name and wording, since when it has been confirmed."""
    hands: dict[tuple[str, str, str], dict[int | None, date]] = {}
    found: dict[tuple[str, str], date] = {}
    for one in signatures(on):
        signed = hands.setdefault((one.name, one.of, one.text), {})
        signed.setdefault(one.official, one.on)
        if len(signed) >= SIGNATURES:
            found.setdefault((one.name, one.of), one.on)
    return found


def shown(house: House, on: date) -> House:
    """This will show as confirmed what was confirmed by a day and is worded as it was then."""
    for name, of in confirmed(on):
        house = wordings.confirmed(house, name, of)
    return house


def as_of(bundle: Adopted, on: date) -> Adopted:
    """This will show as confirmed what was confirmed by a day; the bundle is the same, known by the same hash."""
    return replace(bundle, house=shown(bundle.house, on))


def fill(occasion: Occasion, filled: dict[str, Any]) -> None:
    """This will write what is signed: the wording as declared, and the hash of the file."""
    found = wording(occasion.bundle.house, _named(filled))
    if found is None:
        raise RefusedByLaw("act.unknown_article", article=_named(filled) or "—")
    exhibit = Exhibit.objects.filter(pk=filled.get("exhibit") or 0).first()
    if exhibit is None:
        raise RefusedByLaw("confirmation.no_text", article=found.id)
    filled["of"], filled["text"] = found.digest, exhibit.sha256


def check(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse to confirm what is confirmed, in another's book, and with the same hand twice."""
    name, official = _named(detail), occasion.official
    found = wording(occasion.bundle.house, name)
    if found is None or found.status != "proposal":
        raise RefusedByLaw("confirmation.confirmed", article=name)
    if occasion.case.number != _number(name):
        raise RefusedByLaw("confirmation.another_book", article=name)
    own = (name, official.pk if official else None, detail["of"], detail["text"])
    if own in {(one.name, one.official, one.of, one.text) for one in signatures(occasion.on)}:
        raise DeniedError("confirmation.same_hand", official=official.name if official else "—")


def _named(detail: Mapping[str, Any]) -> str:
    return str(detail.get("values") or detail.get("article") or "")


def _number(name: str) -> str:
    return f"confirmation/{name}"[:80]
