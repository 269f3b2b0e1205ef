"""From an act to the trace of its document: who, under which number, on which facts and articles.

What only a program can say (how a surcharge is to be carried out) it gives as paragraphs; the rest stands
in the case file and in the bundle the act names.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from chengxin.cases.adopted import Adopted
from chengxin.cases.confirmation import as_of
from chengxin.cases.documents import Kind, Trace, chinese_day
from chengxin.cases.grounds import Grounds
from chengxin.cases.line_words import holding, lines_of, reminder
from chengxin.cases.mismatch_words import MISMATCHED, mended, mistaken_matter, told_table
from chengxin.cases.models import Act, Case
from chengxin.cases.panel import SUPPORT
from chengxin.cases.procedure import procedure_of
from chengxin.cases.repair import PAPERS, SEVERITIES
from chengxin.cases.rules import agency_of
from chengxin.cases.schedules import rows
from chengxin.cases.service import LETTER, MEANS, PUBLIC_NOTICE
from chengxin.core.errors import InputError
from chengxin.core.money import format_fen
from chengxin.core.periods import Period
from chengxin.engine.store import Store
from chengxin.ledger.agencies import competent
from chengxin.ledger.models import Agency
from chengxin.policy.house import House
from chengxin.policy.procedures import SHORTEST_REQUEST
from chengxin.subjects.registry import Card, card

KINDS: dict[str, Kind] = {
    "notify": "notice",
    "serve": "service",
    "decide": "decision",
    "serve_decision": "decision",
    "execute": "execution",
    "repair": "exit",
    "revoke": "exit",
    "receive": "receipt",
    "issue_bill": "bill",
    "route": "routing",
    "apologise": "apology",
    "certify": "correction",
    "remind": "reminder",
}
_UNITS = {"wd": "个工作日", "d": "日", "h": "小时", "m": "个月", "y": "年"}


def trace_of(act: Act, *, bundle: Adopted, store: Store, check_url: str, **paragraphs: Any) -> Trace:
    """This will draw up the trace of the document an act is; ``paragraphs`` replace or add fields of it.

    ``bundle`` is the one the act names. Facts come from the records the act, or else its proposal, cites.
    Raises ``InputError`` for an act that is no document.
    """
    if act.kind not in KINDS:
        raise InputError("document.not_one", act=act.kind, known=", ".join(KINDS))
    house = as_of(bundle, act.on).house
    articles = [house.articles[name] for name in act.articles if name in house.articles]
    about = _party(act)
    drawn = Trace(
        kind="reminder" if _reminds(act, house) else KINDS[act.kind],
        issuers=_issuers(act),
        number=_number(act),
        on=act.on,
        matter=mistaken_matter(act) or _matter(act.case, bundle),
        addressee=about.name if about else _addressee(act),
        case_number=act.case.title if act.kind == "receive" else act.case.number,
        digest=act.digest,
        check_url=check_url,
        party=_lines_of_party(about),
        facts=_facts(act, Grounds(store, house)),
        law=tuple((article.citation, article.gist) for article in articles),
        reasons=_reasons(act, store, house),
        holding=_holding(act, store, house),
        hearing=_hearing(act),
        rights=_rights(act, bundle),
        exit=_exit(act),
        words=_words(act, bundle, about),
        table=told_table(act),
        proposal=act.kind != "receive" and any(article.status == "proposal" for article in articles),
    )
    words = {**drawn.words, **paragraphs.pop("words", {})}
    return dataclasses.replace(drawn, words=words, **paragraphs)


def _issuers(act: Act) -> tuple[str, ...]:
    """The body that acts; where others signed with it, they too, in the order they signed. A receipt is
    given by the body that keeps the platform, not by the one that handed in."""
    if act.kind == "receive":
        region = act.case.region
        keeper = competent("credit", region, act.on) or competent("platform", region, act.on)
        return (keeper.name if keeper else agency_of(act.agency).name,)
    codes = [act.agency]
    if act.kind in {"decide", "serve_decision", "execute"}:
        signed = act.case.acts.filter(kind="cosign").order_by("id").values_list("agency", flat=True)
        codes.extend(code for code in signed if code not in codes)
    names: dict[str, str] = dict(Agency.objects.filter(pk__in=codes).values_list("code", "name"))
    return tuple(names[code] for code in codes)


def _number(act: Act) -> str:
    """The number of the document; of a decision that is served, its own; of a receipt, the batch's."""
    if act.kind == "receive":
        return f"收件第{act.cites['batches'][0]}号"
    if act.kind == "serve":
        return str(act.detail["receipt"])
    served = act.detail.get("decision") if act.kind == "serve_decision" else None
    said = Act.objects.get(pk=served).detail if served else act.detail
    return str(said.get("number") or act.case.number)


