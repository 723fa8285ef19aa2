"""What must agree between rows, which no constraint of one table can say: checked before a part is saved."""

from collections.abc import Callable, Collection, Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext as _

from toimenpiteet import access, labels
from toimenpiteet.access import UnitTree
from toimenpiteet.calendar import Due, Precision, format_due
from toimenpiteet.dates import flaw_words
from toimenpiteet.models import (
    ActionItem,
    Audited,
    BudgetLine,
    CalendarEntry,
    CoreValue,
    Evidence,
    FollowedDecision,
    FollowUp,
    Goal,
    GoalAssessment,
    GroupMember,
    Indicator,
    IndicatorTarget,
    IndicatorValue,
    LinkedGoal,
    Municipality,
    Nudge,
    PeriodPlan,
    PlanBudgetLine,
    PlanMeans,
    PlanPeriod,
    PlanProject,
    PlanSuccessor,
    PlanUnit,
    ProcessEvent,
    Programme,
    ProgrammeStrategy,
    ProgrammeTheme,
    Project,
    ProjectAlias,
    StatusReport,
    Step,
    Strategy,
    StrategyPart,
    SuccessFactor,
    Theme,
    Unit,
    UnitAlias,
    User,
)
from toimenpiteet.models.people import UnitKind
from toimenpiteet.models.strategy import GoalCounting
from toimenpiteet.round_days import RoundKind, Which, flaw
from toimenpiteet.selectors.units.units import named_unit, spelling, without_unit
from toimenpiteet.services import text
from toimenpiteet.services.errors import Invalid, PlanClosed
from toimenpiteet.services.typed_settings import days_are_read, synonyms_are_read, weeks_are_read
from toimenpiteet.workflow import CLOSED, Status

TEXT_LIMIT = 50_000
_KEY_LENGTH = 80
# A step is one concrete thing.
_LIMITS: dict[type[models.Model], int] = {Step: 5000}

# Filled from the parent, so that nobody has to choose it twice.
TAKEN_FROM: dict[type[Audited], dict[str, str]] = {
    Goal: {"strategy_id": "theme.strategy_id"},
    ActionItem: {"strategy_id": "goal.strategy_id", "municipality_id": "goal.strategy.municipality_id"},
    PeriodPlan: {"municipality_id": "item.municipality_id"},
}
# Under which row each stands, in one list with the others that do.
PARENT: dict[type[Audited], str] = {
    Unit: "municipality", UnitAlias: "unit", GroupMember: "group", Project: "municipality", ProjectAlias: "project",
    BudgetLine: "municipality", Programme: "municipality", ProgrammeStrategy: "programme", ProgrammeTheme: "programme",
    Strategy: "municipality", StrategyPart: "strategy", ProcessEvent: "strategy", FollowUp: "strategy",
    CoreValue: "strategy", PlanPeriod: "strategy", CalendarEntry: "strategy", Theme: "strategy", SuccessFactor: "theme",
    Goal: "theme", ActionItem: "goal", LinkedGoal: "item", PeriodPlan: "item", PlanUnit: "plan", PlanProject: "plan",
    PlanBudgetLine: "plan", PlanMeans: "plan", Step: "plan", Indicator: "strategy", IndicatorValue: "indicator",
    IndicatorTarget: "indicator", FollowedDecision: "strategy",
}  # fmt: skip
# Within one strategy.
_SAME_STRATEGY: dict[type[Audited], tuple[tuple[str, str], ...]] = {
    Theme: (("parent.strategy_id", "strategy_id"),),
    Goal: (("theme.strategy_id", "strategy_id"),),
    ActionItem: (("goal.strategy_id", "strategy_id"),),
    PeriodPlan: (("period.strategy_id", "item.strategy_id"),),
    PlanSuccessor: (("item.strategy_id", "plan.item.strategy_id"),),
    Indicator: (("theme.strategy_id", "strategy_id"), ("goal.strategy_id", "strategy_id")),
    StatusReport: (("round.strategy_id", "plan.item.strategy_id"),),
    Evidence: (("plan.item.strategy_id", "round.strategy_id"), ("goal.strategy_id", "round.strategy_id")),
    GoalAssessment: (("goal.strategy_id", "round.strategy_id"),),
    Nudge: (("plan.item.strategy_id", "round.strategy_id"),),
}
# A programme may be shared between municipalities (docs/domain.md, "Municipality").
_MAY_CROSS = {(ProgrammeStrategy, "strategy"), (ProgrammeTheme, "theme"), (Indicator, "programme")}
# A day or year outside these is a slip of the keys, and every list that counts from it would suffer.
FIRST_YEAR, LAST_YEAR = 1800, 2199
YEARS = {"year", "start_year", "end_year", "by_year", "vision_year"}
_DERIVED: dict[type[Audited], set[str]] = {PeriodPlan: {"next_deadline_on", "status"}}


