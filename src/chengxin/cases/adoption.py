"""A place adopts a bundle of policy: by a decision, from a day, for everyone under it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from chengxin.cases.acts import act
from chengxin.cases.adopted import Adopted, current_bundle, open_bundle
from chengxin.cases.models import Adoption
from chengxin.cases.opening import open_book
from chengxin.core.errors import ConflictError, RefusedByLaw
from chengxin.engine.store import Store
from chengxin.ledger.entries import enter
from chengxin.ledger.models import Agency, Official
from chengxin.policy.bundle import seal
from chengxin.policy.house import House
from chengxin.policy.lawful import refusals

__all__ = ["adopt", "adopt_proposal", "current_bundle", "open_bundle"]


def adopt(
    sha256: str,
    *,
    official: Official | None,
    agency: Agency,
    since: date,
    on: date,
    at: datetime,
    store: Store,
) -> Adoption:
    """This will adopt a sealed bundle from a day on; what was decided before keeps the bundle it names.

    A bundle cannot be adopted for days that have passed, but for the first one of a place, which may carry
    its past years. Nor is one that is against the laws of the house, whoever sealed it.
    """
    adopted = open_bundle(sha256, store)
    for problem in refusals(adopted.house):
        raise RefusedByLaw("adoption.unlawful", zh=problem.message("zh"), en=problem.message("en"))
    if since < on and Adoption.objects.exists():
        raise ConflictError("adoption.backwards", since=since, on=on)
    book = open_book(
        program="kernel", procedure="adoption", agency=agency.code, region=agency.region_id,
        title="政策文件包的采用", number=f"{agency.code}/adoption", on=on,
    )  # fmt: skip
    with transaction.atomic():
        decided = act(
            book, "adopt", official=official, agency=agency.code, on=on, at=at, bundle=adopted,
            detail={"bundle": sha256, "since": since.isoformat()},
        )  # fmt: skip
        adoption = Adoption.objects.create(bundle=sha256, act=decided, since=since)
        body = {"bundle": sha256, "since": since.isoformat(), "act": decided.digest}
        enter("adoption", f"cases_adoption:{adoption.pk}", body, at=at)
    return adoption


def adopt_proposal(
    house: House,
    *,
    official: Official | None,
    agency: Agency,
    since: date,
    on: date,
    at: datetime,
    store: Store,
) -> Adopted:
    """This will seal what the repository proposes and adopt it, unless it is what is in force already."""
    bundle = seal(house)
    sha256 = store.seal_bytes(bundle.body, "bundle")
    newest = Adoption.objects.order_by("-since", "-id").first()
    if newest is None or newest.bundle != sha256:
        adopt(sha256, official=official, agency=agency, since=since, on=on, at=at, store=store)
    return open_bundle(sha256, store)
