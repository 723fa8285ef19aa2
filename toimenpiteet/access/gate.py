"""Which objects exist for a person. Not yours → it does not exist (404)."""

from collections.abc import Collection
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import Q
from django.http import Http404

from toimenpiteet.access.scope import Scope
from toimenpiteet.models import (
    ActionItem,
    AnswerCorrection,
    AnswerDraft,
    BudgetLine,
    CalendarEntry,
    ChangeRequest,
    Comment,
    CoreValue,
    Evidence,
    FollowedDecision,
    FollowUp,
    Goal,
    GoalAssessment,
    Grant,
    GrantPlan,
    GroupMember,
    HandedOver,
    Indicator,
    IndicatorTarget,
    IndicatorValue,
    LinkedGoal,
    Membership,
    Municipality,
    MunicipalityRole,
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
    ReportFile,
    ReportingRound,
    ReportVersion,
    RoundDay,
    RoundSnapshot,
    SearchDocument,
    StatusChange,
    StatusReport,
    Step,
    StoredFile,
    Strategy,
    StrategyPart,
    SuccessFactor,
    Theme,
    Told,
    Unit,
    UnitAlias,
    UnitHandover,
    User,
)

Row = TypeVar("Row", bound=models.Model)

# How each model that a request can ask for leads to its municipality and to its strategy's publication.
_TO_MUNICIPALITY: dict[type[models.Model], str] = {
    Municipality: "pk",
    Unit: "municipality",
    UnitAlias: "unit__municipality",
    GroupMember: "group__municipality",
    UnitHandover: "unit__municipality",
    HandedOver: "unit__municipality",
    Membership: "unit__municipality",
    Grant: "municipality",
    GrantPlan: "grant__municipality",
    MunicipalityRole: "municipality",
    Project: "municipality",
    ProjectAlias: "project__municipality",
    BudgetLine: "municipality",
    Programme: "municipality",
    ProgrammeStrategy: "programme__municipality",
    ProgrammeTheme: "programme__municipality",
    Strategy: "municipality",
    StrategyPart: "strategy__municipality",
    ProcessEvent: "strategy__municipality",
    FollowUp: "strategy__municipality",
    CoreValue: "strategy__municipality",
    PlanPeriod: "strategy__municipality",
    CalendarEntry: "strategy__municipality",
    ReportingRound: "strategy__municipality",
    RoundDay: "round__strategy__municipality",
    RoundSnapshot: "round__strategy__municipality",
    Told: "municipality",
    Nudge: "round__strategy__municipality",
    StoredFile: "municipality",
    ReportVersion: "round__strategy__municipality",
    ReportFile: "report__round__strategy__municipality",
    Theme: "strategy__municipality",
    SuccessFactor: "theme__strategy__municipality",
    Goal: "strategy__municipality",
    Indicator: "strategy__municipality",
    IndicatorValue: "indicator__strategy__municipality",
    IndicatorTarget: "indicator__strategy__municipality",
    ActionItem: "municipality",
    LinkedGoal: "item__municipality",
    PeriodPlan: "municipality",
    PlanUnit: "plan__municipality",
    PlanProject: "plan__municipality",
    PlanBudgetLine: "plan__municipality",
    PlanSuccessor: "plan__municipality",
    Step: "plan__municipality",
    PlanMeans: "plan__municipality",
    ChangeRequest: "plan__municipality",
    Comment: "plan__municipality",
    StatusChange: "plan__municipality",
    # By the round: plans are many, rounds are few.
    StatusReport: "round__strategy__municipality",
    AnswerCorrection: "report__round__strategy__municipality",
    Evidence: "round__strategy__municipality",
    GoalAssessment: "round__strategy__municipality",
    FollowedDecision: "strategy__municipality",
}
# What is missing here, nobody sees without signing in.
_TO_PUBLISHED: dict[type[models.Model], str] = {
    Municipality: "strategies__published",
    Unit: "municipality__strategies__published",
    UnitHandover: "unit__municipality__strategies__published",
    Project: "plan_links__plan__item__strategy__published",
    BudgetLine: "plan_links__plan__item__strategy__published",
    Programme: "strategy_links__strategy__published",
    Strategy: "published",
    StrategyPart: "strategy__published",
    ProcessEvent: "strategy__published",
    FollowUp: "strategy__published",
    FollowedDecision: "strategy__published",
    CoreValue: "strategy__published",
    PlanPeriod: "strategy__published",
    ReportingRound: "strategy__published",
    RoundDay: "round__strategy__published",
    Theme: "strategy__published",
    SuccessFactor: "theme__strategy__published",
    Goal: "strategy__published",
    Indicator: "strategy__published",
    IndicatorValue: "indicator__strategy__published",
    IndicatorTarget: "indicator__strategy__published",
    ActionItem: "strategy__published",
    LinkedGoal: "item__strategy__published",
    PeriodPlan: "item__strategy__published",
    PlanUnit: "plan__item__strategy__published",
    PlanProject: "plan__item__strategy__published",
    PlanBudgetLine: "plan__item__strategy__published",
    PlanSuccessor: "plan__item__strategy__published",
    Step: "plan__item__strategy__published",
    PlanMeans: "plan__item__strategy__published",
}
# The report of a round is public once the round is published, and so are its files, what was marked as public, and what
# was corrected after the lock.
_TO_PUBLISHED_ROUND: dict[type[models.Model], str] = {
    ReportVersion: "round",
    ReportFile: "report__round",
    Evidence: "round",
    GoalAssessment: "round",
    AnswerCorrection: "report__round",
}
# Published facts reach these over a to-many path, so the rows would repeat.
_DISTINCT = {Municipality, Unit, UnitHandover, Project, BudgetLine, Programme}


