"""Who asks the gate by machine: terms a head sets, and the page on which its builders find their own errors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.core.errors import MissingError
from chengxin.effects.exchange import callers as terms_of
from chengxin.effects.exchange import told
from chengxin.effects.exchange.models import Caller, Delivery, Subscriber
from chengxin.faces.metering import meter
from chengxin.kit import Column, Empty, Table, Visit, ask, bodies, language, page
from chengxin.ledger.models import Official


class TermsForm(forms.Form):
    account = forms.CharField(
        label=gettext_lazy("对方账户"),
        help_text=gettext_lazy("该单位系统所用账户的用户名；查阅都记在它名下。"),
    )
    per_minute = forms.IntegerField(label=gettext_lazy("每分钟最多核查"), min_value=1)
    per_day = forms.IntegerField(label=gettext_lazy("每日最多核查"), min_value=1)
    items = forms.CharField(
        label=gettext_lazy("事项编码对应"), required=False, widget=forms.Textarea(),
        help_text=gettext_lazy("一行一个：对方编码 = 事项代码，例如 ZJ-0007 = government_project"),
    )  # fmt: skip
    origin = forms.CharField(
        label=gettext_lazy("可嵌入组件的来源"), required=False, max_length=200,
        help_text=gettext_lazy("例如 https://hall.example.gov.cn；只有这个来源的页面能嵌入核查组件。"),
    )  # fmt: skip

    def clean_items(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in self.cleaned_data["items"].splitlines():
            own, _sign, matter = line.partition("=")
            if line.strip() and not (own.strip() and matter.strip()):
                raise forms.ValidationError(_("这一行读不懂：%(line)s") % {"line": line.strip()[:80]})
            if line.strip():
                found[own.strip()[:60]] = matter.strip()
        return found


@page(
    "callers/", door="desk", verbs=("subscribe",), title="接入方", rail="oversight", icon="link",
    methods=("GET", "HEAD", "POST"),
)  # fmt: skip
def callers(visit: Visit) -> HttpResponseBase:
    """This will set how often an account may ask the gate, its own item codes and its widget's origin."""
    initial = {"per_minute": settings.GATE_PER_MINUTE, "per_day": settings.GATE_PER_DAY}
    asked = ask(visit, TermsForm, initial=initial)
    if asked.done:
        said = asked.form.cleaned_data
        account = Official.objects.filter(username=said.pop("account")).first()
        if account is None or not visit.scope.covers(account.agency.region_id):
            raise MissingError("door.no_such", number=asked.form.data["account"])
        terms_of.settle(account, by=visit.who, house=visit.house, now=visit.now, **said)
        visit.say(_("已设定，立即生效。"))
        return visit.go("desk:callers")
    return visit.render(
        "faces/desk/callers.html", asked=asked, table=_terms(visit), minute=settings.GATE_PER_MINUTE,
        day=settings.GATE_PER_DAY,
    )  # fmt: skip


def _terms(visit: Visit) -> Table:
    held = list(Caller.objects.order_by("pk"))
    accounts = Official.objects.select_related("agency").in_bulk({one.official for one in held})
    names = bodies(one.agency_id for one in accounts.values())
    return Table(
        "callers",
        columns=[
            Column("body", "单位", wide=True, value=lambda one: names[accounts[one.official].agency_id]),
            Column("account", "账户", value=lambda one: accounts[one.official].username),
            Column("per_minute", "每分钟", kind="int"),
            Column("per_day", "每日", kind="int"),
            Column("used", "今日已用", kind="int", value=lambda one: _used(visit, one.official)),
            Column("items", "事项编码", kind="int", value=lambda one: len(one.items)),
            Column("origin", "组件来源"),
        ],
        rows=[one for one in held if visit.scope.covers(accounts[one.official].agency.region_id)],
        empty=Empty("还没有单独设定的接入方", "没有设定的账户按平台的默认配额核查。"),
    )


