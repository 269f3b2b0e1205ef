"""The web process: it opens only a home that is sound (``boot.ready`` says so), and ends with its ``serve``."""

import gc

from django.core.wsgi import get_wsgi_application

from chengxin.faces import boot, lifeline

lifeline.follow()
boot.setup_django()
boot.ready(quiet=True)
_house = get_wsgi_application()

from chengxin.faces import turnstile  # noqa: E402 - its view can be read once the apps are loaded

application = turnstile.before(_house)
gc.collect()
gc.freeze()
