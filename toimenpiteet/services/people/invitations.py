"""The mail by which an invited person sets a password."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, make_msgid
from typing import Any
from urllib.parse import urlsplit

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from toimenpiteet.models import Membership, Municipality, MunicipalityRole, User
from toimenpiteet.services.text import one_line

_log = logging.getLogger(__name__)


def password_link(user: User) -> str:
    """Return the address at which the person sets a password: once, and within settings.PASSWORD_RESET_TIMEOUT."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return settings.PUBLIC_URL + path


@dataclass(frozen=True)
class AddressMoved:
    """Tells the old address of an account that another has taken its place: a change nobody must make in silence."""

    user: User
    old: str
    by: str
    now: datetime

    def send(self) -> None:
        """Send the mail; a failure is logged, never raised, since the change stands already."""
        context = {"name": self.user.name, "by": self.by, "new": self.user.email}
        with override(self.user.language):
            subject, body = (
                render_to_string(f"emails/address_moved/{part}", context) for part in ("subject.txt", "body.txt")
            )
        try:
            EmailMultiAlternatives(one_line(subject), body, to=[self.old], headers=_headers(self.now)).send()
        except Exception:
            _log.exception("The old address of an account could not be told of its change.")


def _headers(now: datetime) -> dict[str, str]:
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Date": format_datetime(now),
        "Message-ID": make_msgid(domain=host),
    }


@dataclass
class Invitation:
    """An invitation and what became of its mail: `sent`, or `problem`, in words for the one who invited.

    `homes` are the municipalities in whose name the person is invited; `known` when they had an account before.
    """

    user: User
    invited_by: str
    now: datetime
    homes: frozenset[int] = frozenset()
    known: bool = False
    sent: bool = False
    problem: str = ""

    def send(self) -> None:
        """Send the mail; a failure is noted, never raised, since the account is made already."""
        try:
            self._message().send()
        except Exception as error:  # whatever the mail server or the network does, the account stands
            self.problem = self._problem(one_line(str(error))[:200])
        else:
            self.sent = True

    def told(self) -> str:
        """Return what to tell the one who invited, once the mail has left."""
        mailed = _("The invitation was mailed to %(email)s.")
        if self.known:
            mailed = _("They were told by mail.")
            if not self.user.has_usable_password():
                mailed = _("They have no password yet, so a link for choosing one was mailed to them.")
        return " ".join([*self._already(), mailed % {"email": self.user.email}])

    def _problem(self, error: str) -> str:
        words = _(
            "The account is made, but the invitation could not be mailed to %(email)s (%(error)s). Send it again."
        )
        if self.known:
            words = _("The mail to %(email)s could not be sent (%(error)s). Send it again.")
        return " ".join([*self._already(), words % {"email": self.user.email, "error": error}])

    def _already(self) -> list[str]:
        """Say, when there was an account before, that it got the role and that the name typed was not used."""
        if not self.known:
            return []
        words = _("%(email)s already has an account, under the name %(name)s. It was given the role; its name stays.")
        return [words % {"email": self.user.email, "name": self.user.name}]

    def _message(self) -> EmailMultiAlternatives:
        with override(self.user.language):
            context = self._context()
            subject, body, html = (
                render_to_string(f"emails/invitation/{part}", context)
                for part in ("subject.txt", "body.txt", "body.html")
            )
        message = EmailMultiAlternatives(one_line(subject), body, to=[self.user.email], headers=_headers(self.now))
        message.attach_alternative(html, "text/html")
        return message

    def _context(self) -> dict[str, Any]:
        expected = not self.user.has_usable_password()
        homes = _municipalities(self.user, self.homes)
        ends = localtime(self.now + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT))
        return {
            "name": self.user.name,
            "invited_by": self.invited_by,
            "language": self.user.language,
            "municipalities": [home.name for home in homes],
            "demonstration": self.user.demonstration or any(home.demonstration for home in homes),
            "sets_password": expected,
            "link": password_link(self.user) if expected else settings.PUBLIC_URL + reverse("account_login"),
            "reset_link": settings.PUBLIC_URL + reverse("account_reset_password"),
            "ends": date_format(ends, "DATETIME_FORMAT"),
        }


def _municipalities(user: User, homes: frozenset[int]) -> list[Municipality]:
    """Return those of `homes` in which the person has a role."""
    in_units = Membership.objects.filter(user=user).values("unit__municipality")
    own = MunicipalityRole.objects.filter(user=user).values("municipality")
    return list(Municipality.objects.filter(pk__in=homes).filter(pk__in=in_units.union(own)).order_by("key"))
