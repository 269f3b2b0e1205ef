"""Cases by the clock; one case with its road and its act bar; its documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import F, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.cases import schedules
from chengxin.cases.acts import act
from chengxin.cases.edges import EDGES, TITLES
from chengxin.cases.mismatch import HOWS
from chengxin.cases.mismatch import STATES as TOLD
from chengxin.cases.mismatch_words import MISMATCHED
from chengxin.cases.models import Case, Standpoint
from chengxin.cases.notes import WHATS
from chengxin.cases.own_words import LONGEST
from chengxin.cases.panel import OPPOSE
from chengxin.cases.point import Point
from chengxin.cases.procedure import procedure_of
from chengxin.cases.repair import PAPERS, REASONS, SEVERITIES, eligibility
from chengxin.cases.routing import maker_of
from chengxin.cases.standpoints import point_of
from chengxin.cases.step_words import MISSING
from chengxin.cases.step_words import TEXTS as WORDS
from chengxin.core.errors import MissingError, RefusedByLaw
from chengxin.core.numerals import whole
from chengxin.effects.told import told_of
from chengxin.faces.desk import asked as beside
from chengxin.faces.desk import means, panel, road, steps
from chengxin.faces.desk.today import points, with_names
from chengxin.faces.wording import cited_all
from chengxin.kit import Column, DayInput, Empty, Filter, Table, Visit, ask, attachment, bodies, page, spoken
from chengxin.ledger.content import open_exhibit, store_text
from chengxin.ledger.models import Exhibit
from chengxin.subjects.registry import cards

SCOPED = {"agency": "agency", "region": "region"}
TEXTS = {
    "state": gettext_lazy("陈述申辩的内容"),
    "answer": gettext_lazy("复核意见和答复"),
    "object": gettext_lazy("异议的内容"),
    "answer_objection": gettext_lazy("异议的处理结果和理由"),
    "revoke": gettext_lazy("撤销的理由"),
    "take_out": gettext_lazy("不予决定的理由"),
    "repair": gettext_lazy("修复的事实和证明"),
    "review": gettext_lazy("复查情况"),
    "legal_review": gettext_lazy("审核意见"),
    "serve": gettext_lazy("送达方式和签收情况"),
    "fail_service": gettext_lazy("送达方式和签收情况"),
    "agree_service": gettext_lazy("送达方式和签收情况"),
    "serve_decision": gettext_lazy("送达方式和签收情况"),
}


class ActForm(forms.Form):
    """The questions of one step: the day, the text it needs, and for a decision its end."""

    on = forms.DateField(label=gettext_lazy("日期"), widget=DayInput())

    def __init__(
        self,
        *args: Any,
        kind: str,
        today: date,
        exits: bool,
        point: Point,
        listed: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.kind, self.point = today, kind, point
        self.fields["on"].initial = today
        if kind in means.ASKED:
            self.fields.update(means.questions(kind, listed=listed))
        self.fields.update(beside.questions(kind, point))
        if kind in TEXTS or kind in WORDS:
            hint = _("另存为附件；可以依法销毁而不影响行为本身。")
            self.fields["text"] = forms.CharField(
                label=TEXTS.get(kind) or spoken(*WORDS[kind]),
                required=kind != "decide" or point.advice == OPPOSE,
                help_text=hint,
                widget=forms.Textarea(),
                max_length=LONGEST if kind == "own_words" else 20_000,
            )
        if kind in {"decide", "review"}:
            self._ends(kind, exits)

    def _ends(self, kind: str, exits: bool) -> None:
        if kind == "decide":
            self.fields["since"] = forms.DateField(label=_("自哪天起执行"), required=False, widget=DayInput())
            self.fields["until"] = forms.DateField(
                label=_("执行到哪天为止"), help_text=_("当天不再执行。没有期限的，必须有退出条件和复查日。"),
                required=False, widget=DayInput(),
            )  # fmt: skip
        if exits or kind == "review":
            self.fields["review_on"] = forms.DateField(
                label=_("下次复查日"), required=False, widget=DayInput()
            )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if self.kind == "panel_advice":
            panel.refuse_silent(self, self.point)
        return said

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError(_("日期不能在今天之后。"))
        return on


@page("cases/", door="desk", verbs=("read",), title="案件", rail="casework", icon="scale")
def cases(visit: Visit) -> HttpResponseBase:
    """This will list matters by the clock, the nearest deadline first."""
    rows = points(visit)
    if visit.asked.get("rows") != "all":
        rows = rows.filter(Q(subject=0) | Q(marked=True))
    if visit.asked.get("due") == "today":
        rows = rows.filter(clock_on__lte=visit.today)
    states = {str(state): spoken(*words) for state, words in TITLES.items()}
    table = Table(
        "cases",
        columns=[
            Column("clock_on", "期限", kind="countdown"),
            Column("title", "事项", value="case.title", sort="case.title", wide=True,
                   link=lambda p: _href(visit, p)),
            Column("name", "单位", value=lambda p: p.subject_name, wide=True),
            Column("state", "走到哪一步", kind="state"),
            Column("since", "自", kind="date"),
            Column("number", "案号", value=lambda p: numbered(p.case.number), sort="case.number", wide=True),
        ],
        rows=rows.order_by(F("clock_on").asc(nulls_last=True), "-case_id"),
        search=("case__title", "case__number"),
        filters=[
            Filter("state", "走到哪一步", states),
            Filter("marked", "异议", {"True": "异议处理中", "False": "没有异议"}),
        ],
        subject=lambda p: p.subject or p.case.subject,
        purpose="办理在办案件",
        prepare=with_names,
        empty=Empty("还没有案件", "从研判结果提出处理意见后，案件会按期限先后列在这里。"),
    )  # fmt: skip
    return visit.render("faces/desk/list.html", title=_("案件"), table=table)


def numbered(number: str) -> str:
    """This will write a matter's number; a book kept under a fixed name (receipts, bills) has none to cite."""
    return _("登记簿") if "/" in number else number


