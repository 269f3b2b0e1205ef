"""The shipped catalogue and law."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.policy.house import House, load

PARQUET = """
name code id_kind uscc_valid registered_on type_raw capital_raw scope city address reg_division
"""
PENALTY_2018 = """
CF_XDR_MC CF_XDR_LB CF_XDR_SHXYM CF_XDR_GSZC CF_XDR_ZZJG CF_XDR_SWDJ CF_XDR_SYDW CF_XDR_SHZZ CF_FRDB CF_FR_ZJLX
CF_FR_SFZH CF_XDR_ZJLX CF_XDR_ZJHM CF_WSH CF_WFXW CF_SY CF_YJ CF_CFLB CF_NR CF_NR_FK CF_NR_WFFF CF_NR_ZKDX CF_JDRQ
CF_YXQ CF_GSJZQ CF_CFJG CF_CFJGDM CF_SJLY CF_SJLYDM BZ
"""
PERMIT_2018 = """
XK_XDR_MC XK_XDR_LB SHXYM GSZC ZZJG XK_FRDB XK_FR_ZJLX XK_FR_SFZH XK_XDR_ZJLX XK_XDR_ZJHM XK_XKWS XK_WSH XK_XKLB
XK_XKZS XK_XKBH XK_NR XK_JDRQ XK_YXQZ XK_YXQZI XK_XKJG XK_XKJGDM XK_ZT XK_LYDW XK_LYDWDM BZ
"""


@pytest.fixture(scope="module")
def house() -> House:
    return load()


@pytest.mark.parametrize(
    ("item", "headers"),
    [
        ("organisation", PARQUET),
        ("administrative_penalty", PENALTY_2018),
        ("administrative_permit", PERMIT_2018),
    ],
)
def test_every_header_of_the_standard_is_taken_or_left_out_by_name(
    house: House, item: str, headers: list[str]
) -> None:
    known = house.items[item]
    assert [
        header for header in headers.split() if header not in known.headers() and header not in known.ignores
    ] == []


def test_a_registry_row_is_typed(house: House) -> None:
    organisation = house.items["organisation"]
    assert organisation.registers
    assert [scheme for scheme, _ in organisation.identifies] == ["uscc", "regno", "orgcode"]
    assert organisation.sql_types() == {
        "name": "VARCHAR",
        "code": "VARCHAR",
        "registered_on": "DATE",
        "legal_form": "VARCHAR",
        "capital": "BIGINT",
        "capital_currency": "VARCHAR",
        "scope": "VARCHAR",
        "industry": "VARCHAR",
        "city": "VARCHAR",
        "address": "VARCHAR",
        "division": "VARCHAR",
    }


def test_a_penalty_carries_a_decision_that_it_proves(house: House) -> None:
    penalty = house.items["administrative_penalty"]
    assert len(penalty.columns) == 18
    assert penalty.carries == "decision"
    assert penalty.proves is not None
    assert penalty.proves.columns == ("document_number", "decided_on", "publicity_ends_on")


def test_a_complaint_is_no_misconduct(house: House) -> None:
    complaint = house.items["complaint"]
    assert complaint.carries is None
    assert complaint.disclosure == "restricted"


def test_natural_persons_numbers_stand_only_where_named_roles_alone_look(house: House) -> None:
    """What is about organisations leaves them out; a sheet about persons holds a keyed digest in their place."""
    for item in house.items.values():
        if any(column.scheme in ("id_number", "passport") for column in item.columns.values()):
            assert (item.about, item.disclosure) == ("person", "restricted"), item.name


def test_every_basis_is_in_force_today(house: House) -> None:
    from chengxin.policy.check import check

    assert check(on=date(2026, 6, 1)) == []


def test_an_article_is_cited_as_documents_cite_it(house: House) -> None:
    notice = house.articles["apl-2021#44"]
    assert notice.citation == "《行政处罚法》第44条"
    assert notice.in_force(date(2021, 7, 15))
    assert not notice.in_force(date(2021, 7, 14))


def test_what_nobody_read_is_a_proposal(house: House) -> None:
    for id_ in ("js-sewage-fee-2016#3", "ndrc-36-2025#4", "dir-2024#6", "apl-2021#57"):
        assert house.articles[id_].status == "proposal"
    assert house.articles["apl-2021#44"].status == "confirmed"


def test_the_floors_of_the_surcharge_are_published(house: House) -> None:
    floors = house.articles["js-sewage-fee-2016#3"]
    assert {name: floors.minimum(name, date(2016, 1, 1)) for name in floors.minimums} == {
        "red": 600_000,
        "red_again": 1_000_000,
        "black": 1_000_000,
    }
    assert floors.minimum("red", date(2015, 12, 31)) is None
