"""Every address of the house."""

from __future__ import annotations

from pathlib import Path

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from chengxin import programs
from chengxin.faces import desk, my, public
from chengxin.faces.api import widget
from chengxin.faces.api.gate import gate
from chengxin.faces.api.main import api
from chengxin.faces.mounting import mount
from chengxin.faces.mounting import programs as pages_of

_names = sorted(
    folder.name for folder in Path(programs.__path__[0]).iterdir() if (folder / "program.yml").is_file()
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/gate", gate),
    path("api/v1/gate/widget", widget.ticket),
    path("api/v1/gate/widget/<str:token>", widget.frame, name="gate_frame"),
    path("api/v1/", api.urls),
    path("language", set_language, name="set_language"),
]
for _name, _pages in pages_of(_names):
    urlpatterns += [
        path(f"desk/{_name}/", include((mount(_pages, door="desk", namespace=_name), _name))),
        path(
            f"p/{_name}/",
            include((mount(_pages, door="public", namespace=f"{_name}-public"), f"{_name}-public")),
        ),
    ]
urlpatterns += [
    path("desk/", include((mount(*desk.PAGES, door="desk", namespace="desk"), "desk"))),
    path("my/", include((mount(*my.PAGES, door="my", namespace="my"), "my"))),
    path("", include((mount(*public.PAGES, door="public", namespace="public"), "public"))),
]
handler400 = "chengxin.faces.mounting.bad_request"
handler403 = "chengxin.faces.mounting.denied"
handler404 = "chengxin.faces.mounting.missing"
handler500 = "chengxin.faces.mounting.broken"
