"""Signing the official text of an article: an act in its book, once by each of two officials."""

from __future__ import annotations

from datetime import date, datetime

from chengxin.cases.acts import act
from chengxin.cases.adopted import Adopted
from chengxin.cases.confirmation import KIND, book_of
from chengxin.cases.models import Act
from chengxin.core.errors import MissingError
from chengxin.ledger.models import Exhibit, Official


def sign(
    article: str, exhibit: Exhibit, *, official: Official, on: date, at: datetime, bundle: Adopted
) -> Act:
    """This will put one official's signature under a file as the official text of an article."""
    known = bundle.house.articles.get(article)
    if known is None:
        raise MissingError("confirmation.no_article", article=article)
    return act(
        book_of(known, official.agency, on), KIND, official=official, agency=official.agency_id, on=on, at=at,
        bundle=bundle, detail={"article": article, "exhibit": exhibit.pk}, cites={"exhibits": [exhibit.pk]},
    )  # fmt: skip
