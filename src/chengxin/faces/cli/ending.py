"""How a command ends: with an honest status, a sentence, and never a stack trace."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from typing import Any, Literal

FAULT = 3


def language() -> Literal["zh", "en"]:
    """This will answer the language the person reads: English when ``LANG`` says so, else Chinese."""
    spoken = os.environ.get("CHENGXIN_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if spoken.startswith("en") else "zh"


def guarded(run: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    """This will run the command and turn what went wrong into a sentence and a status."""
    from chengxin.core.errors import ChengxinError

    try:
        return run(options)
    except ChengxinError as error:
        return refuse(error.as_dict(), error.status, as_json=getattr(options, "json", False))
    except KeyboardInterrupt:
        sys.stderr.write("停下了 / stopped\n")
        return 130
    except BrokenPipeError:
        return 0
    except Exception:
        return _fault()


def refuse(words: dict[str, Any], status: int, *, as_json: bool) -> int:
    """This will say what is wrong and how to mend it, and give 1, or 3 where the fault is ours."""
    if as_json:
        sys.stdout.write(json.dumps({"error": words}, ensure_ascii=False) + "\n")
    tongue = language()
    sys.stderr.write(f"{words[tongue]}\n→ {words[f'hint_{tongue}']}\n")
    return FAULT if status >= 500 else 1


def _fault() -> int:
    """This will log the trace under a reference number and show only the number."""
    import secrets
    import traceback
    from pathlib import Path

    reference = secrets.token_hex(4)
    log = Path(os.environ.get("CHENGXIN_HOME", "var")).resolve() / "log" / "faults.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.write(f"--- {reference}\n{traceback.format_exc()}")
    sys.stderr.write(f"系统出错，编号 {reference}，详见 {log} / our own fault, see {reference} in {log}\n")
    return FAULT


def answer(value: Any, *, as_json: bool, show: Callable[[Any], None]) -> None:
    """This will print ``value`` as one JSON document, or let ``show`` draw it for a person."""
    if as_json:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    else:
        show(value)
