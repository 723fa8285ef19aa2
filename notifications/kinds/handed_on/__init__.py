"""What a colleague handed on to somebody to answer."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds.base import Kind
from notifications.kinds.handed_on.owed import owed
from notifications.kinds.handed_on.section import sample, sections

KIND = Kind("handed_on", _("what a colleague handed on to you"), 15, owed, sections, sample)
