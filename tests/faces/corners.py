"""Two corners of a city with a mark on everything that is not public, and who may read each mark.

``may_read`` shares no code with ``ledger.scope``: it compares digits of division codes and names of bodies.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.utils import timezone

from tests.programs.handing import Handing, firm

CORNERS = ("320612", "320681")
WIDE = {"case_officer", "head", "cosigner", "legal"}
BLIND = {"auditor", "sysadmin", "secadmin"}
"""Who reads no credit data at all, wherever they are."""


@dataclass(frozen=True)
class Mark:
    """A text that stands in one row, whose body and division are known; ``kind`` says what the row is."""

    text: str
    kind: str
    agency: str
    region: str


@dataclass(frozen=True)
class Holder:
    """An official with the duties it holds: ``(role, region)``."""

    agency: str
    duties: tuple[tuple[str, str], ...]


def lies_in(inner: str, outer: str) -> bool:
    """320612 lies in 320600, in 320000 and in 000000."""
    digits = outer
    while digits.endswith("00"):
        digits = digits[:-2]
    return inner.startswith(digits)


def may_read(who: Holder, mark: Mark) -> bool:
    """Whether some duty of the official reaches the row."""
    reached = [role for role, region in who.duties if lies_in(mark.region, region)]
    if mark.kind == "subscription":
        return bool(reached)
    if mark.kind == "look":  # the auditor, and at the counter who handles matters there
        return bool({"auditor", *WIDE} & set(reached))
    if mark.kind == "administration":
        return any(role in BLIND for role, _region in who.duties)
    if mark.kind == "own":
        return False
    seeing = [role for role in reached if role not in BLIND]
    return any(role in WIDE for role in seeing) or (bool(seeing) and mark.agency == who.agency)


@dataclass
class City:
    marks: list[Mark] = field(default_factory=list)
    numbers: set[int] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    cases: dict[str, Any] = field(default_factory=dict)
    batches: list[tuple[Any, Mark]] = field(default_factory=list)
    subscribers: list[tuple[Any, Mark]] = field(default_factory=list)

    def mark(self, kind: str, agency: str, region: str) -> str:
        text = f"标记{kind}{len(self.marks):03d}号"
        self.marks.append(Mark(text, kind, agency, region))
        return text


def build(person: Callable[..., Any], store: Any, folder: Path, today: date) -> City:
    """This will lay out both corners through the functions that write them."""
    city = City()
    for number, region in enumerate(CORNERS):
        facts = Handing("sewage_tariff", "yz-environment", person("steward", "yz-environment"), folder)
        firms = [firm(700 + number, region), firm(800 + number, region)]
        subjects = facts.known(firms)
        _hand_in(city, facts, firms, region, today)
        _case(city, region, sorted(subjects.values()), person=person, store=store, today=today)
        _exchange(city, region, subjects[firms[0]["code"]], person, today)
        _papers(city, region, subjects[firms[0]["code"]], person, today)
        city.numbers |= set(subjects.values())
        city.words |= {firms[0]["code"]}
    city.words |= {"environment_fact", "state", "serve", "full", "sewage_tariff"}
    city.numbers |= {0, 1, 2}
    return city


def _hand_in(city: City, facts: Handing, firms: list[dict[str, str]], region: str, today: date) -> None:
    from chengxin.records.models import Batch, Sheet

    def row(code: str, said: str) -> dict[str, str]:
        on = (today - timedelta(days=30)).isoformat()
        return {"社会信用代码": code, "企业名称": firms[0]["name"], "行政区划": region, "记分行为": said,
                "认定日期": on, "文书号": said}  # fmt: skip

    good = city.mark("record", "yz-environment", region)
    bad = city.mark("refused", "yz-environment", "320600")
    receipt = facts.hand_in("environment_fact", [row(firms[0]["code"], good), row("91320600MA0000000X", bad)])
    assert (receipt["taken"], receipt["quarantined"]) == (1, 1), receipt
    batch = Batch.objects.latest("pk")
    batch_mark = next(one for one in city.marks if one.text == bad)
    city.batches.append((batch, batch_mark))
    sheet = Sheet.objects.get(batch=batch)
    city.numbers |= {batch.pk, sheet.pk << 32 | 1, sheet.pk << 32}


def _case(
    city: City, region: str, subjects: list[int], *, person: Callable[..., Any], store: Any, today: date
) -> None:
    from chengxin.cases import schedules
    from chengxin.cases.acts import act
    from chengxin.cases.adopted import current_bundle
    from chengxin.cases.opening import open_case
    from chengxin.ledger.content import store_text

    officer, start = person("case_officer"), today - timedelta(days=30)
    bundle = current_bundle(today, store=store)
    case = open_case(program="sewage_tariff", procedure="levy", agency="yz-price", region=region,
                     title=city.mark("case", "yz-price", region), on=start)  # fmt: skip
    rows = pa.table({**_listed(subjects, region), "adverse": [True, True]})
    who = {"official": officer, "agency": "yz-price", "on": start, "at": timezone.now(), "bundle": bundle}
    schedule = schedules.propose(case, rows, run_sha256="0" * 64, **who, store=store)
    text = city.mark("exhibit", "yz-price", region)
    exhibit = store_text(store, text, text, timezone.now(), "a secret")
    cosigner = person("cosigner", "yz-finance")
    signed = act(case, "cosign", **{**who, "official": cosigner, "agency": "yz-finance"}, schedule=schedule,
                 cites={"exhibits": [exhibit.pk]})  # fmt: skip
    schedules.act_on_all(schedule, "notify", **who, store=store)
    schedules.act_on_all(schedule, "serve", **who, store=store)
    city.cases[region] = case
    city.numbers |= {case.pk, schedule.pk, exhibit.pk, signed.pk}


def _listed(subjects: list[int], region: str) -> dict[str, Any]:
    """The columns of a finding of surcharges."""
    return {
        "subject": subjects, "plant_code": ["", ""], "division": [region] * 2, "tier": ["red", "black"],
        "surcharge": [600_000, 1_000_000], "colour": ["red", "black"], "rating_period": ["2025"] * 2,
        "published_on": [date(2026, 5, 20)] * 2, "repaired_on": pa.nulls(2, pa.date32()),
        "until_on": pa.nulls(2, pa.date32()), "because": [[1], [1]],
    }  # fmt: skip


def _exchange(city: City, region: str, subject: int, person: Callable[..., Any], today: date) -> None:
    from chengxin.effects.exchange.models import Delivery, Event, Subscriber

    body = f"yz-water-{region}"
    title, trouble = (city.mark("subscription", body, region) for _ in range(2))
    subscriber = Subscriber.objects.create(
        name=f"s{region}", title=title, agency=body, official=person("partner", "yz-water").pk,
        regions=[region], kinds=["tariff"], article="js-credit-2021#16", duty="water", since=today,
        made_by=person("head").pk,
    )  # fmt: skip
    event = Event.objects.create(
        number=subject, line=f"1:{subject}:e::0", kind="ended", subject=subject, effect_kind="tariff",
        program="sewage_tariff", region=region, at=timezone.now(),
        state={"title": city.mark("event", "yz-price", region)},
    )  # fmt: skip
    Delivery.objects.create(
        subscriber=subscriber, event=event, subject=subject, state="dead", next_at=timezone.now(),
        trouble=trouble,
    )  # fmt: skip
    city.subscribers.append((subscriber, city.marks[-3]))
    city.numbers |= {subscriber.pk, event.pk}


def _papers(city: City, region: str, subject: int, person: Callable[..., Any], today: date) -> None:
    from chengxin.faces.models import Task
    from chengxin.ledger.looks.models import Look
    from chengxin.ledger.models import Administration

    who = person("steward", "yz-environment")
    Look.objects.create(at=timezone.now(), subject=subject, official=who.pk, post="p", agency="yz-environment",
                        door="d", purpose=city.mark("look", "yz-environment", region))  # fmt: skip
    task = Task.objects.create(kind="load", payload={"file_name": city.mark("own", "", region)},
                               official=who.pk, asked_at=timezone.now(), state="failed",
                               result={"zh": city.mark("own", "", region)})  # fmt: skip
    acted = Administration.objects.create(
        at=timezone.now(), kind="close", by=who, official=who,
        reason=city.mark("administration", "", region),
    )  # fmt: skip
    city.numbers |= {task.pk, acted.pk, who.pk}


def read(answer: Any) -> str:
    """All that an answer tells, a workbook's cells and a stream's rows too."""
    body = b"".join(answer) if getattr(answer, "streaming", False) else answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return f"%PDF {answer.status_code}" if body[:4] == b"%PDF" else body.decode("utf-8", "replace")


def leaks(text: str, who: Holder, marks: Iterable[Mark]) -> list[Mark]:
    """The marks a text shows that its reader may not read."""
    return [mark for mark in marks if mark.text in text and not may_read(who, mark)]
