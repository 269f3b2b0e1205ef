from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.core.hashing import hash_bytes, hash_file, inclusion_proof, leaf_hash, root, verify_inclusion

LEAVES = [  # the test tree of Certificate Transparency
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    bytes(range(0x50, 0x58)),
    bytes(range(0x60, 0x70)),
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_roots_of_the_known_tree() -> None:
    assert [root(LEAVES[:size]) for size in range(1, 9)] == ROOTS
    assert root([]) == hashlib.sha256(b"").hexdigest()


@given(st.lists(st.binary(max_size=6), min_size=1, max_size=70), st.data())
def test_every_leaf_is_proven_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, top, size = inclusion_proof(leaves, index), root(leaves), len(leaves)
    assert verify_inclusion(leaves[index], index, size, proof, top)
    assert not verify_inclusion(leaves[index] + b"x", index, size, proof, top)
    assert not verify_inclusion(leaves[index], index, size, [*proof, "00" * 32], top)
    assert not verify_inclusion(leaves[index], size, size, proof, top)
    if proof:
        assert not verify_inclusion(leaves[index], index, size, proof[:-1], top)
        assert not verify_inclusion(leaves[index], index, size, ["nonsense", *proof[1:]], top)


def test_a_node_does_not_pass_for_a_leaf() -> None:
    assert root([leaf_hash(b"a") + leaf_hash(b"b")]) != root([b"a", b"b"])


def test_there_is_no_proof_of_a_leaf_that_is_not_there() -> None:
    with pytest.raises(IndexError):
        inclusion_proof([b"a"], 1)


def test_a_file_is_hashed_as_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "sheet"
    path.write_bytes(b"abc" * 700_000)
    assert hash_file(path) == hash_bytes(b"abc" * 700_000)
