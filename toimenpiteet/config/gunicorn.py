"""How gunicorn serves the web: ``gunicorn --config python:toimenpiteet.config.gunicorn toimenpiteet.config.wsgi``."""

import os

from django.conf import settings

from toimenpiteet.config import env
from toimenpiteet.config.access_log import AccessLog
from toimenpiteet.config.start import load_settings

# Nobody waits longer for a page; a web server whose database hangs answers with 503.
os.environ.setdefault("STATEMENT_SECONDS", "30")
load_settings()

bind = f"{'127.0.0.1' if settings.EMBEDDED else '0.0.0.0'}:{settings.PORT}"  # noqa: S104  # in a container
worker_class = "gthread"
workers = env.number("WEB_PROCESSES", 2, least=1)
threads = env.number("WEB_THREADS", 4, least=1)
# Loads the product before it forks: a mistake in it ends the server with its message instead of a loop of restarts.
preload_app = True
# A container's disk may be slow or read-only; memory is neither.
worker_tmp_dir = "/dev/shm"  # noqa: S108  # the kernel's own
control_socket_disable = True
accesslog = "-"
logger_class = AccessLog
