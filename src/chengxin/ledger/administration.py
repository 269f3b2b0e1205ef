"""What the administrators do to accounts: each act once, in one transaction, with its line for the auditor.

三员分立: the system administrator makes and closes accounts, the security administrator grants, withdraws and
unlocks, the auditor reads what both did. Nobody does two of these, nobody acts upon their own account, and a
duty that bears on people's rights or on others' powers takes two security administrators. Each acts within the
division of the own post alone: upon an account whose body, and all of whose duties, lie in it.

Until all three are in office over a division (a new installation, or one that lost its last) the platform
itself may fill the posts, at the command line of the machine; from then on only they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from chengxin.core.clock import day_of
from chengxin.core.errors import ConflictError, DeniedError, InputError, RefusedByLaw

from .agencies import in_office
from .entries import enter
from .models import Administration, Agency, Assignment, Official
from .officials import assignments, require, revoke_keys
from .regions import above
from .roles import ROLES, THREE, role

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "enrol": ("开立账号", "account made"),
    "close": ("停用账号", "account closed"),
    "reopen": ("恢复账号", "account reopened"),
    "password": ("重置口令", "password set anew"),
    "outside": ("单点登录对应", "single sign-on linked"),
    "ask": ("提请授权", "grant asked for"),
    "grant": ("授权", "duty granted"),
    "decline": ("不予授权", "grant declined"),
    "withdraw": ("收回职责", "duty withdrawn"),
    "unlock": ("解除锁定", "lock lifted"),
    "factor": ("重置动态口令", "second factor removed"),
    "key": ("发放接口钥匙", "key issued"),
    "own_password": ("本人更改口令", "password changed by its owner"),
    "own_factor": ("本人启用动态口令", "second factor enrolled by its owner"),
}
PLATFORM: Final = "system"


def all_in_office(on: date, region: str) -> bool:
    """This will say whether each of the three administrators has a holder over a division on a day."""
    return all(_over(holders(name, on), region).exists() for name in THREE)


def holders(name: str, on: date) -> QuerySet[Assignment]:
    """This will give the assignments by which a role is held on a day by an account that is open."""
    return Assignment.objects.filter(
        Q(until__isnull=True) | Q(until__gt=on),
        role=name, since__lte=on, official__is_active=True,
        official__agency__in=Agency.objects.filter(in_office(on)),
    )  # fmt: skip


def enrol(
    username: str, name: str, agency: str, *, post: str, password: str | None, by: Official, at: datetime
) -> Official:
    """This will make an account without any role. No password: the account cannot log in, only hold keys.

    A password given here is known to another: it is changed at the first log-in.
    """
    official = Official(
        username=username, name=name, agency=Agency.objects.get(pk=agency), post=post,
        initial_password=password is not None,
    )  # fmt: skip
    official.set_password(password)
    _authority(by, "enrol", official, at)
    try:
        with transaction.atomic():
            official.save(force_insert=True)
            _note("enrol", official, by, at)
    except IntegrityError as taken:
        raise ConflictError("official.username_taken", username=username) from taken
    return official


def close(official: Official, *, reason: str, by: Official, at: datetime) -> None:
    """This will close an account at once: its sessions end, its keys for good; what it did stands."""
    _authority(by, "enrol", official, at)
    _reasoned(reason)
    for held in assignments(official, day_of(at)):
        _leaves_one(held, day_of(at))
    with transaction.atomic():
        revoke_keys(official, now=at)
        _switch(
            official, "close", by=by, at=at, reason=reason, is_active=False, closures=official.closures + 1
        )


def reopen(official: Official, *, reason: str, by: Official, at: datetime) -> None:
    """This will open a closed account again, with the duties that still run."""
    _authority(by, "enrol", official, at)
    _reasoned(reason)
    _switch(official, "reopen", by=by, at=at, reason=reason, is_active=True)


def set_password(official: Official, password: str, *, by: Official, at: datetime) -> None:
    """This will give an account a password of the first log-in."""
    _authority(by, "enrol", official, at)
    official.set_password(password)
    _switch(official, "password", by=by, at=at, password=official.password, initial_password=True)


def link_outside(official: Official, name: str, *, by: Official, at: datetime) -> None:
    """This will say by which name the identity provider knows this person; empty: that road is shut."""
    _authority(by, "enrol", official, at)
    try:
        _switch(official, "outside", by=by, at=at, reason=name[:200], outside_name=name or None)
    except IntegrityError as taken:
        raise ConflictError("official.outside_taken", name=name) from taken


def grant(
    official: Official, name: str, region: str, *, since: date, until: date | None = None,
    by: Official, at: datetime,
) -> Assignment | Administration:  # fmt: skip
    """This will give an official a role for a region from a day; a heavy one is only asked for.

    Gives the assignment, or the request that another security administrator answers.
    """
    wanted = role(name)
    _authority(by, "assign", official, at, region)
    if name == PLATFORM:
        raise RefusedByLaw("official.platform_alone")
    _apart(official, name, since, until)
    said = {"role": name, "region_id": region, "since": since, "until": until}
    platform = _is_platform(by, at)
    if not platform and since < day_of(at):
        raise InputError("official.backdated", since=since)
    with transaction.atomic():
        if platform or not wanted.heavy:
            return _assign(official, by, at, said)
        _refuse_twice(official, said)
        return _note("ask", official, by, at, **said)


def pending() -> QuerySet[Administration]:
    """This will give the requests nobody has answered yet, the oldest first."""
    asked = Administration.objects.filter(kind="ask", answer__isnull=True)
    return asked.select_related("official__agency", "by", "region").order_by("id")


def confirm(asked: Administration, *, by: Official, at: datetime) -> Assignment:
    """This will grant what a colleague asked for: the second pair of eyes.

    A request that waited past its first day grants from today: no duty covers days on which nobody held it.
    """
    _authority(by, "assign", asked.official, at, *_named(asked))
    if asked.by_id == by.pk:
        raise RefusedByLaw("official.second_eyes", name=by.name)
    if asked.since is None:
        raise ValueError(f"request {asked.pk} names no day")
    since = max(asked.since, day_of(at))
    if asked.until is not None and asked.until <= since:
        raise ConflictError("official.request_over", until=asked.until)
    _apart(asked.official, asked.role, since, asked.until)
    said = {"role": asked.role, "region_id": asked.region_id, "since": since, "until": asked.until}
    with _answering():
        return _assign(asked.official, by, at, said, answers=asked)


def decline(asked: Administration, *, reason: str, by: Official, at: datetime) -> None:
    """This will answer a request with no; who asked may take it back the same way."""
    _authority(by, "assign", asked.official, at, *_named(asked))
    _reasoned(reason)
    with _answering():
        _note("decline", asked.official, by, at, role=asked.role, region_id=asked.region_id,
              reason=reason, answers=asked)  # fmt: skip


def withdraw(assignment: Assignment, until: date, *, by: Official, at: datetime) -> None:
    """This will end a role from a day (exclusive). The line stays, so that past acts can be judged by it."""
    _authority(by, "assign", assignment.official, at, assignment.region_id)
    if assignment.until is not None and assignment.until <= until:
        raise ConflictError("official.ends_sooner", until=assignment.until)
    if assignment.role == PLATFORM:
        raise RefusedByLaw("official.platform_alone")
    _leaves_one(assignment, until)
    with transaction.atomic():
        assignment.until = until
        assignment.save(update_fields=["until"])
        _note("withdraw", assignment.official, by, at, role=assignment.role,
              region_id=assignment.region_id, since=assignment.since, until=until)  # fmt: skip


def note(kind: str, verb: str, official: Official, *, by: Official, at: datetime, reason: str = "") -> None:
    """This will enter what the caller does in this transaction: a lock lifted, a factor removed, a key issued."""
    _authority(by, verb, official, at)
    _note(kind, official, by, at, reason=reason)


def own_password(official: Official, *, at: datetime) -> None:
    """This will keep the password its owner has just set, which nobody else knows."""
    _switch(official, "own_password", by=official, at=at, password=official.password, initial_password=False)


def own_factor(official: Official, *, at: datetime) -> None:
    """This will enter that an official enrolled a second factor."""
    with transaction.atomic():
        _note("own_factor", official, official, at)


# the rules


def _authority(by: Official, verb: str, official: Official, at: datetime, *named: str) -> None:
    """The verb is asked for wherever the account's powers reach, and for each division ``named`` in the act."""
    on = day_of(at)
    reach = sorted({*_reach(official, on), *named})
    for region in reach:
        require(by, verb, region, on=on)
    if _is_platform(by, at) and verb != "issue_key" and all(all_in_office(on, each) for each in reach):
        raise DeniedError("official.three_in_office")
    if official.pk is not None and official.pk == by.pk:
        raise RefusedByLaw("official.own_account", name=by.name)


