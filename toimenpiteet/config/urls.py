"""Every address of the product."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from toimenpiteet.config.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("hallinta/", admin.site.urls),
    path("api/v1/", include("toimenpiteet.api.urls")),
    path("", include("notifications.web.urls")),
    path("", include("toimenpiteet.web.urls")),
]
