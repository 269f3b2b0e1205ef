"""A generated file of taxpayers through the real intake, graded again by hand; the year's decision; persons apart."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.utils import timezone

from chengxin.core.clock import CHINA
from tests.faces.conftest import at_desk, coded, opened, person

from . import tax_by_hand

__all__ = ["at_desk", "opened", "person"]
pytestmark = pytest.mark.django_db(databases=["default", "looks"])
PROGRAM = "tax_conduct"
COUNT = 2_400
ON = date(2026, 4, 1)
NOW = datetime(2026, 4, 1, 10, tzinfo=CHINA)
CONDUCTS = (
    *("late_filing", "late_withholding", "late_payment", "late_accounts", "account_unreported"),
    *("books_not_kept", "invoice_misuse", "inspection_refused", "arrears", "evasion", "false_invoices"),
)


@pytest.fixture(scope="module")
def taxpayers() -> dict[str, Any]:
    """Bases, conducts and last year's grades of a city's taxpayers; the same every time."""
    chance = random.Random(4)
    years, conducts, before = [], [], {}
    for n in range(COUNT):
        code = coded(f"91320600MA{n:06d}"[:16])
        year = {
            "code": code,
            "name": f"拟税示例{n:06d}",
            "year": 2025,
            "division": "320600",
            "full_record": chance.random() < 0.6,
            "registered_on": date(2026, 1, 1) - timedelta(days=chance.randint(1, 4_000)),
            "trading": chance.random() < 0.9,
        }
        years.append(year)
        if chance.random() < 0.5:
            before[code] = chance.choice("ABMCD")
        for number in range(chance.choice([0, 0, 0, 1, 2, 4, 9])):
            found = date(2025, 1, 10) + timedelta(days=chance.randint(0, 500))
            corrected = found + timedelta(days=chance.choice([0, 3, 4, 30, 31, 90, 91, 200]))
            conducts.append(
                {
                    "code": code,
                    "name": year["name"],
                    "division": "320600",
                    "conduct": chance.choice(CONDUCTS),
                    "occurred_on": found - timedelta(days=chance.randint(0, 60)),
                    "determined_on": found,
                    "document_number": f"拟税通〔2025〕{n}-{number}号",
                    "corrected_on": corrected if chance.random() < 0.6 else None,
                    "repaired_on": found + timedelta(days=120) if chance.random() < 0.1 else None,
                    "excused": chance.choice(["office", "force", "first"]) if chance.random() < 0.1 else None,
                }
            )
    return {"tax_year": years, "tax_conduct": conducts, "before": before}


@pytest.fixture
def house(opened: Path, person: Callable[..., Any]) -> Any:
    """The home with the tax service's own people, and the means to hand in and to reckon."""
    from chengxin.faces.premises import premises

    return House(premises(), person("steward", "yz-tax"), opened)


class House:
    def __init__(self, here: Any, steward: Any, folder: Path) -> None:
        from chengxin.cases.adopted import current_bundle

        self.store, self.steward, self.folder = here.store, steward, folder
        self.officer: Any = None
        self.adopted = current_bundle(ON, store=self.store)

    def hand_in(self, item: str, rows: list[dict[str, Any]]) -> Any:
        from chengxin.cases.receipt import receive_batch

        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {key: {True: "是", False: "否"}.get(value, value) if isinstance(value, bool) else value
             for key, value in row.items()}
            for row in rows
        )  # fmt: skip
        path = self.folder / f"{item}.csv"
        path.write_text(out.getvalue(), "utf-8")
        return receive_batch(
            self.adopted.house.items[item], path, store=self.store, house=self.adopted.house,
            bundle=self.adopted, agency="yz-tax", official=self.steward, door="desk", now=timezone.now(),
            told_on=ON, file_name=path.name, digest_key="a digest key of this test",
        )  # fmt: skip

    def find(self, finding: str, on: date = ON) -> Any:
        from chengxin.findings.reckon import reckon

        return reckon(
            PROGRAM, finding, on, store=self.store, house=self.adopted.house, bundle=self.adopted.sha256,
            now=timezone.now(),
        )  # fmt: skip

    def rows(self, finding: str, on: date = ON) -> pa.Table:
        from chengxin.findings.reckon import rows

        return rows(self.find(finding, on), store=self.store)

    def known(self, years: list[dict[str, Any]]) -> dict[int, str]:
        from chengxin.subjects.models import Identifier
        from chengxin.subjects.registry import register

        register(
            pa.table({"scheme": ["uscc"] * len(years), "code": [each["code"] for each in years],
                      "name": [each["name"] for each in years], "region": ["320600"] * len(years)}),
            "organisation", NOW,
        )  # fmt: skip
        return dict(Identifier.objects.filter(scheme="uscc").values_list("subject", "code"))

    def told(self, taxpayers: dict[str, Any]) -> dict[int, str]:
        """Everything handed in, everybody linked; gives code by subject."""
        codes = self.known(taxpayers["tax_year"])
        names = {year["code"]: year["name"] for year in taxpayers["tax_year"]}
        before = [
            {"code": code, "name": names[code], "year": 2024, "grade": grade,
             "document_number": "拟税评〔2025〕1号", "decided_on": date(2025, 4, 20)}
            for code, grade in taxpayers["before"].items()
        ]  # fmt: skip
        given = {
            "tax_year": taxpayers["tax_year"],
            "tax_conduct": taxpayers["tax_conduct"],
            "tax_grade": before,
        }
        for item, rows in given.items():
            receipt = self.hand_in(item, rows).as_dict()
            assert (receipt["taken"], receipt["unlinked"], receipt["quarantined"]) == (len(rows), 0, 0)
        return codes


