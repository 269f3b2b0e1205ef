"""A walk through the doors people use: the desk's act forms, the door ``my``, the gate and the exchange.

What ``letters`` draws is sent with Django's client, on a clock of the walk's own; between the days the clock's job,
the maker of events and the sender do their round. Most letters are refused: with 4xx, a form shown again, or the
way to the log-in, never with 5xx, and never with anything written. The oracles of ``walk`` judge the tables, and
``oracle_told`` whether everyone who was told of what ended heard of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from django.db import transaction

from chengxin.cases import lapsing
from chengxin.core.clock import day_of
from chengxin.effects.exchange import sending
from chengxin.faces.jobs import exchange
from chengxin.ledger.models import Job
from tests.house import oracle, oracle_told
from tests.house.conftest import counts
from tests.house.letters import FILED, Matter, Pen
from tests.house.oracle_told import opaque
from tests.house.receiver import Book
from tests.house.town import Town
from tests.house.visitors import Browsers, Heard, Letter
from tests.house.walk import FITTING, LATER, LISTED, PROCEDURES, ROADS, differing, query, wrong

LENGTHS = (15, 40)
BEGIN, LAST = (date(2025, 3, 3), date(2026, 4, 10)), date(2026, 9, 1)
"""Before the newest rule on repair, and since."""
COSIGNED = 5
ENDING = tuple(road for road in ROADS if {"revoke", "repair", "lapse"} & set(road))
"""Roads at whose end somebody has to be told again."""
MEASURES = ("freezing", "measured")
"""What the gate tells of."""


class Clock:
    """What the walk says the time is."""

    def __init__(self, on: date) -> None:
        self.now = datetime.combine(on, time(2), UTC)

    def __call__(self) -> datetime:
        return self.now

    @property
    def today(self) -> date:
        return day_of(self.now)

    def pass_days(self, count: int) -> None:
        """The day after LAST never comes."""
        on = min(self.today + timedelta(count), max(self.today, LAST))
        self.now = datetime.combine(on, time(2), UTC) if on > self.today else self.now + timedelta(minutes=7)


@dataclass
class DoorWalk:
    """One sequence of letters in a town, drawn from a seed."""

    town: Town
    clock: Clock
    book: Book
    seed: int
    told: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    came: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.draw = Random(self.seed)
        self.clock.now = datetime.combine(self.draw.choice(BEGIN), time(2), UTC)
        self.book.forget()
        self._round()
        on, now = self.clock.today, self.clock.now
        single = list(self.draw.choice(ENDING if self.draw.random() < 0.5 else ROADS))
        listed = list(self.draw.choice(ROADS))
        fitting = [name for step, names in FITTING.items() if step in single for name in names] or PROCEDURES
        measures = MEASURES if fitting is PROCEDURES and self.draw.random() < 0.6 else fitting
        procedure = self.draw.choice(measures if self.draw.random() < 0.8 else PROCEDURES)
        if procedure == "levy":
            place = single.index("decide")
            single[place:place] = ["cosign"] * COSIGNED
        about, burdens = self.draw.choice(("plain", *MEASURES, *LISTED)), self.draw.random() < 0.7
        alone = self.town.proposed(procedure, on, now)
        many = self.town.listed(about, on, now, burdens=burdens)
        self.unburdened = [] if burdens else [(many.pk, max(firm.subject for firm in self.town.firms[:4]))]
        rows = tuple(sorted(firm.subject for firm in self.town.firms[:4]))
        matters = [
            Matter(alone.pk, procedure, (), single[1:]),
            Matter(many.pk, about, rows, listed[1:]),
        ]
        self.pen = Pen(self.town, self.draw, matters, on, on)
        self.browsers = Browsers(self.town, day=on)

    def go(self, length: int) -> None:
        if self.draw.random() < 0.75:
            self._come_far(self.pen.matters[0])
        for _ in range(length):
            self._wait()
            letter = self.pen.letter() if self.draw.random() < 0.8 else self.pen.listener()
            heard = self._send(letter)
            if heard.status < 400 and self.draw.random() < 0.08:
                self.came["twice"] += 1
                self._send(letter)

    def _come_far(self, matter: Matter) -> None:
        """Most sequences begin in the middle: every step of the road to the service of a decision, taken rightly."""
        for _ in range(len(matter.road)):
            if "serve_decision" not in matter.road:
                break
            self._pass(max(1, LATER.get(matter.road[0], 0)))
            self._send(self.pen.next_step(matter))
        self._send(self.pen.question())

    def _wait(self) -> None:
        """Minutes go by, at times days; some steps are tried when their time has come."""
        days = self.draw.choice((0, 0, 0, 0, 1, 4, 9, 40))
        due = [LATER.get(matter.road[0], 0) for matter in self.pen.matters if matter.road]
        if any(due) and self.draw.random() < 0.2:
            days = min(max(due), 400)
        self._pass(days)

    def _pass(self, days: int) -> None:
        before = self.clock.today
        self.clock.pass_days(days)
        self.pen.on = self.pen.today = self.browsers.day = self.clock.today
        if self.clock.today != before:
            self._round()

    def _round(self) -> None:
        """What the clock does in a night, and what the exchange makes of it and sends; at times nobody takes it in."""
        now = self.clock.now
        Job.objects.update_or_create(name="tick", defaults={"finished_at": now})
        for work in (lapsing.shorten_ordered, lapsing.suspend_void, lapsing.lapse_over):
            work(bundle=self.town.bundle(self.clock.today), at=now)
        self._exchange()

    def _exchange(self) -> None:
        exchange.make()
        for number in sending.with_work(self.clock.now):
            sending.deliver(number, exchange.post())
        self.book.sick = self.draw.random() < 0.3

    def _send(self, letter: Letter) -> Heard:
        before = counts()
        heard = self.browsers.send(letter)
        self.told.append(f"{self.clock.today} {letter} → {heard.status} {heard.location}")
        if heard.status >= 500:
            self.found.append(f"{heard.status} {heard.trouble}: {self.told[-1]}")
        if not letter.token and heard.status not in {403, 302}:
            self.found.append(f"taken without its token: {self.told[-1]}")
        if not (heard.done and letter.token) and counts() != before:
            self.found.append(f"what is refused writes nothing: {self.told[-1]}")
        self._note(letter, heard)
        return heard

    def _note(self, letter: Letter, heard: Heard) -> None:
        if letter.key:
            self._read(letter, heard)
        kind = letter.path.partition("?")[0].rpartition("/")[2]
        if letter.words is None or letter.key:
            self.came["read"] += 1
            return
        self.came[
            "refused" if not heard.done else kind if letter.path.startswith("/desk") else f"my {kind}"
        ] += 1
        if heard.done or self.draw.random() < 0.1:
            self._step_on(letter, kind)

    def _step_on(self, letter: Letter, kind: str) -> None:
        """The road goes on once its step was taken; at times one gives it up."""
        for matter in self.pen.matters:
            served = kind == "open" and matter.road[:1] in (["serve"], ["serve_decision"])
            if f"/{matter.number}/" in letter.path and (served or matter.road[:1] == [kind]):
                matter.road.pop(0)

    def _read(self, letter: Letter, heard: Heard) -> None:
        """A listener reads on from where it stands, and says what it took in."""
        if heard.status != 200 or letter.key != self.town.keys.get(letter.who) or letter.words is not None:
            return
        said = heard.json
        self.pen.fetched[letter.who] = said["next"]
        taken = [one["event"] for one in said.get("recalls", ())]
        if taken:
            self.came["recalled"] += len(taken)
            words = {"events": taken, "result": "taken_back"}
            self.browsers.send(Letter(letter.who, "/api/v1/gate/recalls", words, key=letter.key))

    def settle(self) -> None:
        """A last day: everybody is well, and everything is sent, fetched and taken in."""
        self.book.sick = False
        self.clock.now += timedelta(days=1)
        self.browsers.day = self.clock.today
        self._round()
        for letter in (self.pen.recalls(self.town.keys["asks"]), self.pen.changes(self.town.keys["fetches"])):
            self._send(letter)
        self._send(self.pen.changes(self.town.keys["fetches"]))

    def judge(self) -> None:
        today = self.clock.today.isoformat()
        self.found += [
            *wrong(self.unburdened, self._stands),
            *oracle_told.intruded(query),
            *oracle_told.unrecalled(query, today, settled=True),
            *self._as_booked(today),
            *differing(),
        ]
        assert self.found == [], "\n".join([f"seed {self.seed}", *self.told, *self.found])

    def _stands(self, name: str, on: str) -> bool:
        article = self.town.bundle(self.clock.today).house.articles.get(name)
        return article is not None and article.in_force(date.fromisoformat(on))

    def _as_booked(self, today: str) -> list[str]:
        """The subscriber's own book says of each line what stands."""
        outside = {opaque(name): line for name, line in oracle_told.lines(query).items()}
        return [
            f"the subscriber's book has {said['until']} of {line}, which ends {outside[line].until}"
            for line, said in self.book.lines.items()
            if outside[line].differs(said) or outside[line].over(today) != said["ended"]
        ]


def door_walk(town: Town, clock: Clock, book: Book, seed: int, length: int) -> Counter[str]:
    """This will send one sequence of letters, judge what it left, and leave the tables as they were."""
    with _undone("default"), _undone("looks"):
        one = DoorWalk(town, clock, book, seed)
        one.go(length)
        one.settle()
        one.judge()
        one.came["effects"] = len(oracle.standing(query))
        one.came["ended"] = query("select count(*) from effects_event where kind = 'ended'")[0][0]
        one.came["asked"] = query("select count(*) from effects_told")[0][0]
        one.came["filed"] = sum(one.came[f"my {kind}"] for kind in FILED)
        one.came["drawn"] = len(one.told)
    return one.came


@contextmanager
def _undone(alias: str) -> Iterator[None]:
    """What a sequence wrote is taken back, also what the house calls durable: the test holds its transaction."""
    held = transaction.atomic(using=alias)
    held._from_testcase = True  # type: ignore[attr-defined]
    with held:
        yield
        transaction.set_rollback(True, using=alias)
