"""Finding by code: the whole of any known scheme, or how a unified code begins."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from chengxin.core import identifiers
from chengxin.core.errors import InputError

from . import persons
from .finding import Found
from .models import Identifier, Subject
from .resolution import AsOf, few

SHOWN = ("uscc", "regno", "orgcode", "taxno", "permit")
"""Schemes an organisation may be asked for by. Persons' digests are not among them."""
_SHORTEST = 5


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).upper().split()).replace("-", "")


def part_of_code(text: str) -> InputError | None:
    """This will say, for a text that found nobody, that it may be a part of a code and a whole one is needed.

    A part is mostly digits, so that initials are none; a whole code of another scheme is none either.
    """
    code = _folded(text)
    mostly_digits = code.isascii() and code.isalnum() and 2 * sum(map(str.isdigit, code)) >= len(code)
    if not (mostly_digits and 2 <= len(code) < 18) or identifiers.classify(code):
        return None
    return InputError("search.part_of_code", text=text, length=len(code), least=_SHORTEST)


def compact(text: str) -> str:
    """This will give what a typed code may be: half-width, upper-case, letters and digits; else nothing."""
    code = _folded(text)
    fits = _SHORTEST <= len(code) <= 64 and code.isascii() and code.isalnum() and any(map(str.isdigit, code))
    return code if fits else ""


def subject_of_code(text: str, as_of: AsOf = None) -> int | None:
    """This will give the subject of a code of any shown scheme, as it was typed; ``None`` if unknown."""
    code = compact(text)
    if not code:
        return None
    return next((found[code] for scheme in SHOWN if code in (found := few(scheme, [code], as_of))), None)


def by_code(text: str, limit: int) -> list[Found]:
    """This will find organisations by a whole code, then those whose USCC begins so, in the codes' order."""
    code = compact(text)
    if not code:
        return []
    exact = subject_of_code(code)
    reasons = {exact: "code"} if exact is not None else {}
    if len(code) < 18:
        after = code[:-1] + chr(ord(code[-1]) + 1)
        begins = Identifier.objects.filter(scheme="uscc", code__gte=code, code__lt=after)
        for subject in begins.order_by("code").values_list("subject", flat=True)[: limit * 2]:
            reasons.setdefault(subject, "code_begins")
    rows = Subject.objects.filter(pk__in=list(reasons), kind="organisation")
    prominence = dict(rows.values_list("id", "prominence"))
    return [
        Found(subject, 0, "", prominence[subject], reason)
        for subject, reason in reasons.items()
        if subject in prominence
    ]


def subjects_of_codes(texts: Sequence[str], key: str = "") -> list[int | None]:
    """This will give the subject of each code of any shown scheme, in their order; ``None`` where unknown.

    With the installation's digest ``key`` also of whole ID numbers of persons: for doors that may ask of them.
    """
    codes = [compact(text) for text in texts]
    left = dict.fromkeys(code for code in codes if code)
    found: dict[str, int] = {}
    for scheme in SHOWN:
        if left:
            found |= few(scheme, list(left))
            left = dict.fromkeys(code for code in left if code not in found)
    numbers = [code for code in left if key and identifiers.is_valid("id_number", code)]
    if numbers:
        digests = dict(zip(persons.digests(numbers, key), numbers, strict=True))
        found |= {digests[digest]: subject for digest, subject in few("id_number", list(digests)).items()}
    return [found.get(code) for code in codes]
