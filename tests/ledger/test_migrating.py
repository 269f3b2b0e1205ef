"""A migration of an act table keeps its triggers, and a home whose triggers are gone does not open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections, models

from chengxin.cases.models import Act
from chengxin.core.errors import HouseFault
from chengxin.faces import boot
from chengxin.ledger import append_only

pytestmark = pytest.mark.django_db(databases=["default", "looks"], transaction=True)


@pytest.fixture
def altered_act_table() -> Iterator[None]:
    """An act table after a migration altered a column of it, as Django's schema editor does it."""
    connection = connections["default"]
    old = Act._meta.get_field("kind")
    new = models.CharField(max_length=60)
    new.set_attributes_from_name("kind")
    new.model = Act
    with connection.schema_editor() as editor:
        editor.alter_field(Act, old, new)
    yield
    with connection.schema_editor() as editor:
        editor.alter_field(Act, new, old)
    append_only.install(connection)


@pytest.mark.usefixtures("altered_act_table")
def test_a_rebuilt_table_gets_its_triggers_back() -> None:
    connection = connections["default"]
    lost = append_only.missing(connection)
    if (
        connection.vendor == "sqlite"
    ):  # Django makes the table anew there, and the triggers go with the old one
        assert lost == ["cases_act_no_update", "cases_act_no_delete", "cases_act_no_replace"]
        with pytest.raises(HouseFault, match="cases_act_no_update"):
            boot.verify()
    boot.migrate()
    assert append_only.missing(connection) == []
    boot.verify()


def test_nothing_is_pending_after_migrating_and_all_is_before(monkeypatch: pytest.MonkeyPatch) -> None:
    assert boot.pending("default") == boot.pending("looks") == []
    monkeypatch.setattr(boot, "_applied", lambda _: set())
    assert "cases.0001_initial" in boot.pending("default")
    assert "auth.0001_initial" in boot.pending("looks")


def test_one_database_for_both_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections["looks"], "settings_dict", connections["default"].settings_dict)
    with pytest.raises(HouseFault, match="cannot be one database"):
        boot._refuse_one_database_for_both()
