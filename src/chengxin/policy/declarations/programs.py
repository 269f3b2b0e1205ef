"""A program's folder: ``program.yml``, ``policy/``, ``procedures/`` and ``findings/``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from chengxin.policy.articles import MEASURE_GROUPS, Article
from chengxin.policy.declarations.sources import Sources
from chengxin.policy.declarations.values import read_values
from chengxin.policy.items import SUBJECT_KINDS
from chengxin.policy.marked import shown
from chengxin.policy.page import Page
from chengxin.policy.problems import Mark
from chengxin.policy.procedures import (
    ACTS,
    ON_OBJECTION,
    ROUTES_TO,
    SEVERITIES,
    SIDES,
    Exit,
    Hearing,
    Milder,
    Objection,
    Panel,
    Procedure,
    Reminds,
    Repair,
    Step,
)
from chengxin.policy.programs import (
    BINDINGS,
    DOORS,
    EFFECT_KINDS,
    GRAINS,
    Effect,
    Finding,
    Grain,
    Matter,
    PageLink,
    Program,
)
from chengxin.policy.values import Values

OFFERS = ("api", "jobs", "feeds", "papers")
_HEAD = re.compile(r"-- (?P<name>[a-z0-9_]+) (?P<title>[^:：]+)[:：] *(?P<sentence>.+)")
_GRAIN = re.compile(r"^-- grain: *(\S+)", re.MULTILINE)


class Folder:
    """What the folders of programs declare, as it is read."""

    def __init__(self, articles: Mapping[str, Article], sources: Sources) -> None:
        self.articles = articles
        self.sources = sources
        self.programs: dict[str, Program] = {}
        self.values: dict[str, Values] = {}
        self.procedures: dict[str, Procedure] = {}
        self.findings: dict[str, Finding] = {}

    def read(self, folder: Path) -> None:
        """This will read one program's folder, and compare what it lists with what it holds."""
        page = self.sources.page(folder / "program.yml")
        if page is None:
            return
        program = _program(folder.name, page, self.sources)
        if program.name in self.programs:
            self.sources.complain(page.mark(), "policy.declared_twice", name=program.name)
        self.programs[program.name] = program
        page.close()
        for path in self.sources.files([folder / "policy"] if (folder / "policy").is_dir() else []):
            values = read_values(program.name, path, self.articles, self.sources)
            if values is not None:
                self.values[f"{program.name}.{path.stem}"] = values
        self._listed(page, "decides", program.decides, folder / "procedures", ".yml")
        for name in program.decides:
            self._procedure(program.name, folder / "procedures" / f"{name}.yml")
        self._listed(page, "finds", program.finds, folder / "findings", ".sql")
        for name in program.finds:
            self._finding(program.name, folder / "findings" / f"{name}.sql")

    def _listed(self, page: Page, key: str, names: Sequence[str], folder: Path, suffix: str) -> None:
        """This will refuse a name without its file, and a file that nobody lists."""
        present = {path.stem for path in folder.glob(f"*{suffix}")}
        for name in names:
            if name not in present:
                page.complain(
                    page.mark(key),
                    "program.no_file",
                    key=key,
                    name=name,
                    path=f"{folder.name}/{name}{suffix}",
                )
        for name in sorted(present - set(names)):
            page.complain(
                page.mark(key), "program.not_listed", key=key, name=name, path=f"{folder.name}/{name}{suffix}"
            )

    def _procedure(self, program: str, path: Path) -> None:
        page = self.sources.page(path) if path.exists() else None
        if page is not None:
            procedure = _procedure(program, path.stem, page, self.sources)
            self.procedures[f"{program}.{path.stem}"] = procedure
            page.close()

    def _finding(self, program: str, path: Path) -> None:
        if not path.exists():
            return
        sql, mark = path.read_text("utf-8"), Mark(shown(path), 1)
        head, grain = _HEAD.match(sql), _GRAIN.search(sql)
        chosen: Grain = next((each for each in GRAINS if grain and grain[1] == each), "subject")
        if head is None or head["name"] != path.stem:
            self.sources.complain(mark, "finding.no_head", name=path.stem)
        if grain is None or grain[1] not in GRAINS:
            self.sources.complain(mark, "finding.no_grain", known=" | ".join(GRAINS))
        title, sentence = (head["title"].strip(), head["sentence"].strip()) if head else ("", "")
        self.sources.marks[f"finding/{program}.{path.stem}"] = mark
        self.findings[f"{program}.{path.stem}"] = Finding(program, path.stem, title, sentence, chosen, sql)


def _program(name: str, page: Page, sources: Sources) -> Program:
    sources.place(f"program/{name}", page, "reads", "finds", "decides")
    title, title_en = page.text("title"), page.text("title_en")
    return Program(
        name=name,
        title=title,
        title_en=title_en,
        about=page.choice("about", SUBJECT_KINDS),
        reads=page.codes("reads"),
        finds=page.codes("finds"),
        decides=page.codes("decides"),
        effects=_effects(name, page, sources),
        pages=tuple(_page_link(each) for each in page.pages("pages")),
        offers=page.choices("offers", OFFERS),
    )