def _matter(case: Case, bundle: Adopted) -> str:
    procedure = procedure_of(case, bundle.house)
    return procedure.effect.title if procedure.effect else procedure.title


def _party(act: Act) -> Card | None:
    """The one it is about; for a site, the one that answers for it."""
    subject = act.subject or act.case.subject
    if subject is None or act.kind == "route":
        return None
    about = card(subject)
    return card(about.answers_for) if about.answers_for else about


def _lines_of_party(about: Card | None) -> tuple[tuple[str, str], ...]:
    if about is None:
        return ()
    code = (("统一社会信用代码", about.codes["uscc"]),) if "uscc" in about.codes else ()
    return (("当事人", about.name), *code)


def _addressee(act: Act) -> str:
    """Of a letter: the body it goes to; of a receipt: the one that handed in."""
    to = act.detail.get("to") or act.detail.get("company") or act.agency
    agency = Agency.objects.filter(pk=to).first()
    return agency.name if agency else str(to)


def _facts(act: Act, grounds: Grounds) -> tuple[str, ...]:
    if act.kind == "receive":
        return _received(act.detail, grounds.house)
    if act.kind == "serve":
        return _served_paper(act)
    if act.kind == "issue_bill":
        return (f"账单文件共{act.detail['lines']}行，合计{format_fen(act.detail['fen'])}。",)
    records = act.cites.get("records") or _proposed(act, grounds.store)
    known = [ground for record in sorted(set(records)) if (ground := grounds.of(record)) is not None]
    names: dict[str, str] = dict(
        Agency.objects.filter(pk__in={ground.agency for ground in known}).values_list("code", "name")
    )
    return tuple(
        f"{ground.title}（{names.get(ground.agency, ground.agency)}于{chinese_day(ground.told_on)}报送）。"
        for ground in known
    )


def _served_paper(act: Act) -> tuple[str, ...]:
    told = act.case.acts.filter(kind="notify", subject=act.subject, pk__lt=act.pk).order_by("-id").first()
    return (f"事先告知书（{told.detail['number']}）。",) if told else ()


def _service(said: Mapping[str, Any]) -> tuple[str, ...]:
    """By which means it was served and on which day, with what proves it."""
    proof = f"邮件号码：{said['tracking']}。" if said["means"] == LETTER else ""
    period = f"公告期：{_length(said['notice_period'])}。" if said["means"] == PUBLIC_NOTICE else ""
    return (
        f"{MEANS[said['means']][0]}。{proof}{period}",
        f"送达日期：{_day(said['served_on'])}。陈述、申辩的期限自次日起算，到{_day(said['statement_until'])}为止。",
    )


def _length(period: str) -> str:
    parsed = Period.parse(period)
    return f"{parsed.count}{_UNITS[parsed.unit]}"


def _received(said: Mapping[str, Any], house: House) -> tuple[str, ...]:
    item = house.items[said["item"]]
    told = chinese_day(date.fromisoformat(said["told_on"]))
    if said["nil"]:
        return (f"事项：{item.title}。告知日：{told}。本期无信息（零报告）。",)
    return (
        f"事项：{item.title}。告知日：{told}。",
        f"共读入{said['read']}行：收下{said['taken']}行，已有{said['held']}行，退回{said['quarantined']}行；"
        f"收下的行中，有{said['unlinked']}行尚待确认主体。",
    )


def _proposed(act: Act, store: Store) -> list[int]:
    """The records the proposal rests on: in a mass decision, those of the row's lines."""
    if act.schedule is not None:
        subjects = None if act.subject is None else [act.subject]
        because = rows(act.schedule, store, subjects).select(["because"]).to_pylist()
        return [record for line in because for record in line["because"] or ()]
    proposal = act.case.acts.filter(kind="propose").order_by("-id").first()
    return list(proposal.cites.get("records", ())) if proposal else []


def _reasons(act: Act, store: Store, house: House) -> tuple[str, ...]:
    """A notice says what is about to be decided; a receipt, what becomes of the rows that went back."""
    if act.kind == "receive":
        returned = act.detail["quarantined"]
        return ("退回的行附有原因和改法，改正后可以重新报送；不因此对当事人作不利记录。",) if returned else ()
    return tuple(f"本机关拟决定{text}" for text in _said(act, store, house)) if act.kind == "notify" else ()


