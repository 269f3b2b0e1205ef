"""Signing the official text of an article or of values: an act in its book, once by each of two officials."""

from __future__ import annotations

from datetime import date, datetime

from chengxin.cases.acts import act
from chengxin.cases.adopted import Adopted
from chengxin.cases.confirmation import KIND, book_of, said
from chengxin.cases.models import Act
from chengxin.cases.wordings import wording
from chengxin.core.errors import MissingError
from chengxin.ledger.models import Exhibit, Official


def sign(name: str, exhibit: Exhibit, *, official: Official, on: date, at: datetime, bundle: Adopted) -> Act:
    """This will put one official's signature under a file as the official text of an article or of values."""
    found = wording(bundle.house, name)
    if found is None:
        raise MissingError("confirmation.no_article", article=name)
    return act(
        book_of(found, official.agency, on), KIND, official=official, agency=official.agency_id, on=on, at=at,
        bundle=bundle, detail={**said(name), "exhibit": exhibit.pk}, cites={"exhibits": [exhibit.pk]},
    )  # fmt: skip
