"""``chengxin key USERNAME LABEL``: a key for the API. It is shown once."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from chengxin.core.errors import MissingError
from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.opening import open_house


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username")
    parser.add_argument("label", help="这把钥匙给谁用 / who will use it")
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    here = open_house()
    from django.db import transaction

    from chengxin.faces import boot
    from chengxin.ledger import administration
    from chengxin.ledger.models import Official
    from chengxin.ledger.officials import issue_key

    official = Official.objects.filter(username=options.username, is_active=True).first()
    if official is None:
        raise MissingError("cli.no_official", username=options.username)
    by = boot.system_official()
    with transaction.atomic():
        administration.note("key", "issue_key", official, by=by, at=here.now, reason=options.label)
        key = issue_key(official, options.label, now=here.now)
    answer(
        {"username": options.username, "label": options.label, "key": key}, as_json=options.json, show=_show
    )
    return 0


def _show(row: dict[str, Any]) -> None:
    sys.stdout.write(f"{row['key']}\n只显示这一次 / shown only this once\n")
