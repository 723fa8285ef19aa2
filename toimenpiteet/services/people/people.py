"""People and their accounts: invited, changed, closed; never deleted.

An account is tracked like everything else, but for the password and the last sign-in.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb
from toimenpiteet.calendar import local_day
from toimenpiteet.models import Actor, Door, MunicipalityRole, Stamp, User
from toimenpiteet.services import audited, text
from toimenpiteet.services.errors import DomainError, Forbidden, Invalid
from toimenpiteet.services.people import roles, tokens
from toimenpiteet.services.people.invitations import Invitation, tell_old_address
from toimenpiteet.workflow import Role

_DAY = timedelta(days=1)
Account = tuple[str, str, str]
"""A person's name, address and language."""


class AccountChanged(DomainError):
    """Somebody else changed the account after the administrator saw it."""

    code = "account_changed"
    http_status = 409

    def __init__(self) -> None:
        super().__init__(_("Somebody else changed this person meanwhile. Check the fields, then save again."))


# Inviting


def invite(
    email: str, name: str, *, language: str, grants: Sequence[roles.WantedRole], scope: Scope, stamp: Stamp
) -> Invitation:
    """Make an account without a password, give it roles, and mail a link by which the person sets a password.

    Somebody who has an account gets the roles, and keeps name, language and password. The mail is kept with the
    account, and leaves within a minute. A form that is sent twice mails once.
    Raises Forbidden or Http404 for a unit or municipality that the person does not keep, Invalid for what cannot be
    taken.
    """
    with transaction.atomic():
        user, made = _account(_address(email), _name(name), _language(language), scope, stamp)
        if not grants:
            raise Invalid(_("Give the person a role: without one they would see nothing."), field="role")
        before = roles.roles_of(user)
        given = [roles.give(user, wanted, scope, stamp) for wanted in grants]
        homes = frozenset(map(access.municipality_of, given))
        # A role that the person had already is given again only when the form was sent twice: its mail has left.
        twice = all(role in before for role in given)
        known = not made and not twice
        invitation = Invitation(user, stamp, homes=homes, known=known, sent=twice)
        if not twice:
            invitation.send()
    return invitation


def invite_again(person_id: int, *, scope: Scope, stamp: Stamp) -> Invitation:
    """Mail a person a new link; earlier ones stay usable until one of them is used or they run out."""
    with transaction.atomic():
        user = roles.lock_person(person_id, scope)
        if not user.is_active:
            raise Invalid(_("The account is closed. Invite the person with a role, which opens it again."))
        invitation = Invitation(user, stamp, homes=access.administered(scope).municipalities)
        invitation.send()
    return invitation


def _account(email: str, name: str, language: str, scope: Scope, stamp: Stamp) -> tuple[User, bool]:
    """Return the account of an address, open, and whether it was made now."""
    if not access.administered(scope).municipalities:
        raise Forbidden(labels.may_not(Verb.ADMINISTER))
    user, made = _found_or_made(User.objects.build(email, name=name, language=language), stamp)
    if user.is_superuser and not scope.operator:
        raise Forbidden(_("The operator of the installation is not yours to change."))
    if not user.is_active:
        # Closed accounts have no roles left; whoever knew the old password must not come back with it.
        audited.change(user, stamp, is_active=True)
        _lock_out(user)
    return user, made


def _found_or_made(wanted: User, stamp: Stamp) -> tuple[User, bool]:
    there = User.objects.select_for_update()
    if found := there.filter(email=wanted.email).first():
        return found, False
    try:
        with transaction.atomic():
            return audited.add(wanted, stamp), True
    except IntegrityError:
        # Two who invite the same address at once meet at its unique key; the account of the first serves both.
        return there.get(email=wanted.email), False


def make_operator(email: str, password: str | None, **fields: Any) -> User:
    """Make the operator of an installation from the command line."""
    stamp = audited.stamp(
        Actor.system("createsuperuser", Door.COMMAND), pgettext("reason", "The operator was made"), timezone.now()
    )
    return audited.add(User.objects.build(email, password, is_staff=True, is_superuser=True, **fields), stamp)


def _address(email: str) -> str:
    address = text.clean(email, field="email", limit=254).lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid(
            _("This is not an e-mail address. Write it as in name@municipality.example."), field="email"
        ) from error
    return address


