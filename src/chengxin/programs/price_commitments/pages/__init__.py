"""Counts and list, signing, the five matters, reminders and checks, breach and repair; and the public pages."""

from chengxin.programs.price_commitments.pages.breaches import accuse, breaches, repair
from chengxin.programs.price_commitments.pages.checks import checks
from chengxin.programs.price_commitments.pages.commitments import commitments
from chengxin.programs.price_commitments.pages.matters import decide, matters, propose
from chengxin.programs.price_commitments.pages.public import about, draft, draft_text
from chengxin.programs.price_commitments.pages.sign import paper, sign, withdraw

__all__ = [
    "about",
    "accuse",
    "breaches",
    "checks",
    "commitments",
    "decide",
    "draft",
    "draft_text",
    "matters",
    "paper",
    "propose",
    "repair",
    "sign",
    "withdraw",
]
