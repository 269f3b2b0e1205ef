"""A page declares its road and who may walk it in one place; faces mounts it and stands at the gate.

::

    @page("levies/", door="desk", verbs=["read"], title="加收名单", rail="casework")
    def levies(visit: Visit) -> HttpResponse:
        return visit.render("sewage_tariff/levies.html", table=Table(...))

Every page is ``public=True``, names the verbs of which its visitor must hold one, or (at the door ``my``) is the
``party``'s own; a page with none of these does not import. The view gets a ``Visit``: who asks, on which day,
under which bundle, within which scope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from chengxin.core.errors import DeniedError, StaleProof
from chengxin.ledger.roles import BINDING

if TYPE_CHECKING:
    from chengxin.cases.adopted import Adopted
    from chengxin.core.periods import Workdays
    from chengxin.engine.store import Store
    from chengxin.ledger.models import Official
    from chengxin.ledger.scope import Scope
    from chengxin.policy.house import House

View = Callable[..., HttpResponseBase]
SomeView = TypeVar("SomeView", bound=View)
Door = Literal["public", "my", "desk"]
RAIL = ("today", "intake", "lookup", "casework", "accounts", "oversight")


@dataclass(frozen=True)
class Party:
    """Who came in at the door ``my``: itself, or an agent under one mandate; always for one subject alone."""

    account: int
    subject: int
    name: str
    until: date | None = None
    mandate: int | None = None
    """The act that gave the mandate; None: it is the party itself."""
    number: str = ""
    """The mandate's number, as refusals and looks name it."""
    covers: tuple[str, ...] = ()

    @property
    def agent(self) -> bool:
        """This will say whether somebody else acts for the subject."""
        return self.mandate is not None


@dataclass(frozen=True)
class Route:
    """What a page declared: its address under its door, its permission, and its place on the rail."""

    path: str
    name: str
    door: Door
    public: bool
    verbs: tuple[str, ...]
    title: str
    rail: str
    icon: str
    methods: tuple[str, ...]
    view: View = field(repr=False, compare=False)
    party: bool = False
    duties: tuple[str, ...] = ()
    binds: bool = False

    def binding(self, captured: Mapping[str, Any]) -> bool:
        """This will say whether what the page takes binds: as it declares, by its verbs or by its step."""
        only = bool(self.verbs) and BINDING.issuperset(self.verbs)
        return self.binds or only or captured.get("kind") in BINDING


def page(
    path: str,
    *,
    door: Door,
    verbs: Iterable[str] = (),
    duties: Iterable[str] = (),
    public: bool = False,
    party: bool = False,
    name: str = "",
    title: str = "",
    rail: str = "",
    icon: str = "document",
    methods: Iterable[str] = ("GET", "HEAD"),
    binds: bool = False,
) -> Callable[[SomeView], SomeView]:
    """This will declare a page. Raises ValueError when it is neither public nor guarded by a verb, nor a party's.

    ``rail`` (one of ``RAIL``) puts the page on the desk's rail for those who may open it; ``title`` is
    Chinese and is translated. Add ``"POST"`` to ``methods`` where the page takes a form. ``duties``: the page is
    for bodies with one of these duties alone; others neither see it on the rail nor open it. ``binds``: whatever
    is posted there, its visitor must have proved lately who it is (a page of binding verbs alone needs no word).
    """
    verbs = tuple(verbs)
    if public + bool(verbs) + party != 1:
        raise ValueError(f"{path}: a page is either public or names the verbs that open it")
    if party and door != "my":
        raise ValueError(f"{path}: only the door my has pages of a party's own")
    if rail and rail not in RAIL:
        raise ValueError(f"{path}: the rail has {', '.join(RAIL)}; not {rail}")

    def declare(view: SomeView) -> SomeView:
        route = Route(
            path, name or view.__name__, door, public, verbs, title, rail, icon, tuple(methods), view, party,
            tuple(duties), binds,
        )  # fmt: skip
        view.route = route  # type: ignore[attr-defined]
        return view

    return declare


def routes_of(module: ModuleType) -> list[Route]:
    """This will give the pages of a module (of a package: those it imports), in the order they stand there."""
    package = hasattr(module, "__path__")
    return [
        value.route
        for value in vars(module).values()
        if isinstance(getattr(value, "route", None), Route)
        and (package or getattr(value, "__module__", "") == module.__name__)
    ]


