"""Every figure the house claims, taken through the installed command, beside a baseline of the same run.

    python -m bench [WHAT…] [--small]

Without a name everything is measured, which takes about an hour and 25 GB of disk. ``--small`` takes a
hundredth of the rows: to see that the measuring works, not to quote.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WHAT = ("help", "registry", "names", "intake", "whole_file", "exchange", "gate", "tax", "busy", "due")
ROWS = {"registry": 3_000_000, "intake": 12_000_000, "taxpayers": 4_000_000}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", metavar="WHAT", help=" ".join(WHAT))
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    wanted = options.what or list(WHAT)
    if unknown := set(wanted) - set(WHAT):
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}; there are {', '.join(WHAT)}")
    share = 100 if options.small else 1
    with tempfile.TemporaryDirectory(prefix="chengxin-bench-") as folder:
        home, taxed = (str(Path(folder) / name) for name in ("home", "taxed"))
        words = {
            "registry": ["bench.registry", "--rows", str(ROWS["registry"] // share), "--home", home],
            "names": ["bench.names", "--home", home],
            "exchange": ["bench.exchange", "--lines", str(max(50, 2_000 // share))],
            "intake": [
                "bench.intake",
                "--rows",
                str(ROWS["intake"] // share),
                "--firms",
                str(3_000_000 // share),
            ],
            "whole_file": [
                "bench.whole_file",
                *(["--batches", "60", "--firms", "200"] if options.small else []),
            ],
            "gate": ["bench.gate"],
            "tax": ["bench.tax", "--taxpayers", str(ROWS["taxpayers"] // share), "--home", taxed],
            "busy": [
                "bench.busy",
                "--home",
                taxed,
                "--taxpayers",
                str(ROWS["taxpayers"] // share),
                "--rows",
                str(ROWS["intake"] // share),
            ],
            "due": ["bench.due", "--rows", str(1_000_000 // share)],
        }
        for what in wanted:
            print(f"\n== {what}", flush=True)
            if what == "help":
                _help()
                continue
            if what == "names" and not Path(home).exists():
                subprocess.run([sys.executable, "-m", *words["registry"]], check=True)
            subprocess.run([sys.executable, "-m", *words[what]], check=True)


def _help() -> None:
    """This will time ``chengxin --help`` beside an interpreter that does nothing."""
    command = Path(sys.executable).with_name("chengxin")
    ours, bare = (_seconds(words) for words in ([str(command), "--help"], [sys.executable, "-c", ""]))
    print(f"chengxin --help {ours:.3f} s; python alone {bare:.3f} s; ratio {ours / bare:.1f}; target 0.3 s")


def _seconds(words: list[str]) -> float:
    taken = []
    for _ in range(9):
        began = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
