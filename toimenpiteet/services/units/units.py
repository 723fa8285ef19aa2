"""What happens to units: founded, renamed on a day, ended, known by other spellings, put into groups."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from toimenpiteet.access import Scope
from toimenpiteet.calendar import local_day
from toimenpiteet.dates import day_words
from toimenpiteet.languages import DEFAULT
from toimenpiteet.models import PeriodPlan, PlanUnit, Stamp, Step, Unit, UnitHandover
from toimenpiteet.selectors.units.successors import ends_later, renamed
from toimenpiteet.selectors.units.units import spelling
from toimenpiteet.services import audited, changing, rules
from toimenpiteet.services.errors import Invalid
from toimenpiteet.services.units import handovers
from toimenpiteet.services.units.handovers import HandingOver
from toimenpiteet.workflow import OPEN_VALUES

_DAY = timedelta(days=1)
_KEPT = (
    *("municipality_id", "kind", "member_kind", "parent_id", "asked", "email", "language"),
    *("order", "source", "doubt"),
)


def create(unit: Unit, *, scope: Scope, stamp: Stamp) -> Unit:
    """Insert a unit, making its key from its name where it has none; raises as ``changing.add`` does."""
    return changing.add(unit, scope=scope, stamp=stamp)


@transaction.atomic
def rename(unit_id: int, names: Mapping[str, str], *, on: date, version: int, scope: Scope, stamp: Stamp) -> Unit:
    """Let the unit go on under a new name from the day `on`; return the unit that follows it.

    The old unit keeps its name in old records and ends the day before. Roles, mailbox, other spellings, groups and
    the units under it follow; what it is responsible for stays with it, and reaches the new unit through it (access).
    `names` are its names by column (``languages.columns_for``). Raises Http404, Forbidden, Stale, or Invalid when it
    has ended already, when `on` is not after its first day, or when the name is not new.
    """
    rules.check_year(on, "on")
    old = changing.find(scope, Unit, unit_id, version=version)
    _check_goes_on(old, local_day(stamp.at))
    _check_day(old, on, "on")
    if all(spelling(getattr(old, name) or "") == spelling(new or "") for name, new in names.items()):
        raise Invalid(
            _("The name is the same as before. Correct a mere spelling on the unit itself."), field=f"name_{DEFAULT}"
        )
    new = Unit(valid_from=on, valid_until=old.valid_until, **{name: getattr(old, name) for name in _KEPT}, **names)
    changing.add(new, scope=scope, stamp=stamp)
    handing = HandingOver(old, stamp)
    handing.follow(UnitHandover.Kind.RENAMED, [new])
    handing.give_all(new)
    handing.end_roles(on - _DAY, new)
    audited.change(old, stamp, valid_until=on - _DAY, successor_id=new.pk)
    return new


@transaction.atomic
def end(
    unit_id: int, *, last_day: date, successors: Sequence[int] = (), version: int, scope: Scope, stamp: Stamp
) -> Unit:
    """End the unit on `last_day`; what it was responsible for reaches the first of its `successors` from then on.

    With one of them it is merged into that one, with several it is split. Spellings, groups and the units under it go
    to the first; roles end with the unit, since a wider unit's rights are for its own administrators to give. An end
    that was planned before and is still to come is taken back first. Raises as ``rename``; Invalid too when open plans
    would be left without a successor, or when a successor has ended itself.
    """
    rules.check_year(last_day, "last_day")
    unit, today = changing.find(scope, Unit, unit_id, version=version), local_day(stamp.at)
    if ends_later(unit, today) and not renamed(unit):
        handovers.take_back(unit, scope=scope, stamp=stamp)
    _check_goes_on(unit, today)
    _check_day(unit, last_day + _DAY, "valid_until")
    follow = [changing.find(scope, Unit, pk) for pk in dict.fromkeys(successors)]
    _check_successors(unit, follow)
    handing = HandingOver(unit, stamp)
    handing.follow(UnitHandover.Kind.SPLIT if len(follow) > 1 else UnitHandover.Kind.MERGED, follow)
    if follow:
        handing.give_all(follow[0])
    handing.end_roles(last_day)
    ended = {"valid_until": last_day, "successor": follow[0] if follow else None}
    return changing.change(Unit, unit.pk, ended, version=unit.version, scope=scope, stamp=stamp)


@transaction.atomic
def take_back(unit_id: int, *, version: int, scope: Scope, stamp: Stamp) -> Unit:
    """Let a unit go on whose end, or new name, is planned and still to come; what has gone over comes back.

    Raises Http404, Forbidden, Stale, or Invalid when nothing is to come, or when the new name is in use already.
    """
    unit = changing.find(scope, Unit, unit_id, version=version)
    if not ends_later(unit, local_day(stamp.at)):
        raise Invalid(_("Nothing that could be taken back is planned for the unit."))
    handovers.take_back(unit, scope=scope, stamp=stamp)
    return unit


def _check_goes_on(unit: Unit, today: date) -> None:
    if unit.successor is None:
        return
    if ends_later(unit, today):
        raise Invalid(
            _("%(unit)s is already planned to follow after %(day)s. Take that back first, then make the new plan.")
            % {"unit": unit.successor.name, "day": day_words(unit.valid_until or today)}
        )
    raise Invalid(_("The unit has ended already; another one follows it. Change that one instead."))


def _check_day(unit: Unit, first_day_after: date, field: str) -> None:
    if unit.valid_from is not None and first_day_after <= unit.valid_from:
        raise Invalid(
            _("The unit itself begins only on %(day)s. Choose a later day.") % {"day": day_words(unit.valid_from)},
            field=field,
        )
    if unit.valid_until is not None and first_day_after > unit.valid_until + _DAY:
        raise Invalid(
            _("The last day of the unit is %(day)s. Choose an earlier day.") % {"day": day_words(unit.valid_until)},
            field=field,
        )


def _check_successors(unit: Unit, successors: Sequence[Unit]) -> None:
    for at, successor in enumerate(successors):
        field = "others" if at else "successor"
        if successor.pk == unit.pk:
            raise Invalid(_("A unit does not follow itself. Choose another one."), field=field)
        if successor.successor_id is not None:
            said = _("%(unit)s has ended itself. Choose the unit that follows it.") % {"unit": successor.name}
            raise Invalid(said, field=field)
    if successors or not _has_open_duties(unit):
        return
    raise Invalid(_("Open plans are on this unit. Name the unit that takes them over."), field="successor")


def _has_open_duties(unit: Unit) -> bool:
    linked = Exists(PlanUnit.objects.filter(plan=OuterRef("pk"), unit=unit))
    step = Exists(Step.objects.filter(plan=OuterRef("pk"), unit=unit, done=False))
    return PeriodPlan.objects.filter(linked | step, status__in=OPEN_VALUES).exists()
