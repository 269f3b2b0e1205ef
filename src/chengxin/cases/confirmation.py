"""Confirming a proposal: an article written from memory or second hand is confirmed against its official text.

Two different legal officials sign the same file, each by an act in the book of that article. From the day of the
second signature on it no longer shows as a proposal; a gist that is changed later must be confirmed anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from chengxin.cases.models import Act, Case
from chengxin.cases.opening import open_book
from chengxin.cases.point import Point
from chengxin.core.errors import DeniedError, RefusedByLaw
from chengxin.ledger.models import Exhibit
from chengxin.policy.articles import Article
from chengxin.policy.bundle import digest_of

if TYPE_CHECKING:
    from chengxin.cases.adopted import Adopted
    from chengxin.cases.rules import Occasion
    from chengxin.ledger.models import Agency

KIND: Final = "confirm_text"
SIGNATURES: Final = 2


@dataclass(frozen=True, slots=True)
class Signature:
    """One official's signature under one file for one wording of an article."""

    article: str
    of: str
    """The digest of the article as it is declared."""
    text: str
    """SHA-256 of the official text."""
    official: int | None
    on: date


def book_of(article: Article, agency: Agency, on: date) -> Case:
    """This will give the book in which an article is confirmed."""
    return open_book(
        program="kernel", procedure="confirmation", agency=agency.code, region=agency.region_id,
        title=f"核对正式文本　{article.citation}", number=f"confirmation/{article.id}"[:80], on=on,
    )  # fmt: skip


def signatures(on: date, article: str | None = None) -> list[Signature]:
    """This will give every signature up to a day, of one article or of all, in their order."""
    signed = Act.objects.filter(kind=KIND, on__lte=on).order_by("id")
    if article is not None:
        signed = signed.filter(detail__article=article)
    return [
        Signature(one.detail["article"], one.detail["of"], one.detail["text"], one.official, one.on)
        for one in signed
    ]


def confirmed(on: date) -> dict[tuple[str, str], date]:
    """This will give, by article and wording, since when it has been confirmed."""
    hands: dict[tuple[str, str, str], dict[int | None, date]] = {}
    found: dict[tuple[str, str], date] = {}
    for one in signatures(on):
        signed = hands.setdefault((one.article, one.of, one.text), {})
        signed.setdefault(one.official, one.on)
        if len(signed) >= SIGNATURES:
            found.setdefault((one.article, one.of), one.on)
    return found


def as_of(bundle: Adopted, on: date) -> Adopted:
    """This will show as confirmed what was confirmed by a day; the bundle is the same, known by the same hash."""
    known = confirmed(on)
    if not known:
        return bundle
    articles = {
        name: replace(one, status="confirmed")
        if one.status == "proposal" and (name, digest_of(one)) in known
        else one
        for name, one in bundle.house.articles.items()
    }
    return replace(bundle, house=replace(bundle.house, articles=articles))


def fill(occasion: Occasion, filled: dict[str, Any]) -> None:
    """This will write what is signed: the wording as declared, and the hash of the file."""
    article = occasion.bundle.house.articles.get(str(filled.get("article")))
    if article is None:
        raise RefusedByLaw("act.unknown_article", article=filled.get("article") or "—")
    exhibit = Exhibit.objects.filter(pk=filled.get("exhibit") or 0).first()
    if exhibit is None:
        raise RefusedByLaw("confirmation.no_text", article=article.id)
    filled["of"], filled["text"] = digest_of(article), exhibit.sha256


def check(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse to confirm what is confirmed, in another article's book, and with the same hand twice."""
    article, official = occasion.bundle.house.articles[detail["article"]], occasion.official
    if article.status != "proposal":
        raise RefusedByLaw("confirmation.confirmed", article=article.id)
    if occasion.case.number != f"confirmation/{article.id}"[:80]:
        raise RefusedByLaw("confirmation.another_book", article=article.id)
    own = (official.pk if official else None, detail["of"], detail["text"])
    if own in {(one.official, one.of, one.text) for one in signatures(occasion.on, article.id)}:
        raise DeniedError("confirmation.same_hand", official=official.name if official else "—")
