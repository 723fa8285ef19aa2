"""Which rounds ask now, and on which days people are reminded of them."""

from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from toimenpiteet.calendar import Quiet
from toimenpiteet.dates import day_words
from toimenpiteet.models import Municipality, ReportingRound, RoundDay, Strategy
from toimenpiteet.models.strategy import StrategyStatus
from toimenpiteet.reminder_days import Offsets, Stage, parse_days, parse_quiet, stages
from toimenpiteet.round_days import Which
from toimenpiteet.round_moves import ANSWERABLE, RoundStatus
from toimenpiteet.selectors.rounds.counting import counts


def asking(municipality: Municipality, by: date | None = None) -> "list[ReportingRound]":
    """Return the rounds of adopted strategies that take answers now, by the day of answers; one query.

    With `by` a day to come, those that will have opened by then too.
    """
    takes = Q(status__in=ANSWERABLE)
    if by is not None:
        takes |= Q(status=RoundStatus.PLANNED, opens_on__lte=by, due_on__gte=by)
    rows = with_review_end(ReportingRound.objects.filter(takes, strategy__municipality=municipality))
    adopted = rows.filter(strategy__status=StrategyStatus.ADOPTED).select_related("strategy__municipality")
    there = adopted.order_by("due_on", "pk")
    return [one for one in there if counts(one.status, one.due_on, one.strategy.rounds_from)]


def with_review_end(rows: "QuerySet[ReportingRound]") -> "QuerySet[ReportingRound]":
    """Return rounds with `review_ends_on`, None where a round has no such day."""
    ends = RoundDay.objects.filter(round=OuterRef("pk"), which=Which.REVIEW_ENDS.value).values("holds_on")
    return rows.annotate(review_ends_on=Subquery(ends[:1]))


def offsets_of(strategy: Strategy) -> Offsets:
    """Return when people are reminded of the strategy's rounds."""
    return Offsets(
        strategy.remind_on_opening,
        parse_days(strategy.remind_before),
        parse_days(strategy.remind_after),
        strategy.remind_above,
    )


def reminder_stages(asked_in: ReportingRound, quiet: Quiet) -> list[Stage]:
    """Return the reminders of a round that was read ``with_review_end``, with its strategy."""
    until = asked_in.review_ends_on  # type: ignore[attr-defined]  # annotated
    return stages(asked_in.opens_on, asked_in.due_on, until, offsets_of(asked_in.strategy), quiet)


def reminder_words(asked_in: ReportingRound) -> str:
    """Return on which days people are reminded of a round, read with its days, strategy and municipality; "": never."""
    ends = next((day.holds_on for day in asked_in.days.all() if day.which == Which.REVIEW_ENDS), None)
    quiet = parse_quiet(asked_in.strategy.municipality.quiet_days)
    found = stages(asked_in.opens_on, asked_in.due_on, ends, offsets_of(asked_in.strategy), quiet)
    own = ", ".join(day_words(stage.on) for stage in found if not stage.above)
    above = next((_("to the unit above %(day)s") % {"day": day_words(stage.on)} for stage in found if stage.above), "")
    return ", ".join(part for part in (own, above) if part)
