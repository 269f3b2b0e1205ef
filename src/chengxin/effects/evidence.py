"""A case as a court takes it: one zip that opens offline and is checked by the file that lies in it.

Acts with their digests and their places in the ledger's trees, the exhibits that are still there, the records
cited with their sheets and rows, the rules they were made under, the documents, and a manifest of hashes. What
lies outside the reader's scope shows only what kind it is of, and its hash; persons' identifying columns are
left out. The door logs the look first.
"""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from chengxin.cases.acts import body_of
from chengxin.cases.grounds import Grounds, plain
from chengxin.cases.models import Act, Case
from chengxin.core.canonical import canonical_json
from chengxin.core.errors import MissingError
from chengxin.effects import verifier
from chengxin.engine.store import Store
from chengxin.ledger.content import is_destroyed, open_exhibit
from chengxin.ledger.models import DayRoot, Entry, Exhibit
from chengxin.ledger.scope import Scope
from chengxin.ledger.sealing import inclusion
from chengxin.policy.codec import to_json
from chengxin.policy.house import House
from chengxin.records.reading import read_records

_ENDINGS: Final = {"application/pdf": "pdf", "text/plain": "txt", "image/png": "png", "image/jpeg": "jpg"}
_HIDDEN: Final = frozenset({"id_number", "passport"})
_BEGINNING: Final = (1980, 1, 1, 0, 0, 0)
"""The time written on every file: the same case gives the same bytes."""


@dataclass(frozen=True)
class Reader:
    """Who the bundle is made for: what it may show, with what it opens exhibits, how it draws a document."""

    store: Store
    house: House
    scope: Scope
    secret: str
    draw: Callable[[Act], bytes | None]
    """The PDF of an act; None for one that is no document."""


def subjects_of(case: Case) -> list[int]:
    """This will name everybody the bundle of a case shows, for the look that comes first."""
    rows = case.acts.exclude(subject=None).values_list("subject", flat=True)
    return sorted({*(row for row in rows if row is not None), *([case.subject] if case.subject else [])})


def bundle(
    case: Case, reader: Reader, *, row: int | None = None, shows: Callable[[Act], bool] | None = None
) -> bytes:
    """This will write the evidence of a case as a zip, stored and not packed, so that any byte can be found.

    ``shows`` leaves out acts that are not for this reader. With ``row`` it is the evidence of one party of a
    list: papers and records of its own acts alone.
    """
    if not reader.scope.covers(case.region):
        raise MissingError("evidence.outside", case=case.number)
    whole = list(case.acts.select_related("case", "schedule").order_by("id"))
    acts = [act for act in whole if shows is None or shows(act)]
    own = [act for act in acts if row is None or act.subject == row]
    files: dict[str, bytes] = {"acts.json": canonical_json(told := [_act(act, whole) for act in acts])}
    files["days.json"] = canonical_json(_days(told))
    files["records.json"] = canonical_json(records := _records(own, reader))
    files["articles.json"] = canonical_json(
        {name: to_json(reader.house.articles[name]) for act in acts for name in act.articles
         if name in reader.house.articles}
    )  # fmt: skip
    files |= {
        f"rules/{sha256}.json": reader.store.bundle(sha256).read_bytes()
        for sha256 in {a.bundle for a in acts}
    }
    exhibits, gone = _exhibits(own, reader)
    files |= exhibits
    for act in own:
        if (drawn := reader.draw(act)) is not None:
            files[f"documents/{act.pk}-{act.kind}.pdf"] = drawn
    files["verify.py"] = Path(verifier.__file__).read_bytes()
    files["index.html"] = _page(case, told, records, sorted(files), gone)
    return _zip(files)


def _act(act: Act, acts: list[Act]) -> dict[str, Any]:
    """An act as its digest was made of, and the proof that the ledger entered it."""
    alike = [
        one for one in acts if (one.kind, one.at, one.schedule_id) == (act.kind, act.at, act.schedule_id)
    ]
    first, last = alike[0], alike[-1]
    refs = [f"cases_act:{act.pk}", f"cases_act:{first.pk}-{last.pk}"]
    entry = Entry.objects.filter(kind="act", ref__in=refs).first()
    together = [one.digest for one in (alike if entry and entry.ref == refs[1] else [act])]
    return {
        "id": act.pk,
        "body": body_of(act),
        "digest": act.digest,
        "entered": together,
        "proof": proof_of(entry),
    }


def proof_of(entry: Entry | None) -> dict[str, Any] | None:
    """This will prove that an entry stands in its day's tree; None until the day is over."""
    if entry is None:
        return None
    try:
        found = inclusion(entry)
    except MissingError:
        return None
    return {
        "day": found.day.isoformat(),
        "leaf": found.leaf.decode(),
        "leaf_sha256": verifier.leaf_hash(found.leaf).hex(),
        "index": found.index,
        "size": found.size,
        "proof": list(found.proof),
        "root": found.root,
    }


