"""Listings and contests, exits, receivers and deltas, feedback; and the public page."""

from chengxin.programs.judgment_defaulters.pages.contests import dispute
from chengxin.programs.judgment_defaulters.pages.exits import exits
from chengxin.programs.judgment_defaulters.pages.feedback import feedback
from chengxin.programs.judgment_defaulters.pages.listings import listings
from chengxin.programs.judgment_defaulters.pages.public import about
from chengxin.programs.judgment_defaulters.pages.receivers import receiving

__all__ = ["about", "dispute", "exits", "feedback", "listings", "receiving"]
