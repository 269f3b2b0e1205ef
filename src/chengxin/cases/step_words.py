"""The steps beside the road as a clerk names them, and what each is asked: data for every door, in both languages."""

from __future__ import annotations

from typing import Final

Words = tuple[str, str]

STEPS: Final[dict[str, Words]] = {
    "convene_panel": ("组成专家组", "name the panel"),
    "panel_advice": ("登记专家组意见", "enter the panel's advice"),
    "ask_hearing": ("登记听证要求", "enter a request for a hearing"),
    "hold_hearing": ("登记听证笔录", "enter the record of the hearing"),
    "urge": ("催办异议", "urge an answer"),
    "extend": ("批准延长期限", "extend the time"),
    "ask_review": ("登记复核申请", "enter a request for review"),
    "answer_review": ("答复复核", "answer the review"),
    "annotate": ("标注复议、诉讼或者重整", "note a reconsideration, suit or reorganisation"),
    "end_annotation": ("撤除标注", "take the note off"),
    "own_words": ("登记当事人的说明", "enter the party's own statement"),
    "apply_repair": ("登记修复申请", "enter an application for repair"),
    "accept_repair": ("受理修复申请", "take up the application"),
    "refuse_repair": ("不予受理或者不予修复", "refuse the repair"),
    "apologise": ("制作致歉函", "make the apology"),
    "certify": ("出具更正证明", "issue the certificate of correction"),
    "shorten": ("从轻提前终止", "end sooner by the milder rule"),
    "suspend": ("条款失效，中止执行", "suspend: its article is over"),
    "resume": ("恢复执行", "resume"),
    "list_reminders": ("列出当天的提醒", "list the reminders of the day"),
    "remind": ("制作提醒书", "make the reminder"),
    "recall": ("撤下未送达的提醒", "recall an unserved reminder"),
    "warn": ("期限将满，提示承办人", "a deadline is near: warned"),
    "escalate": ("期限已过，报负责人", "a deadline has passed: told to the head"),
}
TEXTS: Final[dict[str, Words]] = {
    "decide": ("决定的理由", "why it is so decided"),
    "hold_hearing": ("听证笔录", "the record of the hearing"),
    "urge": ("催办的内容", "what is said to the body"),
    "extend": ("延长的理由", "why more time is needed"),
    "ask_review": ("不服答复的理由", "why the answer is not accepted"),
    "answer_review": ("复核的结果和理由", "what the review found, and why"),
    "annotate": ("受理通知或者裁定的内容", "the notice of acceptance or the order"),
    "end_annotation": ("决定、判决或者裁定的内容", "the decision or ruling"),
    "own_words": ("说明（五百字以内）", "statement (500 characters at most)"),
    "refuse_repair": ("不予修复的理由", "why repair is refused"),
    "resume": ("恢复执行的理由", "why it goes on"),
}
"""The text that each comes with; it is kept as an exhibit."""
ASKED: Final[dict[str, Words]] = {
    "ground": ("异议事由", "ground"),
    "evidence": ("新的证据", "new evidence"),
    "outcome": ("处理结果", "outcome"),
    "opinion": ("审核意见", "opinion"),
    "what": ("是什么程序", "what is pending"),
    "docket": ("案号", "docket number"),
    "order": ("停止执行的决定或者裁定", "the order that suspends"),
    "stay_article": ("停止执行的条款", "the article that suspends"),
    "reason": ("不予修复的理由", "reason"),
    "proof": ("履行义务、纠正行为的证明", "proof of performance and correction"),
    "commitment": ("信用承诺书", "written commitment"),
    "told_on": ("哪天通知听证的时间、地点", "day on which the party was told when and where"),
    "members": ("专家", "experts"),
    "voices": ("专家组意见", "voices of the panel"),
    "since": ("拟自哪天起执行", "proposed to begin on"),
    "until": ("拟执行到哪天为止", "proposed to end on"),
    "article": ("据以恢复的现行条款", "the article in force it now stands on"),
}
HINTS: Final[dict[str, Words]] = {
    "evidence": (
        "没有新证据再次提出的异议照样答复，不再标注。",
        "An objection repeated without new evidence is answered and not marked anew.",
    ),
    "order": ("没有决定或者裁定的，只标注，不停止执行。", "Without an order it is noted and goes on."),
    "members": (
        "每行一人，用空格隔开：代码 类别 申明。类别：{capacities}。申明：与当事人、投诉人都没有利害关系的写“无”；"
        "有的写“当事人”或者“投诉人”，即回避，不参加。例如：ZJ01 法律 无",
        "One a line, apart by spaces: code, capacity, declaration. Capacities: {capacities}. Who has no interest in "
        "party or complainant writes “none”; else “party” or “complainant”, and stands back. Example: ZJ01 law none",
    ),
    "paper": (
        "各人的理由写在同一份意见书上的，录入意见书即可，不必逐人填写理由。",
        "Where one paper holds the reasons of all, enter the paper instead of each reason.",
    ),
    "reasons": (
        "没有录入评审意见书的，逐人写明；意见和理由一并存为附件。",
        "Said by each unless the paper is entered; vote and reasons are kept together as an exhibit.",
    ),
    "until": ("决定不得比告知的更重。", "The decision may be no heavier than what is told here."),
}
CLEAR: Final = frozenset({"无", "none"})
"""How a line says that an expert has no interest."""
VOICES: Final[dict[str, Words]] = {
    "vote": ("意见", "vote"),
    "reasons": ("理由", "reasons"),
    "paper": ("评审意见书（在外单位评审的）", "the panel's paper (where it sat elsewhere)"),
}
ADVICE: Final[dict[str, Words]] = {
    "support": ("支持认定", "supports the determination"),
    "oppose": ("不支持认定", "does not support it"),
}
MISSING: Final[dict[str, Words]] = {
    "not_in_force": ("决定没有在执行", "the decision is not being carried out"),
    "asked": ("已有一份申请正在办理", "an application is being dealt with"),
    "too_early": ("最短公示期未满", "the shortest period of publication is not over"),
}
"""What still stands against an application for repair."""
CLOSED: Final[dict[str, Words]] = {
    "too_early": ("最短公示期未满", "the shortest period is not over"),
    "not_taken_up": ("没有已受理的修复申请", "no application for repair was taken up"),
    "not_due": ("还没有逾期的异议", "no objection is overdue"),
    "over": ("期限已过", "its time is over"),
    "hearing": (
        "听证尚未举行，或者要求听证的期限未满",
        "the hearing is still to come, or may still be asked for",
    ),
    "panel": ("尚无专家组意见", "the panel has not advised"),
    "legal_review": ("尚未经过法制审核，或者审核不同意", "no legal review agrees to it yet"),
    "no_mismatch": ("没有查明平台关联错误，或者已经致歉", "no mismatch was found, or the apology was made"),
    "not_apologised": ("更正证明在致歉之后出具", "the certificate follows the apology"),
}