def test_every_grade_is_the_one_worked_out_by_hand(house: House, taxpayers: dict[str, Any]) -> None:
    codes = house.told(taxpayers)
    found = {
        codes[row["subject"]]: (row["grade"], Fraction(row["score"], 10_000), row["adverse"])
        for row in house.rows("grade").to_pylist()
    }
    expected = tax_by_hand.grades(taxpayers["tax_year"], taxpayers["tax_conduct"], taxpayers["before"], ON)
    assert found == expected
    assert set(Counter(grade for grade, *_ in found.values())) == set("ABMCD")


def few(taxpayers: dict[str, Any]) -> dict[str, Any]:
    """The first hundred and twenty taxpayers with all that is told of them."""
    years = taxpayers["tax_year"][:120]
    codes = {year["code"] for year in years}
    return {
        "tax_year": years,
        "tax_conduct": [each for each in taxpayers["tax_conduct"] if each["code"] in codes],
        "before": {code: grade for code, grade in taxpayers["before"].items() if code in codes},
    }


def standings(listed: Any) -> Counter[str]:
    from chengxin.kit import rows_underway

    return Counter(row["state"] for row in rows_underway(listed))


def post(client: Any, where: str, **said: str) -> None:
    answer = client.post(where, said, follow=True)
    assert answer.status_code == 200, answer.content.decode()


def queue(client: Any, name: str) -> str:
    """One queue's part of the page, as the page itself asks for it."""
    part = {"HX-Request": "true", "HX-Target": f"table-{name}"}
    return str(client.get("/desk/tax_conduct/queues/", headers=part).content.decode())


