"""``make shots``: look at the doors of the demo city in Chromium, wide and on a phone, and keep the pictures.

Builds a small city in a folder of its own, serves it, and writes ``docs/shots/<page>-<width>.png``. Every page
must answer 200, fit its width and say nothing on the console. ``python -m bench.shots home firm`` takes only those.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench.deeds import DEEDS, take
from bench.shown import Shot, shots

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "docs" / "shots"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDTHS = {1440: 1000, 390: 844}
PHONE = 390
PATIENCE = 120_000
"""Milliseconds a page may take on a machine that has other work."""


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
            prepare(browser, base, found, told)
            chosen = [shot for shot in shots(found) if not sys.argv[1:] or shot.name in sys.argv[1:]]
            wrong = [line for shot in chosen for line in look(browser, base, shot, told)]
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
line = Standing.objects.filter(adverse=True, program="sewage_tariff").order_by("subject").first()
levies = Standpoint.objects.filter(case__program="sewage_tariff")
point = levies.filter(subject__gt=0).exclude(state="repaired").order_by("-case_id", "subject").first()
subject = line.subject if line else point.subject
card = cards([subject])[subject]
from chengxin.records.models import Batch
batch = Batch.objects.filter(agency="yz-environment").order_by("-quarantined").first()
from urllib.parse import quote
from chengxin.cases.models import Act, Schedule
from chengxin.effects.exchange.models import Subscriber
from chengxin.faces.premises import store
from chengxin.cases.adopted import current_bundle
from chengxin.ledger.models import Official
import datetime
articles = current_bundle(datetime.date.today(), store=store()).house.articles.values()
article = min(one.id for one in articles if one.status == "proposal")
def listed(program, procedure):
    return Schedule.objects.filter(case__program=program, case__procedure=procedure).latest("pk")
found = {"batch": batch.pk, "firm": card.code, "word": card.name[2:4],
         "levied": levies.filter(state="in_force").order_by("-case_id").first().case_id,
         "determined": Standpoint.objects.filter(case__program="consumer_protection", state="in_force")
         .order_by("-case_id").first().case_id,
         "act": Act.objects.filter(kind="decide").latest("pk").digest, "subscriber": Subscriber.objects.first().pk,
         "account": Official.objects.get(username="tax-officer").pk, "article": quote(article, safe=""),
         "grading": listed("tax_conduct", "grading").pk, "severe": listed("consumer_protection", "severe").pk}
print(json.dumps({**found, "case": point.case_id, "row": point.subject}))
"""
    words = [sys.executable, "-c", code]
    env = {**environment(home), "DJANGO_SETTINGS_MODULE": "chengxin.faces.settings"}
    done = subprocess.run(words, env=env, check=True, capture_output=True, text=True)
    return {key: str(value) for key, value in json.loads(done.stdout.splitlines()[-1]).items()}


def prepare(browser: Any, base: str, found: dict[str, str], told: dict[str, Any]) -> None:
    """This will let the city's people do what their pages are to show."""
    for who, deed in DEEDS:
        context = browser.new_context(locale="zh-CN")
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        log_in(page, base, who, told)
        deed(page, base, found)
        context.close()


def look(browser: Any, base: str, shot: Shot, told: dict[str, Any]) -> list[str]:
    """This will take a page at both widths and say what was wrong with it."""
    wrong = []
    for width, height in WIDTHS.items():
        scheme = "dark" if shot.dark else "light"
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="zh-CN"
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", partial(_heard, wrong, shot.name))
        if not shot.refuses:
            page.on("response", partial(_answered, wrong, shot.name))
        if shot.language:
            context.add_cookies([{"name": "django_language", "value": shot.language, "url": base}])
        if shot.who:
            log_in(page, base, shot.who, told)
        answer = page.goto(base + shot.address, wait_until="networkidle")
        if answer is None or answer.status != 200:
            wrong.append(f"{shot.name} at {width}: {answer and answer.status}")
        take(page, shot.steps, refused=shot.refuses)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            wrong.append(f"{shot.name} at {width}: wider than the window")
        tall = min(page.evaluate("document.documentElement.scrollHeight"), 1100 if width > PHONE else 1500)
        page.set_viewport_size({"width": width, "height": max(height, tall)})
        picture = page.screenshot(scale="css", animations="disabled")
        (SHOTS / f"{shot.name}-{width}.png").write_bytes(smaller(browser, picture))
        context.close()
    return wrong


PALETTE = """
async (encoded) => {
  const image = await createImageBitmap(await (await fetch("data:image/png;base64," + encoded)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, image.width, image.height).data;
  const seen = new Map();
  for (let at = 0; at < pixels.length; at += 4) {
    const key = (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
    seen.set(key, (seen.get(key) || 0) + 1);
  }
  const colours = [...seen.entries()].sort((a, b) => b[1] - a[1]).slice(0, 128).map((entry) => entry[0]);
  const nearest = new Map(colours.map((key, place) => [key, place]));
  const find = (key) => {
    let best = 0, least = Infinity;
    colours.forEach((one, place) => {
      const far = ((one >> 16) - (key >> 16)) ** 2 + (((one >> 8) & 255) - ((key >> 8) & 255)) ** 2
        + ((one & 255) - (key & 255)) ** 2;
      if (far < least) { least = far; best = place; }
    });
    nearest.set(key, best);
    return best;
  };
  let places = "";
  for (let at = 0; at < pixels.length; at += 4) {
    const key = (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
    places += String.fromCharCode(nearest.has(key) ? nearest.get(key) : find(key));
  }
  return { width: image.width, height: image.height, colours, places: btoa(places) };
}
"""


def smaller(browser: Any, picture: bytes) -> bytes:
    """This will write a screenshot with a palette of its commonest colours, at about a third of its size."""
    page = browser.new_page()
    page.goto("about:blank")
    drawn = page.evaluate(PALETTE, base64.b64encode(picture).decode())
    page.close()
    width, height = drawn["width"], drawn["height"]
    places = base64.b64decode(drawn["places"])
    rows = b"".join(b"\0" + places[at : at + width] for at in range(0, width * height, width))
    palette = b"".join(colour.to_bytes(3, "big") for colour in drawn["colours"])
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + body


def _heard(wrong: list[str], name: str, said: Any) -> None:
    """An answer that is none is told by ``_answered``, with its address."""
    if said.type == "error" and not said.text.startswith("Failed to load resource"):
        wrong.append(f"{name}: {said.text} ({said.location.get('url', '')})")


def _answered(wrong: list[str], name: str, answer: Any) -> None:
    if answer.status >= 400:
        wrong.append(f"{name}: {answer.status} {answer.request.method} {answer.url}")


def log_in(page: Any, base: str, who: str, told: dict[str, Any]) -> None:
    """This will come in as one of the city's officials."""
    if who.startswith("my:"):
        come_in(page, base, who.removeprefix("my:"), told)
        return
    password = next(one["password"] for one in told["logins"] if one["username"] == who)
    page.goto(f"{base}/desk/login")
    page.fill("#id_username", who)
    page.fill("#id_password", password)
    page.click("form.card-part button")
    page.wait_for_url(f"{base}/desk/")


def come_in(page: Any, base: str, identity: str, told: dict[str, Any]) -> None:
    """This will come in at the door ``my`` as one of the city's invented firms or people."""
    password = next(one["password"] for one in told["parties"] if one["identity"] == identity)
    page.goto(f"{base}/my/login/local")
    page.fill("#id_identity", identity)
    page.fill("#id_password", password)
    page.click("form.card-part button")
    page.wait_for_url(f"{base}/my/")


if __name__ == "__main__":
    sys.exit(main())
