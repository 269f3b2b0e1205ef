"""The public door: find an organisation, see what is public about it and why, verify a document."""

from chengxin.faces.public.firm import firm, why
from chengxin.faces.public.home import about, home
from chengxin.faces.public.search import search
from chengxin.faces.public.verify import check, verify, verify_digest

__all__ = ["about", "check", "firm", "home", "search", "verify", "verify_digest", "why"]
