"""``chengxin``: the door for people who type. ``--help`` loads neither Django nor an engine.

Each command is a module beside this one with ``configure(parser)`` and ``run(options) -> int``; it is imported
only when it is called. ``--json`` is a stable contract: one JSON document on standard output, everything else
(progress, sentences) on standard error.

Exit status: 0 well, 1 something was found or refused, 2 the call's words are off, 3 our own fault.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

COMMANDS: dict[str, tuple[str, str]] = {
    "migrate": (
        "把两个数据库带到最新结构并装回触发器",
        "bring both databases to the newest form and put the triggers back",
    ),
    "adopt": (
        "提出、确认采用随版本提供的政策文件包（两人）",
        "propose and confirm, by two, the bundle this release and the place propose",
    ),
    "demo": ("建好演示城市", "build the demo city"),
    "check": ("检查法律、目录、程序的全部声明", "check every declaration of law, catalogue and programs"),
    "load": ("收一份部门报送的文件", "take a department's file"),
    "feed": ("收一份法院等机关的签名增量", "take a signed delta of a body that decides elsewhere"),
    "template": ("导出一个目录事项的填报表", "write the Excel template of a catalogue item"),
    "reckon": ("按某日的记录算出研判", "reckon findings as of a day"),
    "reshelve": ("由底单重建书架和检索", "rebuild shelves and the search index from the sheets"),
    "tick": (
        "走一轮钟：到期、封存、快照、收件夹",
        "one round of the clock: lapses, seals, snapshot, watched folder",
    ),
    "why": (
        "为什么：效果 ← 决定 ← 研判 ← 记录 ← 批次 ← 目录 ← 条文",
        "the chain behind what holds for a subject",
    ),
    "search": ("按名称或代码找主体", "find subjects by name or code"),
    "gate": (
        "办事前核查：对这个主体有无措施",
        "ask before going on: which measures may apply to a subject",
    ),
    "evidence": (
        "把一个案件打成可脱机核对的证据包",
        "pack a case as evidence that is checked offline",
    ),
    "replay": ("重放某日的研判并比对", "replay the runs of a day and compare"),
    "verify": ("核对底单、账簿与附件的哈希", "check sheets, ledger and exhibits against their hashes"),
    "retain": ("删除保存期满的记录，留下疤痕", "remove what is past its retention, leaving the scar"),
    "official": ("开一个账号，派岗位", "make an account and give it its posts"),
    "key": ("发一把接口钥匙", "issue a key for the API"),
    "serve": ("开门：网页、工人和钟", "open the doors: web, worker and clock"),
}


def main(argv: list[str] | None = None) -> int:
    """This will run one command and give its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    name = next((word for word in words if not word.startswith("-")), None)
    if name not in COMMANDS:
        parser = _outline()
        if words in (["--version"], ["-V"]):
            from importlib.metadata import version

            sys.stdout.write(f"chengxin {version('chengxin')}\n")
            return 0
        if name is None and ({"-h", "--help"} & set(words) or not words):
            parser.print_help()
            return 0
        parser.error(f"没有这个命令 / no such command: {name or ' '.join(words)}")
    module = import_module(f"chengxin.faces.cli.{name}")
    zh, en = COMMANDS[name]
    parser = argparse.ArgumentParser(prog=f"chengxin {name}", description=f"{zh} / {en}")
    module.configure(parser)
    words.remove(name)
    from chengxin.faces.cli.ending import guarded

    return guarded(module.run, parser.parse_args(words))


def _outline() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {name:<{width}}{zh} / {en}" for name, (zh, en) in COMMANDS.items()]
    return argparse.ArgumentParser(
        prog="chengxin",
        usage="chengxin COMMAND [options]",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="诚信：公共信用信息平台 / Chengxin, a public credit platform\n\n" + "\n".join(lines),
        epilog="每个命令都有 --help 和 --json / every command has --help and --json. "
        "数据放在 CHENGXIN_HOME（默认 ./var）/ everything lives under CHENGXIN_HOME (./var by default).",
    )
