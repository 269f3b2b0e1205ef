"""What a program's page takes in at the counter: one record with its receipt, and what was signed, as an exhibit.

::

    receipt = tell(visit, "price_commitment", {"number": …, "code": …})   # judged like any row of a file
    kept = keep(visit, upload.read(), upload.name)                         # refuses what could act when opened
    content, media_type = kept_of(visit, sha256)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chengxin.cases.receipt import receive_row
from chengxin.core.errors import MissingError
from chengxin.kit.pages import Visit
from chengxin.ledger.content import open_exhibit, store
from chengxin.ledger.models import Exhibit
from chengxin.records.intake import Receipt

_DOOR = "form"


def tell(visit: Visit, item: str, values: Mapping[str, Any]) -> Receipt:
    """This will take one record in the name of the official's body, visible at once; a refused one stands in
    the receipt with its reason."""
    return receive_row(
        visit.house.items[item], values, store=visit.store, house=visit.house, bundle=visit.adopted,
        agency=str(visit.who.agency_id), official=visit.who, door=_DOOR, now=visit.now, told_on=visit.today,
    )  # fmt: skip


def keep(visit: Visit, content: bytes, title: str) -> Exhibit:
    """This will keep an upload under a key of its own. Raises ``FileRefused`` for what may not be kept."""
    return store(visit.store, content, title, visit.now, visit.secret)


def kept_of(visit: Visit, sha256: str) -> tuple[bytes, str]:
    """This will give what was kept and its media type, after its hash was found right."""
    exhibit = Exhibit.objects.filter(sha256=sha256, key__isnull=False).order_by("-id").first()
    if exhibit is None:
        raise MissingError("content.no_such", exhibit=sha256[:12])
    return open_exhibit(exhibit, visit.store, visit.secret), exhibit.media_type
