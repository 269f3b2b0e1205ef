"""The evidence of a case for every door: permission, the look at everybody in it on disk, then the bundle."""

from __future__ import annotations

from django.conf import settings

from chengxin.cases import documents
from chengxin.cases.adopted import open_bundle
from chengxin.cases.models import Act, Case
from chengxin.cases.tracing import KINDS, trace_of
from chengxin.core.errors import MissingError
from chengxin.effects import evidence
from chengxin.faces.premises import Premises
from chengxin.ledger.looks.log import Errand
from chengxin.ledger.models import Official
from chengxin.ledger.officials import require
from chengxin.ledger.scope import scope_of


def prove(
    case: Case, official: Official, *, door: str, purpose: str, here: Premises, root: str = ""
) -> bytes:
    """This will give the evidence of a case within the official's scope; ``root`` begins its check addresses."""
    require(official, "export", case.region, on=here.today)
    seen = scope_of(official, here.today)
    if not Case.objects.filter(seen.q({"agency": "agency", "region": "region"}), pk=case.pk).exists():
        raise MissingError("door.no_such", number=case.number)

    def draw(act: Act) -> bytes | None:
        if act.kind not in KINDS:
            return None
        bundle = open_bundle(act.bundle, here.store)
        address = f"{root}/verify/{act.digest}"
        return documents.render(trace_of(act, bundle=bundle, store=here.store, check_url=address))

    reader = evidence.Reader(here.store, here.house, seen, settings.WRAP_KEY, draw)
    Errand(official, door, purpose, case.number, here.now).look(evidence.subjects_of(case))
    return evidence.bundle(case, reader)
