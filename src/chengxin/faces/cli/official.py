"""``chengxin official USERNAME``: an account and its posts. The password is shown once."""

from __future__ import annotations

import argparse
import secrets
import sys
from datetime import date
from typing import Any

from chengxin.core.errors import InputError, MissingError
from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.opening import bodies, open_house
from chengxin.ledger.roles import ROLES


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username")
    parser.add_argument("--name", help="姓名，新开账号时必填 / the person's name, for a new account")
    parser.add_argument("--agency", help="所在机关代码，新开账号时必填 / code of the body, for a new account")
    parser.add_argument("--post", default="", help="职务 / post")
    parser.add_argument(
        "--role",
        action="append",
        default=[],
        choices=sorted(set(ROLES) - {"system"}),
        metavar="ROLE",
        help=f"角色，可多次 / a role; may be repeated: {' '.join(sorted(set(ROLES) - {'system'}))}",
    )
    parser.add_argument("--region", help="管辖区划，默认本机关的 / where; the body's own by default")
    parser.add_argument(
        "--since", type=date.fromisoformat, help="自哪天起，默认今天 / from which day, today by default"
    )
    parser.add_argument("--until", type=date.fromisoformat, help="到哪天为止（不含）/ until, exclusive")
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    here = open_house()
    from chengxin.faces import boot
    from chengxin.ledger import officials
    from chengxin.ledger.models import Agency, Official, Region

    system = boot.system_official()
    password = ""
    official = Official.objects.filter(username=options.username).select_related("agency").first()
    if official is None:
        if not (options.name and options.agency):
            raise InputError("cli.new_official", bodies=bodies())
        if not Agency.objects.filter(pk=options.agency).exists():
            raise MissingError("cli.no_agency", agency=options.agency, bodies=bodies())
        password = secrets.token_urlsafe(12)
        official = officials.enrol(
            options.username,
            options.name,
            options.agency,
            post=options.post,
            password=password,
            by=system,
            at=here.now,
        )
    region = options.region or official.agency.region_id
    if not Region.objects.filter(pk=region).exists():
        raise MissingError("cli.no_region", region=region)
    for role in options.role:
        officials.assign(
            official,
            role,
            region,
            since=options.since or here.today,
            until=options.until,
            by=system,
            at=here.now,
        )
    held = [
        {"role": each.role, "region": each.region_id, "since": each.since.isoformat()}
        for each in officials.assignments(official, options.since or here.today)
    ]
    answer(
        {
            "username": official.username,
            "name": official.name,
            "agency": official.agency_id,
            "roles": held,
            "password": password,
        },
        as_json=options.json,
        show=_show,
    )
    return 0


def _show(row: dict[str, Any]) -> None:
    write = sys.stdout.write
    write(f"{row['username']} {row['name']} {row['agency']}\n")
    for each in row["roles"]:
        write(f"  {each['role']} {each['region']} {each['since']} —\n")
    if row["password"]:
        write(f"{row['password']}\n密码只显示这一次 / the password is shown only this once\n")
