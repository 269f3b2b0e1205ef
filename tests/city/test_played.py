"""One matter from listing to withdrawal, played in Chromium by an official, a firm and a citizen over real pages.

The city is served by the installed command; between two acts it is closed and opened again with its clock set
forward, as ``CHENGXIN_DAYS_AHEAD`` does for the demo place. Nobody waits for a clock.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.city.built import City
from tests.city.site import free_port, logins, opened
from tests.city.test_pages import CHROMIUM, FLAGS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="chromium is not on this machine (apt-get install chromium)"),
]
REQUEST = "请2026-010"
PUBLISHED = "侵害消费者权益严重失信"
PASSWORD = "一个好口令 2026"
PATIENCE = 120_000
"""Milliseconds a page may take on a machine that has other work."""
BIND = """
import json, sys
from datetime import date
from pathlib import Path
from chengxin.faces import boot
boot.setup_django(Path(sys.argv[1]))
from django.contrib.auth.hashers import make_password
from chengxin.faces.models import Account
from chengxin.places.demo import plain
from chengxin.subjects.codes import subject_of_code
firm = plain.firms(91 + 9, 1)[0]
Account.objects.create(provider="local", identity="firm-asked", name=firm.name, since=date(2020, 1, 1),
                       subject=subject_of_code(firm.uscc), password=make_password(sys.argv[2]))
print(json.dumps({"code": firm.uscc, "name": firm.name}))
"""


@dataclass
class Stage:
    """The city on its stage: a browser each for who plays, and a clock that is set forward between acts."""

    city: City
    browser: Any
    passwords: dict[str, str]
    firm: dict[str, str]
    log: Path
    port: int = field(default_factory=free_port)
    pages: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def person(self, name: str, width: int = 1440) -> Any:
        """The page of one who plays; each has a browser of its own and keeps its log-in over the acts."""
        if name not in self.pages:
            page = self.browser.new_context(viewport={"width": width, "height": 900}).new_page()
            page.set_default_timeout(PATIENCE)
            page.on("pageerror", lambda error: self.said.append(str(error)))
            self.pages[name] = page
        return self.pages[name]

    def official(self, name: str) -> Any:
        page = self.person(name)
        if page.url == "about:blank":
            page.goto(f"{self.root}/desk/login")
            page.fill("#id_username", name)
            page.fill("#id_password", self.passwords[name])
            page.click("form.card-part button")
            page.wait_for_url(f"{self.root}/desk/")
        return page

    def come_in(self) -> Any:
        """The firm, on a phone, from the public page to its own door."""
        page = self.person("firm", 390)
        page.goto(self.root)
        page.click("a[href='/my/']")
        page.fill("#id_identity", "firm-asked")
        page.fill("#id_password", PASSWORD)
        page.click("form.card-part button")
        page.wait_for_url(f"{self.root}/my/")
        return page

    def act(self, days: int) -> ExitStack:
        """The curtain of one act: the city served with its clock set forward, its due work done first."""
        self.city.environment["CHENGXIN_DAYS_AHEAD"] = str(days)
        self.city.run("tick")
        stack = ExitStack()
        stack.enter_context(opened(self.city, self.port, self.log))
        return stack

    def public(self) -> str:
        """What a citizen reads on the firm's public page, having looked for it."""
        page = self.person("citizen", 390)
        page.goto(f"{self.root}/search?q={self.firm['code']}")
        page.click("a.hit")
        page.wait_for_selector(".standing")
        return str(page.inner_text("main"))


@pytest.fixture(scope="module")
def stage(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    home = tmp_path_factory.mktemp("played") / "home"
    shutil.copytree(city.home, home)
    copy = City(home)
    firm = copy.python(BIND, str(home), PASSWORD)
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=os.environ.get("CHROMIUM") or CHROMIUM, args=FLAGS)
        yield Stage(copy, browser, dict(logins(home)), firm, home.with_suffix(".log"))
        browser.close()


def step(page: Any, name: str) -> None:
    """This will take a step of a whole list by its button."""
    page.click(f"form.acts button[value={name}]")
    page.wait_for_selector(".notice[role=status]")


def file(page: Any, kind: str, **said: str) -> None:
    """This will open a filing from its matter, fill it, say that it is true, and hand it in."""
    page.click(f"a[href*='/do/{kind}']")
    for name, value in said.items():
        page.fill(f"#id_{name}", value)
    page.check("#id_sure")
    page.click("form.card-part button.btn-primary")
    page.wait_for_selector(".notice[role=status]")


