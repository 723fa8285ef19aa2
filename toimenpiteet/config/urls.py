"""Every address of the product."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from toimenpiteet.web.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    # Django's own page would leave the tokens of the old password alive.
    path("hallinta/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("hallinta/", admin.site.urls),
    path("api/v1/", include("toimenpiteet.api.urls")),
    path("", include("notifications.web.urls")),
    path("", include("toimenpiteet.web.urls")),
]

handler403 = "toimenpiteet.web.errors.refused"
handler404 = "toimenpiteet.web.errors.missing"
handler500 = "toimenpiteet.web.errors.broken"
