"""Finding subjects by what people type: part of a name, initials, an old name, a code or how it begins.

The index only finds; what is shown (the name of today, the code, whether the name found is a former one) is
read from the case file. So the answers are the same over SQLite and PostgreSQL, and after ``reindex``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from chengxin.engine.store import Store
from chengxin.ledger.regions import prefix
from chengxin.ledger.scope import Scope

from . import bulk, naming, segments
from .cards import Card, cards
from .codes import by_code, part_of_code
from .finding import Found, Question, exactly, find
from .guessing import Candidate, candidates
from .linkage import in_force
from .names import all_initials, normal, normals
from .segments import Entry, Group, Manifest

__all__ = [
    "REASONS",
    "Candidate",
    "Hit",
    "candidates",
    "index_names",
    "named",
    "part_of_code",
    "reindex",
    "said",
    "search",
]

REASONS: dict[str, tuple[str, str]] = {
    "code": ("代码相符", "the code itself"),
    "code_begins": ("代码开头相符", "the code begins so"),
    "exact": ("名称相同", "the very name"),
    "begins": ("名称开头相符", "the name begins so"),
    "contains": ("名称包含", "part of the name"),
    "form": ("组织形式写法不同", "another legal form"),
    "initials": ("拼音首字母", "pinyin initials"),
    "typo": ("一字之差", "one character differs"),
    "former": ("曾用名", "a former name"),
    "other": ("同一代码下的另一名称", "another name under the same code"),
    "merged": ("已并入", "merged into it"),
    "alike": ("名称相近", "names alike"),
    "county": ("同一区县", "the same county"),
    "city": ("同一城市", "the same city"),
    "province": ("同一省份", "the same province"),
}
"""Why something was found, in Chinese and in English."""

SCORES = {
    "code": 100,
    "exact": 100,
    "code_begins": 90,
    "begins": 85,
    "contains": 70,
    "form": 65,
    "initials": 60,
    "typo": 40,
}


def said(reason: str, language: str = "zh") -> str:
    """This will say a reason in words; ``alike:83`` carries its share in per cent."""
    name, _, share = reason.partition(":")
    words = REASONS[name][0 if language.startswith("zh") else 1]
    return f"{words} {share}%" if share else words


_LESS = 5
"""Points off where the name found is not the one the subject bears today."""
_ORGANISATION = frozenset({"organisation"})


@dataclass(frozen=True)
class Hit:
    """A subject that was found. ``matched`` is the name that was met where it is not the name of today."""

    subject: int
    name: str
    code: str
    score: int
    reasons: tuple[str, ...]
    kind: str = "organisation"
    region: str = ""
    matched: str = ""


def search(
    store: Store,
    text: str,
    scope: Scope,
    limit: int = 20,
    *,
    kinds: Collection[str] = _ORGANISATION,
) -> list[Hit]:
    """This will find up to ``limit`` subjects: the better match first, then the more prominent.

    Organisations' names are public. Other ``kinds`` are found only within a scope of government that sees
    what every body told, and only in its regions.
    """
    found: list[Found] = []
    if "public" in scope.classes and "organisation" in kinds:
        found += by_code(text, limit)
        found += find(store.search(), "organisation", Question(text, limit))
    others = frozenset(kinds) - _ORGANISATION
    if others and "government" in scope.classes and scope.agencies is None:
        seen = frozenset(prefix(each) for each in scope.regions) - {""}
        if seen or scope.region_ranges is None:
            found += find(store.search(), "other", Question(text, limit, bounds=seen, kinds=others))
    return _hits(found, limit, frozenset(kinds))


def named(store: Store, texts: Sequence[str]) -> list[int | None]:
    """This will give for each whole name the one organisation that bears it today; ``None`` where it is not one.

    A former name, a second name and a name that several bear tell nobody for certain.
    """
    folded = normals(texts)
    bearers = exactly(store.search(), "organisation", list(dict.fromkeys(each for each in folded if each)))
    met = {subject for subjects in bearers.values() for subject in subjects}
    roads = _roads(met)
    known = cards(roads.get(subject, subject) for subject in met)
    today: dict[str, set[int]] = {}
    for name, subjects in bearers.items():
        ends = {roads.get(each, each) for each in subjects}
        today[name] = {end for end in ends if end in known and normal(known[end].name) == name}
    return [min(found) if len(found := today.get(name, set())) == 1 else None for name in folded]


def _hits(found: Iterable[Found], limit: int, kinds: frozenset[str]) -> list[Hit]:
    """This will make hits of what was found: each subject once, under the number it is read under today."""
    best: dict[int, Found] = {}
    for each in found:
        best.setdefault(each.subject, each)
    roads = _roads(best)
    known = cards(roads.get(subject, subject) for subject in best)
    hits: dict[int, tuple[Hit, Found]] = {}
    for subject, each in best.items():
        card = known.get(roads.get(subject, subject))
        if card is None or card.kind not in kinds:
            continue
        hit = _hit(each, card, merged=subject in roads)
        if card.id not in hits or hits[card.id][0].score < hit.score:
            hits[card.id] = (hit, each)
    ordered = sorted(hits.values(), key=lambda pair: (-pair[0].score, -pair[1].prominence, pair[1].name))
    return [hit for hit, _ in ordered[:limit]]


def _roads(subjects: Collection[int]) -> dict[int, int]:
    """This will follow what was merged away, for a page of subjects, a query a step."""
    roads: dict[int, int] = {}
    ends = {subject: subject for subject in subjects}
    while ends:
        rows = in_force(None).filter(gone__in=set(ends.values())).values_list("gone", "subject")
        steps = {gone: kept for gone, kept in rows if gone is not None}
        ends = {subject: steps[end] for subject, end in ends.items() if end in steps}
        roads.update(ends)
    return roads


def _hit(found: Found, card: Card, *, merged: bool) -> Hit:
    reasons, matched = [found.reason], ""
    if found.normal and found.normal != normal(card.name):
        olds = {normal(former.text): former.text for former in card.former}
        seconds = {normal(text): text for text in card.others}
        matched = olds.get(found.normal) or seconds.get(found.normal) or ""
        if matched:
            reasons.append("former" if found.normal in olds else "other")
    if merged:
        reasons.append("merged")
    score = SCORES[found.reason] - (_LESS if len(reasons) > 1 else 0)
    return Hit(card.id, card.name, card.code, score, tuple(reasons), card.kind, card.region, matched)


def index_names(store: Store) -> int:
    """This will add to the index every name that it does not hold yet, and count them.

    Call it after the commit that makes the names visible. Several at once take turns.
    """
    folder = store.search()
    with segments.alone(folder):
        old, tide = segments.manifest(folder), naming.tide()
        if tide <= old.tide:
            return 0
        return _add(store, old, tide)


def reindex(store: Store) -> int:
    """This will build the index anew from the names and put it in the old one's place, whole."""
    folder = store.search()
    with segments.alone(folder):
        return _add(store, Manifest(), naming.tide())


