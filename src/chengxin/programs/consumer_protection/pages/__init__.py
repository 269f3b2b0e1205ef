"""Disputes, requests, the list of determinations, and the public page."""

from chengxin.programs.consumer_protection.pages.disputes import disputes
from chengxin.programs.consumer_protection.pages.public import about
from chengxin.programs.consumer_protection.pages.requests import propose, requests
from chengxin.programs.consumer_protection.pages.traders import listed, traders

__all__ = ["about", "disputes", "listed", "propose", "requests", "traders"]
