import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from levy import bundle, desk

__all__ = ["bundle", "desk"]
