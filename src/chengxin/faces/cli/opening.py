"""What a command does first: make the home usable, and know in whose name it acts."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from chengxin.core.errors import MissingError

if TYPE_CHECKING:
    from chengxin.faces.premises import Premises
    from chengxin.ledger.models import Official

SYSTEM = "system"
MANY = 20


def open_house() -> Premises:
    """This will prepare Django and the home (making both databases if there are none) and give the premises."""
    from chengxin.faces import boot

    boot.setup_django()
    boot.ready(quiet=True)
    from chengxin.faces.premises import premises

    return premises()


def speaks_as(parser: argparse.ArgumentParser) -> None:
    """This will add ``--as`` and ``--agency``: who acts, and for which body."""
    parser.add_argument("--as", dest="username", default=SYSTEM, help="经办人账号 / the official who acts")
    parser.add_argument(
        "--agency",
        help="报送机关代码，默认经办人所在机关 / the body that reports; the official's own by default",
    )


def speaker(options: argparse.Namespace) -> tuple[Official, str]:
    """This will find the official and the agency the command speaks for."""
    from chengxin.ledger.models import Agency, Official

    official = (
        Official.objects.select_related("agency").filter(username=options.username, is_active=True).first()
    )
    if official is None:
        raise MissingError("cli.no_official", username=options.username)
    agency = options.agency or official.agency_id
    if not Agency.objects.filter(code=agency).exists():
        raise MissingError("cli.no_agency", agency=agency, bodies=bodies())
    return official, str(agency)


def bodies() -> str:
    """This will list the codes and names of the bodies there are today, for a hint; a long list is cut short."""
    from chengxin.ledger.models import Agency

    found = list(
        Agency.objects.filter(valid_to=None).order_by("code").values_list("code", "name")[: MANY + 1]
    )
    named = "、".join(f"{code}（{name}）" for code, name in found[:MANY])
    return f"{named}……" if len(found) > MANY else named
