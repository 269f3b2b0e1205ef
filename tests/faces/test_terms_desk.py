"""What is due by day, articles that are over, and articles confirmed by two hands: through the desk's own pages."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from chengxin.core.errors import DeniedError, MissingError, RefusedByLaw
from tests.hands import adopt_by_two, two_hands

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
LEVY = "js-sewage-fee-2016#3"
FOUND = "/desk/proposals/?q=行政处罚法》第37条"


def adopt_later(store: Any, today: date, **articles: Any) -> None:
    """A place adopts from today the shipped rules with some articles changed."""
    from chengxin.cases.adoption import current_bundle
    from chengxin.faces import premises

    declared = current_bundle(today, store).house
    changed = {name: dataclasses.replace(declared.articles[name], **own) for name, own in articles.items()}
    house = dataclasses.replace(declared, articles={**declared.articles, **changed})
    adopt_by_two(house, since=today, on=today, at=timezone.now(), store=store)
    premises.store.cache_clear()


def test_what_is_due_stands_by_day_with_its_clock(levied: Any, at_desk: Callable[..., Client]) -> None:
    officer = at_desk("case_officer")
    shown = officer.get("/desk/due/").content.decode()
    assert "陈述申辩期限" in shown
    assert "已过期 · 2" in shown.replace("\n", "")
    assert "陈述申辩期限" not in _rows(officer.get("/desk/due/?clock=repair").content.decode())
    csv = b"".join(officer.get("/desk/due/?export=csv&table=due").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert csv.count("陈述申辩期限") == 2


def _rows(page: str) -> str:
    return page.split("<tbody", maxsplit=1)[-1] if "<tbody" in page else ""


def test_the_calendar_file_names_matters_and_nobody(
    levied: Any, firms: dict[str, int], at_desk: Callable[..., Client]
) -> None:
    answer = at_desk("case_officer").get("/desk/due/calendar.ics")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert answer["Content-Type"].startswith("text/calendar")
    assert text.startswith("BEGIN:VCALENDAR\r\n") and text.endswith("END:VCALENDAR\r\n")
    assert text.count("BEGIN:VEVENT") == 2
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    assert levied.number in unfolded
    assert not any(name in unfolded for name in firms)


def test_another_city_sees_none_of_it(levied: Any, at_desk: Callable[..., Client], person: Any) -> None:
    from chengxin.ledger.models import Assignment

    stranger = person("case_officer", "yz-environment")
    Assignment.objects.filter(official=stranger).update(region_id="320100")
    client = Client()
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert "陈述申辩期限" not in _rows(client.get("/desk/due/").content.decode())


def test_what_stands_on_an_article_that_is_over_is_listed_and_the_head_suspends_it(
    in_force: Callable[..., Any],
    at_desk: Callable[..., Client],
    store: Any,
    today: date,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from chengxin.effects.models import Standing
    from chengxin.faces.cli import check

    in_force()
    assert "没有正在执行的决定依据失效的条款" in at_desk("head").get("/desk/repealed/").content.decode()
    adopt_later(store, today, **{LEVY: {"valid_to": today - timedelta(days=1)}})
    shown = at_desk("head").get("/desk/repealed/").content.decode()
    assert "建议中止，由负责人决定" in shown
    assert "sewage_tariff.levy/basis" in shown
    assert "决定中止（2 件）" in shown
    asked = argparse.Namespace(paths=[], strict=False, running=True, json=True)
    assert check.run(asked) == 1
    told = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in told if one["id"].startswith("basis.running")] == [
        "basis.running_proposed"
    ] * 2
    assert at_desk("case_officer").get("/desk/repealed/suspend").status_code == 403
    said = {"article": LEVY, "text": "条款已经失效。", "confirmed": "1"}
    assert at_desk("head").post("/desk/repealed/suspend", said).status_code == 302
    assert set(Standing.objects.values_list("frozen", flat=True)) == {True}
    assert "已中止" in at_desk("head").get("/desk/repealed/").content.decode()


def test_two_officials_confirm_an_article_with_the_same_file(
    opened: Any, at_desk: Callable[..., Client], store: Any, today: date
) -> None:
    from chengxin.cases.adoption import current_bundle
    from chengxin.cases.models import Act
    from chengxin.faces.premises import premises

    article = "apl-2021#37"
    assert premises().house.articles[article].status == "proposal"
    shown = at_desk("legal").get(FOUND).content.decode()
    assert "从旧兼从轻" in shown

    def sign(agency: str, content: bytes) -> Any:
        file = SimpleUploadedFile("行政处罚法.txt", content, "text/plain")
        return at_desk("legal", agency).post(f"/desk/proposals/{quote(article)}", {"file": file})

    assert sign("yz-price", "第三十七条　……".encode()).status_code == 302
    assert sign("yz-price", "第三十七条　……".encode()).status_code == 403, "one hand signs once"
    assert premises().house.articles[article].status == "proposal"
    assert sign("yz-finance", "第三十七条　……".encode()).status_code == 302
    assert premises().house.articles[article].status == "confirmed", "what was read before no longer holds"
    assert "从旧兼从轻" not in at_desk("legal").get(FOUND).content.decode()
    assert Act.objects.filter(kind="confirm_text").count() == 2
    assert current_bundle(today - timedelta(days=1), store).house.articles[article].status == "proposal"
    assert at_desk("case_officer").get(f"/desk/proposals/{quote(article)}").status_code == 403


def test_what_ends_sooner_has_its_page(levied: Any, at_desk: Callable[..., Client]) -> None:
    assert "没有可以从轻提前终止的" in at_desk("head").get("/desk/sooner/").content.decode()
    assert at_desk("case_officer").get("/desk/sooner/decide").status_code == 403


def published(person: Callable[..., Any], store: Any, subject: int, on: date) -> Any:
    """A taxpayer with major misconduct is published from a day on: heard, reviewed, decided and served."""
    from chengxin.cases.acts import act
    from chengxin.cases.adoption import current_bundle
    from chengxin.cases.opening import open_case

    case = open_case(program="tax_conduct", procedure="listing", agency="yz-tax", region="320600",
                     title="重大税收违法", on=on, subject=subject)  # fmt: skip
    roles = {"legal_review": "legal", "decide": "head"}
    said = {"legal_review": {"opinion": "agree"}}
    for kind in ("propose", "notify", "serve", "waive", "legal_review", "decide", "serve_decision"):
        official = person(roles.get(kind, "case_officer"), "yz-tax")
        act(case, kind, official=official, agency="yz-tax", on=on, at=timezone.now(), detail=said.get(kind, {}),
            bundle=current_bundle(on, store), cites={"exhibits": [1]})  # fmt: skip
    return case


def test_the_head_ends_sooner_what_a_new_bundle_shortens(
    firms: dict[str, int], person: Callable[..., Any], at_desk: Callable[..., Client], store: Any
) -> None:
    from chengxin.cases.adoption import current_bundle
    from chengxin.cases.standpoints import point_of
    from chengxin.effects.models import Standing
    from chengxin.faces import premises

    today = timezone.localdate()
    on = today - timedelta(days=20)
    case = published(person, store, min(firms.values()), on)
    was = point_of(case).ends_on
    assert was is not None and was > on + timedelta(days=1000), "three years at most"
    declared = current_bundle(today, store).house
    listing = declared.procedures["tax_conduct.listing"]
    shorter = dataclasses.replace(listing, repair=dataclasses.replace(listing.repair, maximum="2 y"))
    house = dataclasses.replace(declared, procedures={**declared.procedures, "tax_conduct.listing": shorter})
    adopt_by_two(house, since=today, on=today, at=timezone.now(), store=store)
    premises.store.cache_clear()
    head = at_desk("head", "yz-tax")
    assert "决定提前终止 1 件" in head.get("/desk/sooner/").content.decode()
    said = {"text": "公布期限由三年改为二年。", "confirmed": "1"}
    assert head.post("/desk/sooner/decide", said).status_code == 302
    until = point_of(case).ends_on
    assert until is not None and until < was - timedelta(days=300)
    assert set(Standing.objects.filter(case=case.pk).values_list("until", flat=True)) == {until}
    shown = head.get("/desk/sooner/").content.decode()
    assert "没有可以从轻提前终止的" in shown and "负责人决定" in shown


def test_two_officials_confirm_the_values_of_a_region_and_every_mark_follows(
    opened: Any, at_desk: Callable[..., Client], capsys: pytest.CaptureFixture[str]
) -> None:
    from chengxin.faces.cli import check

    name, about = "consumer_protection.acts@000000", "/p/consumer_protection/"

    def sign(agency: str) -> Any:
        file = SimpleUploadedFile("办法.txt", "附表　……".encode(), "text/plain")
        return at_desk("legal", agency).post(f"/desk/proposals/{quote(name)}", {"file": file})

    def refused() -> set[str]:
        assert check.run(argparse.Namespace(paths=[], strict=True, running=False, json=True)) == 1
        told = json.loads(capsys.readouterr().out)
        return {one["file"] for one in told if one["id"] == "values.proposal" and "/acts.yml" in one["file"]}

    assert "这份清单还没有经正式文本确认" in Client().get(about).content.decode()
    assert refused()
    shown = at_desk("legal").get("/desk/proposals/?q=失信行为").content.decode()
    assert quote(name, safe="") in shown or name in shown
    assert sign("yz-price").status_code == 302
    assert sign("yz-price").status_code == 403, "one hand signs once"
    assert "这份清单还没有经正式文本确认" in Client().get(about).content.decode()
    assert sign("yz-finance").status_code == 302
    assert "这份清单还没有经正式文本确认" not in Client().get(about).content.decode()
    assert not refused()
    assert at_desk("case_officer").get(f"/desk/proposals/{quote(name)}").status_code == 403


def test_a_bundle_is_proposed_with_its_changes_and_another_confirms_it(
    opened: Any, at_desk: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, today: date,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    from chengxin.cases.models import Adoption
    from chengxin.faces import boot
    from chengxin.faces.cli import adopt

    shipped = boot.shipped()
    table = shipped.values["sewage_tariff.surcharge"]
    cell = dataclasses.replace(table.cells["red"][""][-1], value=650_000)
    cells = {**table.cells, "red": {**table.cells["red"], "": (cell,)}}
    levy = shipped.findings["sewage_tariff.surcharge"]
    house = dataclasses.replace(
        shipped,
        articles={**shipped.articles, LEVY: dataclasses.replace(shipped.articles[LEVY], gist="加收标准提高。")},
        values={**shipped.values, "sewage_tariff.surcharge": dataclasses.replace(table, cells=cells)},
        findings={**shipped.findings, "sewage_tariff.surcharge": dataclasses.replace(
            levy, sql=levy.sql + "\n-- dearer\n")},
    )  # fmt: skip
    credit, head = at_desk("legal", "yz-credit"), at_desk("head", "yz-credit")
    shown = credit.get("/desk/adoption/").content.decode()
    assert "还没有经两人采用" in shown and "没有改动" in shown
    monkeypatch.setattr(boot, "shipped", lambda: house)
    asked = credit.get("/desk/adoption/propose").content.decode()
    for word in ("加收标准提高。", "0.65", "0.6", "-- dearer"):
        assert word in asked, word
    assert at_desk("case_officer").get("/desk/adoption/propose").status_code == 403
    assert credit.post("/desk/adoption/propose", {"since": today.isoformat()}).status_code == 302
    assert Adoption.objects.count() == 1, "nothing holds by it yet"
    own = argparse.Namespace(username="legal@yz-credit", agency=None, since=None, confirm=None, json=True)
    with pytest.raises(DeniedError):
        adopt.run(argparse.Namespace(**{**vars(own), "username": "case_officer@yz-price"}))
    assert adopt.run(argparse.Namespace(**{**vars(own), "username": "system"})) == 0
    told = json.loads(capsys.readouterr().out)
    (waiting,) = told["pending"]
    assert waiting["by"] == "legal@yz-credit"
    assert {one["sort"] for one in told["changes"]} == {"article", "table", "rule"}
    (price,) = [one for one in told["changes"] if one["sort"] == "table"]
    assert price["was"].startswith("0.6 ") and price["now"].startswith("0.65 ")
    from chengxin.cases.assent import pending

    (proposed,) = pending()
    address = f"/desk/adoption/{proposed.pk}/"
    assert credit.get(address).status_code == 403, "who may propose may not confirm for that"
    assert "加收标准提高。" in head.get(address).content.decode()
    assert head.post(address).status_code == 302
    assert Adoption.objects.order_by("-id")[0].bundle == waiting["bundle"]
    assert "还没有经两人采用" not in head.get("/desk/adoption/").content.decode()
    again = argparse.Namespace(**{**vars(own), "confirm": waiting["bundle"][:10]})
    with pytest.raises(MissingError):
        adopt.run(again)


def test_the_head_who_proposed_a_bundle_does_not_confirm_it(
    opened: Any, at_desk: Callable[..., Client], today: date, capsys: pytest.CaptureFixture[str]
) -> None:
    from chengxin.cases.assent import pending
    from chengxin.cases.models import Adoption
    from chengxin.faces.cli import adopt

    head = at_desk("head", "yz-credit")
    assert head.post("/desk/adoption/propose", {"since": today.isoformat()}).status_code == 302
    (proposed,) = pending()
    own = head.post(f"/desk/adoption/{proposed.pk}/")
    assert (own.status_code, "须由另一人确认" in own.content.decode()) == (409, True)
    assert Adoption.objects.count() == 1
    said = {"agency": None, "since": None, "confirm": proposed.detail["bundle"][:8], "json": True}
    with pytest.raises(RefusedByLaw):
        adopt.run(argparse.Namespace(username="head@yz-credit", **said))
    at_desk("head")
    with pytest.raises(DeniedError):
        adopt.run(argparse.Namespace(username="head@yz-price", **said))
    other = two_hands("yz-credit")[1].username
    assert adopt.run(argparse.Namespace(username=other, **said)) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "adopted"
    assert Adoption.objects.count() == 2
