"""What was decided on: a completion that was approved, a change that was accepted or not."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds.base import Kind
from notifications.kinds.decided.owed import owed
from notifications.kinds.decided.section import sample, sections

KIND = Kind("decided", _("what was decided on your action items"), 40, owed, sections, sample, duty=False)
