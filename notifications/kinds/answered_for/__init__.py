"""What somebody answered to whom it was handed on."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds.answered_for.owed import owed
from notifications.kinds.answered_for.section import sample, sections
from notifications.kinds.base import Kind

KIND = Kind("answered_for", _("answers to what you handed on"), 45, owed, sections, sample, duty=False)