def _holding(act: Act, store: Store, house: House) -> tuple[str, ...]:
    if act.kind in {"repair", "revoke"}:
        ends = chinese_day(date.fromisoformat(act.detail["ends_on"]))
        part = f"（{act.detail['part']}）" if act.detail.get("part") else ""
        return (f"自{ends}起终止{part}。",)
    if act.kind == "serve":
        return _service(act.detail)
    if act.kind in MISMATCHED:
        return mended(act)
    if _reminds(act, house):
        shows = procedure_of(act.case, house).brings().shows
        return reminder(lines_of(act, store, house), shows, house)
    return _said(act, store, house) if KINDS[act.kind] == "decision" else ()


def _said(act: Act, store: Store, house: House) -> tuple[str, ...]:
    effect = procedure_of(act.case, house).effect
    return holding(lines_of(act, store, house), effect.shows if effect else (), house)


def _reminds(act: Act, house: House) -> bool:
    """A reminder and its service are one paper."""
    served = act.kind in {"remind", "serve_decision"}
    return served and procedure_of(act.case, house).reminds is not None


def _hearing(act: Act) -> tuple[str, ...]:
    """Whether the party was heard, as the acts before this one say."""
    if KINDS[act.kind] != "decision":
        return ()
    road = act.case.acts.filter(subject=act.subject, pk__lt=act.pk).order_by("id")
    done = {one.kind: one for one in road}
    return (*_stated({kind: one.on for kind, one in done.items()}), *_advised(done))


def _stated(done: Mapping[str, date]) -> tuple[str, ...]:
    if "answer" in done:
        return (
            f"你单位于{chinese_day(done['state'])}陈述、申辩，本机关已复核并于{chinese_day(done['answer'])}答复。",
        )
    if "waive" in done:
        return ("你单位书面放弃陈述、申辩。",)
    return ("你单位在规定期限内未陈述、申辩。",) if "serve" in done else ()


def _advised(done: Mapping[str, Act]) -> Iterator[str]:
    """The hearing that was held, and what the panel advised with how many voices."""
    if "hold_hearing" in done:
        yield f"应你单位要求，本机关于{chinese_day(done['hold_hearing'].on)}举行听证，制作笔录。"
    if "panel_advice" in done:
        said = done["panel_advice"].detail
        advice = "支持" if said["advice"] == SUPPORT else "不支持"
        yield f"专家组{said['pro'] + said['contra']}人评审，{said['pro']}人赞成、{said['contra']}人反对，{advice}认定。"


def _rights(act: Act, bundle: Adopted) -> tuple[str, ...]:
    """A notice that opens a hearing says until when and how it is asked for (行政处罚法 63、64)."""
    if act.kind != "notify" or not act.detail.get("hearing"):
        return ()
    within = procedure_of(act.case, bundle.house).within("ask_hearing") or SHORTEST_REQUEST
    return (
        f"你单位可以自收到本告知书之日起{_length(within)}内要求听证，不承担听证的费用。要求听证的，本机关在举行听证的"
        "七个工作日前通知时间、地点；听证由非本案调查人员主持，你单位可以亲自参加，也可以委托一至二人代理。",
    )


def _exit(act: Act) -> tuple[str, ...]:
    reviews = {line["review_on"] for line in act.detail.get("lines", ()) if line["review_on"]}
    return (
        *(f"没有确定终止日期的，符合退出条件即行终止；{_day(day)}前复查。" for day in sorted(reviews)),
        *_repair(act),
    )


def _repair(act: Act) -> tuple[str, ...]:
    """The notice on repair goes out with the decision (两书同达)."""
    told = act.detail.get("repair")
    if not told:
        return ()
    return (
        f"信用修复告知：失信程度为{SEVERITIES[told['severity']][0]}；公示期限自本决定书作出之日起算，"
        f"到{_day(told['until'])}自行终止；{_day(told['since'])}起可以申请修复，只需"
        f"{'和'.join(words[0] for words in PAPERS.values())}，"
        "三个工作日内决定是否受理，十个工作日内答复，不收取费用。",
    )


def _words(act: Act, bundle: Adopted, about: Card | None) -> dict[str, str]:
    procedure = procedure_of(act.case, bundle.house)
    subject = act.subject or act.case.subject
    due = act.detail.get("due_on")
    return {
        "statement": _length(procedure.statement),
        "count": str(act.detail.get("rows", 1)),
        "period": str(act.detail.get("period", "")),
        "due": f"{_day(due)}前" if due else "五个工作日内",
        "party_name": about.name if about else (card(subject).name if subject else ""),
    }


def _day(text: str) -> str:
    return chinese_day(date.fromisoformat(text))
