from __future__ import annotations

from datetime import datetime
from threading import Thread

import pytest
from django.db import connection, transaction

from chengxin.core.canonical import digest
from chengxin.core.errors import HouseFault
from chengxin.ledger import counters, entries


@pytest.mark.django_db
def test_blocks_follow_one_another_and_names_do_not_meddle() -> None:
    assert counters.reserve("subject") == 1
    assert counters.reserve("subject", 10) == 2
    assert counters.reserve("subject") == 12
    assert counters.reserve("sheet") == 1
    with pytest.raises(ValueError, match="block of 0"):
        counters.reserve("subject", 0)


@pytest.mark.django_db(transaction=True)
def test_threads_never_get_the_same_number() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("threads would share one in-memory database; test_races has processes on a file")
    taken: list[int] = []

    def ask() -> None:
        taken.extend(counters.reserve("subject", 3) for _ in range(50))
        connection.close()

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 601, 3))


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_written_with_the_thing_or_not_at_all(now: datetime) -> None:
    with pytest.raises(HouseFault, match="stands in no transaction"):
        entries.enter("act", "cases_act:1", {"kind": "propose"}, at=now)
    with transaction.atomic():
        entry = entries.enter("act", "cases_act:1", {"kind": "propose"}, at=now)
    assert entry.digest == digest({"kind": "propose"})
