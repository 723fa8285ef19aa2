"""One table of verbs and roles, and the answer to a person who asks (docs/domain.md, "Who may do what").

The moves of a plan's status are verbs too; their roles stand in the workflow's table.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.db import models

from toimenpiteet import labels
from toimenpiteet.access.gate import municipality_of
from toimenpiteet.access.grants import answering
from toimenpiteet.access.scope import Scope, scope_of
from toimenpiteet.calendar import local_day
from toimenpiteet.models import (
    ChangeRequest,
    GrantKind,
    GroupMember,
    HandedOver,
    Membership,
    Municipality,
    MunicipalityRole,
    PeriodPlan,
    PlanUnit,
    Unit,
    UnitAlias,
    UnitHandover,
)
from toimenpiteet.workflow import APPROVAL, BY_NAME, Role, Status, acting


class Verb(StrEnum):
    """What people do, beside the moves of the workflow."""

    WORK = "work"
    """On a plan: comment on it; tick, add, word, order and remove its steps."""
    ANSWER = "answer"
    """For a plan, in a reporting round: begin what is to be said."""
    SEND_ANSWER = "send_answer"
    """And say it for the unit."""
    PROPOSE_CHANGE = "propose_change"
    """Of a plan's due date, scope, lead unit or ending."""
    DIRECT = "direct"
    """Decide on the plans of a municipality: its approvals and changes, its late and its silent ones."""
    KEEP = "keep"
    """What strategies consist of."""
    ADMINISTER = "administer"
    """People and units."""
    SEE_PEOPLE = "see_people"
    """And what they are."""
    ADD_MUNICIPALITY = "add_municipality"
    READ_MAILS = "read_mails"
    """The log of what was sent to whom."""
    SEND_MAILS = "send_mails"
    """One of them again."""
    EXCEPT = "except"
    """Let somebody answer after the lock."""


ROLES: dict[str, frozenset[Role]] = {
    Verb.WORK: frozenset({Role.MANAGER, Role.CONTRIBUTOR, Role.DIRECTOR}),
    Verb.ANSWER: frozenset({Role.MANAGER, Role.CONTRIBUTOR}),
    Verb.SEND_ANSWER: frozenset({Role.MANAGER}),
    Verb.PROPOSE_CHANGE: frozenset({Role.MANAGER}),
    Verb.DIRECT: frozenset({Role.DIRECTOR}),
    Verb.KEEP: frozenset({Role.DIRECTOR, Role.ADMIN}),
    Verb.ADMINISTER: frozenset({Role.ADMIN}),
    Verb.SEE_PEOPLE: frozenset({Role.DIRECTOR, Role.ADMIN}),
    Verb.ADD_MUNICIPALITY: frozenset(),
    Verb.READ_MAILS: frozenset({Role.DIRECTOR, Role.ADMIN}),
    Verb.SEND_MAILS: frozenset({Role.DIRECTOR}),
    Verb.EXCEPT: frozenset({Role.DIRECTOR}),
    **{move.name: move.roles for move in BY_NAME.values()},
}
# What the operator of the installation may do in every municipality, without a role in any.
OPERATED = frozenset({Verb.KEEP, Verb.ADMINISTER, Verb.SEE_PEOPLE, Verb.ADD_MUNICIPALITY})
ADMINISTERED = frozenset(
    {Municipality, Unit, UnitAlias, GroupMember, UnitHandover, HandedOver, Membership, MunicipalityRole}
)


@dataclass(frozen=True)
class Verdict:
    """Whether a person may; if not, `why` in the active language.

    If so, in which role ("": the operator), and on whose behalf where the right came only through a grant.
    """

    role: str = ""
    on_behalf: int | None = None
    why: str = ""

    def __bool__(self) -> bool:
        """Tell whether the person may."""
        return not self.why


def may(scope: Scope, verb: str, obj: models.Model | int | None, units: Iterable[int] | None = None) -> Verdict:
    """Tell whether the person may do `verb`, a Verb or the name of a move, to `obj`.

    `obj` is what exists for the person already: a plan, whose responsible units are `units` when they are read, or
    something else of a municipality, or a municipality's id (None: it belongs to none). Whether a plan's status allows
    a move is asked of ``workflow.why_not``.
    """
    if scope.apart and isinstance(obj, PeriodPlan):
        units = _units_of(obj) if units is None else list(units)
    for person, part in scope.apart or ((None, scope),):
        held = roles_on(part, obj, units) if isinstance(obj, PeriodPlan) else _offices(part, obj)
        if ROLES[verb] & held:
            return Verdict(acting(held, ROLES[verb]), person)
    return Verdict() if scope.operator and verb in OPERATED else Verdict(why=labels.may_not(verb))


