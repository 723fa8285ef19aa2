"""The mails about an account: an invitation, a link for a new password, and that its address was moved."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from toimenpiteet.models import Membership, Municipality, MunicipalityRole, RecordedName, Stamp, User
from toimenpiteet.services.people import names
from toimenpiteet.services.people.letters import AccountLetter, LetterKind, post
from toimenpiteet.services.text import one_line


class _Since(type(default_token_generator)):  # type: ignore[misc]  # the class is a setting of allauth's
    """Makes tokens that hold from a moment on, so that two copies of a mail have the same link."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def _now(self) -> datetime:
        # Django counts in the machine's own time, without a zone.
        return datetime.fromtimestamp(self._at.timestamp())  # noqa: DTZ006  # as Django does


def password_link(user: User, at: datetime) -> str:
    """Return where the person sets a password: once, and until settings.PASSWORD_RESET_TIMEOUT after `at`.

    The same whenever it is asked for, until the person signs in, or changes the password or the address.
    """
    key = _Since(at).make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return settings.PUBLIC_URL + path


@dataclass(frozen=True)
class Written:
    """A mail about an account as it leaves; `secret` is what must not be kept of it, "" where nothing is."""

    subject: str
    text: str
    html: str = ""
    secret: str = ""


def write(kind: LetterKind, user: User, facts: dict[str, Any], at: datetime) -> Written:
    """Return what a mail about an account says, in the person's language; `at` is since when it is owed."""
    with override(user.language):
        match kind:
            case LetterKind.PASSWORD:
                return _rendered(kind, {"password_reset_url": password_link(user, at)})
            case LetterKind.ADDRESS_MOVED:
                return _rendered(kind, {"name": user.name, "by": _by(facts), "new": user.email})
            case LetterKind.INVITATION:
                return _rendered(kind, _invited(user, facts, at))


def sample(kind: LetterKind) -> Written:
    """Return a mail about an account of invented things, in the active language, for looking at."""
    host, name = settings.PUBLIC_URL, _("Malla Mallikas")
    ends = date_format(datetime(2030, 1, 15, 9, tzinfo=UTC), "DATETIME_FORMAT")
    invited = {"invited_by": name, "municipalities": [_("The municipality")], "sets_password": True, "ends": ends}
    links = dict.fromkeys(("link", "reset_link", "password_reset_url"), f"{host}/…/")
    told = {"name": name, "by": name, "new": "malla.mallikas@kunta.example"}
    return _rendered(kind, told | invited | links | {"language": get_language(), "demonstration": False})


def _rendered(kind: LetterKind, context: dict[str, Any]) -> Written:
    """Render a mail; `secret` is the link by which a password is set."""
    match kind:
        case LetterKind.PASSWORD:
            # Where allauth looks for it.
            texts = _texts("account/email/password_reset_key_", "message", context)
            return Written(*texts, secret=context["password_reset_url"])
        case LetterKind.ADDRESS_MOVED:
            return Written(*_texts("emails/address_moved/", "body", context))
        case LetterKind.INVITATION:
            html = render_to_string("emails/invitation/body.html", context)
            secret = context["link"] if context["sets_password"] else ""
            return Written(*_texts("emails/invitation/", "body", context), html, secret)


def _texts(place: str, body: str, context: dict[str, Any]) -> tuple[str, str]:
    subject, text = (render_to_string(f"{place}{name}.txt", context) for name in ("subject", body))
    return one_line(subject), text


def _by(facts: dict[str, Any]) -> str:
    """Return who did it, under the name that the record has now."""
    return RecordedName.objects.get(pk=facts["by"]).text


def tell_old_address(user: User, old: str, stamp: Stamp) -> None:
    """Let the old address of an account be told that another has taken its place: nobody makes that in silence."""
    (by,) = names.find_or_make(names.of_actor(stamp.actor))
    post(AccountLetter(LetterKind.ADDRESS_MOVED, user, old, stamp.at, {"by": by}))


@dataclass
class Invitation:
    """An invitation, by whom and when as `stamp` says; `sent` tells that its mail is on its way.

    `homes` are the municipalities in whose name the person is invited; `known` when they had an account before.
    """

    user: User
    stamp: Stamp
    homes: frozenset[int] = frozenset()
    known: bool = False
    sent: bool = False

    def send(self) -> None:
        """Let the mail leave; call it in the transaction that makes the account."""
        (by,) = names.find_or_make(names.of_actor(self.stamp.actor))
        facts = {"by": by, "homes": sorted(self.homes)}
        post(AccountLetter(LetterKind.INVITATION, self.user, self.user.email, self.stamp.at, facts))
        self.sent = True

    def told(self) -> str:
        """Return what to tell the one who invited."""
        mailed = _("The invitation to %(email)s leaves within minutes.")
        if self.known:
            mailed = _("They are told by mail.")
            if not self.user.has_usable_password():
                mailed = _("They have no password yet, so a mail with a link for choosing one leaves within minutes.")
        return " ".join([*self._already(), mailed % {"email": self.user.email}])

    def _already(self) -> list[str]:
        """Say, when there was an account before, that it got the role and that the name typed was not used."""
        if not self.known:
            return []
        words = _("%(email)s already has an account, under the name %(name)s. It was given the role; its name stays.")
        return [words % {"email": self.user.email, "name": self.user.name}]


def _invited(user: User, facts: dict[str, Any], at: datetime) -> dict[str, Any]:
    expected = not user.has_usable_password()
    homes = _municipalities(user, frozenset(facts["homes"]))
    ends = localtime(at + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT))
    return {
        "name": user.name,
        "invited_by": _by(facts),
        "language": user.language,
        "municipalities": [home.name for home in homes],
        "demonstration": user.demonstration or any(home.demonstration for home in homes),
        "sets_password": expected,
        "link": password_link(user, at) if expected else settings.PUBLIC_URL + reverse("account_login"),
        "reset_link": settings.PUBLIC_URL + reverse("account_reset_password"),
        "ends": date_format(ends, "DATETIME_FORMAT"),
    }


def _municipalities(user: User, homes: frozenset[int]) -> list[Municipality]:
    """Return those of `homes` in which the person has a role."""
    in_units = Membership.objects.filter(user=user).values("unit__municipality")
    own = MunicipalityRole.objects.filter(user=user).values("municipality")
    return list(Municipality.objects.filter(pk__in=homes).filter(pk__in=in_units.union(own)).order_by("key"))
