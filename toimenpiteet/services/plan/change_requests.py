"""Changes of a plan: proposed with cause and effect by who is responsible, decided by the director or by a body.

What is accepted is carried out by the services that edit and move plans; this module writes the request alone.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb, Verdict
from toimenpiteet.calendar import Precision, local_day
from toimenpiteet.change_requests import WAITING, ChangeKind, ChangeStatus
from toimenpiteet.models import ActionItem, Actor, ChangeRequest, PeriodPlan, PlanUnit, Unit
from toimenpiteet.services import audited, changing, rules, text
from toimenpiteet.services.changing import Links, Relink
from toimenpiteet.services.errors import Forbidden, Invalid, WrongTime, need
from toimenpiteet.services.plan import plans
from toimenpiteet.workflow import CLOSED, Refusal, Status

BODY_LIMIT, SECTION_LIMIT, REGISTER_LIMIT = 200, 20, 60
ENDING = "discontinue"
"""The move by which a plan ends."""
_UNITS = Links(PlanUnit, "plan", "unit")


@dataclass(frozen=True)
class Proposal:
    """What a manager proposes: of `kind` (a ChangeKind), why, and what it leads to.

    Beside it what that kind asks for: a day with its precision, a text in the municipality's language, or a unit.
    """

    kind: str
    cause: str
    effect: str
    due_on: date | None = None
    due_precision: str = ""
    text: str = ""
    unit: int | None = None

    def cleaned(self) -> "Proposal":
        """Return it as the record takes it, with what its kind asks for alone; raises Invalid, naming the field."""
        if self.kind not in set(ChangeKind):
            raise Invalid(_("Choose what is to change."), field="kind")
        cause, effect = (text.clean(getattr(self, name), field=name) for name in ("cause", "effect"))
        given = replace(Proposal(self.kind, cause, effect), **self._asked())
        lacking = next((name for name in _WANTED if not getattr(given, name) and given.asks(name)), "")
        if lacking:
            raise Invalid(str(_WANTED[lacking]), field=lacking)
        return given

    def asks(self, name: str) -> bool:
        """Tell whether a proposal of this kind needs the field `name`."""
        return name in {"cause", "effect", _FIELD.get(ChangeKind(self.kind))}

    def _asked(self) -> dict[str, Any]:
        match self.kind:
            case ChangeKind.DUE:
                return {
                    "due_on": self.due_on,
                    "due_precision": self.due_precision or (Precision.DAY.value if self.due_on else ""),
                }
            case ChangeKind.SCOPE:
                return {"text": text.clean(self.text, field="text", limit=rules.TEXT_LIMIT)}
            case ChangeKind.LEAD:
                return {"unit": self.unit}
        return {}


_FIELD = {ChangeKind.DUE: "due_on", ChangeKind.SCOPE: "text", ChangeKind.LEAD: "unit"}
_WANTED = {
    "due_on": gettext_lazy("Give the new due date."),
    "text": gettext_lazy("Write what the plan is to say."),
    "unit": gettext_lazy("Choose the new lead unit."),
    "cause": gettext_lazy("Say why it has to change."),
    "effect": gettext_lazy("Say what the change leads to."),
}


@dataclass(frozen=True)
class Decision:
    """What was decided: the words, and of a body's decision which body, on which day, § and register number."""

    words: str = ""
    body: str = ""
    body_on: date | None = None
    section: str = ""
    register_number: str = ""

    def cleaned(self) -> "Decision":
        """Return it as the record takes it; raises Invalid, naming the field."""
        limits = {"body": BODY_LIMIT, "section": SECTION_LIMIT, "register_number": REGISTER_LIMIT}
        found = {name: text.clean(getattr(self, name), field=name, limit=limit) for name, limit in limits.items()}
        return Decision(text.clean(self.words, field="words"), body_on=self.body_on, **found)

    @property
    def of_body(self) -> bool:
        """Tell whether it says anything of a body's decision."""
        return bool(self.body or self.body_on or self.section or self.register_number)


# Proposing


@transaction.atomic
def propose(
    plan_id: int, wanted: Proposal, *, version: int, scope: Scope, actor: Actor, now: datetime
) -> ChangeRequest:
    """Propose a change of a plan that was seen at `version`, as a manager of a responsible unit.

    A form that is sent twice makes one. Raises Http404, Forbidden, Stale, or Invalid, naming the field: where it is not
    whole, changes nothing, the plan is closed, or another change of this kind waits already.
    """
    plan, right = _plan(plan_id, version, scope)
    wanted = wanted.cleaned()
    if Status(plan.status) in CLOSED:
        raise Invalid(_("The plan is closed, so nothing of it changes any more. The director can reopen it."))
    made = _made(plan, wanted, now)
    if waiting := ChangeRequest.objects.filter(plan=plan, kind=made.kind, status__in=WAITING).first():
        return _the_same(waiting, made)
    _need_a_change(made)
    if made.due_on is not None and made.due_on < local_day(now):
        raise Invalid(_("This day has passed already. Give a day by which it can be done."), field="due_on")
    _need_a_unit(made)
    rules.check(made)
    stamp = audited.stamp(actor, pgettext("reason", "Change proposed"), now, right.role, right.on_behalf)
    return audited.add(made, stamp)


