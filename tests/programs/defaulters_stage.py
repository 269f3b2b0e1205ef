"""What a test of the receivers does in its own home, in processes of their own: ``python defaulters_stage.py WORD``."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

from chengxin.faces import boot

boot.setup_django()
boot.ready(quiet=True)

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from chengxin.effects.exchange.subscribing import Wish, subscribe, written_secret  # noqa: E402
from chengxin.faces.jobs import clock  # noqa: E402
from chengxin.faces.premises import premises  # noqa: E402
from chengxin.ledger.models import Agency, Assignment, Official  # noqa: E402
from chengxin.ledger.officials import issue_key  # noqa: E402


def person(name: str, agency: str, *roles: str) -> Official:
    made = Official.objects.create(
        username=name, name="林启", post="科员", agency=Agency.objects.get(pk=agency)
    )
    for role in roles:
        Assignment.objects.create(official=made, role=role, region_id="320600", since=date(2015, 1, 1))
    return made


def receivers(wishes: str) -> Any:
    """``{agency: {url, persons}}`` → ``{agency: {secret, token}}``; and the court's key under ``court``."""
    now, here = timezone.now(), premises()
    clock.tick(now)
    head = person("head", "yz-credit", "head")
    given = {"court": {"token": issue_key(person("court", "yz-court", "steward"), "court", now=now)}}
    for agency, wish in json.loads(wishes).items():
        speaks = person(f"system-{agency}", agency, "partner", "steward")
        words = {
            "kinds": ["publication", "measure"],
            "regions": ["320600"],
            "article": "zbf-2016-64#9",
            **wish,
        }
        made = subscribe(
            Wish(name=agency, title=agency, official=speaks, programs=["judgment_defaulters"], **words),
            by=head, house=here.house, now=now,
        )  # fmt: skip
        given[agency] = {
            "secret": written_secret(made, settings.EXCHANGE_KEY),
            "token": issue_key(speaks, agency, now=now),
        }
    return given


if __name__ == "__main__":
    sys.stdout.write(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])) + "\n")
