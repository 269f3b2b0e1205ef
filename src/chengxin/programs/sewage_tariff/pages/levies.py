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
    LEFT_OUT,
    Column,
    Empty,
    Filter,
    Found,
    LeftOut,
    Table,
    Visit,
    ask,
    attachment,
    bars,
    day_words,
    document,
    duty,
    find_now,
    found_last,
    left_out_of,
    list_rows,
    lists_of,
    next_number,
    page,
    propose_list,
    signatures,
    stands,
    state_word,
    step,
    within,
)
from chengxin.programs.sewage_tariff.execution import (
    ADDRESSEE,
    SERIES,
    attached,
    file_name,
    left_aside,
    ordered,
)
from chengxin.programs.sewage_tariff.levy import schedule_of
from chengxin.programs.sewage_tariff.pages.words import PROGRAM, TIERS, divisions, named_plants, yuan_of

ENDED = ("taken_out", "lapsed", "revoked", "repaired")


class ProposeForm(forms.Form):
    """What is proposed under which name; whoever is left out is left out for a coded reason and in words."""

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
        choices=[("", "—"), *LEFT_OUT.items()],
    )
    note = forms.CharField(
        label=gettext_lazy("理由说明"),
        help_text=gettext_lazy("写明事实和依据。作为附件随案保存，在案件页和执行文件中可见。"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, rows: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        self.fields["leave_out"].choices = [  # type: ignore[attr-defined]
            (key_of(row), f"{row['name']} {row['plant_code']}".strip()) for row in rows
        ]
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((code, _(word)) for code, word in LEFT_OUT.items()),
        ]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        out = cleaned.get("leave_out") or []
        if out and not cleaned.get("reason"):
            self.add_error("reason", _("有企业不提出，请选择理由。"))
        if out and not cleaned.get("note"):
            self.add_error("note", _("有企业不提出，请写明理由。"))
        if not out and (cleaned.get("reason") or cleaned.get("note")):
            self.add_error("leave_out", _("写了不提出的理由，却没有选企业。"))
        if len(out) == len(self.rows):
            self.add_error("leave_out", _("不能一家也不提出。"))
        return cleaned

    def kept(self) -> list[dict[str, Any]]:
        """This will give the rows that are proposed."""
        return [row for row in self.rows if key_of(row) not in self.cleaned_data["leave_out"]]

    def left_out(self) -> LeftOut:
        """This will give the rows that are not, with the reason."""
        said = self.cleaned_data
        rows = [row for row in self.rows if key_of(row) in said["leave_out"]]
        return LeftOut([(row["subject"], row["plant_code"]) for row in rows], said["reason"], said["note"])


def key_of(row: dict[str, Any]) -> str:
    """This will name a row of the list: one plant of one firm."""
    return f"{row['subject']}/{row.get('plant_code') or row.get('part') or ''}"


@page("levies/", door="desk", verbs=("read",), title="加收清单", rail="casework", icon="drop")
def levies(visit: Visit) -> HttpResponseBase:
    """This will show the newest levy list: each plant's tier, and whether it was proposed or decided."""
    found = found_last(visit, PROGRAM, "surcharge")
    rows = named_plants(with_states(visit, found)) if found else []
    waiting = [row for row in rows if row["state"] == ""]
    return visit.render(
        "sewage_tariff/levies.html",
        found=found,
        stale=found is not None and found.as_of < visit.today,
        waiting=len(waiting),
        table=_table(visit, rows),
        chart=_chart(rows),
        lists=[_summary(each) for each in lists_of(visit, PROGRAM, "levy")],
        may_execute=visit.may("execute"),
        may_propose=visit.may("propose") and bool(waiting),
    )


@page("levies/propose", door="desk", verbs=("propose",), title="提出加收", methods=("GET", "HEAD", "POST"))
def propose(visit: Visit) -> HttpResponseBase:
    """This will reckon the list as of today and propose what was not proposed yet."""
    found = find_now(visit, PROGRAM, "surcharge", visit.today)
    rows = [row for row in named_plants(with_states(visit, found)) if row["state"] == ""]
    if not rows:
        visit.say(_("清单里没有尚未提出的企业。"))
        return visit.go("sewage_tariff:levies")
    title = _("%(day)s差别化污水处理费加收") % {"day": f"{visit.today.year}年{visit.today.month}月"}
    asked = ask(visit, ProposeForm, review=True, rows=rows, initial={"title": title})
    if asked.done:
        form: Any = asked.form
        chosen = form.kept()
        listed = propose_list(
            visit, PROGRAM, "levy", schedule_of(chosen), run=found.run_sha256,
            title=form.cleaned_data["title"], left_out=form.left_out(),
        )  # fmt: skip
        visit.say(_("已提出 %(n)s 行。下一步：制作并送达告知书。") % {"n": len(chosen)})
        return visit.go("desk:case", number=listed.case.pk)
    visit.look((row["subject"] for row in rows), purpose="提出加收名单")
    lead = _("共 %(n)s 行，依据 %(day)s 的研判。") % {"n": len(rows), "day": day_words(visit.today)}
    back = visit.url("sewage_tariff:levies")
    return visit.render(
        "kit/ask.html", asked=asked, title=_("提出加收"), submit=_("提出"), review=True, lead=lead, back=back
    )


@page("cosign/<int:number>/", door="desk", verbs=("read",), title="会签", methods=("GET", "HEAD", "POST"))
def cosign(visit: Visit, number: int) -> HttpResponseBase:
    """This will show one list to a co-signing body, and take its signature."""
    listed = list_of(visit, number)
    signed = signatures(listed.case)
    procedure = visit.house.procedures[f"{PROGRAM}.levy"]
    mine = visit.who.agency.duty in procedure.cosigners and visit.who.agency.duty not in signed
    if visit.request.method == "POST":
        visit.require("cosign")
        step(visit, listed.case, "cosign", schedule=listed)
        visit.say(_("已会签。"))
        return visit.go("sewage_tariff:cosign", number=number)
    rows = named_plants(list_rows(visit, listed))
    return visit.render(
        "sewage_tariff/cosign.html",
        listed=listed,
        state=stands(listed.case),
        bodies=[(duty(body), signed.get(body)) for body in procedure.cosigners],
        may_sign=mine and visit.may("cosign"),
        table=_table(visit, rows, name="list"),
    )


@page(
    "execution/<int:number>", door="desk", verbs=("read",), title="执行文件", methods=("GET", "HEAD", "POST")
)
def execution(visit: Visit, number: int) -> HttpResponseBase:
    """This will issue the execution document of a decided list, and give it: who pays what, from when until when."""
    listed = list_of(visit, number)
    executed = listed.case.acts.filter(kind="execute").order_by("-id").first()
    if executed is None and visit.request.method == "POST":
        visit.require("execute")
        detail = {"number": next_number(visit, SERIES)}
        executed = step(visit, listed.case, "execute", schedule=listed, detail=detail)
    if executed is None:
        raise MissingError("door.no_such", number=number)
    rows = [row for row in named_plants(list_rows(visit, listed)) if row["state"] == "in_force"]
    visit.look((row["subject"] for row in rows), purpose="执行文件", case_number=listed.case.number)
    pdf = document(
        visit, executed, table=attached(rows), words={"count": str(len(rows))},
        addressee=ADDRESSEE, holding=(*ordered(listed), *apart(listed)),
    )  # fmt: skip
    return attachment(pdf, file_name(listed), "application/pdf")


def apart(listed: Any) -> tuple[str, ...]:
    """This will say in the execution document whom the list left out, and why."""
    return left_aside(named_plants(left_out_of(listed.case)))


def list_of(visit: Visit, number: int) -> Any:
    """This will find a proposed list by its number, within the visitor's scope."""
    for listed in lists_of(visit, PROGRAM, "levy"):
        if listed.pk == number:
            return listed
    raise MissingError("door.no_such", number=number)


def with_states(visit: Visit, found: Found) -> list[dict[str, Any]]:
    """This will put beside each row of the finding where its newest list has it; empty: not proposed."""
    states: dict[tuple[str, str], tuple[str, int]] = {}
    for listed in reversed(lists_of(visit, PROGRAM, "levy")):
        for row in list_rows(visit, listed):
            states[key_of(row), row["rating_period"]] = (row["state"], listed.case.pk)
    rows = within(visit, found.rows.to_pylist())
    for row in rows:
        row["state"], row["case"] = states.get((key_of(row), row["period"]), ("", None))
        if row["state"] in ENDED:
            row["state"] = ""
    return rows


def _summary(listed: Any) -> dict[str, Any]:
    executed = listed.case.acts.filter(kind="execute").exists()
    state = stands(listed.case)
    return {"listed": listed, "state": state, "signed": len(signatures(listed.case)), "executed": executed}


def _table(visit: Visit, rows: list[dict[str, Any]], name: str = "levies") -> Table:
    for row in rows:
        row["stands"] = row["state"] or "waiting"
        row["rated"] = row.get("period") or row.get("rating_period")
    regions = divisions(row["division"] for row in rows)
    return Table(
        name,
        columns=[
            Column("name", "企业", link=lambda row: f"/desk/subject/{row['subject']}", wide=True),
            Column("code", "统一社会信用代码", kind="code"),
            Column("plant", "厂区"),
            Column("division", "区划", value=lambda row: regions[row["division"]], sort="division"),
            Column("tier", "档次", kind="grade"),
            Column(
                "surcharge",
                "加收（元/立方米）",
                value=lambda row: yuan_of(row["surcharge"]),
                sort="surcharge",
            ),
            Column("rated", "评价周期"),
            Column("stands", "办理", value=standing, sort="stands", link=lambda row: _case(visit, row)),
        ],
        rows=rows,
        search=("name", "code"),
        filters=[
            Filter("tier", "档次", TIERS),
            Filter("division", "区划", regions),
            Filter("stands", "办理", {row["stands"]: standing(row) for row in rows}),
        ],
        order="stands",
        subject="subject",
        purpose="核定加收名单",
        empty=Empty("还没有加收清单", "环保部门报送评价结果并研判之后，清单会出现在这里。"),
    )


def standing(row: dict[str, Any]) -> str:
    """This will say where a row stands; what nobody proposed yet says so."""
    return state_word(row["state"]) if row["state"] else _("未提出")


def _case(visit: Visit, row: dict[str, Any]) -> str:
    href = visit.url("desk:case", number=row["case"]) if row.get("case") else ""
    return f"{href}?row={row['subject']}" if href and row["state"] else ""


def _chart(rows: list[dict[str, Any]]) -> Any:
    tiers = Counter(row["tier"] for row in rows)
    return bars(
        "tiers",
        _("各档户数"),
        _("黑色和连续红色按不低于 1.00 元加收，红色按不低于 0.60 元。"),
        [(_(TIERS[tier]), tiers.get(tier, 0)) for tier in TIERS],
    )
