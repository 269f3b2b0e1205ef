"""The pages of a built city, walked by its own officials: what a levy meets from proposal to objection, who is
turned away and how, and that no page of any door breaks for anybody."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.city.built import City
from tests.city.site import Answer, Person, Site, served

ROLES = {
    "price-officer": "case_officer",
    "price-head": "head",
    "water-cosigner": "cosigner",
    "price-legal": "legal",
    "environment-steward": "steward",
    "water-biller": "biller",
    "auditor": "auditor",
    "sysadmin": "sysadmin",
    "secadmin": "secadmin",
    "partner-bank": "partner",
}
TOLD = ("演示", "年度评价结果", "试走一遍", "中文")
"""What was told in Chinese stays in Chinese: names of the demo city, titles an official wrote, the switch."""
COSIGNERS = ("price", "environment", "finance", "construction", "water")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def site(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(city, tmp_path_factory.mktemp("served") / "home") as opened:
        yield opened


# the road of a levy


class Levy:
    """One list on its way, each step taken through the page of the official who takes it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.case = self.row = self.number = self.left = ""

    def person(self, name: str) -> Person:
        return self.site.person(name)

    def propose(self) -> Answer:
        officer = self.person("price-officer")
        asked = officer.get("/desk/sewage_tariff/levies/propose")
        rows = asked.all(r'name="leave_out" value="([^"]+)"')
        assert len(rows) > 1, asked.text
        self.left = rows[0]
        said = {"title": "试走一遍", "leave_out": rows[0], "reason": "checking", "note": "来函核实中。"}
        lacking = officer.post("/desk/sewage_tariff/levies/propose", {**said, "note": ""})
        assert "还差一点" in lacking.text
        assert "请写明理由" in lacking.text
        assert "请核对您填的内容" in officer.post("/desk/sewage_tariff/levies/propose", said).text
        done = officer.post("/desk/sewage_tariff/levies/propose", {**said, "confirmed": "1"})
        assert done.status == 302, done.text
        self.case = done.place
        shown = officer.get(self.case)
        self.row = shown.all(r"\?row=(\d+)")[0]
        self.number = officer.get("/desk/sewage_tariff/levies/").all(r"/cosign/(\d+)/")[0]
        return shown

    def take(self, name: str, kind: str, row: str = "", **said: str) -> Answer:
        """The step's page, its form with today's date, and the confirmation; a refusal comes back as it is."""
        person = self.person(name)
        address = f"{self.case}act/{kind}" + (f"?row={row}" if row else "")
        asked = person.get(address)
        if asked.status != 200:
            return asked
        on = asked.all(r'name="on" value="([^"]+)"')[0]
        return person.post(address, {"on": on, **said, "confirmed": "1"})

    def cosign(self, duty: str) -> Answer:
        return self.person(f"{duty}-cosigner").post(f"/desk/sewage_tariff/cosign/{self.number}/")


@pytest.fixture(scope="module")
def levy(site: Site) -> Levy:
    """Proposed with one firm left out, told, served, and heard."""
    walked = Levy(site)
    shown = walked.propose()
    assert "本次不提出的 1 行" in shown.text
    assert "制作告知书（" in shown.text
    assert walked.take("price-officer", "notify").status == 302
    assert walked.take("price-officer", "serve", means="in_person", text="当面签收。").status == 302
    for row in walked.person("price-officer").get(walked.case).all(r"\?row=(\d+)"):
        assert walked.take("price-officer", "waive", row).status == 302
    return walked


@pytest.fixture(scope="module")
def decided(levy: Levy) -> Levy:
    """Signed by five, decided by the head, served, and carried out."""
    early = levy.take("price-head", "decide")
    assert (early.status, "还缺会签" in early.text) == (409, True)
    for duty in COSIGNERS:
        assert levy.cosign(duty).status == 302, duty
    assert levy.take("price-head", "decide").status == 302
    assert levy.take("price-officer", "serve_decision", means="in_person", text="当面送达。").status == 302
    return levy


def test_who_is_left_out_is_named_with_the_reason(levy: Levy, site: Site) -> None:
    (said,) = site.city.rows(
        "select detail, cites from cases_act where kind = 'propose' order by id desc limit 1"
    )
    subject = levy.left.split("/")[0]
    assert f'"subject": {subject}' in said[0]
    assert '"reason": "checking"' in said[0]
    shown = levy.person("price-officer").get(levy.case)
    paper = levy.person("price-officer").get(shown.all(r'href="([^"]+/exhibit/\d+)"')[0])
    assert paper.body.decode() == "来函核实中。"


