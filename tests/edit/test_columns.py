"""Every column that people fill in is everywhere: on forms, in files, API, history, copies and search.

Whoever adds a field to a model is told here where it is missing. A column that is missing somewhere on purpose is
exempt with the reason.
"""

import inspect
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import models
from rest_framework import serializers

from tests import make
from tests.exchange import files
from toimenpiteet import access
from toimenpiteet.api import change_serializers, round_serializers, strategy_serializers
from toimenpiteet.api import serializers as shapes
from toimenpiteet.exchange.strategy.matching import Rows
from toimenpiteet.languages import base_of
from toimenpiteet.models import Actor, Audited, Door, PeriodPlan, PlanMeans, Step
from toimenpiteet.selectors.history.stream import tracked_models
from toimenpiteet.services import audited, rules, search
from toimenpiteet.services.plan import plans
from toimenpiteet.web.edit.editables import EDITABLES, NESTED

pytestmark = pytest.mark.once

Columns = dict[str, set[str]]
TRACKED = {model.__name__: model for model in tracked_models()}
PLACES = ("form", "file", "api", "history", "copy", "search")


def plain(name: str) -> str:
    """Return the name of a field without language and key: what it is called in all of these places."""
    name = name.removesuffix("_id")
    return base_of(name) or name


def fields(model: type[Audited]) -> dict[str, Any]:
    """Return the fields that people fill in, a translated one once."""
    own = [field for field in model._meta.concrete_fields if field.editable and not field.primary_key]
    return {plain(field.name): field for field in own}


def is_text(field: Any) -> bool:
    """Tell whether people write the field in words of their own."""
    return isinstance(field, models.CharField | models.TextField) and not field.choices


# Where each column is


def on_forms() -> Columns:
    """Return the columns on the keepers' pages: in a form, chosen by where it is opened, moved, or filled in."""
    found: Columns = defaultdict(set)
    for editable in EDITABLES.values():
        names = {*editable.columns(making=True), editable.parent, editable.moves, NESTED.get(editable.name, "")}
        found[editable.model.__name__] |= {
            plain(name) for name in names | rules.TAKEN_FROM.get(editable.model, {}).keys()
        }
        # Lists are put in order on a page of their own.
        found[editable.model.__name__] |= {"order"} if editable.above else set()
        for linked in editable.linked:
            found[linked.links.model.__name__] |= {linked.links.near, linked.links.far}
    return found


@pytest.fixture
def in_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: None) -> Columns:
    """Return the columns that a load writes from a file."""
    found: Columns = defaultdict(set)
    put = inspect.unwrap(Rows.put)

    def noted(writing: Rows, model: type[Audited], identity: Any, values: Any, once: Any = None) -> Any:
        found[model.__name__] |= {plain(name) for name in (*identity, *values, *(once or ()))}
        found[model.__name__] |= {plain(name) for name in rules.TAKEN_FROM.get(model, {})}
        return put(writing, model, identity, values, once)

    monkeypatch.setattr(Rows, "put", noted)
    group = ("    members_kind: service_area\n", "    members_kind: service_area\n    members: [tietohallinto]\n")
    goals = (
        "              lead: tietohallinto\n",
        "              lead: tietohallinto\n              linked_goals: [talous]\n",
    )
    steps = (
        "                  steps:\n",
        "                  means: [{key: verkosto, text: Verkosto, source: 007:15}]\n                  steps:\n",
    )
    files.load(files.written(tmp_path, files.edited(group, goals, steps)))
    return found


# Which shape shows a row, and for links which list of it does.
SHAPES: dict[str, tuple[type[serializers.Serializer[Any]], ...]] = {
    "ActionItem": (shapes.ItemInFull,),
    "ChangeRequest": (change_serializers.ChangeRequest,),
    "CoreValue": (strategy_serializers.CoreValue,),
    "FollowUp": (strategy_serializers.FollowUp,),
    "FollowedDecision": (strategy_serializers.FollowedDecision,),
    "Goal": (shapes.Goal,),
    "Indicator": (shapes.IndicatorRow,),
    "IndicatorTarget": (shapes.Target,),
    "IndicatorValue": (shapes.Figure,),
    "PeriodPlan": (shapes.Plan,),
    "PlanMeans": (shapes.Means,),
    "PlanPeriod": (shapes.PeriodInStrategy,),
    "ProcessEvent": (strategy_serializers.Event,),
    "Programme": (strategy_serializers.ProgrammeRow,),
    "Project": (shapes.ProjectRow,),
    "ReportingRound": (round_serializers.Round,),
    "RoundDay": (round_serializers.RoundDay,),
    "Step": (shapes.StepRow,),
    "Strategy": (strategy_serializers.StrategyInFull,),
    "StrategyPart": (strategy_serializers.Part,),
    "SuccessFactor": (strategy_serializers.SuccessFactor,),
    "Theme": (strategy_serializers.Theme,),
    "Unit": (shapes.Unit,),
}
LISTS = {
    "GroupMember": (shapes.Unit, "members"),
    "LinkedGoal": (shapes.ItemInFull, "linked_goals"),
    "PlanBudgetLine": (shapes.Plan, "budget_lines"),
    "PlanProject": (shapes.Plan, "projects"),
    "PlanSuccessor": (shapes.Plan, "continues_in"),
    "PlanUnit": (shapes.Plan, "units"),
    "ProgrammeStrategy": (strategy_serializers.StrategyInFull, "programmes"),
    "ProjectAlias": (shapes.ProjectRow, "aliases"),
    "UnitAlias": (shapes.Unit, "aliases"),
}


