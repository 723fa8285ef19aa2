"""Who did what, when and why, as sentences: status moves, ticked steps, comments and every other recorded change."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from toimenpiteet import labels
from toimenpiteet.access import Scope
from toimenpiteet.dates import moment_words
from toimenpiteet.models import (
    ActionItem,
    Comment,
    PeriodPlan,
    PlanProject,
    PlanUnit,
    Project,
    StatusChange,
    Step,
    Unit,
)
from toimenpiteet.selectors.words import text_of
from toimenpiteet.workflow import Status

_SENTENCES = {
    "start": gettext_lazy("%(who)s started the plan."),
    "pause": gettext_lazy("%(who)s put the plan on hold."),
    "resume": gettext_lazy("%(who)s resumed the plan."),
    "propose_completion": gettext_lazy("%(who)s proposed the plan as completed."),
    "withdraw": gettext_lazy("%(who)s withdrew the proposal of completion."),
    "approve": gettext_lazy("%(who)s approved the plan as completed."),
    "send_back": gettext_lazy("%(who)s sent the plan back to be continued."),
    "discontinue": gettext_lazy("%(who)s discontinued the plan."),
    "carry_over": gettext_lazy("%(who)s carried the plan over to the next period."),
    "reopen": gettext_lazy("%(who)s reopened the plan."),
}
# Columns whose change another sentence already tells, or that mean nothing to a reader.
_SILENT = {"version", "status", "done", "done_on", "order", "key", "next_deadline_on"}


@dataclass(frozen=True)
class Event:
    """One sentence of the timeline; `why` is in the words of the person who acted."""

    at: datetime
    when: str
    sentence: str
    why: str
    period: str
    kind: str
    changes: tuple[tuple[str, str, str], ...] = ()


def timeline(scope: Scope, item: ActionItem, plans: list[PeriodPlan]) -> list[Event]:
    """Return the events of an item and its plans, newest first. Anonymous readers get no people's names."""
    periods = {plan.pk: text_of(plan.period, "name").text for plan in plans}
    names = _Names(hidden=scope.anonymous)
    events = [
        *_moves(periods, names),
        *_comments(periods, names),
        *_steps(periods, names),
        *_edits(item, periods, names),
        *_links(periods, names),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)


@dataclass(frozen=True)
class _Names:
    hidden: bool

    def of(self, name: str) -> dict[str, str]:
        return {"who": _("An official") if self.hidden else name}

    def why(self, reason: str) -> str:
        return "" if self.hidden else reason

    def changes(self, found: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
        """Return what a text was and became; the public reads what it is now, so that nothing taken away lives on."""
        return [] if self.hidden else list(found)


def _wording(periods: dict[int, str]) -> dict[int, str]:
    return {step.pk: text_of(step, "text").text for step in Step.objects.filter(plan__in=periods)}


def _event(at: datetime, sentence: str, why: str, period: str, kind: str, changes: Any = ()) -> Event:
    return Event(at, moment_words(at), sentence, why, period, kind, tuple(changes))


def _moves(periods: dict[int, str], names: _Names) -> Iterator[Event]:
    for change in StatusChange.objects.filter(plan__in=periods):
        sentence = str(_SENTENCES[change.move]) % names.of(change.actor_name)
        statuses = (str(labels.STATUS[Status(change.from_status)]), str(labels.STATUS[Status(change.to_status)]))
        yield _event(
            change.at, sentence, names.why(change.comment), periods[change.plan_id], "move", [(_("status"), *statuses)]
        )


def _comments(periods: dict[int, str], names: _Names) -> Iterator[Event]:
    for comment in Comment.objects.filter(plan__in=periods):
        sentence = _("%(who)s commented.") % names.of(comment.author_name)
        yield _event(comment.at, sentence, names.why(comment.text), periods[comment.plan_id], "comment")


def _steps(periods: dict[int, str], names: _Names) -> Iterator[Event]:
    rows = list(Step.history.filter(plan_id__in=periods).order_by("id", "version"))
    before: dict[int, Any] = {}
    now_called = _wording(periods) if names.hidden else {}
    for row in rows:
        old = before.get(row.id)
        before[row.id] = row
        if old is None:
            continue
        then = row.text_fi or row.text_sv or row.text_en or ""
        values = names.of(row.actor_name) | {"step": now_called.get(row.id, "–") if names.hidden else then}
        period = periods[row.plan_id]
        if old.done != row.done:
            text = (
                _("%(who)s marked the step “%(step)s” done.")
                if row.done
                else _("%(who)s reopened the step “%(step)s”.")
            )
            yield _event(row.history_date, text % values, "", period, "step")
        else:
            changes = names.changes(_differences(Step, old, row))
            text = _("%(who)s changed the step “%(step)s”.")
            yield _event(row.history_date, text % values, names.why(row.history_change_reason), period, "edit", changes)


def _edits(item: ActionItem, periods: dict[int, str], names: _Names) -> Iterator[Event]:
    for model, rows in (
        (ActionItem, ActionItem.history.filter(id=item.pk)),
        (PeriodPlan, PeriodPlan.history.filter(id__in=periods)),
    ):
        before: dict[int, Any] = {}
        for row in rows.order_by("id", "version"):
            old = before.get(row.id)
            before[row.id] = row
            period = periods.get(row.id, "") if model is PeriodPlan else ""
            if old is None:
                sentence = _("%(who)s added the plan.") if period else _("%(who)s added the action item.")
                yield _event(
                    row.history_date,
                    sentence % names.of(row.actor_name),
                    names.why(row.history_change_reason),
                    period,
                    "added",
                )
            elif any(_differences(model, old, row)):
                changes = names.changes(_differences(model, old, row))
                sentence = _("%(who)s edited the plan.") if period else _("%(who)s edited the action item.")
                yield _event(
                    row.history_date,
                    sentence % names.of(row.actor_name),
                    names.why(row.history_change_reason),
                    period,
                    "edit",
                    changes,
                )


def _differences(model: Any, old: Any, new: Any) -> Iterator[tuple[str, str, str]]:
    for column in new.tracked_fields:
        if column.name in _SILENT:
            continue
        before, after = getattr(old, column.attname), getattr(new, column.attname)
        if before != after:
            yield str(model._meta.get_field(column.name).verbose_name), str(before or "–"), str(after or "–")


def _links(periods: dict[int, str], names: _Names) -> Iterator[Event]:
    for model, column, target in ((PlanUnit, "unit_id", Unit), (PlanProject, "project_id", Project)):
        rows = [row for row in model.history.filter(plan_id__in=periods) if row.history_type == "-" or row.version == 1]
        rows = [row for row in rows if _later_than_the_plan(row, periods)]
        known = {
            thing.pk: text_of(thing, "name").text
            for thing in target.objects.filter(pk__in={getattr(row, column) for row in rows})
        }
        for row in rows:
            sentence = _("%(who)s added %(thing)s.") if row.history_type == "+" else _("%(who)s removed %(thing)s.")
            values = names.of(row.actor_name) | {"thing": known.get(getattr(row, column), "–")}
            yield _event(
                row.history_date, sentence % values, names.why(row.history_change_reason), periods[row.plan_id], "edit"
            )


def _later_than_the_plan(row: Any, periods: dict[int, str]) -> bool:
    """Leave out the links that came with the plan itself: the plan's own first sentence tells of them."""
    return row.plan_id in periods and not (row.history_type == "+" and row.door in {"import", "command"})
