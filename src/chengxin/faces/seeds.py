"""The seed of a one-time code, kept under the key of the installation: a copy of the database shows no codes.

It is wrapped as the keys of exhibits are, under a key derived for the one account: the seed of one, written into
the row of another, does not open there. Recovery codes need no key: of them only digests are kept.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap_with_padding,
    aes_key_wrap_with_padding,
)

from chengxin.core.errors import HouseFault

LONGEST_PLAIN: Final = 40
"""Characters of a seed in clear (twenty bytes); wrapped it is longer, which tells one from the other."""


def wrap(seed: bytes, official: int, secret: str) -> str:
    """This will give what is kept of a seed, in hex."""
    return aes_key_wrap_with_padding(_key(official, secret), seed).hex()


def unwrap(kept: str, official: int, secret: str) -> bytes:
    """This will give the seed again; :class:`HouseFault` for another key, or the row of another account."""
    try:
        return aes_key_unwrap_with_padding(_key(official, secret), bytes.fromhex(kept))
    except (InvalidUnwrap, ValueError) as wrong:
        raise HouseFault("factor.seed_hidden", official=official) from wrong


def is_plain(kept: str) -> bool:
    """This will say whether a seed lies in clear, as it did before it was wrapped."""
    return len(kept) <= LONGEST_PLAIN


def _key(official: int, secret: str) -> bytes:
    info = f"chengxin one-time code seed {official}".encode()
    return HKDF(SHA256(), 32, salt=None, info=info).derive(secret.encode())