def _value(obj: Any, path: str) -> Any:
    for name in path.split("."):
        obj = getattr(obj, name) if obj is not None else None
    return obj


def fill(obj: Audited) -> None:
    """Take from its parents what an object has in common with them."""
    for name, path in TAKEN_FROM.get(type(obj), {}).items():
        setattr(obj, name, _value(obj, path))


def fill_key(obj: Any) -> None:
    """Make the key of an object that has none, from its first text; keys are unique beside their siblings."""
    if not hasattr(obj, "key") or obj.key:
        return
    translated = ((field.name, value) for field, value in texts(obj) if hasattr(field, "translated_field"))
    spoken = sorted(((name, value) for name, value in translated if value), key=lambda one: "name_" not in one[0])
    wanted = slugify(spoken[0][1]) if spoken else ""
    base = wanted[: _KEY_LENGTH - 10].strip("-") or type(obj).__name__.lower()
    taken = set(_siblings(obj).filter(key__startswith=base).values_list("key", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    obj.key = next(key for key in (base, *numbered) if key not in taken)


def _siblings(obj: Audited) -> "models.QuerySet[Any]":
    siblings = type(obj)._default_manager.all()
    for constraint in obj._meta.constraints:
        names = getattr(constraint, "fields", ())
        if "key" in names:
            return siblings.filter(**{name: getattr(obj, name) for name in names if name != "key"})
    return siblings


def check(obj: Audited, before: Audited | None = None, *, stated: bool = False) -> None:
    """Raise Invalid, naming the field, when `obj` as it is could not be saved or would not agree with other rows.

    `before` is the row as it stands, unless it is new. `stated` says that a document states it: then nobody chooses,
    and what is refused by the database itself is left to it.
    """
    _check_years(obj)
    _check_dates(obj)
    for rule in _ON_ITS_OWN.get(type(obj), ()):
        rule(obj)
    _check_fields(obj, stated=stated)
    _check_texts(obj)
    _check_municipality(obj)
    for path, own in _SAME_STRATEGY.get(type(obj), ()):
        if _value(obj, path) not in {None, _value(obj, own)}:
            raise Invalid(
                _("This belongs to another strategy. Choose one of the same strategy."), field=path.split(".")[0]
            )
    for rule in _RULES.get(type(obj), ()):
        rule(obj)
    if type(obj) in _CHOICES and not stated:
        _CHOICES[type(obj)](obj, before)


def check_open(obj: Audited) -> None:
    """Raise PlanClosed when `obj` is a part of a closed plan that stays as it was then: a step or means."""
    if isinstance(obj, Step | PlanMeans) and Status(obj.plan.status) in CLOSED:
        raise PlanClosed


def check_plans(keys: Collection[int]) -> None:
    """Raise Invalid when one of these plans has no responsible unit."""
    if keys and without_unit().filter(pk__in=keys).exists():
        raise Invalid(_("A plan always has a responsible unit. Choose at least one."), field="unit")


def check_year(value: object, field: str) -> None:
    """Raise Invalid, naming the field, when `value`, a day or a year, lies outside FIRST_YEAR and LAST_YEAR."""
    year = value.year if isinstance(value, date) else value
    if isinstance(year, int) and not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(
            _("The year %(year)s cannot be right. Give one between %(first)s and %(last)s.")
            % {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR},
            field=field,
        )


def check_has_come(day: date, field: str, today: date) -> None:
    """Raise Invalid, naming the field, when a body is said to have decided on a day that is still to come."""
    if day > today:
        raise Invalid(_("This day is still to come. Write it down when the body has decided."), field=field)
    check_year(day, field)


def _check_years(obj: Audited) -> None:
    for field in obj._meta.concrete_fields:
        if isinstance(field, models.DateField) or field.name in YEARS:
            check_year(getattr(obj, field.attname), field.name)


def _check_dates(obj: Any) -> None:
    """Say in words what the constraints on days and years would only refuse."""
    for first, last in (("start_year", "end_year"), ("valid_from", "valid_until"), ("start_on", "end_on")):
        begin, end = getattr(obj, first, None), getattr(obj, last, None)
        if begin is not None and end is not None and begin > end:
            raise Invalid(_("It would end before it begins. Change one of the two."), field=last)
    due, precision = getattr(obj, "due_on", None), getattr(obj, "due_precision", None)
    if precision is None:
        return
    if (due is None) != (precision == ""):
        raise Invalid(_("Give both the day and how exactly it is stated, or neither."), field="due_precision")
    if due is not None:
        _check_last_day(due, precision)
    if (due is None) != (getattr(obj, "date_kind", precision) == ""):
        raise Invalid(_("Say what the date means, or leave both empty."), field="date_kind")


def _check_last_day(due: date, precision: str) -> None:
    try:
        format_due(Due(due, Precision(precision)))
    except ValueError as error:
        raise Invalid(
            _("Give the last day of what is stated: of the month, season, half-year or year."), field="due_on"
        ) from error


def _check_fields(obj: Audited, *, stated: bool) -> None:
    left = {field.name for field in obj._meta.concrete_fields if field.is_relation and stated}
    left |= _DERIVED.get(type(obj), set()) | _mirrors(obj)
    try:
        obj.full_clean(exclude=left, validate_unique=not stated, validate_constraints=not stated)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(" ".join(messages), field="" if field == "__all__" else field) from error


def _mirrors(obj: Audited) -> set[str]:
    """Return the unsuffixed fields, which read and write whatever language is active."""
    originals = (getattr(field, "translated_field", None) for field in obj._meta.concrete_fields)
    return {original.name for original in originals if original}


def texts(obj: Audited) -> "Iterator[tuple[models.Field[Any, Any], str]]":
    """Yield the fields of `obj` that hold text, and their texts."""
    mirrors = _mirrors(obj)
    for field in obj._meta.concrete_fields:
        if field.name in mirrors:
            continue
        value = getattr(obj, field.attname)
        if isinstance(field, models.CharField | models.TextField) and isinstance(value, str):
            yield field, value


def tidied(field: "models.Field[Any, Any]", value: str) -> str | None:
    """Return a text as it is kept; raises Invalid, naming the field, for what no person types and for too much."""
    limit = field.max_length or _LIMITS.get(field.model, TEXT_LIMIT)
    # A language without a text is empty in the table.
    return text.clean(value, field=field.name, limit=limit) or (None if field.null else "")


def _check_texts(obj: Audited) -> None:
    """Refuse what no person types, and a name that is missing in the municipality's own language."""
    for field, value in texts(obj):
        tidied(field, value)
    language = _language(obj)
    for field in obj._meta.concrete_fields:
        original = getattr(field, "translated_field", None)
        if original is None or original.blank or getattr(field, "language", "") != language:
            continue
        if not (getattr(obj, field.attname) or "").strip():
            raise Invalid(_("Give this at least in the municipality's own language."), field=field.name)


def _language(obj: Audited) -> str:
    if isinstance(obj, Municipality):
        return obj.language
    return Municipality.objects.get(pk=access.municipality_of(obj)).language


def _check_municipality(obj: Audited) -> None:
    owner = obj.pk if isinstance(obj, Municipality) else access.municipality_of(obj)
    for field in obj._meta.concrete_fields:
        target = getattr(obj, field.name) if field.is_relation else None
        # People belong to no municipality: their roles do.
        if not isinstance(target, Audited) or isinstance(target, User) or (type(obj), field.name) in _MAY_CROSS:
            continue
        if access.municipality_of(target) != owner:
            raise Invalid(_("This belongs to another municipality. Choose one of your own."), field=field.name)


# Rules of single kinds of rows


def _no_ring(name: str) -> Callable[[Any], None]:
    def rule(obj: Any) -> None:
        seen, above = {obj.pk}, getattr(obj, name)
        while above is not None and obj.pk is not None:
            if above.pk in seen:
                raise Invalid(_("That would make a ring: it already stands above this one."), field=name)
            seen.add(above.pk)
            above = getattr(above, name)

    return rule


def _alias_is_new(alias: UnitAlias, before: UnitAlias | None) -> None:  # noqa: ARG001  # one shape for all
    if not spelling(alias.text):
        raise Invalid(_("Write the other spelling."), field="text")
    found = named_unit(alias.unit.municipality_id, alias.text)
    if found is not None and found.pk != alias.unit_id:
        raise Invalid(
            _("This spelling already names another unit: %(unit)s. Use one that is different.") % {"unit": found.name},
            field="text",
        )


def _member_fits(member: GroupMember) -> None:
    if member.group.kind != UnitKind.GROUP:
        raise Invalid(_("%(unit)s is no group, so it has no members.") % {"unit": member.group.name}, field="group")
    tree = UnitTree.load([member.group.municipality_id])
    if member.group_id in tree.within(member.unit_id):
        raise Invalid(_("That would make a ring: the group already belongs to this unit."), field="unit")


def _group_keeps_its_kind(unit: Unit) -> None:
    if unit.kind != UnitKind.GROUP and GroupMember.objects.filter(group=unit.pk).exists():
        raise Invalid(_("The unit has members, so it stays a group. Take the members out first."), field="kind")


def _unit_goes_on(obj: Any, before: Any) -> None:
    # A unit that has ended stays where it stands.
    unit = None if before is not None and before.unit_id == obj.unit_id else obj.unit
    if unit is not None and unit.successor_id is not None:
        raise Invalid(_("%(unit)s has ended. Choose the unit that follows it.") % {"unit": unit.name}, field="unit")


def _rule_is_one(entry: CalendarEntry, before: CalendarEntry | None) -> None:  # noqa: ARG001  # one shape for all
    """Refuse a rule that is none, and one that would bring the days of some year's round out of their order."""
    kind, which = RoundKind(entry.kind), Which(entry.which)
    others = CalendarEntry.objects.filter(strategy=entry.strategy_id, kind=kind.value).exclude(pk=entry.pk)
    own = {Which(other.which): other.rule for other in others} | {which: entry.rule}
    try:
        found = flaw(kind, own)
    except ValueError as error:
        raise Invalid(str(labels.RULE_FLAW[str(error)]), field="rule") from error
    if found is not None:
        raise Invalid(flaw_words(found), field="rule")


def _share_has_number(goal: Goal) -> None:
    share = goal.counting_share
    if (goal.counting == GoalCounting.SHARE) != (share is not None) or (share is not None and not 1 <= share <= 100):
        raise Invalid(
            _("Give a share between 1 and 100 per cent where a share decides, and only there."), field="counting_share"
        )


def _compares_with_another(target: IndicatorTarget) -> None:
    above = target.operator == IndicatorTarget.Operator.ABOVE
    if target.above_indicator_id is not None and (not above or target.above_indicator_id == target.indicator_id):
        raise Invalid(_("Choose another indicator, and only with “above another indicator”."), field="above_indicator")
    if target.value is not None and (above or target.operator == IndicatorTarget.Operator.NONE):
        raise Invalid(_("Leave the value empty: this target has none."), field="value")


def _done_says_what(decision: FollowedDecision) -> None:
    if decision.done_on is None:
        return
    if decision.done_on < decision.decided_on:
        raise Invalid(_("It cannot be done before it was decided. Change one of the two days."), field="done_on")
    if not decision.outcome:
        raise Invalid(_("Say what was done."), field="outcome")


# Asked before Django's own checks, which would only name a constraint of the table.
_ON_ITS_OWN: dict[type[Audited], tuple[Callable[[Any], None], ...]] = {
    Goal: (_share_has_number,),
    IndicatorTarget: (_compares_with_another,),
    FollowedDecision: (_done_says_what,),
}
_RULES: dict[type[Audited], tuple[Callable[[Any], None], ...]] = {
    Unit: (_no_ring("parent"), _no_ring("successor"), _group_keeps_its_kind),
    Theme: (_no_ring("parent"),),
    GroupMember: (_member_fits,),
    Strategy: (days_are_read,),
    Municipality: (weeks_are_read, synonyms_are_read),
}
# Of what people choose. A document may use one spelling for two units, and name a unit that has ended since.
_CHOICES: dict[type[Audited], Callable[[Any, Any], None]] = {
    # Files are looked at whole, before anything of them is written.
    CalendarEntry: _rule_is_one,
    UnitAlias: _alias_is_new,
    PlanUnit: _unit_goes_on,
    Step: _unit_goes_on,
}
