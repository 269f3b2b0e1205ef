"""The API: OpenAPI 3.1 under ``/api/v1/``, RFC 9457 problems, cursor pages, idempotency keys.

``api`` is mounted by ``faces.urls``; each noun has its own module.
"""

from chengxin.faces.api.main import api

__all__ = ["api"]