def test_a_notice_is_a_paper(levy: Levy) -> None:
    shown = levy.person("price-officer").get(f"{levy.case}?row={levy.row}")
    paper = levy.person("price-officer").get(shown.all(r'href="([^"]+/paper/\d+\.pdf)"')[0])
    assert paper.body.startswith(b"%PDF")


def test_a_step_over_the_list_is_not_one_firms_own(levy: Levy) -> None:
    refused = levy.take("price-officer", "state")
    assert (refused.status, "请在这一家自己的页面办理" in refused.text) == (409, True)


def test_only_the_head_decides(levy: Levy) -> None:
    for name in ("price-officer", "water-cosigner"):
        refused = levy.take(name, "decide")
        assert (refused.status, "您的岗位不办这一步" in refused.text) == (409, True), name


def test_a_body_signs_once(decided: Levy) -> None:
    assert decided.cosign("water").status == 409


def test_what_is_served_binds_and_stands_on_the_public_page(decided: Levy, site: Site) -> None:
    shown = decided.person("price-head").get(f"{decided.case}?row={decided.row}")
    assert "生效中" in shown.text
    ((code,),) = site.city.rows(
        f"select code from subjects_identifier where scheme = 'uscc' and subject = {decided.row}"
    )
    public = site.person().get(f"/s/{code}")
    assert "加收污水处理费" in public.text
    chain = site.person().get(f"/s/{code}/why")
    assert chain.status == 200


def test_the_execution_document_is_given_once(decided: Levy) -> None:
    address = f"/desk/sewage_tariff/execution/{decided.number}"
    first = decided.person("price-officer").post(address)
    assert first.body.startswith(b"%PDF"), first.text
    assert decided.person("price-head").get(address).body.startswith(b"%PDF")


def test_an_objection_goes_to_who_made_the_rating_and_is_answered_there(decided: Levy) -> None:
    row = decided.row
    page = f"{decided.case}?row={row}"
    assert decided.take("price-officer", "object", row, text="评级有误。", ground="error").status == 302
    assert "异议处理中" in decided.person("price-officer").get(page).text
    assert (
        "先转交" in decided.take("price-officer", "answer_objection", row, text="无误。", outcome="kept").text
    )
    assert decided.take("price-officer", "route", row).status == 302
    own = decided.take("price-officer", "answer_objection", row, text="无误。", outcome="kept")
    assert (own.status, "由它答复" in own.text) == (409, True)
    assert "生效中" in decided.person("environment-officer").get(page).text
    assert (
        decided.take(
            "environment-officer", "answer_objection", row, text="经核实无误。", outcome="kept"
        ).status
        == 302
    )
    assert "异议处理中" not in decided.person("price-officer").get(page).text


# money


def test_revenue_says_the_same_sum_under_three_heads(site: Site) -> None:
    ((issued,),) = site.city.rows("select sum(fen) from effects_bill_file")
    biller = site.person("water-biller")
    assert "逐分相等" in biller.get("/desk/sewage_tariff/revenue/").text
    for table in ("month", "tier", "division"):
        export = biller.get(f"/desk/sewage_tariff/revenue/?export=csv&table={table}")
        heads, *rows = csv.reader(io.StringIO(export.body.decode("utf-8-sig")))
        at = heads.index("合计")
        assert sum(round(float(row[at]) * 100) for row in rows) == issued, table


def test_a_company_sees_its_own_bills_and_a_stranger_none(site: Site) -> None:
    ((number,),) = site.city.rows("select min(id) from effects_bill_file")
    address = f"/desk/sewage_tariff/bills/{number}/"
    assert site.person("water-biller").get(address).status == 200
    assert site.person("partner-bank").get(address).status == 404
    assert "还没有发出账单" in site.person("partner-bank").get("/desk/sewage_tariff/bills/").text


