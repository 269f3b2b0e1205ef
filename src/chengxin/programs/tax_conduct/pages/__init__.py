"""Collection, disputes, status and changes, statistics and query, use of results; and the public A list."""

from chengxin.programs.tax_conduct.pages.changes import changes
from chengxin.programs.tax_conduct.pages.collection import conducts
from chengxin.programs.tax_conduct.pages.disputes import disputes
from chengxin.programs.tax_conduct.pages.grades import grades, grading, propose, taxpayer
from chengxin.programs.tax_conduct.pages.public import a_list
from chengxin.programs.tax_conduct.pages.queues import list_major, queues

__all__ = [
    "a_list",
    "changes",
    "conducts",
    "disputes",
    "grades",
    "grading",
    "list_major",
    "propose",
    "queues",
    "taxpayer",
]
