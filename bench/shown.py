"""Which pages ``make shots`` looks at, who opens each, and what is done there before the picture is taken."""

from __future__ import annotations

from dataclasses import dataclass

CLICK = "click"
"""A step that is a press of a button, not an answer to a question."""
Steps = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shot:
    """One page to look at: its name, its address, who opens it, in which language and light."""

    name: str
    address: str
    who: str = ""
    language: str = ""
    dark: bool = False
    steps: Steps = ()
    """What is filled in (a selector, a value) and pressed (a selector, ``CLICK``) before the picture."""
    refuses: bool = False
    """Its steps end in a refusal, so that its answers may say so."""


def shots(found: dict[str, str]) -> list[Shot]:
    """This will list the pages; ``found`` names a firm, a case and a row that the city has."""
    firm, case, row = found["firm"], found["case"], found["row"]
    return [
        *own_door(found),
        *four_programs(found),
        *first_pages(found, firm, case, row),
        *due_process(found),
        *gate_and_exchange(found),
        *people(found),
    ]


def own_door(found: dict[str, str]) -> list[Shot]:
    """The door of the one concerned, as invented firms and a citizen see it."""
    return [
        Shot("my-log-in", "/my/login/local"),
        Shot("my-home", "/my/", who="my:firm-levied"),
        Shot("my-home-en", "/my/", who="my:firm-levied", language="en"),
        Shot("my-home-dark", "/my/", who="my:firm-contested", dark=True),
        Shot("my-citizen", "/my/", who="my:citizen"),
        Shot("my-records", "/my/records/", who="my:firm-levied"),
        Shot("my-citizen-records", "/my/records/", who="my:citizen"),
        Shot("my-decisions", "/my/decisions/", who="my:firm-levied"),
        Shot("my-matters", "/my/matters/", who="my:firm-contested"),
        Shot("my-matter", f"/my/matters/{found['levied']}/", who="my:firm-contested"),
        Shot("my-determined", f"/my/matters/{found['determined']}/", who="my:firm-consumer"),
        Shot("my-object", f"/my/matters/{found['levied']}/do/object", who="my:firm-levied"),
        Shot("my-looks", "/my/looks/", who="my:firm-levied"),
    ]


PLACES = {"listings": ""}
"""Pages that do not lie under their own name."""


def four_programs(found: dict[str, str]) -> list[Shot]:
    """The main screens of the defaulters', tax, consumers' and price programs."""
    pages = {
        "judgment_defaulters": ("credit-officer", ["listings", "exits", "receivers", "feedback"]),
        "tax_conduct": ("tax-officer", ["conducts", "disputes", "changes", "grades", "queues"]),
        "consumer_protection": ("market-officer", ["disputes", "requests", "traders"]),
        "price_commitments": ("price-officer", ["commitments", "matters", "checks", "breaches"]),
    }
    desk = [
        Shot(
            f"{program}-{name}".replace("_", "-"), f"/desk/{program}/{PLACES.get(name, f'{name}/')}", who=who
        )
        for program, (who, names) in pages.items()
        for name in names
    ]
    public = [Shot(f"{program}-public".replace("_", "-"), f"/p/{program}/") for program in pages]
    return [
        *desk,
        *public,
        Shot("tax-conduct-grading", f"/desk/tax_conduct/gradings/{found['grading']}/", who="tax-officer"),
        Shot("consumer-protection-listed", f"/desk/consumer_protection/traders/{found['severe']}/",
             who="market-officer"),
        Shot("price-commitments-sign", "/desk/price_commitments/sign/", who="price-steward"),
        Shot("questions", "/desk/looks/questions/", who="auditor"),
    ]  # fmt: skip


