"""Remove the shelves, the caches and ``standing``, rebuild, and every hash, page and bill is the same."""

import shutil
from typing import Any

from tests.city.built import City

BILLS = "select program, company, period, adjusts_id, sha256, lines, fen from effects_bill_file order by id"
STANDING = """select subject, kind, effect, adverse, marked, "case", act, article, since, until, body
              from effects_standing order by subject, act, effect, since, body"""
STANDPOINTS = """select case_id, subject, state, since, in_force_from, ends_on, review_on, marked, last_act
                 from cases_standpoint order by case_id, subject"""


def _codes(city: City) -> list[str]:
    return [
        row[0]
        for row in city.rows(
            "select min(i.code) from effects_standing s join subjects_identifier i on i.subject = s.subject "
            "where i.scheme = 'uscc' and (s.until is null or s.until > date('now', '+1 day')) "
            "group by s.subject order by 1 limit 5"
        )
    ]


def _picture(city: City) -> dict[str, Any]:
    """Everything a person or a machine can see: why, search, findings, bills, states."""
    codes = _codes(city)
    return {
        "why": [city.json("why", code) for code in codes],
        "search": [city.json("search", code) for code in codes],
        "reckoned": [{**row, "seconds": 0} for row in city.json("reckon", "--as-of", "2025-12-31")],
        "bills": city.rows(BILLS),
        "standing": city.rows(STANDING),
        "standpoints": city.rows(STANDPOINTS),
    }


def test_what_is_derived_can_be_thrown_away(city: City) -> None:
    before = _picture(city)
    assert before["why"] and before["bills"] and before["standing"]
    for folder in ("shelves", "timeline", "search"):
        shutil.rmtree(city.home / folder)
    city.run("reshelve")
    assert _picture(city) == before


def test_every_citation_is_there_with_its_hash(city: City) -> None:
    told = city.json("verify")
    assert told["broken"] == []
    assert told["read"]["sheets"] > 10
    assert told["read"]["runs"] > 0


def test_a_flipped_byte_is_found(city: City) -> None:
    sheet = next((city.home / "sheets").glob("??/*.parquet"))
    body = bytearray(sheet.read_bytes())
    body[len(body) // 2] ^= 1
    mode = sheet.stat().st_mode
    sheet.chmod(0o600)
    original = sheet.read_bytes()
    try:
        sheet.write_bytes(body)
        assert any(sheet.stem in line for line in city.json("verify", status=1)["broken"])
    finally:
        sheet.write_bytes(original)
        sheet.chmod(mode)


def test_every_chain_holds_link_by_link(city: City) -> None:
    for code in _codes(city):
        told = city.json("why", code, "--verify")
        assert told["broken"] == []
        kinds = {link["kind"] for link in told["chain"]}
        assert {"decision", "finding", "record", "batch", "catalogue", "article"} <= kinds


def test_a_second_round_of_the_clock_changes_nothing(city: City) -> None:
    city.run("tick")
    before = (city.rows(STANDING), city.rows(STANDPOINTS), city.rows("select count(*) from cases_act"))
    city.run("tick")
    assert (
        city.rows(STANDING),
        city.rows(STANDPOINTS),
        city.rows("select count(*) from cases_act"),
    ) == before


def test_past_days_replay_from_the_sheets_alone(city: City) -> None:
    days = [row[0] for row in city.rows("select distinct as_of from findings_run order by as_of")]
    assert days
    for day in days[:3]:
        assert all(row["was"] == row["is"] for row in city.json("replay", day))
