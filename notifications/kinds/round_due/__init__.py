"""Answers that a round waits for: before its day, after it, and when somebody asks that a unit be reminded."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds.base import Kind
from notifications.kinds.round_due.owed import owed
from notifications.kinds.round_due.section import sample, sections

KIND = Kind(
    "round_due", _("answers that a round waits for"), 20, owed, sections, sample, lasts=True, comes_by_itself=True
)
