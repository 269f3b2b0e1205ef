"""Pictures of the work: what came in, how good it was, where the matters stand."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.faces.desk.batches import item_title, within
from chengxin.faces.desk.today import points
from chengxin.kit import Chart, Series, Visit, bars, columns, page, stacked_bars
from chengxin.kit.badges import state_word


@page("pictures/", door="desk", verbs=("read_batches", "read"), title="图表", rail="lookup", icon="chart")
def pictures(visit: Visit) -> HttpResponseBase:
    """This will draw what came in, its quality by item, and where the matters stand."""
    return visit.render("faces/desk/pictures.html", charts=[came_in(visit), quality(visit), stand(visit)])


def came_in(visit: Visit) -> Chart:
    """This will draw the rows taken in each of the last twelve months; a month without any stands empty."""
    newest = visit.today.year * 12 + visit.today.month - 1
    months = [f"{each // 12}-{each % 12 + 1:02d}" for each in range(newest - 11, newest + 1)]
    found = (
        within(visit)
        .filter(received_at__gte=visit.now - timedelta(days=366))
        .annotate(month=TruncMonth("received_at"))
        .values("month")
        .annotate(n=Sum("taken"))
    )
    taken = {f"{one['month']:%Y-%m}": one["n"] or 0 for one in found}
    rows = [(month, taken.get(month, 0)) for month in months]
    return columns("came-in", _("近十二个月收下的记录"), _("看有没有断报的月份。"), rows, unit=_("条"))


def quality(visit: Visit) -> Chart:
    """This will draw what became of the rows of each item."""
    found = (
        within(visit)
        .values("item")
        .annotate(t=Sum("taken"), h=Sum("held"), q=Sum("quarantined"), r=Sum("read"))
        .filter(r__gt=0)
        .order_by("-r")[:12]
    )
    series = [
        Series("taken", _("收下"), "green"),
        Series("held", _("已知"), "blue"),
        Series("quarantined", _("退回"), "yellow"),
    ]
    rows = [
        (item_title(visit, one["item"]), {"taken": one["t"], "held": one["h"], "quarantined": one["q"]})
        for one in found
    ]
    caption = _("黄色越长，退回的行越多；从“退回的行”里看原因。")
    return stacked_bars("quality", _("各类信息的报送质量"), caption, rows, series, unit=_("行"), explore=True)


def stand(visit: Visit) -> Chart:
    """This will draw how many matters and rows stand at each step of the road."""
    if not visit.may("read"):
        return bars("stand", _("案件走到哪一步"), _("您的岗位不办理案件。"), [])
    counted: dict[str, int] = dict(
        points(visit).order_by().values_list("state").annotate(n=Count("pk")).values_list("state", "n")
    )
    order = [state for state in _ROAD if state in counted]
    rows = [(state_word(state), counted[state]) for state in order]
    return bars("stand", _("案件走到哪一步"), _("含批量决定中的每一行。"), rows, unit=_("件"))


_ROAD = [
    "open", "proposed", "notified", "served", "stated", "answered", "decided", "in_force", "frozen",
    "repaired", "lapsed", "revoked", "taken_out",
]  # fmt: skip
