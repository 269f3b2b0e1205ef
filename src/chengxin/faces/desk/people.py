"""Accounts and duties: made by the system administrator, granted by the security administrator, read by the auditor."""

from __future__ import annotations

import secrets
from typing import Any

from axes.utils import reset
from django import forms
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.core.errors import MissingError
from chengxin.faces import entrance, locks
from chengxin.kit import Column, DayInput, Empty, Filter, Table, Visit, ask, page, spoken
from chengxin.ledger import administration
from chengxin.ledger.administration import KINDS
from chengxin.ledger.models import Administration, Agency, Assignment, Official, Region
from chengxin.ledger.officials import assignments
from chengxin.ledger.roles import ROLES
from chengxin.ledger.scope import Scope

THEIRS = ("enrol", "assign", "read_administration")
STATES = {"True": gettext_lazy("在用"), "False": gettext_lazy("停用")}


class AccountForm(forms.Form):
    username = forms.SlugField(
        label=gettext_lazy("账号"), max_length=60, help_text=gettext_lazy("小写字母、数字和短横")
    )
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    agency = forms.ChoiceField(label=gettext_lazy("单位"))
    post = forms.CharField(label=gettext_lazy("岗位"), max_length=60, required=False)

    def __init__(self, *words: Any, scope: Scope, **given: Any) -> None:
        super().__init__(*words, **given)
        inside = scope.q({"region": "region__code"})
        bodies = Agency.objects.filter(inside, valid_to=None).order_by("code")
        self.fields["agency"].choices = [(b.pk, spoken(b.name, b.name_en)) for b in bodies]  # type: ignore[attr-defined]


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=gettext_lazy("职责"))
    region = forms.CharField(
        label=gettext_lazy("区划代码"), max_length=6, help_text=gettext_lazy("六位；含其下各级")
    )
    since = forms.DateField(label=gettext_lazy("自"), widget=DayInput())
    until = forms.DateField(
        label=gettext_lazy("至"),
        widget=DayInput(),
        required=False,
        help_text=gettext_lazy("当天不含；不填为长期"),
    )

    def __init__(self, *words: Any, **given: Any) -> None:
        super().__init__(*words, **given)
        roles = [(r.name, spoken(r.zh, r.en)) for r in ROLES.values() if r.name != administration.PLATFORM]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]

    def clean_region(self) -> str:
        """This will take only a division there is."""
        code = str(self.cleaned_data["region"])
        if not Region.objects.filter(pk=code).exists():
            raise forms.ValidationError(_("没有这个区划代码。"))
        return code


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=200, help_text=gettext_lazy("安全审计员会读到。")
    )


class OutsideForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("单点登录名"), max_length=200, required=False,
        help_text=gettext_lazy("身份平台给这个人的编号；不填则不能单点登录。"),
    )  # fmt: skip


@page("people/", door="desk", verbs=THEIRS, title="人员与职责", rail="oversight", icon="user")
def people(visit: Visit) -> HttpResponseBase:
    """This will list the accounts with their duties of today, and which are closed or locked."""

    def prepared(found: list[Any]) -> list[Any]:
        locked = locks.locked({one.username for one in found}, visit.now)
        for one in found:
            held = dict.fromkeys(each.role for each in assignments(one, visit.today))
            one.duties = "、".join(spoken(ROLES[role].zh, ROLES[role].en) for role in held)
            one.body = spoken(one.agency.name, one.agency.name_en)
            one.now = _("停用") if not one.is_active else _("锁定") if one.username in locked else _("在用")
        return found

    bodies = Agency.objects.filter(officials__in=_accounts(visit)).distinct().order_by("code")
    table = Table(
        "people",
        columns=[
            Column("name", "姓名", link=lambda one: visit.url("desk:account", number=one.pk)),
            Column("username", "账号"),
            Column("body", "单位", sort="agency"),
            Column("post", "岗位"),
            Column("duties", "今天的职责", sort="-", wide=True),
            Column("now", "状态", sort="is_active"),
            Column("last_login", "上次登录", kind="time"),
        ],
        rows=_accounts(visit).select_related("agency"),
        search=("name", "username", "post"),
        filters=[
            Filter("agency", "单位", {b.pk: spoken(b.name, b.name_en) for b in bodies}),
            Filter("is_active", "状态", {key: str(word) for key, word in STATES.items()}),
        ],
        order="username",
        prepare=prepared,
        empty=Empty("没有这样的账号", "换个条件再找。"),
    )
    waiting = administration.pending().filter(_inside(visit)).count()
    return visit.render("faces/desk/people.html", table=table, waiting=waiting)


