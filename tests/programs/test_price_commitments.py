"""Commitments through the real intake and the counter: counted, signed, kept, withdrawn, broken, repaired."""

from __future__ import annotations

import base64
import csv
import io
import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.faces.conftest import at_desk, opened, person

from .handing import Handing, firm, post, walk_rows

__all__ = ["at_desk", "opened", "person"]
pytestmark = pytest.mark.django_db(databases=["default", "looks"])
MATTERS = ("pricing", "integrity_unit", "fair_price_shop", "grade", "repair")
DIVISIONS = ("320612", "320613", "320614", "320623", "320681", "320682", "320685")
RECEIVED = 22_112
"""What the province received, by the account of its award."""
PNG = b"\x89PNG\r\n\x1a\n" + b"a signed and sealed page"


@pytest.fixture
def here(opened: Path, person: Callable[..., Any]) -> Handing:
    return Handing("price_commitments", "yz-price", person("steward"), opened)


def commitment(of: dict[str, str], number: str, matter: str, **said: Any) -> dict[str, Any]:
    """A commitment signed half a year ago and running, unless said otherwise."""
    today = timezone.localdate()
    told = {"number": number, "matter": matter, "template": "v2022", "text_hash": "aa", "signer": "拟某某"}
    dates = {"signed_on": today - timedelta(days=100), "valid_to": today + timedelta(days=200)}
    return {**of, **told, **dates, "channel": "scan", **said}


def application(of: dict[str, str], number: str, matter: str) -> dict[str, Any]:
    return {**of, "number": number, "matter": matter, "filed_on": timezone.localdate() - timedelta(days=3)}


def check(of: dict[str, str], number: str, outcome: str, days_ago: int, **said: Any) -> dict[str, Any]:
    on = timezone.localdate() - timedelta(days=days_ago)
    return {**of, "commitment": number, "content": "duties", "checked_on": on, "outcome": outcome, **said}


def test_every_commitment_received_is_counted_by_matter_and_division(
    here: Handing, at_desk: Callable[..., Client]
) -> None:
    chance, today = random.Random(10), timezone.localdate()
    firms = [firm(n, chance.choice(DIVISIONS)) for n in range(700)]
    here.known(firms)
    rows = []
    for n in range(RECEIVED):
        signed = today - timedelta(days=chance.randint(1, 900))
        ends = signed + timedelta(days=365)
        rows.append(
            commitment(
                chance.choice(firms), f"诺{n}", chance.choice(MATTERS), signed_on=signed, valid_to=ends
            )
        )
    receipt = here.hand_in("price_commitment", rows)
    assert (receipt["taken"], receipt["unlinked"], receipt["quarantined"]) == (RECEIVED, 0, 0)

    desk = at_desk("case_officer")
    answer = desk.get("/desk/price_commitments/commitments/?table=counts&export=csv")
    shown = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))[1:]
    by_matter = Counter((row["division"], row["matter"]) for row in rows)
    names = dict(zip(sorted(DIVISIONS), (line[0] for line in shown), strict=True))
    for division, line in zip(sorted(DIVISIONS), shown, strict=True):
        assert [int(cell) for cell in line[1:6]] == [by_matter[division, each] for each in MATTERS]
        running = sum(row["valid_to"] > today for row in rows if row["division"] == division)
        assert int(line[7]) == running, names[division]
    assert sum(int(line[6]) for line in shown) == RECEIVED
    page = desk.get("/desk/price_commitments/commitments/").content.decode()
    assert f"<b>{RECEIVED:,}</b>" in page
    stranger = at_desk("case_officer", "yz-tax").get("/desk/price_commitments/commitments/").content.decode()
    assert f"{RECEIVED:,}" not in stranger


def drawn(of: dict[str, str], matter: str = "fair_price_shop") -> tuple[str, str]:
    """The text the public page draws up, and its hash."""
    asked = {"code": of["code"], "matter": matter}
    page = Client().get("/p/price_commitments/draft/", asked).content.decode()
    text = Client().get("/p/price_commitments/draft/text", asked).content.decode()
    (sha256,) = set(re.findall(r"\b[0-9a-f]{64}\b", page))
    return text, sha256