def _name(value: str) -> str:
    line = text.clean(value, field="name", limit=200)
    if not line or "\n" in line or "\t" in line:
        raise Invalid(_("Write a name of one line."), field="name")
    return line


def _language(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise Invalid(_("Choose one of the languages offered."), field="language")
    return language


# The account


@transaction.atomic
def deactivate(person_id: int, *, scope: Scope, stamp: Stamp) -> User:
    """End the person's roles in the administrator's municipalities, and close the account when none is left elsewhere.

    Nothing is deleted: the name stays in the record. Raises Http404, Forbidden (oneself, the operator), or Invalid
    when a municipality would be left without an administrator.
    """
    kept = access.administered(scope).municipalities
    roles.lock_administrators(set(kept))
    user = roles.lock_person(person_id, scope)
    if scope.user is not None and user.pk == scope.user.pk:
        raise Forbidden(_("You cannot close your own account. Ask another administrator."))
    today = local_day(stamp.at)
    ours = [role for role in roles.roles_from(user, today) if access.municipality_of(role) in kept]
    for role in ours:
        roles.end(role, today - _DAY, stamp)
    if not roles.roles_from(user, today):
        audited.change(user, stamp, is_active=False)
        tokens.revoke_all(user)
    admin_of = {role.municipality_id for role in ours if isinstance(role, MunicipalityRole) and role.role == Role.ADMIN}
    roles.keep_an_administrator(admin_of, today - _DAY)
    roles.refresh_staff(user, today)
    return user


@transaction.atomic
def edit(
    person_id: int, *, name: str, email: str, language: str, scope: Scope, stamp: Stamp, seen: Account | None = None
) -> User:
    """Change a person's name, address or language, all of whose roles are in the administrator's municipalities.

    `seen` is what the administrator saw of the account: AccountChanged is raised when it is so no more.

    An address opens the account. A new one has to prove itself: the old password, links, sessions and tokens end, a
    link for setting a password goes to the new address, and the old one is told. Raises Http404, Forbidden, or
    Invalid, naming the field.
    """
    user = roles.lock_person(person_id, scope)
    wanted = (_name(name), _address(email), _language(language))
    known = (user.name, user.email, user.language)
    if wanted == known:
        return user
    if seen not in {None, known}:
        raise AccountChanged
    _check_ours_alone(user, scope)
    if wanted[1] != user.email:
        _check_address(user, wanted[1], scope)
    old = user.email
    audited.change(user, stamp, **dict(zip(("name", "email", "language"), wanted, strict=True)))
    if user.email != old:
        _move_address(user, old, scope, stamp)
    return user


def _check_ours_alone(user: User, scope: Scope) -> None:
    kept = access.administered(scope).municipalities
    if any(access.municipality_of(role) not in kept for role in roles.roles_of(user)):
        raise Forbidden(
            _("The person works for another municipality too, so only the operator changes the account."), field="email"
        )


def _check_address(user: User, address: str, scope: Scope) -> None:
    powerful = MunicipalityRole.objects.filter(user=user, role__in=[Role.DIRECTOR, Role.ADMIN]).exists()
    if powerful and not scope.operator:
        raise Forbidden(
            _("Whoever holds this address decides for the municipality, so only the operator changes it."),
            field="email",
        )
    if User.objects.filter(email__iexact=address).exclude(pk=user.pk).exists():
        raise Invalid(_("Somebody else has this address."), field="email")


def _move_address(user: User, old: str, scope: Scope, stamp: Stamp) -> None:
    _lock_out(user)
    tell_old_address(user, old, stamp)
    Invitation(user, stamp, homes=access.administered(scope).municipalities).send()


def _lock_out(user: User) -> None:
    """End everything that opens the account: password, sessions, mailed links, tokens, allauth's list of addresses."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    EmailAddress.objects.filter(user=user).delete()
    tokens.revoke_all(user)


@transaction.atomic
def set_language(language: str, *, actor: Actor, now: datetime) -> User:
    """Let a person change the language of their own pages and mails; raises Invalid for one that is not offered."""
    assert actor.user is not None  # noqa: S101  # only a person has pages of their own
    user = audited.lock(User.objects.all(), actor.user.pk)
    stamp = audited.stamp(actor, pgettext("reason", "Chose the language of their own pages"), now)
    audited.change(user, stamp, language=_language(language))
    return user