@page("people/new", door="desk", verbs=("enrol",), title="开立账号", methods=("GET", "HEAD", "POST"))
def new_account(visit: Visit) -> HttpResponseBase:
    """This will make an account without duties and show its first password once."""
    asked = ask(visit, AccountForm, review=True, scope=visit.scope)
    if asked.done:
        said, password = asked.form.cleaned_data, secrets.token_urlsafe(12)
        made = administration.enrol(
            said["username"], said["name"], said["agency"], post=said["post"], password=password,
            by=visit.who, at=visit.now,
        )  # fmt: skip
        return _once(visit, made, password)
    return visit.render(
        "kit/ask.html", asked=asked, title=_("开立账号"), submit=_("开立"), review=True,
        lead=_("新账号没有任何职责；职责由安全管理员授予。"), back=visit.url("desk:people"),
    )  # fmt: skip


@page("people/<int:number>/", door="desk", verbs=THEIRS, title="一个账号")
def account(visit: Visit, number: int) -> HttpResponseBase:
    """This will show an account: whose, which duties since when, and every act of the administrators upon it."""
    it = _account(visit, number)
    table = Table(
        "acts", columns=_columns(), rows=_acts(visit).filter(official=it), order="-at", prepare=_in_words,
        empty=Empty("没有管理行为", "开立、授权、收回、停用都会列在这里。"),
    )  # fmt: skip
    held = it.assignments.filter(_inside(visit)).select_related("region").order_by("-since", "role")
    duties = [
        {
            "number": one.pk, "region": one.region, "since": one.since, "until": one.until,
            "title": spoken(ROLES[one.role].zh, ROLES[one.role].en),
            "open": one.until is None or one.until > visit.today,
        }
        for one in held if one.role in ROLES
    ]  # fmt: skip
    return visit.render(
        "faces/desk/account.html", it=it, duties=duties, table=table,
        locked=it.username in locks.locked({it.username}, visit.now), has_factor=entrance.has_factor(it),
    )  # fmt: skip


@page("people/<int:number>/grant", door="desk", verbs=("assign",), title="授予职责",
      methods=("GET", "HEAD", "POST"))  # fmt: skip
def grant_duty(visit: Visit, number: int) -> HttpResponseBase:
    """This will grant a duty, or ask a colleague to confirm a heavy one."""
    it = _account(visit, number)
    first = {"region": it.agency.region_id, "since": visit.today}
    asked = ask(visit, GrantForm, review=True, initial=first)
    if asked.done:
        said = asked.form.cleaned_data
        done = administration.grant(
            it, said["role"], said["region"], since=said["since"], until=said["until"], by=visit.who,
            at=visit.now,
        )  # fmt: skip
        granted = isinstance(done, Assignment)
        visit.say(_("已授予。") if granted else _("已提请，等另一位安全管理员复核。"))
        return visit.go("desk:account", number=number)
    return visit.render(
        "kit/ask.html", asked=asked, title=_("授予职责：%(name)s") % {"name": it.name}, submit=_("授予"),
        review=True, lead=_("影响他人权利或他人权限的职责，由两位安全管理员办理。"),
        back=visit.url("desk:account", number=number),
    )  # fmt: skip


@page(
    "people/duty/<int:number>/withdraw", door="desk", verbs=("assign",), title="收回职责", methods=("POST",)
)
def withdraw_duty(visit: Visit, number: int) -> HttpResponseBase:
    """This will end a duty from today."""
    held = Assignment.objects.filter(_inside(visit), pk=number).select_related("official").first()
    if held is None:
        raise MissingError("door.no_such", number=number)
    administration.withdraw(held, max(visit.today, held.since), by=visit.who, at=visit.now)
    visit.say(_("职责已收回。"))
    return visit.go("desk:account", number=held.official_id)


@page("people/asked/", door="desk", verbs=("assign", "read_administration"), title="待复核授权",
      rail="oversight", icon="check")  # fmt: skip