def _plan(plan_id: int, version: int, scope: Scope) -> tuple[PeriodPlan, Verdict]:
    if scope.anonymous:
        raise Http404
    seen = access.get(scope, access.visible(scope, PeriodPlan), pk=plan_id)
    right = need(access.may(scope, Verb.PROPOSE_CHANGE, seen))
    return audited.lock(PeriodPlan.objects.all(), plan_id, version=version), right


def _made(plan: PeriodPlan, wanted: Proposal, now: datetime) -> ChangeRequest:
    made = ChangeRequest(plan=plan, kind=wanted.kind, cause=wanted.cause, effect=wanted.effect, proposed_at=now)
    made.due_on, made.due_precision = wanted.due_on, wanted.due_precision
    made.text, made.unit_id = wanted.text, wanted.unit
    for name, value in as_it_is(plan, ChangeKind(wanted.kind)).items():
        setattr(made, name, value)
    return made


def as_it_is(plan: PeriodPlan, kind: ChangeKind) -> dict[str, Any]:
    """Return the columns `was_…` of a request: what the plan says now of that which is to change."""
    match kind:
        case ChangeKind.DUE:
            return {"was_due_on": plan.due_on, "was_due_precision": plan.due_precision}
        case ChangeKind.SCOPE:
            return {"was_text": getattr(plan, _text_column(plan)) or ""}
        case ChangeKind.LEAD:
            return {"was_unit_id": plan.item.lead_unit_id}
    return {}


def _text_column(plan: PeriodPlan) -> str:
    return f"text_{plan.municipality.language}"


_CONTENT = ("due_on", "due_precision", "text", "unit_id", "cause", "effect")


def _the_same(waiting: ChangeRequest, made: ChangeRequest) -> ChangeRequest:
    """Return the request that waits where it is this very one, sent twice; raises Invalid where it is another."""
    if any(getattr(waiting, name) != getattr(made, name) for name in _CONTENT):
        raise Invalid(
            _("A change of this kind waits for its decision already. Withdraw that one first, or wait for it."),
            field="kind",
        )
    return waiting


def _need_a_change(made: ChangeRequest) -> None:
    same = {
        ChangeKind.DUE: (made.due_on, made.due_precision) == (made.was_due_on, made.was_due_precision),
        ChangeKind.SCOPE: made.text == made.was_text,
        ChangeKind.LEAD: made.unit_id == made.was_unit_id,
        ChangeKind.ENDING: False,
    }
    kind = ChangeKind(made.kind)
    if same[kind]:
        raise Invalid(_("This is how it is already, so nothing would change."), field=_FIELD[kind])


def _need_a_unit(made: ChangeRequest) -> None:
    if made.unit_id is None:
        return
    unit = Unit.objects.filter(pk=made.unit_id, municipality=made.plan.municipality_id).first()
    if unit is None:
        raise Invalid(_("Choose one of the municipality's own units."), field="unit")
    if unit.successor_id is not None:
        raise Invalid(_("%(unit)s has ended. Choose the unit that follows it.") % {"unit": unit.name}, field="unit")


@transaction.atomic
def withdraw(pk: int, *, version: int, scope: Scope, actor: Actor, now: datetime) -> ChangeRequest:
    """Take a proposal back, as a manager of a responsible unit, before anybody decided.

    Raises Http404, Forbidden, Stale or WrongTime.
    """
    row = _held(pk, version, scope)
    right = need(access.may(scope, Verb.PROPOSE_CHANGE, row.plan))
    if row.status != ChangeStatus.PROPOSED:
        raise _decided_already(row)
    stamp = audited.stamp(actor, pgettext("reason", "Change withdrawn"), now, right.role, right.on_behalf)
    audited.change(row, stamp, status=ChangeStatus.WITHDRAWN.value, decided_at=now)
    return row


# Deciding


@transaction.atomic
def refer(
    pk: int, body: str, words: str = "", *, version: int, scope: Scope, actor: Actor, now: datetime
) -> ChangeRequest:
    """Say that a body has to decide, and which. Raises as ``accept``."""
    row, right = _to_decide(pk, version, scope)
    decision = Decision(words, body).cleaned()
    if row.status != ChangeStatus.PROPOSED:
        raise _decided_already(row)
    if not decision.body:
        raise Invalid(_("Say which body decides."), field="body")
    stamp = audited.stamp(actor, pgettext("reason", "Change referred to a body"), now, right.role, right.on_behalf)
    said = {"body": decision.body, "decision": decision.words}
    audited.change(row, stamp, status=ChangeStatus.NEEDS_BODY.value, **said)
    return row


