"""What is held about the party: each record with who told it, under which article, who may see it, how long."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.effects.publication import Bearing, bearings
from chengxin.faces import wording
from chengxin.faces.my.own import Own
from chengxin.kit import Column, Empty, Filter, Table, Visit, bodies, page, spoken
from chengxin.policy.items import DISCLOSURES
from chengxin.records.retention import kept_until
from chengxin.records.timeline import Line


@page("records/", door="my", party=True, title="关于我的记录")
def records(visit: Visit) -> HttpResponseBase:
    """This will list every record held about the party, of every class, the newest first."""
    own = Own.of(visit.me.subject)
    lines = own.records(visit.store, visit.today)
    bearing = bearings(own.subject, visit.today)
    known = bodies({line.agency for line in lines})
    rows = [_row(visit, line, bearing.get(line.record), known) for line in lines]
    items = {row["item"]: row["kind"] for row in rows}
    table = Table(
        "records",
        columns=[
            Column("title", "记录", wide=True, sort="title"),
            Column("kind", "事项", sort="kind"),
            Column("body", "报送单位", sort="body"),
            Column("told", "报送日期", kind="date", sort="told"),
            Column("class_word", "谁能看", sort="klass"),
            Column("until", "保存到", kind="date", sort="until"),
            Column("article", "依据", sort="-", wide=True),
        ],
        rows=rows,
        order="-told",
        search=("title", "kind", "body"),
        filters=[
            Filter("item", "事项", items),
            Filter("klass", "谁能看", {name: wording.disclosure(name) for name in DISCLOSURES}),
        ],
        empty=Empty("没有部门报送过您的信息", "部门报送后，每一条都会连同来源和依据列在这里。"),
    )
    return visit.render("faces/my/records.html", table=table, count=len(rows))


def _row(visit: Visit, line: Line, bearing: Bearing | None, known: dict[str, str]) -> dict[str, Any]:
    item = visit.house.items.get(line.item)
    mark = f"（{_('异议处理中')}）" if bearing is not None and bearing.marked else ""
    return {
        "title": line.title + mark,
        "item": line.item,
        "kind": spoken(item.title, item.title_en) if item else line.item,
        "body": known.get(line.agency, line.agency),
        "told": line.told,
        "klass": line.klass,
        "class_word": wording.disclosure(line.klass),
        "until": kept_until(item, line, visit.adopted.workdays) if item else None,
        "article": wording.cited(visit.house.articles.get(item.basis), item.basis) if item else "",
    }
