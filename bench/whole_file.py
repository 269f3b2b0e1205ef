"""One firm's whole file over 60 items and 300 batches, asked for at the public door.

    python -m bench.whole_file [--items 60] [--batches 300] [--firms 2000]

The items are declared in a place of their own, the batches handed in over the API.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from bench.data import organisations
from bench.installed import Visitors, command, percentiles, serving
from chengxin.places import demo

TARGET_MS = 30.0
QUESTIONS = 300
ITEM = """\
title: 拟报事项{n}
title_en: Invented item {n}
about: organisation
basis: eip-2014#6
reporters: [platform, market]
disclosure: public
retention: 5 y
frequency: monthly
keys: [code, number]
identifies: [[uscc, code]]
valid_from: day
title_template: "拟报事项{n}：{{content}}"
columns:
  code:
    title: 统一社会信用代码
    title_en: Code
    type: identifier
    scheme: uscc
    required: true
    example: 91320691MA0DEMO00X
  number: {{title: 编号, title_en: Number, type: text, required: true, example: "7"}}
  day: {{title: 日期, title_en: Day, type: date, required: true, example: 2026-01-02}}
  content: {{title: 内容, title_en: Content, type: text, required: true, example: 甲}}
"""


def measure(items: int, batches: int, firms: int, scratch: Path) -> dict[str, Any]:
    """This will declare the items, hand the batches in, and ask for the one firm's file again and again."""
    place, home = scratch / "place", scratch / "home"
    shutil.copytree(Path(demo.__file__).parent, place)
    (place / "catalogue").mkdir()
    for n in range(items):
        (place / "catalogue" / f"invented_{n}.yml").write_text(ITEM.format(n=n), "utf-8")
    more = {"CHENGXIN_PLACE": str(place)}
    command(home, "migrate", more=more)
    key = command(home, "key", "system", "bench", more=more)["key"]
    codes = organisations(firms)["code"].to_pylist()
    with serving(home, more) as port:
        for n in range(batches):
            if _hand_in(port, key, f"invented_{n % items}", n, _text(codes, n)) != firms:
                raise SystemExit(f"batch {n} was not taken whole")
        visitors = Visitors(port)
        for _ in range(QUESTIONS // 10):
            visitors.get(f"/api/v1/subjects/{codes[0]}")
        answers = [visitors.get(f"/api/v1/subjects/{codes[0]}") for _ in range(QUESTIONS)]
        nothing = [visitors.get("/api/v1/subjects?q=000000")[0] for _ in range(QUESTIONS)]
    records = json.loads(answers[-1][1])["public"]["records"]
    figures = percentiles([seconds for seconds, _ in answers])
    return {
        "items": items,
        "batches": batches,
        "rows": batches * firms,
        "records_shown": len(records),
        "items_shown": len({each["item"] for each in records}),
        **figures,
        "bare_p50_ms": percentiles(nothing)["p50_ms"],
        "within": figures["p50_ms"] <= TARGET_MS and len(records) == batches,
    }


def _hand_in(port: int, key: str, item: str, n: int, text: str) -> int:
    """This will post one file as a form does, and give how many rows were taken."""
    edge = "edge-of-a-part"
    body = (
        f'--{edge}\r\nContent-Disposition: form-data; name="item"\r\n\r\n{item}\r\n'
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="batch.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{text}\r\n--{edge}--\r\n"
    ).encode()
    headers = {
        "Authorization": f"Bearer {key}",
        "Idempotency-Key": f"bench-{n}",
        "Content-Type": f"multipart/form-data; boundary={edge}",
    }
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/batches", body, headers)
    with urllib.request.urlopen(asked, timeout=120) as answer:
        return int(json.load(answer)["taken"])


def _text(codes: list[str], n: int) -> str:
    lines = [f"{code},{n},2025-{n % 12 + 1:02d}-{n % 28 + 1:02d},第{n}号" for code in codes]
    return "\n".join(["统一社会信用代码,编号,日期,内容", *lines])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=60)
    parser.add_argument("--batches", type=int, default=300)
    parser.add_argument("--firms", type=int, default=2_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(
        prefix="chengxin-bench-", dir=os.environ.get("BENCH_SCRATCH")
    ) as scratch:
        print(json.dumps(measure(options.items, options.batches, options.firms, Path(scratch))))


if __name__ == "__main__":
    main()
