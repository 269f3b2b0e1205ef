"""Taking mandates in, at whichever door: the form, whom it names, the acts that give one and take it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa
from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.cases import mandates as given
from chengxin.cases.acts import act
from chengxin.cases.edges import EDGES
from chengxin.cases.mandates import COVERS, Mandate
from chengxin.cases.models import Act
from chengxin.cases.receipt import KEEPER
from chengxin.core import identifiers
from chengxin.core.errors import ChengxinError, InputError
from chengxin.faces.my.papers import PapersField, keep_file, keep_text
from chengxin.kit import DayInput, Visit, spoken
from chengxin.kit.words import language
from chengxin.ledger.agencies import in_office
from chengxin.ledger.content import is_destroyed, open_exhibit
from chengxin.ledger.models import Agency
from chengxin.subjects.codes import compact
from chengxin.subjects.persons import ciphers, digest
from chengxin.subjects.registry import follow, gathered, register, subjects_of_codes

_LONGEST: Final = gettext_lazy("当天不再有效。最长一年；需要更久的，到期重新签署。")


class MandateForm(forms.Form):
    """To whom, for what, until when, with the signed paper."""

    name = forms.CharField(label=gettext_lazy("受托人的姓名或者名称"), max_length=120)
    code = forms.CharField(
        label=gettext_lazy("受托人的代码"), max_length=40,
        help_text=gettext_lazy("统一社会信用代码，或者身份证件号码；只用来核对来人，不在页面和文书上显示。"),
    )  # fmt: skip
    covers = forms.MultipleChoiceField(
        label=gettext_lazy("可以办什么"), widget=forms.CheckboxSelectMultiple()
    )
    since = forms.DateField(label=gettext_lazy("自哪天起"), widget=DayInput())
    until = forms.DateField(label=gettext_lazy("到哪天为止"), widget=DayInput(), help_text=_LONGEST)
    sure = forms.BooleanField(
        label=gettext_lazy("受托人在授权范围内所做的，由当事人承担后果。"),
        error_messages={"required": gettext_lazy("请勾选确认。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        covers = self.fields["covers"]
        if isinstance(covers, forms.MultipleChoiceField):
            covers.choices = [(code, spoken(*words)) for code, words in COVERS.items()]
        hint = _("PDF、JPG 或 PNG，每份不超过 10 MB。")
        self.fields["files"] = PapersField(label=_("签字或者盖章的授权委托书"), help_text=hint)
        self.fields["sure"] = self.fields.pop("sure")


def shown(visit: Visit, one: Mandate, done: Sequence[Act] = ()) -> dict[str, Any]:
    """This will put a mandate into words: to whom, for what, whether it holds, and what was filed under it."""
    gone = is_destroyed(one.named)
    name = "" if gone else open_exhibit(one.named, visit.store, visit.secret).decode("utf-8")
    state = _("有效") if one.is_open(visit.today) else _("尚未开始")
    if one.withdrawn is not None:
        state = _("已撤回")
    elif one.until <= visit.today:
        state = _("已到期")
    filed = [
        {"it": each, "title": spoken(EDGES[each.kind].zh, EDGES[each.kind].en)}
        for each in done
        if each.detail["mandate"] == one.act
    ]
    open_still = one.withdrawn is None and visit.today < one.until
    return {
        "it": one,
        "name": name,
        "covers": words_of(one),
        "state": state,
        "done": filed,
        "open": open_still,
    }


def words_of(one: Mandate) -> list[str]:
    """This will say what a mandate covers."""
    return [spoken(*COVERS[cover]) for cover in one.covers]


def beside(asked: Any, refusal: ChengxinError | None) -> dict[str, Any]:
    """This will give a form's page a refusal to say beside it."""
    return {
        "asked": asked,
        "refused": refusal.sentence(language()) if refusal else "",
        "hint": refusal.hint(language()) if refusal else "",
        "status": refusal.status if refusal else 400 if asked.form.errors else 200,
    }


def give(
    visit: Visit, party: int, said: dict[str, Any], agency: Agency, *, account: int | None = None
) -> Act:
    """This will enter a mandate in the book of a body: the party's own, or taken in by the official on paper.

    Refused, it leaves nobody registered.
    """
    with transaction.atomic():
        agent = _agent(visit, said["code"], said["name"].strip(), agency.region_id)
        named = keep_text(visit, said["name"].strip(), title_zh="受托人")
        papers = [keep_file(visit, one) for one in said["files"]]
        detail: dict[str, Any] = {
            "agent": agent, "named": named, "covers": said["covers"],
            "from": said["since"].isoformat(), "until": said["until"].isoformat(),
        }  # fmt: skip
        detail |= {} if account is None else {"account": account}
        return _entered(visit, given.GIVE, party, agency, detail=detail, papers=[named, *papers])


def take_back(visit: Visit, one: Mandate, text: int, agency: Agency, *, account: int | None = None) -> Act:
    """This will enter that a mandate is withdrawn, in the book of the body that takes it."""
    detail = {"mandate": one.act} | ({} if account is None else {"account": account})
    return _entered(visit, given.WITHDRAW, one.party, agency, detail=detail, papers=[text])


def keeper(visit: Visit) -> Agency:
    """This will name the body that keeps what parties file for the whole platform."""
    return Agency.objects.filter(in_office(visit.today), duty=KEEPER).order_by("pk")[0]


def _entered(
    visit: Visit, kind: str, party: int, agency: Agency, *, detail: dict[str, Any], papers: list[int]
) -> Act:
    """This will write the act: without an official where the party's own account files."""
    return act(
        given.book_of(party, agency, visit.today), kind,
        official=None if "account" in detail else visit.official, agency=agency.code, on=visit.today,
        at=visit.now, bundle=visit.adopted, detail=detail, cites={"exhibits": papers},
    )  # fmt: skip


def _agent(visit: Visit, text: str, name: str, region: str) -> int:
    """The subject of a code that proves itself; one nobody told of yet is registered, its ID number encrypted."""
    code = compact(text)
    (found,) = subjects_of_codes([code], settings.DIGEST_KEY)
    if found is not None:
        return gathered(follow(found))[0]
    row: dict[str, Any] = {"name": [name], "region": [region]}
    if identifiers.is_valid("uscc", code):
        kind, row = "organisation", row | {"scheme": ["uscc"], "code": [code]}
    elif identifiers.is_valid("id_number", code):
        sealed = pa.array(ciphers([code], visit.secret), pa.binary())
        row |= {"scheme": ["id_number"], "code": [digest(code, settings.DIGEST_KEY)], "cipher": sealed}
        kind = "person"
    else:
        raise InputError("mandate.agent_code", code=text)
    return int(register(pa.table(row), kind, visit.now).subject.to_pylist()[0])
