"""Telling and receipts: who is told what, how far each has come, who took a withdrawal back, what was given up."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.core.errors import MissingError
from chengxin.effects.exchange import receipts, subscribing
from chengxin.effects.exchange.models import Delivery, Event, Subscriber
from chengxin.faces.wording import cited_all
from chengxin.kit import Column, Empty, Table, Visit, ask, bodies, cards, divisions, page
from chengxin.ledger.models import Agency, Official

KINDS = {
    "publication": gettext_lazy("公示"),
    "tariff": gettext_lazy("价费"),
    "service": gettext_lazy("分级服务"),
    "incentive": gettext_lazy("激励"),
    "measure": gettext_lazy("措施"),
}
STATES = {
    "waiting": gettext_lazy("待送"),
    "sent": gettext_lazy("已送达，待确认"),
    "acknowledged": gettext_lazy("已确认"),
    "dead": gettext_lazy("送不到"),
    "withheld": gettext_lazy("不再送"),
}
RESULTS = {
    "held": gettext_lazy("已采用"),
    "taken_back": gettext_lazy("已撤下"),
    "not_ours": gettext_lazy("查无此主体"),
}
HAPPENED = {
    "came_into_force": gettext_lazy("生效"),
    "changed": gettext_lazy("变更"),
    "ended": gettext_lazy("撤回"),
}


CASEWORK = ("open", "decide", "legal_review")
"""A withdrawal names the firm it is about: for those who handle matters, not for who keeps the logs."""


class SubscriptionForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("系统名称"), max_length=120)
    name = forms.SlugField(
        label=gettext_lazy("订阅名"), max_length=60, help_text=gettext_lazy("小写字母、数字和短横")
    )
    account = forms.CharField(
        label=gettext_lazy("对方账户"),
        help_text=gettext_lazy("该单位系统所用账户的用户名；查阅都记在它名下。"),
    )
    article = forms.CharField(
        label=gettext_lazy("依据条款"), help_text=gettext_lazy("现行有效的条款编号，例如 js-credit-2021#16")
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("效果种类"), choices=list(KINDS.items()), widget=forms.CheckboxSelectMultiple
    )
    regions = forms.CharField(label=gettext_lazy("区划代码"), help_text=gettext_lazy("多个用空格隔开"))
    programs = forms.CharField(
        label=gettext_lazy("业务"), required=False, help_text=gettext_lazy("业务代号，用空格隔开；不填为全部")
    )
    url = forms.URLField(
        label=gettext_lazy("接收地址"), required=False, assume_scheme="https",
        help_text=gettext_lazy("https 地址；不填则由对方自行调取"),
    )  # fmt: skip
    signing = forms.ChoiceField(
        label=gettext_lazy("签名方式"), choices=[("hmac", "HMAC-SHA-256"), ("ed25519", "Ed25519")]
    )
    answer_within = forms.IntegerField(label=gettext_lazy("确认期限（分钟）"), min_value=1, initial=1440)
    persons = forms.BooleanField(
        label=gettext_lazy("含自然人"), required=False, help_text=gettext_lazy("只送该单位专用密钥下的摘要")
    )


class ReplayForm(forms.Form):
    after = forms.IntegerField(
        label=gettext_lazy("从哪一号之后重送"), min_value=0, initial=0, help_text=gettext_lazy("0 为从头")
    )


@page(
    "exchange/",
    door="desk",
    verbs=("read_ledger", "replay"),
    title="推送与回执",
    rail="oversight",
    icon="link",
)
def exchange(visit: Visit) -> HttpResponseBase:
    """This will show how far each subscriber has come, and what waits, is overdue or was given up."""
    mine = set(_subscribers(visit).values_list("pk", flat=True))
    rows = [one for one in receipts.lags(visit.now) if one["id"] in mine]
    names = bodies(one["agency"] for one in rows)
    for one in rows:
        one["body"] = names[one["agency"]]
        one["places"] = _("、").join(divisions(one["regions"]).values())
        one["cited"] = cited_all(visit.house, (one["article"],))
    table = Table(
        "subscribers",
        columns=[
            Column(
                "title", "系统", wide=True, link=lambda row: visit.url("desk:subscriber", number=row["id"])
            ),
            Column("body", "单位"),
            Column("cited", "依据条款"),
            Column("places", "区域"),
            Column("acknowledged", "已确认", kind="int"),
            Column("unsettled", "未结", kind="int"),
            Column("oldest", "最早未结", kind="time"),
            Column("overdue", "逾期", kind="int"),
            Column("dead", "送不到", kind="int"),
            Column("until", "终止", kind="date"),
        ],
        rows=rows,
        order="title",
        empty=Empty("还没有单位订阅", "负责人设立订阅之后，对方系统会收到其职责和区域内的生效、变更与撤回。"),
    )
    return visit.render("faces/desk/exchange.html", table=table)


@page(
    "exchange/withdrawals",
    door="desk",
    verbs=CASEWORK,
    title="撤回回执",
    rail="oversight",
    icon="check",
)
def withdrawals(visit: Visit) -> HttpResponseBase:
    """This will list each withdrawal with how many were told of it and how many took it back."""
    table = Table(
        "withdrawals",
        columns=[
            Column("id", "序号", kind="quantity", link=lambda e: visit.url("desk:receipts", number=e.pk)),
            Column("at", "撤回", kind="time"),
            Column("title", "事项", wide=True, value=lambda e: e.state["title"]),
            Column("place", "区域", sort="region"),
            Column("addressed", "应通知", kind="int"),
            Column("told", "已送达", kind="int"),
            Column("confirmed", "已确认", kind="int"),
            Column("asked", "核查时被告知", kind="int"),
            Column("asked_confirmed", "其中已确认", kind="int"),
        ],
        rows=receipts.withdrawals().filter(visit.scope.q({"region": "region"})),
        order="-id",
        prepare=_placed,
        empty=Empty("还没有撤回", "效果终止、撤销、修复之后，会沿原路通知每个收到过它的单位，回执列在这里。"),
    )
    lead = _("每一次撤回都通知到当初被告知的每一方，包括核查时得到过答复的；应通知与已确认相等，才算收回。")
    return visit.render("faces/desk/list.html", title=_("撤回回执"), lead=lead, table=table)


def _placed(found: list[Event]) -> list[Event]:
    places = divisions(one.region for one in found)
    for one in found:
        one.place = places[one.region]  # type: ignore[attr-defined]
    return found


@page(
    "exchange/withdrawals/<int:number>",
    door="desk",
    verbs=CASEWORK,
    name="receipts",
    title="一项的回执",
)
def receipts_of(visit: Visit, number: int) -> HttpResponseBase:
    """This will show, for one line, who was told when, who acknowledged, and who took it back."""
    event = Event.objects.filter(visit.scope.q({"region": "region"}), pk=number).first()
    if event is None:
        raise MissingError("door.no_such", number=number)
    visit.look([event.subject], purpose="核对撤回回执")
    known = cards([event.subject]).get(event.subject)
    table = Table(
        "receipts",
        columns=[
            Column("body", "系统", wide=True, value=lambda d: d.subscriber.title),
            Column("what", "事由", value=lambda d: HAPPENED[d.event.kind]),
            Column("made", "作出", kind="time", value="event.at"),
            Column("sent_at", "送达", kind="time"),
            Column("acknowledged_at", "确认", kind="time"),
            Column("result", "对方所做", value=lambda d: RESULTS.get(d.result, d.result)),
            Column("now", "状态", value=lambda d: STATES[d.state]),
        ],
        rows=receipts.receipts_of(event),
        empty=Empty("没有通知过任何一方", "订阅都在它终止之后设立。"),
    )
    lead = f"{known.name if known else ''} · {event.state['title']}"
    return visit.render(
        "faces/desk/receipts.html", title=_("一项的回执"), lead=lead, table=table, callers=_callers(event)
    )


def _callers(event: Event) -> Table:
    """Who heard of it at the gate: account and body, their own case, and whether they took it back."""
    heard = list(event.gate_recalls.order_by("at"))
    accounts = Official.objects.in_bulk({one.official for one in heard})
    names = bodies(one.agency_id for one in accounts.values())
    return Table(
        "callers",
        columns=[
            Column("body", "单位", wide=True, value=lambda one: names[accounts[one.official].agency_id]),
            Column("account", "账户", value=lambda one: accounts[one.official].username),
            Column("case_number", "案号", kind="code"),
            Column("at", "当时告知", kind="time"),
            Column("fetched_at", "取走撤回", kind="time"),
            Column("acknowledged_at", "确认", kind="time"),
            Column("result", "对方所做", value=lambda one: RESULTS.get(one.result, one.result)),
        ],
        rows=heard,
        empty=Empty("核查时没有告知过任何一方", "核查得到过“可能适用”的单位，会列在这里，直到确认撤回。"),
    )


@page(
    "exchange/dead", door="desk", verbs=("read_ledger", "replay"), title="送不到的", rail="oversight", icon="alert",
    methods=("GET", "HEAD", "POST"),
)  # fmt: skip
def dead(visit: Visit) -> HttpResponseBase:
    """This will list what was given up after every try, and bring it back to life."""
    dead_ones = Delivery.objects.filter(state="dead", subscriber__in=_subscribers(visit))
    found = dead_ones.select_related("subscriber", "event")
    if visit.request.method == "POST":
        chosen = list(found.values_list("pk", flat=True))
        count = receipts.send_again(chosen, by=visit.who, now=visit.now)
        visit.say(_("已重新排队 %(n)d 条。") % {"n": count})
        return visit.go("desk:dead")
    table = Table(
        "dead",
        columns=[
            Column("event_id", "序号", kind="quantity"),
            Column("body", "系统", wide=True, value="subscriber.title"),
            Column("what", "事由", value=lambda d: HAPPENED[d.event.kind]),
            Column("made", "作出", kind="time", value="event.at", sort="event__at"),
            Column("tries", "次数", kind="int"),
            Column("trouble", "最后一次", wide=True),
        ],
        rows=found,
        order="event_id",
        empty=Empty("没有送不到的", "多次重试仍送不到的停在这里，由人处置；撤回不会停，一直送到为止。"),
    )
    return visit.render(
        "faces/desk/dead.html", table=table, may_replay=visit.may("replay") and found.exists()
    )


@page("exchange/<int:number>/", door="desk", verbs=("read_ledger", "replay"), title="一个订阅")
def subscriber(visit: Visit, number: int) -> HttpResponseBase:
    """This will show a subscription: whose, under which article, what it may get, and its last receipts."""
    it = _subscriber(visit, number)
    table = Table(
        "deliveries",
        columns=[
            Column("event_id", "序号", kind="quantity"),
            Column("what", "事由", value=lambda d: HAPPENED[d.event.kind]),
            Column("made", "作出", kind="time", value="event.at", sort="event__at"),
            Column("sent_at", "送达", kind="time"),
            Column("due_at", "确认期限", kind="time"),
            Column("acknowledged_at", "确认", kind="time"),
            Column("now", "状态", value=lambda d: STATES[d.state]),
            Column("trouble", "最后一次", wide=True),
        ],
        rows=it.deliveries.select_related("event"),
        order="-event_id",
        empty=Empty("还没有可送的", "职责和区域内一有生效、变更或撤回，就会排在这里。"),
    )
    return visit.render(
        "faces/desk/subscriber.html", it=it, table=table, kinds=[KINDS[kind] for kind in it.kinds],
        body=bodies([it.agency])[it.agency], places=divisions(it.regions).values(),
        article=cited_all(visit.house, (it.article,)),
    )  # fmt: skip


@page("exchange/new", door="desk", verbs=("subscribe",), title="设立订阅", methods=("GET", "HEAD", "POST"))
def new_subscription(visit: Visit) -> HttpResponseBase:
    """This will open a subscription and show its secret once."""
    asked = ask(visit, SubscriptionForm, review=True)
    if asked.done:
        said = asked.form.cleaned_data
        account = Official.objects.filter(username=said["account"]).first()
        if account is None:
            raise MissingError("door.no_such", number=said["account"])
        wish = subscribing.Wish(
            name=said["name"], title=said["title"], official=account, article=said["article"],
            kinds=said["kinds"], regions=said["regions"].split(), programs=said["programs"].split(),
            url=said["url"], signing=said["signing"], persons=said["persons"],
            answer_within=said["answer_within"],
        )  # fmt: skip
        made = subscribing.subscribe(wish, by=visit.who, house=visit.house, now=visit.now)
        return visit.render(
            "faces/desk/secret.html", it=made, person_key=subscribing.person_key(made, settings.EXCHANGE_KEY),
            secret=subscribing.written_secret(made, settings.EXCHANGE_KEY),
        )  # fmt: skip
    return visit.render(
        "kit/ask.html", asked=asked, title=_("设立订阅"), submit=_("设立"), review=True,
        lead=_("只向依条款负有职责的单位推送；范围有变的，终止后另立。"), back=visit.url("desk:exchange"),
    )  # fmt: skip


@page(
    "exchange/<int:number>/replay",
    door="desk",
    verbs=("replay",),
    title="重送",
    methods=("GET", "HEAD", "POST"),
)
def replay(visit: Visit, number: int) -> HttpResponseBase:
    """This will send everything after a point again, in order."""
    it, asked = _subscriber(visit, number), ask(visit, ReplayForm, review=True)
    if asked.done:
        may = subscribing.entitled_q(it, house=visit.house, on=visit.today)
        count = receipts.replay_from(
            it, after=asked.form.cleaned_data["after"], by=visit.who, entitled=may, now=visit.now
        )
        visit.say(_("已重新排队 %(n)d 条。") % {"n": count})
        return visit.go("desk:subscriber", number=number)
    return visit.render(
        "kit/ask.html", asked=asked, title=_("重送：%(system)s") % {"system": it.title}, submit=_("重送"),
        review=True, lead=_("同一号重复送达，对方按序号只认最新的，不会出错。"),
        back=visit.url("desk:subscriber", number=number),
    )  # fmt: skip


@page("exchange/<int:number>/end", door="desk", verbs=("subscribe",), title="终止订阅", methods=("POST",))
def end_subscription(visit: Visit, number: int) -> HttpResponseBase:
    """This will end a subscription today; withdrawals of what it was told still go out to it."""
    subscribing.unsubscribe(_subscriber(visit, number), by=visit.who, now=visit.now)
    visit.say(_("订阅已终止；此前告知过的，撤回时仍会通知。"))
    return visit.go("desk:subscriber", number=number)


def _subscribers(visit: Visit) -> QuerySet[Subscriber]:
    """This will give the subscriptions of the bodies of the official's divisions."""
    bodies = Agency.objects.filter(visit.scope.q({"region": "region__code"}))
    return Subscriber.objects.filter(agency__in=bodies.values("code"))


def _subscriber(visit: Visit, number: int) -> Subscriber:
    found = _subscribers(visit).filter(pk=number).first()
    if found is None:
        raise MissingError("door.no_such", number=number)
    return found
