"""The strategy director's week: what is late, silent, waits for approval, and which mails did not arrive."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds.base import Kind
from notifications.kinds.weekly.owed import owed
from notifications.kinds.weekly.section import sample, sections

KIND = Kind("weekly", _("the strategy director's week"), 50, owed, sections, sample, duty=False, comes_by_itself=True)
