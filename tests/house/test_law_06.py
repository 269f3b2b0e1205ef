"""House law 6: a name match is a guess, and no guess reaches anybody; a bad code goes back with a remedy.

Whom a row is about is said by a code that proves itself, or by an official. So every shelf and every line of
the built city is held against a reading of the codes that is written here once more, from GB 32100 alone.
"""

from __future__ import annotations

import ast
import json
import sqlite3
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import chengxin
from chengxin.engine.store import Store
from chengxin.subjects.models import Linkage, Subject
from tests.city.built import City
from tests.house import later
from tests.house.doors import bound, look_at
from tests.house.later import copied
from tests.records.counter import FIRM, Counter, counter_of, table

TODAY = "2026-11-10"
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def proven(code: str) -> bool:
    """GB 32100-2015: the values of the characters by powers of three, and the last one, make nothing modulo 31."""
    if len(code) != 18 or set(code) - set(LETTERS):
        return False
    return sum(LETTERS.index(each) * pow(3, place, 31) for place, each in enumerate(code[:17])) % 31 == (
        -LETTERS.index(code[17]) % 31
    )


def digested(code: str) -> bool:
    """A natural person's number stands as its keyed digest: its check was made before, on what was sent."""
    return len(code) == 64 and not set(code) - set("0123456789abcdef")


PROVES: dict[str, Callable[[str], bool]] = {"uscc": proven, "id_number": digested}


def sheets(city: City) -> Iterator[tuple[int, str, Path]]:
    for number, item, sha256 in city.rows("select id, item, sha256 from records_sheet order by id"):
        yield number, item, city.home / "sheets" / sha256[:2] / f"{sha256}.parquet"


def unfounded(city: City) -> list[str]:
    """Every row of every sheet, shelf and line that says whom it is about without a proven code for it."""
    bearers = {
        (scheme, code): subject
        for scheme, code, subject in city.rows("select scheme, code, subject from subjects_identifier")
    }
    found = [f"a scheme nobody proves: {scheme}" for scheme, _ in bearers if scheme not in PROVES]
    codes: dict[int, tuple[str | None, str | None]] = {}
    for number, item, path in sheets(city):
        for row in pq.read_table(path, columns=["record", "scheme", "code"]).to_pylist():
            codes[row["record"]] = row["scheme"], row["code"]
            if row["code"] is not None and not PROVES[row["scheme"]](row["code"]):
                found.append(f"sheet {number} ({item}) is about {row['code']}")
    for folder in ("shelves", "timeline"):
        for path in city.home.glob(f"{folder}/**/*.parquet"):
            for row in pq.read_table(path, columns=["record", "subject", "code"]).to_pylist():
                scheme, code = codes[row["record"]]
                bearer = bearers.get((scheme, code)) if scheme and code else None
                if row["subject"] != bearer or row["code"] != code:
                    found.append(f"{folder}: record {row['record']} is laid to {row['subject']}")
    return found


def test_every_row_of_the_city_is_about_whom_its_proven_code_names(city: City) -> None:
    codes = [code for (code,) in city.rows("select code from subjects_identifier where scheme = 'uscc'")]
    assert len(codes) > 1000
    assert not [code for code in codes if not proven(code)]
    assert unfounded(city) == []


def test_the_reading_sees_a_row_laid_to_another_and_a_code_that_proves_nothing(
    city: City, tmp_path: Path
) -> None:
    mine = copied(city, tmp_path)
    one, other = bound(mine, TODAY, 2)
    with sqlite3.connect(mine.home / "case.sqlite3") as connection:
        (bearer,) = connection.execute(
            "select subject from subjects_identifier where code = ?", [other]
        ).fetchone()
        connection.execute("update subjects_identifier set subject = ? where code = ?", [bearer, one])
    assert any("is laid to" in each for each in unfounded(mine))
    assert proven(one)
    assert not proven(one[:-1] + LETTERS[LETTERS.index(one[-1]) - 1])


def test_a_bad_code_goes_back_with_a_remedy_and_is_held_against_nobody(city: City) -> None:
    """The code that is nearly right, the firm it nearly is, and the row as the sender numbered it."""
    bearers = {code for (code,) in city.rows("select code from subjects_identifier")}
    taken: dict[int, set[int]] = {}
    for number, _, path in sheets(city):
        ((batch,),) = city.rows(f"select batch_id from records_sheet where id = {number}")
        taken.setdefault(batch, set()).update(pq.read_table(path, columns=["row"])["row"].to_pylist())
    counted: Tally[str] = Tally()
    for batch, sha256, name, said in city.rows(
        "select id, refused_sha256, file_name, by_reason from records_batch where refused_sha256 <> ''"
    ):
        rows = pq.read_table(city.home / "refused" / sha256[:2] / f"{sha256}.parquet").to_pylist()
        assert Tally(row["reason"] for row in rows) == json.loads(said)
        lines = sent(city.home / "demo" / name)
        for row in rows:
            assert all(row[each] for each in ("zh", "en", "remedy_zh", "remedy_en")), row
            assert row["row"] not in taken.get(batch, set()), "what went back was not taken as well"
            if row["reason"] not in ("code_check", "ruined_code"):
                continue
            counted[row["reason"]] += 1
            assert row["value"] not in bearers
            assert not proven(row["value"])
            assert not lines or row["value"].lower() in lines[row["row"] - 1].lower(), (name, row)
    assert counted["code_check"] > 20
    assert counted["ruined_code"] > 20


