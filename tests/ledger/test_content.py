from __future__ import annotations

import io
import zipfile
import zlib
from datetime import datetime
from typing import Any

import pytest

from chengxin.core.errors import FileRefused, HouseFault, MissingError
from chengxin.engine.store import Store
from chengxin.ledger import content, media
from chengxin.ledger.models import Exhibit, ExhibitKey

TEXT = "我公司已于三月一日完成整改。".encode()


def pdf(objects: bytes = b"", *, tail: bytes = b"%%EOF\n") -> bytes:
    return b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n" + objects + b"\ntrailer <</Root 1 0 R>>\n" + tail


def object_stream(plain: bytes, *, filters: bytes = b"/FlateDecode") -> bytes:
    packed = zlib.compress(plain)
    return b"2 0 obj <</Type /ObjStm /Filter %s /Length %d>>\nstream\n%s\nendstream endobj" % (
        filters, len(packed), packed)  # fmt: skip


def office(*members: str, types: str = "<Types/>", fill: bytes = b"x") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        for name in members:
            archive.writestr(name, fill)
    return packed.getvalue()


TAKEN = {
    "a.pdf": (pdf(), media.PDF),
    "b.pdf": (pdf(object_stream(b"<</Type /Page>>")), media.PDF),
    "picture": (b"\x89PNG\r\n\x1a\n....", "image/png"),
    "photo.jpg": (b"\xff\xd8\xff\xe0....", "image/jpeg"),
    "t.xlsx": (office("xl/workbook.xml"), media.XLSX),
    "t.docx": (office("word/document.xml"), media.DOCX),
    "t.csv": ("企业,颜色\n甲厂,红".encode("gb18030"), "text/csv"),
    "t.txt": (TEXT, "text/plain"),
    "t.json": (b'[{"a": 1}]', "application/json"),
    "t.parquet": (b"PAR1....PAR1", media.PARQUET),
}
REFUSED = {
    "empty.txt": (b"", "content.empty"),
    "page.txt": (b"<!DOCTYPE html><html></html>", "content.active"),
    "drawing.png": (b'<svg xmlns="x"></svg>', "content.active"),
    "xml.txt": (b'<?xml version="1.0"?><a/>', "content.active"),
    "harmless.js": (b"1", "content.active"),
    "run.txt": (b"#!/bin/sh\n", "content.active"),
    "program.pdf": (b"MZ\x90\x00\x03\x00\x00", "content.unknown_type"),
    "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x01", "content.unknown_type"),
    "plain.zip": (office("readme.txt"), "content.unknown_type"),
    "broken.xlsx": (office("xl/workbook.xml")[:60], "content.unknown_type"),
    "macro.xlsx": (office("xl/workbook.xml", "xl/vbaProject.bin"), "content.active"),
    "macro2.xlsx": (office("xl/workbook.xml", types="x.macroEnabled.main+xml"), "content.active"),
    "embedded.docx": (office("word/document.xml", "word/embeddings/a.bin"), "content.active"),
    "bomb.xlsx": (office("xl/workbook.xml", fill=b"\0" * (8 << 20)), "content.bomb"),
    "cut.pdf": (pdf(tail=b""), "content.truncated"),
    "script.pdf": (pdf(b"2 0 obj <</S /JavaScript /JS (app.alert(1))>> endobj"), "content.active"),
    "hidden.pdf": (pdf(b"2 0 obj <</S /#4aavaScript>> endobj"), "content.active"),
    "packed.pdf": (pdf(object_stream(b"<</S /Launch /F (cmd.exe)>>")), "content.active"),
    "twice.pdf": (
        pdf(object_stream(b"<</S /JS>>", filters=b"[/ASCIIHexDecode /FlateDecode]")),
        "content.unknown_type",
    ),
    "attached.pdf": (pdf(b"2 0 obj <</Type /EmbeddedFile>> endobj"), "content.active"),
    "locked.pdf": (pdf(b"trailer <</Encrypt 5 0 R>>"), "content.locked"),
}  # fmt: skip


@pytest.mark.parametrize("title", TAKEN)
def test_the_type_is_read_from_the_bytes(title: str) -> None:
    data, media_type = TAKEN[title]
    assert media.sniff(data, title) == media_type


@pytest.mark.parametrize("title", REFUSED)
def test_what_could_act_or_is_not_known_is_refused(title: str) -> None:
    data, sentence = REFUSED[title]
    with pytest.raises(FileRefused) as refused:
        media.sniff(data, title)
    assert refused.value.id == sentence
    assert title in refused.value.sentence("zh")
    assert refused.value.hint("zh")


def test_size_is_bounded(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, store: Store, now: datetime) -> None:
    monkeypatch.setattr(media, "LARGEST", 10)
    (tmp_path / "long.txt").write_bytes(b"x" * 11)
    for given in (b"x" * 11, tmp_path / "long.txt"):
        with pytest.raises(FileRefused, match="larger than"):
            content.store(store, given, "long.txt", now, "s")


@pytest.mark.django_db
def test_an_exhibit_comes_back_as_it_was_and_lies_encrypted(store: Store, now: datetime, secret: str) -> None:
    exhibit = content.store_text(store, TEXT.decode(), "整改说明", now, secret)
    (lying,) = (p for p in (store.home / "content").rglob("*") if p.is_file())
    assert TEXT not in lying.read_bytes()
    assert exhibit.sha256 not in str(lying)
    assert content.open_exhibit(exhibit, store, secret) == TEXT
    assert content.open_exhibit(exhibit.pk, store, secret) == TEXT
    assert not list((store.home / "tmp").iterdir())


@pytest.mark.django_db
def test_altered_bytes_a_wrong_key_and_a_lost_file_are_faults(
    store: Store, now: datetime, secret: str
) -> None:
    exhibit = content.store_text(store, "甲", "说明", now, secret)
    with pytest.raises(HouseFault, match="wrapping key"):
        content.open_exhibit(exhibit, store, "another secret")
    with pytest.raises(HouseFault, match="no key to wrap"):
        content.open_exhibit(exhibit, store, "")
    (lying,) = (p for p in (store.home / "content").rglob("*") if p.is_file())
    sound = lying.read_bytes()
    lying.chmod(0o600)
    lying.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
    with pytest.raises(HouseFault, match="differs"):
        content.open_exhibit(exhibit, store, secret)
    lying.unlink()
    with pytest.raises(HouseFault, match="its file is not"):
        content.open_exhibit(exhibit, store, secret)


@pytest.mark.django_db
def test_destroying_one_of_two_equal_texts_leaves_the_other(
    store: Store, now: datetime, secret: str, django_capture_on_commit_callbacks: Any
) -> None:
    gone, kept = (content.store_text(store, "同一句话", "说明", now, secret) for _ in range(2))
    assert gone.sha256 == kept.sha256
    with django_capture_on_commit_callbacks(execute=True):
        content.destroy(gone, store, secret)
    assert content.is_destroyed(gone)
    assert not content.is_destroyed(kept)
    assert Exhibit.objects.filter(pk=gone.pk).exists()
    assert not ExhibitKey.objects.filter(exhibit=gone).exists()
    assert len([p for p in (store.home / "content").rglob("*") if p.is_file()]) == 1
    with pytest.raises(MissingError, match="lawfully destroyed"):
        content.open_exhibit(gone, store, secret)
    assert content.open_exhibit(kept, store, secret) == "同一句话".encode()
    with pytest.raises(MissingError, match="no exhibit"):
        content.open_exhibit(10**9, store, secret)
