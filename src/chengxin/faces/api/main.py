"""The API's root: who calls, how often, and which nouns it has."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder
from ninja.security import HttpBearer
from ninja.throttling import AnonRateThrottle, AuthRateThrottle

from chengxin.faces.api import gate, problems
from chengxin.faces.api.batches import router as batches
from chengxin.faces.api.catalogue import router as catalogue
from chengxin.faces.api.exchange import router as exchange
from chengxin.faces.api.feeds import router as feeds
from chengxin.faces.api.ledger import router as ledger
from chengxin.faces.api.looks import router as looks
from chengxin.faces.api.recalls import router as recalls
from chengxin.faces.api.subjects import router as subjects
from chengxin.ledger.models import Official
from chengxin.ledger.officials import authenticate


class Encoder(NinjaJSONEncoder):
    """Writes the house's own values as they stand, without a copy of each first."""

    def default(self, o: Any) -> Any:
        """This will give a dataclass by its fields."""
        return vars(o) if is_dataclass(o) else super().default(o)


class Renderer(JSONRenderer):
    encoder_class = Encoder
    json_dumps_params = {"ensure_ascii": False}  # noqa: RUF012 - as the parent declares it


class Key(HttpBearer):
    """An API key speaks as one official; ``request.auth`` is that official."""

    def authenticate(self, request: HttpRequest, token: str) -> Official | None:
        official = authenticate(token)
        request.official = official  # type: ignore[attr-defined]
        return official


class PerOfficial(AuthRateThrottle):
    """Counts by official rather than by session."""

    def get_cache_key(self, request: HttpRequest) -> Any:
        official: Official | None = getattr(request, "official", None)
        return f"throttle_official_{official.pk}" if official else None


class Doors(NinjaAPI):
    """The API, with the gate's own view in its description."""

    def get_openapi_schema(self, *words: Any, **more: Any) -> Any:
        """This will describe every operation, those of plain views beside ninja's."""
        schema = super().get_openapi_schema(*words, **more)
        schema["paths"]["/api/v1/gate"] = gate.DESCRIBED
        return schema


api = Doors(
    title="Chengxin 诚信",
    version="1",
    description="公共信用信息平台接口。公开的查询不需要钥匙；报送和未公示的信息需要。"
    " / A public credit platform. Public look-ups need no key; handing in, and what is not published, does.",
    urls_namespace="api-1",
    renderer=Renderer(),
    throttle=[AnonRateThrottle("120/m"), PerOfficial("1200/m")],
)
problems.install(api)
key = Key()
api.add_router("/", subjects, tags=["subjects 主体"])
api.add_router("/", catalogue, tags=["catalogue 目录"])
api.add_router("/", batches, tags=["batches 报送"], auth=key)
api.add_router("/", ledger, tags=["ledger 账簿"], auth=key)
api.add_router("/", looks, tags=["looks 查阅"], auth=key)
api.add_router("/", feeds, tags=["feeds 增量"], auth=key)
api.add_router("/", recalls, tags=["gate 核查"], auth=key)
api.add_router("/", exchange, tags=["exchange 交换"], auth=key)
