"""Work behind the doors: what officials asked for, and what the clock asks for.

``queue(kind, payload, official)`` puts a task in the table and answers at once with its row; the page polls
``Task`` (``state``, ``stage``, ``done``, ``total``, ``result``). ``chengxin serve`` runs ``worker.run`` beside
the web; ``chengxin tick`` runs one round of the clock.
"""

from chengxin.faces.jobs.tasks import queue

__all__ = ["queue"]
