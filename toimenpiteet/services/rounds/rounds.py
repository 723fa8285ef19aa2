"""Reporting rounds: made ahead from the strategy's calendar, and their days moved by a person, with a reason."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb
from toimenpiteet.calendar import local_day
from toimenpiteet.dates import day_words
from toimenpiteet.languages import columns_for
from toimenpiteet.models import Actor, CalendarEntry, Door, ReportingRound, RoundDay, Stamp, Strategy
from toimenpiteet.models.strategy import StrategyStatus
from toimenpiteet.round_days import AFTER_LOCK, Day, RoundKind, Which, days_of, held_on, misplaced
from toimenpiteet.round_moves import RoundStatus
from toimenpiteet.selectors.rounds.counting import counts
from toimenpiteet.selectors.rounds.years import covers, rules_of
from toimenpiteet.services import audited, rules
from toimenpiteet.services.errors import Invalid, need
from toimenpiteet.services.rounds import nudges


def make_ahead(now: datetime, *, door: Door) -> list[ReportingRound]:
    """Make the rounds that are coming, for every adopted strategy with a calendar; return the new ones. No mail leaves.

    Safe to run at any time, twice, or in several processes.
    """
    actor = Actor.system("Reporting calendar", door)
    adopted = Strategy.objects.filter(status=StrategyStatus.ADOPTED, calendar__isnull=False).distinct().order_by("pk")
    return [
        made
        for strategy in adopted
        for made in ensure_rounds(strategy, years=years_ahead(strategy, local_day(now)), actor=actor, now=now)
    ]


def years_ahead(strategy: Strategy, today: date) -> list[int]:
    """Return the years whose rounds are near: last year's annual report is gathered now, next year's rounds come."""
    return [year for year in range(today.year - 1, today.year + 2) if covers(strategy, year)]


@transaction.atomic
def ensure_rounds(strategy: Strategy, *, years: Iterable[int], actor: Actor, now: datetime) -> list[ReportingRound]:
    """Make the rounds that the strategy's calendar asks for in `years` and that are not there; return the new ones.

    Rounds whose day of answers is over at `now` are not made, since nobody could answer in them, nor those that lie
    before the day from which the strategy's rounds count. Rounds that exist stay as
    they are, also when the calendar has changed since: somebody may have moved them for a reason. Safe to run at any
    time and from several processes: the strategy's row is locked first.
    """
    strategy = audited.lock(Strategy.objects.all(), strategy.pk)
    entries = list(CalendarEntry.objects.filter(strategy=strategy))
    there = set(ReportingRound.objects.filter(strategy=strategy).values_list("kind", "year"))
    stamp = audited.stamp(actor, pgettext("reason", "Made ahead from the strategy's calendar"), now)
    made = []
    for kind, own in rules_of(entries).items():
        for year in sorted(set(years)):
            days = days_of(kind, year, own, shift=strategy.shift_deadlines)
            due_on = days[Which.ANSWERS_DUE].holds_on
            held = due_on >= local_day(now) and counts(RoundStatus.PLANNED, due_on, strategy.rounds_from)
            if held and (kind, year) not in there:
                made.append(_add(ReportingRound(strategy=strategy, kind=kind.value, year=year), days, entries, stamp))
    return sorted(made, key=lambda one: one.due_on)


def _add(made: ReportingRound, days: Mapping[Which, Day], entries: list[CalendarEntry], stamp: Stamp) -> ReportingRound:
    goes_to = {entry.which: entry for entry in entries if entry.kind == made.kind and entry.which in days}
    last = goes_to.get(Which.COUNCIL) or goes_to.get(Which.BOARD)
    for column in columns_for("body"):
        setattr(made, column, getattr(last, column, None))
    answers = days[Which.ANSWERS_DUE]
    made.opens_on, made.decided_on, made.due_on = days[Which.OPENS].holds_on, answers.computed_on, answers.holds_on
    audited.add(made, stamp)
    for which, day in days.items():
        fields = {"rule": day.rule, "computed_on": day.computed_on, "decided_on": day.computed_on}
        audited.add(RoundDay(round=made, which=which.value, holds_on=day.holds_on, **fields), stamp)
    return made


@transaction.atomic
def move_day(pk: int, decided_on: date, *, version: int, scope: Scope, stamp: Stamp) -> RoundDay:
    """Decide that a day of a round is another one (Europe/Helsinki); `stamp.reason` says why and stays beside it.

    Only this day moves, and to a working day where its kind does. Who was told of the old day of answers, and has not
    answered all, is told of the new one (``nudges.tell_anew``). Raises Http404, Forbidden for
    others than the strategy director, Stale when it is not as at `version`, and Invalid when the round is locked or the
    days would not come in their order.
    """
    seen = access.get(scope, access.visible(scope, RoundDay).select_related("round__strategy"), pk=pk)
    stamp = audited.through(stamp, need(access.may(scope, Verb.DIRECT, seen)))
    rules.check_year(decided_on, "decided_on")
    of = audited.lock(ReportingRound.objects.all(), seen.round_id)
    day = audited.lock(RoundDay.objects.all(), pk, version=version)
    which = Which(day.which)
    if of.status in ReportingRound.CLOSED and which not in AFTER_LOCK:
        raise Invalid(_("The round is locked, so this day stays. Only the days of the agenda and the bodies may move."))
    holds_on = held_on(RoundKind(of.kind), which, decided_on, shift=seen.round.strategy.shift_deadlines)
    _check_order(of, which, holds_on)
    audited.change(day, stamp, decided_on=decided_on, holds_on=holds_on, reason=stamp.reason)
    if which is Which.OPENS:
        audited.change(of, stamp, opens_on=holds_on)
    if which is Which.ANSWERS_DUE:
        _move_answers(of, decided_on, holds_on, stamp)
    return day


def _move_answers(of: ReportingRound, decided_on: date, holds_on: date, stamp: Stamp) -> None:
    moved = holds_on != of.due_on
    audited.change(of, stamp, decided_on=decided_on, due_on=holds_on)
    if moved and holds_on >= local_day(stamp.at):
        nudges.tell_anew(of, stamp)


def _check_order(of: ReportingRound, which: Which, holds_on: date) -> None:
    days = {Which(day.which): day.holds_on for day in of.days.all()} | {which: holds_on}
    if wrong := misplaced(days):
        first, second = ({"day": labels.ROUND_DAY[which], "on": day_words(days[which])} for which in wrong)
        raise Invalid(
            _(
                "“%(first)s” (%(on)s) would come after “%(second)s” (%(then)s). "
                "Choose another day, or move that one first."
            )
            % {"first": first["day"], "on": first["on"], "second": second["day"], "then": second["on"]},
            field="decided_on",
        )
