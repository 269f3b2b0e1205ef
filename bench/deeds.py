"""What people of the demo city do, through the browser, before their pages are looked at: a page with a row says
more than an empty one. Each is done once; a city that was looked at before is left as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bench.shown import CLICK, Steps

GRANTED = "tax-officer"
"""Who is to hold a heavy duty more, which a second security administrator has yet to confirm."""
CONFIRM = ("button[name=confirmed]", CLICK)


def take(page: Any, steps: Steps, *, refused: bool = False) -> None:
    """This will fill in and press, one after the other; where the door is to refuse, until it does."""
    for selector, value in steps:
        if refused and page.query_selector(selector) is None:
            return
        if value == CLICK:
            page.click(selector)
            page.wait_for_load_state("networkidle")
        elif page.eval_on_selector(selector, "it => it.tagName") == "SELECT":
            page.select_option(selector, value)
        elif page.eval_on_selector(selector, "it => it.type") == "checkbox":
            page.check(selector)
        else:
            page.fill(selector, value)


def set_terms(page: Any, base: str, found: dict[str, str]) -> None:
    """A body's system gets a quota and item codes of its own."""
    page.goto(f"{base}/desk/callers/")
    take(page, (
        ("#id_account", "construction-desk"), ("#id_per_minute", "600"), ("#id_per_day", "20000"),
        ("#id_items", "ZJ-0007 = construction_qualification"), ("main form button", CLICK),
    ))  # fmt: skip


def ask_duty(page: Any, base: str, found: dict[str, str]) -> None:
    """A security administrator asks a colleague to confirm a heavy duty."""
    page.goto(f"{base}/desk/people/asked/")
    if page.query_selector("main form"):
        return
    page.goto(f"{base}/desk/people/{found['account']}/grant")
    take(page, (("#id_role", "head"), ("main form button", CLICK), CONFIRM))


def contest_match(page: Any, base: str, found: dict[str, str]) -> None:
    """A firm says that the platform matched a record wrongly, which is answered in one working day."""
    page.goto(f"{base}/my/matters/")
    page.goto(base + page.get_attribute(".hits a", "href"))
    if page.query_selector(".page-head .is-gold"):
        return
    page.goto(f"{page.url}do/object")
    said = "这份核查记录的地址不是本单位的经营地址，应当是另一家。"
    take(page, (
        ("#id_ground", "mismatch"), ("#id_text", said), ("#id_sure", "yes"), ("main form button", CLICK)
    ))  # fmt: skip


def question_look(page: Any, base: str, found: dict[str, str]) -> None:
    """A firm questions a look at it, which the auditor is to answer."""
    page.goto(f"{base}/my/looks/")
    place = page.query_selector(".looks a")
    if place is None or page.query_selector(".asked"):
        return
    page.goto(base + place.get_attribute("href"))
    take(page, (("#id_text", "那天我们没有在贵单位办理任何事项。"), ("main form button", CLICK)))


def find_question(page: Any, base: str, found: dict[str, str]) -> None:
    """Where the auditor answers it."""
    page.goto(f"{base}/desk/looks/questions/")
    place = re.search(r"/desk/looks/questions/\d+/", page.content())
    found["question"] = place[0] if place else "/desk/looks/questions/"


DEEDS: tuple[tuple[str, Callable[[Any, str, dict[str, str]], None]], ...] = (
    ("credit-head", set_terms),
    ("secadmin", ask_duty),
    ("my:firm-price", contest_match),
    ("my:firm-levied", question_look),
    ("auditor", find_question),
)
