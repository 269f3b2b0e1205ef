"""The exchange's loop: number what was committed, make events of it, and send them, one lane a subscriber.

A lane is a thread for as long as its subscriber has something due: a slow one holds up nobody else.
"""

from __future__ import annotations

import os
import secrets
import threading

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from chengxin.core.errors import ChengxinError
from chengxin.effects.exchange import making, sending
from chengxin.faces.premises import clock, premises
from chengxin.ledger import sealing

log = structlog.get_logger("chengxin.exchange")
PAUSE = 0.25
"""Seconds between two looks at the tables."""


def post() -> sending.Post:
    """This will give a sender what it needs of this installation."""
    return sending.Post(
        house=premises().house,
        key=settings.EXCHANGE_KEY,
        wrap=settings.WRAP_KEY,
        clock=clock,
        sender=f"{os.getpid()}-{secrets.token_hex(6)}",
    )


def make() -> int:
    """This will number what was committed and write the events there are to tell."""
    here = premises()
    sealing.seal(here.now)
    return making.make(house=here.house, now=here.now)


def run(stop: threading.Event, pause: float = PAUSE) -> None:
    """This will make and send until told to stop. What fails is logged and tried again."""
    lanes: dict[int, threading.Thread] = {}
    while not stop.is_set():
        close_old_connections()
        try:
            make()
            for number in sending.with_work(clock()):
                if number not in lanes or not lanes[number].is_alive():
                    lanes[number] = threading.Thread(target=_lane, args=(number,), daemon=True)
                    lanes[number].start()
        except (ChengxinError, DatabaseError):
            log.exception("a round of the exchange failed")
        stop.wait(pause)
    for lane in lanes.values():
        lane.join(timeout=sending.TIMEOUT)


def _lane(number: int) -> None:
    try:
        sending.deliver(number, post())
    except (ChengxinError, DatabaseError):
        log.exception("a lane of the exchange failed", subscriber=number)
    finally:
        connections.close_all()
