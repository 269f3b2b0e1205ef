"""Frozen dataclasses to JSON types and back, by their own type hints: what a bundle is written with.

Knows dataclasses, dates, tuples, dicts with text keys, optionals and unions of JSON scalars. A dict is a list of
pairs, since canonical JSON sorts keys and the order of columns and choices is the author's. A key that the
class does not have, or lacks, is refused: a bundle is read by the shape it was sealed in, or not at all.
"""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """This will give the JSON types of a value."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: to_json(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, dict):
        return [[key, to_json(each)] for key, each in value.items()]
    if isinstance(value, (tuple, list)):
        return [to_json(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def from_json(kind: type[T], told: Any) -> T:
    """This will give the value of a dataclass again; a shape that differs raises ``ValueError``."""
    value: T = _read(kind, told)
    return value


def _read(kind: Any, told: Any) -> Any:
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _read_dataclass(kind, told)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), told)
    if origin is tuple:
        return tuple(_read(get_args(kind)[0], each) for each in told)
    if origin is dict:
        return {key: _read(get_args(kind)[1], each) for key, each in told}
    return _read_scalar(kind, origin, told)


def _read_scalar(kind: Any, origin: Any, told: Any) -> Any:
    if kind is date:
        return date.fromisoformat(told)
    if origin is Literal:
        if told not in get_args(kind):
            raise ValueError(f"{told!r} is none of {get_args(kind)}")
        return told
    if type(told) is not kind:
        raise ValueError(f"{told!r} is not {kind}")
    return told


def _read_union(kinds: tuple[Any, ...], told: Any) -> Any:
    if told is None and type(None) in kinds:
        return None
    for kind in kinds:
        try:
            return _read(kind, told)
        except (ValueError, TypeError, AttributeError):
            continue
    raise ValueError(f"{told!r} is none of {kinds}")


def _read_dataclass(kind: Any, told: Any) -> Any:
    hints = _hints(kind)
    if not isinstance(told, dict) or told.keys() != hints.keys():
        raise ValueError(f"this is not the shape of {kind.__name__}")
    return kind(**{name: _read(hint, told[name]) for name, hint in hints.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    known = get_type_hints(kind)
    return {each.name: known[each.name] for each in fields(kind)}
