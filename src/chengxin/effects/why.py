"""Why something holds for a subject: the chain from the bill line down to the article, each hash checkable.

::

    bill ─▶ effect ─▶ decision ─▶ finding ─▶ record ─▶ batch ─▶ catalogue ─▶ article

A link is ``{kind, id, hash, title, because}``; ``because`` names the links it rests on by their id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from chengxin.cases.acts import body_of
from chengxin.cases.grounds import Grounds, plain
from chengxin.cases.models import Act
from chengxin.core.canonical import digest
from chengxin.core.errors import MissingError
from chengxin.core.money import format_fen
from chengxin.effects import bills
from chengxin.effects.models import BillFile, Standing
from chengxin.effects.publication import PLATFORM, bearings, proof
from chengxin.effects.standing import in_force
from chengxin.engine.store import Store
from chengxin.findings.models import Run
from chengxin.ledger.scope import Scope
from chengxin.policy.bundle import digest_of
from chengxin.policy.house import House
from chengxin.records.reading import read_records
from chengxin.records.timeline import timeline
from chengxin.subjects.registry import subject_of_code

Link = dict[str, Any]
KINDS = ("bill", "effect", "decision", "finding", "record", "batch", "catalogue", "article")


def why(
    code: str | int, *, store: Store, house: House, scope: Scope, on: date, dark: bool = False
) -> dict[str, Any]:
    """This will give ``{subject, chain}`` for a code or a subject's number: what holds, and on what.

    Within ``scope``: outside it a bill shows no amount and a record only what kind it is of. ``dark``: the
    clock job is late, so what is adverse, and bills that may rest on it, are left out (law 11).
    """
    subject = code if isinstance(code, int) else subject_of_code(code)
    if subject is None:
        raise MissingError("why.no_subject", code=code)
    chain = _Chain(store, house, scope, Grounds(store, house))
    for line in in_force(on, [subject]).order_by("since", "id"):
        if not (dark and line.adverse):
            chain.add_effect(line)
    if not dark:
        chain.add_bills(subject)
    chain.add_decisions_of_others(subject, on, favours_only=dark)
    return {"subject": subject, "chain": chain.links()}


def verify(chain: list[Link], *, store: Store, house: House) -> list[str]:
    """This will hash everything the chain names again and give the ids whose hash differs."""
    checks = _checks(store, house)
    return [link["id"] for link in chain if not checks[link["kind"]](link)]


@dataclass
class _Chain:
    """The links found so far, each once."""

    store: Store
    house: House
    scope: Scope
    grounds: Grounds
    found: dict[str, Link] = field(default_factory=dict)
    effects: dict[str, list[str]] = field(default_factory=dict)
    """Effects by part, for the bills that rest on them."""

    def links(self) -> list[Link]:
        """Topmost first; within a kind in the order they were found."""
        return sorted(self.found.values(), key=lambda link: KINDS.index(link["kind"]))

    def add(self, kind: str, name: str, sha256: str, title: str, because: list[str]) -> str:
        self.found.setdefault(
            name, {"kind": kind, "id": name, "hash": sha256, "title": title, "because": because}
        )
        return name

    def add_effect(self, line: Standing) -> None:
        """An effect stands on the act by which it binds, and that on the decision it served; or on a record."""
        if line.record is not None:
            because = [self.add_record(line.record), self.add_article(line.article)]
            title = f"{line.title}（{_period(line.since, line.until)}）"
            self.add("effect", f"effect:record-{line.pk}:{line.effect}", _resting(line), title, because)
            return
        act = Act.objects.select_related("case", "schedule").get(pk=line.act or 0)
        place, said = next(
            (place, said)
            for place, said in enumerate(act.detail["lines"])
            if (said["effect"], said["part"]) == (line.effect, line.part)
        )
        title = f"{line.title}（{_period(line.since, line.until)}）"
        because = [self.add_decision(act), self.add_article(line.article)]
        name = self.add("effect", f"effect:{act.pk}:{place}", digest(said), title, because)
        self.effects.setdefault(line.part, []).append(name)

    def add_decision(self, act: Act) -> str:
        """A decision names its articles, the run it was drawn from and the records it rests on."""
        decision = Act.objects.select_related("case", "schedule").get(pk=act.detail.get("decision", act.pk))
        articles = [self.add_article(name) for name in decision.articles]
        runs = [self.add_finding(sha256, act) for sha256 in _runs(act, decision)]
        records = [] if runs else self._records(act)
        number = decision.detail.get("number") or decision.case.number
        title = f"{decision.case.title} {number}（{decision.on.isoformat()}）"
        decided = self.add(
            "decision", f"act:{decision.pk}", decision.digest, title, [*runs, *records, *articles]
        )
        if decision.pk == act.pk:
            return decided
        served = f"送达 {act.on.isoformat()} {act.case.number}"
        return self.add("decision", f"act:{act.pk}", act.digest, served, [decided])

    def add_finding(self, sha256: str, act: Act) -> str:
        run = Run.objects.filter(run_sha256=sha256).order_by("-id").first()
        rule = self.house.findings.get(run.finding) if run else None
        title = f"{rule.title if rule else '研判'}（截至 {run.as_of.isoformat()}）" if run else "研判"
        return self.add("finding", f"run:{sha256}", sha256, title, self._records(act))

    def add_bills(self, subject: int) -> None:
        """The lines of the newest period in which the subject was billed, with what was adjusted since."""
        newest = ""
        for bill in BillFile.objects.order_by("-period", "-id"):
            if newest and bill.period != newest:
                return
            for line in bills.lines_of(bill, self.store, subject).to_pylist():
                newest = bill.period
                self._add_bill_line(bill, line)

    def _add_bill_line(self, bill: BillFile, line: Mapping[str, Any]) -> None:
        part = str(line.get("plant_code") or "")
        because = self.effects.get(part, []) + (self.effects.get("", []) if part else [])
        title = f"{bill.period} {'调整' if bill.adjusts_id else '账单'}"
        if not self._public_only():
            title += f" 户号 {line['account']} {format_fen(line['fen'])}"
        records = [self.add_record(record) for record in line.get("because") or ()]
        name = f"bill:{bill.pk}:{digest(plain(line))[:12]}"
        self.add("bill", name, bill.lines_sha256, title, because + records)

    def add_decisions_of_others(self, subject: int, on: date, *, favours_only: bool) -> None:
        """Another body's decision that came as a record with its proof; our own stand above, live."""
        lines = [
            line
            for line in timeline(subject, self.scope, store=self.store, as_of=on)
            if (item := self.house.items.get(line.item)) is not None and item.reporters != PLATFORM
            if item.carries == "favour" or (item.carries and not favours_only)
            if line.valid_to is None or line.valid_to > on
        ]
        bearing = bearings(subject, on)
        lines = [line for line in lines if not ((own := bearing.get(line.record)) and own.let_be)]
        values = read_records([line.record for line in lines], store=self.store) if lines else {}
        for line in lines:
            if proof(self.house.items[line.item], values.get(line.record, {})):
                self.add_record(line.record)

    def add_record(self, record: int) -> str:
        """A record stands in a batch, under a catalogue item, under an article."""
        known = self.grounds.of(record)
        if known is None:
            return self.add("record", f"record:{record}", "", "记录已被依法移除", [])
        item = self.house.items[known.item]
        shown = self.scope.admits(region=known.region, agency=known.agency, klass=item.disclosure)
        catalogue = self.add(
            "catalogue", f"item:{item.name}", digest_of(item), item.title, [self.add_article(item.basis)]
        )
        title = f"{item.title} 第{known.batch}批 {known.told_on.isoformat()}"
        batch = self.add("batch", f"batch:{known.batch}:{known.sheet}", known.sha256, title, [catalogue])
        title = known.title if shown else item.title
        return self.add("record", f"record:{record}", known.digest, title, [batch])

    def add_article(self, name: str) -> str:
        article = self.house.articles.get(name)
        if article is None:
            return self.add("article", f"article:{name}", "", name, [])
        return self.add("article", f"article:{name}", digest_of(article), article.citation, [])

    def _records(self, act: Act) -> list[str]:
        return [self.add_record(record) for record in sorted(set(act.cites.get("records", ())))]

    def _public_only(self) -> bool:
        return self.scope.classes <= {"public"}


