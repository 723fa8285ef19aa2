"""Corrections of answers after their round was locked: beside the locked answer, under the director's exception."""

from dataclasses import asdict, replace

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb
from toimenpiteet.calendar import local_day
from toimenpiteet.models import AnswerCorrection, PeriodPlan, ReportingRound, Stamp, StatusReport
from toimenpiteet.selectors.rounds.corrections import standing
from toimenpiteet.services import audited
from toimenpiteet.services.errors import Invalid, Stale, WrongTime, need
from toimenpiteet.services.rounds.answers import Answer, whole, written


@transaction.atomic
def correct(asked: int, plan: int, answer: Answer, *, seen: int, scope: Scope, stamp: Stamp) -> AnswerCorrection:
    """Say how a plan stood, beside the locked answer; `seen` is the latest correction that the person saw (0: none).

    Raises Http404, WrongTime while the round takes answers, Forbidden without an exception that holds at the time of
    `stamp`, Stale when somebody corrected it meanwhile, Invalid when the answer is not whole or says nothing new.
    """
    row = _locked(asked, plan, scope)
    need(access.excepted(scope, plan, asked, stamp.at))
    stamp = replace(stamp, acted_as=_role(scope, row.plan))
    answer = whole(answer.cleaned(), local_day(stamp.at))
    before = standing(row)
    if isinstance(before, AnswerCorrection) and before.pk != seen:
        raise Stale(before, tag=before.pk)
    if answer == written(before):
        raise Invalid(_("This says what stands already. Change what is to be corrected."), field="text")
    return audited.add(AnswerCorrection(report=row, why=stamp.reason, at=stamp.at, **asdict(answer)), stamp)


def _role(scope: Scope, plan: PeriodPlan) -> str:
    """Return what the person is to the plan by a role of their own: an exception is its holder's and nobody else's."""
    right = access.may(scope, Verb.WORK, plan)
    return "" if right.on_behalf else right.role


def _locked(asked: int, plan: int, scope: Scope) -> StatusReport:
    """Return the locked answer; whoever corrects it holds its row, so that two do it one after the other."""
    if scope.anonymous:
        raise Http404
    rows = access.visible(scope, StatusReport).select_related("round", "plan")
    seen = access.get(scope, rows, round=asked, plan=plan)
    if seen.round.status not in ReportingRound.CLOSED:
        raise WrongTime(_("The round is not locked yet: answer in it, and nothing needs correcting."))
    row = audited.lock(StatusReport.objects.all(), seen.pk)
    row.round, row.plan = seen.round, seen.plan
    return row
