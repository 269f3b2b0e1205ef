"""The web process: it opens only a home that is sound (``boot.ready`` says so), and ends with its ``serve``."""

from django.core.wsgi import get_wsgi_application

from chengxin.faces import boot, lifeline

lifeline.follow()
boot.setup_django()
boot.ready(quiet=True)
application = get_wsgi_application()
