"""Asking that somebody be reminded (muistuta): a row that the mails read."""

from django.db import transaction
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope, UnitTree, Verb
from toimenpiteet.calendar import local_day, start_of_day
from toimenpiteet.models import Nudge, PeriodPlan, ReportingRound, Stamp, Told, Unit, User
from toimenpiteet.selectors.plan.open_plans import units_asked
from toimenpiteet.services import audited, rules, text
from toimenpiteet.services.errors import Invalid, need


@transaction.atomic
def nudge(
    of: PeriodPlan | Unit,
    asked_in: ReportingRound,
    words: str = "",
    *,
    asked: User | None = None,
    scope: Scope,
    stamp: Stamp,
) -> Nudge:
    """Ask that a plan or a unit be reminded in a round, at the instant of `stamp`; all of them exist for the person.

    `asked` is whom to remind, None for whoever is responsible. Raises Forbidden for others than the strategy director,
    and Invalid when the round does not ask (any more), when they were reminded that day already (Europe/Helsinki), or
    the plan or unit does not belong to the round.
    """
    need(access.may(scope, Verb.DIRECT, asked_in))
    if asked_in.status in ReportingRound.CLOSED:
        raise Invalid(_("The round is locked, so nobody is reminded in it any more."))
    # Two at once wait here for each other, so that one mail is asked for.
    audited.lock(ReportingRound.objects.all(), asked_in.pk)
    made = Nudge(
        round=asked_in,
        plan=of if isinstance(of, PeriodPlan) else None,
        unit=of if isinstance(of, Unit) else None,
        asked_by=stamp.actor.user,
        asked=asked,
        at=stamp.at,
        text=text.clean(words, field="text"),
    )
    rules.check(made)
    same = Nudge.objects.filter(round=asked_in, plan=made.plan, unit=made.unit, asked=asked)
    if same.filter(at__gte=start_of_day(local_day(stamp.at))).exists():
        raise Invalid(_("They were reminded today already. Once a day is enough."))
    return audited.add(made, stamp)


def tell_anew(asked_in: ReportingRound, stamp: Stamp) -> list[Nudge]:
    """Ask that each unit be reminded that has something open in a round and was told of it, at the instant of `stamp`.

    For what they were told has changed, as the reason of `stamp` says; return the rows. Whether the person may is the
    caller's to ask.
    """
    told = Told.objects.filter(round=asked_in, unit__isnull=False, outcome=Told.Outcome.SENT)
    # A plan of a group, or of what the unit was called before, was told in the name of the unit that answers for it.
    tree = UnitTree.load([asked_in.strategy.municipality_id])
    units = units_asked(asked_in) & tree.covered(told.values_list("unit_id", flat=True).distinct())
    row = {"round": asked_in, "asked_by": stamp.actor.user, "at": stamp.at, "text": stamp.reason}
    return [audited.add(Nudge(unit_id=unit, **row), stamp) for unit in sorted(units)]