def _add(store: Store, old: Manifest, tide: int) -> int:
    rows, folder = _names(old.tide, tide), store.search()

    def group(which: Group) -> tuple[segments.Segment, ...]:
        is_one = bulk.pc.equal(rows["kind"], "organisation")
        part = rows.filter(is_one if which == "organisation" else bulk.pc.invert(is_one))
        new = segments.build(folder, store.temp(".segment"), _entries(part))
        return segments.merged(
            folder, lambda: store.temp(".segment"), (*old.of(which), *((new,) if new else ()))
        )

    segments.publish(folder, Manifest(tide, group("organisation"), group("other")))
    return int(rows.num_rows)


def _names(after: int, until: int) -> pa.Table:
    """This will read the names between two numbers in prominence order."""
    columns: dict[str, pa.DataType] = {
        "n.id as name": pa.int64(),
        "n.subject": pa.int64(),
        "n.normal": pa.string(),
        "s.kind": pa.string(),
        "s.region": pa.string(),
        "s.prominence": pa.int64(),
    }
    source = "subjects_name n join subjects_subject s on s.id = n.subject"
    rows = bulk.read(columns, source, key="n.id", between=(after + 1, until))
    return rows.sort_by([("prominence", "descending"), ("name", "ascending")])


def _entries(rows: pa.Table) -> Iterable[Entry]:
    columns = ["name", "subject", "kind", "normal", "region", "prominence"]
    for batch in rows.select(columns).to_batches(max_chunksize=50_000):
        name, subject, kind, folded, region, prominence = (batch[column].to_pylist() for column in columns)
        yield from zip(
            name,
            subject,
            kind,
            folded,
            all_initials([text or "" for text in folded]),
            region,
            prominence,
            strict=True,
        )