@page(
    "integrator/", door="desk", verbs=("gate",), title="接入自查", rail="lookup", icon="chain",
    methods=("GET", "HEAD", "POST"),
)  # fmt: skip
def integrator(visit: Visit) -> HttpResponseBase:
    """This will show a body its own: refused questions with remedies, recalls, dead letters, quota and codes."""
    accounts = {one.pk: one for one in Official.objects.filter(agency=visit.who.agency_id)}
    if visit.request.method == "POST":
        events = [int(each) for each in visit.request.POST.getlist("event") if each.isdecimal()]
        count = told.acknowledge(list(accounts), events, "taken_back", now=visit.now)
        visit.say(_("已确认 %(n)d 条。") % {"n": count})
        return visit.go("desk:integrator")
    terms = terms_of.of(accounts)
    return visit.render(
        "faces/desk/integrator.html",
        refused=_refused(accounts),
        recalls=_recalls(accounts),
        dead=_dead(visit),
        terms=[(accounts[pk], one, _used(visit, pk)) for pk, one in terms.items()],
        minute=settings.GATE_PER_MINUTE,
        day=settings.GATE_PER_DAY,
        waiting=told.recalled(accounts)
        .filter(acknowledged_at__isnull=True)
        .values_list("event_id", flat=True)[: told.PAGE],
    )


def _refused(accounts: dict[int, Official]) -> Table:
    tongue = language()
    return Table(
        "refused",
        columns=[
            Column("at", "时间", kind="time"),
            Column("account", "账户", value=lambda one: accounts[one.official].username),
            Column("error", "编号", kind="code"),
            Column("sentence", "为什么", wide=True, value=lambda one: one.words[tongue]),
            Column("remedy", "怎么改", wide=True, value=lambda one: one.words[f"hint_{tongue}"]),
        ],
        rows=list(terms_of.refusals(accounts)),
        empty=Empty(
            "没有被退回的请求", "核查接口退回的请求会留在这里，写明原因和改法；每个账户留最近 50 条。"
        ),
    )


def _recalls(accounts: dict[int, Official]) -> Table:
    """By the body's own case number: whom it is about stands in its own file."""
    return Table(
        "recalls",
        columns=[
            Column("event_id", "序号", kind="quantity"),
            Column("case_number", "案号", kind="code"),
            Column("title", "措施", wide=True, value=lambda one: one.event.state["title"]),
            Column(
                "ended", "现在", value=lambda one: _("已撤回") if one.event.state["ended"] else _("有变更")
            ),
            Column("at", "当时告知", kind="time"),
            Column("made", "变更", kind="time", value="event.at", sort="-"),
            Column("acknowledged_at", "确认", kind="time"),
        ],
        rows=list(told.recalled(accounts)),
        order="-event_id",
        empty=Empty("没有要收回的", "核查时告知过的措施一有变更或撤回，就列在这里，直到确认。"),
    )


def _dead(visit: Visit) -> Table:
    mine = Subscriber.objects.filter(agency=visit.who.agency_id)
    return Table(
        "dead",
        columns=[
            Column("event_id", "序号", kind="quantity"),
            Column("body", "系统", wide=True, value="subscriber.title"),
            Column("tries", "次数", kind="int"),
            Column("tried_at", "最后一次", kind="time"),
            Column("trouble", "为什么", wide=True),
            Column("remedy", "怎么改", wide=True, value=lambda one: _remedy(one.trouble)),
        ],
        rows=Delivery.objects.filter(subscriber__in=mine).exclude(trouble="").exclude(state="acknowledged"),
        order="-event_id",
        empty=Empty("没有送不到的", "推送给本单位系统而没有送到的，会列在这里，写明对方系统的回答。"),
    )


def _remedy(trouble: str) -> str:
    if trouble.startswith("HTTP 401"):
        return _("核对签名：用设立订阅时给出的密钥，按 id.时刻.正文 计算。")
    if trouble.startswith("HTTP 5"):
        return _("对方系统自己出错：查看其日志；先写盘再答 200。")
    if trouble.startswith("HTTP"):
        return _("接收地址不收这个请求：核对路径和方法（POST）。")
    return _("连不上接收地址：核对地址、证书和防火墙。")


def _used(visit: Visit, account: int) -> Any:
    return meter(visit.home).used(account, visit.now)
