"""What a file is, read from its bytes and never from its name, and whether it could act by itself.

A file that can run something when it is opened is refused: web pages, scripts, Office macros and
embedded objects, PDF that carries JavaScript, launches programs or holds files inside.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from typing import Final

from chengxin.core.errors import FileRefused

LARGEST: Final = 64 * 1024 * 1024
"""No exhibit is larger."""
UNPACKED: Final = 512 * 1024 * 1024
"""No Office file unpacks to more …"""
RATIO: Final = 200
"""… nor any member of it to so many times its packed size (above a megabyte)."""

PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PARQUET: Final = "application/vnd.apache.parquet"

_SCRIPTS: Final = re.compile(
    r"\.(x?html?|xht|svgz?|m?js|vbs|wsf|hta|bat|cmd|ps1|sh|exe|dll|jar|lnk|scr)$", re.IGNORECASE
)
_MARKUP: Final = re.compile(
    r"<\s*(!doctype\s+html|html|head|body|svg|script|iframe|object|embed|\?xml)\b", re.IGNORECASE
)
_PDF_ACTIVE: Final = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|ImportData|SubmitForm)(?![A-Za-z0-9])"
)
_PDF_NAME_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_STREAM: Final = re.compile(rb"<<((?:(?!\bendobj\b).){0,4000}?)>>\s*stream\r?\n(.*?)endstream", re.DOTALL)


def sniff(data: bytes, title: str) -> str:
    """This will give the media type of a file that may be kept, or raise :class:`FileRefused`."""
    if not data:
        raise FileRefused("content.empty", title=title)
    if len(data) > LARGEST:
        raise FileRefused("content.too_large", title=title, megabytes=LARGEST >> 20)
    if _SCRIPTS.search(title):
        raise _active(title, title.rsplit(".", 1)[-1])
    if data.startswith(b"%PDF-"):
        return _pdf(data, title)
    if data.startswith(b"PK\x03\x04"):
        return _office(data, title)
    return _image_or_parquet(data) or _text(data, title)


def _active(title: str, what: str) -> FileRefused:
    return FileRefused("content.active", title=title, what=what)


def _image_or_parquet(data: bytes) -> str | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"PAR1") and data.endswith(b"PAR1"):
        return PARQUET
    return None


def _text(data: bytes, title: str) -> str:
    text = _decoded(data)
    if text is None:
        raise FileRefused("content.unknown_type", title=title)
    if (markup := _MARKUP.search(text[:65536])) or text.startswith("#!"):
        raise _active(title, markup.group(1) if markup else "#!")
    if text.lstrip()[:1] in {"{", "["} and _is_json(text):
        return "application/json"
    return "text/csv" if title.lower().endswith(".csv") else "text/plain"


def _decoded(data: bytes) -> str | None:
    """This will read text as UTF-8 or GB 18030; None where it is neither or holds control characters."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text) else text
    return None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _office(data: bytes, title: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _bounded(packed, title)
            names = {name.lower() for name in packed.namelist()}
            types = packed.read("[Content_Types].xml").decode("utf-8", "replace").lower()
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, zlib.error) as broken:
        raise FileRefused("content.unknown_type", title=title) from broken
    for sign in ("vbaproject", "macroenabled", "activex", "oleobject", "/embeddings/"):
        if sign in types or any(sign in name for name in names):
            raise _active(title, sign.strip("/"))
    if "xl/workbook.xml" in names:
        return XLSX
    if "word/document.xml" in names:
        return DOCX
    raise FileRefused("content.unknown_type", title=title)


def _bounded(packed: zipfile.ZipFile, title: str) -> None:
    members = packed.infolist()
    bomb = sum(m.file_size for m in members) > UNPACKED or any(
        m.file_size > 1 << 20 and m.file_size > RATIO * max(m.compress_size, 1) for m in members
    )
    if bomb or len(members) > 10_000:
        raise FileRefused("content.bomb", title=title, megabytes=UNPACKED >> 20)


def _pdf(data: bytes, title: str) -> str:
    if b"%%EOF" not in data[-2048:]:
        raise FileRefused("content.truncated", title=title)
    for part in _pdf_parts(data, title):
        plain = _PDF_NAME_ESCAPE.sub(lambda m: bytes([int(m.group(1), 16)]), part)
        if b"/Encrypt" in plain:
            raise FileRefused("content.locked", title=title)
        if found := _PDF_ACTIVE.search(plain):
            raise _active(title, found.group(0).decode("ascii"))
    return PDF


def _pdf_parts(data: bytes, title: str) -> list[bytes]:
    """This will give what a reader of the PDF parses for objects: the file without its streams' bytes,
    and each object stream unpacked. An object stream packed in any other way than Flate is refused."""
    parts, budget = [], UNPACKED
    for match in _PDF_STREAM.finditer(data):
        dictionary, body = match.groups()
        names = _PDF_NAME_ESCAPE.sub(lambda m: bytes([int(m.group(1), 16)]), dictionary)
        if b"/ObjStm" not in names:
            continue
        if b"/Filter" in names:
            if re.findall(rb"/(\w+Decode)", names) != [b"FlateDecode"]:
                raise FileRefused("content.unknown_type", title=title)
            body = _inflated(body, budget, title)
        budget -= len(body)
        parts.append(body)
    parts.append(_PDF_STREAM.sub(lambda m: b"<<" + m.group(1) + b">>", data))
    return parts


def _inflated(body: bytes, budget: int, title: str) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(body, budget)
    except zlib.error as broken:
        raise FileRefused("content.truncated", title=title) from broken
    if unpacker.unconsumed_tail:
        raise FileRefused("content.bomb", title=title, megabytes=UNPACKED >> 20)
    return plain
