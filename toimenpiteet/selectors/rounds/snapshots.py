"""What a round's report says, read whole: for the lock, which keeps it, and for a draft before it."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from toimenpiteet import access, snapshots
from toimenpiteet.access import Scope
from toimenpiteet.answers import Said
from toimenpiteet.calendar import local_day
from toimenpiteet.computed_light import Facts, computed
from toimenpiteet.languages import columns_for
from toimenpiteet.models import (
    Goal,
    Indicator,
    IndicatorTarget,
    IndicatorValue,
    Municipality,
    PeriodPlan,
    PlanBudgetLine,
    PlanMeans,
    PlanProject,
    PlanUnit,
    ReportingRound,
    RoundSnapshot,
    StatusReport,
    Step,
    Strategy,
)
from toimenpiteet.models.reading import columns_of
from toimenpiteet.round_days import Which
from toimenpiteet.selectors.history.answers import achieved, first_due, who_said
from toimenpiteet.selectors.indicators import printed
from toimenpiteet.selectors.plan.deadlines import stated
from toimenpiteet.selectors.plan.lateness import with_lateness
from toimenpiteet.selectors.rounds.evidence import named_in
from toimenpiteet.selectors.rounds.snapshot_changes import changes_of_round
from toimenpiteet.selectors.rounds.snapshot_goals import assessments_of_round, decisions_of_round
from toimenpiteet.selectors.rounds.snapshot_people import Act, reminded, units_of
from toimenpiteet.selectors.rounds.snapshot_values import day_text, instant_text, words_in, words_of
from toimenpiteet.snapshots import Snapshot, WholePlan
from toimenpiteet.workflow import LateBecause, Status

_Row = dict[str, Any]


def kept(scope: Scope, round_id: int) -> RoundSnapshot | None:
    """Return the snapshot of a locked round that exists for the person, None before its lock."""
    return access.visible(scope, RoundSnapshot).filter(round=round_id).first()


def content(snapshot: RoundSnapshot) -> Snapshot:
    """Return what a kept snapshot says."""
    said: Snapshot = json.loads(bytes(snapshot.data))
    return said


def snapshot(asked: ReportingRound, at: datetime) -> Snapshot:
    """Return all that the report of a round says at the instant `at`; some twenty queries at any size."""
    return {
        **_whole_plan(asked.strategy, asked, at),
        "format": snapshots.FORMAT,
        "round": _round(asked),
        "indicators": _indicators(asked),
        "changes": changes_of_round(asked),
        "assessments": assessments_of_round(asked),
        "decisions": decisions_of_round(asked, local_day(at)),
    }


def whole_plan(strategy: Strategy, at: datetime) -> WholePlan:
    """Return the plan of a strategy, every period, as it is now; `at` says when that is. Ten queries at any size."""
    return _whole_plan(strategy, None, at)


def _whole_plan(strategy: Strategy, asked: ReportingRound | None, at: datetime) -> WholePlan:
    return {
        "frozen_at": instant_text(at),
        "municipality": _municipality(strategy.municipality),
        "strategy": {"key": strategy.key, "name": words_of(strategy, "name")},
        "goals": _goals(strategy),
        "plans": _plans(strategy, asked, local_day(at)),
    }


def _municipality(town: Municipality) -> snapshots.Municipality:
    told: snapshots.Municipality = {
        "key": town.key,
        "name": words_of(town, "name"),
        "language": town.language,
        "demonstration": town.demonstration,
        "colour": town.colour,
        "words": words_of(town, "report_words"),
    }
    if town.logo:
        told["logo"] = {"sha256": town.logo.sha256, "words": words_of(town, "logo_words")}
    return told


def _round(asked: ReportingRound) -> snapshots.Round:
    days = dict(columns_of(asked.days.all(), ["which", "holds_on"]))
    return {
        "kind": asked.kind,
        "year": asked.year,
        "status": asked.status,
        "body": words_of(asked, "body"),
        "status_on": day_text(days.get(Which.STATUS_DAY)) or "",
        "opens_on": asked.opens_on.isoformat(),
        "answers_due_on": asked.due_on.isoformat(),
        "review_ends_on": day_text(days.get(Which.REVIEW_ENDS)) or "",
    }


def _goals(strategy: Strategy) -> list[snapshots.Goal]:
    columns = ["key", "number", "binding", "counting", "counting_share", *_texts("name", "theme__name")]
    goals = Goal.objects.filter(strategy=strategy).order_by("number", "order", "pk")
    return [
        {
            "key": row["key"],
            "number": row["number"],
            "name": words_in(row, "name"),
            "theme": words_in(row, "theme__name"),
            "binding": row["binding"],
            "counting": row["counting"],
            "counting_share": row["counting_share"],
        }
        for row in _read(goals, columns)
    ]


# Plans

_PLAN = [
    *("pk", "item__key", "item__goal__key", "status", "due_on", "due_precision", "next_deadline_on", "source"),
    *("late_because", "late_since", "period__key", "period__start_year", "period__end_year"),
]


def _plans(strategy: Strategy, asked: ReportingRound | None, today: date) -> list[snapshots.Plan]:
    plans = PeriodPlan.objects.filter(item__strategy=strategy).order_by(
        "item__goal__number", "item__goal__order", "item__goal", "item__order", "item", "period__start_year"
    )
    rows = _read(with_lateness(plans, today), [*_PLAN, *_texts("item__name", "period__name", "text")])
    found = _Found(strategy, asked, [row["pk"] for row in rows], today)
    return [_plan(row, found) for row in rows]


class _Found:
    """What is read beside the plans, each by plan and in one query; without a round nothing was asked."""

    def __init__(self, strategy: Strategy, asked: ReportingRound | None, plans: Sequence[int], today: date) -> None:
        self.asked, self.today = asked, today
        own = {"plan__item__strategy": strategy}
        self.units = _by_plan(PlanUnit.objects.filter(**own), ["unit_id", "unit__key", *_texts("unit__name")])
        self.projects = _by_plan(PlanProject.objects.filter(**own), _texts("project__name"))
        self.budget_lines = _by_plan(PlanBudgetLine.objects.filter(**own), _texts("budget_line__name"))
        self.means = _by_plan(PlanMeans.objects.filter(**own), _texts("text"))
        self.steps = _by_plan(
            Step.objects.filter(**own),
            ["done", "done_on", "due_on", "due_precision", "date_kind", *_texts("text")],
        )
        self.first_due = first_due(plans)
        self.reports = {row.plan_id: row for row in StatusReport.objects.filter(round=asked)} if asked else {}
        units = {plan: [unit["unit_id"] for unit in found] for plan, found in self.units.items()}
        self.sayers = who_said(asked.pk) if asked else {}
        said = {pk: Act(by, local_day(at), units.get(pk, [])) for pk, by in self.sayers.items() if (at := self._at(pk))}
        self.said_in = units_of(said, strategy.municipality_id)
        self.reminded = reminded(asked, units) if asked else {}
        self.achieved = achieved(strategy) if asked else {}
        self.before = _before(asked) if asked else {}
        self.silent = silent_before(asked) if asked else {}
        self.evidence = named_in(asked, "plan") if asked else {}

    def _at(self, plan: int) -> datetime | None:
        return self.reports[plan].answered_at if plan in self.reports else None


def _by_plan(rows: "QuerySet[Any]", columns: list[str]) -> Mapping[int, list[_Row]]:
    found: dict[int, list[_Row]] = defaultdict(list)
    for row in _read(rows.order_by("order", "pk"), ["plan_id", *columns]):
        found[row["plan_id"]].append(row)
    return found


def _plan(row: _Row, found: _Found) -> snapshots.Plan:
    pk, report = row["pk"], found.reports.get(row["pk"])
    first = found.first_due.get(pk)
    steps = found.steps.get(pk, [])
    return {
        "item": row["item__key"],
        "goal": row["item__goal__key"],
        "name": words_in(row, "item__name"),
        "period": {
            "key": row["period__key"],
            "name": words_in(row, "period__name"),
            "start_year": row["period__start_year"],
            "end_year": row["period__end_year"],
        },
        "text": words_in(row, "text"),
        "status": row["status"],
        "due_on": day_text(row["due_on"]),
        "due_precision": row["due_precision"],
        "first_due_on": day_text(first) if first != row["due_on"] else None,
        "deadline_on": row["next_deadline_on"].isoformat(),
        "late": {"because": row["late_because"], "since": row["late_since"].isoformat()} if row["late_since"] else None,
        "units": [{"key": unit["unit__key"], "name": words_in(unit, "unit__name")} for unit in found.units.get(pk, [])],
        "projects": [words_in(one, "project__name") for one in found.projects.get(pk, [])],
        "budget_lines": [words_in(one, "budget_line__name") for one in found.budget_lines.get(pk, [])],
        "means": [words_in(one, "text") for one in found.means.get(pk, [])],
        "steps": [_step(step) for step in steps],
        "asked": report is not None,
        "asked_at": found.asked.opens_on.isoformat() if found.asked and report else None,
        "reminded_at": found.reminded.get(pk, []) if report else [],
        "answer": _answer(report, found) if report else None,
        "before": found.before.get((row["item__key"], row["period__key"])),
        "computed": _computed(row, steps, found) if found.asked else None,
        "source": row["source"],
        "achieved": found.achieved.get(pk, ""),
    }


def _step(row: _Row) -> snapshots.Step:
    return {
        "text": words_in(row, "text"),
        "done": row["done"],
        "done_on": day_text(row["done_on"]),
        "due_on": day_text(row["due_on"]),
        "due_precision": row["due_precision"],
        "date_kind": row["date_kind"],
    }


def _answer(report: StatusReport, found: _Found) -> snapshots.Answer:
    by = found.sayers.get(report.plan_id)
    return {
        "said": report.said,
        "review": report.review,
        "light": report.light,
        "text": report.text,
        "cause": report.cause,
        "next_step": report.next_step,
        "unknown_because": report.unknown_because,
        "known_on": day_text(report.known_on),
        "answered_at": instant_text(report.answered_at) if report.answered_at else None,
        "role": by.role if by else "",
        "unit": found.said_in.get(report.plan_id),
        "review_text": report.review_text,
        "evidence": found.evidence.get(report.plan_id, []),
    }


def _computed(row: _Row, steps: Sequence[_Row], found: _Found) -> snapshots.Computed:
    report = found.reports.get(row["pk"])
    nothing = report is not None and report.said == Said.NOTHING
    first, last = row["period__start_year"], row["period__end_year"]
    light = computed(
        Facts(
            status=Status(row["status"]),
            start=date(first, 1, 1),
            end=stated(row["due_on"], last),
            late=LateBecause(row["late_because"]) if row["late_because"] else None,
            steps_done=sum(step["done"] for step in steps),
            steps_all=len(steps),
            silent=found.silent[row["pk"]] + 1 if nothing else 0,
            today=found.today,
        )
    )
    return {"light": light.light.value, "because": [reason.value for reason in light.because]}


def _before(asked: ReportingRound) -> dict[tuple[str, str], snapshots.Before]:
    """Return how each plan, by item and period, stood in the snapshot of the last locked round before this one."""
    earlier = RoundSnapshot.objects.filter(round__strategy=asked.strategy_id, round__due_on__lt=asked.due_on)
    last = earlier.order_by("-round__due_on").first()
    if last is None:
        return {}
    said = content(last)
    return {
        (plan["item"], plan["period"]["key"]): {
            "kind": said["round"]["kind"],
            "year": said["round"]["year"],
            "said": plan["answer"]["said"] if plan["answer"] else Said.NOTHING.value,
            "light": plan["answer"]["light"] if plan["answer"] else "",
            "text": plan["answer"]["text"] if plan["answer"] else "",
            "status": plan["status"],
        }
        for plan in said["plans"]
    }


def silent_before(asked: ReportingRound, plans: Collection[int] | None = None) -> Mapping[int, int]:
    """Return in how many rounds running before this one nothing was said of each plan, or of some `plans` alone."""
    earlier = StatusReport.objects.filter(round__strategy=asked.strategy_id, round__due_on__lt=asked.due_on)
    earlier = earlier if plans is None else earlier.filter(plan__in=plans)
    silent: dict[int, int] = defaultdict(int)
    for plan, said in columns_of(earlier.order_by("round__due_on"), ["plan_id", "said"]):
        silent[plan] = silent[plan] + 1 if said == Said.NOTHING else 0
    return silent


# Indicators


def _indicators(asked: ReportingRound) -> list[snapshots.Indicator]:
    own = {"indicator__strategy": asked.strategy_id}
    figures = _by_indicator(
        IndicatorValue.objects.filter(**own), ["year", "kind", "value", "decimals", "next_expected_on", "doubt"]
    )
    of_target = ["operator", "value", "decimals", "by_year", "standing", "set_in", *_texts("note")]
    targets = _by_indicator(IndicatorTarget.objects.filter(**own), of_target)
    columns = ["pk", "key", "goal__key", "better", "unit_of_measure", "origin", *_texts("name")]
    rows = _read(Indicator.objects.filter(strategy=asked.strategy_id).order_by("order", "pk"), columns)
    return [
        {
            "key": row["key"],
            "name": words_in(row, "name"),
            "goal": row["goal__key"],
            "unit_of_measure": row["unit_of_measure"],
            "better": row["better"],
            "origin": row["origin"],
            "figures": [_figure(figure) for figure in figures.get(row["pk"], [])],
            "targets": [_target(target) for target in targets.get(row["pk"], [])],
        }
        for row in rows
    ]


def _by_indicator(rows: "QuerySet[Any]", columns: list[str]) -> Mapping[int, list[_Row]]:
    found: dict[int, list[_Row]] = defaultdict(list)
    for row in _read(rows.order_by("order", "pk"), ["indicator_id", *columns]):
        found[row["indicator_id"]].append(row)
    return found


def _figure(row: _Row) -> snapshots.Figure:
    return {
        "year": row["year"],
        "kind": row["kind"],
        "value": _decimal(row),
        "next_expected_on": day_text(row["next_expected_on"]),
        "doubt": row["doubt"],
    }


def _target(row: _Row) -> snapshots.Target:
    return {
        "operator": row["operator"],
        "value": _decimal(row),
        "by_year": row["by_year"],
        "standing": row["standing"],
        "set_in": row["set_in"],
        "note": words_in(row, "note"),
    }


# Values


def _read(rows: "QuerySet[Any]", columns: list[str]) -> list[_Row]:
    return [dict(zip(columns, row, strict=True)) for row in columns_of(rows, columns)]


def _texts(*names: str) -> list[str]:
    return [column for name in names for column in columns_for(name)]


def _decimal(row: _Row) -> str | None:
    value = printed(row["value"], row["decimals"])
    return None if value is None else f"{value:f}"
