"""How rounds move: opened and closed for answers by themselves too, locked and published by the director alone.

Opening makes one expected answer for each plan in force; plans that come later get theirs at the next turn.
"""

import hashlib
from datetime import datetime
from typing import Any, cast

import rfc8785
from django.db import transaction
from django.utils.translation import pgettext

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb
from toimenpiteet.calendar import local_day
from toimenpiteet.models import Actor, Door, PeriodPlan, ReportingRound, RoundSnapshot, Stamp, StatusReport
from toimenpiteet.round_moves import ANSWERABLE, BY_NAME, RoundMove, RoundStatus
from toimenpiteet.selectors.plan.open_plans import without_expected_answer
from toimenpiteet.selectors.rounds.counting import counts
from toimenpiteet.selectors.rounds.moves import why_not_now
from toimenpiteet.selectors.rounds.snapshots import snapshot
from toimenpiteet.services import audited
from toimenpiteet.services.errors import Invalid, WrongTime, need
from toimenpiteet.services.rounds import reports
from toimenpiteet.workflow import Refusal


def open_round(pk: int, *, version: int, scope: Scope, stamp: Stamp) -> ReportingRound:
    """Open a planned round before its day; see ``_move``."""
    return _move(pk, BY_NAME["open"], version, scope, stamp)


def end_answers(pk: int, *, version: int, scope: Scope, stamp: Stamp) -> ReportingRound:
    """End the time for answers of an open round: it is in review; see ``_move``."""
    return _move(pk, BY_NAME["end_answers"], version, scope, stamp)


def lock(pk: int, *, version: int, scope: Scope, stamp: Stamp) -> ReportingRound:
    """Lock a round in review: what its report says is kept, and silence is no lateness any more; see ``_move``."""
    return _move(pk, BY_NAME["lock"], version, scope, stamp)


def publish(pk: int, *, version: int, scope: Scope, stamp: Stamp) -> ReportingRound:
    """Publish a locked round; see ``_move``."""
    return _move(pk, BY_NAME["publish"], version, scope, stamp)


_MOVES = {"open": open_round, "end_answers": end_answers, "lock": lock, "publish": publish}


def move(pk: int, name: str, *, version: int, scope: Scope, stamp: Stamp) -> ReportingRound:
    """Make the move of a name; raises Invalid for an unknown one, else as ``_move``."""
    if name not in _MOVES:
        raise Invalid(str(labels.REFUSAL[Refusal.UNKNOWN_MOVE]), field="name")
    return _MOVES[name](pk, version=version, scope=scope, stamp=stamp)


@transaction.atomic
def _move(pk: int, move: RoundMove, version: int, scope: Scope, stamp: Stamp) -> ReportingRound:
    """Make a move as the strategy director, with a reason.

    Raises Http404, Forbidden, Stale when the round is not as at `version`, WrongTime from another status.
    """
    seen = access.get(scope, access.visible(scope, ReportingRound), pk=pk)
    stamp = audited.through(stamp, need(access.may(scope, Verb.DIRECT, seen)))
    row = audited.lock(ReportingRound.objects.all(), pk, version=version)
    if refusal := why_not_now(row, move):
        raise WrongTime(refusal, row)
    return _moved(row, move, stamp)


def _moved(row: ReportingRound, move: RoundMove, stamp: Stamp) -> ReportingRound:
    audited.change(row, stamp, status=move.target.value)
    if move.target in ANSWERABLE:
        expect(row, stamp)
    if move.target is RoundStatus.LOCKED:
        _freeze(row, stamp)
    return row


def _freeze(row: ReportingRound, stamp: Stamp) -> None:
    """Keep all that the report of the round says, as one sequence of bytes (RFC 8785) with its SHA-256."""
    # Who acts on a plan locks it first: until this lock is done nobody writes what has just been read.
    plans = PeriodPlan.objects.filter(item__strategy=row.strategy_id).order_by("pk")
    list(plans.select_for_update(of=("self",)).values_list("pk", flat=True))
    data = rfc8785.dumps(cast("dict[str, Any]", snapshot(row, stamp.at)))
    RoundSnapshot.objects.create(round=row, at=stamp.at, sha256=hashlib.sha256(data).hexdigest(), data=data)
    reports.begin(row, stamp)


def expect(row: ReportingRound, stamp: Stamp) -> int:
    """Make the expected answer of each plan in force that has none in the round; return how many were made."""
    missing = list(without_expected_answer(row).order_by("pk"))
    for plan in missing:
        audited.add(StatusReport(round=row, plan=plan), stamp)
    return len(missing)


def turn(now: datetime, *, door: Door) -> list[ReportingRound]:
    """Do what comes by itself by `now`: open rounds, end the time for answers, ask plans that came since.

    A round that nobody opened while it could be answered stays planned, and so does one before the day from which the
    strategy's rounds count: a city that starts in the middle owes nothing of what lay before. Returns the rounds that
    moved. Safe to run at any time, twice, or in several processes.
    """
    actor = Actor.system("Reporting calendar", door)
    waiting = ReportingRound.objects.filter(opens_on__lte=local_day(now)).exclude(status__in=ReportingRound.CLOSED)
    keys = list(waiting.order_by("due_on", "pk").values_list("pk", flat=True))
    return [row for pk in keys if (row := _turn(pk, actor, now))]


@transaction.atomic
def _turn(pk: int, actor: Actor, now: datetime) -> ReportingRound | None:
    row = audited.lock(ReportingRound.objects.all(), pk)
    today, before = local_day(now), row.status
    due = row.opens_on <= today <= row.due_on and counts(row.status, row.due_on, row.strategy.rounds_from)
    if row.status == RoundStatus.PLANNED and due:
        _moved(row, BY_NAME["open"], audited.stamp(actor, pgettext("reason", "The round's day of opening came"), now))
    if row.status == RoundStatus.OPEN and row.due_on < today:
        said = pgettext("reason", "The round's day of answers is over")
        _moved(row, BY_NAME["end_answers"], audited.stamp(actor, said, now))
    if row.status == before and row.status in ANSWERABLE:
        expect(row, audited.stamp(actor, pgettext("reason", "Asked of a plan that came during the round"), now))
    return row if row.status != before else None