def _href(visit: Visit, point: Standpoint) -> str:
    href = visit.url("desk:case", number=point.case_id)
    return f"{href}?row={point.subject}" if point.subject else href


def case_of(visit: Visit, number: int) -> Case:
    """This will find a case within the scope; outside it there is none."""
    found = Case.objects.filter(visit.scope.q(SCOPED), pk=number).first()
    if found is None:
        raise MissingError("door.no_such", number=number)
    return found


def row_of(visit: Visit) -> int | None:
    """This will read which row of a schedule is meant."""
    return whole(visit.asked.get("row", "")) or None


@page("cases/<int:number>/", door="desk", verbs=("read",), title="案件")
def case(visit: Visit, number: int) -> HttpResponseBase:
    """This will show a case's road, what may come next under which article, and the rows of its schedule."""
    it, row = case_of(visit, number), row_of(visit)
    about = row or it.subject
    if about:
        visit.look([about], purpose="办理在办案件", case_number=it.number)
    procedure = procedure_of(it, visit.house)
    point = point_of(it, row)
    own = Q(subject=None) | Q(subject=row) if row else Q(subject=None)
    acts = list(it.acts.filter(own).order_by("id"))
    schedules = list(it.schedules.order_by("-id"))
    ahead = road.ahead(visit, it, point, procedure, listed=bool(schedules) and not row)
    return visit.render(
        "faces/desk/case.html",
        case=it,
        number=numbered(it.number),
        row=row,
        about=cards([about]).get(about) if about else None,
        point=point,
        past=road.past(visit, acts),
        panel=panel.shown(visit, acts),
        hearing=panel.heard(acts, point),
        open=[one for one in ahead if not one.closed],
        closed=[one for one in ahead if one.closed],
        road=[one for one in ahead if one.moves],
        signatures=road.signatures(point, procedure),
        procedure=procedure,
        schedules=schedules,
        rows=rows_of(visit, it) if schedules and not row else None,
        repair=navigator(point, visit.today),
        told=who_was_told(visit, it, row, point) if point.mistaken else None,
        notes=[spoken(*WHATS[one.what]) for one in point.notes if one.what in WHATS],
        mix=mix(steps.rows(visit, it)) if schedules and not row else [],
    )


