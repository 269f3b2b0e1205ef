"""The desk: a left rail by task, a worklist by the clock, and every list within the official's scope."""

from __future__ import annotations

from chengxin.faces.desk.batches import batch, batches, refused, refused_sheet, withdraw_batch
from chengxin.faces.desk.cases import case, cases, document, take_act
from chengxin.faces.desk.intake import hand_in, item, nil, receipt, template, upload
from chengxin.faces.desk.log_in import log_in, log_out, me
from chengxin.faces.desk.lookup import subject, subject_why, subjects
from chengxin.faces.desk.oversight import ledger, looks
from chengxin.faces.desk.pictures import pictures
from chengxin.faces.desk.quarantine import confirm_row, quarantine
from chengxin.faces.desk.single import single
from chengxin.faces.desk.today import today
from chengxin.faces.desk.unlinked import link_record, unlinked

__all__ = [
    "batch",
    "batches",
    "case",
    "cases",
    "confirm_row",
    "document",
    "hand_in",
    "item",
    "ledger",
    "link_record",
    "log_in",
    "log_out",
    "looks",
    "me",
    "nil",
    "pictures",
    "quarantine",
    "receipt",
    "refused",
    "refused_sheet",
    "single",
    "subject",
    "subject_why",
    "subjects",
    "take_act",
    "template",
    "today",
    "unlinked",
    "upload",
    "withdraw_batch",
]