def test_signed_on_paper_kept_published_and_withdrawn(here: Handing, at_desk: Callable[..., Client]) -> None:
    of = firm(1)
    here.known([of])
    text, sha256 = drawn(of)
    assert of["name"] in text
    assert "申办平价商店" in text
    assert all(f"{number}、" in text for number in "一二三四五")
    counter = at_desk("steward")
    asked = {"code": of["code"], "matter": "fair_price_shop", "area": "", "channel": "scan", "signer": "拟某某",
             "drawn_on": timezone.localdate().isoformat(), "text_hash": sha256[:12]}  # fmt: skip

    def hand(**said: Any) -> str:
        return post(counter, "/desk/price_commitments/sign/", **{**asked, **said})

    page = SimpleUploadedFile("页.html", b"<html><script>1</script></html>")
    assert "不一致" in hand(text_hash="0" * 12, scan=SimpleUploadedFile("a.png", PNG))
    assert "<script>1" not in hand(scan=page)
    assert "这一项还没有填" in hand()
    assert here.rows("commitment") == []
    hand(scan=SimpleUploadedFile("承诺书.png", PNG))
    (row,) = here.rows("commitment")
    assert (row["state"], row["text_hash"], row["matter"]) == ("running", sha256, "fair_price_shop")

    public = Client().get("/p/price_commitments/").content.decode()
    assert row["number"] in public
    assert "拟某某" not in public
    officer = at_desk("case_officer")
    paper = f"/desk/price_commitments/commitments/{row['record']}/"
    assert row["number"] in officer.get(paper).content.decode()
    assert b"".join(officer.get(f"{paper}?file=1").streaming_content) == PNG  # type: ignore[attr-defined]
    assert at_desk("case_officer", "yz-tax").get(paper).status_code == 404

    said = {"code": of["code"], "number": row["number"], "signer": "拟某某", "confirmed": "1"}
    assert "没有这家单位" in post(
        counter, "/desk/price_commitments/sign/withdraw", **{**said, "number": "别的"}
    )
    post(counter, "/desk/price_commitments/sign/withdraw", **said)
    (row,) = here.rows("commitment")
    assert row["state"] == "withdrawn"
    assert row["number"] not in Client().get("/p/price_commitments/").content.decode()


def certified(code: str) -> tuple[ec.EllipticCurvePrivateKey, str, str]:
    """A firm's key, its certificate with its issuer's, and the hash by which the issuer is trusted."""
    from chengxin.programs.price_commitments.signing import key_of

    keys = [ec.generate_private_key(ec.SECP256R1()) for _each in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, each)]) for each in ("ISSUER", code)]
    now, made = datetime.now(UTC), []
    for key, name in zip(keys, names, strict=True):
        built = (
            x509.CertificateBuilder().subject_name(name).issuer_name(names[0]).public_key(key.public_key())
        )
        built = built.serial_number(7).not_valid_before(now - timedelta(days=1))
        made.append(built.not_valid_after(now + timedelta(days=30)).sign(keys[0], hashes.SHA256()))
    chain = "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in reversed(made))
    return keys[1], chain, key_of(made[0])


def test_an_electronic_signature_is_of_this_firm_over_this_text_by_an_issuer_known_here() -> None:
    from chengxin.programs.price_commitments.signing import fault

    code, now = firm(2)["code"], datetime.now(UTC)
    key, chain, issuer = certified(code)
    signed = base64.b64encode(key.sign("正文".encode(), ec.ECDSA(hashes.SHA256()))).decode()
    said: dict[str, Any] = {"code": code, "at": now, "trusted": {issuer}}
    assert fault("正文", signed, chain, **said) is None
    assert fault("改过的正文", signed, chain, **said) == "broken"
    assert fault("正文", "？", chain, **said) == "unreadable"
    assert fault("正文", signed, chain, **{**said, "code": firm(3)["code"]}) == "other_party"
    assert fault("正文", signed, chain, **{**said, "trusted": {"0" * 64}}) == "untrusted"
    assert fault("正文", signed, chain, **{**said, "at": now + timedelta(days=31)}) == "out_of_date"
    _key, other, _issuer = certified(code)
    forged = chain.split("-----END CERTIFICATE-----\n", 1)[1]
    own = other.split("-----END CERTIFICATE-----\n", 1)[0] + "-----END CERTIFICATE-----\n"
    assert fault("正文", signed, own + forged, **said) == "untrusted"


