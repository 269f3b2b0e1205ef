"""Reads the small tables a place declares in YAML: everything comes in as text, no key twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from chengxin.core.errors import DeclarationError


class _Strict(yaml.BaseLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise DeclarationError(
                    "declared.twice", file=Path(self.name).name, line=key.start_mark.line + 1, key=key.value
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read(path: Path) -> Any:
    """This will read one file; scalars stay texts, an empty file is None."""
    with path.open(encoding="utf-8") as file:
        loader = _Strict(file)
        try:
            return loader.get_single_data()
        except yaml.YAMLError as broken:
            mark = getattr(broken, "problem_mark", None)
            raise DeclarationError(
                "declared.not_yaml", file=path.name, line=mark.line + 1 if mark else 0, text=str(broken)
            ) from broken
        finally:
            loader.dispose()
