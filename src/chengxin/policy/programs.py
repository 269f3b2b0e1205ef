"""Programs: what they are about, what they read, find and decide, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from chengxin.policy.articles import MeasureGroup
from chengxin.policy.items import SubjectKind
from chengxin.policy.procedures import OnObjection

EffectKind = Literal["publication", "tariff", "service", "incentive", "measure"]
Grain = Literal["subject", "population"]
Door = Literal["public", "my", "desk"]
Binding = Literal["mandatory", "discretionary"]
EFFECT_KINDS: tuple[EffectKind, ...] = get_args(EffectKind)
GRAINS: tuple[Grain, ...] = get_args(Grain)
DOORS: tuple[Door, ...] = get_args(Door)
FAMILY: frozenset[str] = frozenset({"spouse", "child", "parent", "sibling", "relative", "family"})
"""Parts in a matter that are held by the family of whoever misbehaved: no measure reaches them."""
BINDINGS: tuple[Binding, ...] = get_args(Binding)


@dataclass(frozen=True)
class Matter:
    """What a desk asks the gate about before it goes on: a bid, a permit, a loan, an appointment."""

    name: str
    """The code by which desks ask; one code has one title in the whole house."""
    title: str
    title_en: str
    binding: Binding
    """Whether the article says that the body shall apply the measure here, or may."""
    roles: tuple[str, ...] = ()
    """In which part in the matter it reaches the subject (bidder, applicant …); none: in any."""


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
    matters: tuple[Matter, ...] = ()
    """Of a measure: where the gate tells of it."""
    rests_on: tuple[str, ...] = ()
    """Catalogue items that carry another body's decision: with its proof, each record of them brings the effect."""
    listed: str = ""
    """Of a measure: the entry of the published list that it is an instance of."""


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
