from levy import bundle, desk

__all__ = ["bundle", "desk"]