def navigator(point: Point, today: date) -> dict[str, Any] | None:
    """This will say from when repair may be sought, when it ends by itself, and what is still missing."""
    told = eligibility(point, today)
    if told is None:
        return None
    return {
        "severity": spoken(*SEVERITIES[told.severity]),
        "earliest": told.earliest,
        "ends_on": told.ends_on,
        "missing": [spoken(*MISSING[name]) for name in told.missing],
        "papers": [spoken(*words) for words in PAPERS.values()],
        "misled": spoken(*REASONS["false_papers"]) if told.misled else "",
        "answer_by": point.answer_by if point.asking else None,
    }


def who_was_told(visit: Visit, it: Case, row: int | None, point: Point) -> list[dict[str, Any]]:
    """This will list who was told of what was wrongly matched, and what became of it."""
    told = told_of(it, row, point, on=visit.today)
    names = bodies(one["to"] for one in told)
    return [
        {
            "name": names[one["to"]],
            "how": spoken(*HOWS[one["how"]]),
            "state": spoken(*TOLD[one["state"]]),
            "since": date.fromisoformat(one["since"]),
            "on": date.fromisoformat(one["on"]) if one["on"] else None,
        }
        for one in told
    ]


def mix(rows: Iterable[Standpoint]) -> list[dict[str, Any]]:
    """This will count how many rows of a schedule stand at each step."""
    return [{"state": state, "n": n} for state, n in Counter(str(row.state) for row in rows).most_common()]


def rows_of(visit: Visit, it: Case) -> Table:
    """This will list the rows of a schedule with where each stands."""
    return Table(
        "rows",
        columns=[
            Column("name", "单位", value=lambda p: p.subject_name or str(p.subject), wide=True,
                   link=lambda p: _href(visit, p)),
            Column("state", "走到哪一步", kind="state"),
            Column("marked", "异议", value=lambda p: _("异议处理中") if p.marked else "", sort="marked"),
            Column("due_on", "期限", kind="countdown"),
            Column("in_force_from", "生效", kind="date"),
            Column("ends_on", "止", kind="date"),
        ],
        rows=steps.rows(visit, it),
        order="due_on",
        page_size=20,
        filters=[Filter("state", "走到哪一步", {str(s): spoken(*w) for s, w in TITLES.items()})],
        subject="subject",
        purpose="办理在办案件",
        prepare=with_names,
    )  # fmt: skip


@page(
    "cases/<int:number>/act/<slug:kind>",
    door="desk",
    verbs=("read",),
    title="办理",
    methods=("GET", "HEAD", "POST"),
)
def take_act(visit: Visit, number: int, kind: str) -> HttpResponseBase:
    """This will ask what the step needs, show it for checking, and take it through the one writer of acts."""
    it, row = case_of(visit, number), row_of(visit)
    if kind not in EDGES or kind in road.BY_PROGRAM:
        raise MissingError("door.no_such", number=kind)
    procedure = procedure_of(it, visit.house)
    listed = row is None and steps.schedule_of(it) is not None
    if listed and kind in steps.ROW_BY_ROW:
        raise RefusedByLaw(
            "door.step_closed", step=road.act_title(kind), reason=_("请在这一家自己的页面办理")
        )
    reason = road.closed(visit, it, point_of(it, row), procedure, kind, listed=listed)
    if reason:
        raise RefusedByLaw("door.step_closed", step=road.act_title(kind), reason=reason)
    asked = ask(
        visit, ActForm, review=True, kind=kind, today=visit.today, exits=bool(procedure.exit_condition),
        point=point_of(it, row), listed=listed,
    )  # fmt: skip
    law = cited_all(visit.house, procedure.articles_of(kind))
    lead = f"{spoken(EDGES[kind].zh, EDGES[kind].en)}（{law}）"
    lead += steps.said(visit, it, kind) if listed else ""
    back = visit.url("desk:case", number=number) + (f"?row={row}" if row else "")
    if asked.done:
        taken = _take(visit, it, row, kind, asked.form.cleaned_data)
        visit.say(_("已记入案卷：%(act)s（%(n)d 份）。") % {"act": road.act_title(kind), "n": taken})
        return visit.go("desk:case", number=number) if not row else _back(visit, number, row)
    return visit.render(
        "kit/ask.html",
        asked=asked,
        title=road.act_title(kind),
        submit=_("确认办理"),
        review=True,
        lead=lead,
        back=back,
    )


