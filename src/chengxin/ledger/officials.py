"""Who may do what, where, on which day; and the keys by which machines speak as an official."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import Q

from chengxin.core.errors import DeniedError

from .agencies import is_in_office, successor_on
from .models import ApiKey, Assignment, Official
from .regions import NATION, includes
from .roles import ROLES, roles_that_may

KEY_PREFIX: Final = "cx_"


def assignments(official: Official, on: date) -> list[Assignment]:
    """This will list the roles an official holds on a day; none while account or body is not in office."""
    if not official.is_active or not is_in_office(official.agency, on):
        return []
    held = official.assignments.filter(Q(until__isnull=True) | Q(until__gt=on), since__lte=on)
    return [assignment for assignment in held if assignment.role in ROLES]


def verbs(official: Official, on: date, region: str | None = None) -> frozenset[str]:
    """This will give every verb an official holds on a day, in a region or (None) anywhere."""
    return frozenset[str]().union(
        *(
            ROLES[held.role].verbs
            for held in assignments(official, on)
            if not region or includes(held.region_id, region)
        )
    )


def may(official: Official, verb: str, region: str | None = None, *, on: date) -> bool:
    """This will say whether an official may do ``verb`` in a region (None: anywhere) on a day."""
    roles_that_may(verb)
    return verb in verbs(official, on, region)


def require(official: Official, verb: str, region: str | None = None, *, on: date) -> None:
    """This will refuse, with who may instead, unless the official holds ``verb`` there on that day."""
    if may(official, verb, region, on=on):
        return
    if not is_in_office(official.agency, on):
        heir = successor_on(official.agency, on)
        raise DeniedError(
            "official.agency_gone", agency=official.agency.name, on=on, successor=heir.name if heir else "—"
        )
    raise DeniedError(
        "official.may_not",
        name=official.name,
        agency=official.agency.name,
        verb=verb,
        region=region or NATION,
        roles=", ".join(f"{r.zh} {r.name}" for r in roles_that_may(verb)),
    )


def issue_key(official: Official, label: str, *, now: datetime) -> str:
    """This will give a machine the secret by which it speaks as ``official``.

    It is shown once: only its digest is kept.
    """
    secret = KEY_PREFIX + secrets.token_urlsafe(32)
    ApiKey.objects.create(official=official, label=label, digest=_digest(secret), created_at=now)
    return secret


def authenticate(secret: str) -> Official | None:
    """This will give whom a secret speaks as; None for an unknown or revoked key or a closed account."""
    found = (
        ApiKey.objects.select_related("official__agency")
        .filter(digest=_digest(secret), revoked_at__isnull=True, official__is_active=True)
        .first()
    )
    return found.official if found else None


def authorised(keys: Sequence[str], verb: str, on: date) -> dict[str, Official]:
    """This will give whom each secret speaks as, of those that hold ``verb`` somewhere on a day, in one query.

    For doors that are asked a thousand times a second. One that is missing may not: ``authenticate`` and
    ``require`` say why.
    """
    able = [role.name for role in roles_that_may(verb)]
    digests = {_digest(secret): secret for secret in keys}
    marks, roles = (", ".join(["%s"] * len(many)) for many in (digests, able))
    with connection.cursor() as cursor:
        cursor.execute(_AUTHORISED.format(digests=marks, roles=roles), [*digests, *able, *[str(on)] * 4])
        rows = cursor.fetchall()
    return {
        digests[digest]: Official(pk=number, username=username, post=post, agency_id=agency)
        for digest, number, username, post, agency in rows
    }


_AUTHORISED: Final = """
select distinct k.digest, o.id, o.username, o.post, o.agency_id from ledger_api_key k
join ledger_official o on o.id = k.official_id
join ledger_agency a on a.code = o.agency_id
join ledger_assignment h on h.official_id = o.id
where k.digest in ({digests}) and k.revoked_at is null and o.is_active and h.role in ({roles})
and h.since <= %s and (h.until is null or h.until > %s)
and a.valid_from <= %s and (a.valid_to is null or a.valid_to > %s)"""


def key_number(secret: str) -> int:
    """This will give the number under which a key is kept, 0 for none: what a ticket made with it may bear."""
    return ApiKey.objects.filter(digest=_digest(secret)).values_list("pk", flat=True).first() or 0


def holds_key(official: Official, number: int) -> bool:
    """This will say whether a key of this number speaks as this official still."""
    return ApiKey.objects.filter(pk=number, official=official, revoked_at__isnull=True).exists()


def revoke_key(key: ApiKey, *, now: datetime) -> None:
    """This will close a key at once."""
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])


def revoke_keys(official: Official, *, now: datetime) -> None:
    """This will close every key that speaks as an official, for good: an account opened again is given new ones."""
    official.api_keys.filter(revoked_at__isnull=True).update(revoked_at=now)


def _digest(secret: str) -> str:
    """The secret is 256 random bits, so a plain hash is enough: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