def grants_asked(visit: Visit) -> HttpResponseBase:
    """This will list the grants a colleague asked for."""
    rows = [
        {
            "it": one, "title": spoken(ROLES[one.role].zh, ROLES[one.role].en),
            "mine": one.by_id == visit.who.pk,
        }
        for one in administration.pending().filter(_inside(visit))
    ]  # fmt: skip
    return visit.render("faces/desk/asked.html", rows=rows)


@page("people/asked/<int:number>/", door="desk", verbs=("assign",), title="复核授权", methods=("POST",))
def answer_grant(visit: Visit, number: int) -> HttpResponseBase:
    """This will confirm or decline a colleague's request."""
    asked = _acts(visit).filter(pk=number, kind="ask").select_related("official__agency", "by").first()
    if asked is None:
        raise MissingError("door.no_such", number=number)
    if "decline" in visit.request.POST:
        reason = str(visit.request.POST.get("reason", ""))
        administration.decline(asked, reason=reason, by=visit.who, at=visit.now)
        visit.say(_("已答复不予授权。"))
    else:
        administration.confirm(asked, by=visit.who, at=visit.now)
        visit.say(_("已授予。"))
    return visit.go("desk:grants_asked")


@page("people/<int:number>/close", door="desk", verbs=("enrol",), title="停用账号",
      methods=("GET", "HEAD", "POST"))  # fmt: skip
def close_account(visit: Visit, number: int) -> HttpResponseBase:
    """This will close an account at once, with a reason."""
    it, asked = _account(visit, number), ask(visit, ReasonForm)
    if asked.done:
        administration.close(it, reason=asked.form.cleaned_data["reason"], by=visit.who, at=visit.now)
        visit.say(_("账号已停用，它的会话和钥匙同时失效。"))
        return visit.go("desk:account", number=number)
    return _reason(visit, it, asked, _("停用账号：%(name)s"), _("停用"))


@page("people/<int:number>/reopen", door="desk", verbs=("enrol",), title="恢复账号",
      methods=("GET", "HEAD", "POST"))  # fmt: skip
def reopen_account(visit: Visit, number: int) -> HttpResponseBase:
    """This will open a closed account again, with a reason."""
    it, asked = _account(visit, number), ask(visit, ReasonForm)
    if asked.done:
        administration.reopen(it, reason=asked.form.cleaned_data["reason"], by=visit.who, at=visit.now)
        visit.say(_("账号已恢复。"))
        return visit.go("desk:account", number=number)
    return _reason(visit, it, asked, _("恢复账号：%(name)s"), _("恢复"))


@page("people/<int:number>/password", door="desk", verbs=("enrol",), title="重置口令", methods=("POST",),
      binds=True)  # fmt: skip
def new_password(visit: Visit, number: int) -> HttpResponseBase:
    """This will set a first password anew and show it once."""
    it, password = _account(visit, number), secrets.token_urlsafe(12)
    administration.set_password(it, password, by=visit.who, at=visit.now)
    return _once(visit, it, password)


@page("people/<int:number>/outside", door="desk", verbs=("enrol",), title="单点登录对应",
      methods=("GET", "HEAD", "POST"), binds=True)  # fmt: skip
def outside(visit: Visit, number: int) -> HttpResponseBase:
    """This will say by which name the identity provider knows this person."""
    it = _account(visit, number)
    asked = ask(visit, OutsideForm, initial={"name": it.outside_name or ""})
    if asked.done:
        administration.link_outside(it, asked.form.cleaned_data["name"], by=visit.who, at=visit.now)
        visit.say(_("单点登录的对应已更新。"))
        return visit.go("desk:account", number=number)
    return visit.render(
        "kit/ask.html", asked=asked, title=_("单点登录对应：%(name)s") % {"name": it.name}, submit=_("保存"),
        lead=_("身份平台只证明来人是谁；账号和职责仍由三员在这里办理。"),
        back=visit.url("desk:account", number=number),
    )  # fmt: skip