def sent(path: Path) -> list[str]:
    """The lines of a file as the sender sees them, of those that are lines."""
    if path.suffix != ".csv":
        return []
    body = path.read_bytes()
    try:
        return body.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return body.decode("gb18030").splitlines()


# --- a row with the very name of a firm, and nothing else -------------------------------------------

PENALISED = {
    "penalised": "-- grain: subject\nselect subject, [record] as because from administrative_penalty"
}
GUESS = """
import json, sys
from pathlib import Path
from chengxin.faces import boot
boot.setup_django(Path(sys.argv[1]))
from chengxin.faces.premises import store
from chengxin.subjects.guessing import candidates
print(json.dumps([[one.code, one.score, one.reasons] for one in candidates(store(), sys.argv[2], sys.argv[3])]))
"""
LINK = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from chengxin.faces import boot
boot.setup_django(Path(sys.argv[1]))
from chengxin.ledger.models import Official
from chengxin.subjects.linkage import link
official = Official.objects.get(username="market-steward")
now = datetime(2026, 11, 9, 2, tzinfo=UTC)
link(int(sys.argv[2]), int(sys.argv[3]), official=official.pk, reason="示例：电话核实", now=now)
print("null")
"""
BY_NAME, BY_BAD_CODE = "云泽环罚〔2026〕77号", "云泽环罚〔2026〕78号"


@pytest.fixture(scope="module")
def told(city: City, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A copy of the city where a penalty names a firm by name alone, and another by a code one letter off."""
    mine = copied(city, tmp_path_factory.mktemp("guessed"))
    code = bound(mine, TODAY, 1)[0]
    ((subject, name, region),) = mine.rows(
        "select i.subject, n.text, s.region from subjects_identifier i join subjects_name n using (subject) "
        f"join subjects_subject s on s.id = i.subject where i.code = '{code}'"
    )
    before = later.reckon(mine, "penalised", TODAY, rules=PENALISED)["sha256"]
    wrong = code[:-1] + LETTERS[(LETTERS.index(code[-1]) + 1) % 31]
    receipt = later.tell(
        mine, "administrative_penalty",
        [_penalty(name, "", BY_NAME), _penalty(name, wrong, BY_BAD_CODE)], steward="market-steward", on="2026-11-06",
    )  # fmt: skip
    assert (receipt["taken"], receipt["unlinked"], receipt["quarantined"]) == (1, 1, 1), receipt
    (row,) = next(pq.read_table(path).to_pylist() for n, _, path in sheets(mine) if n == receipt["sheets"][0])
    return {
        "row": row, "city": mine, "code": code, "subject": subject, "name": name, "region": region, "wrong": wrong,
        "batch": receipt["batch"], "before": before,
    }  # fmt: skip


def _penalty(name: str, code: str, number: str) -> dict[str, str]:
    return {
        "party_name": name, "uscc": code, "document_number": number, "violation": "违规排放", "facts": "示例",
        "penalty_basis": "示例", "penalty_kind": "罚款", "content": "罚款一万元", "fine": "1",
        "decided_on": "2026-05-06", "publicity_ends_on": "2027-05-06", "decided_by": "云泽市市场监督管理局",
    }  # fmt: skip


def test_a_bare_name_stays_with_nobody_at_every_door(told: dict[str, Any]) -> None:
    city: City = told["city"]
    assert unfounded(city) == []
    row = told["row"]
    assert (row["scheme"], row["code"], row["party_name"]) == (None, None, told["name"])
    (page,) = look_at(city, TODAY, [told["code"]], tick_age_hours=1)
    for door, shown in page.items():
        for number in (BY_NAME, BY_BAD_CODE):
            assert number not in json.dumps(shown, ensure_ascii=False), (door, number)
    assert later.reckon(city, "penalised", TODAY, rules=PENALISED)["sha256"] == told["before"]
    told_why = city.run("why", told["code"])
    assert BY_NAME not in told_why
    assert BY_BAD_CODE not in told_why


def test_the_nearly_right_code_opened_nobody_and_went_back_with_its_row(told: dict[str, Any]) -> None:
    city: City = told["city"]
    assert city.rows(f"select * from subjects_identifier where code = '{told['wrong']}'") == []
    ((sha256,),) = city.rows(f"select refused_sha256 from records_batch where id = {told['batch']}")
    (row,) = pq.read_table(city.home / "refused" / sha256[:2] / f"{sha256}.parquet").to_pylist()
    assert (row["row"], row["reason"], row["value"]) == (3, "code_check", told["wrong"])
    assert "校验位" in row["zh"]
    assert "check character" in row["en"]
    assert row["remedy_zh"]
    assert row["remedy_en"]


