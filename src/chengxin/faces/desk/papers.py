"""The papers of a case: each act that is a document, set as one with its number and a code to check it by."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase

from chengxin.cases.models import Act
from chengxin.core.errors import MissingError
from chengxin.faces.desk import road
from chengxin.faces.desk.cases import case_of
from chengxin.kit import Visit, attachment, page
from chengxin.kit import document as set_as_document


@page("cases/<int:number>/paper/<int:act>.pdf", door="desk", verbs=("read",))
def paper(visit: Visit, number: int, act: int) -> HttpResponseBase:
    """This will give the notice, decision, letter or exit notice an act is, as a PDF."""
    it = case_of(visit, number)
    found: Any = Act.objects.filter(case=it, pk=act, kind__in=road.PAPERS).first()
    if found is None:
        raise MissingError("door.no_such", number=act)
    about = found.subject or it.subject
    visit.look([about] if about else [], purpose="查阅案卷文书", case_number=it.number)
    name = f"{road.act_title(found.kind)}-{found.detail.get('number', found.pk)}.pdf"
    return attachment(set_as_document(visit, found), name, "application/pdf")
