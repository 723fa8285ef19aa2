"""Who may do what: one table of verbs and roles, and the answer to a person who asks (DOMAIN.md, "Who may do what").

The moves of a plan's status are verbs too; their roles stand in the workflow's table.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db import models

from toimenpiteet import labels
from toimenpiteet.access.gate import municipality_of
from toimenpiteet.access.scope import Scope
from toimenpiteet.models import (
    GroupMember,
    Membership,
    Municipality,
    MunicipalityRole,
    PeriodPlan,
    PlanUnit,
    Unit,
    UnitAlias,
)
from toimenpiteet.workflow import BY_NAME, Role, acting


class Verb(StrEnum):
    """What people do, beside the moves of the workflow."""

    WORK = "work"
    """On a plan: comment on it; tick, add, word, order and remove its steps."""
    ANSWER = "answer"
    """For a plan, in a reporting round."""
    DIRECT = "direct"
    """Decide on the plans of a municipality: its approvals, its late and its silent ones."""
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


ROLES: dict[str, frozenset[Role]] = {
    Verb.WORK: frozenset({Role.MANAGER, Role.CONTRIBUTOR, Role.DIRECTOR}),
    Verb.ANSWER: frozenset({Role.MANAGER, Role.CONTRIBUTOR}),
    Verb.DIRECT: frozenset({Role.DIRECTOR}),
    Verb.KEEP: frozenset({Role.DIRECTOR, Role.ADMIN}),
    Verb.ADMINISTER: frozenset({Role.ADMIN}),
    Verb.SEE_PEOPLE: frozenset({Role.DIRECTOR, Role.ADMIN}),
    Verb.ADD_MUNICIPALITY: frozenset(),
    Verb.READ_MAILS: frozenset({Role.DIRECTOR, Role.ADMIN}),
    Verb.SEND_MAILS: frozenset({Role.DIRECTOR}),
    **{move.name: move.roles for move in BY_NAME.values()},
}
# What the operator of the installation may do in every municipality, without a role in any.
OPERATED = frozenset({Verb.KEEP, Verb.ADMINISTER, Verb.SEE_PEOPLE, Verb.ADD_MUNICIPALITY})
ADMINISTERED = frozenset({Municipality, Unit, UnitAlias, GroupMember, Membership, MunicipalityRole})


@dataclass(frozen=True)
class Verdict:
    """Whether a person may, and in which role ("": the operator); else `why` not, in the active language."""

    role: str = ""
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
    held = roles_on(scope, obj, units) if isinstance(obj, PeriodPlan) else _offices(scope, obj)
    if ROLES[verb] & held:
        return Verdict(acting(held, ROLES[verb]))
    return Verdict() if scope.operator and verb in OPERATED else Verdict(why=labels.may_not(verb))


def _offices(scope: Scope, obj: models.Model | int | None) -> frozenset[Role]:
    home = municipality_of(obj) if isinstance(obj, models.Model) else obj
    return scope.municipality_roles.get(home or 0, frozenset())


def roles_on(scope: Scope, plan: PeriodPlan, units: Iterable[int] | None = None) -> frozenset[Role]:
    """Return what the person is to `plan`; `units` are its responsible units when already read."""
    roles = _offices(scope, plan.municipality_id)
    if scope.unit_roles:
        if units is None:
            units = PlanUnit.objects.filter(plan=plan).values_list("unit_id", flat=True)
        responsible = frozenset(units)
        roles |= {role for role in (Role.MANAGER, Role.CONTRIBUTOR) if scope.reaches(role, responsible)}
    return roles


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
