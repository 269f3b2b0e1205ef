"""The only writer: who may, heard by whom, on which article, until when."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from levy import DUTIES, Desk, at

from chengxin.cases import acts, follow, standpoints
from chengxin.cases.edges import State
from chengxin.cases.models import Act, Standpoint
from chengxin.core.canonical import digest
from chengxin.core.errors import DeniedError, InputError, RefusedByLaw
from chengxin.ledger.models import Assignment, Entry

pytestmark = pytest.mark.django_db(databases=["default", "looks"])


def test_the_road_to_a_levy_writes_acts_standpoint_and_ledger_together(desk: Desk) -> None:
    case = desk.case("levy")
    desk.do(case, "propose")
    desk.do(case, "notify")
    served = desk.do(case, "serve")
    assert served.detail["statement_until"] == "2016-10-13", "five working days; 9 October 2016 was worked"
    desk.cosign(case)
    desk.wait(10)
    decided = desk.do(case, "decide", {"from": "2016-11-01"})
    assert decided.detail["exit"] == "repair_published"
    assert decided.detail["review_on"] == "2017-11-01"
    assert decided.detail["number"] == "南京市发展和改革委员会决〔2016〕1号"
    bound = desk.do(case, "serve_decision")
    assert bound.detail["lines"][0]["since"] == "2016-11-01"
    point = Standpoint.objects.get(case=case, subject=0)
    assert (point.state, point.in_force_from) == ("in_force", date(2016, 11, 1))
    assert Entry.objects.filter(kind="act").count() == Act.objects.count()


def test_the_digest_of_an_act_is_found_again_in_what_the_database_holds(desk: Desk) -> None:
    case = desk.bind("plain")
    for stored in Act.objects.filter(case=case).select_related("case", "schedule"):
        assert digest(acts.body_of(stored)) == stored.digest


def test_a_decision_before_the_statement_period_is_over_is_refused(desk: Desk) -> None:
    case = desk.case("plain")
    for kind in ("propose", "notify", "serve"):
        desk.do(case, kind)
    desk.on = date(2016, 10, 13)
    with pytest.raises(RefusedByLaw) as refused:
        desk.do(case, "decide")
    assert refused.value.id == "act.statement_period_runs"
    desk.on = date(2016, 10, 14)
    desk.do(case, "decide")


def test_a_statement_must_be_answered_and_then_the_decision_need_not_wait(desk: Desk) -> None:
    case = desk.case("plain")
    for kind in ("propose", "notify", "serve"):
        desk.do(case, kind)
    desk.do(case, "state", official=desk.who("state", "nj-price"))
    with pytest.raises(RefusedByLaw, match="'decide' cannot follow 'stated'"):
        desk.do(case, "decide")
    desk.do(case, "answer")
    desk.do(case, "decide")


def test_all_cosigners_sign_once_each(desk: Desk) -> None:
    case = desk.case("levy")
    for kind in ("propose", "notify", "serve", "waive"):
        desk.do(case, kind)
    desk.do(case, "cosign", agency="nj-price")
    with pytest.raises(RefusedByLaw) as refused:
        desk.do(case, "decide")
    assert refused.value.words["duties"] == ", ".join(sorted(set(DUTIES) - {"price"}))
    with pytest.raises(RefusedByLaw) as twice:
        desk.do(case, "cosign", agency="nj-price")
    assert twice.value.id == "act.cosigned_already"


def test_a_program_may_ask_for_a_legal_review(desk: Desk) -> None:
    case = desk.case("reviewed")
    for kind in ("propose", "notify", "serve", "waive"):
        desk.do(case, kind)
    with pytest.raises(RefusedByLaw) as refused:
        desk.do(case, "decide")
    assert refused.value.id == "act.legal_review_missing"
    assert refused.value.words["article"] == "js-sewage-fee-2016#3"
    desk.do(case, "legal_review", {"opinion": "disagree"})
    with pytest.raises(RefusedByLaw) as against:
        desk.do(case, "decide")
    assert against.value.id == "legal_review.disagrees"
    desk.do(case, "legal_review", {"opinion": "agree"})
    desk.do(case, "decide")


def test_who_handles_a_case_does_not_review_it_and_a_review_has_reasons(desk: Desk) -> None:
    handler = desk.who("legal_review", "nj-price")
    Assignment.objects.create(
        official=handler, role="case_officer", region_id="320100", since=date(2015, 1, 1)
    )
    own, other = desk.case("reviewed"), desk.case("reviewed", 8)
    desk.do(own, "propose", official=handler)
    with pytest.raises(DeniedError) as refused:
        desk.do(own, "legal_review", {"opinion": "agree"})
    assert refused.value.id == "legal_review.by_handler"
    desk.do(other, "propose")
    with pytest.raises(RefusedByLaw) as bare:
        desk.do(other, "legal_review", {"opinion": "agree"}, cites={})
    assert bare.value.id == "act.paper_missing"
    with pytest.raises(RefusedByLaw) as unsaid:
        desk.do(other, "legal_review")
    assert unsaid.value.id == "legal_review.unsaid"


@pytest.mark.parametrize(
    ("agency", "words", "error", "sentence"),
    [
        ("nt-environment", {}, DeniedError, "act.wrong_region"),
        ("nj-finance", {}, DeniedError, "act.wrong_duty"),
        ("nj-price", {"articles": ["gone-2016#1"]}, RefusedByLaw, "act.article_not_in_force"),
        ("nj-price", {"articles": ["nowhere#1"]}, RefusedByLaw, "act.unknown_article"),
        ("nj-price", {"on": date(2016, 10, 9)}, RefusedByLaw, "act.in_the_future"),
        ("nj-price", {"cites": {"rumours": [1]}}, InputError, "act.unknown_citation"),
        ("nj-price", {"detail": {"why": "因为他不好。"}}, InputError, "act.free_text"),
        ("nj-price", {"detail": {"price": 0.6}}, InputError, "act.not_a_plain_value"),
    ],
)
def test_the_wrong_body_article_day_or_words_are_refused(
    desk: Desk, agency: str, words: dict[str, Any], error: type, sentence: str
) -> None:
    case = desk.case("plain")
    desk.who("propose", agency)
    given = {"official": desk.people["case_officer", agency], "agency": agency, "on": desk.on}
    with pytest.raises(error) as refused:
        acts.act(case, "propose", **({**given, "at": at(date(2016, 10, 8)), "bundle": desk.bundle} | words))
    assert refused.value.id == sentence
    assert not Act.objects.exists()


def test_an_official_without_the_role_or_of_another_body_may_not(desk: Desk) -> None:
    case = desk.case("plain")
    with pytest.raises(DeniedError):
        desk.do(case, "propose", official=desk.who("cosign", "nj-price"))
    with pytest.raises(DeniedError) as other:
        desk.do(case, "propose", official=desk.who("propose", "nj-finance"))
    assert other.value.id == "act.other_agency"
    with pytest.raises(DeniedError) as nobody:
        acts.act(
            case, "propose", official=None, agency="nj-price", on=desk.on, at=at(desk.on), bundle=desk.bundle
        )
    assert nobody.value.id == "act.nobody_acts"


def test_no_far_future_and_no_end_before_the_beginning(desk: Desk) -> None:
    case = desk.case("plain")
    for kind in ("propose", "notify", "serve", "waive"):
        desk.do(case, kind)
    with pytest.raises(RefusedByLaw) as far:
        desk.do(case, "decide", {"until": "2099-12-31"})
    assert far.value.id == "act.far_future"
    with pytest.raises(RefusedByLaw) as backwards:
        desk.do(case, "decide", {"from": "2017-01-01", "until": "2016-12-01"})
    assert backwards.value.id == "act.ends_before_it_begins"


def test_what_a_follower_raises_undoes_the_act(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(written: Any) -> None:
        raise RuntimeError("no")

    case = desk.case("plain")
    monkeypatch.setattr(follow, "_followers", [refuse])
    with pytest.raises(RuntimeError), transaction.atomic():
        desk.do(case, "propose")
    assert not Act.objects.exists()
    assert not Standpoint.objects.exists()
    assert not Entry.objects.exists()


def test_an_act_refuses_change_and_deletion(desk: Desk) -> None:
    case = desk.bind("plain")
    with pytest.raises(DatabaseError), transaction.atomic():
        Act.objects.filter(case=case).update(kind="repair")
    with pytest.raises(DatabaseError), transaction.atomic():
        Act.objects.filter(case=case).delete()


def test_it_lapses_only_when_its_term_is_over_and_by_the_clock(desk: Desk) -> None:
    case = desk.bind("plain", until="2016-12-01")
    with pytest.raises(RefusedByLaw) as early:
        acts.act(
            case, "lapse", official=None, agency="nj-price", on=desk.on, at=at(desk.on), bundle=desk.bundle
        )
    assert early.value.id == "act.not_over_yet"
    desk.on = date(2016, 12, 1)
    acts.act(case, "lapse", official=None, agency="nj-price", on=desk.on, at=at(desk.on), bundle=desk.bundle)
    assert standpoints.point_of(case).state is State.LAPSED


def test_an_objection_to_the_makers_record_is_routed_before_it_is_answered(desk: Desk) -> None:
    case = desk.case("levy")
    for kind in ("propose", "notify", "serve"):
        desk.do(case, kind)
    objected = desk.do(case, "object")
    assert Standpoint.objects.get(case=case, subject=0).marked
    with pytest.raises(RefusedByLaw) as refused:
        desk.do(case, "answer_objection", {"objection": objected.pk, "outcome": "kept"})
    assert refused.value.id == "act.not_routed"
    desk.do(case, "route", {"objection": objected.pk, "to": "nj-environment"})
    desk.do(case, "answer_objection", {"objection": objected.pk, "outcome": "kept"}, agency="nj-environment")
    assert not Standpoint.objects.get(case=case, subject=0).marked


def test_document_numbers_have_no_gaps_even_where_a_step_is_refused(desk: Desk) -> None:
    case = desk.case("plain")
    with pytest.raises(RefusedByLaw):
        desk.do(case, "notify")
    desk.do(case, "propose")
    assert desk.do(case, "notify").detail["number"] == "南京市发展和改革委员会告〔2016〕1号"
