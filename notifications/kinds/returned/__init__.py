"""What was sent back to those who answer for it, with the director's words."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds.base import Kind
from notifications.kinds.returned.owed import owed
from notifications.kinds.returned.section import sample, sections

KIND = Kind("returned", _("what was sent back to you"), 10, owed, sections, sample)
