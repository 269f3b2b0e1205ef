#!/usr/bin/env python3
"""Checks what this platform handed out, on any machine with Python 3.11 and nothing else, without a network.

    python verify.py bundle EVIDENCE.zip       # or the folder it was unpacked to
    python verify.py day DAY.json              # a day's entries against the day's root
    python verify.py proof PROOF.json          # that one entry stands in a day's tree

It needs nothing from the platform and trusts nothing in it: every hash is reckoned again. Where one byte was
altered it says which. What it cannot do is to know the root of the day: compare the root it prints with the
one you hold from elsewhere (a report, a subscriber, the public page).

Exit status: 0 all is as it was sealed, 1 something differs, 2 the file cannot be read.
"""

import hashlib
import json
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

SEALS = ("seal.json", "manifest.json")
PIECE = 1024
"""Bytes of one piece: each has a hash of its own, so that a byte can be found by trying."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def canonical(value: Any) -> bytes:
    """JSON as it was hashed (RFC 8785 for texts, whole numbers, lists and mappings)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def _leaf_hex(content: bytes) -> str:
    return leaf_hash(content).hex()


def root(hashes: Iterable[bytes]) -> str:
    """The root over leaf hashes (RFC 6962 §2.1)."""
    level = list(hashes)
    while len(level) > 1:
        paired = [join(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + (level[-1:] if len(level) % 2 else [])
    return level[0].hex() if level else sha256(b"")


def root_of_proof(leaf: bytes, index: int, size: int, proof: Sequence[str]) -> str:
    """The root that a proof leads to from a leaf, or nothing where it has not the right length."""
    node, last, beside = leaf_hash(leaf), size - 1, [bytes.fromhex(each) for each in proof]
    if not 0 <= index < size:
        return ""
    while last:
        if index % 2 or index < last:
            if not beside:
                return ""
            other = beside.pop(0)
            node = join(other, node) if index % 2 else join(node, other)
        index, last = index >> 1, last >> 1
    return "" if beside else node.hex()


def altered_byte(content: bytes, digest_of: Callable[[bytes], str], wanted: str) -> str:
    """Where one byte was altered and what it was before, found by trying; nothing where more was."""
    trial = bytearray(content)
    for place, now in enumerate(content):
        for before in range(256):
            trial[place] = before
            if before != now and digest_of(bytes(trial)) == wanted:
                return f"byte {place}: is 0x{now:02x}, was 0x{before:02x}"
        trial[place] = now
    return ""


def seal(content: bytes) -> dict[str, Any]:
    """What the manifest says of a file: its size, its hash, and the hash of each piece."""
    pieces = [sha256(content[low : low + PIECE]) for low in range(0, len(content), PIECE)]
    return {"size": len(content), "sha256": sha256(content), "pieces": pieces}


def differences(name: str, content: bytes, sealed: dict[str, Any]) -> list[str]:
    """What differs between a file and its seal, the byte named where it is one."""
    if sha256(content) == sealed["sha256"]:
        return (
            []
            if seal(content) == sealed
            else [f"{name}: the file is as it was; what is said of it was altered"]
        )
    if len(content) != sealed["size"]:
        return [f"{name}: {len(content)} bytes, and {sealed['size']} were sealed"]
    found = []
    for number, wanted in enumerate(sealed["pieces"]):
        piece = content[number * PIECE : (number + 1) * PIECE]
        if sha256(piece) != wanted:
            said = altered_byte(piece, sha256, wanted)
            place, _, values = said.removeprefix("byte ").partition(":")
            where = (
                f"byte {number * PIECE + int(place)}:{values}"
                if said
                else f"piece {number}: more than one byte"
            )
            found.append(f"{name}: altered, {where}")
    return found or [f"{name}: the hash that was written down for it was altered"]


def check_proof(told: dict[str, Any]) -> list[str]:
    """``{leaf, leaf_sha256, index, size, proof, root}``: does the entry stand in the tree of that root?"""
    leaf = told["leaf"].encode()
    if leaf_hash(leaf).hex() != told["leaf_sha256"]:
        said = altered_byte(leaf, _leaf_hex, told["leaf_sha256"])
        whole = root_of_proof(leaf, told["index"], told["size"], told["proof"]) == told["root"]
        return ["leaf_sha256: altered"] if whole else [f"leaf: altered, {said or 'more than one byte'}"]
    if root_of_proof(leaf, told["index"], told["size"], told["proof"]) == told["root"]:
        return []
    return [_astray(leaf, told)]


def _astray(leaf: bytes, told: dict[str, Any]) -> str:
    """Which hash of a proof that leads astray was altered, found by trying each of its bytes."""
    for number, each in enumerate(told["proof"]):
        before, after = told["proof"][:number], told["proof"][number + 1 :]

        def leads(trial: bytes, before: list[str] = before, after: list[str] = after) -> str:
            return root_of_proof(leaf, told["index"], told["size"], [*before, trial.hex(), *after])

        said = altered_byte(bytes.fromhex(each), leads, told["root"])
        if said:
            return f"proof[{number}]: altered, {said}"
    reached = root_of_proof(leaf, told["index"], told["size"], told["proof"])
    said = altered_byte(bytes.fromhex(told["root"]), bytes.hex, reached)
    return f"root: altered, {said}" if said else "proof: it does not lead to the root"


def check_day(told: dict[str, Any]) -> list[str]:
    """``{day, first, size, root, entries: [{leaf, sha256}]}``: the root over every entry of a day."""
    entries, found = told["entries"], []
    hashes = [leaf_hash(each["leaf"].encode()) for each in entries]
    for number, (each, hashed) in enumerate(zip(entries, hashes, strict=True)):
        if hashed.hex() != each["sha256"]:
            if root(hashes) == told["root"]:
                found.append(f"entries[{number}].sha256: altered")
            else:
                said = altered_byte(each["leaf"].encode(), _leaf_hex, each["sha256"])
                found.append(f"entries[{number}].leaf: altered, {said or 'more than one byte'}")
    if len(entries) != told["size"]:
        found.append(f"{len(entries)} entries, and {told['size']} were sealed")
    numbers = [json.loads(each["leaf"])["number"] for each in entries] if not found else []
    if numbers and numbers != list(range(told["first"], told["first"] + told["size"])):
        found.append("the numbers of the entries do not follow one another")
    if not found and root(hashes) != told["root"]:
        found.append("root: altered; no entry was")
    return found


def opened(path: Path) -> dict[str, bytes]:
    """The files of a bundle, zip or folder, by name."""
    if path.is_dir():
        return {str(each.relative_to(path)): each.read_bytes() for each in path.rglob("*") if each.is_file()}
    with zipfile.ZipFile(path) as archive:
        return {info.filename: _stored(path, info) for info in archive.infolist()}


def _stored(path: Path, info: zipfile.ZipInfo) -> bytes:
    """A member's bytes as they stand in the file: a wrong checksum is for the seal to explain."""
    with path.open("rb") as file:
        file.seek(info.header_offset + 26)
        lengths = file.read(4)
        file.seek(int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little"), 1)
        return file.read(info.file_size)


def check_bundle(files: dict[str, bytes]) -> list[str]:
    """Seal → manifest → every file → every act, its exhibits, its rules and its place in the ledger."""
    missing = [name for name in SEALS if name not in files]
    if missing:
        return [f"{name}: missing" for name in missing]
    try:
        sealed = json.loads(files["seal.json"])
        found = differences("manifest.json", files["manifest.json"], sealed)
    except (ValueError, KeyError, TypeError):
        return ["seal.json: altered, it cannot be read"]
    if found:
        return found
    manifest = json.loads(files["manifest.json"])["files"]
    for name, each in manifest.items():
        found += differences(name, files[name], each) if name in files else [f"{name}: missing"]
    found += [f"{name}: nobody sealed it" for name in files if name not in manifest and name not in SEALS]
    return found or _check_acts(files)


def _check_acts(files: dict[str, bytes]) -> list[str]:
    found = []
    days = {each["day"]: each for each in json.loads(files["days.json"])}
    for each in json.loads(files["acts.json"]):
        name = f"act {each['id']} ({each['body']['kind']})"
        if sha256(canonical(each["body"])) != each["digest"]:
            found.append(f"{name}: it does not say what its digest says")
        if f"rules/{each['body']['bundle']}.json" not in files:
            found.append(f"{name}: the rules it names are missing")
        proof = each["proof"]
        if proof is None:
            continue
        found += [f"{name}: {said}" for said in check_proof(proof)]
        entered = sha256(canonical({"acts": each["entered"]}))
        if each["digest"] not in each["entered"] or json.loads(proof["leaf"])["digest"] != entered:
            found.append(f"{name}: the ledger speaks of another digest")
        if days[proof["day"]]["root"] != proof["root"]:
            found.append(f"{name}: the day has another root")
    for name, content in files.items():
        folder, _, rest = name.partition("/")
        if folder in ("rules", "exhibits") and sha256(content) != rest.partition(".")[0]:
            found.append(f"{name}: its content is not what its name says")
    return found


def main(words: Sequence[str]) -> int:
    if len(words) != 2 or words[0] not in ("bundle", "day", "proof"):
        sys.stdout.write(__doc__ or "")
        return 2
    kind, path = words[0], Path(words[1])
    try:
        if kind == "bundle":
            files = opened(path)
            found = check_bundle(files)
            roots = (
                [f"{each['day']} {each['root']}" for each in json.loads(files["days.json"])]
                if not found
                else []
            )
        else:
            told = json.loads(path.read_bytes())
            found = check_day(told) if kind == "day" else check_proof(told)
            roots = [f"{told['day']} {told['root']}"]
    except (OSError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile) as error:
        sys.stdout.write(f"读不懂 / cannot be read: {type(error).__name__} {error}\n")
        return 2
    for said in found:
        sys.stdout.write(f"不符 / differs: {said}\n")
    if not found:
        sys.stdout.write("全部相符 / everything is as it was sealed\n")
        for each in roots:
            sys.stdout.write(f"  root {each}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