def _reach(official: Official, on: date) -> set[str]:
    """Where an account belongs and where it holds, or will hold, a duty: its password opens all of that."""
    reach = {str(official.agency.region_id)}
    if official.pk is not None:
        held = official.assignments.filter(Q(until__isnull=True) | Q(until__gt=on))
        reach.update(held.values_list("region_id", flat=True))
    return reach


def _named(asked: Administration) -> tuple[str, ...]:
    return (asked.region_id,) if asked.region_id else ()


def _over(held: QuerySet[Assignment], region: str) -> QuerySet[Assignment]:
    return held.filter(region_id__in=above(region))


def _is_platform(by: Official, at: datetime) -> bool:
    return any(held.role == PLATFORM for held in assignments(by, day_of(at)))


def _apart(official: Official, name: str, since: date, until: date | None) -> None:
    """三员分立, for every day on which both would be held, whether or not the account is open now."""
    beside = official.assignments.filter(Q(until__isnull=True) | Q(until__gt=since)).exclude(role=name)
    if until is not None:
        beside = beside.filter(since__lt=until)
    if any(ROLES[name].alone or (held.role in THREE) for held in beside):
        raise RefusedByLaw("official.three_powers", username=official.username, role=ROLES[name].zh)


def _leaves_one(assignment: Assignment, on: date) -> None:
    """No division without one of its three: the last holder over it stays until another is there."""
    others = holders(assignment.role, on).exclude(official=assignment.official_id)
    if assignment.role in THREE and not _over(others, assignment.region_id).exists():
        raise RefusedByLaw("official.last_of_three", role=ROLES[assignment.role].zh,
                           role_en=ROLES[assignment.role].en)  # fmt: skip