def not_yours(verbs: Iterable[str]) -> DeniedError:
    """This will make the refusal that names the posts which hold one of the verbs."""
    from chengxin.ledger.roles import roles_that_may

    posts = dict.fromkeys(role for verb in verbs for role in roles_that_may(verb) if role.name != "system")
    zh, en = "、".join(role.zh for role in posts), ", ".join(role.en for role in posts)
    return DeniedError("door.not_yours", posts=zh or "—", posts_en=en or "—")


@dataclass
class Visit:
    """One request as a page sees it. ``now`` and ``today`` come from the gate; a page asks no clock."""

    request: HttpRequest
    now: datetime
    today: date
    home: Path
    store: Store
    scope: Scope
    official: Official | None
    route: Route
    secret: str
    adopt: Callable[[], Adopted]
    verbs_held: frozenset[str] = frozenset()
    roles: tuple[str, ...] = ()
    """The official's roles today, in words."""
    rail: list[dict[str, Any]] = field(default_factory=list)
    party: Party | None = None
    """Who came in at the door ``my``."""
    proved: bool = True
    """Whether the official proved lately enough who it is; asked at the desk alone."""
    queue: Callable[[str, dict[str, Any]], Any] | None = None
    """Asks a worker for long work and gives its task: ``visit.queue("reckon", {...})``."""

    @property
    def adopted(self) -> Adopted:
        """This will open the bundle in force today: its sha256, its house, the place's working days."""
        return self.adopt()

    @property
    def house(self) -> House:
        """This will give the declarations in force: articles, items, values, procedures, programs."""
        return self.adopted.house

    @property
    def bundle(self) -> str:
        """This will give the sha256 of the bundle in force."""
        return self.adopted.sha256

    @property
    def workdays(self) -> Workdays:
        """This will give the working days of the place."""
        return self.adopted.workdays

    @property
    def who(self) -> Official:
        """This will give the official; on a public page nobody is known and it is refused."""
        if self.official is None:
            raise DeniedError("door.log_in")
        return self.official

    @property
    def me(self) -> Party:
        """This will give who came in at the door ``my``; elsewhere nobody did and it is refused."""
        if self.party is None:
            raise DeniedError("door.log_in")
        return self.party

    @property
    def asked(self) -> Mapping[str, str]:
        """This will give the query's words."""
        return {key: str(value) for key, value in self.request.GET.items()}

    def may(self, verb: str) -> bool:
        """This will say whether the official holds a verb (for showing a button; the act checks again)."""
        return verb in self.verbs_held

    def require(self, verb: str, *duties: str) -> None:
        """This will refuse unless the official holds the verb and, where duties are named, its body has one."""
        if not self.may(verb):
            raise not_yours([verb])
        self.prove(verb)
        agency = self.who.agency
        if duties and agency.duty not in duties:
            raise DeniedError("act.wrong_duty", agency=agency.name, act=verb, duties=", ".join(duties))

    def prove(self, verb: str) -> None:
        """This will stop a binding step whose taker proved too long ago who it is: the gate asks, and goes on."""
        if verb in BINDING and not self.proved and self.request.method == "POST":
            raise StaleProof("door.stale_proof")

    def look(self, subjects: Iterable[int], *, purpose: str, case_number: str = "") -> None:
        """This will log that these subjects are about to be shown; if it cannot, nothing is shown (law 7)."""
        from chengxin.ledger.looks.log import look

        shown = sorted({int(subject) for subject in subjects if subject})
        if shown:
            look(self.who, shown, door=self.request.path[:60], purpose=purpose, case_number=case_number,
                 now=self.now)  # fmt: skip

    def render(self, template: str, *, status: int = 200, **context: Any) -> HttpResponseBase:
        """This will write the page, or only the part that was asked for: a table's export, its next page."""
        from chengxin.kit.tables import Table

        for table in [value for value in context.values() if isinstance(value, Table)]:
            answer = table.answer(self)
            if answer is not None:
                return answer
        return render(self.request, template, {"visit": self, "today": self.today, **context}, status=status)

    def url(self, name: str, /, **captured: Any) -> str:
        """This will give the address of a page: ``desk:case``, ``public:firm``, ``sewage_tariff:levies``."""
        return reverse(name, kwargs=captured)

    def go(self, name: str, /, **captured: Any) -> HttpResponse:
        """This will send the visitor on to a page."""
        return HttpResponseRedirect(self.url(name, **captured))

    def say(self, text: str) -> None:
        """This will show a sentence on the next page."""
        messages.success(self.request, text)
