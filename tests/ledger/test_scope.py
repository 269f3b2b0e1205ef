"""One scope, two compilations: a Django Q and SQL. They select the same rows, on every database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import product
from typing import Any

import duckdb
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.effects.models import Standing
from chengxin.ledger.models import Official
from chengxin.ledger.scope import Scope, scope_of

CODES = ["", "000000", "110000", "320000", "320100", "320102", "320104", "320600", "320681", "640100"]
BODIES = ["", "nj-price", "nj-price-2018", "nt-environment"]
CLASSES = ["", "public", "government", "authorised"]

scopes = st.builds(
    Scope.of,
    agencies=st.none() | st.sets(st.sampled_from(BODIES)),
    regions=st.sets(st.sampled_from(CODES[1:])),
    classes=st.sets(st.sampled_from(CLASSES[1:])),
)
dimensions = st.sets(st.sampled_from(["region", "agency", "class"]))


@pytest.mark.django_db
def test_q_sql_and_admits_select_the_same_rows() -> None:
    columns = {"region": "region", "agency": "agency", "class": "kind"}
    day = date(2026, 1, 1)
    Standing.objects.bulk_create(
        Standing(subject=n, kind=k, program="p", effect="e", title="t", adverse=False, article="a", agency=a,
                 region=r, since=day)
        for n, (r, a, k) in enumerate(product(CODES, BODIES, CLASSES))
    )  # fmt: skip
    duck = duckdb.connect()
    duck.execute("create table row (subject bigint, region text, agency text, kind text)")
    rows = list(product([None, *CODES], [None, *BODIES], [None, *CLASSES]))
    duck.executemany("insert into row values (?, ?, ?, ?)", [(n, *row) for n, row in enumerate(rows)])

    @settings(deadline=None, max_examples=150)
    @given(scopes, dimensions)
    def agree(scope: Scope, asked: set[str]) -> None:
        named = {d: c for d, c in columns.items() if d in asked}
        by_q = set(Standing.objects.filter(scope.q(named)).values_list("region", "agency", "kind"))
        text, values = scope.sql(named, mark="%s")
        with connection.cursor() as cursor:
            cursor.execute(f"select region, agency, kind from effects_standing where {text}", values)
            assert {tuple(row) for row in cursor.fetchall()} == by_q
        text, values = scope.sql(named)
        in_duck = {
            tuple(row)
            for row in duck.execute(f"select region, agency, kind from row where {text}", values).fetchall()
        }
        assert {row for row in in_duck if None not in row} == by_q
        if asked == set(columns):
            assert in_duck == {
                (r, a, k) for r, a, k in rows if scope.admits(region=r, agency=a, klass=k)
            }  # fmt: skip

    agree()


def test_the_public_sees_what_is_published_and_nothing_else() -> None:
    public = Scope.public()
    assert public.admits(region="640100", agency="x", klass="public")
    assert public.admits(region="", agency=None, klass="public")
    assert not public.admits(region="320100", agency="nj-price", klass="government")
    assert not Scope.nothing().admits(region="320100", agency="nj-price", klass="public")
    with pytest.raises(ValueError, match="no dimension colour"):
        public.sql({"colour": "colour"})


def test_a_region_inside_another_is_left_out() -> None:
    assert Scope.of(regions=["320681", "320600", "110000"]).regions == {"320600", "110000"}
    assert Scope.of(regions=["000000", "320600"]).region_ranges is None
    assert Scope.of(regions=["320600"]).covers("320681")
    assert hash(Scope.of(regions=["320600"])) == hash(Scope.of(regions=["320600", "320681"]))


@pytest.mark.django_db
def test_the_scope_of_an_official(official: Callable[..., Any], agencies: Any, today: date) -> None:
    assert scope_of(None, today) == Scope.public()
    steward = official("steward", agency="nj-environment")
    mine = scope_of(steward, today)
    assert mine.agencies == {"nj-environment"}
    assert mine.admits(region="320102", agency="nj-environment", klass="government")
    assert not mine.admits(region="320102", agency="nj-price", klass="government")
    assert mine.admits(region="110000", agency="nj-price", klass="public")

    officer = official("case_officer")
    assert scope_of(officer, today).admits(region="320102", agency="nj-environment", klass="government")
    assert not scope_of(officer, today).admits(region="320681", agency="nj-price", klass="government")
    assert scope_of(officer, date(2009, 1, 1)) == Scope.nothing()

    auditor = official("auditor", agency="nj-credit")
    assert not scope_of(auditor, today).admits(region="320102", agency="nj-credit", klass="government")


@pytest.mark.django_db
def test_a_successor_sees_what_its_predecessor_was_told(
    official: Callable[..., Any], agencies: Any, today: date
) -> None:
    old = agencies["nt-environment"]
    old.valid_to, old.successor = date(2019, 1, 1), agencies["nj-environment"]
    old.save()
    assert scope_of(official("steward", agency="nj-environment"), today).agencies == {
        "nj-environment",
        "nt-environment",
    }


@pytest.mark.django_db
def test_a_narrow_role_afar_does_not_widen_with_a_wide_role_at_home(
    official: Callable[..., Any], today: date
) -> None:
    someone: Official = official("case_officer", region="320102", username="both")
    official("steward", region="320000", username="both")
    scope = scope_of(someone, today)
    assert scope.roles == {"case_officer", "steward"}
    assert scope.regions == {"320102"}
    assert scope.agencies is None
