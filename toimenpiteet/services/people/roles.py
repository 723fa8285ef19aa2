"""Roles of people: given, ended; a municipality always keeps an administrator."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.calendar import local_day
from toimenpiteet.dates import day_words
from toimenpiteet.models import Membership, Municipality, MunicipalityRole, Stamp, Unit, User
from toimenpiteet.models.people import MUNICIPALITY_ROLES, UNIT_ROLES, Dated
from toimenpiteet.services import audited, changing, rules
from toimenpiteet.services.errors import Forbidden, Invalid
from toimenpiteet.workflow import Role

_DAY = timedelta(days=1)
AnyRole = Membership | MunicipalityRole


@dataclass(frozen=True)
class WantedRole:
    """A role to be given, in a unit or a municipality, from a day to a day (both included, Europe/Helsinki)."""

    role: Role
    unit: int | None = None
    municipality: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@transaction.atomic
def grant(person_id: int, wanted: WantedRole, *, scope: Scope, stamp: Stamp) -> AnyRole:
    """Give a role to a person of the municipality; somebody new is invited instead.

    Raises Http404 or Forbidden for a person, unit or municipality that is not the administrator's, Invalid when the
    person has the role already or when the days do not fit.
    """
    return give(lock_person(person_id, scope), wanted, scope, stamp)


def give(user: User, wanted: WantedRole, scope: Scope, stamp: Stamp) -> AnyRole:
    """Give a role to a locked person; sent twice, it makes one. Raises as ``grant``."""
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
    audited.add(role, stamp)
    refresh_staff(user, local_day(stamp.at))
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
    lock_administrators({municipality})
    kind: type[AnyRole] = type(role)
    fresh, today = changing.find(scope, kind, role.pk, version=version), local_day(stamp.at)
    _check_last_day(fresh, last_day, today)
    ends = end(fresh, last_day, stamp)
    if fresh.role == Role.ADMIN:
        keep_an_administrator({municipality}, last_day)
    refresh_staff(fresh.user, today)
    return ends


def _check_last_day(role: AnyRole, last_day: date, today: date) -> None:
    first = role.valid_from or last_day
    if last_day < min(first, today):
        began = _("The role began on %(day)s. Choose that day or a later one.")
        begins = _("This day has passed, and the role begins only on %(day)s. Choose today to take it away.")
        raise Invalid((begins if first > today else began) % {"day": day_words(first)}, field="last_day")


def end(role: AnyRole, last_day: date, stamp: Stamp) -> bool:
    """End the role, or take it away when it would not have begun by then; return whether it ends."""
    begins = role.valid_from is None or role.valid_from <= last_day
    if begins:
        audited.change(role, stamp, valid_until=last_day)
    else:
        audited.remove(role, stamp)
    return begins


def lock_administrators(municipalities: set[int]) -> None:
    """Let two who take away each other's role come one after the other."""
    list(Municipality.objects.select_for_update().filter(pk__in=municipalities).order_by("pk"))


def keep_an_administrator(municipalities: Iterable[int], last_day: date) -> None:
    """Raise Invalid when one of `municipalities` would have no administrator after `last_day`."""
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


def refresh_staff(user: User, today: date) -> None:
    """Open the administration to those who are, or are to be, administrators somewhere; close it to all others."""
    admin = MunicipalityRole.objects.filter(_lasts(today), user=user, role=Role.ADMIN).exists()
    if user.is_staff != (user.is_superuser or admin):
        user.is_staff = user.is_superuser or admin
        user.save(update_fields=["is_staff"])


def roles_from(user: User, day: date) -> list[AnyRole]:
    """Return the roles that the person holds on `day` or later."""
    return [
        *Membership.objects.filter(_lasts(day), user=user).select_related("unit"),
        *MunicipalityRole.objects.filter(_lasts(day), user=user),
    ]


def roles_of(user: User) -> list[AnyRole]:
    """Return every role that the person has, had or will have."""
    return [*Membership.objects.filter(user=user), *MunicipalityRole.objects.filter(user=user)]


def lock_person(person_id: int, scope: Scope) -> User:
    """Return a locked person of the administrator's municipalities; raises Http404, or Forbidden for the operator."""
    try:
        user = access.people(access.administered(scope)).select_for_update().get(pk=person_id)
    except (User.DoesNotExist, ValueError, OverflowError) as error:
        raise Http404 from error
    if user.is_superuser and not scope.operator:
        raise Forbidden(_("The operator of the installation is not yours to change."))
    return user
