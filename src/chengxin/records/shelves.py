"""Shelves: an item's rows joined to their subjects and sorted by them, with the timeline that lists them all.

Disposable. A sheet that is on no shelf is found by comparing the lists with the case file, whatever went
wrong before; a shelf that is thrown away is built again from the sheets alone and holds the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from chengxin.engine.run import Shelf
from chengxin.engine.store import Store
from chengxin.policy.house import House
from chengxin.subjects.linkage import merges

from . import merging
from .models import Batch, Sheet
from .pieces import Folder, Written
from .shelving import Placed, Told, in_order, place
from .turns import turn

_AT_ONCE = 4_000_000
"""Rows shelved by one sort, where many sheets are shelved."""


def shelve(batch: Batch, *, store: Store, house: House) -> int:
    """This will put a batch's rows on their item's shelf and into the timeline; rows there already stay.

    Whatever else of the item is on no shelf yet goes with them. Gives how many rows were put.
    """
    return _catch_up(batch.item, store, house)


def catch_up(store: Store, house: House) -> int:
    """This will shelve every sheet that is on no shelf, after a crash; gives how many rows were put."""
    return sum(_catch_up(item, store, house) for item in _items(house))


def covering(item: str, as_of: date, *, store: Store) -> Shelf | None:
    """This will give the shelf a run may read in the place of sheets; None where there is none.

    Only for a day that is not over: the shelf knows codes that were learned up to when it was made.
    """
    folder = Folder(store.shelves(item))
    manifest = folder.manifest()
    if not manifest.groups:
        return None
    files = [path for group in manifest.groups for path in folder.files(group)]
    return Shelf(files, manifest.sheets, merges(as_of))


def reshelve(store: Store, house: House, item: str | None = None, *, now: datetime) -> dict[str, int]:
    """This will build the shelves again from the sheets alone, of one item or of all.

    Gives ``{items, sheets, rows, unlinked}``; ``unlinked`` rows name no code anybody bears.
    """
    items = _items(house) if item is None else [item]
    counts = dict.fromkeys(("items", "sheets", "rows", "unlinked"), 0)
    lines: list[Written] = []
    for name in items:
        with turn(store, name):  # an intake may be reading the shelf
            told = _told(name)
            built = _built(name, told, store, house, anew=True)
            Folder(store.shelves(name)).clear([each.shelf for each in built])
        lines += [each.timeline for each in built]
        counts["items"] += bool(told)
        counts["sheets"] += len(told)
        counts["rows"] += sum(each.rows for each in built)
        counts["unlinked"] += sum(each.unlinked for each in built)
    timeline = Folder(store.timeline())
    if item is None:
        timeline.clear(lines)
    else:
        held = set(Sheet.objects.filter(item=item).values_list("id", flat=True))
        merging.without(timeline, held, store)
        for each in lines:
            timeline.swap((), [each])
        timeline.sweep(at_once=True)
    for name in items:
        _catch_up(name, store, house)
    return counts


def refresh(sheet: Sheet, *, store: Store, house: House) -> None:
    """This will shelve a sheet anew after it was rewritten, and leave nothing of what it was before."""
    for folder in (Folder(store.shelves(sheet.item)), Folder(store.timeline())):
        merging.without(folder, {sheet.pk}, store)
    _catch_up(sheet.item, store, house)
    for folder in (Folder(store.shelves(sheet.item)), Folder(store.timeline())):
        folder.sweep(at_once=True)


def merge(store: Store, house: House) -> dict[str, int]:
    """This will merge pieces into few files by ranges of subjects, after shelving what is on no shelf.

    For the night. Gives ``{shelved, merged, swept}``: rows, groups, files.
    """
    counts = {"shelved": catch_up(store, house), "merged": 0, "swept": 0}
    for folder in (Folder(store.timeline()), *(Folder(store.shelves(item)) for item in _items(house))):
        counts["swept"] += folder.sweep()
        counts["merged"] += merging.merge(folder, store)
    return counts


def _items(house: House) -> list[str]:
    """This will name the items that have sheets and stand in the catalogue."""
    told = Sheet.objects.order_by("item").values_list("item", flat=True).distinct()
    return [item for item in told if item in house.items]


def _told(item: str, numbers: Sequence[int] | None = None) -> list[Told]:
    sheets = Sheet.objects.filter(item=item)
    if numbers is not None:
        sheets = sheets.filter(pk__in=numbers)
    return [
        Told(*row)
        for row in sheets.order_by("id").values_list(
            "id", "sha256", "rows", "batch__told_on", "batch__agency", "batch__region",
            "batch__supersedes_sha256",
        )
    ]  # fmt: skip


def _catch_up(item: str, store: Store, house: House) -> int:
    """This will shelve what is missing on the shelf, in the timeline, or (as a rule) on both."""
    shelf, timeline = Folder(store.shelves(item)), Folder(store.timeline())
    on_shelf, in_timeline = shelf.manifest().sheets, timeline.manifest().sheets
    known = list(Sheet.objects.filter(item=item).order_by("id").values_list("id", flat=True))
    missing = {
        True: [each for each in known if each not in on_shelf],
        False: [each for each in known if each in on_shelf and each not in in_timeline],
    }
    rows = 0
    for numbers in filter(None, missing.values()):
        for built in _built(item, _told(item, numbers), store, house):
            timeline.swap((), [built.timeline])
            shelf.swap((), [built.shelf])
            rows += built.rows
    if rows:
        merging.tidy(timeline, store)
        merging.tidy(shelf, store)
    return rows


def _built(item: str, told: list[Told], store: Store, house: House, *, anew: bool = False) -> list[Placed]:
    """This will write an item's sheets as groups: many small ones by one sort, and those in order as they are,
    but where who bears a code is to be asked ``anew``."""
    built, waiting, rows = [], list[Told](), 0
    for each in told:
        if not anew and in_order(house.items[item], each, store):
            built.append(place(house.items[item], [each], store, as_it_is=True))
            continue
        waiting.append(each)
        rows += each.rows
        if rows >= _AT_ONCE:
            built.append(place(house.items[item], waiting, store))
            waiting, rows = [], 0
    if waiting:
        built.append(place(house.items[item], waiting, store))
    return built