@transaction.atomic
def accept(pk: int, decision: Decision, *, version: int, scope: Scope, actor: Actor, now: datetime) -> ChangeRequest:
    """Accept a change as the director, or write down that a body did, and carry it out.

    Raises Http404, Forbidden (also: nobody decides on their own proposal on behalf of another), Stale, WrongTime when
    it is decided already, MoveRefused when a plan cannot end from where it stands, Invalid, naming the field, when a
    body's decision is not whole or the plan has changed since.
    """
    row, right = _to_decide(pk, version, scope)
    decision = _whole(decision.cleaned(), row, now)
    _need_as_it_was(row)
    _carry_out(row, decision, scope, actor, now)
    stamp = audited.stamp(actor, pgettext("reason", "Change accepted"), now, right.role, right.on_behalf)
    audited.change(row, stamp, status=ChangeStatus.ACCEPTED.value, decided_at=now, **_said(decision))
    return row


@transaction.atomic
def decline(pk: int, decision: Decision, *, version: int, scope: Scope, actor: Actor, now: datetime) -> ChangeRequest:
    """Decline a change with words that the manager reads, or write down that a body did. Raises as ``accept``."""
    row, right = _to_decide(pk, version, scope)
    decision = _whole(decision.cleaned(), row, now)
    if not decision.words:
        raise Invalid(_("Say why it is declined: the manager reads it."), field="words")
    stamp = audited.stamp(actor, pgettext("reason", "Change declined"), now, right.role, right.on_behalf)
    audited.change(row, stamp, status=ChangeStatus.DECLINED.value, decided_at=now, **_said(decision))
    return row


def _said(decision: Decision) -> dict[str, Any]:
    of_body = {name: getattr(decision, name) for name in ("body", "body_on", "section", "register_number")}
    return {"decision": decision.words, **of_body}


def _held(pk: int, version: int, scope: Scope) -> ChangeRequest:
    """Return a request that exists for the person, locked after its plan; raises Http404 or Stale."""
    seen = access.get(scope, access.visible(scope, ChangeRequest), pk=pk)
    plan = audited.lock(PeriodPlan.objects.all(), seen.plan_id)
    row = audited.lock(ChangeRequest.objects.all(), pk, version=version)
    row.plan = plan
    return row


def _to_decide(pk: int, version: int, scope: Scope) -> tuple[ChangeRequest, Verdict]:
    row = _held(pk, version, scope)
    right = need(access.may(scope, Verb.DIRECT, row))
    if access.own_request(scope, row):
        raise Forbidden(str(labels.REFUSAL[Refusal.OWN_PROPOSAL]))
    if row.status not in WAITING:
        raise _decided_already(row)
    return row, right


def _decided_already(row: ChangeRequest) -> WrongTime:
    status = labels.CHANGE_STATUS[ChangeStatus(row.status)]
    return WrongTime(_("This cannot be done any more: the change is “%(status)s”.") % {"status": status}, row)


def _whole(decision: Decision, row: ChangeRequest, now: datetime) -> Decision:
    """Return the decision; raises Invalid where a body decided or has to decide, and not all of it is said."""
    if row.status == ChangeStatus.NEEDS_BODY and not decision.body:
        decision = replace(decision, body=row.body)
    if not decision.of_body:
        return decision
    if not decision.body:
        raise Invalid(_("Say which body decided."), field="body")
    if decision.body_on is None:
        raise Invalid(_("Give the day on which the body decided, so that the decision can be found."), field="body_on")
    rules.check_has_come(decision.body_on, "body_on", local_day(now))
    return decision


# Carrying out


def _need_as_it_was(row: ChangeRequest) -> None:
    if Status(row.plan.status) in CLOSED:
        raise Invalid(_("The plan has been closed since, so the change cannot be carried out. Decline it, saying so."))
    now = as_it_is(row.plan, ChangeKind(row.kind))
    if any(getattr(row, name) != value for name, value in now.items()):
        raise Invalid(
            _("The plan has changed since this was proposed. Decline it, saying so; it can be proposed anew.")
        )


def _carry_out(row: ChangeRequest, decision: Decision, scope: Scope, actor: Actor, now: datetime) -> None:
    plan, kind = row.plan, ChangeKind(row.kind)
    reason = decision.words or row.cause
    if kind is ChangeKind.ENDING:
        plans.move(plan.pk, ENDING, scope=scope, actor=actor, now=now, version=plan.version, comment=reason)
        return
    by: audited.By = {
        "scope": scope,
        "stamp": audited.stamp(actor, _("Change accepted: %(why)s") % {"why": reason}, now),
    }
    values: dict[str, Any] = {}
    relinks: list[Relink] = []
    if kind is ChangeKind.DUE:
        values = {"due_on": row.due_on, "due_precision": row.due_precision}
    elif kind is ChangeKind.SCOPE:
        values = {_text_column(plan): row.text}
    else:
        _lead(plan.item_id, row, by)
        relinks = [Relink(_UNITS, added=[row.unit], removed=[row.was_unit])]
    changing.change(PeriodPlan, plan.pk, values, relinks, version=plan.version, **by)


def _lead(item_id: int, row: ChangeRequest, by: audited.By) -> None:
    item = audited.lock(ActionItem.objects.all(), item_id)
    changing.change(ActionItem, item_id, {"lead_unit": row.unit, "lead_stated": True}, version=item.version, **by)