def visible(scope: Scope, model: type[Row]) -> "models.QuerySet[Row]":
    """Return the rows of `model` that exist for this person.

    Signed in: those of their own municipalities. Anonymous: those of published strategies; of
    reports, those of published rounds.
    """
    manager = model._default_manager
    if not scope.anonymous:
        return manager.filter(Q(**{f"{_TO_MUNICIPALITY[model]}__in": scope.municipalities}))
    rows = manager.filter(_published(model))
    return rows.distinct() if model in _DISTINCT else rows


def _published(model: type[models.Model]) -> Q:
    if model in _TO_PUBLISHED:
        return Q(**{_TO_PUBLISHED[model]: True})
    if model in _TO_PUBLISHED_ROUND:
        return _in_published_round(model)
    if model is StoredFile:
        reports, evidence = visible(Scope(), ReportFile), visible(Scope(), Evidence)
        beside = Q(pk__in=reports.values("file")) | Q(pk__in=evidence.filter(file__isnull=False).values("file"))
        return beside | Q(pk__in=_logos())
    return Q(pk__in=[])


def _logos() -> "models.QuerySet[Any, Any]":
    """Return the files that published municipalities have or had as their logo: an old report keeps its own."""
    published = visible(Scope(), Municipality).order_by().values("pk")
    history: models.QuerySet[Any] = Municipality.history.filter(id__in=published, logo__isnull=False)
    return history.values("logo")


def _in_published_round(model: type[models.Model]) -> Q:
    way = _TO_PUBLISHED_ROUND[model]
    where = Q(**{f"{way}__strategy__published": True, f"{way}__status": ReportingRound.Status.PUBLISHED})
    return where & Q(public=True) if model is Evidence else where


def drafts(scope: Scope) -> "models.QuerySet[AnswerDraft]":
    """Return the drafts of answers that the person may read: their own, and those of plans of their units."""
    answers_for = PlanUnit.objects.filter(unit__in=scope.own_units).values("plan")
    theirs = models.Q(plan__in=answers_for) | models.Q(person=scope.user)
    return AnswerDraft.objects.filter(theirs, plan__municipality__in=scope.municipalities)


# What is public with its strategy; the rest of what the public may search is asked of its own table.
_PUBLIC_KINDS = [
    SearchDocument.Kind.STRATEGY,
    SearchDocument.Kind.PART,
    SearchDocument.Kind.THEME,
    SearchDocument.Kind.GOAL,
    SearchDocument.Kind.ITEM,
    SearchDocument.Kind.INDICATOR,
]
_PUBLIC_SHARED: tuple[type[models.Model], ...] = (Unit, Project, BudgetLine, Programme)


def searchable(scope: Scope) -> "models.QuerySet[SearchDocument]":
    """Return what the person may search: the same as `visible` gives for each kind, and no comments for the public."""
    if not scope.anonymous:
        return SearchDocument.objects.filter(municipality__in=scope.municipalities)
    public = Q(kind__in=_PUBLIC_KINDS, strategy__published=True)
    for model in _PUBLIC_SHARED:
        public |= Q(model=model._meta.model_name, object_id__in=visible(scope, model).order_by().values("pk"))
    return SearchDocument.objects.filter(public)


def people(scope: Scope) -> "models.QuerySet[User]":
    """Return those who have, had or will have a role in the person's municipalities; the operator sees everybody."""
    return User.objects.all() if scope.operator else people_of(scope.municipalities)


def people_of(municipalities: Collection[int]) -> "models.QuerySet[User]":
    """Return those who have, had or will have a role in these municipalities."""
    in_units = Membership.objects.filter(unit__municipality__in=municipalities).values("user")
    in_municipality = MunicipalityRole.objects.filter(municipality__in=municipalities).values("user")
    return User.objects.filter(Q(pk__in=in_units) | Q(pk__in=in_municipality))


def home_of(obj: models.Model) -> Municipality:
    """Return the municipality that owns `obj`; raises KeyError for a model that no request can ask for."""
    owner, column = _owner(obj)
    home = obj if column == "pk" else getattr(owner, column)
    assert isinstance(home, Municipality)  # noqa: S101  # as the table says
    return home


def municipality_of(obj: models.Model) -> int:
    """Return the id of the municipality that owns `obj`; raises as ``home_of``."""
    owner, column = _owner(obj)
    # The key stands on the row itself: the municipality need not be read.
    return int(owner.pk if column == "pk" else getattr(owner, f"{column}_id"))


def _owner(obj: models.Model) -> tuple[Any, str]:
    """Return the row that names the municipality of `obj`, and the column in which it does."""
    *way, column = _TO_MUNICIPALITY[type(obj)].split("__")
    owner = obj
    for step in way:
        owner = getattr(owner, step)
    return owner, column


def get(scope: Scope, queryset: "models.QuerySet[Row]", **lookup: Any) -> Row:  # noqa: ARG001  # says whose eyes see
    """Return the one row of a visible `queryset`; raises Http404 when it does not exist for the person."""
    try:
        return queryset.get(**lookup)
    except (ObjectDoesNotExist, ValueError, OverflowError) as error:
        raise Http404 from error
