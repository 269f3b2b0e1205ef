"""Bills: issued by month, never changed, adjusted by another file, and held against what came back."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django import forms
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.kit import (
    Column,
    Empty,
    Found,
    Table,
    Visit,
    adjust_bill,
    ask,
    attachment,
    bill_as_issued,
    bill_file,
    bill_files,
    bill_from,
    bill_total,
    bodies,
    day_words,
    find_now,
    issue_bill,
    page,
    reconciled,
    refuse_bill,
    yuan,
)
from chengxin.kit import bill_lines as lines_of
from chengxin.programs.sewage_tariff.pages.words import PROGRAM, cubic_metres, named_plants, yuan_of

WHAT = {
    "not_returned": gettext_lazy("未回报"),
    "not_issued": gettext_lazy("账单中没有"),
    "billed": gettext_lazy("开账数额不同"),
    "owed": gettext_lazy("实收与欠费之和不等于开账"),
}


class IssueForm(forms.Form):
    period = forms.ChoiceField(
        label=gettext_lazy("账期（抄表止日所在月）"),
        help_text=gettext_lazy("账单一经发出不再改动；以后有更正，另发调整文件。"),
        error_messages={
            "invalid_choice": gettext_lazy("这个月没有账单行：没有抄表水量，或者当月没有收费标准。")
        },
    )

    def __init__(self, *args: Any, periods: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = periods  # type: ignore[attr-defined]


@page(
    "bills/",
    door="desk",
    verbs=("issue_bill", "return_bill", "decide"),
    title="账单",
    rail="accounts",
    icon="table",
)
def bills(visit: Visit) -> HttpResponseBase:
    """This will list the bill files with their adjustments."""
    files = list(bill_files(visit, PROGRAM))
    companies = bodies(each.company for each in files)
    rows = [
        {
            "number": each.pk,
            "period": each.period,
            "company": companies[each.company],
            "lines": each.lines,
            "fen": each.fen,
            "adjusted": bill_total(each) - each.fen,
            "issued_at": each.issued_at,
            "sha256": each.sha256,
        }
        for each in files
    ]
    table = Table(
        "bills",
        columns=[
            Column("period", "账期", link=lambda row: visit.url("sewage_tariff:bill", number=row["number"])),
            Column("company", "收费单位"),
            Column("lines", "行数", kind="int"),
            Column("fen", "金额", kind="money"),
            Column("adjusted", "调整", kind="money"),
            Column("issued_at", "发出时间", kind="time"),
            Column("sha256", "文件哈希", kind="hash"),
        ],
        rows=rows,
        order="-period",
        empty=Empty("还没有发出账单", "收费单位报送抄表水量之后，可以按月生成账单。"),
    )
    return visit.render("sewage_tariff/bills.html", table=table, may_issue=visit.may("issue_bill"))


@page("bills/issue", door="desk", verbs=("issue_bill",), title="发出账单", methods=("GET", "HEAD", "POST"))
def issue(visit: Visit) -> HttpResponseBase:
    """This will reckon the bills as of today and issue one month of this company, after it was checked."""
    company = visit.who.agency_id
    if wanted := visit.request.POST.get("period", ""):
        refuse_bill(visit, PROGRAM, company=company, period=wanted)
    found = find_now(visit, PROGRAM, "bill", visit.today)
    waiting = _waiting(visit, found, company)
    early = sorted(period for period in waiting if bill_from(period) > visit.today)
    not_yet = "".join(_not_yet(period, waiting.pop(period)[0]) for period in early)
    if not waiting:
        visit.say(not_yet or _("没有可以发出的账单：各月都已发出，或者还没有抄表水量。"))
        return visit.go("sewage_tariff:bills")
    periods = [
        (period, _("%(period)s：%(n)s 行，%(sum)s") % {"period": period, "n": n, "sum": yuan(fen)})
        for period, (n, fen) in sorted(waiting.items(), reverse=True)
    ]
    asked = ask(visit, IssueForm, review=True, periods=periods)
    if asked.done:
        period = asked.form.cleaned_data["period"]
        lines = _lines(found, company, period)
        issued = issue_bill(visit, PROGRAM, found, lines, company=company, period=period)
        visit.say(_("已发出 %(period)s 账单，共 %(sum)s。") % {"period": period, "sum": yuan(issued.fen)})
        return visit.go("sewage_tariff:bill", number=issued.pk)
    back = visit.url("sewage_tariff:bills")
    return visit.render(
        "kit/ask.html",
        asked=asked,
        title=_("发出账单"),
        submit=_("发出"),
        review=True,
        back=back,
        lead=not_yet,
    )


@page("bills/<int:number>/", door="desk", verbs=("issue_bill", "return_bill", "decide"), title="账单")
def bill(visit: Visit, number: int) -> HttpResponseBase:
    """This will show one bill file: its lines, its adjustments, and what the company returned for it."""
    held = bill_file(visit, PROGRAM, number)
    whole = held.adjusts or held
    answer = reconciled(visit, whole, _returns(visit, whole.pk))
    differences = [
        {"account": each.account, "what": str(WHAT[each.what]), "ours": each.ours, "theirs": each.theirs}
        for each in answer.differences
    ]
    return visit.render(
        "sewage_tariff/bill.html",
        bill=held,
        whole=whole,
        adjustments=list(whole.adjustments.order_by("id")),
        answer=answer,
        returned=answer.billed or answer.collected or answer.owed,
        lines=_lines_table(lines_of(visit, held)),
        differences=_differences_table(differences),
        may_adjust=visit.may("issue_bill"),
    )


@page("bills/<int:number>/file.csv", door="desk", verbs=("issue_bill", "return_bill", "decide"))
def bill_lines(visit: Visit, number: int) -> HttpResponseBase:
    """This will give the file as it was issued, byte for byte."""
    held = bill_file(visit, PROGRAM, number)
    visit.look((row["subject"] for row in lines_of(visit, held).to_pylist()), purpose="下载账单")
    name = f"{held.period}-{'调整' if held.adjusts_id else '账单'}-{held.pk}.csv"
    return attachment(bill_as_issued(visit, held), name, "text/csv")


@page("bills/<int:number>/adjust", door="desk", verbs=("issue_bill",), methods=("POST",))
def adjust(visit: Visit, number: int) -> HttpResponseBase:
    """This will reckon the month again and issue what differs from what was issued, if anything does."""
    held = bill_file(visit, PROGRAM, number)
    whole = held.adjusts or held
    found = find_now(visit, PROGRAM, "bill", visit.today)
    fresh = adjust_bill(visit, whole, found, _lines(found, whole.company, whole.period))
    if fresh is None:
        visit.say(_("与已发出的账单一致，没有需要调整的。"))
        return visit.go("sewage_tariff:bill", number=whole.pk)
    visit.say(_("已发出调整文件：%(sum)s。") % {"sum": yuan(fresh.fen)})
    return visit.go("sewage_tariff:bill", number=fresh.pk)


def period_of(month: int) -> str:
    """This will write a month kept as 201612: ``2016-12``."""
    return f"{month // 100}-{month % 100:02d}"


def _waiting(visit: Visit, found: Found, company: str) -> dict[str, tuple[int, int]]:
    """This will give the months of a company not issued yet, with their lines and fen."""
    issued = set(bill_files(visit, PROGRAM).filter(company=company).values_list("period", flat=True))
    sums: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in found.rows.select(["company", "month", "fen"]).to_pylist():
        period = period_of(row["month"])
        if row["company"] == company and period not in issued:
            n, fen = sums[period]
            sums[period] = (n + 1, fen + row["fen"])
    return dict(sums)


def _not_yet(period: str, lines: int) -> str:
    """This will say why a month that has lines already is not offered, and from when it is."""
    start = bill_from(period)
    return _("%(period)s 已有 %(n)s 行，但这个月到 %(ends)s 才结束，从 %(start)s 起可以发出。") % {
        "period": period,
        "n": lines,
        "ends": day_words(start - timedelta(days=1)),
        "start": day_words(start),
    }


def _lines(found: Found, company: str, period: str) -> pa.Table:
    month = int(period.replace("-", ""))
    return found.rows.filter((pc.field("company") == company) & (pc.field("month") == month))


def _returns(visit: Visit, number: int) -> list[dict[str, Any]]:
    """This will give what the company told of a bill file, as the finding reads it today."""
    rows: list[dict[str, Any]] = find_now(visit, PROGRAM, "collection", visit.today).rows.to_pylist()
    return [row for row in rows if row["bill"] == str(number)]


def _lines_table(lines: pa.Table) -> Table:
    return Table(
        "lines",
        columns=[
            Column("account", "户号", kind="code"),
            Column("name", "企业", wide=True, sort="-"),
            Column("plant_code", "厂区"),
            Column("from_on", "抄表起止", value=_read, sort="from_on"),
            Column("volume", "水量（立方米）", value=lambda row: cubic_metres(row["volume"]), sort="volume"),
            Column("base", "基本", hint="元/立方米", value=lambda row: yuan_of(row["base"]), sort="base"),
            Column("surcharge", "加收", value=_more, sort="surcharge"),
            Column("fen", "金额", kind="money"),
        ],
        rows=lines,
        order="-surcharged_days",
        subject="subject",
        purpose="核对账单",
        prepare=named_plants,
    )


def _read(row: dict[str, Any]) -> str:
    return f"{row['from_on']} – {row['to_on']}"


def _more(row: dict[str, Any]) -> str:
    """This will write the surcharge of a line and the days it holds for; a dash where there is none."""
    if not row["surcharge"]:
        return "—"
    return _("%(price)s × %(n)d 天") % {"price": yuan_of(row["surcharge"]), "n": row["surcharged_days"]}


def _differences_table(rows: list[dict[str, Any]]) -> Table:
    return Table(
        "differences",
        columns=[
            Column("account", "户号", kind="code"),
            Column("what", "差异"),
            Column("ours", "账单", kind="money"),
            Column("theirs", "回报", kind="money"),
        ],
        rows=rows,
        empty=Empty("没有差异", "回报与账单逐户一致，合计到分相等。"),
    )
