"""A place adopts a bundle of policy: by a decision of two, from a day, for everyone under it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from chengxin.cases import assent
from chengxin.cases.acts import act
from chengxin.cases.adopted import Adopted, current_bundle, open_bundle
from chengxin.cases.models import Act, Adoption, Case
from chengxin.cases.opening import open_book
from chengxin.core.errors import RefusedByLaw
from chengxin.engine.store import Store
from chengxin.ledger.entries import enter
from chengxin.ledger.models import Official
from chengxin.policy.bundle import seal
from chengxin.policy.house import House
from chengxin.policy.lawful import refusals

__all__ = ["confirm", "current_bundle", "found", "open_bundle", "propose"]


def propose(house: House, *, official: Official, since: date, on: date, at: datetime, store: Store) -> Act:
    """This will seal a house and propose that the place adopt it from a day on; nothing holds by it yet.

    A bundle cannot be proposed for days that have passed, but for the first one of a place, which may carry
    its past years; nor one that is against the laws of the house.
    """
    bundle = _sealed(house, store)
    return act(
        _book(official, on), assent.PROPOSED, official=official, agency=official.agency_id, on=on, at=at,
        bundle=bundle, detail={"bundle": bundle.sha256, "since": since.isoformat()},
    )  # fmt: skip


def confirm(proposed: Act, *, official: Official, on: date, at: datetime, store: Store) -> Adoption:
    """This will adopt what another official proposed: from its day, or from today where that has passed.

    What was decided before keeps the bundle it names. Raises ``RefusedByLaw`` for the same hand, and
    ``ConflictError`` where another bundle was adopted since: what the proposal changes is not known any more.
    """
    bundle = open_bundle(proposed.detail["bundle"], store)
    _refuse_unlawful(bundle.house)
    asked = date.fromisoformat(proposed.detail["since"])
    since = asked if assent.newest() is None else max(asked, on)
    said = {"bundle": bundle.sha256, "since": since.isoformat(), "proposal": proposed.pk}
    return _adopt(bundle, proposed.case, said, official=official, on=on, at=at)


def found(house: House, *, official: Official, since: date, on: date, at: datetime, store: Store) -> Adopted:
    """This will put in the first bundle of a place, in the platform's name; a later one takes two."""
    bundle = _sealed(house, store)
    said = {"bundle": bundle.sha256, "since": since.isoformat()}
    _adopt(bundle, _book(official, on), said, official=official, on=on, at=at)
    return bundle


def _sealed(house: House, store: Store) -> Adopted:
    """What is against the laws of the house is not adopted, whoever sealed it."""
    _refuse_unlawful(house)
    return open_bundle(store.seal_bytes(seal(house).body, "bundle"), store)


def _refuse_unlawful(house: House) -> None:
    for problem in refusals(house):
        raise RefusedByLaw("adoption.unlawful", zh=problem.message("zh"), en=problem.message("en"))


def _book(official: Official, on: date) -> Case:
    agency = official.agency
    return open_book(
        program="kernel", procedure=assent.BOOK, agency=agency.code, region=agency.region_id,
        title="政策文件包的采用", number=f"{agency.code}/adoption", on=on,
    )  # fmt: skip


def _adopt(
    bundle: Adopted, book: Case, said: dict[str, Any], *, official: Official, on: date, at: datetime
) -> Adoption:
    since = date.fromisoformat(said["since"])
    with transaction.atomic():
        decided = act(
            book, assent.ADOPTED, official=official, agency=official.agency_id, on=on, at=at, bundle=bundle,
            detail=said,
        )  # fmt: skip
        adoption = Adoption.objects.create(bundle=bundle.sha256, act=decided, since=since)
        body = {"bundle": bundle.sha256, "since": since.isoformat(), "act": decided.digest}
        enter("adoption", f"cases_adoption:{adoption.pk}", body, at=at)
    return adoption
