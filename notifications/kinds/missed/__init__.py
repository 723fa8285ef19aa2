"""Reminders that came too late to be sent, as after an outage: the strategy director is told."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds.base import Kind
from notifications.kinds.missed.owed import owed
from notifications.kinds.missed.section import sample, sections

KIND = Kind("missed", _("reminders that could not be sent in time"), 5, owed, sections, sample)