def test_the_guess_is_certain_and_still_links_nothing(told: dict[str, Any]) -> None:
    """The very name in the very county is as much as a guess can be; a search by it is no more."""
    city: City = told["city"]
    guesses = city.python(GUESS, str(city.home), told["name"], told["region"])
    assert guesses[0][0] == told["code"]
    assert guesses[0][1] >= 95
    assert "exact" in guesses[0][2]
    hits = city.json("search", told["name"])
    assert (hits[0]["code"], hits[0]["score"]) == (told["code"], 100)
    assert city.rows("select * from subjects_linkage") == []
    assert unfounded(city) == []
    assert not city.run("reshelve", "--json").count("error")
    assert unfounded(city) == [], "nor when the shelves are built again"


def test_an_official_s_word_links_it_from_that_day_and_leaves_the_days_before(told: dict[str, Any]) -> None:
    """Last, since it changes the copy: the same row reaches the firm once somebody answers for it."""
    city: City = told["city"]
    city.python(LINK, str(city.home), str(told["row"]["record"]), str(told["subject"]))
    (page,) = look_at(city, TODAY, [told["code"]], tick_age_hours=1)
    assert BY_NAME in json.dumps(page["api"], ensure_ascii=False)
    assert BY_BAD_CODE not in json.dumps(page["api"], ensure_ascii=False)
    assert later.reckon(city, "penalised", TODAY, rules=PENALISED)["sha256"] != told["before"]
    assert city.rows("select kind from ledger_entry where kind = 'link'") == [("link",)]


# --- attempts ---------------------------------------------------------------------------------------

PENALTY = [
    "行政相对人名称",
    "统一社会信用代码",
    "行政处罚决定书文号",
    "处罚机关",
    "处罚决定日期",
    "公示截止期",
]


@pytest.mark.django_db(databases=["default", "looks"])
class TestAttempts:
    """Codes one slip away from a firm's, and guesses that somebody would like to be taken for proof."""

    @pytest.fixture
    def counter(self, store: Store, official: Callable[..., Any]) -> Counter:
        return counter_of(store, official)

    def test_no_slip_of_one_letter_or_two_neighbours_is_taken_for_anybody(self, counter: Counter) -> None:
        """Every other letter at every place, every pair of neighbours turned round, with the firm's own name."""
        counter.take(
            "organisation",
            table(["企业名称", "统一社会信用代码", "成立日期"], ["示范科技有限公司", FIRM, "2016-03-01"]),
        )
        slips = {f"{FIRM[:at]}{each}{FIRM[at + 1 :]}" for at in range(18) for each in LETTERS}
        slips |= {FIRM[:at] + FIRM[at + 1] + FIRM[at] + FIRM[at + 2 :] for at in range(17)}
        slips -= {FIRM}
        assert not [slip for slip in slips if proven(slip)]
        lines = [
            ["示范科技有限公司", slip, f"示罚{n}号", "示范局", "2026-01-05", "2027-01-05"]
            for n, slip in enumerate(sorted(slips))
        ]
        receipt = counter.take("administrative_penalty", table(PENALTY, *lines))
        assert (receipt.batch.taken, receipt.batch.quarantined) == (0, len(slips))
        assert Subject.objects.count() == 1
        for row in counter.refused(receipt):
            assert row["reason"] in ("code_check", "code_shape")
            assert row["value"] == lines[row["row"] - 2][1], "by the sender's own row number"
            assert row["zh"]
            assert row["remedy_en"]

    def test_a_person_is_nobody_s_candidate(self, store: Store, regions: Any, now: Any) -> None:
        import pyarrow as pa

        from chengxin.ledger.scope import Scope
        from chengxin.subjects.registry import register
        from chengxin.subjects.search import candidates, index_names, search

        for kind, name, code in (("person", "林示例", "d" * 64), ("organisation", "林示例商店", FIRM)):
            scheme = "id_number" if kind == "person" else "uscc"
            table = pa.table({"scheme": [scheme], "code": [code], "name": [name], "region": ["320100"]})
            register(table, kind, now)
        index_names(store)
        person = Subject.objects.get(kind="person").pk
        assert person not in [one.subject for one in candidates(store, "林示例", "320100")]
        found = search(store, "林示例", Scope.public(), kinds={"person", "organisation"})
        assert [one.kind for one in found] == ["organisation"]
        assert not Linkage.objects.exists()


def test_only_the_desk_reads_guesses_and_only_the_desk_links() -> None:
    """``candidates`` and ``link`` meet in one module, behind an official's form; no other code calls either."""
    callers: dict[str, set[str]] = {"candidates": set(), "link": set()}
    root = Path(chengxin.__file__).parent
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in callers:
                callers[node.func.id].add(str(path.relative_to(root)))
    assert callers == {"candidates": {"faces/desk/unlinked.py"}, "link": {"faces/desk/unlinked.py"}}
