"""What visitors of a walk write, drawn without regard to legality: at the desk and at ``my``.

Nothing here asks where a matter stands. Half of the letters follow the matter's road, in the name of somebody who may
take it somewhere; the others are anything: anybody's, of any matter and row, with any words, days and files.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from urllib.parse import quote

from levy import ARTICLE, HANDS

from chengxin.cases.edges import EDGES
from tests.house.town import BODIES, HERE, MATTER, ROLES, Firm, Town
from tests.house.visitors import Letter

FILED = ("state", "ask_hearing", "waive", "object", "urge", "ask_review", "apply_repair", "own_words",
         "agree_service", "withdraw_service")  # fmt: skip
"""What a party files itself."""
OPENED = ("serve", "serve_decision")
OVER_ALL = frozenset({"notify", "serve", "decide", "serve_decision", "legal_review", "cosign", "revoke"})
"""Steps taken over a whole list, most of the time."""
PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n% "
LONG, STRANGE = (
    "长" * 501,
    ("\x00", "🏭" * 40, "soon", "' or 1=1 --", "<b>粗</b>", "-1", "٣", "2099-01-01", "9" * 40),
)
FAR = ("0", "-1", "999", "9" * 30, "²", "abc", "")
"""Rows nobody is on."""
CHOICES: dict[str, tuple[str, ...]] = {
    "means": ("in_person", "e_service", "public_notice", "registered_letter", "pigeon", ""),
    "reason": ("moved", "false_papers", "not_performed", "absent", "mood", ""),
    "ground": ("error", "mismatch", "over", "spite", ""),
    "outcome": ("kept", "corrected", "delisted", "over", "revoked", "well", ""),
    "opinion": ("agree", "disagree", "maybe", ""),
    "what": ("suit", "reconsideration", "reorganisation", "feud", ""),
    "docket": ("（2026）苏01行初1号", ""),
    "order": ("", "裁定停止执行。"),
    "proof": ("已经履行完毕。", ""),
    "commitment": ("以上属实，今后依法经营。", ""),
    "members": ("甲\n乙\n丙", "甲\n乙", "甲\n甲\n丙", "甲 {code}\n乙\n丙", ""),
    "pro": ("2", "1", "3", "x", ""),
    "contra": ("1", "2", "3", ""),
    "article": (ARTICLE, "gone-2016#1", "nowhere#1", ""),
    "address": ("13800000000", ""),
    "tracking": ("XA1", ""),
    "sure": ("on", ""),
}
"""What may be said, the right thing first."""
RIGHT = {"refuse_repair": {"reason": "not_performed"}, "end_annotation": {"outcome": "over"}}
DAYS: dict[str, tuple[int | str, ...]] = {
    "received_on": (0, -3, -30, ""), "told_on": (-15, -15, -3, ""), "since": ("", "", 10, -400),
    "until": ("", "", 60, 90, 30_000, -30, "soon"), "review_on": ("", 100, 30_000, -30),
}  # fmt: skip
"""Days before or after the day of the step."""


@dataclass
class Matter:
    """A case as a visitor knows it: its number, the procedure it goes by, who is on it, and the road it follows."""

    number: int
    procedure: str
    rows: tuple[int, ...]
    """Empty: it is about the first firm alone."""
    road: list[str]


@dataclass
class Pen:
    """Draws letters. ``on`` is the day a desk writes; parties file today."""

    town: Town
    draw: Random
    matters: list[Matter]
    on: date
    today: date
    fetched: dict[str, int] = field(default_factory=dict)
    """How far each listener has read."""
    written: int = 0
    careful: bool = False
    """Says only the right thing, as long as it is set."""

    def letter(self, *, parties: bool = True) -> Letter:
        """This will draw one letter."""
        self.written += 1
        chance, matter = self.draw.random(), self.draw.choice(self.matters)
        if chance < 0.55 and matter.road:
            letter = self._on_the_road(matter, parties=parties)
        elif chance < 0.75 or not parties:
            letter = self._at_the_desk(matter)
        elif chance < 0.93:
            letter = self._at_my(matter)
        else:
            letter = self._reading(matter)
        return self._spoilt(letter)

    def next_step(self, matter: Matter) -> Letter:
        """This will write the next step of a matter's road as it should be written."""
        self.written, self.careful = self.written + 1, True
        letter = self._on_the_road(matter, parties=True)
        self.careful = False
        return letter

    def listener(self) -> Letter:
        """This will draw what a system asks: the gate, its recalls, what changed since; at times under a wrong key."""
        key = self.town.keys[self.draw.choice(tuple(self.town.keys))] if self.draw.random() < 0.1 else ""
        asks, fetches = self.town.keys["asks"], self.town.keys["fetches"]
        firm = self.draw.choice((*self.town.firms, *[self.town.firms[0]] * 3))
        asked = {"code": self.draw.choice((firm.code, firm.code, firm.code, "no code")), "purpose": "贷款审核",
                 "case": "贷〔2026〕1号", "matter": self.draw.choice((MATTER, MATTER, MATTER, "luck"))}  # fmt: skip
        return self.draw.choice((
            Letter("asks", "/api/v1/gate", asked, key=key or asks),
            Letter("asks", "/api/v1/gate", asked, key=key or asks),
            self.recalls(key or asks),
            self.changes(key or fetches),
            Letter("fetches", "/api/v1/exchange/acknowledgements",
                   {"events": [self.draw.randrange(1, 90)], "result": self.draw.choice(("taken_back", "lost"))},
                   key=key or fetches),
        ))  # fmt: skip

    def question(self) -> Letter:
        """This will write what a bank asks about the first firm."""
        asked = {
            "code": self.town.firms[0].code,
            "matter": MATTER,
            "purpose": "贷款审核",
            "case": "贷〔2026〕2号",
        }
        return Letter("asks", "/api/v1/gate", asked, key=self.town.keys["asks"])

    def recalls(self, key: str) -> Letter:
        return Letter("asks", f"/api/v1/gate/recalls?after={self.fetched.get('asks', 0)}", key=key)

    def changes(self, key: str) -> Letter:
        return Letter("fetches", f"/api/v1/exchange/changes?after={self.fetched.get('fetches', 0)}", key=key)

    def _on_the_road(self, matter: Matter, *, parties: bool) -> Letter:
        """The next step of its road, by who may take it: the party, or an official who enters it for it."""
        kind, party = matter.road[0], self._party(matter)
        row = party.subject if matter.rows and kind not in OVER_ALL else None
        if parties and kind in FILED and self.draw.random() < 0.7:
            return self._filing(matter, kind, party, well=True)
        if parties and kind in OPENED and self.draw.random() < 0.15:
            return Letter(party.identity, f"/my/matters/{matter.number}/open", {})
        who = f"{HANDS.get(kind, 'case_officer')}@{self.draw.choice(BODIES) if kind == 'cosign' else HERE}"
        return self._act(matter, kind, who, str(row) if row else "", well=True)

    def _at_the_desk(self, matter: Matter) -> Letter:
        draw = self.draw
        kind = draw.choice([*EDGES, "publish"])
        role = HANDS.get(kind, "case_officer") if draw.random() < 0.6 else draw.choice(ROLES)
        who = f"{role}@{HERE if draw.random() < 0.7 else draw.choice(BODIES)}"
        rows = (*map(str, matter.rows), "", str(self.town.firms[0].subject), draw.choice(FAR))
        number = matter.number if draw.random() < 0.97 else draw.choice((0, 999, 10**20))
        return self._act(
            replace(matter, number=number), kind, who, draw.choice(rows), well=draw.random() < 0.5
        )

    def _at_my(self, matter: Matter) -> Letter:
        """Any firm, at any matter: its own, another's, one that is not there."""
        draw, firm = self.draw, self.draw.choice(self.town.firms)
        number = matter.number if draw.random() < 0.97 else draw.choice((0, 999, 10**20))
        if draw.random() < 0.12:
            return Letter(firm.identity, f"/my/matters/{number}/open", {})
        kind = draw.choice((*FILED, *FILED, *("object",) * 6, "decide", "revoke"))
        letter = self._filing(replace(matter, number=number), kind, firm, well=draw.random() < 0.6)
        return replace(letter, who=firm.without) if draw.random() < 0.1 else letter

    def _reading(self, matter: Matter) -> Letter:
        draw, firm = self.draw, self._party(matter)
        official = f"{draw.choice(ROLES)}@{draw.choice(BODIES)}"
        number, one = matter.number, draw.randrange(1, 60)
        return draw.choice((
            Letter(official, f"/desk/cases/{number}/?row={quote(draw.choice((*map(str, matter.rows), *FAR)))}"),
            Letter(official, draw.choice(("/desk/", "/desk/cases/", f"/desk/cases/{number}/exhibit/{one}"))),
            Letter(firm.identity, f"/my/matters/{number}/"),
            Letter(firm.identity, draw.choice(("/my/", "/my/matters/", f"/my/matters/{number}/exhibit/{one}"))),
        ))  # fmt: skip

    def _spoilt(self, letter: Letter) -> Letter:
        """A stranger's, one without its token, one by an old session; a form that was not confirmed."""
        if letter.words is None or letter.key:
            return letter
        chance, official = self.draw.random(), f"case_officer@{HERE}"
        if chance < 0.03:
            letter = replace(letter, who="")
        elif chance < 0.06:
            letter = replace(letter, token=False)
        elif chance < 0.09:
            letter = replace(letter, stale=True)
        elif chance < 0.11:  # whoever belongs to the other door
            stranger = official if letter.path.startswith("/my") else self.town.firms[0].identity
            letter = replace(letter, who=stranger)
        elif chance < 0.16:
            said = {name: said for name, said in letter.words.items() if name != "confirmed"}
            letter = replace(letter, words=said)
        return letter

    def _act(self, matter: Matter, kind: str, who: str, row: str, *, well: bool) -> Letter:
        path = f"/desk/cases/{matter.number}/act/{kind}" + (f"?row={quote(row)}" if row else "")
        words = {**self._words(kind, well=well), "confirmed": "1"}
        on = (
            self.on
            if well or self.draw.random() < 0.7
            else self.on + timedelta(self.draw.choice((-30, -1, 3)))
        )
        return Letter(who, path, {**words, "on": on.isoformat() if well else self._strange(on.isoformat())})

    def _filing(self, matter: Matter, kind: str, firm: Firm, *, well: bool) -> Letter:
        files = self._files(well=well) if kind in {"state", "object", "apply_repair"} else ()
        return Letter(
            firm.identity, f"/my/matters/{matter.number}/do/{kind}", self._words(kind, well=well), files
        )

    def _words(self, kind: str, *, well: bool) -> dict[str, str]:
        """Every field any form asks for: most of the time what it should say, else anything."""
        said = {name: self._one(choices, well) for name, choices in CHOICES.items()}
        said |= {name: self._day(choices, well) for name, choices in DAYS.items()}
        said["text"] = f"第{self.written}次所写。"
        said["evidence"] = f"新证据{self.written // 3}。" if self.draw.random() < 0.4 else ""
        said["members"] = said["members"].format(code=self.town.firms[0].code)
        if not well and self.draw.random() < 0.5:
            said[self.draw.choice(tuple(said))] = self.draw.choice((*STRANGE, LONG))
        return said | (RIGHT.get(kind, {}) if well else {})

    def _one(self, choices: tuple[str, ...], well: bool) -> str:
        right = self.careful or self.draw.random() < (0.8 if well else 0.4)
        return choices[0] if right else self.draw.choice(choices)

    def _day(self, choices: tuple[int | str, ...], well: bool) -> str:
        day = self._one(choices, well) if well else self.draw.choice(choices)  # type: ignore[arg-type]
        return (self.on + timedelta(day)).isoformat() if isinstance(day, int) else day

    def _strange(self, text: str) -> str:
        return text if self.draw.random() < 0.9 else self.draw.choice(("", *STRANGE))

    def _files(self, *, well: bool) -> tuple[tuple[str, bytes], ...]:
        page = ("证明.pdf", PDF + str(self.written // 2).encode())
        if well:
            return self.draw.choice(((page,), (page,), ()))
        script, text = ("证明.pdf", b"<script>alert(1)</script>"), ("证明.txt", "一段文字".encode())
        return self.draw.choice(((page,), (script,), (text,), (("空.png", b""),), (page,) * 6, ()))

    def _party(self, matter: Matter) -> Firm:
        return self.draw.choice(self.town.firms[:4]) if matter.rows else self.town.firms[0]