def test_signed_electronically_at_the_counter(
    here: Handing, at_desk: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from chengxin.policy.values import Values

    of = firm(4)
    here.known([of])
    key, chain, issuer = certified(of["code"])
    text, sha256 = drawn(of)
    signed = base64.b64encode(key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))).decode()
    asked = {"code": of["code"], "matter": "fair_price_shop", "channel": "e_signature", "signer": "拟某某",
             "drawn_on": timezone.localdate().isoformat(), "text_hash": sha256[:12], "certificate": chain,
             "signature": signed}  # fmt: skip
    counter = at_desk("steward")
    assert "没有经本地确认" in post(counter, "/desk/price_commitments/sign/", **asked)
    real = Values.on

    def confirmed(self: Values, day: date, region: str = "") -> Any:
        return {"first": f"k{issuer}"} if self.name == "issuers" else real(self, day, region)

    monkeypatch.setattr(Values, "on", confirmed)
    post(counter, "/desk/price_commitments/sign/", **asked)
    (row,) = here.rows("commitment")
    assert (row["channel"], row["text_hash"]) == ("e_signature", sha256)


def test_each_matter_runs_to_its_own_outcome_and_none_goes_on_without_a_commitment(
    here: Handing, at_desk: Callable[..., Client]
) -> None:
    from chengxin.cases.models import Case

    firms = [firm(n) for n in range(10, 20)]
    codes = here.known(firms)
    matters = MATTERS[:4]
    promised = firms[:4]
    here.taken("price_commitment", *(
        commitment(of, f"诺{n}", matter) for n, (of, matter) in enumerate(zip(promised, matters, strict=True))
    ))  # fmt: skip
    here.taken("price_application", *(
        application(of, f"申{n}", matters[n % 4]) for n, of in enumerate(firms[:8])
    ))  # fmt: skip
    here.taken("price_check", check(firms[3], "诺3", "kept", 50))
    officer, head = at_desk("case_officer"), at_desk("head")
    for matter in matters:
        post(officer, "/desk/price_commitments/matters/propose", matter=matter)
    lists = {case.procedure: case.schedules.get() for case in Case.objects.filter(program=here.program)}
    assert {name: listed.rows for name, listed in lists.items()} == dict.fromkeys(matters, 1)
    post(officer, "/desk/price_commitments/matters/propose", matter="pricing")
    assert Case.objects.filter(procedure="pricing").count() == 1, "what is taken up is not proposed twice"
    for matter, listed in lists.items():
        post(head, "/desk/price_commitments/matters/decide", matter=matter, list=str(listed.pk))
    page = Client().get("/p/price_commitments/").content.decode()
    plaques = page.split('id="table-plaques"')[1]
    shown = {of["code"] for of in firms if of["code"] in plaques}
    assert shown == {of["code"] for of in promised[1:]}
    assert {code for code in codes if code in plaques} == shown
    from chengxin.cases.standpoints import point_of

    days = {name: point_of(listed.case).ends_on for name, listed in lists.items()}
    assert days["integrity_unit"] == timezone.localdate() + timedelta(days=730)
    assert days["fair_price_shop"] == timezone.localdate() + timedelta(days=365)


