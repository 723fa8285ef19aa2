"""The addresses of the delivery log and of one's own choices about mails."""

from django.urls import URLPattern, URLResolver, path

from notifications.web import ahead, by_link, health, hooks, log, preferences, samples

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/reminders", health.reminders, name="health-reminders"),
    path("muistutukset/", log.log_page, name="reminder-log"),
    path("muistutukset/tulevat/", ahead.calendar, name="reminder-calendar"),
    path("muistutukset/mallit/", samples.samples, name="reminder-samples"),
    path("muistutukset/mallit/<slug:kind>/<slug:language>.<slug:form>", samples.sample, name="reminder-sample"),
    path("muistutukset/verkkokoukku/", hooks.hook, name="web-hook"),
    path("muistutukset/miksi/", ahead.why_page, name="reminder-why"),
    path("muistutukset/pidossa/", log.hold, name="reminder-hold"),
    path("muistutukset/<int:reminder_id>/", log.reminder, name="reminder"),
    path("muistutukset/<int:reminder_id>/uudelleen/", log.send_again, name="reminder-again"),
    path("muistutukset/<int:reminder_id>/linkit/", log.revoke_links, name="reminder-links-end"),
    path("vastaa/avain/<str:key>/", by_link.enter, name="by-link-enter"),
    path("vastaa/", by_link.page, name="by-link"),
    path("vastaa/kollegalle/", by_link.forward, name="by-link-forward"),
    path("muistutukset/omat/linkit/", preferences.revoke_links, name="reminder-links-revoke"),
    path("kalenteri/<str:key>.ics", preferences.calendar, name="calendar-feed"),
    path("muistutukset/omat/kalenteri/", preferences.feed_address, name="calendar-feed-make"),
    path("muistutukset/omat/", preferences.preferences, name="reminder-preferences"),
]
