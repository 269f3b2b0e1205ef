"""How long people wait for a name: a mix of questions, two in five of them common pairs.

    python -m bench.names --home FOLDER [--questions 2000]

The home is one that ``bench.registry --home`` filled.
"""

from __future__ import annotations

import argparse
import json
import os
import random
from pathlib import Path
from typing import Any

from bench.installed import Visitors, percentiles, serving
from chengxin.engine.duck import connect, literal

TARGET_MS = 30.0

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
    """This will ask every question once over HTTP, after a tenth of them to warm up: percentiles in ms."""
    from chengxin.subjects.names import initials

    connection = connect(temp=home)
    file = literal(str(home / "organisations.csv"))
    rows = connection.execute(
        f"select columns[1], columns[2] from (select [#1, #2] as columns from read_csv({file}, all_varchar = true) "
        f"using sample reservoir(3000 rows) repeatable ({seed})) order by 2"
    ).fetchall()
    ((total,),) = connection.execute(f"select count(*) from read_csv({file}, all_varchar = true)").fetchall()
    connection.close()
    names, codes = [row[0] for row in rows], [row[1] for row in rows]
    asked = questions(names, codes, [initials(name) for name in names], count, seed)
    with serving(home) as port:
        visitors = Visitors(port)
        nothing = [visitors.get("/api/v1/subjects?q=000000")[0] for _ in range(50)]
        for text in asked[: count // 10]:
            visitors.get(f"/api/v1/subjects?q={text}")
        took = [(visitors.get(f"/api/v1/subjects?q={text}")[0], text) for text in asked]
    figures = percentiles([seconds for seconds, _ in took])
    return {
        "database": os.environ.get("DATABASE_URL", "sqlite").partition(":")[0],
        "names": total,
        "questions": count,
        **figures,
        "slowest": max(took)[1],
        "bare_p50_ms": percentiles(nothing)["p50_ms"],
        "within": figures["p95_ms"] <= TARGET_MS,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=2000)
    options = parser.parse_args()
    print(json.dumps(measure(options.home, options.questions), ensure_ascii=False))


if __name__ == "__main__":
    main()