@page("people/<int:number>/unlock", door="desk", verbs=("unlock",), title="解除锁定", methods=("POST",))
def unlock(visit: Visit, number: int) -> HttpResponseBase:
    """This will lift the lock that failed log-ins put on an account."""
    it = _account(visit, number)
    with transaction.atomic():
        administration.note("unlock", "unlock", it, by=visit.who, at=visit.now)
        reset(username=it.username)
    visit.say(_("锁定已解除。"))
    return visit.go("desk:account", number=number)


@page("people/<int:number>/factor", door="desk", verbs=("unlock",), title="重置动态口令", methods=("POST",),
      binds=True)  # fmt: skip
def remove_factor(visit: Visit, number: int) -> HttpResponseBase:
    """This will forget a lost second factor; the next log-in enrols another."""
    it = _account(visit, number)
    with transaction.atomic():
        administration.note("factor", "unlock", it, by=visit.who, at=visit.now)
        entrance.remove_factor(it)
    visit.say(_("动态口令已重置，请本人登录后重新启用。"))
    return visit.go("desk:account", number=number)


@page("administration/", door="desk", verbs=("read_administration",), title="管理行为", rail="oversight",
      icon="shield")  # fmt: skip
def administered(visit: Visit) -> HttpResponseBase:
    """This will list every act of the system and security administrators, for the auditor alone."""
    kinds = {name: spoken(*words) for name, words in KINDS.items()}
    table = Table(
        "administration",
        columns=_columns(whom=lambda act: visit.url("desk:account", number=act.official_id)),
        rows=_acts(visit),
        search=("official__name", "official__username", "by__name", "reason"),
        filters=[Filter("kind", "行为", kinds)],
        order="-at",
        prepare=_in_words,
        empty=Empty("还没有管理行为", "系统管理员和安全管理员每办一件事，都会在这里留下一行。"),
    )
    lead = _("系统管理员与安全管理员对账号和职责所做的每一件事；只能看，不能改。")
    return visit.render("faces/desk/list.html", title=_("管理行为"), lead=lead, table=table)


def _acts(visit: Visit) -> Any:
    return Administration.objects.filter(_inside(visit)).select_related("official", "by", "region")


def _columns(whom: Any = None) -> list[Column]:
    return [
        Column("at", "时间", kind="time"),
        Column("what", "行为", sort="kind"),
        Column("whom", "账号", value="official.name", sort="official__name", link=whom),
        Column("duty", "职责", sort="role"),
        Column("place", "区划", sort="-"),
        Column("since", "自", kind="date"),
        Column("until", "至", kind="date"),
        Column("who", "经办", value="by.name", sort="by__name"),
        Column("reason", "理由", wide=True),
    ]


def _in_words(found: list[Any]) -> list[Any]:
    for act in found:
        act.what = spoken(*KINDS[act.kind])
        act.duty = spoken(ROLES[act.role].zh, ROLES[act.role].en) if act.role in ROLES else ""
        act.place = spoken(act.region.name, act.region.name_en) if act.region else ""
    return found


def _accounts(visit: Visit) -> QuerySet[Official]:
    """The accounts of the bodies in the visitor's division; the platform's own is nobody's to keep."""
    inside = visit.scope.q({"region": "agency__region__code"})
    return Official.objects.filter(inside).exclude(username=administration.PLATFORM)


def _inside(visit: Visit) -> Q:
    """Duties and acts upon those accounts that name no division, or one of the visitor's."""
    upon, named = (
        visit.scope.q({"region": field}) for field in ("official__agency__region__code", "region__code")
    )
    return upon & (Q(region=None) | named)


def _account(visit: Visit, number: int) -> Official:
    found = _accounts(visit).select_related("agency__region").filter(pk=number).first()
    if found is None:
        raise MissingError("door.no_such", number=number)
    return found


def _reason(visit: Visit, it: Official, asked: Any, title: str, submit: str) -> HttpResponseBase:
    return visit.render(
        "kit/ask.html", asked=asked, title=title % {"name": it.name}, submit=submit,
        back=visit.url("desk:account", number=it.pk),
    )  # fmt: skip


def _once(visit: Visit, it: Official, password: str) -> HttpResponseBase:
    return visit.render(
        "faces/desk/once.html", title=_("%(name)s 的首次口令") % {"name": it.name},
        lead=_("只显示这一次，请当面交给本人；首次登录必须更改。"), shown=[password],
        back=visit.url("desk:account", number=it.pk),
    )  # fmt: skip