def _back(visit: Visit, number: int, row: int) -> HttpResponse:
    answer = visit.go("desk:case", number=number)
    answer["Location"] += f"?row={row}"
    return answer


def _take(visit: Visit, it: Case, row: int | None, kind: str, said: dict[str, Any]) -> int:
    """This will take the step, in one row, in the whole, or over all rows of a list; it says how many acts."""
    cites: dict[str, Any] = {}
    if said.get("text"):
        title = f"{road.act_title(kind)}　{it.number}"
        exhibit = store_text(visit.store, said["text"], title, visit.now, visit.secret)
        cites["exhibits"] = [exhibit.pk]
    apart, numbers = beside.papers(visit, it, kind, said, point_of(it, row))
    if numbers:
        cites["exhibits"] = [*cites.get("exhibits", ()), *numbers]
    schedule = steps.schedule_of(it)
    if schedule is not None and kind in steps.OVER_ROWS:
        return steps.take_over_rows(
            visit,
            it,
            kind,
            on=said["on"],
            cites=cites,
            row=row,
            detail={**means.detail(said), **beside.detail(kind, said)},
        ).taken
    words: dict[str, Any] = {
        "official": visit.who, "agency": visit.who.agency_id, "on": said["on"], "at": visit.now,
        "bundle": visit.adopted, "detail": {**_detail(visit, it, row, kind, said), **apart}, "cites": cites,
    }  # fmt: skip
    if schedule is None or row is None:
        act(it, kind, subject=row, schedule=schedule, **words)
    else:
        schedules.act_on_row(schedule, kind, row, store=visit.store, **words)
    return 1


def _detail(visit: Visit, it: Case, row: int | None, kind: str, said: dict[str, Any]) -> dict[str, Any]:
    """This will put the days a form gave, and the objection that is meant, into what the act says."""
    detail: dict[str, Any] = {**means.detail(said), **beside.detail(kind, said)}
    if kind in MISMATCHED:
        return {**detail, "told": told_of(it, row, point_of(it, row), on=visit.today)}
    if kind in beside.NAMING:
        return {**detail, **beside.named(kind, point_of(it, row), visit.today)}
    for name, key in (("since", "from"), ("until", "until"), ("review_on", "review_on")):
        if said.get(name):
            detail[key] = said[name].isoformat()
    procedure = procedure_of(it, visit.house)
    if detail.get("review_on") and kind == "decide":
        detail["exit"] = procedure.exit_condition
    if kind not in {"route", "answer_objection"}:
        return detail
    meant = road.objection_for(visit, point_of(it, row), procedure, kind)
    if meant is not None:
        detail["objection"] = meant.act
    if kind == "route" and procedure.routes_to == "maker" and (to := maker_of(it, row, visit.store)):
        detail["to"] = to
    return detail


@page("cases/<int:number>/exhibit/<int:exhibit>", door="desk", verbs=("read",))
def document(visit: Visit, number: int, exhibit: int) -> HttpResponseBase:
    """This will give a document or attachment that an act of this case cites, after its hash was checked."""
    import io

    it = case_of(visit, number)
    cited = any(exhibit in act.cites.get("exhibits", []) for act in it.acts.all())
    found = Exhibit.objects.filter(pk=exhibit).first() if cited else None
    if found is None:
        raise MissingError("door.no_such", number=exhibit)
    if it.subject:
        visit.look([it.subject], purpose="查阅案卷文书", case_number=it.number)
    data = open_exhibit(found, visit.store, visit.secret)
    endings = {"application/pdf": ".pdf", "text/plain": ".txt", "text/csv": ".csv"}
    name = found.title + ("" if "." in found.title[-6:] else endings.get(found.media_type, ""))
    return attachment(io.BytesIO(data), name, found.media_type)