def listed(stage: Stage) -> str:
    """The officer proposes what was asked, hears a panel on it and makes the notice; gives where the list stands."""
    officer = stage.official("market-officer")
    officer.goto(f"{stage.root}/desk/consumer_protection/requests/")
    assert REQUEST in officer.inner_text("main")
    officer.click("button[value=severe]")
    officer.wait_for_url("**/traders/*/")
    listing = str(officer.url)
    row_act(stage, listing, "convene_panel", members="\n".join(f"ZJ0{n} 法律 无" for n in range(1, 6)))
    voices = {f"reasons_{n}": "票据与批次不符，应当认定。" for n in range(5)}
    assert "赞成 4 票，反对 1 票" in row_act(
        stage,
        listing,
        "panel_advice",
        within="#panel",
        ticked=[f"#id_vote_{n}_{n // 4}" for n in range(5)],
        **voices,
    )
    officer.goto(listing)
    step(officer, "notify")
    return listing


def told(stage: Stage) -> str:
    """The firm agrees to electronic service, opens its notice and reads it; gives where its matter stands."""
    firm = stage.come_in()
    firm.click(".todos a")
    assert "您没有同意电子送达" in firm.inner_text("main")
    file(firm, "agree_service", address="13800000000")
    firm.click("form[action*='/open'] button")
    firm.wait_for_selector("text=今天为送达日")
    with firm.expect_download() as notice:
        firm.click("a[href*='/paper/']")
    assert Path(notice.value.path()).read_bytes().startswith(b"%PDF")
    return str(firm.url)


def objected(stage: Stage) -> None:
    """The firm objects with a paper, and the mark stands at once."""
    firm = stage.pages["firm"]
    firm.click("a[href*='/do/object']")
    firm.select_option("#id_ground", "not_met")
    firm.fill("#id_text", "进货票据齐全，不是假冒商品。")
    evidence = {"name": "进货票据.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    firm.set_input_files("#id_files", evidence)
    firm.check("#id_sure")
    firm.click("form.card-part button.btn-primary")
    firm.wait_for_selector("text=异议处理中")


def row_act(
    stage: Stage,
    listing: str,
    kind: str,
    *,
    within: str = ".page-head",
    ticked: Sequence[str] = (),
    **said: str,
) -> str:
    """The officer takes one step in the row of the firm: the form, the answers checked, the case again."""
    officer = stage.official("market-officer")
    officer.goto(listing)
    officer.click("#table-rows tbody a[href*='?row=']")
    officer.click(f"a[href*='/act/{kind}']")
    for name, value in said.items():
        field_ = officer.locator(f"#id_{name}")
        if field_.evaluate("it => it.tagName") == "SELECT":
            field_.select_option(value)
        else:
            field_.fill(value)
    for choice in ticked:
        officer.check(choice)
    officer.click("form button.btn-primary")
    officer.click("form button.btn-primary")
    officer.wait_for_selector(".road")
    return str(officer.inner_text(within))


def decided(stage: Stage, listing: str, matter: str) -> None:
    """The head decides once the time to state is over; it binds, and is public, when the firm was served."""
    head, firm = stage.official("market-head"), stage.pages["firm"]
    head.goto(listing)
    step(head, "decide")
    assert PUBLISHED not in stage.public(), "decided, and not served yet"
    firm.goto(matter)
    firm.click("form[action*='/open'] button")
    firm.wait_for_selector("text=今天为送达日")
    assert PUBLISHED in stage.public(), "served, and in force"
    firm.goto(f"{stage.root}/my/decisions/")
    assert PUBLISHED in firm.inner_text("main")


def watched(stage: Stage, matter: str) -> None:
    """The firm sees who looked, never the officer's name, and sets its own words beside the decision."""
    firm = stage.pages["firm"]
    firm.goto(f"{stage.root}/my/looks/")
    assert "云泽市市场监督管理局" in firm.inner_text("main")
    assert "于熙" not in firm.inner_text("main")
    firm.goto(matter)
    file(firm, "own_words", text="已经下架并退款。")
    assert "已经下架并退款" in stage.public()


def test_from_listing_to_withdrawal(stage: Stage) -> None:
    with stage.act(0):
        listing = listed(stage)
        assert PUBLISHED not in stage.public()
        matter = told(stage)
        objected(stage)
        head = row_act(
            stage, listing, "answer_objection", outcome="kept", text="经核查，票据与批次不符，维持。"
        )
        assert "异议处理中" not in head
    with stage.act(10):
        decided(stage, listing, matter)
        watched(stage, matter)
    with stage.act(12):
        row_act(stage, listing, "repair", text="复核：假冒商品已经全部下架、退款。")
        shown = stage.public()
        assert PUBLISHED not in shown, "withdrawn the same minute"
        assert "已经下架并退款" not in shown
        firm = stage.pages["firm"]
        firm.goto(matter)
        assert "已修复退出" in firm.inner_text(".page-head")
    assert stage.said == []
