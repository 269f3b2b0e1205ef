"""Named numbers that only grow: subjects, sheets and documents take theirs here, and none is given twice."""

from __future__ import annotations

from django.db import connection, transaction


def reserve(name: str, n: int = 1) -> int:
    """This will take a block of ``n`` numbers under ``name`` and give its first.

    Ask before the transaction that uses the numbers: on its own this is one short transaction, so a
    number is spent even where the work it was for is given up, and nobody waits for that work to end.
    """
    if n < 1:
        raise ValueError(f"a block of {n} numbers")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger_counter (name, next) values (%s, %s) "
            "on conflict (name) do update set next = ledger_counter.next + %s returning next",
            [name, n + 1, n],
        )
        ((following,),) = cursor.fetchall()
    return int(following) - n