def first_pages(found: dict[str, str], firm: str, case: str, row: str) -> list[Shot]:
    """The public door, and the desk of the sewage tariff."""
    return [
        Shot("home", "/"),
        Shot("home-en", "/", language="en"),
        Shot("home-dark", "/", dark=True),
        Shot("search", f"/search?q={found['word']}"),
        Shot("firm", f"/s/{firm}"),
        Shot("why", f"/s/{firm}/why"),
        Shot("verify", "/verify"),
        Shot("about", "/about"),
        Shot("program", "/p/sewage_tariff/"),
        Shot("log-in", "/desk/login"),
        Shot("today", "/desk/", who="price-officer"),
        Shot("cases", "/desk/cases/", who="price-officer"),
        Shot("case", f"/desk/cases/{case}/", who="price-officer"),
        Shot("case-row", f"/desk/cases/{case}/?row={row}", who="price-officer"),
        Shot("entry", "/desk/intake/environment_grade/single", who="environment-steward"),
        Shot("batch", f"/desk/batches/{found['batch']}/", who="environment-steward"),
        Shot("refused", f"/desk/batches/{found['batch']}/refused", who="environment-steward"),
        Shot("unlinked", "/desk/unlinked/", who="environment-steward"),
        Shot("levies", "/desk/sewage_tariff/levies/", who="price-officer"),
        Shot("bills", "/desk/sewage_tariff/bills/", who="water-biller"),
        Shot("revenue", "/desk/sewage_tariff/revenue/", who="price-officer"),
        Shot("pictures", "/desk/pictures/", who="price-officer"),
        Shot("hand-in", "/desk/intake/", who="environment-steward"),
        Shot("item", "/desk/intake/environment_grade/", who="environment-steward"),
        Shot("batches", "/desk/batches/", who="environment-steward"),
        Shot("quarantine", "/desk/quarantine/", who="environment-steward"),
        Shot("looks", "/desk/looks/", who="auditor"),
    ]


def due_process(found: dict[str, str]) -> list[Shot]:
    """What is due, what went wrong, what no longer stands or is not confirmed yet; and what a paper proves."""
    officer = "price-officer"
    return [
        Shot("due", "/desk/due/?days=90", who=officer),
        Shot("mismatches", "/desk/mismatches/", who=officer),
        Shot("repealed", "/desk/repealed/", who=officer),
        Shot("sooner", "/desk/sooner/", who=officer),
        Shot("proposals", "/desk/proposals/", who="price-legal"),
        Shot("confirm", f"/desk/proposals/{found['article']}", who="price-legal"),
        Shot("verified", f"/verify/{found['act']}"),
        Shot("question", found["question"], who="auditor"),
    ]


def gate_and_exchange(found: dict[str, str]) -> list[Shot]:
    """The gate for people and for machines; who is told, and what came back."""
    names = f"{found['firm']}\n{found['word']}\n91320600MA00000000"
    asked = (
        ("#id_purpose", "办理资质延续"),
        ("#id_case", "资质〔2026〕118号"),
        ("#id_text", names),
        ("main form button", CLICK),
    )
    return [
        Shot("gate", "/desk/gate/", who="construction-desk"),
        Shot("gate-result", "/desk/gate/", who="construction-desk", steps=asked),
        Shot("integrator", "/desk/integrator/", who="construction-desk"),
        Shot("callers", "/desk/callers/", who="credit-head"),
        Shot("exchange", "/desk/exchange/", who="credit-head"),
        Shot("subscriber", f"/desk/exchange/{found['subscriber']}/", who="credit-head"),
        Shot("subscribe", "/desk/exchange/new", who="credit-head"),
        Shot("withdrawals", "/desk/exchange/withdrawals", who="credit-officer"),
        Shot("dead-letters", "/desk/exchange/dead", who="credit-head"),
    ]


def people(found: dict[str, str]) -> list[Shot]:
    """Accounts, duties and what was done to them; coming in, with a lock and a second factor."""
    wrong = (
        ("#id_username", "nobody-here"),
        ("#id_password", "not-this-one"),
        ("form.card-part button", CLICK),
    )
    return [
        Shot("people", "/desk/people/", who="secadmin"),
        Shot("account", f"/desk/people/{found['account']}/", who="secadmin"),
        Shot("grants-asked", "/desk/people/asked/", who="secadmin-deputy"),
        Shot("administration", "/desk/administration/", who="auditor"),
        Shot("ledger", "/desk/ledger/", who="auditor"),
        Shot("own-duties", "/desk/me", who="price-officer"),
        Shot("own-password", "/desk/password", who="price-officer"),
        Shot("second-factor", "/desk/factor/enrol", who="price-officer"),
        Shot("locked", "/desk/login", steps=wrong * 6, refuses=True),
    ]
