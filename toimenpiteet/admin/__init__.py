"""The admin pages of those who keep the structure: people, units, strategies and what they consist of.

Rows of one's own municipality only; every save goes through services with a reason; status and history are only shown.
"""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from toimenpiteet.admin import actions, indicators, people, reporting, strategy, units

__all__ = ["actions", "indicators", "people", "reporting", "strategy", "units"]

# One door for signing in, with one limit of attempts.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Rights come through roles (access), never through Django's groups.
admin.site.unregister(Group)
# Tokens are issued to the person who signs in, and addresses belong to services.people.
admin.site.unregister(AuthToken)
admin.site.unregister(EmailAddress)
admin.site.site_header = admin.site.site_title = _("Administration")
admin.site.index_title = _("People, units and strategies")
admin.site.enable_nav_sidebar = False