def test_a_bill_sorts_by_each_of_its_heads(site: Site) -> None:
    ((number,),) = site.city.rows("select max(id) from effects_bill_file where adjusts_id is null")
    biller, address = site.person("water-biller"), f"/desk/sewage_tariff/bills/{number}/"
    for sort in biller.get(address).all(r"[?&](?:amp;)?sort=([-\w.]+)"):
        assert biller.get(f"{address}?sort={sort}").status == 200, sort


# every page, for everybody


def test_a_form_without_its_token_is_not_taken(site: Site) -> None:
    refused = site.person("price-officer").post("/desk/sewage_tariff/exits/end", token=False)
    assert (refused.status, "没有提交" in refused.text) == (403, True)


@pytest.mark.parametrize("name", ["", *ROLES])
def test_no_page_breaks_and_each_is_shut_to_whom_it_must_be(site: Site, name: str) -> None:
    """Every mounted page: open to its posts, shut to others with a reason."""
    from chengxin.ledger.roles import role

    verbs = role(ROLES[name]).verbs if name else frozenset()
    person = site.person(name)
    for route, address in addresses(site):
        answer = person.get(address)
        assert answer.status < 500, (address, answer.text)
        if "GET" not in route.methods:
            assert answer.status == 405, address
        elif route.party:
            assert answer.place.startswith("/my/login?next="), address
        elif not route.public and not name:
            assert answer.place.startswith("/desk/login?next="), address
        elif not route.public and not verbs & set(route.verbs):
            assert (answer.status, "岗位" in answer.text) == (403, True), (address, answer.text)
        elif answer.status in {403, 404, 409}:
            assert len(answer.text) > 12, address
        else:
            assert answer.status in {200, 302}, (address, answer.status, answer.text)


@pytest.mark.parametrize("identity", ["firm-levied", "firm-told", "firm-consumer", "agent", "citizen"])
def test_no_page_of_ones_own_door_breaks(site: Site, identity: str) -> None:
    """Every page of the door my, as invented firms and a citizen open it: theirs, or none of theirs."""
    person = site.party(identity)
    for route, address in addresses(site):
        if route.door == "my" and route.party and "GET" in route.methods:
            answer = person.get(address)
            assert answer.status in {200, 404, 409}, (address, answer.text)
    for matter in person.get("/my/matters/").all(r'href="(/my/matters/\d+/(?:\?row=\d+)?)"'):
        shown = person.get(matter)
        assert shown.status == 200, matter
        for further in shown.all(r'href="(/my/matters/\d+/(?:do|paper)/[^"]+)"'):
            assert person.get(further).status == 200, further


def test_english_leaves_no_chinese_of_ours(site: Site) -> None:
    """With the switch on, headings, buttons and heads of tables are English (data stays as it was told)."""
    person = Person(site.root)
    person.get("/desk/login")
    said = {"username": "price-officer", "password": site.logins["price-officer"]}
    assert person.post("/desk/login", said).status == 302
    assert person.post("/language", {"language": "en", "next": "/desk/"}).status == 302
    for address in ("/desk/", "/desk/sewage_tariff/levies/", "/desk/sewage_tariff/exits/", "/desk/cases/",
                    "/desk/sewage_tariff/bills/", "/desk/sewage_tariff/revenue/"):  # fmt: skip
        shown = person.get(address)
        ours = shown.all(
            r"<(?:h1|h2|th|button|option|label)\b[^>]*>(?:<a[^>]*>)?([^<]*[\u4e00-\u9fff][^<]*)<"
        )
        assert [one for one in ours if not any(told in one for told in TOLD)] == [], address


def addresses(site: Site) -> list[tuple[Any, str]]:
    """Each mounted page with an address it has in this city. A page with a new kind of blank needs one here."""
    import chengxin.faces.urls
    from chengxin.faces.mounting import mounted

    assert chengxin.faces.urls.urlpatterns
    blanks = Blanks(site.city)
    found = []
    for space, route in mounted():
        door = "/desk/" if route.door == "desk" else "/"
        program = space.removesuffix("-public")
        root = {"desk": "/desk/", "public": "/", "my": "/my/"}.get(
            space
        ) or f"{door if door != '/' else '/p/'}{program}/"
        found.append((route, root + blanks.fill(program, route)))
    return found


