"""What a file is, judged by its first bytes and never by its name; and in which encoding its text stands."""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chengxin.core.errors import FileRefused

Kind = Literal["xlsx", "xls", "parquet", "jsonlines", "delimited"]

_HEAD = 1 << 20
_BLOCK = 1 << 20
REWRITABLE = 256 << 20
"""Bytes up to which a text with blank lines is written again, so that its rows keep their numbers."""
_HANZI = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Fingerprint:
    """The file as a whole: its hash, its size, and how many line ends it has (0: too long to be asked)."""

    sha256: str
    size: int
    lines: int


def fingerprint(path: Path) -> Fingerprint:
    """This will read the file once, for its SHA-256 and its line ends (about a gigabyte a second)."""
    hasher, size, lines = hashlib.sha256(), 0, 0
    counts = is_short(path)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            hasher.update(block)
            size += len(block)
            lines += block.count(b"\n") if counts else 0
    return Fingerprint(hasher.hexdigest(), size, lines)


def is_short(path: Path) -> bool:
    """This will say whether a file is short enough for its lines to be counted."""
    return path.stat().st_size <= REWRITABLE


def kind_of(path: Path) -> Kind:
    """This will tell the kind of a file by content; raises ``FileRefused`` for what is none of ours."""
    head = _head(path, 4096)
    if not head.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise FileRefused("file.empty")
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "xls"
    if head.startswith(b"PAR1"):
        return "parquet"
    _refuse_strangers(head.removeprefix(codecs.BOM_UTF8))
    if head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"["):
        return "jsonlines"
    return "delimited"


def _refuse_strangers(head: bytes) -> None:
    """This will refuse what is surely not a table of text, naming what it seems to be."""
    for magic, what in (
        (b"%PDF", "PDF"),
        (b"\x1f\x8b", "GZIP"),
        (b"Rar!", "RAR"),
        (b"7z\xbc\xaf", "7Z"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"SQLite format 3", "SQLite"),
        (b"{\\rtf", "RTF"),
    ):
        if head.startswith(magic):
            raise FileRefused("file.strange_kind", what=what)
    if head.lstrip().lower().startswith((b"<html", b"<!doctype html", b"<table", b"<?xml")):
        raise FileRefused("file.strange_kind", what="HTML / XML")
    if b"\x00" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileRefused("file.binary")


def encoding_of(path: Path) -> str:
    """This will tell the encoding of a text file from its beginning, middle and end.

    UTF-8 if those are valid UTF-8, else GB18030 (which holds GBK and GB2312) if they are valid in it; raises
    ``FileRefused`` otherwise. A byte further in that belongs to neither is met when the file is read.
    """
    head = _head(path, 4)
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    samples = _samples(path)
    if all(_decodes(sample, "utf-8") for sample in samples):
        return "utf-8"
    if any(_has_utf8_line(sample) for sample in samples):
        raise FileRefused("file.encoding_mixed")
    if all(_decodes(sample, "gb18030") for sample in samples):
        return "gb18030"
    raise FileRefused("file.encoding_unknown")


def begins_in_ascii(path: Path) -> bool:
    """This will say whether what was seen of a text tells nothing of its encoding."""
    return all(sample.isascii() for sample in _samples(path))


def _has_utf8_line(sample: bytes) -> bool:
    """This will say whether a line is surely UTF-8: six hanzi of GBK are hardly ever four of UTF-8 by chance."""
    return any(
        not line.isascii() and _decodes(line, "utf-8") and len(_HANZI.findall(line.decode())) >= 4
        for line in sample.split(b"\n")
    )


def transcode(source: Path, target: Path, encoding: str) -> None:
    """This will write the text again as UTF-8 without a byte-order mark, a block at a time."""
    try:
        with (
            source.open("r", encoding=encoding, newline="") as read,
            target.open("w", encoding="utf-8", newline="") as out,
        ):
            while block := read.read(_BLOCK):
                out.write(block)
    except UnicodeDecodeError as broken:
        raise FileRefused("file.encoding_broken", encoding=encoding.upper(), at=broken.start) from broken


def _head(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def _samples(path: Path) -> list[bytes]:
    """This will read up to three stretches of the file, each cut at line ends so that no character is halved."""
    size = path.stat().st_size
    with path.open("rb") as file:
        samples = [file.read(_HEAD)]
        if size > _HEAD:
            samples[0] = samples[0][: samples[0].rfind(b"\n") + 1] or samples[0][:-8]
            for start in (size // 2, max(_HEAD, size - _HEAD)):
                file.seek(start)
                lines = file.read(_HEAD).split(b"\n")
                samples.append(b"\n".join(lines[1:-1]))
    return samples


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def has_blank_lines(text: Path) -> bool:
    """This will say whether an empty line stands anywhere in a text."""
    tail = b""
    with text.open("rb") as file:
        while block := file.read(_BLOCK):
            seam = tail + block
            if b"\n\n" in seam or b"\n\r\n" in seam:
                return True
            tail = block[-2:]
    return False
