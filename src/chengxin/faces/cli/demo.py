"""``chengxin demo``: a synthetic city, through the same doors as a real one, with a log-in for each role."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.load import Bar
from chengxin.faces.cli.opening import open_house


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", choices=["small", "medium", "large"], default="small")
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    """This will build the city once; a second call prints the log-ins again. A killed build goes on."""
    here = open_house()
    from django.conf import settings

    from chengxin.places.demo.build import build

    path = here.store.home / "demo.json"
    if path.exists():
        told = json.loads(path.read_text("utf-8"))
    else:
        with Bar(quiet=options.json) as progress:
            told = build(
                here.store, here.house, here.bundle, size=options.size, progress=progress, now=here.now,
                secret=settings.WRAP_KEY, digest_key=settings.DIGEST_KEY,
            )  # fmt: skip
        _bind(told["parties"])
        path.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        path.chmod(0o600)
    answer(told, as_json=options.json, show=_show)
    return 0


def _bind(parties: list[dict[str, Any]]) -> None:
    """This will bind each invented identity to its one subject, with a password made anew."""
    import secrets
    from datetime import date

    from django.contrib.auth.hashers import make_password

    from chengxin.faces.models import Account

    password = secrets.token_urlsafe(9)
    encoded = make_password(password)
    for one in parties:
        said = {**one, "since": date(2020, 1, 1), "until": one["until"] and date.fromisoformat(one["until"])}
        identity = said.pop("identity")
        Account.objects.update_or_create(
            provider="local", identity=identity, defaults={**said, "password": encoded}
        )
        one["password"] = password


def _show(told: dict[str, Any]) -> None:
    sys.stdout.write(f"\n演示城市 / demo city: {told['city']}（{told['size']}）\n")
    for row in told["logins"]:
        sys.stdout.write(f"  {row['username']:<22} {row['password']:<14} {row['agency']} · {row['role']}\n")
    for row in told["parties"]:
        sys.stdout.write(f"  {row['identity']:<22} {row['password']:<14} {row['name']} · /my/\n")
    sys.stdout.write("\n")
