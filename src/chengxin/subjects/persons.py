"""ID numbers of natural persons: found by a keyed digest, kept encrypted, never in clear.

The keys are the installation's and come in as arguments. The digest is what identifies; the cipher is opened
only where a document must print the number.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Collection, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chengxin.core.errors import HouseFault, MissingError

from .models import PersonNumber

_NONCE = 12
_MANY = 800
"""Subjects of one query: what either database takes as bound values."""


def digest(number: str, key: str) -> str:
    """This will give the code an ID number (normal form) is registered under: HMAC-SHA-256 in hex."""
    return hmac.digest(key.encode(), number.encode(), "sha256").hex()


def digests(numbers: Sequence[str], key: str) -> list[str]:
    """This will give ``digest`` of a whole column, about a million numbers in two seconds."""
    secret = key.encode()
    return [hmac.digest(secret, number.encode(), "sha256").hex() for number in numbers]


def ciphers(numbers: Sequence[str], key: str) -> list[bytes]:
    """This will encrypt ID numbers, each under its own nonce, for the ``cipher`` column of ``register``."""
    box = AESGCM(_wrapping(key))
    sealed = []
    for number in numbers:
        nonce = os.urandom(_NONCE)
        sealed.append(nonce + box.encrypt(nonce, number.encode(), None))
    return sealed


def reveal(subject: int, key: str) -> str:
    """This will give a person's ID number in clear. The caller has logged the look."""
    return revealed([subject], key)[subject]


def revealed(subjects: Collection[int], key: str) -> dict[int, str]:
    """This will give the ID numbers of many persons in clear, as ``reveal`` does, with one query for some hundreds.

    Raises ``MissingError`` for the first of whom no number is kept.
    """
    wanted, box = sorted(subjects), AESGCM(_wrapping(key))
    sealed: dict[int, bytes | memoryview[int]] = {}
    for low in range(0, len(wanted), _MANY):
        rows = PersonNumber.objects.filter(pk__in=wanted[low : low + _MANY])
        sealed |= dict(rows.values_list("pk", "cipher"))
    for subject in wanted:
        if subject not in sealed:
            raise MissingError("subject.unknown", subject=subject)
    return {subject: _opened(box, bytes(sealed[subject])) for subject in wanted}


def _opened(box: AESGCM, body: bytes) -> str:
    try:
        return box.decrypt(body[:_NONCE], body[_NONCE:], None).decode()
    except InvalidTag as fault:
        raise HouseFault("subject.number_hidden") from fault


def _wrapping(key: str) -> bytes:
    """This will make the 256-bit key for numbers out of the installation's secret."""
    return hashlib.sha256(b"chengxin person number\x00" + key.encode()).digest()
