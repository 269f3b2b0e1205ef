"""The levy list: what the newest ratings make firms pay, what was proposed, who signed, the document."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.core.errors import MissingError
from chengxin.kit import (
    Column,
    Empty,
    Filter,
    Found,
    Table,
    Visit,
    ask,
    attachment,
    bars,
    document,
    find_now,
    found_last,
    list_rows,
    lists_of,
    next_number,
    page,
    propose_list,
    signatures,
    stands,
    step,
)
from chengxin.programs.sewage_tariff.execution import ADDRESSEE, SERIES, attached, file_name, ordered
from chengxin.programs.sewage_tariff.levy import schedule_of
from chengxin.programs.sewage_tariff.pages.words import PROGRAM, TIERS, named, price

ENDED = ("taken_out", "lapsed", "revoked", "repaired")


class ProposeForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("名单名称"), max_length=80)
    leave_out = forms.MultipleChoiceField(
        label=gettext_lazy("本次不提出的企业"),
        help_text=gettext_lazy("一般不选。选了的，要写明理由；它们仍留在清单里，可以另行提出。"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("不提出的理由"),
        required=False,
        choices=[
            ("", "—"),
            ("checking", gettext_lazy("颜色正在由评定机关核实")),
            ("other_body", gettext_lazy("由县（市）另行提出")),
            ("closed", gettext_lazy("厂区已关停")),
        ],
    )

    def __init__(self, *args: Any, rows: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leave_out"].choices = [  # type: ignore[attr-defined]
            (key_of(row), f"{row['name']} {row['plant_code']}".strip()) for row in rows
        ]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if cleaned.get("leave_out") and not cleaned.get("reason"):
            self.add_error("reason", _("有企业不提出，请选择理由。"))
        return cleaned


def key_of(row: dict[str, Any]) -> str:
    """This will name a row of the list: one plant of one firm."""
    return f"{row['subject']}/{row.get('plant_code') or row.get('part') or ''}"


@page("levies/", door="desk", verbs=("read",), title="加收清单", rail="casework", icon="drop")
def levies(visit: Visit) -> HttpResponseBase:
    """This will show the newest levy list: each plant's tier, and whether it was proposed or decided."""
    found = found_last(visit, PROGRAM, "surcharge")
    rows = with_states(visit, found) if found else []
    waiting = [row for row in rows if row["state"] == ""]
    return visit.render(
        "sewage_tariff/levies.html",
        found=found,
        waiting=len(waiting),
        table=_table(rows),
        chart=_chart(rows),
        lists=[_summary(each) for each in lists_of(PROGRAM, "levy")],
        may_execute=visit.may("execute"),
        may_propose=visit.may("propose") and bool(waiting),
    )


@page("levies/propose", door="desk", verbs=("propose",), title="提出加收", methods=("GET", "HEAD", "POST"))
def propose(visit: Visit) -> HttpResponseBase:
    """This will reckon the list as of today and propose what was not proposed yet."""
    found = find_now(visit, PROGRAM, "surcharge", visit.today)
    rows = [row for row in named(with_states(visit, found)) if row["state"] == ""]
    if not rows:
        visit.say(_("清单里没有尚未提出的企业。"))
        return visit.go("sewage_tariff:levies")
    title = _("%(day)s差别化污水处理费加收") % {"day": f"{visit.today.year}年{visit.today.month}月"}
    asked = ask(visit, ProposeForm, review=True, rows=rows, initial={"title": title})
    if asked.done:
        answers = asked.form.cleaned_data
        chosen = [row for row in rows if key_of(row) not in answers["leave_out"]]
        listed = propose_list(
            visit, PROGRAM, "levy", schedule_of(chosen), run=found.run_sha256, title=answers["title"]
        )
        visit.say(_("已提出 %(n)s 行。下一步：制作并送达告知书。") % {"n": len(chosen)})
        return visit.go("desk:case", number=listed.case.pk)
    lead = _("共 %(n)s 行，依据 %(day)s 的研判。") % {"n": len(rows), "day": visit.today}
    back = visit.url("sewage_tariff:levies")
    return visit.render(
        "kit/ask.html", asked=asked, title=_("提出加收"), submit=_("提出"), review=True, lead=lead, back=back
    )


