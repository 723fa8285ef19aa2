"""Rights given beside roles: who stands in for whom, who answers for which plans; given, changed, ended.

A person lends their own rights and an administrator lends those of the municipality's people; a strategy director
grants an exception after a lock; who answers for a plan may hand that on. Nothing that was lent is lent further.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb
from toimenpiteet.calendar import local_day
from toimenpiteet.models import Grant, GrantKind, GrantPlan, PeriodPlan, Stamp, User
from toimenpiteet.models.people import Dated
from toimenpiteet.selectors.people.grants import colleagues, lends
from toimenpiteet.services import audited, rules
from toimenpiteet.services.errors import Forbidden, Invalid, need

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """Who is to stand in, from a day to a day (both included, Europe/Helsinki; None: now, until further notice)."""

    holder: int
    valid_from: date | None = None
    valid_until: date | None = None


@transaction.atomic
def stand_in(absent_id: int, municipality: int, wanted: Standing, *, scope: Scope, stamp: Stamp) -> Grant:
    """Let somebody stand in for a person in a municipality; the reason of `stamp` is the grant's.

    Sent twice, it makes one. Raises Http404 for a person who is not the scope's own or kept by it, Forbidden, or
    Invalid, naming the field.
    """
    absent = _may_lend(absent_id, municipality, scope)
    if not lends(absent, municipality, local_day(stamp.at)):
        raise Invalid(_("This person has no role that somebody else could take over. Nothing was saved."))
    grant = Grant(
        municipality_id=municipality,
        kind=GrantKind.SUBSTITUTION,
        on_behalf_of=absent,
        holder_id=wanted.holder,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
    )
    _check_days(wanted.valid_from, wanted.valid_until, local_day(stamp.at))
    _check_holder(grant, local_day(stamp.at))
    if same := _on_the_same_days(grant):
        if (same.valid_from, same.valid_until) == (wanted.valid_from, wanted.valid_until):
            return same
        raise Invalid(_("This person stands in already on some of these days. Change that one."), field="holder")
    return _add(grant, stamp)


@transaction.atomic
def change(grant_id: int, wanted: Standing, *, version: int, scope: Scope, stamp: Stamp) -> Grant:
    """Change who stands in, and when. Raises as ``stand_in`` does, and Stale."""
    grant = _own(grant_id, version, scope)
    today = local_day(stamp.at)
    trial = Grant(pk=grant.pk, municipality_id=grant.municipality_id, on_behalf_of=grant.on_behalf_of, kind=grant.kind)
    trial.holder_id, trial.valid_from, trial.valid_until = wanted.holder, wanted.valid_from, wanted.valid_until
    _check_days(wanted.valid_from, wanted.valid_until, today)
    if wanted.holder != grant.holder_id:
        _check_holder(trial, today)
    if _on_the_same_days(trial):
        raise Invalid(_("This person stands in already on some of these days. Change that one."), field="holder")
    values = {"valid_from": wanted.valid_from, "valid_until": wanted.valid_until}
    audited.change(grant, stamp, holder_id=wanted.holder, why=stamp.reason, given_by=stamp.actor.user, **values)
    return grant


@transaction.atomic
def end(grant_id: int, *, version: int, scope: Scope, stamp: Stamp) -> None:
    """End a grant now, and keep why; one that never held a whole day is taken away, and the history keeps it.

    Raises Http404, Forbidden or Stale.
    """
    grant = _own(grant_id, version, scope)
    yesterday = local_day(stamp.at) - _DAY
    if grant.valid_from is not None and grant.valid_from > yesterday:
        for plan in grant.plans.all():
            audited.remove(plan, stamp)
        audited.remove(grant, stamp)
    elif grant.valid_until is None or grant.valid_until > yesterday:
        audited.change(grant, stamp, valid_until=yesterday, why=stamp.reason)


@transaction.atomic
def let_answer(
    holder_id: int, asked: int, plans: Collection[int], until: datetime, *, scope: Scope, stamp: Stamp
) -> Grant:
    """Let a person answer for `plans` in one round until a moment, after its lock too: an exception of the director's.

    Raises Http404 for a plan that does not exist for the person of `scope`, Forbidden, or Invalid, naming the field.
    """
    found = _plans(plans, asked, scope)
    for plan in found:
        need(access.may(scope, Verb.EXCEPT, plan))
    of = found[0].municipality_id
    grant = Grant(municipality_id=of, kind=GrantKind.EXCEPTION, holder_id=holder_id, round_id=asked)
    same = _same(grant, found, stamp.at)
    return same if same and same.until_at == until else _give_answering(grant, found, until, stamp)


@transaction.atomic
def hand_on(
    holder_id: int, asked: int, plans: Collection[int], until: datetime, *, scope: Scope, stamp: Stamp
) -> Grant:
    """Let a person answer for `plans` in a round in the place of the person of `scope`, who does so by their own role.

    Raises Http404, Forbidden, or Invalid, naming the field.
    """
    found = _plans(plans, asked, scope)
    for plan in found:
        right = need(access.may(scope, Verb.ANSWER, plan))
        if right.on_behalf is not None:
            raise Forbidden(_("You answer for this plan on behalf of another, and so cannot hand it on."))
    grant = Grant(
        municipality_id=found[0].municipality_id,
        kind=GrantKind.FORWARDED,
        holder_id=holder_id,
        on_behalf_of=scope.user,
        round_id=asked,
    )
    return _same(grant, found, stamp.at) or _give_answering(grant, found, until, stamp)


def _same(grant: Grant, plans: list[PeriodPlan], now: datetime) -> Grant | None:
    """Return the grant that gives the same already: what is sent twice makes one."""
    holding = access.holding(local_day(now)).filter(until_at__gt=now, kind=grant.kind, on_behalf_of=grant.on_behalf_of)
    ours = holding.filter(holder=grant.holder_id, municipality=grant.municipality_id, round=grant.round_id)
    wanted = {plan.pk for plan in plans}
    return next((one for one in ours if wanted <= {plan.plan_id for plan in one.plans.all()}), None)


def _plans(wanted: Collection[int], asked: int, scope: Scope) -> list[PeriodPlan]:
    there = access.visible(scope, PeriodPlan).filter(reports__round=asked)
    found = [access.get(scope, there, pk=pk) for pk in dict.fromkeys(wanted)]
    if not found:
        raise Invalid(_("Choose at least one plan."), field="plans")
    if len({plan.municipality_id for plan in found}) > 1:
        raise Invalid(_("Choose plans of one municipality only."), field="plans")
    return found


def _give_answering(grant: Grant, plans: list[PeriodPlan], until: datetime, stamp: Stamp) -> Grant:
    today = local_day(stamp.at)
    if until <= stamp.at:
        raise Invalid(_("This time has passed already. Choose a later one."), field="until_at")
    grant.valid_from, grant.valid_until, grant.until_at = today, local_day(until), until
    _check_holder(grant, today)
    _add(grant, stamp)
    for plan in plans:
        audited.add(GrantPlan(grant=grant, plan=plan), stamp)
    return grant


def _add(grant: Grant, stamp: Stamp) -> Grant:
    grant.why, grant.given_by = stamp.reason, stamp.actor.user
    return audited.add(grant, stamp)


def _may_lend(person_id: int, municipality: int, scope: Scope) -> User:
    """Return the person, locked: oneself, or somebody whose roles one keeps."""
    own = scope.user is not None and scope.user.pk == person_id and municipality in scope.municipalities
    if not own:
        need(access.may(scope, Verb.ADMINISTER, municipality))
    people = access.people(Scope(user=User(), municipalities=frozenset({municipality})))
    return access.get(scope, people.select_for_update(), pk=person_id)


def _own(grant_id: int, version: int, scope: Scope) -> Grant:
    """Return a grant, locked, that the person may change: what they lend, and what an administrator keeps."""
    rows = access.visible(access.reached(scope), Grant).select_related("on_behalf_of")
    found = access.get(scope, rows, pk=grant_id)
    if scope.user is None or found.on_behalf_of_id != scope.user.pk:
        verb = Verb.EXCEPT if found.kind == GrantKind.EXCEPTION else Verb.ADMINISTER
        need(access.may(scope, verb, found))
    return audited.lock(Grant.objects.select_related("on_behalf_of"), grant_id, version=version)


def _check_days(first: date | None, last: date | None, today: date) -> None:
    for field, day in (("valid_from", first), ("valid_until", last)):
        rules.check_year(day, field)
    if first and last and first > last:
        raise Invalid(_("The substitution ends before it begins. Correct the days."), field="valid_until")
    if last and last < today:
        raise Invalid(_("This day has passed already. Choose a later day, or leave it empty."), field="valid_until")


def _check_holder(grant: Grant, today: date) -> None:
    if not grant.holder_id:
        raise Invalid(_("Choose to whom."), field="holder")
    if grant.on_behalf_of_id == grant.holder_id:
        if grant.kind == GrantKind.FORWARDED:
            raise Invalid(_("You answer for these already. Choose somebody else."), field="holder")
        raise Invalid(_("A person cannot stand in for themselves. Choose somebody else."), field="holder")
    if not colleagues([grant.municipality_id], today).filter(pk=grant.holder_id).exists():
        raise Invalid(
            _("This person has no role in the municipality now, or the account is closed. Choose somebody else."),
            field="holder",
        )


def _on_the_same_days(grant: Grant) -> Grant | None:
    """Return another substitution of the same two people whose days meet those of `grant`, if there is one."""
    rows = Grant.objects.filter(
        kind=GrantKind.SUBSTITUTION,
        municipality=grant.municipality_id,
        holder=grant.holder_id,
        on_behalf_of=grant.on_behalf_of_id,
    )
    return rows.exclude(pk=grant.pk).filter(Dated.meeting(grant.valid_from, grant.valid_until)).first()
