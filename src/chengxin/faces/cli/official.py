"""``chengxin official USERNAME``: an account and its posts. The password is shown once.

Until the three administrators are in office the platform itself makes accounts and grants duties here: the
first three come this way. From then on ``--as`` names the administrator who does it.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

from chengxin.core.errors import InputError, MissingError
from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.opening import bodies, open_house, speaker
from chengxin.ledger.roles import ROLES

if TYPE_CHECKING:
    from chengxin.faces.premises import Premises
    from chengxin.ledger.models import Official

GRANTED = sorted(set(ROLES) - {"system"})


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username")
    parser.add_argument("--as", dest="by", default="", help="经办的管理员 / the administrator who does it")
    parser.add_argument("--name", help="姓名，新开账号时必填 / the person's name, for a new account")
    parser.add_argument("--agency", help="所在机关代码，新开账号时必填 / code of the body, for a new account")
    parser.add_argument("--post", default="", help="职务 / post")
    parser.add_argument(
        "--role",
        action="append",
        default=[],
        choices=GRANTED,
        metavar="ROLE",
        help=f"职责，可多次；要害职责由第二位安全管理员再发一次同样的命令复核 / a duty, may be repeated; a heavy one "
        f"is confirmed when a second security administrator gives the same command: {' '.join(GRANTED)}",
    )
    parser.add_argument("--region", help="管辖区划，默认本机关的 / where; the body's own by default")
    parser.add_argument(
        "--since", type=date.fromisoformat, help="自哪天起，默认今天 / from which day, today by default"
    )
    parser.add_argument("--until", type=date.fromisoformat, help="到哪天为止（不含）/ until, exclusive")
    parser.add_argument(
        "--withdraw", choices=GRANTED, metavar="ROLE", help="自今天起收回 / withdraw from today"
    )
    parser.add_argument("--close", metavar="REASON", help="停用账号的理由 / close the account, and why")
    parser.add_argument("--reopen", metavar="REASON", help="恢复账号的理由 / open it again, and why")
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    here = open_house()
    from chengxin.ledger.models import Official

    by = _speaker(options)
    password = ""
    official = Official.objects.filter(username=options.username).select_related("agency").first()
    if official is None:
        official, password = _enrol(options, here, by)
    asked = [role for role in options.role if not _granted(official, role, options, here, by)]
    _ended(official, options, here, by)
    answer(_told(official, password, asked, options, here), as_json=options.json, show=_show)
    return 0


def _speaker(options: argparse.Namespace) -> Official:
    from chengxin.faces import boot

    if not options.by:
        return boot.system_official()
    named, _agency = speaker(argparse.Namespace(username=options.by, agency=None))
    return named


def _enrol(options: argparse.Namespace, here: Premises, by: Official) -> tuple[Official, str]:
    from chengxin.ledger import administration
    from chengxin.ledger.models import Agency

    if not (options.name and options.agency):
        raise InputError("cli.new_official", bodies=bodies())
    if not Agency.objects.filter(pk=options.agency).exists():
        raise MissingError("cli.no_agency", agency=options.agency, bodies=bodies())
    password = secrets.token_urlsafe(12)
    official = administration.enrol(
        options.username, options.name, options.agency, post=options.post, password=password, by=by,
        at=here.now,
    )  # fmt: skip
    return official, password


def _granted(
    official: Official, role: str, options: argparse.Namespace, here: Premises, by: Official
) -> bool:
    """This will grant a duty, or ask for it, or confirm what a colleague asked; says whether it is held."""
    from chengxin.ledger import administration
    from chengxin.ledger.models import Assignment, Region

    region = options.region or official.agency.region_id
    if not Region.objects.filter(pk=region).exists():
        raise MissingError("cli.no_region", region=region)
    since = options.since or here.today
    waiting = administration.pending().filter(official=official, role=role, region=region).exclude(by=by)
    if (asked := waiting.first()) is not None:
        administration.confirm(asked, by=by, at=here.now)
        return True
    done = administration.grant(official, role, region, since=since, until=options.until, by=by, at=here.now)
    return isinstance(done, Assignment)


def _ended(official: Official, options: argparse.Namespace, here: Premises, by: Official) -> None:
    from chengxin.ledger import administration
    from chengxin.ledger.officials import assignments

    if options.withdraw:
        for held in assignments(official, here.today):
            if held.role == options.withdraw:
                administration.withdraw(held, here.today, by=by, at=here.now)
    if options.close:
        administration.close(official, reason=options.close, by=by, at=here.now)
    if options.reopen:
        administration.reopen(official, reason=options.reopen, by=by, at=here.now)


def _told(
    official: Official, password: str, asked: list[str], options: argparse.Namespace, here: Premises
) -> dict[str, Any]:
    from chengxin.ledger import administration
    from chengxin.ledger.officials import assignments
    from chengxin.ledger.roles import THREE

    held = [
        {"role": each.role, "region": each.region_id, "since": each.since.isoformat()}
        for each in assignments(official, options.since or here.today)
    ]
    return {
        "username": official.username,
        "name": official.name,
        "agency": official.agency_id,
        "active": official.is_active,
        "roles": held,
        "asked": asked,
        "vacant": [name for name in THREE if not administration.holders(name, here.today).exists()],
        "password": password,
    }


def _show(row: dict[str, Any]) -> None:
    write = sys.stdout.write
    write(f"{row['username']} {row['name']} {row['agency']}\n")
    for each in row["roles"]:
        write(f"  {each['role']} {each['region']} {each['since']} —\n")
    for role in row["asked"]:
        write(f"  {role}: 待第二位安全管理员复核 / waits for a second security administrator\n")
    if row["vacant"]:
        write(f"三员尚缺 / still vacant of the three: {' '.join(row['vacant'])}\n")
    if row["password"]:
        write(
            f"{row['password']}\n密码只显示这一次，首次登录须更改 / shown only this once; changed at the first log-in\n"
        )