def _days(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    days = {each["proof"]["day"] for each in told if each["proof"]}
    kept = DayRoot.objects.filter(day__in=days).order_by("day")
    return [
        {"day": f"{each.day:%F}", "first": each.first, "size": each.size, "root": each.root} for each in kept
    ]


def _records(acts: list[Act], reader: Reader) -> list[dict[str, Any]]:
    """Each record with its sheet, its row and the hash of its values; the values as far as the scope goes."""
    cited = sorted({record for act in acts for record in act.cites.get("records", ())})
    values, grounds = read_records(cited, store=reader.store), Grounds(reader.store, reader.house)
    return [_record(record, values.get(record, {}), grounds, reader) for record in cited]


def _record(record: int, values: Mapping[str, Any], grounds: Grounds, reader: Reader) -> dict[str, Any]:
    known = grounds.of(record)
    place = {"record": record, "sheet": record >> 32, "row": record & 0xFFFFFFFF}
    if known is None:
        return place | {"removed": True}
    item = reader.house.items[known.item]
    shown = reader.scope.admits(region=known.region, agency=known.agency, klass=item.disclosure)
    personal = {column.name for column in item.columns.values() if column.scheme in _HIDDEN}
    personal |= {item.name_column} if item.about == "person" else set()
    kept = {
        name: value for name, value in plain(values).items() if name in item.columns and name not in personal
    }
    return place | {
        "item": item.name,
        "title": item.title,
        "agency": known.agency,
        "told_on": known.told_on.isoformat(),
        "sheet_sha256": known.sha256,
        "digest": known.digest,
        "values": {name: str(value) for name, value in kept.items()} if shown else None,
    }


def _exhibits(acts: list[Act], reader: Reader) -> tuple[dict[str, bytes], list[str]]:
    """The contents that are still there, under their hashes; and the hashes of those that were destroyed."""
    named = {number for act in acts for number in act.cites.get("exhibits", ())}
    files, gone = {}, []
    for exhibit in Exhibit.objects.filter(pk__in=named).order_by("pk"):
        if is_destroyed(exhibit):
            gone.append(exhibit.sha256)
            continue
        name = f"exhibits/{exhibit.sha256}.{_ENDINGS.get(exhibit.media_type, 'bin')}"
        files[name] = open_exhibit(exhibit, reader.store, reader.secret)
    return files, gone


def _zip(files: Mapping[str, bytes]) -> bytes:
    manifest = canonical_json({"files": {name: verifier.seal(content) for name, content in files.items()}})
    sealed = canonical_json(verifier.seal(manifest))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {**files, "manifest.json": manifest, "seal.json": sealed}.items():
            archive.writestr(zipfile.ZipInfo(name, _BEGINNING), content)
    return written.getvalue()


def _page(
    case: Case, acts: list[dict[str, Any]], records: list[dict[str, Any]], files: list[str], gone: list[str]
) -> bytes:
    """A page that any browser opens from the disk: no script, no style from elsewhere."""
    steps = [
        [each["body"]["on"], each["body"]["kind"], each["body"]["agency"], "、".join(each["body"]["articles"]),
         each["digest"][:16], each["proof"]["day"] if each["proof"] else "当日尚未封存 / day still open"]
        for each in acts
    ]  # fmt: skip
    told = [
        [each.get("title", "已依法移除 / removed"), each.get("agency", ""), each.get("told_on", ""),
         f"{each['sheet']} : {each['row']}", "；".join(f"{n} {v}" for n, v in (each.get("values") or {}).items())]
        for each in records
    ]  # fmt: skip
    links = "".join(f'<li><a href="{html.escape(name)}">{html.escape(name)}</a></li>' for name in files)
    lost = "".join(f"<li><code>{each}</code></li>" for each in gone)
    body = (
        f"<h1>{html.escape(case.title)}</h1><p>{html.escape(case.number)}</p>"
        "<p>核对：<code>python verify.py bundle 本包.zip</code>（Python 3.11，无需联网）"
        " / check it with Python 3.11, offline.</p>"
        f"<h2>经过 / acts</h2>{_table(['日期', '步骤', '机关', '依据', '摘要', '入账日'], steps)}"
        f"<h2>所据记录 / records</h2>{_table(['事项', '机关', '告知日', '底单 : 行', '内容'], told)}"
        f"<h2>文件 / files</h2><ul>{links}</ul>"
        + (f"<h2>已依法销毁的附件 / exhibits destroyed</h2><ul>{lost}</ul>" if lost else "")
    )
    style = "body{font:16px/1.7 sans-serif;max-width:64em;margin:2em auto}td,th{border:1px solid #ccc;padding:4px 8px}"
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{html.escape(case.number)}</title>'
        f"<style>{style}</style>{body}</html>"
    ).encode()


def _table(heads: list[str], rows: list[list[Any]]) -> str:
    head = "".join(f"<th>{head}</th>" for head in heads)
    lines = "".join(
        f"<tr>{''.join(f'<td>{html.escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><tr>{head}</tr>{lines}</table>"