def test_a_breach_is_found_heard_decided_published_and_repaired(
    here: Handing, at_desk: Callable[..., Client], person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from chengxin.cases.models import Case
    from chengxin.effects.models import Standing
    from chengxin.kit import rows_underway

    bad, good = firm(30), firm(31)
    codes = here.known([bad, good])
    today = timezone.localdate()
    late = (today - timedelta(days=20)).isoformat()
    here.taken(
        "price_commitment", commitment(bad, "诺1", "fair_price_shop"), commitment(good, "诺2", "grade")
    )
    here.taken(
        "price_check", check(bad, "诺1", "failed", 40, correct_by=late), check(good, "诺2", "kept", 40)
    )
    here.taken("price_application", application(bad, "申1", "fair_price_shop"))
    officer, head = at_desk("case_officer"), at_desk("head")
    page = officer.get("/desk/price_commitments/breaches/").content.decode()
    assert bad["code"] in page
    assert good["code"] not in page
    post(officer, "/desk/price_commitments/breaches/propose")
    case = Case.objects.get(procedure="breach")
    by = {"": person("case_officer"), "decide": person("head")}
    walk_rows(case, ["notify", "serve"], by=by, agency="yz-price", here=here)
    assert not Standing.objects.exists()

    later = timezone.now() + timedelta(days=21)
    monkeypatch.setattr(timezone, "now", lambda: later)
    officer, head = at_desk("case_officer"), at_desk("head")
    walk_rows(case, ["decide", "serve_decision"], by=by, agency="yz-price", here=here)
    (line,) = Standing.objects.filter(effect="commitment_broken")
    assert (line.subject, line.adverse) == (codes[bad["code"]], True)
    assert line.review_on
    post(officer, "/desk/price_commitments/matters/propose", matter="fair_price_shop")
    assert not Case.objects.filter(procedure="fair_price_shop").exists(), (
        "a breach unrepaired stops other matters"
    )

    here.taken("price_commitment", commitment(bad, "诺3", "repair"))
    here.taken("price_application", application(bad, "申2", "repair"))
    assert "修复（1 家）" not in officer.get("/desk/price_commitments/breaches/").content.decode()
    here.taken("price_check", check(bad, "诺1", "corrected", 1))
    assert "修复（1 家）" in officer.get("/desk/price_commitments/breaches/").content.decode()
    post(officer, "/desk/price_commitments/breaches/repair")
    assert [row["state"] for row in rows_underway(case.schedules.get())] == ["repaired"]
    line.refresh_from_db()
    assert line.until == timezone.localdate()
    post(officer, "/desk/price_commitments/matters/propose", matter="fair_price_shop")
    assert Case.objects.filter(procedure="fair_price_shop").exists()
    assert head.get("/desk/price_commitments/matters/").status_code == 200


def test_the_clock_reminds_once_and_the_officer_sends_the_letter(
    here: Handing, at_desk: Callable[..., Client], person: Callable[..., Any]
) -> None:
    from chengxin.cases.lapsing import alarm
    from chengxin.cases.models import Case, Standpoint
    from chengxin.cases.reminding import remind

    of = firm(40, "320600")
    subject = here.known([of])[of["code"]]
    ends = timezone.localdate() + timedelta(days=9)
    here.taken("price_commitment", commitment(of, "诺1", "grade", valid_to=ends))
    words = {"bundle": here.adopted, "store": here.store}
    assert remind(at=timezone.now(), **words)["made"] == 1
    assert remind(at=timezone.now() + timedelta(days=1), **words)["made"] == 0
    officer = at_desk("case_officer")
    page = officer.get("/desk/price_commitments/checks/").content.decode()
    assert "承诺将要期满" in page and "待寄送" in page
    case = Case.objects.get(procedure="reminding")
    head = at_desk("head")
    assert "已经逾期" not in head.get("/desk/").content.decode()
    assert alarm(bundle=here.adopted, at=timezone.now() + timedelta(days=20)) == 1
    assert "已经逾期" in head.get("/desk/").content.decode()
    assert "已经逾期" not in officer.get("/desk/").content.decode(), "the head's own list"
    page = f"/desk/cases/{case.pk}/act/serve_decision?row={subject}"
    assert officer.get(page).status_code == 200
    walk_rows(case, ["serve_decision"], by={"": person("case_officer")}, agency="yz-price", here=here)
    assert Standpoint.objects.get(case=case, subject=subject).state == "in_force"
    assert "已经逾期" not in head.get("/desk/").content.decode(), "it goes when it is done"
    page = officer.get("/desk/price_commitments/checks/").content.decode()
    assert "直接送达" in page


def test_only_the_price_body_steps_and_others_see_nothing(
    here: Handing, at_desk: Callable[..., Client]
) -> None:
    of = firm(50)
    here.known([of])
    here.taken("price_commitment", commitment(of, "诺1", "grade"))
    here.taken("price_application", application(of, "申1", "grade"))
    stranger, market = at_desk("case_officer", "yz-tax"), at_desk("case_officer", "yz-market")
    for where in ("commitments", "matters", "checks", "breaches"):
        answer = stranger.get(f"/desk/price_commitments/{where}/")
        assert answer.status_code == 200, where
        assert of["code"] not in answer.content.decode(), where
        assert market.get(f"/desk/price_commitments/{where}/").status_code == 200, where
    for where in ("matters/propose", "breaches/propose", "breaches/repair"):
        for client in (stranger, market):
            assert client.post(f"/desk/price_commitments/{where}", {"matter": "grade"}).status_code == 403, (
                where
            )
    assert at_desk("steward", "yz-tax").get("/desk/price_commitments/sign/").status_code == 403
    assert Client().get("/p/price_commitments/draft/?code=没有&matter=grade").status_code == 200
    assert Client().get(f"/p/price_commitments/draft/?code={of['code']}&matter=none").status_code == 200
    assert Client().get("/p/price_commitments/draft/text").status_code == 404