def test_an_adverse_grade_binds_only_from_its_own_service(
    house: House, taxpayers: dict[str, Any], at_desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the desk's real pages: proposed, decided at once for the favourable, heard and served for the rest."""
    from chengxin.cases.models import Schedule
    from chengxin.effects.models import Standing

    codes = house.told(few(taxpayers))
    officer, head = at_desk("case_officer", "yz-tax"), at_desk("head", "yz-tax")
    post(officer, "/desk/tax_conduct/grades/propose")
    listed = Schedule.objects.get()
    page = f"/desk/tax_conduct/gradings/{listed.pk}/"
    post(head, page, step="decide")
    rows = house.rows("grade", timezone.localdate()).to_pylist()
    burdened = {row["subject"] for row in rows if row["adverse"]}
    good = {codes[row["subject"]] for row in rows if row["grade"] == "A" and not row["adverse"]}
    assert good and burdened
    assert not Standing.objects.filter(adverse=True).exists()
    assert standings(listed).total() == 0
    shown = "".join(queue(officer, name) for name in ("risk", "service", "incentive"))
    assert all(codes[subject] not in shown for subject in burdened)
    assert any(code in shown for code in good)

    post(officer, page, step="notify")
    post(officer, page, step="serve")
    assert standings(listed) == {"served": len(burdened)}
    assert not Standing.objects.filter(adverse=True).exists()
    post(head, page, step="decide_rows")
    assert standings(listed) == {"served": len(burdened)}, "the time to state a case still runs"

    later = timezone.now() + timedelta(days=21)
    monkeypatch.setattr(timezone, "now", lambda: later)
    officer, head = at_desk("case_officer", "yz-tax"), at_desk("head", "yz-tax")
    post(head, page, step="decide_rows")
    assert standings(listed) == {"decided": len(burdened)}
    assert not Standing.objects.filter(adverse=True).exists()
    post(officer, page, step="serve_decision")
    assert standings(listed) == {"in_force": len(burdened)}
    bound = Standing.objects.filter(adverse=True)
    assert set(bound.values_list("subject", flat=True)) == burdened
    assert {line.since for line in bound} == {timezone.localdate(later)}
    risk = queue(officer, "risk")
    d_graded = [codes[row["subject"]] for row in rows if row["grade"] == "D" and row["adverse"]]
    assert d_graded and any(code in risk for code in d_graded)


def test_only_a_grades_are_public_and_only_the_tax_service_sees_the_rest(
    house: House, taxpayers: dict[str, Any], at_desk: Callable[..., Any]
) -> None:
    from django.test import Client

    from chengxin.cases.models import Schedule

    codes = house.told(few(taxpayers))
    officer, head = at_desk("case_officer", "yz-tax"), at_desk("head", "yz-tax")
    empty = Client().get("/p/tax_conduct/").content.decode()
    assert not any(code in empty for code in codes.values())
    post(officer, "/desk/tax_conduct/grades/propose")
    post(head, f"/desk/tax_conduct/gradings/{Schedule.objects.get().pk}/", step="decide")
    rows = house.rows("grade", timezone.localdate()).to_pylist()
    public = Client().get("/p/tax_conduct/").content.decode()
    a_graded = {codes[row["subject"]] for row in rows if row["grade"] == "A"}
    others = {codes[row["subject"]] for row in rows} - a_graded
    assert any(code in public for code in a_graded) and not any(code in public for code in others)
    stranger = at_desk("case_officer", "yz-price")
    for where in ("conducts", "disputes", "changes", "grades", "queues", f"grades/{rows[0]['subject']}"):
        answer = stranger.get(f"/desk/tax_conduct/{where}/")
        assert answer.status_code == 200, where
        assert not any(code in answer.content.decode() for code in codes.values()), where
        mine = officer.get(f"/desk/tax_conduct/{where}/")
        assert mine.status_code == 200, where
    assert stranger.post("/desk/tax_conduct/grades/propose").status_code == 403


def remind(house: House, days: int = 0) -> dict[str, int]:
    from chengxin.cases.reminding import remind

    at = timezone.now() + timedelta(days=days)
    return remind(bundle=house.adopted, store=house.store, at=at)


def agrees(house: House, subject: int) -> None:
    """The party agrees, in some matter of the tax service, to be served electronically."""
    from chengxin.cases.acts import act
    from chengxin.cases.opening import open_case

    today = timezone.localdate()
    case = open_case(
        program=PROGRAM, procedure="listing", agency="yz-tax", region="320600", title="拟立案", on=today,
        subject=subject,
    )  # fmt: skip
    words = {"agency": "yz-tax", "on": today, "at": timezone.now(), "bundle": house.adopted}
    officer = house.officer
    act(case, "propose", official=officer, **words)
    act(case, "agree_service", official=None, cites={"exhibits": [1]}, **words)


def at_my(subject: int) -> Any:
    """A party at its own door."""
    from django.contrib.auth.hashers import make_password
    from django.test import Client

    from chengxin.faces.models import Account

    said = {"identity": f"who-{subject}", "password": "a good password"}
    Account.objects.create(
        provider="local", identity=said["identity"], subject=subject, name="拟税示例", since=date(2020, 1, 1),
        password=make_password(said["password"]),
    )  # fmt: skip
    client = Client()
    assert client.post("/my/login/local", said).status_code == 302
    return client


def test_the_clock_tells_of_a_change_and_reminds_of_a_window_each_once(
    house: House, taxpayers: dict[str, Any], at_desk: Callable[..., Any], person: Callable[..., Any]
) -> None:
    """One firm agreed to electronic service, the other gets a letter; what it put right is not sent any more."""
    from chengxin.cases.models import Act, Standpoint
    from chengxin.effects.models import Standing

    today = timezone.localdate()
    firms = taxpayers["tax_year"][:2]
    subjects = {code: subject for subject, code in house.known(firms).items()}
    online, by_letter = (subjects[firm["code"]] for firm in firms)
    house.officer = person("case_officer", "yz-tax")
    agrees(house, online)
    conducts = [
        {"code": firm["code"], "name": firm["name"], "division": "320600", "conduct": "late_filing",
         "occurred_on": today - timedelta(days=9), "determined_on": today - timedelta(days=2),
         "document_number": f"拟税通{n}号"}
        for n, firm in enumerate(firms)
    ]  # fmt: skip
    house.hand_in("tax_conduct", conducts)
    assert remind(house) == {"made": 4, "served": 2, "recalled": 0}
    assert remind(house) == {"made": 0, "served": 0, "recalled": 0}
    assert remind(house, days=1) == {"made": 0, "served": 0, "recalled": 0}
    told = Standing.objects.filter(subject=online)
    assert {(one.effect, one.adverse) for one in told} == {
        ("status_notice", False),
        ("correction_reminder", False),
    }
    assert not Standing.objects.filter(subject=by_letter).exists(), "nothing is so before it is served"
    waiting = Standpoint.objects.filter(subject=by_letter, state="decided")
    assert sorted(waiting.values_list("case__procedure", flat=True)) == ["notice", "reminding"]

    officer = at_desk("case_officer", "yz-tax")
    page = officer.get("/desk/tax_conduct/changes/").content.decode()
    assert all(firm["code"] in page for firm in firms)
    assert "待寄送" in page and "电子送达" in page
    stranger = at_desk("case_officer", "yz-price").get("/desk/tax_conduct/changes/").content.decode()
    assert not any(firm["code"] in stranger for firm in firms)
    listed = waiting.get(case__procedure="reminding").case
    case_page = officer.get(f"/desk/cases/{listed.pk}/").content.decode()
    assert f"/desk/cases/{listed.pk}/act/serve_decision" in case_page
    paper = Act.objects.get(case=listed, kind="remind", subject=online)
    pdf = officer.get(f"/desk/cases/{listed.pk}/paper/{paper.pk}.pdf")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")

    served, waits = at_my(online), at_my(by_letter)
    home = served.get("/my/matters/").content.decode()
    assert "税收失信行为纠正提醒" in home and "失信状态变化通知" in home
    own = f"/my/matters/{listed.pk}/"
    assert f"{own}paper/{paper.pk}.pdf" in served.get(own).content.decode()
    pdf = served.get(f"{own}paper/{paper.pk}.pdf")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    page = waits.get(own).content.decode()
    assert "有一份文书正在送达" in page and "paper/" not in page

    house.hand_in("tax_conduct", [{**conducts[1], "corrected_on": today}])
    assert remind(house) == {"made": 0, "served": 0, "recalled": 1}
    states = Standpoint.objects.filter(subject=by_letter).values_list("case__procedure", "state")
    assert set(states) == {("notice", "decided"), ("reminding", "taken_out")}


def test_a_person_gets_a_tier_by_act_and_is_never_published(
    house: House, at_desk: Callable[..., Any]
) -> None:
    from chengxin.policy.house import ROOT

    number = "32068119800101123"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    number += "10X98765432"[sum(int(d) * w for d, w in zip(number, weights, strict=True)) % 11]
    someone = {"id_number": number, "name": "拟某", "division": "320600"}
    acts = [
        {**someone, "conduct": conduct, "occurred_on": "2026-01-05", "determined_on": "2026-02-01",
         "document_number": f"拟税人{n}号"}
        for n, conduct in enumerate(("late_filing", "arrears"))
    ]  # fmt: skip
    assert house.hand_in("tax_person", [someone]).as_dict()["taken"] == 1
    receipt = house.hand_in("tax_conduct_person", acts).as_dict()
    assert (receipt["taken"], receipt["unlinked"]) == (2, 0)
    found = house.rows("person_tier", timezone.localdate()).to_pylist()
    assert [(row["tier"], row["acts"]) for row in found] == [("heavier", 2)]
    assert not {"score", "points", "grade"} & set(found[0])
    from chengxin.effects.publication import published

    shown = published(found[0]["subject"], store=house.store, house=house.adopted.house, now=timezone.now())
    assert (shown.in_force, shown.records) == ((), ())
    declared = house.adopted.house.procedures
    assert all(one.finding != "person_tier" for one in declared.values() if one.program == PROGRAM)
    assert ROOT.joinpath("programs", PROGRAM, "findings", "person_tier.sql").exists()
    assert at_desk("case_officer", "yz-tax").get("/desk/tax_conduct/queues/").status_code == 200
