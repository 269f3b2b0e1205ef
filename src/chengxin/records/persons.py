"""Numbers of natural persons on their way into a sheet: only as the keyed digest the registry knows them by."""

from __future__ import annotations

import hashlib

from chengxin.core.errors import HouseFault
from chengxin.engine.duck import DuckDBPyConnection
from chengxin.policy.items import Item

_BLOCK = 64
"""Bytes of a block of SHA-256, to which HMAC fills its key."""


def prepare(connection: DuckDBPyConnection, item: Item, key: str) -> None:
    """This will give the connection what HMAC-SHA-256 needs, for items that tell ID numbers.

    ``quality`` then writes the digest as SQL; it is that of ``subjects.persons.digest``. Raises ``HouseFault``
    where the door did not hand the installation's digest key in.
    """
    schemes = {column.scheme for column in item.columns.values()} | {scheme for scheme, _ in item.identifies}
    if "id_number" not in schemes:
        return
    if not key:
        raise HouseFault("record.digest_key_missing")
    secret = key.encode()
    secret = (hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret).ljust(_BLOCK, b"\0")
    for variable, pad in (("inner_key", 0x36), ("outer_key", 0x5C)):
        block = "".join(f"\\x{byte ^ pad:02X}" for byte in secret)
        connection.execute(f"set variable {variable} = '{block}'::blob")