def _effects(program: str, page: Page, sources: Sources) -> dict[str, Effect]:
    effects: dict[str, Effect] = {}
    listed = page.page("effects", required=False)
    for name, mark, node in listed.entries() if listed else ():
        each = page.opened(node)
        if each is not None:
            effects[name] = _effect(name, each)
            sources.place(f"effect/{program}.{name}", each, "basis", "group", "matters", "rests_on", "listed")
            sources.marks[f"effect/{program}.{name}"] = mark
            each.close()
    return effects


def _effect(name: str, page: Page) -> Effect:
    kind = page.choice("kind", EFFECT_KINDS)
    group = page.choice("group", ("", *MEASURE_GROUPS), "")
    if (kind == "measure") != bool(group):
        page.complain(page.mark(), "effect.group", effect=name)
    matters = _matters(page)
    if matters and kind != "measure":
        page.complain(page.mark("matters"), "effect.matters", effect=name, kind=kind)
    return Effect(
        name=name,
        kind=kind,
        adverse=page.flag("adverse"),
        title=page.text("title"),
        title_en=page.text("title_en"),
        basis=page.basis(),
        on_objection=page.choice("on_objection", ON_OBJECTION),
        shows=page.codes("shows"),
        group=next((each for each in MEASURE_GROUPS if each == group), None),
        matters=matters,
        rests_on=page.codes("rests_on"),
        listed=page.basis("listed", required=False),
    )


def _matters(page: Page) -> tuple[Matter, ...]:
    listed, matters = page.page("matters", required=False), []
    for name, _mark, node in listed.entries() if listed else ():
        each = page.opened(node)
        if each is not None:
            matters.append(
                Matter(
                    name=name,
                    title=each.text("title"),
                    title_en=each.text("title_en"),
                    binding=each.choice("binding", BINDINGS),
                    roles=each.codes("roles"),
                )
            )
            each.close()
    return tuple(matters)


def _page_link(page: Page) -> PageLink:
    link = PageLink(
        name=page.code("name"),
        title=page.text("title"),
        title_en=page.text("title_en"),
        door=page.choice("door", DOORS),
        roles=page.codes("roles"),
    )
    page.close()
    return link


def _procedure(program: str, name: str, page: Page, sources: Sources) -> Procedure:
    address = f"procedure/{program}.{name}"
    sources.place(
        address, page, "basis", "decides_by", "statement", "exit", "effect", "finding", "steps", "reminds"
    )
    return Procedure(
        program=program,
        name=name,
        title=page.text("title"),
        title_en=page.text("title_en"),
        basis=page.basis(),
        decides_by=page.code("decides_by"),
        cosigners=page.codes("cosigners"),
        steps=tuple(_step(f"{address}/{i}", each, sources) for i, each in enumerate(page.pages("steps"))),
        statement=page.period("statement", required=False),
        objection=_objection(page),
        exit=_exit(page),
        effect=page.code("effect", required=False),
        finding=page.code("finding", required=False),
        repair=_repair(page, address, sources),
        milder=_milder(page, address, sources),
        reminds=_reminds(page),
        panel=_panel(page, address, sources),
        hearing=_hearing(page, address, sources),
    )


def _step(address: str, page: Page, sources: Sources) -> Step:
    sources.place(address, page, "basis")
    step = Step(
        act=page.choice("act", ACTS),
        by=page.code("by"),
        basis=page.basis(),
        within=page.period("within", required=False),
    )
    page.close()
    return step


def _objection(page: Page) -> Objection:
    each = page.page("objection")
    if each is None:
        return Objection("self", "none")
    objection = Objection(each.choice("routes_to", ROUTES_TO), each.choice("on_objection", ON_OBJECTION))
    each.close()
    return objection


def _repair(page: Page, address: str, sources: Sources) -> Repair | None:
    each = page.page("repair", required=False)
    if each is None:
        return None
    sources.place(f"{address}/repair", each, "basis", "minimum", "maximum")
    found = Repair(
        each.choice("severity", SEVERITIES),
        each.basis(),
        each.period("minimum", required=False),
        each.period("maximum", required=False),
    )
    each.close()
    return found


def _milder(page: Page, address: str, sources: Sources) -> Milder | None:
    each = page.page("milder", required=False)
    if each is None:
        return None
    sources.place(f"{address}/milder", each, "basis")
    found = Milder(each.basis(), each.flag("ordered"))
    each.close()
    return found


def _reminds(page: Page) -> Reminds | None:
    each = page.page("reminds", required=False)
    if each is None:
        return None
    found = Reminds(each.code("window"), each.code("days_left"))
    each.close()
    return found


def _panel(page: Page, address: str, sources: Sources) -> Panel | None:
    each = page.page("panel", required=False)
    if each is None:
        return None
    sources.place(f"{address}/panel", each, "basis", "least")
    found = Panel(each.whole("least") or 0, each.choices("clear_of", SIDES), each.basis())
    each.close()
    return found


def _hearing(page: Page, address: str, sources: Sources) -> Hearing | None:
    each = page.page("hearing", required=False)
    if each is None:
        return None
    sources.place(f"{address}/hearing", each, "basis", "least")
    found = Hearing(each.code("counts"), each.whole("least") or 0, each.basis())
    each.close()
    return found


def _exit(page: Page) -> Exit | None:
    each = page.page("exit", required=False)
    if each is None:
        return None
    found = Exit(each.code("condition"), each.period("review"))
    each.close()
    return found
