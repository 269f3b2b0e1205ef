"""The public door: find an organisation, see what is public about it and why, verify a document."""

from __future__ import annotations

from chengxin.faces.public import firm, home, search, verify

PAGES = (home, search, firm, verify)
