"""Finding an organisation by name, former name, initials or code. Only organisations are found here."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from chengxin.kit import Visit, language, page
from chengxin.ledger.scope import Scope
from chengxin.subjects.registry import cards
from chengxin.subjects.search import part_of_code
from chengxin.subjects.search import search as find

LIMIT = 50
SUGGESTED = 8


@page("search", door="public", public=True, title="查企业")
def search(visit: Visit) -> HttpResponseBase:
    """This will show whom the text may mean, or as one types the first few of them."""
    text = visit.asked.get("q", "").strip()[:80]
    if visit.request.headers.get("HX-Target") == "suggested":
        found = hits(visit, text, SUGGESTED) if len(text) > 1 else []
        return render(visit.request, "faces/public/suggested.html", {"hits": found, "text": text})
    found = hits(visit, text, LIMIT + 1) if text else []
    crowded = len(found) > LIMIT
    part = part_of_code(text) if text and not found else None
    told = (part.sentence(language()), part.hint(language())) if part else ()
    return visit.render(
        "faces/public/search.html", text=text, hits=found[:LIMIT], crowded=crowded, limit=LIMIT, part=told
    )


def hits(visit: Visit, text: str, limit: int) -> list[dict[str, Any]]:
    """This will find organisations, the most prominent first, with their code and why they were found."""
    found = [hit for hit in find(visit.store, text, Scope.public(), limit=limit) if hit.code]
    known = cards([hit.subject for hit in found])
    return [
        {
            "name": shown(hit.name, text),
            "code": hit.code,
            "former": [one.text for one in known[hit.subject].former] if hit.subject in known else [],
            "reasons": hit.reasons,
        }
        for hit in found
    ]


def shown(name: str, text: str) -> SafeString:
    """This will mark the part of a name that was asked for."""
    start = name.lower().find(text.lower())
    if start < 0 or not text:
        return SafeString(conditional_escape(name))
    end = start + len(text)
    return format_html("{}<mark>{}</mark>{}", name[:start], name[start:end], name[end:])
