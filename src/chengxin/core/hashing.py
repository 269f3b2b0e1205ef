"""SHA-256 of files and bytes, and the Merkle tree of RFC 6962. Every hash is written in lower-case hex."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path


def hash_bytes(content: bytes) -> str:
    """This will give the SHA-256 of the bytes."""
    return hashlib.sha256(content).hexdigest()


def hash_file(path: str | Path) -> str:
    """This will give the SHA-256 of a file's content, reading it piece by piece."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def leaf_hash(leaf: bytes) -> bytes:
    """This will hash one leaf's content (RFC 6962 §2.1), a zero byte first: no node passes for a leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def root(leaves: Sequence[bytes]) -> str:
    """This will give the root over the leaves' contents; of none, the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").hexdigest()
    level = [leaf_hash(leaf) for leaf in leaves]
    while len(level) > 1:
        level = _above(level)
    return level[0].hex()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[str]:
    """This will give the hashes beside the road from leaf ``index`` up to the root, lowest first."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of {len(leaves)}")
    proof: list[str] = []
    level = [leaf_hash(leaf) for leaf in leaves]
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            proof.append(level[beside].hex())
        level = _above(level)
        index >>= 1
    return proof


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[str], expected_root: str) -> bool:
    """This will say whether the proof leads from the leaf at ``index`` of ``size`` to the root."""
    if not 0 <= index < size:
        return False
    node, last, remaining = leaf_hash(leaf), size - 1, list(proof)
    while last:
        if index % 2 or index < last:
            if not remaining:
                return False
            beside = _bytes(remaining.pop(0))
            node = _join(beside, node) if index % 2 else _join(node, beside)
        index, last = index >> 1, last >> 1
    return not remaining and node.hex() == expected_root


def _bytes(text: str) -> bytes:
    """This will read hex; what is not hex is no hash, and proves nothing."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _above(level: list[bytes]) -> list[bytes]:
    """This will pair the nodes of a level; one left over rises as it is."""
    paired = [_join(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return paired + level[-1:] if len(level) % 2 else paired