def in_api() -> Columns:
    """Return the columns that leave through the API: those that a serializer names, or reads from."""
    found: Columns = defaultdict(set)
    for name, classes in SHAPES.items():
        for shape in classes:
            for field, made in shape().fields.items():
                read = getattr(made, "columns", ())  # a day with its precision
                found[name] |= {plain(said) for said in (field, made.source or "", *read)}
    for name, (shape, field) in LISTS.items():
        assert field in shape().fields, (name, field)
        found[name] |= fields(TRACKED[name]).keys() - {"order"}
    return found


def in_history() -> Columns:
    """Return the columns of which each change is kept."""
    return {
        name: {plain(field.name) for field in model.history.model.tracked_fields} for name, model in TRACKED.items()
    }


def in_search() -> Columns:
    """Return the texts that the search reads."""
    return {model.__name__: set(names) for model, names in search.SEARCHED.items()}


def filled_in(model: type[Audited], **given: Any) -> dict[str, Any]:
    """Return a value for each column that people fill in, other than its default; relations are `given`."""
    found: dict[str, Any] = {}
    for name, field in ((field.name, field) for field in model._meta.concrete_fields):
        if not field.editable or field.primary_key or field.is_relation or getattr(field, "translations", None):
            continue
        if field.choices:
            found[name] = next(value for value, _label in reversed(field.choices) if value != field.get_default())
        elif isinstance(field, models.DateField):
            found[name] = date(2025, 12, 31)
        elif isinstance(field, models.BooleanField):
            found[name] = not field.get_default()
        else:
            found[name] = f"arvo {name}"[: field.max_length] if is_text(field) else 7
    return found | given


def in_copies() -> Columns:
    """Return the columns of a plan, its steps and means that a carrying over copies."""
    world = make.World()
    stamp = make.stamp()
    plan = make.plan(world.item, world.earlier, **filled_in(PeriodPlan, due_precision="year"))
    unit = make.unit(world.municipality, "Tilapalvelut")
    step = audited.add(Step(plan=plan, **filled_in(Step, unit=unit, due_precision="year")), stamp)
    means = audited.add(PlanMeans(plan=plan, **filled_in(PlanMeans)), stamp)
    audited.remove(world.plan.unit_links.get(), stamp)
    audited.remove(world.plan, stamp)
    by: Any = {"actor": Actor.person(world.director, Door.PAGE), "now": make.NOW, "comment": "Jatkuu"}
    plans.move(plan.pk, "carry_over", scope=access.scope_of(world.director, make.TODAY), version=1, **by)
    later = PeriodPlan.objects.get(item=world.item, period=world.period)
    copies = ((plan, later), (step, Step.objects.get(plan=later)), (means, PlanMeans.objects.get(plan=later)))
    return {type(one).__name__: _alike(one, other) for one, other in copies}


def _alike(one: Audited, other: Audited) -> set[str]:
    same = {plain(field.name): True for field in type(one)._meta.concrete_fields}
    for field in type(one)._meta.concrete_fields:
        same[plain(field.name)] &= getattr(one, field.attname) == getattr(other, field.attname)
    return {name for name, alike in same.items() if alike}


# What is missing on purpose: place → column ("Model.column", "*.column" or "Model.*") → why

