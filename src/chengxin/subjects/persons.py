"""ID numbers of natural persons: found by a keyed digest, kept encrypted, never in clear.

The keys are the installation's and come in as arguments. The digest is what identifies; the cipher is opened
only where a document must print the number.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chengxin.core.errors import HouseFault, MissingError

from .models import PersonNumber

_NONCE = 12


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
    row = PersonNumber.objects.filter(pk=subject).first()
    if row is None:
        raise MissingError("subject.unknown", subject=subject)
    body = bytes(row.cipher)
    try:
        return AESGCM(_wrapping(key)).decrypt(body[:_NONCE], body[_NONCE:], None).decode()
    except InvalidTag as fault:
        raise HouseFault("subject.number_hidden") from fault


def _wrapping(key: str) -> bytes:
    """This will make the 256-bit key for numbers out of the installation's secret."""
    return hashlib.sha256(b"chengxin person number\x00" + key.encode()).digest()
