"""Programs: what they are about, what they read, find and decide, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from chengxin.policy.items import SubjectKind
from chengxin.policy.procedures import OnObjection

EffectKind = Literal["publication", "tariff", "service", "incentive", "measure"]
MeasureGroup = Literal["A", "B", "C"]
Grain = Literal["subject", "population"]
Door = Literal["public", "my", "desk"]
EFFECT_KINDS: tuple[EffectKind, ...] = get_args(EffectKind)
MEASURE_GROUPS: tuple[MeasureGroup, ...] = get_args(MeasureGroup)
GRAINS: tuple[Grain, ...] = get_args(Grain)
DOORS: tuple[Door, ...] = get_args(Door)


@dataclass(frozen=True)
class Effect:
    """What is true because a decision is in force."""

    name: str
    kind: EffectKind
    adverse: bool
    title: str
    title_en: str
    basis: str
    on_objection: OnObjection
    shows: tuple[str, ...] = ()
    group: MeasureGroup | None = None
    """Of a measure: A derogates, B manages within duty, C only recommends to others."""


@dataclass(frozen=True)
class PageLink:
    """A page of a program, as menus show it."""

    name: str
    title: str
    title_en: str
    door: Door
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One rule: its SQL word for word, and what its head says: ``-- name 标题: sentence``, ``-- grain:``."""

    program: str
    name: str
    title: str
    sentence: str
    grain: Grain
    sql: str


@dataclass(frozen=True)
class Program:
    """A folder read in one sitting."""

    name: str
    title: str
    title_en: str
    about: SubjectKind
    reads: tuple[str, ...]
    finds: tuple[str, ...]
    decides: tuple[str, ...]
    effects: dict[str, Effect]
    pages: tuple[PageLink, ...]
    offers: tuple[str, ...] = ()
    """What else it brings, each a folder or module of its own: api, jobs, feeds, papers."""