_OWN_WAY = {
    "ChangeRequest.*": "proposed and decided on pages of its own (services.plan.change_requests)",
    "Comment.*": "written, once, on the item page (services.plan.plans)",
    "Membership.*": "given and ended on the person's page (services.people)",
    "MunicipalityRole.*": "given and ended on the person's page (services.people)",
    "HandedOver.*": "written when a unit ends, read when that is taken back (services.units.handovers)",
    "AnswerCorrection.*": "given under an exception, on a page of its own (services.rounds.corrections)",
    "Evidence.*": "put beside an answer or a goal on the pages of its round (services.rounds.evidence)",
    "GoalAssessment.*": "said on the round's page of goals (services.rounds.assessments)",
    "Nudge.*": "asked for on the review of a round (services.rounds.nudges)",
    "PlanSuccessor.*": "named when a plan is carried over (services.plan.carrying_over)",
    "ReportingRound.*": "made ahead from the strategy's calendar (services.rounds)",
    "ReportFile.*": "made of a locked round (exchange.report.files)",
    "ReportVersion.*": "given on the page of the report (services.rounds.reports)",
    "RoundDay.*": "made ahead by the rules of days, and moved on the round's page (services.rounds)",
    "StatusReport.*": "answered on the round's page of answers (services.rounds.answers)",
    "StoredFile.*": "the file of a piece of evidence or of a report (services.files)",
    "UnitHandover.*": "written when a unit ends or gets a new name (services.units.handovers)",
    "Grant.*": "given and ended on the person's page (services.people.grants)",
    "GrantPlan.*": "given and ended on the person's page (services.people.grants)",
    "User.*": "invited and changed on the person's page (services.people)",
}
_INSIDE = {
    f"{name}.{rules.PARENT[TRACKED[name]]}": "the API shows it inside what it belongs to"
    for name in (
        *("CoreValue", "FollowUp", "FollowedDecision", "IndicatorTarget", "IndicatorValue", "PlanPeriod"),
        *("PlanMeans", "ProcessEvent", "StrategyPart", "Theme"),
    )
}
_NOT_LOOKED_FOR = "says where a row comes from: nobody looks for it in words"
EXEMPT: dict[str, dict[str, str]] = {
    "form": {
        **_OWN_WAY,
        "*.key": "made once from the first name, and kept for files and programs",
        "Municipality.demonstration": "set by the demonstration alone",
        "Municipality.logo": "put and taken away on a page of its own (services.logos)",
        "PlanBudgetLine.order": "the document's order, or that in which they were chosen",
        "PlanProject.order": "the document's order, or that in which they were chosen",
        "PlanUnit.order": "the document's order, or that in which they were chosen",
        "Unit.successor": "set when the unit ends or gets a new name (services.units)",
        "Unit.valid_until": "set when the unit ends or gets a new name (services.units)",
    },
    "file": {
        **_OWN_WAY,
        "FollowedDecision.*": "decided when the strategy is carried out, not stated in it",
        "Municipality.colour": "the look of the pages is not in the strategy",
        "Municipality.logo": "the look of reports is not in the strategy",
        "Municipality.logo_words": "the look of reports is not in the strategy",
        "Municipality.report_words": "the look of reports is not in the strategy",
        "Municipality.function_class": "of the city's case management, not of the strategy",
        "Municipality.retention": "of the city's case management, not of the strategy",
        "Municipality.demonstration": "set by the demonstration alone",
        "PlanPeriod.doubt": "a period is stated by the whole document, not in a place of it",
        "PlanPeriod.source": "a period is stated by the whole document, not in a place of it",
        "Strategy.order": "each strategy has a file of its own; their order is the city's",
        "Unit.email": "mailboxes are not in the strategy",
        "Strategy.remind_on_opening": "when a city reminds is not in the strategy",
        "Strategy.remind_before": "when a city reminds is not in the strategy",
        "Strategy.remind_after": "when a city reminds is not in the strategy",
        "Strategy.remind_above": "when a city reminds is not in the strategy",
        "Strategy.remind_due": "when a city reminds is not in the strategy",
        "Municipality.quiet_days": "when a city sends mails is not in the strategy",
        "Municipality.answer_by_link": "how a city answers is not in the strategy",
        "Municipality.synonyms": "what a city finds by is not in the strategy",
    },
    "api": {
        **{
            name: why
            for name, why in _OWN_WAY.items()
            if name not in {"PlanSuccessor.*", "ReportingRound.*", "RoundDay.*"}
        },
        **_INSIDE,
        "*.order": "rows leave in their order",
        "ChangeRequest.*": "what changes leaves inside `was` and `proposed`",
        "ActionItem.municipality": "said by its strategy",
        "BudgetLine.*": "named in the plans and projects that it pays for",
        "CalendarEntry.*": "the rounds made from it leave instead",
        "Municipality.*": "named in its strategies",
        "PeriodPlan.municipality": "said by its item",
        "PlanPeriod.doubt": "a period is stated by the whole document, not in a place of it",
        "PlanPeriod.key": "programs know it by its years",
        "PlanPeriod.source": "a period is stated by the whole document, not in a place of it",
        "Programme.municipality": "the API shows it inside the strategies that it carries out",
        "ProgrammeTheme.*": "not read by any program so far: a programme's page shows it",
        "RoundDay.round": "the API shows it inside what it belongs to",
        "Unit.email": "mailboxes are not handed out",
        "Unit.language": "of the mails to the mailbox, which is not handed out",
        "Strategy.remind_on_opening": "when a city reminds is set on its page, and the mails to come show it",
        "Strategy.remind_before": "when a city reminds is set on its page, and the mails to come show it",
        "Strategy.remind_after": "when a city reminds is set on its page, and the mails to come show it",
        "Strategy.remind_above": "when a city reminds is set on its page, and the mails to come show it",
        "Strategy.remind_due": "when a city reminds is set on its page, and the mails to come show it",
    },
    "history": {
        "User.name": "recorded as the key of a name that stands once",
        "User.email": "recorded as the key of an address that stands once",
        "User.password": "no history: it is nobody's to read",
        "User.last_login": "no history: the security log has it",
        "User.is_staff": "follows from the roles (services.people)",
    },
    "copy": {
        "PeriodPlan.due_on": "of the period that is over: the new one has its own end",
        "PeriodPlan.due_precision": "of the period that is over: the new one has its own end",
        "PeriodPlan.key": "that of its period",
        "PeriodPlan.order": "after the plan that is carried over",
        "PeriodPlan.period": "the next one",
        "PlanMeans.plan": "the new one",
        "Step.plan": "the new one",
    },
    "search": {
        "*.doubt": _NOT_LOOKED_FOR,
        "*.key": _NOT_LOOKED_FOR,
        "*.source": _NOT_LOOKED_FOR,
        "Grant.why": "who may act for whom is read on the person's page",
        "ChangeRequest.*": "read on the page of its item, which is found by its own words",
        "CalendarEntry.*": "read on the strategy's page, which is found by its own words",
        "Strategy.success_factors_called": "the heading over them, which is no name of a thing",
        "IndicatorTarget.set_in": "read beside its figure; the indicator is found by its own words",
        "IndicatorTarget.note": "read beside its figure; the indicator is found by its own words",
        "IndicatorValue.note": "read beside its figure; the indicator is found by its own words",
        "Municipality.*": "everything in the search is of the city that is looked at",
        "PlanPeriod.name": "years are chosen in lists, not looked for in words",
        "Nudge.text": "said to one unit, not to everybody who may search",
        "ReportingRound.body": "a round is found by its dates",
        "ReportFile.*": "a round is found by its dates",
        "ReportVersion.*": "a round is found by its dates",
        "RoundDay.*": "a round is found by its dates",
        "Evidence.*": "read beside the answer or goal that it proves, on the pages of its round",
        "FollowedDecision.*": "read on the strategy's page of decisions",
        "GoalAssessment.*": "read on the pages of its round",
        "AnswerCorrection.*": "read beside the locked answer, on the review of its round",
        "StoredFile.*": "the file of a piece of evidence or of a report (services.files)",
        "StatusReport.*": "read on the pages of its round",
        "Strategy.documents": _NOT_LOOKED_FOR,
        "Unit.email": "not shown to everybody who may search",
        "User.*": "people are found on the keepers' page of people",
        "Strategy.remind_before": "a setting, which nobody looks for",
        "Strategy.remind_after": "a setting, which nobody looks for",
        "Municipality.quiet_days": "a setting, which nobody looks for",
        "Municipality.synonyms": "a setting, which nobody looks for",
    },
}


