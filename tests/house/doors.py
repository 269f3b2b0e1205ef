"""The public doors of a built city, opened at an hour of one's choosing with the clock job as old as one likes."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tests.city.built import City

LOOK = """
import json, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from chengxin.faces import boot
on, codes, age, home = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3], sys.argv[4]
boot.setup_django(Path(home))
from django.test import Client
from django.utils import timezone
now = datetime.fromisoformat(on).replace(hour=2, tzinfo=UTC)
timezone.now = lambda: now
from chengxin.ledger.models import Job
Job.objects.filter(name="tick").delete()
if age != "never":
    Job.objects.create(name="tick", finished_at=now - timedelta(hours=float(age)))
client, visitors = Client(), (f"10.0.{n // 250}.{n % 250}" for n in range(60000))
def body(path):
    answer = client.get(path, REMOTE_ADDR=next(visitors))
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()
print(json.dumps([
    {"code": code, "html": body(f"/s/{code}"), "why_html": body(f"/s/{code}/why"),
     "api": json.loads(body(f"/api/v1/subjects/{code}")), "why": json.loads(body(f"/api/v1/subjects/{code}/why"))}
    for code in codes
]))
"""
BOUND = """select min(i.code) from effects_standing s join subjects_identifier i on i.subject = s.subject
           where i.scheme = 'uscc' and s.since <= '{on}' and s.until > '{on}'
           group by s.subject order by max(s.marked) desc, 1 limit {most}"""


def bound(city: City, on: str, most: int = 6) -> list[str]:
    """The codes of some on whom an effect lies on a day, those with an open objection first."""
    return [row[0] for row in city.rows(BOUND.format(on=on, most=most))]


def look_at(
    city: City, on: str, codes: list[str], *, tick_age_hours: float | None = None
) -> list[dict[str, Any]]:
    """This will read page, chain and both answers of the API for some firms; ``None``: no round ever ended."""
    age = "never" if tick_age_hours is None else str(tick_age_hours)
    with (
        tempfile.TemporaryDirectory() as folder
    ):  # other tests look at the same city, by a clock that goes right
        copy = Path(folder) / "home"
        shutil.copytree(city.home, copy)
        shown: list[dict[str, Any]] = city.python(LOOK, on, json.dumps(codes), age, str(copy))
    return shown
