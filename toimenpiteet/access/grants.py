"""Which grants hold: the rights that come not through one's own role (models.grants)."""

from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from toimenpiteet.calendar import local_day
from toimenpiteet.models import Grant, GrantKind, GrantPlan, Membership, MunicipalityRole
from toimenpiteet.models.people import Dated


def holding(day: date) -> "QuerySet[Grant]":
    """Return the grants that hold on `day`, whatever they are worth then.

    A grant needs what the role that it stands for needs: an open account, and a role of one's own in the municipality,
    so that it ends when its holder leaves.
    """
    posts = Membership.objects.filter(
        Dated.on(day), user=OuterRef("holder"), unit__municipality=OuterRef("municipality")
    )
    offices = MunicipalityRole.objects.filter(
        Dated.on(day), user=OuterRef("holder"), municipality=OuterRef("municipality")
    )
    lender_is_there = Q(on_behalf_of__isnull=True) | Q(on_behalf_of__is_active=True)
    belongs = Exists(posts) | Exists(offices)
    return Grant.objects.filter(Dated.on(day), lender_is_there, belongs, holder__is_active=True)


def standing_in(day: date) -> "QuerySet[Grant]":
    """Return the substitutions that hold on `day`. They lend only what the absent person is by a role of their own."""
    return holding(day).filter(kind=GrantKind.SUBSTITUTION)


def answering(holder_id: int, plan_id: int, round_id: int, now: datetime) -> "QuerySet[Grant]":
    """Return the grants by which a person may answer for a plan in a round at `now`.

    What they are worth, access.rights says.
    """
    ours = holding(local_day(now)).filter(until_at__gt=now, holder=holder_id, round=round_id)
    return ours.filter(plans__plan=plan_id, plans__plan__municipality=F("municipality"))


def handed_on(holder: int, day: date) -> "QuerySet[GrantPlan]":
    """Return the plans for which a grant lets somebody answer on `day`, in the round of the grant.

    What it is worth then, access.rights says.
    """
    return GrantPlan.objects.filter(grant__in=holding(day).filter(until_at__isnull=False), grant__holder=holder)
