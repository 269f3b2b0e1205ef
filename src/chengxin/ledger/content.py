"""The content store: each exhibit is encrypted under a key of its own, so that it can be destroyed.

Acts name exhibits by number and hash and hold no free text themselves. Destroying an exhibit deletes its
key and its bytes; the acts that cite it stand, and the hash still says which text it was.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from django.db import transaction

from chengxin.core.errors import FileRefused, HouseFault, MissingError
from chengxin.engine.store import Store

from . import media
from .models import Exhibit, ExhibitKey

_NONCE: Final = 12


def store(store: Store, content: bytes | Path, title: str, now: datetime, secret: str) -> Exhibit:
    """This will keep a file or a text and give its exhibit; ``content`` is its bytes or where it lies.

    ``secret`` is the installation's wrapping key. Raises :class:`FileRefused` for a type that is not
    taken, a file too large, and anything that could act when opened. The bytes are on disk before the
    rows are written: a crash leaves at worst bytes that no key opens.
    """
    data = content if isinstance(content, bytes) else _read(content, title)
    media_type = media.sniff(data, title)
    sha256 = hashlib.sha256(data).hexdigest()
    key = AESGCM.generate_key(256)
    _write(store, _place(key), _sealed(key, data, sha256))
    with transaction.atomic():
        exhibit = Exhibit.objects.create(
            sha256=sha256, size=len(data), media_type=media_type, title=title[:200], stored_at=now
        )
        ExhibitKey.objects.create(exhibit=exhibit, secret=aes_key_wrap(_wrapping(secret), key))
    return exhibit


def store_text(store_: Store, text: str, title: str, now: datetime, secret: str) -> Exhibit:
    """This will keep a free text (a reason, a statement, an answer) as an exhibit."""
    return store(store_, text.encode("utf-8"), title, now, secret)


def open_exhibit(exhibit: Exhibit | int, store: Store, secret: str) -> bytes:
    """This will give the plain bytes, after their hash was found to be what it was on the day they came."""
    exhibit = _exhibit(exhibit)
    key = _key(exhibit, secret)
    path = store.content(_place(key))
    if not path.exists():
        raise HouseFault("content.bytes_missing", exhibit=exhibit.pk)
    sealed = path.read_bytes()
    try:
        data = AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], exhibit.sha256.encode())
    except InvalidTag as altered:
        raise HouseFault("content.altered", exhibit=exhibit.pk) from altered
    if hashlib.sha256(data).hexdigest() != exhibit.sha256:
        raise HouseFault("content.altered", exhibit=exhibit.pk)
    return data


def destroy(exhibit: Exhibit | int, store: Store, secret: str) -> None:
    """This will delete the key and, once that is committed, the bytes. The exhibit's line and hash stay."""
    exhibit = _exhibit(exhibit)
    path = store.content(_place(_key(exhibit, secret)))
    with transaction.atomic():
        ExhibitKey.objects.filter(exhibit=exhibit).delete()
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def is_destroyed(exhibit: Exhibit | int) -> bool:
    """This will say whether the content is gone for good."""
    return not ExhibitKey.objects.filter(exhibit=_exhibit(exhibit)).exists()


def _read(path: Path, title: str) -> bytes:
    if path.stat().st_size > media.LARGEST:
        raise FileRefused("content.too_large", title=title, megabytes=media.LARGEST >> 20)
    return path.read_bytes()


def _exhibit(exhibit: Exhibit | int) -> Exhibit:
    if isinstance(exhibit, Exhibit):
        return exhibit
    found = Exhibit.objects.filter(pk=exhibit).first()
    if found is None:
        raise MissingError("content.no_such", exhibit=exhibit)
    return found


def _wrapping(secret: str) -> bytes:
    """The installation's secret is a text of any length; this will make the key of 32 bytes from it."""
    if not secret:
        raise HouseFault("content.no_wrapping_key")
    return HKDF(SHA256(), 32, salt=None, info=b"chengxin exhibit key").derive(secret.encode())


def _key(exhibit: Exhibit, secret: str) -> bytes:
    row = ExhibitKey.objects.filter(exhibit=exhibit).first()
    if row is None:
        raise MissingError("content.destroyed", exhibit=exhibit.pk)
    try:
        return aes_key_unwrap(_wrapping(secret), bytes(row.secret))
    except InvalidUnwrap as wrong:
        raise HouseFault("content.wrong_wrapping_key", exhibit=exhibit.pk) from wrong


def _place(key: bytes) -> str:
    """The file is named from the key: without the key row nobody can tell which file it was, and two
    exhibits of the same bytes lie apart, so that destroying one leaves the other."""
    return hashlib.sha256(b"chengxin exhibit place" + key).hexdigest()


def _sealed(key: bytes, data: bytes, sha256: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, sha256.encode())


def _write(store: Store, place: str, sealed: bytes) -> None:
    path, fresh = store.content(place), store.temp()
    path.parent.mkdir(parents=True, exist_ok=True)
    with fresh.open("xb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    fresh.chmod(0o440)
    fresh.replace(path)
    for folder in (path.parent, path.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
