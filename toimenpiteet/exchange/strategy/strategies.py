"""One strategy and everything under it, down to its steps and figures."""

from typing import Any

from toimenpiteet import models
from toimenpiteet.exchange import schema
from toimenpiteet.exchange.strategy.checked import Checked
from toimenpiteet.exchange.strategy.columns import (
    cited,
    decimals,
    due,
    figure_key,
    numbered,
    rule,
    sourced,
    starting,
    target_key,
    words,
)
from toimenpiteet.exchange.strategy.shared import City


class StrategyWriter:
    """Writes one strategy and everything under it."""

    def __init__(self, city: City, checked: Checked) -> None:
        self.city = city
        self.rows = city.rows
        self.checked = checked
        self.entry = checked.file.strategy
        self.row: models.Strategy
        self.goals: dict[str, models.Goal] = {}
        self.themes: dict[str, models.Theme] = {}
        self.linked: list[tuple[models.ActionItem, str]] = []
        self.targets: list[tuple[models.Indicator, str, str | None, dict[str, Any]]] = []

    def write(self) -> None:
        """Write it all, from the strategy down to its steps and figures."""
        self._at("")
        identity = {"municipality_id": self.city.owner.pk, "key": self.entry.key}
        self.row = self.rows.put(models.Strategy, identity, self._values(), {"published": True})
        self._parts()
        self._calendar()
        for order, theme in numbered(self.entry.themes):
            self._theme(theme, order, None)
        # One target may compare with an indicator that stands further down.
        for indicator, key, above, values in self.targets:
            values["above_indicator_id"] = self.rows.get(models.Indicator, self.row.pk, above).pk if above else None
            self.rows.leaf(models.IndicatorTarget, {"indicator_id": indicator.pk, "key": key}, values)
        for item, goal in self.linked:
            identity = {"item_id": item.pk, "goal_id": self.goals[goal].pk}
            self.rows.leaf(models.LinkedGoal, identity, {})
        self._indicators(self.entry.indicators)
        for order, programme in numbered(self.entry.programmes):
            self._programme(programme, order)

    def _at(self, entry: str) -> None:
        self.rows.of(self.checked.name, f"strategy {self.entry.key}{entry and ', '}{entry}")

    def _values(self) -> dict[str, Any]:
        entry = self.entry
        follows = self.rows.get(models.Strategy, self.city.owner.pk, entry.follows) if entry.follows else None
        documents = self.checked.file.documents
        return {
            **words("name", entry.name),
            **words("slogan", entry.slogan),
            **words("mission", entry.mission),
            **words("vision", entry.vision),
            **words("decided_by", entry.decided_by),
            **words("success_factors_called", entry.success_factors_called),
            **due(entry.decided_on, "decided_on", "decided_on_precision"),
            **cited(entry),
            "start_year": entry.start_year,
            "end_year": entry.end_year,
            "status": entry.status,
            "vision_number": entry.vision_number,
            "vision_year": entry.vision_year,
            "follows_id": follows and follows.pk,
            "shift_deadlines": entry.shift_deadlines,
            "rounds_from": starting(entry.rounds_from),
            "retold": entry.retold,
            "documents": "\n".join(f"{document.number} {document.title}" for document in documents),
        }

    def _key(self, entry: Any) -> dict[str, Any]:
        return {"strategy_id": self.row.pk, "key": entry.key}

    def _parts(self) -> None:
        for order, part in numbered(self.entry.parts):
            values = {**words("name", part.name), **words("text", part.text), "kind": part.kind}
            self.rows.leaf(models.StrategyPart, self._key(part), {**values, **sourced(part, order)})
        for order, value in numbered(self.entry.values):
            values = {**words("name", value.name), **words("explanation", value.explanation)}
            self.rows.leaf(models.CoreValue, self._key(value), {**values, **sourced(value, order)})
        for order, event in numbered(self.entry.events):
            self.rows.leaf(models.ProcessEvent, self._key(event), {**_event(event), **sourced(event, order)})
        for order, line in numbered(self.entry.follow_up):
            values = {**words("text", line.text), "body": line.body or "", "per_year": line.per_year}
            self.rows.leaf(models.FollowUp, self._key(line), {**values, **sourced(line, order)})

    def _calendar(self) -> None:
        for order, period in numbered(self.entry.periods):
            values = {**words("name", period.name), "start_year": period.start_year, "end_year": period.end_year}
            self.rows.put(models.PlanPeriod, self._key(period), {**values, "order": order})
        for entry in self.entry.calendar:
            key = {"strategy_id": self.row.pk, "kind": entry.kind, "which": entry.which}
            values = {**words("body", entry.body), "rule": rule(entry), "stated": entry.stated, "basis": entry.basis}
            self.rows.leaf(models.CalendarEntry, key, values)

    def _theme(self, entry: schema.Theme, order: int, parent: models.Theme | None) -> None:
        values = {
            **words("kind", entry.kind),
            **words("name", entry.name),
            **words("slogan", entry.slogan),
            **words("focus", entry.focus),
            **words("description", entry.description),
            **sourced(entry, order),
            "number": entry.number,
            "parent_id": parent and parent.pk,
        }
        self._at(f"theme {entry.key}")
        theme = self.themes[entry.key] = self.rows.put(models.Theme, self._key(entry), values)
        for place, factor in numbered(entry.success_factors):
            values = {**words("name", factor.name), **sourced(factor, place), "number": factor.number}
            self.rows.leaf(models.SuccessFactor, {"theme_id": theme.pk, "key": factor.key}, values)
        for place, goal in numbered(entry.goals):
            self._goal(goal, place, theme)
        self._indicators(entry.indicators, theme_id=theme.pk)
        for place, child in numbered(entry.themes):
            self._theme(child, place, theme)

    def _goal(self, entry: schema.Goal, order: int, theme: models.Theme) -> None:
        values = {
            **words("name", entry.name),
            **words("keywords", entry.keywords),
            **sourced(entry, order),
            "number": entry.number,
            "theme_id": theme.pk,
            "owner_id": self.city.unit(entry.owner).pk if entry.owner else None,
            "binding": entry.binding,
            "counting": entry.counting or "",
            "counting_share": entry.counting_share,
        }
        self._at(f"goal {entry.key}")
        goal = self.goals[entry.key] = self.rows.put(models.Goal, self._key(entry), values)
        self._indicators(entry.indicators, goal_id=goal.pk)
        for place, item in numbered(entry.items):
            self._item(item, place, goal)

    def _item(self, entry: schema.Item, order: int, goal: models.Goal) -> None:
        values = {
            **words("name", entry.name),
            **words("keywords", entry.keywords),
            **sourced(entry, order),
            "goal_id": goal.pk,
            "lead_unit_id": self.city.unit(entry.lead).pk,
            "lead_stated": entry.lead_stated,
        }
        self._at(f"action item {entry.key}")
        once = {"municipality_id": self.city.owner.pk}
        item = self.rows.put(models.ActionItem, self._key(entry), values, once)
        self.linked += [(item, key) for key in entry.linked_goals]
        for place, plan in numbered(entry.plans):
            self._plan(plan, place, entry, item)

    def _plan(self, entry: schema.Plan, order: int, of: schema.Item, item: models.ActionItem) -> None:
        self._at(f"action item {of.key}, plan {entry.period}")
        period = self.rows.get(models.PlanPeriod, self.row.pk, entry.period)
        values = {**words("text", entry.text), **due(entry.due, "due_on", "due_precision"), **sourced(entry, order)}
        values["key"] = entry.period
        once = {"municipality_id": self.city.owner.pk}
        plan = self.rows.put(models.PeriodPlan, {"item_id": item.pk, "period_id": period.pk}, values, once)
        # The document names somebody for most plans; where it does not, the lead unit answers.
        for place, key in numbered(entry.units or [of.lead]):
            self.rows.leaf(models.PlanUnit, {"plan_id": plan.pk, "unit_id": self.city.unit(key).pk}, {"order": place})
        for place, key in numbered(entry.projects):
            project = self.rows.get(models.Project, self.city.owner.pk, key)
            self.rows.leaf(models.PlanProject, {"plan_id": plan.pk, "project_id": project.pk}, {"order": place})
        for place, key in numbered(entry.budget_lines):
            line = self.rows.get(models.BudgetLine, self.city.owner.pk, key)
            self.rows.leaf(models.PlanBudgetLine, {"plan_id": plan.pk, "budget_line_id": line.pk}, {"order": place})
        for place, step in numbered(entry.steps):
            kind, date = next(iter(step.dates.items()), ("", None))
            values = {**words("text", step.text), **due(date, "due_on", "due_precision"), **sourced(step, place)}
            values["date_kind"] = kind
            values["unit_id"] = self.city.unit(step.unit).pk if step.unit else None
            self.rows.leaf(models.Step, {"plan_id": plan.pk, "key": step.key}, values)
        for place, means in numbered(entry.means):
            values = {**words("text", means.text), **sourced(means, place)}
            self.rows.leaf(models.PlanMeans, {"plan_id": plan.pk, "key": means.key}, values)

    def _programme(self, entry: schema.Programme, order: int) -> None:
        values = {
            **words("name", entry.name),
            **words("description", entry.description),
            **words("follow_up", entry.follow_up),
            **cited(entry),
            "start_year": entry.start_year,
            "end_year": entry.end_year,
            "status": entry.status or "",
            "prepared_by": entry.prepared_by or "",
            "approved_by": entry.approved_by or "",
        }
        self._at(f"programme {entry.key}")
        identity = {"municipality_id": self.city.owner.pk, "key": entry.key}
        programme = self.rows.put(models.Programme, identity, values, {"order": order})
        link = {"strategy_id": self.row.pk, "programme_id": programme.pk}
        self.rows.leaf(models.ProgrammeStrategy, link, {})
        for key in entry.themes:
            link = {"theme_id": self.themes[key].pk, "programme_id": programme.pk}
            self.rows.leaf(models.ProgrammeTheme, link, {})
        self._indicators(entry.indicators, programme_id=programme.pk)

    def _indicators(self, entries: list[schema.Indicator], **of: int) -> None:
        nothing = {"theme_id": None, "goal_id": None, "programme_id": None}
        for order, entry in numbered(entries):
            values = {
                **words("name", entry.name),
                **words("note", entry.note),
                **sourced(entry, order),
                **nothing,
                **of,
                "perspective": entry.perspective or "",
                "unit_of_measure": entry.unit_of_measure or "",
                "better": entry.better or "",
                "origin": entry.origin or "",
            }
            self._at(f"indicator {entry.key}")
            self._figures(entry, self.rows.put(models.Indicator, self._key(entry), values))

    def _figures(self, entry: schema.Indicator, indicator: models.Indicator) -> None:
        for order, value in numbered(entry.values):
            values = {
                **words("note", value.note),
                **sourced(value, order),
                "year": value.year,
                "position": value.position,
                "kind": value.kind,
                "value": value.value,
                "decimals": decimals(value.value),
                "no_data": value.no_data,
                **due(value.next_expected, "next_expected_on", "next_expected_precision"),
            }
            self.rows.leaf(models.IndicatorValue, {"indicator_id": indicator.pk, "key": figure_key(value)}, values)
        for order, target in numbered(entry.targets):
            values = {
                **words("note", target.note),
                **sourced(target, order),
                "operator": target.op,
                "value": target.value,
                "decimals": decimals(target.value),
                "by_year": target.by_year,
                "standing": target.standing,
                "set_in": target.set_in,
            }
            self.targets.append((indicator, target_key(target), target.above, values))


def _event(event: schema.Event) -> dict[str, Any]:
    return {
        **words("name", event.name),
        **words("note", event.note),
        **due(event.end, "end_on", "end_on_precision"),
        "kind": event.kind,
        "start_on": starting(event.start),
        "participants": event.participants,
    }
