"""The door of the one concerned: what is held about it, what runs, who looked, and what it may do and by when."""

from __future__ import annotations

from chengxin.faces.my import filing, home, log_in, looked, mandates, matters, records

PAGES = (log_in, home, records, matters, filing, looked, mandates)
"""Modules whose pages ``faces.mounting`` puts behind the gate."""
