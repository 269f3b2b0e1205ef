"""The drawn table of steps: what may follow what, in a sentence, and the article that says so.

This is the kernel's floor of due process. A procedure of a program may ask for more (co-signers, a legal
review, a longer period) and never for less.

::

    open ─ propose ▶ proposed ─ notify ▶ notified ─ serve ▶ served ─ state ▶ stated ─ answer ▶ answered
                        │                                      │ └── waive ───────────────────▶ │
                        │ decide, not adverse                  │ decide, after the period       │ decide
                        ▼                                      ▼                                ▼
                     in_force ◀──────── serve_decision ──── decided ◀───────────────────────────┘
                        └─ lapse ▶ lapsed   └─ repair ▶ repaired   └─ revoke ▶ revoked

    Beside the road, which they do not move: agree_service, withdraw_service, fail_service; cosign,
    legal_review, convene_panel, panel_advice; ask_hearing, hold_hearing; object, route, urge, extend,
    answer_objection, ask_review, answer_review; annotate, end_annotation; apply_repair, accept_repair,
    refuse_repair; own_words; apologise, certify;
    shorten, suspend, resume; warn, escalate.
    receive, propose_adoption, adopt, confirm_text, issue_bill, return_bill, give_mandate, withdraw_mandate keep a
    book: they begin at ``open`` and stay at ``kept``. So does list_reminders; each row of it goes
    open ─ remind ▶ decided ─ serve_decision ▶ in_force ─ lapse ▶ lapsed, or, not served, decided ─ recall ▶ taken_out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chengxin.core.errors import RefusedByLaw


class State(StrEnum):
    """Where a case, or one row of its schedule, stands."""

    OPEN = "open"
    PROPOSED = "proposed"
    NOTIFIED = "notified"
    SERVED = "served"
    STATED = "stated"
    ANSWERED = "answered"
    DECIDED = "decided"
    IN_FORCE = "in_force"
    FROZEN = "frozen"
    TAKEN_OUT = "taken_out"
    LAPSED = "lapsed"
    REVOKED = "revoked"
    REPAIRED = "repaired"
    KEPT = "kept"


ENDED = frozenset({State.TAKEN_OUT, State.LAPSED, State.REVOKED, State.REPAIRED})

TITLES: dict[State, tuple[str, str]] = {
    State.OPEN: ("已立案", "opened"),
    State.PROPOSED: ("已提出", "proposed"),
    State.NOTIFIED: ("已告知", "notice made"),
    State.SERVED: ("告知已送达", "notice served"),
    State.STATED: ("已陈述申辩", "statement made"),
    State.ANSWERED: ("陈述申辩已答复", "statement answered"),
    State.DECIDED: ("已决定，未送达", "decided, not yet served"),
    State.IN_FORCE: ("生效中", "in force"),
    State.FROZEN: ("暂停执行", "suspended for the time being"),
    State.TAKEN_OUT: ("已撤出", "taken out"),
    State.LAPSED: ("已到期", "lapsed"),
    State.REVOKED: ("已撤销", "revoked"),
    State.REPAIRED: ("已修复退出", "repaired"),
    State.KEPT: ("登记中", "kept"),
}


@dataclass(frozen=True, slots=True)
class Edge:
    """One step: from where, to where (None: beside the road), a sentence, and its anchor in law."""

    act: str
    before: frozenset[State]
    after: State | None
    zh: str
    en: str
    anchor: str


_PREPARING = frozenset({State.PROPOSED, State.NOTIFIED, State.SERVED, State.STATED, State.ANSWERED})
_BINDING = frozenset({State.IN_FORCE, State.FROZEN})
_DONE = _BINDING | {State.DECIDED}
_HEARABLE = frozenset({State.SERVED, State.STATED, State.ANSWERED})
_CONTESTED = (_PREPARING - {State.PROPOSED}) | {State.DECIDED} | _BINDING
_BOOK = frozenset({State.OPEN, State.KEPT})
_WATCHED = frozenset(State) - {State.OPEN, State.KEPT}

_ROAD = (
    Edge(
        "propose",
        frozenset({State.OPEN}),
        State.PROPOSED,
        "承办人依据事实和条款提出处理意见",
        "an official proposes, naming the facts and the article",
        "apl-2021#40",
    ),
    Edge(
        "cosign",
        _PREPARING,
        None,
        "会签机关对同一份意见签署",
        "a body whose consent is needed signs the same proposal",
        "apl-2021#57",
    ),
    Edge(
        "legal_review",
        _PREPARING,
        None,
        "法制审核人员提出审核意见",
        "a legal officer reviews before the decision",
        "apl-2021#58",
    ),
    Edge(
        "notify",
        frozenset({State.PROPOSED}),
        State.NOTIFIED,
        "制作告知书：事实、理由、依据和当事人的权利",
        "a notice says the facts, reasons, basis and rights",
        "apl-2021#44",
    ),
    Edge(
        "serve",
        frozenset({State.NOTIFIED}),
        State.SERVED,
        "告知书送达当事人，陈述申辩期限开始",
        "the notice is served and the time to state begins",
        "apl-2021#44",
    ),
    Edge(
        "agree_service",
        _PREPARING | _CONTESTED | ENDED,
        None,
        "当事人签署确认书，同意电子送达",
        "the party agrees in writing to electronic service",
        "apl-2021#61",
    ),
    Edge(
        "withdraw_service",
        _PREPARING | _CONTESTED | ENDED,
        None,
        "当事人撤回电子送达的同意",
        "the party takes its consent to electronic service back",
        "apl-2021#61",
    ),
    Edge(
        "fail_service",
        frozenset({State.NOTIFIED, State.DECIDED}),
        None,
        "送达未成：写明方式和原因，可以改用公告送达",
        "an attempt at service failed: by which means, and why",
        "apl-2021#61",
    ),
    Edge(
        "state",
        frozenset({State.SERVED}),
        State.STATED,
        "当事人陈述、申辩",
        "the party states its case",
        "apl-2021#45",
    ),
    Edge(
        "waive",
        frozenset({State.SERVED}),
        State.ANSWERED,
        "当事人书面放弃陈述、申辩",
        "the party waives its statement in writing",
        "apl-2021#45",
    ),
    Edge(
        "answer",
        frozenset({State.STATED}),
        State.ANSWERED,
        "机关复核并答复：成立的采纳，不得因申辩加重",
        "the body rechecks and answers; what is founded is adopted",
        "apl-2021#45",
    ),
    Edge(
        "convene_panel",
        _PREPARING,
        None,
        "组成专家组：人数为单数，逐一核对有无利害关系",
        "a panel is named: an odd number, each checked for conflicts",
        "apl-2021#57",
    ),
    Edge(
        "panel_advice",
        _PREPARING,
        None,
        "专家组表决，以过半数形成意见并说明理由",
        "the panel votes and advises by majority, with reasons",
        "apl-2021#57",
    ),
    Edge(
        "ask_hearing",
        _HEARABLE,
        None,
        "当事人要求听证",
        "the party asks for a hearing",
        "apl-2021#64",
    ),
    Edge(
        "hold_hearing",
        _HEARABLE,
        None,
        "举行听证，制作笔录",
        "the hearing is held and put on record",
        "apl-2021#64",
    ),
    Edge(
        "take_out",
        _PREPARING,
        State.TAKEN_OUT,
        "不予决定，撤出名单",
        "nothing is decided: taken out",
        "apl-2021#57",
    ),
    Edge(
        "decide",
        frozenset({State.SERVED, State.ANSWERED}),
        State.DECIDED,
        "机关负责人作出决定",
        "the body decides",
        "apl-2021#57",
    ),
    Edge(
        "serve_decision",
        frozenset({State.DECIDED}),
        State.IN_FORCE,
        "决定书送达当事人，自此对其生效",
        "the decision is served and binds from now",
        "apl-2021#61",
    ),
    Edge(
        "execute",
        _BINDING,
        None,
        "向执行单位发出执行文件",
        "those who carry it out are told by document",
        "apl-2021#72",
    ),
    Edge(
        "review",
        _BINDING,
        None,
        "到期复查退出条件，定下次复查日",
        "the exit condition is reviewed and the next review dated",
        "gbf-2020-49#7",
    ),
    Edge(
        "object",
        _CONTESTED,
        None,
        "当事人提出异议，即时标注",
        "the party objects; the mark stands at once",
        "sz-credit-2023#51",
    ),
    Edge(
        "route",
        _CONTESTED | ENDED,
        None,
        "异议转交作出原决定的机关",
        "the objection goes to the body that made what is objected to",
        "sz-credit-2023#51",
    ),
    Edge(
        "urge",
        _CONTESTED | ENDED,
        None,
        "逾期未答复，催办",
        "no answer came in time: the body is urged",
        "sz-credit-2023#51",
    ),
    Edge(
        "extend",
        _CONTESTED | ENDED,
        None,
        "情况复杂，经负责人批准延长一次",
        "a complex matter: the head extends the time once",
        "sz-credit-2023#51",
    ),
    Edge(
        "answer_objection",
        _CONTESTED | ENDED,
        None,
        "异议办结，书面答复，标注撤除",
        "the objection is answered in writing and the mark comes off",
        "sz-credit-2023#51",
    ),
    Edge(
        "ask_review",
        _CONTESTED | ENDED,
        None,
        "当事人不服答复，申请复核",
        "the party does not accept the answer and asks for a second look",
        "sz-credit-2023#51",
    ),
    Edge(
        "answer_review",
        _CONTESTED | ENDED,
        None,
        "由另一名工作人员复核并书面答复",
        "another official looks again and answers in writing",
        "sz-credit-2023#51",
    ),
    Edge(
        "annotate",
        _DONE,
        None,
        "复议、诉讼或者重整期间，在旁标注",
        "reconsideration, a suit or reorganisation is noted beside it",
        "sz-credit-2023#43",
    ),
    Edge(
        "end_annotation",
        _DONE | ENDED,
        None,
        "复议、诉讼或者重整终结，标注撤除",
        "it is over, and the note comes off",
        "sz-credit-2023#43",
    ),
    Edge(
        "own_words",
        _CONTESTED,
        None,
        "当事人的说明，与不利信息并列",
        "the party's own statement stands beside what burdens it",
        "cir-2013#16",
    ),
    Edge(
        "apologise",
        _CONTESTED | ENDED,
        None,
        "平台关联错了：书面致歉，列明已告知的单位",
        "a mismatch of ours: we apologise, and say who was told",
        "sz-credit-2023#51",
    ),
    Edge(
        "certify",
        _CONTESTED | ENDED,
        None,
        "更正完毕，出具更正证明，可扫码核验",
        "it is corrected: a certificate says so, with a code to check it by",
        "sz-credit-2023#51",
    ),
    Edge(
        "apply_repair",
        _BINDING,
        None,
        "当事人申请修复，附履行证明和信用承诺书",
        "the party applies for repair, with proof and its commitment",
        "ndrc-36-2025#5",
    ),
    Edge(
        "accept_repair",
        _BINDING,
        None,
        "决定受理修复申请",
        "the application is taken up",
        "gbf-2025-22#1",
    ),
    Edge(
        "refuse_repair",
        _BINDING,
        None,
        "不予受理或者不予修复，写明理由",
        "repair is refused, with the reason",
        "ndrc-36-2025#6",
    ),
    Edge(
        "repair",
        _BINDING,
        State.REPAIRED,
        "条件满足，修复退出",
        "the exit condition is met: repaired",
        "ndrc-36-2025#3",
    ),
    Edge(
        "revoke",
        _BINDING | {State.DECIDED},
        State.REVOKED,
        "决定被撤销、变更或确认违法",
        "the decision is revoked, changed or found unlawful",
        "apl-2021#48",
    ),
    Edge(
        "shorten",
        _BINDING,
        None,
        "新规定较轻，从轻提前终止，不得延长",
        "the new rule is milder: it ends sooner, and never later",
        "apl-2021#37",
    ),
    Edge(
        "suspend",
        _BINDING,
        None,
        "所依据的条款失效，中止执行",
        "the article it stands on is no longer in force: it is suspended",
        "apl-2021#75",
    ),
    Edge(
        "resume",
        _BINDING,
        None,
        "中止的原因消除，恢复执行到期满为止",
        "why it was suspended is over: it goes on until its end",
        "apl-2021#75",
    ),
    Edge(
        "lapse",
        _BINDING,
        State.LAPSED,
        "期限届满，自行终止",
        "its term is over and it ends by itself",
        "ndrc-36-2025#3",
    ),
)
_BOOKS = (
    Edge("receive", _BOOK, State.KEPT, "收到报送单位告知的信息，出具回执",
         "what a department told us is received, with a receipt", "js-credit-2021#16"),
    Edge("propose_adoption", _BOOK, State.KEPT, "提出采用一套政策文件包，列明改动",
         "an official proposes that a bundle of policy be adopted, with what it changes", "js-credit-2021#6"),
    Edge("adopt", _BOOK, State.KEPT, "由另一人确认，采用一套政策文件包，自某日起适用",
         "another confirms it: a bundle of policy is adopted from a day", "js-credit-2021#6"),
    Edge("confirm_text", _BOOK, State.KEPT, "附上条款的正式文本，由两名法制人员签字确认",
         "the official text of an article is attached, and two officials sign it", "js-credit-2021#6"),
    Edge("issue_bill", _BOOK | _BINDING, None, "发出账单文件", "a bill file is issued", "js-sewage-fee-2016#5"),
    Edge("give_mandate", _BOOK, State.KEPT, "签署授权委托书", "a mandate is given to an agent", "cc-2020#165"),
    Edge("withdraw_mandate", _BOOK, State.KEPT, "撤回授权", "a mandate is taken back", "cc-2020#173"),
    Edge("return_bill", _BOOK | _BINDING, None, "执行单位回报已收、欠缴",
         "those who billed return what was collected and owed", "js-sewage-fee-2016#6"),
)  # fmt: skip
_BY_CLOCK = (
    Edge("list_reminders", frozenset({State.OPEN}), State.KEPT, "时钟列出当天应当提醒的各家和事项",
         "the clock lists who is to be reminded today, and of what", "apl-2021#6"),
    Edge("remind", frozenset({State.OPEN}), State.DECIDED, "期限届满之前、状态变化之后提醒当事人，不设定义务",
         "a reminder before a window ends, or after a status changed: it binds nobody", "apl-2021#6"),
    Edge("recall", frozenset({State.DECIDED}), State.TAKEN_OUT,
         "事由已经消除或者期限已过，没有送达的提醒不再送出",
         "its cause is gone or its window over: a reminder that was not served is not sent", "apl-2021#6"),
    Edge("warn", _WATCHED, None, "机关的期限将满，时钟提示承办人",
         "a deadline of the body is near: the clock warns who handles it", "apl-2021#75"),
    Edge("escalate", _WATCHED, None, "机关的期限已过，时钟报负责人",
         "a deadline of the body has passed: the clock tells the head", "apl-2021#75"),
)  # fmt: skip
_DRAWN = (*_ROAD, *_BOOKS)

EDGES: dict[str, Edge] = {edge.act: edge for edge in (*_DRAWN, *_BY_CLOCK)}

FREE_DECISION = frozenset({State.PROPOSED})
"""From where a decision that is not adverse may also be made: nobody is burdened, so nobody must be heard."""


CLOCK_ALONE = frozenset(edge.act for edge in _BY_CLOCK)
"""No official takes these: they are facts of the calendar, or a reminder that its finding asks for."""


def may_follow(state: State, *, adverse: bool = True) -> tuple[str, ...]:
    """This will name the acts that somebody may take next, in the order of the drawing."""
    return tuple(edge.act for edge in _DRAWN if state in _befores(edge, adverse=adverse))


def edge_of(act: str) -> Edge:
    """This will give the edge of a step, or refuse with the steps there are."""
    edge = EDGES.get(act)
    if edge is None:
        raise RefusedByLaw("act.unknown", act=act, known=", ".join(EDGES))
    return edge


def check(act: str, state: State, *, adverse: bool = True) -> Edge:
    """This will return the edge, or refuse with what may come instead."""
    edge = edge_of(act)
    if state not in _befores(edge, adverse=adverse):
        following = may_follow(state, adverse=adverse)
        raise RefusedByLaw("act.out_of_order", act=act, state=state.value, next=", ".join(following) or "—")
    return edge


def _befores(edge: Edge, *, adverse: bool) -> frozenset[State]:
    if edge.act == "decide" and not adverse:
        return edge.before | FREE_DECISION
    return edge.before
