"""How long people wait for a name: a mix of questions, two in five of them common pairs.

    python -m bench.names --home FOLDER [--questions 2000]

The home is one that ``bench.registry --home`` filled.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path
from typing import Any

from bench.registry import prepare

COMMON = [
    "苏州",
    "南京",
    "无锡",
    "科技",
    "贸易",
    "商贸",
    "有限公司",
    "科技有限公司",
    "公司",
    "建筑工程",
    "信息技术",
]
"""Asked two times in five: each stands in hundreds of thousands of names or in millions."""
HARD = [
    "苏州 无锡",
    "科技 贸易",
    "经营部 有限公司",
    "厂 公司",
    "有线公司",
    "苏州市 有限合伙",
    "化工 专业合作社",
    "不存在的名称",
]
"""Words that never meet, and what nobody is called: once in fifty."""


def questions(names: list[str], codes: list[str], initials: list[str], count: int, seed: int) -> list[str]:
    """This will draw a mix of questions from what is there."""
    draw = random.Random(seed)
    asked = []
    for _ in range(count):
        at = draw.randrange(len(names))
        name, turn = names[at], draw.random()
        cut = draw.randrange(max(1, len(name) - 5))
        if turn < 0.40:
            asked.append(draw.choice(COMMON))
        elif turn < 0.55:
            asked.append(name[cut : cut + draw.choice([2, 2, 3, 4])])
        elif turn < 0.75:
            asked.append(name[: draw.choice([1, 2, 3, 4, 5, 6])])
        elif turn < 0.83:
            asked.append(name)
        elif turn < 0.88:
            asked.append(initials[at][: draw.choice([2, 3, 4, 5])])
        elif turn < 0.93:
            asked.append(codes[at][: draw.choice([6, 10, 14, 18])])
        elif turn < 0.98:
            asked.append(f"{name[:2]} {name[-8:-4]}")
        else:
            asked.append(draw.choice(HARD))
    return asked


def measure(home: Path, count: int, seed: int = 7) -> dict[str, Any]:
    """This will ask every question once, after a tenth of them to warm up, and give the percentiles in ms."""
    store = prepare(home)
    from django.db import connection

    from chengxin.ledger.scope import Scope
    from chengxin.subjects import registry
    from chengxin.subjects.names import initials
    from chengxin.subjects.search import search

    with connection.cursor() as cursor:
        cursor.execute("select count(*), max(subject) from subjects_name")
        rows, last = cursor.fetchone()
    draw = random.Random(seed)
    known = registry.cards(draw.sample(range(1, last + 1), 3000))
    names, codes = zip(*((card.name, card.code) for card in known.values()), strict=True)
    asked = questions(list(names), list(codes), [initials(name) for name in names], count, seed)
    took: list[tuple[float, str]] = []
    for turn, text in enumerate([*asked[: count // 10], *asked]):
        began = time.perf_counter()
        search(store, text, Scope.public())
        if turn >= count // 10:
            took.append(((time.perf_counter() - began) * 1000, text))
    took.sort()
    at = {name: round(took[min(count - 1, int(count * share))][0], 1) for name, share in SHARES.items()}
    return {"database": connection.vendor, "names": rows, "questions": count, **at, "slowest": took[-1][1]}


SHARES = {"p50_ms": 0.50, "p95_ms": 0.95, "p99_ms": 0.99, "max_ms": 1.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=2000)
    options = parser.parse_args()
    print(json.dumps(measure(options.home, options.questions), ensure_ascii=False))


if __name__ == "__main__":
    main()
