"""Plans and steps that are due soon."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds.base import Kind
from notifications.kinds.due_soon.owed import owed
from notifications.kinds.due_soon.section import sample, sections

KIND = Kind("due_soon", _("due dates that come near"), 30, owed, sections, sample, duty=False, comes_by_itself=True)
