"""``make shots``: look at the doors of the demo city in Chromium, wide and on a phone, and keep the pictures.

Builds a small city in a folder of its own, serves it, and writes ``docs/shots/<page>-<width>.png``. Every page
must answer 200, fit its width and say nothing on the console.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "docs" / "shots"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDTHS = {1440: 1000, 390: 844}
PHONE = 390


@dataclass(frozen=True)
class Shot:
    """One page to look at: its name, its address, the role that opens it, and what is done first."""

    name: str
    address: str
    role: str = ""
    language: str = ""
    dark: bool = False
    press: str = ""
    """A control to press before looking."""
    fill: tuple[str, str] = ("", "")


def shots(found: dict[str, str]) -> list[Shot]:
    """This will list the pages; ``found`` names a firm, a case and a row that the city has."""
    firm, case, row = found["firm"], found["case"], found["row"]
    return [
        Shot("home", "/"),
        Shot("home-en", "/", language="en"),
        Shot("home-dark", "/", dark=True),
        Shot("search", f"/search?q={found['word']}"),
        Shot("firm", f"/s/{firm}"),
        Shot("why", f"/s/{firm}/why"),
        Shot("verify", "/verify"),
        Shot("about", "/about"),
        Shot("program", "/p/sewage_tariff/about/"),
        Shot("log-in", "/desk/login"),
        Shot("today", "/desk/", role="case_officer"),
        Shot("cases", "/desk/cases/", role="case_officer"),
        Shot("case", f"/desk/cases/{case}/", role="case_officer"),
        Shot("case-row", f"/desk/cases/{case}/?row={row}", role="case_officer"),
        Shot("levies", "/desk/sewage_tariff/levies/", role="case_officer"),
        Shot("bills", "/desk/sewage_tariff/bills/", role="case_officer"),
        Shot("revenue", "/desk/sewage_tariff/revenue/", role="case_officer"),
        Shot("pictures", "/desk/pictures/", role="case_officer"),
        Shot("hand-in", "/desk/intake/", role="steward"),
        Shot("item", "/desk/intake/environment_grade/", role="steward"),
        Shot("batches", "/desk/batches/", role="steward"),
        Shot("quarantine", "/desk/quarantine/", role="steward"),
        Shot("looks", "/desk/looks/", role="auditor"),
    ]


def main() -> int:
    """This will build, serve, look, and count the pages that were not as they should be."""
    from playwright.sync_api import sync_playwright

    SHOTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(os.environ.get("CHENGXIN_SHOTS_HOME") or folder)
        told = built(home)
        with served(home) as base, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            found = people_and_places(home)
            wrong = [line for shot in shots(found) for line in look(browser, base, shot, told)]
            browser.close()
    print("\n".join(wrong) or "every page as it should be")
    return 1 if wrong else 0


def built(home: Path) -> dict[str, Any]:
    """This will build the small demo city in a folder, once."""
    words = [sys.executable, "-m", "chengxin.faces.cli", "demo", "--size", "small", "--json"]
    done = subprocess.run(words, env=environment(home), check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "CHENGXIN_HOME": str(home)}


@contextmanager
def served(home: Path) -> Iterator[str]:
    """This will serve the city on a free port until the pictures are taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "chengxin.faces.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(
        words, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for(base)
        yield base
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def wait_for(base: str, seconds: int = 60) -> None:
    for _ in range(seconds * 4):
        try:
            urllib.request.urlopen(base + "/about", timeout=5)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    raise SystemExit(f"{base} did not open within {seconds} s")


def people_and_places(home: Path) -> dict[str, str]:
    """This will ask the city for a firm with something in force, and its case."""
    code = """
import json, django
django.setup()
from chengxin.effects.models import Standing
from chengxin.cases.models import Standpoint
from chengxin.subjects.cards import cards
line = Standing.objects.filter(adverse=True).order_by("subject").first()
point = Standpoint.objects.filter(subject__gt=0).exclude(state="repaired").order_by("case_id", "subject").first()
subject = line.subject if line else point.subject
card = cards([subject])[subject]
print(json.dumps({"firm": card.code, "word": card.name[2:4], "case": point.case_id, "row": point.subject}))
"""
    words = [sys.executable, "-c", code]
    env = {**environment(home), "DJANGO_SETTINGS_MODULE": "chengxin.faces.settings"}
    done = subprocess.run(words, env=env, check=True, capture_output=True, text=True)
    return {key: str(value) for key, value in json.loads(done.stdout.splitlines()[-1]).items()}


def look(browser: Any, base: str, shot: Shot, told: dict[str, Any]) -> list[str]:
    """This will take a page at both widths and say what was wrong with it."""
    wrong = []
    for width, height in WIDTHS.items():
        scheme = "dark" if shot.dark else "light"
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="zh-CN"
        )
        page = context.new_page()
        page.on(
            "console",
            lambda said, name=shot.name: (
                wrong.append(f"{name}: {said.text}") if said.type == "error" else None
            ),
        )
        if shot.language:
            context.add_cookies([{"name": "django_language", "value": shot.language, "url": base}])
        if shot.role:
            log_in(page, base, shot.role, told)
        answer = page.goto(base + shot.address, wait_until="networkidle")
        if answer is None or answer.status != 200:
            wrong.append(f"{shot.name} at {width}: {answer and answer.status}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            wrong.append(f"{shot.name} at {width}: wider than the window")
        tall = min(page.evaluate("document.documentElement.scrollHeight"), 1600 if width > PHONE else 2400)
        page.set_viewport_size({"width": width, "height": max(height, tall)})
        page.screenshot(path=SHOTS / f"{shot.name}-{width}.png", scale="css", animations="disabled")
        context.close()
    return wrong


def log_in(page: Any, base: str, role: str, told: dict[str, Any]) -> None:
    """This will come in as somebody who holds the role."""
    who = next(one for one in told["logins"] if role in (one.get("roles") or [one["role"]]))
    page.goto(f"{base}/desk/login")
    page.fill("#id_username", who["username"])
    page.fill("#id_password", who["password"])
    page.click("form.card-part button")
    page.wait_for_url(f"{base}/desk/")


if __name__ == "__main__":
    sys.exit(main())
