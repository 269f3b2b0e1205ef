"""What readers share: the list of complaints, the marks of what was read, and the files of a folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chengxin.policy.marked import read_table, shown
from chengxin.policy.page import Page
from chengxin.policy.problems import Complaints, Mark


@dataclass
class Sources:
    """The complaints so far, and where each thing stands, by an address such as ``item/penalty/fine``."""

    complain: Complaints = field(default_factory=Complaints)
    marks: dict[str, Mark] = field(default_factory=dict)

    def at(self, address: str) -> Mark:
        """This will give the mark of an address, or of the nearest thing around it."""
        while address not in self.marks and "/" in address:
            address = address.rpartition("/")[0]
        return self.marks.get(address, Mark("", 1))

    def place(self, address: str, page: Page, *keys: str) -> None:
        """This will remember where a thing stands, and where its keys do."""
        self.marks[address] = page.mark()
        for key in keys:
            self.marks[f"{address}/{key}"] = page.mark(key)

    def files(self, folders: Sequence[Path], suffix: str = ".yml") -> Iterator[Path]:
        """This will give the files of folders (or the files named themselves) once each, in order of name."""
        seen: set[Path] = set()
        for folder in folders:
            found = sorted(folder.glob(f"*{suffix}")) if folder.is_dir() else [folder]
            for path in found:
                if not path.exists():
                    self.complain(Mark(shown(path), 1), "policy.no_file")
                elif path.resolve() not in seen:
                    seen.add(path.resolve())
                    yield path

    def page(self, path: Path) -> Page | None:
        """This will open a file as a page."""
        table = read_table(path, self.complain)
        return Page(table, self.complain) if table is not None else None