def _refuse_twice(official: Official, said: Mapping[str, Any]) -> None:
    if pending().filter(official=official, **said).exists():
        raise ConflictError("official.asked_already")


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise InputError("official.no_reason")


# the writing


def _assign(
    official: Official, by: Official, at: datetime, said: Mapping[str, Any], **more: Any
) -> Assignment:
    """The account's row is held while both sides are looked at: two grants at once cannot pass each other."""
    Official.objects.select_for_update().get(pk=official.pk)
    _apart(official, said["role"], said["since"], said["until"])
    key = {name: said[name] for name in ("role", "region_id", "since")}
    held, fresh = Assignment.objects.get_or_create(
        official=official, **key, defaults={"until": said["until"]}
    )
    if not fresh and held.until != said["until"]:
        raise ConflictError("official.held_already", since=held.since, until=held.until or "—")
    if fresh or more:
        _note("grant", official, by, at, **said, **more)
    return held


@contextmanager
def _answering() -> Iterator[None]:
    """A request has one answer: a second one, at the same moment, is refused by its unique column."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as twice:
        raise ConflictError("official.answered_already") from twice


def _switch(
    official: Official, kind: str, *, by: Official, at: datetime, reason: str = "", **fields: Any
) -> None:
    with transaction.atomic():
        for name, value in fields.items():
            setattr(official, name, value)
        official.save(update_fields=list(fields))
        _note(kind, official, by, at, reason=reason)


def _note(kind: str, official: Official, by: Official, at: datetime, **said: Any) -> Administration:
    act = Administration.objects.create(kind=kind, official=official, by=by, at=at, **said)
    body = {
        "kind": kind, "official": official.pk, "by": by.pk, "role": act.role, "region": act.region_id,
        "since": act.since.isoformat() if act.since else None,
        "until": act.until.isoformat() if act.until else None,
        "reason": act.reason, "answers": act.answers_id,
    }  # fmt: skip
    enter("administration", f"ledger_administration:{act.pk}", body, at=at)
    return act
