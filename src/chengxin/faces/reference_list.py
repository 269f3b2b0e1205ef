"""A counter without a line to the platform, to learn from: checks the signed list and answers out of it.

    python -m chengxin.faces.reference_list LIST.json --key whpk_… CODE MATTER [--role ROLE] [--person-key …]

Standard library only, the signature too (Ed25519, RFC 8032). It answers *none*, *may_apply* with the measures, or
*unknown*: for a matter the list does not know, and always once the list has lapsed or its signature does not hold.
A natural person is asked for by the ID number, which is digested under ``--person-key`` and shown to nobody.

Exit status: 0 answered, 1 the list must not be used, 2 it cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]
"""X, Y, Z and X·Y/Z of a point of the curve."""
CHINA = timedelta(hours=8)


def add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def point_of(text: bytes) -> Point | None:
    """The point that 32 bytes stand for, or nothing where they stand for none."""
    number = int.from_bytes(text, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(text: bytes, signature: bytes, key: bytes) -> bool:
    """Whether this key signed these very bytes."""
    if len(key) != 32 or len(signature) != 64 or BASE is None:
        return False
    public, nonce = point_of(key), point_of(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if public is None or nonce is None or number >= ORDER:
        return False
    mixed = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % ORDER
    left, right = times(number, BASE), add(nonce, times(mixed, public))
    return not (
        (left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P
    )


def opened(file: dict[str, Any], key: str, now: datetime) -> tuple[dict[str, Any], str]:
    """The list, and why it must not be used (empty: it may)."""
    text = file["list"].encode()
    public = base64.b64decode(key.removeprefix("whpk_"))
    if not is_signed(text, base64.b64decode(file["signature"]), public):
        return {}, "签名不符：这份名单不是平台签发的，或者被改动过 / the signature does not hold"
    found: dict[str, Any] = json.loads(text)
    made, lapses = (datetime.fromisoformat(found[name]) for name in ("made_at", "lapses_at"))
    if now >= lapses:
        return {}, f"名单已于 {found['lapses_at']} 失效，请取新的 / the list has lapsed: fetch a new one"
    if now < made - timedelta(minutes=5):
        return {}, "名单的时间在将来：核对本机时钟 / made in the future: check this machine's clock"
    return found, ""


def check(found: dict[str, Any], code: str, matter: str, role: str, on: str) -> dict[str, Any]:
    """The answer as the gate gives it; ``as_of`` says how old it is."""
    if matter not in found["matters"]:
        return {"answer": "unknown", "measures": [], "as_of": found["made_at"]}
    measures = [
        each
        for each in found["subjects"].get(code, [])
        if each["matter"] == matter and (not role or not each["roles"] or role in each["roles"])
        if each["until"] is None or each["until"] > on
    ]
    return {"answer": "may_apply" if measures else "none", "measures": measures, "as_of": found["made_at"]}


def main(words: list[str]) -> int:
    """This will answer one question out of a list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("code")
    parser.add_argument("matter")
    parser.add_argument("--key", required=True)
    parser.add_argument("--role", default="")
    parser.add_argument("--person-key", default="")
    options = parser.parse_args(words)
    now = datetime.now(UTC)
    try:
        found, refused = opened(json.loads(options.file.read_text("utf-8")), options.key, now)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.stdout.write(f"读不懂 / cannot be read: {type(error).__name__} {error}\n")
        return 2
    code = options.code
    if options.person_key:
        code = hmac.digest(options.person_key.encode(), code.upper().encode(), "sha256").hex()
    said = (
        {"answer": "unknown", "measures": [], "sentence": refused}
        if refused
        else check(found, code, options.matter, options.role, (now + CHINA).date().isoformat())
    )
    sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
