"""Workbooks of Excel 97–2003 written by hand: a compound file of one stream, and the records of one sheet."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
Cell = str | float | None


def write_xls(
    path: Path, rows: Sequence[Sequence[Cell]], *, locked: bool = False, epoch_1904: bool = False
) -> Path:
    """This will write one visible sheet. ``locked`` only says that it is encrypted, as a password does."""
    path.write_bytes(_compound({"Workbook": _book(rows, locked=locked, epoch_1904=epoch_1904)}))
    return path


def write_locked_xlsx(path: Path) -> Path:
    """This will write what Excel makes of an XLSX with a password: a compound file around an encrypted one."""
    streams = {"EncryptionInfo": b"\x04\x00\x04\x00\x40\x00\x00\x00", "EncryptedPackage": b"\x5a" * 6000}
    path.write_bytes(_compound(streams))
    return path


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _book(rows: Sequence[Sequence[Cell]], *, locked: bool, epoch_1904: bool) -> bytes:
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    if locked:
        start += _record(0x002F, struct.pack("<HHH", 1, 1, 1) + b"\x11" * 48)
    start += _record(0x0022, struct.pack("<H", epoch_1904))
    title = "报送".encode("utf-16-le")
    bound = struct.pack("<HBB", 0, len(title) // 2, 1) + title
    at = len(start) + len(_record(0x0085, b"\0" * 4 + bound)) + len(_record(0x000A))
    book = start + _record(0x0085, struct.pack("<I", at) + bound) + _record(0x000A)
    return book + _sheet(rows)


def _sheet(rows: Sequence[Sequence[Cell]]) -> bytes:
    width = max(map(len, rows))
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    sheet += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, str):
                sheet += _record(0x0204, place + _text(cell))
            elif cell is not None:
                sheet += _record(0x0203, place + struct.pack("<d", cell))
    return sheet + _record(0x000A)


def _compound(streams: dict[str, bytes]) -> bytes:
    """A compound file: header, one sector of the allocation table, the directory, then the streams."""
    padded = {
        name: body.ljust(max(4096, -(-len(body) // _SECTOR) * _SECTOR), b"\0")
        for name, body in streams.items()
    }
    fat, entries, bodies = [_FAT, _END], [_entry("Root Entry", 5, _END, 0, child=1)], b""
    for number, (name, body) in enumerate(padded.items(), start=1):
        first, sectors = len(fat), len(body) // _SECTOR
        fat += [*range(first + 1, first + sectors), _END]
        right = number + 1 if number < len(padded) else _FREE
        entries.append(_entry(name, 2, first, len(body), right=right))
        bodies += body
    table = struct.pack("<128I", *(fat + [_FREE] * (128 - len(fat))))
    directory = b"".join(entries).ljust(_SECTOR, b"\0")
    return _header() + table + directory + bodies


def _header() -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    return head + struct.pack("<109I", 0, *[_FREE] * 108)


def _entry(name: str, kind: int, first: int, size: int, *, child: int = _FREE, right: int = _FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, _FREE, right, child)
        + b"\0" * 36
        + struct.pack("<IQ", first, size)
    )
