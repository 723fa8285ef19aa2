"""People and their roles: invited, given and relieved of roles, deactivated; never deleted.

An account and its roles are tracked like everything else, but for the password and the last sign-in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb
from toimenpiteet.calendar import local_day
from toimenpiteet.dates import day_words
from toimenpiteet.models import Actor, Door, Membership, Municipality, MunicipalityRole, Stamp, Unit, User
from toimenpiteet.models.people import MUNICIPALITY_ROLES, UNIT_ROLES, Dated
from toimenpiteet.services import changing, record, rules, text, tokens
from toimenpiteet.services.errors import DomainError, Forbidden, Invalid
from toimenpiteet.services.invitations import AddressMoved, Invitation
from toimenpiteet.workflow import Role

_DAY = timedelta(days=1)
AnyRole = Membership | MunicipalityRole
Account = tuple[str, str, str]
"""A person's name, address and language."""


@dataclass(frozen=True)
class WantedRole:
    """A role to be given, in a unit or a municipality, from a day to a day (both included, Europe/Helsinki)."""

    role: Role
    unit: int | None = None
    municipality: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None


class AccountChanged(DomainError):
    """Somebody else changed the account after the administrator saw it."""

    code = "account_changed"
    http_status = 409

    def __init__(self) -> None:
        super().__init__(_("Somebody else changed this person meanwhile. Check the fields, then save again."))


# Inviting


def invite(
    email: str, name: str, *, language: str, grants: Sequence[WantedRole], scope: Scope, stamp: Stamp
) -> Invitation:
    """Make an account without a password, give it roles, and mail a link by which the person sets a password.

    Somebody who has an account gets the roles, and keeps name, language and password. The mail leaves after commit;
    when it cannot, the account stands all the same and `problem` of the returned invitation says what went wrong
    (inside a transaction of the caller: once that has committed). Raises Forbidden or Http404 for a unit or
    municipality that the person does not keep, Invalid for what cannot be taken.
    """
    with transaction.atomic():
        user, made = _account(_address(email), _one_line(name, "name"), _language(language), scope, stamp)
        if not grants:
            raise Invalid(_("Give the person a role: without one they would see nothing."), field="role")
        homes = frozenset(access.municipality_of(_give(user, wanted, scope, stamp)) for wanted in grants)
        invitation = Invitation(user=user, invited_by=stamp.actor.name, now=stamp.at, homes=homes, known=not made)
        transaction.on_commit(invitation.send)
    return invitation


def invite_again(person_id: int, *, scope: Scope, stamp: Stamp) -> Invitation:
    """Mail a person a new link; earlier ones stay usable until one of them is used or they run out."""
    with transaction.atomic():
        user = _lock(person_id, scope)
        if not user.is_active:
            raise Invalid(_("The account is closed. Invite the person with a role, which opens it again."))
        by = stamp.actor.name
        invitation = Invitation(user=user, invited_by=by, now=stamp.at, homes=access.administered(scope).municipalities)
        transaction.on_commit(invitation.send)
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
        record.change(user, stamp, is_active=True)
        _lock_out(user)
    return user, made


def _found_or_made(wanted: User, stamp: Stamp) -> tuple[User, bool]:
    there = User.objects.select_for_update()
    if found := there.filter(email=wanted.email).first():
        return found, False
    try:
        with transaction.atomic():
            return record.add(wanted, stamp), True
    except IntegrityError:
        # Two who invite the same address at once meet at its unique key; the account of the first serves both.
        return there.get(email=wanted.email), False


def make_operator(email: str, password: str | None, **fields: Any) -> User:
    """Make the operator of an installation from the command line."""
    stamp = record.stamp(
        Actor.system("createsuperuser", Door.COMMAND), pgettext("reason", "The operator was made"), timezone.now()
    )
    return record.add(User.objects.build(email, password, is_staff=True, is_superuser=True, **fields), stamp)


def _address(email: str) -> str:
    address = text.clean(email, field="email", limit=254).lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid(
            _("This is not an e-mail address. Write it as in name@municipality.example."), field="email"
        ) from error
    return address


def _one_line(value: str, field: str) -> str:
    line = text.clean(value, field=field, limit=200)
    if not line or "\n" in line or "\t" in line:
        raise Invalid(_("Write a name of one line."), field=field)
    return line


