"""What a party may do in a matter today, until when, under which article; and from when what is not open yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.cases import service, step_words
from chengxin.cases.edges import EDGES, State, may_follow
from chengxin.cases.mandates import cover_of
from chengxin.cases.procedure import Procedure, procedure_of
from chengxin.cases.repair import eligibility
from chengxin.faces.desk import asked
from chengxin.faces.my.own import Matter
from chengxin.faces.wording import cited_all
from chengxin.kit import Visit, day_words, spoken

FILINGS: Final = {
    "state": (noop("陈述、申辩"), noop("说明事实和理由，可以附证据。机关必须复核并书面答复，不得因此加重。")),
    "ask_hearing": (noop("要求听证"), noop("听证由没有参与调查的人主持，可以委托一至二人代理。")),
    "waive": (noop("放弃陈述、申辩"), noop("没有意见、希望早日办结的，可以放弃；不影响日后提出异议。")),
    "object": (noop("提出异议"), noop("提交当时就标注“异议处理中”，查实后更正或者撤除，并告知所有被告知过的单位。")),
    "urge": (noop("催办"), noop("异议逾期没有答复的，可以催办。")),
    "ask_review": (noop("不服答复，申请复核"), noop("由另一名工作人员重新核查，书面答复。")),
    "apply_repair": (noop("申请信用修复"), noop("三个工作日内受理，十个工作日内答复，不收费。")),
    "own_words": (noop("写一段说明"), noop("五百字以内，与不利信息并列展示，可以随时重写。")),
    "agree_service": (noop("同意电子送达"), noop("签署确认书后，这个机关的文书可以在这里送达，开启当天为送达日。")),
    "withdraw_service": (noop("撤回电子送达的同意"), noop("撤回后，文书改为当面或者邮寄送达。")),
}  # fmt: skip
"""What a party files, in the order a person asks for it: the name and a sentence."""
OPENS: Final = {State.NOTIFIED: "serve", State.DECIDED: "serve_decision"}
"""A paper that waits, and the service that opening it is."""


@dataclass(frozen=True)
class Right:
    """One thing a party may do: until when, or why not today and from when."""

    kind: str
    title: str
    sentence: str
    article: str
    until: date | None
    closed: str


def rights(visit: Visit, matter: Matter, kinds: Collection[str] = FILINGS) -> list[Right]:
    """This will list what may be filed in a matter, open or not yet; what can never be is left out."""
    procedure = procedure_of(matter.case, visit.house)
    following = set(may_follow(matter.point.state, adverse=matter.point.adverse))
    found = []
    for kind, (title, sentence) in FILINGS.items():
        if kind not in kinds or kind not in following or not _applies(visit, matter, procedure, kind):
            continue
        if not covered(visit, kind):
            continue
        found.append(
            Right(
                kind,
                _(title),
                _(sentence),
                _basis(visit, procedure, kind),
                _until(matter, kind),
                closed(visit, matter, kind),
            )
        )  # fmt: skip
    return found


def right(visit: Visit, matter: Matter, kind: str) -> Right | None:
    """This will give one of them."""
    return next((one for one in rights(visit, matter) if one.kind == kind), None)


def covered(visit: Visit, kind: str) -> bool:
    """This will say whether whoever came in may take a step: the party itself any, an agent what its mandate covers."""
    return not visit.me.agent or cover_of(kind) in visit.me.covers


def consented(visit: Visit, matter: Matter) -> bool:
    """This will say whether the party agreed to be served electronically by the body of the case."""
    return bool(service.consents(matter.case, [matter.row or matter.case.subject], visit.today))


def waiting(matter: Matter) -> str:
    """This will name the service that opening the waiting paper is; empty where none waits. Of what burdens nobody
    only a reminder waits to be served."""
    point = matter.point
    served = point.adverse or point.state is State.DECIDED
    return OPENS.get(point.state, "") if served else ""


def may_open(visit: Visit, matter: Matter) -> bool:
    """This will say whether a paper waits that may be opened here: its party agreed to that."""
    kind = waiting(matter)
    return bool(kind) and covered(visit, kind) and consented(visit, matter)


def _applies(visit: Visit, matter: Matter, procedure: Procedure, kind: str) -> bool:
    """This will say whether a filing has anything to be about, today or later."""
    point = matter.point
    if kind in {"agree_service", "withdraw_service"}:
        over = point.state in {State.REPAIRED, State.LAPSED}
        return not over and consented(visit, matter) == (kind == "withdraw_service")
    if kind == "own_words":
        return point.adverse and point.state in {State.IN_FORCE, State.FROZEN, State.DECIDED}
    if kind == "object":
        return point.state is not State.NOTIFIED
    return asked.applies(kind, point, procedure.steps, visit.today)


def closed(visit: Visit, matter: Matter, kind: str) -> str:
    """This will say why a filing is not open today; empty where it is."""
    point, today = matter.point, visit.today
    if kind == "ask_hearing" and point.hearing_until and point.hearing_until < today:
        return spoken(*step_words.CLOSED["over"])
    if kind != "apply_repair" or (told := eligibility(point, today)) is None or not told.missing:
        return ""
    words = [spoken(*step_words.MISSING[name]) for name in told.missing]
    if "too_early" in told.missing:
        words.append(_("最早 %(day)s") % {"day": day_words(told.earliest)})
    return _("；").join(words)


def _basis(visit: Visit, procedure: Procedure, kind: str) -> str:
    """This will cite what a filing stands on: the procedure's own article, else the one its edge is anchored to."""
    own = procedure.articles_of(kind) if kind in procedure.steps else (EDGES[kind].anchor,)
    return cited_all(visit.house, own)


def _until(matter: Matter, kind: str) -> date | None:
    point = matter.point
    return {
        "state": point.statement_until,
        "waive": point.statement_until,
        "ask_hearing": point.hearing_until,
    }.get(kind)
