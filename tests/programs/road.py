"""The road of one case, walked through the case file by officials of the bodies an example names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from chengxin.cases.acts import act
from chengxin.cases.adopted import Adopted
from chengxin.cases.models import Case
from chengxin.cases.opening import open_case
from chengxin.cases.standpoints import point_of
from chengxin.core.clock import CHINA
from chengxin.core.money import format_micro
from chengxin.core.periods import Workdays
from chengxin.effects.tariff import month_after, tariff_on

REGION = "320100"
SUBJECT = 7
ROLES = {"decide": "head", "revoke": "head", "cosign": "cosigner"}


@dataclass
class Road:
    official: Callable[..., Any]
    house: Any
    case: Case = field(init=False)
    last: Any = None
    objection: int | None = None
    people: dict[tuple[str, str], Any] = field(default_factory=dict)

    def open(self, program: str, procedure: str) -> None:
        self.bundle = Adopted("0" * 64, self.house, Workdays.load())
        self.case = open_case(
            program=program, procedure=procedure, agency="nj-price", region=REGION, title="示例",
            subject=SUBJECT, on=date(2016, 6, 1),
        )  # fmt: skip

    def walk(self, acts: Sequence[Sequence[str]]) -> None:
        for on, kind, duty in acts:
            self.take(date.fromisoformat(on), kind, duty)

    def take(self, on: date, kind: str, duty: str) -> None:
        agency = f"nj-{'price' if duty == 'subject' else duty}"
        who = None if duty == "subject" else self._official(kind, agency)
        self.last = act(
            self.case, kind, official=who, agency=agency, on=on, at=datetime.combine(on, time(10), CHINA),
            bundle=self.bundle, detail=self._detail(on, kind),
            cites={"exhibits": [1]} if kind in ("answer_objection", "revoke") else {},
        )  # fmt: skip
        if kind == "object":
            self.objection = self.last.pk

    def stands(self) -> dict[str, str]:
        """Where the case stands, whether it is marked, and what a cubic metre costs more on the last day."""
        point = point_of(self.case)
        price = tariff_on(max(self.last.on, date(2016, 7, 1)), SUBJECT)
        return {
            "state": str(point.state),
            "marked": str(point.marked).lower(),
            "price": f"{format_micro(price.body['surcharge'])}" if price else "",
        }

    def _official(self, kind: str, agency: str) -> Any:
        key = (ROLES.get(kind, "case_officer"), agency)
        if key not in self.people:
            self.people[key] = self.official(*key)
        return self.people[key]

    def _detail(self, on: date, kind: str) -> dict[str, Any]:
        said = {"from": "2016-07-01", "lines": [{"body": {"tier": "red", "surcharge": 600_000}}]}
        if kind in ("notify", "decide"):
            return said
        if kind == "repair":
            return {"ends_on": month_after(on).isoformat()}
        if kind == "revoke":
            return {"ends_on": "2016-07-01"}
        if kind == "route":
            return {"objection": self.objection}
        if kind == "answer_objection":
            return {"objection": self.objection, "outcome": "kept"}
        return {}
