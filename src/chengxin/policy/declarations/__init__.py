"""Reading every declaration of a house, strictly, with a mark for each thing so that a check says where."""

from __future__ import annotations

from chengxin.policy.declarations.reading import Confirming, Declared, read

__all__ = ["Confirming", "Declared", "read"]
