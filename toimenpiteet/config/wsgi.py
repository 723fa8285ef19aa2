"""The door of the web server."""

import os

from django.core.wsgi import get_wsgi_application

from toimenpiteet.config.start import look_at_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "toimenpiteet.config.settings")

application = get_wsgi_application()
look_at_database()
