"""No page without a permission, no form without a token, no icon that is not drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from chengxin.kit.icons import PATHS
from chengxin.kit.pages import Route, page
from chengxin.ledger.roles import VERBS

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
ENTRANCE = {"login", "logout", "own_password", "factor", "enrol_factor", "outside_login", "outside_back"}
"""The steps of coming in: they ask themselves who has come."""
ELSEWHERE = ("api/", "language")
"""The API guards its own; the language switch is Django's."""


def patterns(under: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in (under or get_resolver()).url_patterns:
        here = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, here)
        else:
            yield here, one


def routes() -> list[tuple[str, Route]]:
    found = []
    for address, pattern in patterns():
        if not address.startswith(ELSEWHERE):
            route = getattr(pattern.callback, "route", None)
            assert route is not None, f"{address} stands before the gate"
            found.append((address, route))
    return found


def test_every_page_is_public_or_a_partys_or_names_the_verbs_that_open_it() -> None:
    for address, route in routes():
        assert route.public + route.party + bool(route.verbs) == 1, address
        assert route.party == (route.door == "my" and not route.public), address
        assert not (route.door == "my" and route.public) or route.name in {"login", "prove", "logout"}, (
            address
        )
        assert set(route.verbs) <= VERBS, address
        assert route.icon in PATHS, address
        assert not (route.door == "desk" and route.public) or route.name in ENTRANCE, address


def test_a_page_without_a_permission_does_not_import() -> None:
    with pytest.raises(ValueError, match="either public or names the verbs"):
        page("nowhere", door="desk")
    with pytest.raises(ValueError, match="only the door my"):
        page("nowhere", door="desk", party=True)
    with pytest.raises(ValueError, match="the rail has"):
        page("nowhere", door="desk", verbs=["read"], rail="elsewhere")


def test_a_stranger_is_led_to_the_log_in(opened: Any, client: Client) -> None:
    for address, route in routes():
        if not route.public and "<" not in address and "GET" in route.methods:
            answer = client.get(f"/{address}")
            assert answer.status_code == 302, address
            door = "my" if route.party else "desk"
            assert answer["Location"].startswith(f"/{door}/login?next="), address


def test_the_wrong_role_is_refused(at_desk: Callable[..., Client]) -> None:
    auditor, steward = at_desk("auditor", "yz-credit"), at_desk("steward", "yz-environment")
    assert auditor.get("/desk/cases/").status_code == 403
    assert auditor.get("/desk/looks/").status_code == 200
    assert steward.get("/desk/looks/").status_code == 403


def test_the_rail_shows_only_what_opens(at_desk: Callable[..., Client]) -> None:
    shown = at_desk("auditor", "yz-credit").get("/desk/").content.decode()
    assert "谁看过什么" in shown
    assert 'href="/desk/cases/"' not in shown


def test_no_form_is_taken_without_its_token(person: Callable[..., Any]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(
        person("steward", "yz-environment"), backend="django.contrib.auth.backends.ModelBackend"
    )
    for address, route in routes():
        if "POST" in route.methods and "<" not in address:
            answer = strict.post(f"/{address}", {})
            assert answer.status_code == 403, address


def test_a_method_that_was_not_declared_is_refused(opened: Any, client: Client) -> None:
    assert client.post("/search").status_code == 405


def test_the_desk_is_not_kept_by_any_cache(at_desk: Callable[..., Client]) -> None:
    assert at_desk("case_officer").get("/desk/")["Cache-Control"] == "no-store"


def test_the_policy_lets_nothing_in_from_elsewhere(opened: Any, client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