@page("cosign/<int:number>/", door="desk", verbs=("read",), title="会签", methods=("GET", "HEAD", "POST"))
def cosign(visit: Visit, number: int) -> HttpResponseBase:
    """This will show one list to a co-signing body, and take its signature."""
    listed = list_of(number)
    signed = signatures(listed.case)
    procedure = visit.house.procedures[f"{PROGRAM}.levy"]
    mine = visit.who.agency.duty in procedure.cosigners and visit.who.agency.duty not in signed
    if visit.request.method == "POST":
        visit.require("cosign")
        step(visit, listed.case, "cosign", schedule=listed)
        visit.say(_("已会签。"))
        return visit.go("sewage_tariff:cosign", number=number)
    rows = named(list_rows(visit, listed))
    return visit.render(
        "sewage_tariff/cosign.html",
        listed=listed,
        state=stands(listed.case),
        bodies=[(duty, signed.get(duty)) for duty in procedure.cosigners],
        may_sign=mine and visit.may("cosign"),
        table=_table(rows, name="list"),
    )


@page(
    "execution/<int:number>", door="desk", verbs=("read",), title="执行文件", methods=("GET", "HEAD", "POST")
)
def execution(visit: Visit, number: int) -> HttpResponseBase:
    """This will issue the execution document of a decided list, and give it: who pays what, from when until when."""
    listed = list_of(number)
    executed = listed.case.acts.filter(kind="execute").order_by("-id").first()
    if executed is None and visit.request.method == "POST":
        visit.require("execute")
        detail = {"number": next_number(visit, SERIES)}
        executed = step(visit, listed.case, "execute", schedule=listed, detail=detail)
    if executed is None:
        raise MissingError("door.no_such", number=number)
    rows = [row for row in named(list_rows(visit, listed)) if row["state"] == "in_force"]
    visit.look((row["subject"] for row in rows), purpose="执行文件", case_number=listed.case.number)
    pdf = document(
        visit, executed, table=attached(rows), words={"count": str(len(rows))},
        addressee=ADDRESSEE, holding=ordered(listed),
    )  # fmt: skip
    return attachment(pdf, file_name(listed), "application/pdf")


def list_of(number: int) -> Any:
    """This will find a proposed list by its number."""
    for listed in lists_of(PROGRAM, "levy"):
        if listed.pk == number:
            return listed
    raise MissingError("door.no_such", number=number)


def with_states(visit: Visit, found: Found) -> list[dict[str, Any]]:
    """This will put beside each row of the finding where its newest list has it; empty: not proposed."""
    states: dict[tuple[str, str], tuple[str, int]] = {}
    for listed in reversed(lists_of(PROGRAM, "levy")):
        for row in list_rows(visit, listed):
            states[key_of(row), row["rating_period"]] = (row["state"], listed.case.pk)
    rows: list[dict[str, Any]] = found.rows.to_pylist()
    for row in rows:
        row["state"], row["case"] = states.get((key_of(row), row["period"]), ("", None))
        if row["state"] in ENDED:
            row["state"] = ""
    return rows


def _summary(listed: Any) -> dict[str, Any]:
    executed = listed.case.acts.filter(kind="execute").exists()
    state = stands(listed.case)
    return {"listed": listed, "state": state, "signed": len(signatures(listed.case)), "executed": executed}


def _table(rows: list[dict[str, Any]], name: str = "levies") -> Table:
    return Table(
        name,
        columns=[
            Column("name", "企业", link=lambda row: f"/desk/subject/{row['subject']}", wide=True),
            Column("code", "统一社会信用代码", kind="code"),
            Column("plant", "厂区"),
            Column("division", "区划"),
            Column("colour", "颜色", kind="grade"),
            Column("tier", "档次", value=lambda row: _(TIERS[row["tier"]]), sort="tier"),
            Column("surcharge", "加收标准", value=lambda row: price(row["surcharge"]), sort="surcharge"),
            Column("period", "评价周期", value=lambda row: row.get("period") or row.get("rating_period")),
            Column("published_on", "公布日期", kind="date"),
            Column("state", "办理", kind="state"),
        ],
        rows=rows,
        filters=[
            Filter("tier", "档次", TIERS),
            Filter("state", "办理", {"": "未提出", "in_force": "生效中", "served": "告知已送达"}),
        ],
        order="-published_on",
        subject="subject",
        purpose="核定加收名单",
        prepare=named,
        empty=Empty("还没有加收清单", "环保部门报送评价结果并研判之后，清单会出现在这里。"),
    )


def _chart(rows: list[dict[str, Any]]) -> Any:
    tiers = Counter(row["tier"] for row in rows)
    return bars(
        "tiers",
        _("各档户数"),
        _("黑色和连续红色按不低于 1.00 元加收，红色按不低于 0.60 元。"),
        [(_(TIERS[tier]), tiers.get(tier, 0)) for tier in TIERS],
    )
