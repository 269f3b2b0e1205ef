"""The evidence of a case, and the file that checks it on a bare machine: one flipped byte is named, wherever."""

from __future__ import annotations

import dataclasses
import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from levy import Desk, at

from chengxin.core.errors import MissingError
from chengxin.effects import evidence, verifier
from chengxin.ledger import content, sealing
from chengxin.ledger.models import Entry
from chengxin.ledger.scope import Scope
from chengxin.policy.bundle import seal

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
SCOPE = Scope.of(
    agencies=None, regions=["320100"], roles=["case_officer"], classes=frozenset({"public", "government"})
)


@pytest.fixture
def reader(desk: Desk, store: Any, secret: str) -> evidence.Reader:
    path = store.bundle(desk.bundle.sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(seal(desk.bundle.house).body)
    return evidence.Reader(
        store,
        desk.bundle.house,
        SCOPE,
        secret,
        lambda act: b"%PDF-1.7 sample" if act.kind == "decide" else None,
    )


@pytest.fixture
def told(desk: Desk, reader: evidence.Reader, secret: str) -> bytes:
    """The bundle of a case that has a text in it, the night after it was decided."""
    text = content.store_text(reader.store, "当事人申辩：已整改。", "申辩", at(desk.on), secret)
    case = desk.case("plain", 7)
    for kind in ("propose", "notify", "serve"):
        desk.do(case, kind)
    desk.do(case, "waive", cites={"exhibits": [text.pk]})
    desk.do(case, "decide")
    desk.do(case, "serve_decision")
    sealing.seal(at(desk.on))
    sealing.seal(at(desk.on + timedelta(days=1)))
    return evidence.bundle(case, reader)


def checked(*words: str) -> tuple[int, str]:
    """The file alone, in an interpreter that has nothing but its own library."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", verifier.__file__, *words],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    return done.returncode, done.stdout + done.stderr


def test_it_opens_on_a_bare_machine_and_holds_everything(told: bytes, tmp_path: Path) -> None:
    path = tmp_path / "evidence.zip"
    path.write_bytes(told)
    status, said = checked("bundle", str(path))
    assert status == 0, said
    assert "root 2016-10-0" in said
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert {"acts.json", "days.json", "records.json", "articles.json", "verify.py", "index.html"} <= set(
            names
        )
        assert [name for name in names if name.startswith("documents/")]
        (text,) = [name for name in names if name.startswith("exhibits/")]
        assert archive.read(text).decode() == "当事人申辩：已整改。"
        assert all(each["proof"] for each in json.loads(archive.read("acts.json")))
        assert b"http" not in archive.read("index.html")
        archive.extractall(tmp_path / "unpacked")
    assert checked("bundle", str(tmp_path / "unpacked"))[0] == 0


def test_one_flipped_byte_is_named_in_every_file(told: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(told)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert verifier.check_bundle(files) == []
    for name, whole in files.items():
        place = len(whole) // 2
        flipped = bytearray(whole)
        flipped[place] ^= 0x04
        found = verifier.check_bundle({**files, name: bytes(flipped)})
        assert found, name
        if name != "seal.json":
            assert found == [
                f"{name}: altered, byte {place}: is 0x{flipped[place]:02x}, was 0x{whole[place]:02x}"
            ]
        else:
            assert found[0].startswith(("manifest.json: ", "seal.json: "))


def test_a_file_left_out_or_slipped_in_is_named(told: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(told)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    without = {name: each for name, each in files.items() if name != "days.json"}
    assert verifier.check_bundle(without) == ["days.json: missing"]
    assert verifier.check_bundle({**files, "more.txt": b""}) == ["more.txt: nobody sealed it"]


def test_whoever_seals_anew_what_he_altered_is_found_by_the_ledger(told: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(told)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    acts = json.loads(files["acts.json"])
    acts[0]["body"]["on"] = "2016-10-01"
    acts[0]["digest"] = verifier.sha256(verifier.canonical(acts[0]["body"]))
    inner = {n: c for n, c in files.items() if n not in verifier.SEALS} | {
        "acts.json": verifier.canonical(acts)
    }
    with zipfile.ZipFile(io.BytesIO(evidence._zip(inner))) as archive:
        forged = {name: archive.read(name) for name in archive.namelist()}
    assert verifier.check_bundle(forged) == [
        f"act {acts[0]['id']} (propose): the ledger speaks of another digest"
    ]


def test_a_day_and_a_proof_name_the_flipped_byte(desk: Desk, tmp_path: Path) -> None:
    for subject in range(1, 8):
        desk.do(desk.case("plain", subject), "propose")
    sealing.seal(at(desk.on))
    sealing.seal(at(desk.on + timedelta(days=1)))
    day = sealing.export_day(desk.on)
    proof = evidence.proof_of(Entry.objects.order_by("id")[2])
    assert proof is not None
    for kind, whole in (("day", day), ("proof", proof)):
        path = tmp_path / f"{kind}.json"
        path.write_text(json.dumps(whole), "utf-8")
        assert checked(kind, str(path))[0] == 0
    leaf = day["entries"][3]["leaf"]
    altered = json.loads(json.dumps(day))
    altered["entries"][3]["leaf"] = leaf[:20] + chr(ord(leaf[20]) ^ 1) + leaf[21:]
    (said,) = verifier.check_day(altered)
    assert said.startswith("entries[3].leaf: altered, byte 20: ")
    assert verifier.check_day({**day, "root": _flipped(day["root"])}) == ["root: altered; no entry was"]
    leaf = proof["leaf"]
    assert verifier.check_proof({**proof, "leaf": leaf[:9] + chr(ord(leaf[9]) ^ 1) + leaf[10:]})[
        0
    ].startswith("leaf: altered, byte 9: ")
    beside = [_flipped(proof["proof"][0]), *proof["proof"][1:]]
    assert verifier.check_proof({**proof, "proof": beside})[0].startswith("proof[0]: altered, byte 0: ")
    assert verifier.check_proof({**proof, "root": _flipped(proof["root"])})[0].startswith(
        "root: altered, byte 0: "
    )


def _flipped(digest: str) -> str:
    return f"{int(digest[:2], 16) ^ 1:02x}{digest[2:]}"


def test_what_was_destroyed_is_named_and_not_there(desk: Desk, reader: evidence.Reader, secret: str) -> None:
    text = content.store_text(reader.store, "当事人申辩", "申辩", at(desk.on), secret)
    case = desk.case("plain", 7)
    desk.do(case, "propose", cites={"exhibits": [text.pk]})
    content.destroy(text, reader.store, secret)
    with zipfile.ZipFile(io.BytesIO(evidence.bundle(case, reader))) as archive:
        assert not [name for name in archive.namelist() if name.startswith("exhibits/")]
        assert text.sha256 in archive.read("index.html").decode()


def test_a_case_outside_the_scope_is_not_there(desk: Desk, reader: evidence.Reader) -> None:
    case = desk.case("plain", 7)
    elsewhere = dataclasses.replace(
        reader,
        scope=Scope.of(agencies=None, regions=["320600"], roles=["case_officer"], classes=SCOPE.classes),
    )
    with pytest.raises(MissingError):
        evidence.bundle(case, elsewhere)