def _language(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise Invalid(_("Choose one of the languages offered."), field="language")
    return language


# Roles


@transaction.atomic
def grant(person_id: int, wanted: WantedRole, *, scope: Scope, stamp: Stamp) -> AnyRole:
    """Give a role to a person of the municipality; somebody new is invited instead.

    Raises Http404 or Forbidden for a person, unit or municipality that is not the administrator's, Invalid when the
    person has the role already or when the days do not fit.
    """
    return _give(_lock(person_id, scope), wanted, scope, stamp)


def _give(user: User, wanted: WantedRole, scope: Scope, stamp: Stamp) -> AnyRole:
    if (wanted.unit is None) == (wanted.municipality is None):
        raise Invalid(_("A role is either in a unit or in the municipality. Choose one of them."), field="unit")
    for field in ("valid_from", "valid_until"):
        rules.check_year(getattr(wanted, field), field)
    if wanted.valid_from and wanted.valid_until and wanted.valid_from > wanted.valid_until:
        raise Invalid(_("The role would end before it begins. Change one of the days."), field="valid_until")
    if wanted.valid_until and wanted.valid_until < local_day(stamp.at):
        raise Invalid(
            _("This day has passed already, so the role would never hold. Choose a later day, or leave it empty."),
            field="valid_until",
        )
    role = _membership(user, wanted, scope) if wanted.unit else _municipality_role(user, wanted, scope)
    if made := changing.made_already(role, stamp):
        return made
    _check_new(role)
    record.add(role, stamp)
    _refresh_staff(user, local_day(stamp.at))
    return role


def _membership(user: User, wanted: WantedRole, scope: Scope) -> Membership:
    unit = _kept_unit(wanted.unit or 0, scope)
    if wanted.role not in UNIT_ROLES:
        raise Invalid(_("This role belongs to the municipality, not to a unit."), field="role")
    if unit.valid_until is not None and (wanted.valid_from is None or wanted.valid_from > unit.valid_until):
        raise Invalid(_("%(unit)s has ended. Choose the unit that follows it.") % {"unit": unit.name}, field="unit")
    return Membership(
        user=user, unit=unit, role=wanted.role.value, valid_from=wanted.valid_from, valid_until=wanted.valid_until
    )


def _kept_unit(pk: int, scope: Scope) -> Unit:
    unit = access.get(scope, access.visible(access.reached(scope), Unit), pk=pk)
    changing.require_keeper(scope, unit.municipality_id)
    return unit


def _municipality_role(user: User, wanted: WantedRole, scope: Scope) -> MunicipalityRole:
    pk = wanted.municipality or 0
    changing.require_keeper(scope, pk)
    if wanted.role not in MUNICIPALITY_ROLES:
        raise Invalid(_("This role belongs to a unit. Choose the unit."), field="role")
    return MunicipalityRole(
        user=user,
        municipality=Municipality.objects.get(pk=pk),
        role=wanted.role.value,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
    )


def _check_new(role: AnyRole) -> None:
    """Refuse a role whose days meet those of the same role."""
    where = {"unit": role.unit_id} if isinstance(role, Membership) else {"municipality": role.municipality_id}
    same = type(role)._default_manager.filter(user=role.user_id, role=role.role, **where)
    if same.filter(Dated.meeting(role.valid_from, role.valid_until)).exists():
        raise Invalid(_("The person has this role already on some of these days."), field="role")


@transaction.atomic
def end_role(role: AnyRole, last_day: date, *, version: int, scope: Scope, stamp: Stamp) -> bool:
    """End a role at the end of `last_day`; return whether it ends, or was taken away since it had not begun yet.

    Raises Http404, Forbidden, Stale, or Invalid when the day cannot be its last one, or when it would leave the
    municipality without an administrator.
    """
    municipality = role.unit.municipality_id if isinstance(role, Membership) else role.municipality_id
    changing.require_keeper(scope, municipality)
    rules.check_year(last_day, "last_day")
    _lock_administrators({municipality})
    kind: type[AnyRole] = type(role)
    fresh, today = changing.find(scope, kind, role.pk, version=version), local_day(stamp.at)
    _check_last_day(fresh, last_day, today)
    ends = _end(fresh, last_day, stamp)
    if fresh.role == Role.ADMIN:
        _keep_an_administrator({municipality}, last_day)
    _refresh_staff(fresh.user, today)
    return ends


def _check_last_day(role: AnyRole, last_day: date, today: date) -> None:
    first = role.valid_from or last_day
    if last_day < min(first, today):
        began = _("The role began on %(day)s. Choose that day or a later one.")
        begins = _("This day has passed, and the role begins only on %(day)s. Choose today to take it away.")
        raise Invalid((begins if first > today else began) % {"day": day_words(first)}, field="last_day")


def _end(role: AnyRole, last_day: date, stamp: Stamp) -> bool:
    """End the role, or take it away when it would not have begun by then; return whether it ends."""
    begins = role.valid_from is None or role.valid_from <= last_day
    if begins:
        record.change(role, stamp, valid_until=last_day)
    else:
        record.remove(role, stamp)
    return begins


def _lock_administrators(municipalities: set[int]) -> None:
    """Let two who take away each other's role come one after the other."""
    list(Municipality.objects.select_for_update().filter(pk__in=municipalities).order_by("pk"))


def _keep_an_administrator(municipalities: Iterable[int], last_day: date) -> None:
    for municipality in municipalities:
        lasting = MunicipalityRole.objects.filter(
            Dated.on(last_day + _DAY),
            municipality=municipality,
            role=Role.ADMIN,
            valid_until__isnull=True,
            user__is_active=True,
        )
        if not lasting.exists():
            raise Invalid(_("The municipality would be left without an administrator. Make somebody else one first."))


def _lasts(day: date) -> Q:
    """Return the condition that a role holds on `day` or later."""
    return Q(valid_until__isnull=True) | Q(valid_until__gte=day)


def _refresh_staff(user: User, today: date) -> None:
    """Open the administration to those who are, or are to be, administrators somewhere; close it to all others."""
    admin = MunicipalityRole.objects.filter(_lasts(today), user=user, role=Role.ADMIN).exists()
    if user.is_staff != (user.is_superuser or admin):
        user.is_staff = user.is_superuser or admin
        user.save(update_fields=["is_staff"])


# The account


@transaction.atomic
def deactivate(person_id: int, *, scope: Scope, stamp: Stamp) -> User:
    """End the person's roles in the administrator's municipalities, and close the account when none is left elsewhere.

    Nothing is deleted: the name stays in the record. Raises Http404, Forbidden (oneself, the operator), or Invalid
    when a municipality would be left without an administrator.
    """
    kept = access.administered(scope).municipalities
    _lock_administrators(set(kept))
    user = _lock(person_id, scope)
    if scope.user is not None and user.pk == scope.user.pk:
        raise Forbidden(_("You cannot close your own account. Ask another administrator."))
    today = local_day(stamp.at)
    ours = [role for role in _roles_from(user, today) if access.municipality_of(role) in kept]
    for role in ours:
        _end(role, today - _DAY, stamp)
    if not _roles_from(user, today):
        record.change(user, stamp, is_active=False)
        tokens.revoke_all(user)
    admin_of = {role.municipality_id for role in ours if isinstance(role, MunicipalityRole) and role.role == Role.ADMIN}
    _keep_an_administrator(admin_of, today - _DAY)
    _refresh_staff(user, today)
    return user


def _roles_from(user: User, day: date) -> list[AnyRole]:
    """Return the roles that the person holds on `day` or later."""
    return [
        *Membership.objects.filter(_lasts(day), user=user).select_related("unit"),
        *MunicipalityRole.objects.filter(_lasts(day), user=user),
    ]


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
    user = _lock(person_id, scope)
    wanted = (_one_line(name, "name"), _address(email), _language(language))
    known = (user.name, user.email, user.language)
    if wanted == known:
        return user
    if seen not in {None, known}:
        raise AccountChanged
    _check_ours_alone(user, scope)
    if wanted[1] != user.email:
        _check_address(user, wanted[1], scope)
    old = user.email
    record.change(user, stamp, **dict(zip(("name", "email", "language"), wanted, strict=True)))
    if user.email != old:
        _move_address(user, old, scope, stamp)
    return user


def _check_ours_alone(user: User, scope: Scope) -> None:
    kept = access.administered(scope).municipalities
    roles = [*Membership.objects.filter(user=user), *MunicipalityRole.objects.filter(user=user)]
    if any(access.municipality_of(role) not in kept for role in roles):
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
    by, now, homes = stamp.actor.name, stamp.at, access.administered(scope).municipalities
    transaction.on_commit(AddressMoved(user=user, old=old, by=by, now=now).send)
    transaction.on_commit(Invitation(user=user, invited_by=by, now=now, homes=homes).send)


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
    user = record.lock(User.objects.all(), actor.user.pk)
    stamp = record.stamp(actor, pgettext("reason", "Chose the language of their own pages"), now)
    record.change(user, stamp, language=_language(language))
    return user


def _lock(person_id: int, scope: Scope) -> User:
    """Return a locked person of the administrator's municipalities; raises Http404, or Forbidden for the operator."""
    try:
        user = access.people(access.administered(scope)).select_for_update().get(pk=person_id)
    except (User.DoesNotExist, ValueError, OverflowError) as error:
        raise Http404 from error
    if user.is_superuser and not scope.operator:
        raise Forbidden(_("The operator of the installation is not yours to change."))
    return user