def own_proposal(scope: Scope, plan: PeriodPlan) -> bool:
    """Tell whether the person would approve what they proposed, one of the two on behalf of another: nobody does.

    Whoever both manages and directs, and neither for another, may do both: the record shows it. Lists need not ask
    where nothing is lent to the person (``scope.apart``): the service asks again, always.
    """
    if plan.status != Status.AWAITING_APPROVAL or plan.pk not in scope.own_proposals:
        return False
    return scope.own_proposals[plan.pk] or may(scope, APPROVAL, plan.municipality_id).on_behalf is not None


def own_request(scope: Scope, request: ChangeRequest) -> bool:
    """Tell whether the person would decide on a change that they proposed, one of the two on behalf of another."""
    if scope.user is None:
        return False
    proposed = ChangeRequest.history.filter(id=request.pk, history_type="+", history_user_id=scope.user.pk).first()
    if proposed is None:
        return False
    return bool(proposed.on_behalf_name_id) or may(scope, Verb.DIRECT, request).on_behalf is not None


def may_answer(scope: Scope, plan: PeriodPlan, round_id: int, now: datetime, verb: Verb = Verb.SEND_ANSWER) -> Verdict:
    """Tell whether the person may answer for `plan` in a round at `now` (or begin an answer, Verb.ANSWER).

    By a role, else by a grant for this plan in this round.

    An exception is its holder's own; what was handed on is worth what its giver may at that time, by their own role.
    """
    verdict = may(scope, verb, plan)
    if verdict or scope.user is None:
        return verdict
    for grant in answering(scope.user.pk, plan.pk, round_id, now).select_related("on_behalf_of").order_by("pk"):
        if grant.on_behalf_of is None:
            return Verdict()
        giver = scope_of(grant.on_behalf_of, local_day(now))
        if (lent := may(giver, verb, plan)) and lent.on_behalf is None:
            return Verdict(lent.role, grant.on_behalf_of_id)
    # Who has nothing to do with the plan is told so, not that somebody else sends.
    return verdict if (begins := may(scope, Verb.ANSWER, plan)) else begins


def excepted(scope: Scope, plan: int, round_id: int, now: datetime) -> Verdict:
    """Tell whether an exception lets the person answer for a plan at `now` although this round of it is locked."""
    person = scope.user.pk if scope.user else 0
    if answering(person, plan, round_id, now).filter(kind=GrantKind.EXCEPTION).exists():
        return Verdict()
    return Verdict(why=str(labels.NOT_EXCEPTED))


def _offices(scope: Scope, obj: models.Model | int | None) -> frozenset[Role]:
    home = municipality_of(obj) if isinstance(obj, models.Model) else obj
    return scope.municipality_roles.get(home or 0, frozenset())


def roles_on(scope: Scope, plan: PeriodPlan, units: Iterable[int] | None = None) -> frozenset[Role]:
    """Return what the person is to `plan`; `units` are its responsible units when already read."""
    roles = _offices(scope, plan.municipality_id)
    if scope.unit_roles:
        responsible = frozenset(_units_of(plan) if units is None else units)
        roles |= {role for role in (Role.MANAGER, Role.CONTRIBUTOR) if scope.reaches(role, responsible)}
    return roles


def _units_of(plan: PeriodPlan) -> list[int]:
    return list(PlanUnit.objects.filter(plan=plan).values_list("unit_id", flat=True))


# In which municipalities


def where(scope: Scope, verb: str) -> frozenset[int]:
    """Return the municipalities of which a role of the person's lets them do `verb`; the operator has no role."""
    return frozenset(pk for pk, roles in scope.municipality_roles.items() if ROLES[verb] & roles)


def reached(scope: Scope) -> Scope:
    """Return `scope`, for the operator widened to every municipality: they keep each, and have no role in any."""
    if not scope.operator:
        return scope
    return replace(scope, municipalities=frozenset(Municipality.objects.values_list("pk", flat=True)), tree=None)


def narrowed(scope: Scope, verb: str) -> Scope:
    """Return `scope` narrowed to the municipalities in which the person may do `verb`; the operator's are all."""
    if scope.operator and verb in OPERATED:
        return reached(scope)
    return replace(scope, municipalities=where(scope, verb) & scope.municipalities, tree=None)


def administered(scope: Scope) -> Scope:
    """Return `scope` narrowed to the municipalities whose people and units the person keeps; the operator keeps all."""
    return narrowed(scope, Verb.ADMINISTER)


def keeping(model: type[models.Model]) -> Verb:
    """Return the verb for those who add, change and remove the rows of `model`."""
    return Verb.ADMINISTER if model in ADMINISTERED else Verb.KEEP