class Blanks:
    """What stands in the blanks of an address: numbers and codes the city has."""

    def __init__(self, city: City) -> None:
        def one(sql: str) -> str:
            return str(city.rows(sql)[0][0])

        levied = one("select max(id) from cases_case where procedure = 'levy'")
        refused = one("select max(id) from records_batch where quarantined > 0 and agency = 'yz-environment'")
        served = one("select min(subject) from cases_standpoint where subject > 0")
        self.numbers = {
            "bills/": one("select max(id) from effects_bill_file"),
            "cosign/": one("select max(id) from cases_schedule"),
            "execution/": one("select min(id) from cases_schedule"),
            "batches/": refused,
            "cases/": levied,
            "subject/": served,
            "exchange/": "1",
            "gradings/": "1",
            "contest/": "1",
            "traders/": "1",
            "people/duty/": one("select max(id) from ledger_assignment"),
            "people/asked/": "1",
            "people/": one("select id from ledger_official where username = 'price-officer'"),
            "matters/": levied,
            "mandates/": "1",
            "adoption/": "1",
            "looks/": "1",
        }
        self.others = {
            "subject": served,
            "name": "environment_grade",
            "provider": "local",
            "task": "1",
            "token": "0" * 32,
            "row": "3",
            "record": "1",
            "kind": "serve",
            "exhibit": "1",
            "act": one(f"select max(id) from cases_act where case_id = {levied} and kind = 'notify'"),
            "code": one("select min(code) from subjects_identifier where scheme = 'uscc'"),
            "digest": one("select max(digest) from cases_act"),
            "article": "apl-2021%2337",
        }

    def fill(self, program: str, route: Any) -> str:
        def blank(found: re.Match[str]) -> str:
            if found[1] != "number":
                return self.others[found[1]]
            return next(value for start, value in self.numbers.items() if route.path.startswith(start))

        return re.sub(r"<\w+:(\w+)>", blank, route.path)


# in a browser


@pytest.fixture(scope="module")
def look(site: Site) -> Iterator[Callable[..., Any]]:
    """Opens an address as somebody, at a width; nothing may be said on the console."""
    if not CHROMIUM:
        pytest.skip("chromium is not on this machine (apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    said: list[str] = []
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

        def go(address: str, who: str = "", width: int = 1440) -> Any:
            context = browser.new_context(viewport={"width": width, "height": 900})
            jar = site.person(who).jar
            context.add_cookies(
                [{"name": one.name, "value": one.value or "", "url": site.root} for one in jar]
            )
            page = context.new_page()
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(site.root + address)
            return page

        yield go
        browser.close()
    assert said == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("address", ["levies/", "exits/", "revenue/", "bills/"])
def test_a_page_fits_its_width(look: Callable[..., Any], address: str, width: int) -> None:
    page = look(f"/desk/sewage_tariff/{address}", "price-head", width)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate(
        """[...document.querySelectorAll('.figures b')].every(b => b.scrollWidth <= b.clientWidth)"""
    )


@pytest.mark.browser
def test_a_file_is_handed_in_watched_and_its_refused_rows_mended(
    look: Callable[..., Any], site: Site
) -> None:
    ((code, name),) = site.city.rows(
        "select i.code, n.text from subjects_identifier i join subjects_name n on n.subject = i.subject"
        " where i.scheme = 'uscc' order by i.id desc limit 1"
    )
    head = "统一社会信用代码,企业名称,行政区划,评价年度,评价等级,结果类别,公布日期,公布文号,评定机关"
    row = f"{code},{name},320612,2020,{{}},评价,2021-05-20,云泽环信评〔2021〕99号,云泽市生态环境局"

    def hand_in(colour: str) -> Any:
        page = look("/desk/intake/environment_grade/", "environment-steward")
        text = f"{head}\n{row.format(colour)}\n".encode()
        page.set_input_files("input[type=file]", {"name": "一行.csv", "mimeType": "text/csv", "buffer": text})
        page.click("form .btn-primary")
        page.wait_for_selector("#receipt .btn", timeout=120_000)
        return page

    refused = hand_in("紫色")
    assert "退回待改" in refused.inner_text("#receipt")
    refused.click("#receipt a:has-text('看退回的行')")
    assert "不在目录里" in refused.inner_text("main")
    with refused.expect_download() as kept:
        refused.click("a[href$='refused.xlsx']")
    assert kept.value.suggested_filename.endswith(".xlsx")
    assert "1\n收下" in hand_in("黄色").inner_text("#receipt")