def wanted(place: str) -> set[tuple[str, str]]:
    """Return each (model, column) that is to be at `place`."""
    return {
        (name, column)
        for name, model in TRACKED.items()
        for column, field in fields(model).items()
        if (place != "search" or is_text(field)) and (place != "copy" or model in {PeriodPlan, PlanMeans, Step})
    }


def exempt(place: str, name: str, column: str) -> str:
    """Return why the column is missing at the place, or ""."""
    reasons = EXEMPT[place]
    found = (reasons.get(key, "") for key in (f"{name}.{column}", f"*.{column}", f"{name}.*"))
    return next(filter(None, found), "")


@pytest.mark.parametrize("place", PLACES)
def test_each_column_that_people_fill_in_is_there_or_exempt_with_a_reason(
    place: str, request: pytest.FixtureRequest, db: None
) -> None:
    found: Columns = {
        "form": on_forms,
        "file": lambda: request.getfixturevalue("in_files"),
        "api": in_api,
        "history": in_history,
        "copy": in_copies,
        "search": in_search,
    }[place]()
    missing = {(name, column) for name, column in wanted(place) if column not in found.get(name, set())}
    assert sorted(f"{name}.{column}" for name, column in missing if not exempt(place, name, column)) == []
    # An exemption that no column needs any more goes.
    needed = {key for name, column in missing for key in (f"{name}.{column}", f"*.{column}", f"{name}.*")}
    assert sorted(EXEMPT[place].keys() - needed) == []