def _runs(act: Act, decision: Act) -> list[str]:
    """The runs named by the act, its decision, or the proposal both stand on."""
    proposed = decision.case.acts.filter(kind="propose", subject=None).order_by("-id").first()
    named = (*act.cites.get("runs", ()), *decision.cites.get("runs", ()))
    return list(dict.fromkeys((*named, *(proposed.cites.get("runs", ()) if proposed else ()))))


def _resting(line: Standing) -> str:
    """The hash of what an effect on a record says."""
    until = line.until.isoformat() if line.until else None
    said = (line.effect, line.part, line.record, line.since.isoformat(), until)
    return digest(list(said))


def _period(since: date, until: date | None) -> str:
    return f"{since.isoformat()} 至 {until.isoformat()}" if until else f"自 {since.isoformat()} 起"


def _checks(store: Store, house: House) -> Mapping[str, Any]:
    """By kind: how a link's hash is found again."""
    grounds = Grounds(store, house)

    def bill(link: Link) -> bool:
        held = BillFile.objects.filter(pk=link["id"].split(":")[1]).first()
        return held is not None and held.lines_sha256 == link["hash"] and bills.verify(held, store)

    def effect(link: Link) -> bool:
        _, act, place = link["id"].split(":")
        if act.startswith("record-"):
            line = Standing.objects.filter(pk=act.removeprefix("record-")).first()
            return line is not None and _resting(line) == link["hash"]
        held = Act.objects.filter(pk=act).first()
        return held is not None and digest(held.detail["lines"][int(place)]) == link["hash"]

    def decision(link: Link) -> bool:
        held = Act.objects.select_related("case", "schedule").filter(pk=link["id"].split(":")[1]).first()
        return held is not None and digest(body_of(held)) == held.digest == link["hash"]

    def declared(things: Mapping[str, Any]) -> Any:
        def check(link: Link) -> bool:
            held = things.get(link["id"].split(":", 1)[1])
            return held is not None and digest_of(held) == link["hash"]

        return check

    return {
        "bill": bill,
        "effect": effect,
        "decision": decision,
        "finding": lambda link: grounds.intact(store.runs(link["hash"]), link["hash"]),
        "record": lambda link: grounds.unchanged(int(link["id"].split(":")[1]), link["hash"]),
        "batch": lambda link: grounds.sealed(link["id"], link["hash"]),
        "catalogue": declared(house.items),
        "article": declared(house.articles),
    }


def tree(chain: list[Link]) -> Iterator[tuple[int, Link]]:
    """This will walk a chain from its tops down, giving (depth, link), for a page or a terminal."""
    by_id = {link["id"]: link for link in chain}
    below = {name for link in chain for name in link["because"]}
    road = [(0, link["id"]) for link in reversed(chain) if link["id"] not in below]
    while road:
        depth, name = road.pop()
        if name in by_id:
            yield depth, by_id[name]
            road.extend((depth + 1, inner) for inner in reversed(by_id[name]["because"]))
