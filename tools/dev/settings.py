"""The embedded mode with Django's own ways of building: errors explain themselves, files are served as they lie."""

from toimenpiteet.config.settings import *  # noqa: F403  # settings are many names

DEBUG = True
ROOT_URLCONF = "tools.dev.urls"
# Puts a script of its own address into each page, so the content security policy stays that of the product.
INSTALLED_APPS.append("django_browser_reload")  # noqa: F405  # from there
MIDDLEWARE.append("django_browser_reload.middleware.BrowserReloadMiddleware")  # noqa: F405  # from there
# Django's handler for DEBUG would say each line a second time.
LOGGING["loggers"] = {"django": {"level": "INFO"}}  # noqa: F405  # from there
