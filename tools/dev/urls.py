"""The product's addresses, and the one that tells a browser to load its page again."""

from django.urls import include, path

from toimenpiteet.config.urls import *  # noqa: F403  # its handlers too

urlpatterns.append(path("__reload__/", include("django_browser_reload.urls")))  # noqa: F405  # from there
