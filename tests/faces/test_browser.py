"""What only a browser can tell: type-ahead, keys, copying, light and dark, widths, and the policy obeyed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chengxin.subjects.registry import card

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(databases=["default", "looks"], transaction=True),
    pytest.mark.skipif(not CHROMIUM, reason="chromium is not on this machine (apt-get install chromium)"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs beside the test's own queries
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def look(chromium: Any, opened: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Opens an address at a width; afterwards nothing may have been said on the console."""
    said: list[str] = []
    contexts = []

    def go(address: str, width: int = 1440, scheme: str = "light") -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(live_server.url + address)
        return page

    yield go
    for context in contexts:
        context.close()
    assert said == []


def test_typing_finds_and_a_tap_leads_to_the_firm(firms: dict[str, int], look: Callable[..., Any]) -> None:
    page = look("/")
    page.press("body", "/")
    page.keyboard.type("海澜")
    page.click("#suggested a")
    page.wait_for_selector("h1")
    assert page.inner_text("h1") == "云泽海澜印染有限公司"


def test_a_code_is_copied_whole(firms: dict[str, int], look: Callable[..., Any]) -> None:
    code = card(min(firms.values())).code
    page = look(f"/s/{code}")
    page.click(".firm-head .copy")
    page.wait_for_selector(".copy.is-copied")
    page.goto(page.url.split("/s/")[0] + "/search")
    page.focus("#search")
    page.keyboard.press("Control+V")
    assert page.input_value("#search") in {code, ""}


def test_dark_is_chosen_and_kept(look: Callable[..., Any]) -> None:
    page = look("/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[data-theme-switch]")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_the_system_dark_is_followed(look: Callable[..., Any]) -> None:
    assert (
        look("/", scheme="dark").evaluate("getComputedStyle(document.body).backgroundColor")
        == "rgb(18, 25, 30)"
    )


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_wider_than_its_window(
    width: int, firms: dict[str, int], in_force: Callable[..., Any], look: Callable[..., Any]
) -> None:
    in_force()
    long = card(firms[max(firms, key=len)]).code
    short = card(min(firms.values())).code
    for address in (
        "/",
        "/search?q=云泽",
        f"/s/{short}",
        f"/s/{short}/why",
        f"/s/{long}",
        "/verify",
        "/about",
    ):
        page = look(address, width)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"), address


def test_the_desk_by_keyboard(
    levied: Any, person: Callable[..., Any], look: Callable[..., Any], live_server: Any
) -> None:
    person("case_officer")
    page = look("/desk/login")
    page.fill("#id_username", "case_officer@yz-price")
    page.fill("#id_password", "a good password")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/desk/")
    page.keyboard.press("j")
    assert page.locator("tr.is-here").count() == 1
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.click("[data-keys-close]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".road, #table-rows")
    assert "/desk/cases/" in page.url


def test_a_table_sorts_without_leaving_the_page(
    levied: Any, person: Callable[..., Any], look: Callable[..., Any], live_server: Any
) -> None:
    person("case_officer")
    page = look(f"/desk/login?next=/desk/cases/{levied.pk}/")
    page.fill("#id_username", "case_officer@yz-price")
    page.fill("#id_password", "a good password")
    page.keyboard.press("Enter")
    page.wait_for_selector("#table-rows")
    page.evaluate("window.stayed = true")
    page.click("#table-rows thead a >> nth=0")
    page.wait_for_selector("#table-rows th[aria-sort=ascending], #table-rows th[aria-sort=descending]")
    page.wait_for_url("**sort=**")
    assert page.evaluate("window.stayed")
