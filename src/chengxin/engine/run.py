"""A run: one SQL text over files named by hash, sealed as ``run.json`` before it is executed."""

from __future__ import annotations

from chengxin.engine.spec import ItemInput, RunSpec, SheetRef, Shelf

__all__ = ["ItemInput", "RunSpec", "SheetRef", "Shelf"]
