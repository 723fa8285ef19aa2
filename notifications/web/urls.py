"""The addresses of the delivery log and of one's own choices about mails."""

from django.urls import URLPattern, URLResolver, path

from notifications.web import log, preferences

urlpatterns: list[URLPattern | URLResolver] = [
    path("muistutukset/", log.log_page, name="reminder-log"),
    path("muistutukset/<int:reminder_id>/", log.reminder, name="reminder"),
    path("muistutukset/<int:reminder_id>/uudelleen/", log.send_again, name="reminder-again"),
    path("muistutukset/omat/", preferences.preferences, name="reminder-preferences"),
]
