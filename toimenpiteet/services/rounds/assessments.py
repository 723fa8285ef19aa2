"""The director's assessment of goals in a round: a forecast or a result, on grounds, until the round is locked."""

from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb, Verdict
from toimenpiteet.answers import Outcome, Unknown
from toimenpiteet.calendar import local_day
from toimenpiteet.models import Actor, Evidence, GoalAssessment, ReportingRound
from toimenpiteet.round_days import RoundKind
from toimenpiteet.selectors.rounds.rounds import find_round, goal_of
from toimenpiteet.services import audited, rules, text
from toimenpiteet.services.errors import Invalid, Stale, need
from toimenpiteet.services.rounds.answers import hold_round, need_to_come


@dataclass(frozen=True)
class Assessment:
    """What the director says of a goal: an ``Outcome`` and its grounds; why it cannot be assessed, as ``Answer``."""

    outcome: str = ""
    grounds: str = ""
    unknown_because: str = ""
    known_on: date | None = None

    def cleaned(self, today: date) -> "Assessment":
        """Return it as the record takes it; raises Invalid, naming the field, for what is missing."""
        if self.outcome not in set(Outcome):
            raise Invalid(_("Choose one of these."), field="outcome")
        grounds = text.clean(self.grounds, field="grounds")
        if not grounds:
            missing = _("Give the grounds in a sentence: what this is based on, or why nobody can tell.")
            raise Invalid(missing, field="grounds")
        if self.outcome != Outcome.NOT_ASSESSED:
            return Assessment(self.outcome, grounds)
        if self.unknown_because not in set(Unknown):
            raise Invalid(_("Choose why it cannot be assessed."), field="unknown_because")
        need_to_come(self.known_on, today)
        return replace(self, grounds=grounds)


ASSESSED = tuple(one.name for one in fields(Assessment))
"""The names of what is said of a goal, which an assessment has as columns."""


@transaction.atomic
def assess(
    asked: int, goal: int, said: Assessment, *, version: int, scope: Scope, actor: Actor, now: datetime
) -> GoalAssessment:
    """Say what becomes of a goal; `version` is that of the assessment which the person saw (0: none).

    Raises Http404, Forbidden, WrongTime when the round takes no answers, Stale when somebody assessed it meanwhile,
    Invalid when it is not whole, or tells that the goal was reached without any evidence beside it.
    """
    of, right = held(asked, goal, scope)
    said = said.cleaned(local_day(now))
    if needs_proof(of, said.outcome) and not Evidence.objects.filter(round=asked, goal=goal).exists():
        raise Invalid(_("“Was reached” needs evidence. Add a link or a file, then save again."), field="outcome")
    stamp = audited.stamp(actor, pgettext("reason", "Goal assessed"), now, right.role, right.on_behalf)
    before = GoalAssessment.objects.filter(round=asked, goal=goal).first()
    if before is None and version:
        raise Stale(of)
    if before is None:
        made = GoalAssessment(round=of, goal_id=goal, **asdict(said))
        rules.check(made)
        return audited.add(made, stamp)
    row = audited.lock(GoalAssessment.objects.all(), before.pk, version=version)
    audited.change(row, stamp, **asdict(said))
    return row


@transaction.atomic
def remove(asked: int, goal: int, *, version: int, scope: Scope, actor: Actor, now: datetime) -> None:
    """Take an assessment away before the lock; the record keeps what it was. Raises as ``assess``."""
    _of, right = held(asked, goal, scope)
    mine = access.visible(scope, GoalAssessment).filter(round=asked)
    before = access.get(scope, mine, goal=goal)
    stamp = audited.stamp(actor, pgettext("reason", "Assessment taken away"), now, right.role, right.on_behalf)
    audited.remove(audited.lock(GoalAssessment.objects.all(), before.pk, version=version), stamp)


def held(asked: int, goal: int, scope: Scope) -> tuple[ReportingRound, Verdict]:
    """Return the round, held, and by what right the person assesses a goal of its strategy.

    Raises Http404, Forbidden, WrongTime when the round takes no answers.
    """
    of = find_round(scope, asked)
    goal_of(scope, of, goal)
    right = need(access.may(scope, Verb.DIRECT, of))
    hold_round(asked)
    return of, right


def needs_proof(of: ReportingRound, outcome: str) -> bool:
    """Tell whether evidence must stand beside an assessment: beside a result that says the goal was reached."""
    return of.kind == RoundKind.ANNUAL_REPORT and outcome == Outcome.ACHIEVED
