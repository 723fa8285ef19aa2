"""Action items, their plans in each period, and what the plans consist of."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from toimenpiteet import labels
from toimenpiteet.models.audit import Audited, name_reference
from toimenpiteet.models.people import Municipality, Sourced, Unit
from toimenpiteet.models.strategy import PRECISIONS, Goal, PlanPeriod, Strategy
from toimenpiteet.workflow import INITIAL, OPEN_VALUES, STATUS_VALUES


def _due_with_precision(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(due_on__isnull=True, due_precision="") | (Q(due_on__isnull=False) & ~Q(due_precision="")),
        name=name,
    )


class ActionItem(Audited, Sourced):
    """The lasting thing: belongs to one goal and one lead unit, and has a plan in one or more periods.

    `keywords` are words and names of the document that the retold texts do not have; the search finds by them.
    """

    municipality = models.ForeignKey(
        Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="action_items"
    )
    strategy = models.ForeignKey(
        Strategy, verbose_name=_("strategy"), on_delete=models.PROTECT, related_name="action_items"
    )
    goal = models.ForeignKey(Goal, verbose_name=_("goal"), on_delete=models.PROTECT, related_name="action_items")
    name = models.CharField(_("name"), max_length=300)
    keywords = models.CharField(_("keywords"), max_length=500, blank=True)
    lead_unit = models.ForeignKey(Unit, verbose_name=_("lead unit"), on_delete=models.PROTECT, related_name="led_items")
    lead_stated = models.BooleanField(_("the source names the lead unit"), default=False)

    class Meta:
        verbose_name = _("action item")
        verbose_name_plural = _("action items")
        ordering = ("goal", "order", "pk")
        constraints = [models.UniqueConstraint(fields=("strategy", "key"), name="action_item_key")]
        indexes = [models.Index(fields=("municipality", "goal", "order"), name="action_item_listed")]

    def __str__(self) -> str:
        return self.name


class LinkedGoal(Audited):
    """Another goal that the item also serves."""

    item = models.ForeignKey(
        ActionItem, verbose_name=_("action item"), on_delete=models.PROTECT, related_name="goal_links"
    )
    goal = models.ForeignKey(Goal, verbose_name=_("goal"), on_delete=models.PROTECT, related_name="item_links")

    class Meta:
        verbose_name = _("linked goal")
        verbose_name_plural = _("linked goals")
        constraints = [models.UniqueConstraint(fields=("item", "goal"), name="linked_goal_once")]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.goal_id}"


class PeriodPlan(Audited, Sourced):
    """An action item in one period.

    `due_on` is the last day of what the document states, at `due_precision`. `next_deadline_on` is derived: the
    earliest of the plan's own deadline (due date or period end) and its undone steps' due dates. It exists for the
    index behind the overdue lists, is written by services.plan.derived alone and checked by verify_history.
    `last_sign_at` is derived too: when its managers or contributors last did something (history.signs), None where
    they never did; services.plan.derived keeps it.
    """

    # The two that begin the indexes and constraints below need no index of their own: every move writes them all.
    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("municipality"),
        on_delete=models.PROTECT,
        related_name="plans",
        db_index=False,
    )
    item = models.ForeignKey(
        ActionItem, verbose_name=_("action item"), on_delete=models.PROTECT, related_name="plans", db_index=False
    )
    period = models.ForeignKey(
        PlanPeriod, verbose_name=_("plan period"), on_delete=models.PROTECT, related_name="plans"
    )
    text = models.TextField(_("text"), blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    due_precision = models.CharField(_("precision"), max_length=10, blank=True, choices=PRECISIONS)
    status = models.CharField(
        _("status"), max_length=20, choices=labels.choices(labels.STATUS), default=INITIAL.value, editable=False
    )
    next_deadline_on = models.DateField(editable=False)
    last_sign_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("action plan")
        verbose_name_plural = _("action plans")
        ordering = ("item", "period__start_year")
        constraints = [
            models.UniqueConstraint(fields=("item", "period"), name="period_plan_once"),
            models.CheckConstraint(condition=Q(status__in=STATUS_VALUES), name="period_plan_status"),
            _due_with_precision("period_plan_due"),
        ]
        indexes = [
            models.Index(
                fields=("municipality", "next_deadline_on", "id"),
                name="period_plan_overdue",
                condition=Q(status__in=OPEN_VALUES),
            ),
            models.Index(fields=("municipality", "status"), name="period_plan_status_of"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} / {self.period_id}"


class PlanUnit(Audited):
    """A unit responsible for a plan, in the document's order; a plan always has at least one."""

    plan = models.ForeignKey(
        PeriodPlan, verbose_name=_("action plan"), on_delete=models.PROTECT, related_name="unit_links"
    )
    # Begins the index below, by which the first plan of a unit is found.
    unit = models.ForeignKey(
        Unit, verbose_name=_("responsible unit"), on_delete=models.PROTECT, related_name="plan_links", db_index=False
    )
    order = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("responsible unit of a plan")
        verbose_name_plural = _("responsible units of plans")
        ordering = ("order",)
        constraints = [models.UniqueConstraint(fields=("plan", "unit"), name="plan_unit_once")]
        indexes = [models.Index(fields=("unit", "plan"), name="plan_unit_of_unit")]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.unit_id}"


class DateKind(models.TextChoices):
    """What the date of a step means; only a due date can be late."""

    DUE = "due", _("due")
    HAPPENED = "happened", pgettext_lazy("kind of date", "happened")
    IN_FORCE_FROM = "in_force_from", pgettext_lazy("kind of date", "in force from")
    STARTS = "starts", pgettext_lazy("kind of date", "starts")
    ENDS = "ends", pgettext_lazy("kind of date", "ends")


class Step(Audited, Sourced):
    """One concrete thing inside a plan; done or not.

    `due_on` is the last day of what is stated at `due_precision`, and `date_kind` says what that date means.
    """

    plan = models.ForeignKey(PeriodPlan, verbose_name=_("action plan"), on_delete=models.PROTECT, related_name="steps")
    text = models.TextField(_("text"))
    due_on = models.DateField(pgettext_lazy("of a step", "date"), null=True, blank=True)
    due_precision = models.CharField(_("precision"), max_length=10, blank=True, choices=PRECISIONS)
    date_kind = models.CharField(_("meaning of the date"), max_length=20, blank=True, choices=DateKind.choices)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, verbose_name=_("responsible unit"), on_delete=models.PROTECT, related_name="steps"
    )
    done = models.BooleanField(_("done"), default=False, editable=False)
    done_on = models.DateField(_("done on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ("order", "pk")
        constraints = [
            models.UniqueConstraint(fields=("plan", "key"), name="step_key"),
            models.CheckConstraint(
                condition=Q(done=False, done_on__isnull=True) | Q(done=True, done_on__isnull=False),
                name="step_done_has_day",
            ),
            _due_with_precision("step_due"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True, date_kind="") | Q(due_on__isnull=False, date_kind__in=DateKind.values),
                name="step_date_has_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class PlanMeans(Audited, Sourced):
    """What a plan uses and nobody can do: a network, a channel, a comparison group."""

    plan = models.ForeignKey(PeriodPlan, verbose_name=_("action plan"), on_delete=models.PROTECT, related_name="means")
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = pgettext_lazy("of a plan", "means")
        verbose_name_plural = pgettext_lazy("of plans", "means")
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=("plan", "key"), name="plan_means_key")]

    def __str__(self) -> str:
        return self.text


class BudgetLine(Audited, Sourced):
    """A line of the budget from which projects and plans are paid."""

    municipality = models.ForeignKey(
        Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="budget_lines"
    )
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ("order", "key")
        constraints = [models.UniqueConstraint(fields=("municipality", "key"), name="budget_line_key")]

    def __str__(self) -> str:
        return self.name


class Project(Audited, Sourced):
    """A hanke, or what the documents name in its place; serves many plans and goals."""

    class Kind(models.TextChoices):
        """What sort of undertaking it is."""

        PROJECT = "project", _("project")
        PROGRAMME = "programme", _("programme")
        RESEARCH = "research", _("research")
        SYSTEM = "system", _("system")
        SERVICE = "service", _("service")
        MODEL = "model", pgettext_lazy("a way to work", "model")
        OTHER = "other", pgettext_lazy("kind of project", "other")

    municipality = models.ForeignKey(
        Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="projects"
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.PROJECT)
    description = models.TextField(_("description"), blank=True)
    start_year = models.PositiveSmallIntegerField(_("first year"), null=True, blank=True)
    end_year = models.PositiveSmallIntegerField(_("last year"), null=True, blank=True)
    funding = models.CharField(_("funding"), max_length=300, blank=True)
    budget_line = models.ForeignKey(
        BudgetLine,
        null=True,
        blank=True,
        verbose_name=_("budget line"),
        on_delete=models.PROTECT,
        related_name="projects",
    )

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ("order", "key")
        constraints = [
            models.UniqueConstraint(fields=("municipality", "key"), name="project_key"),
            models.CheckConstraint(
                condition=Q(start_year__isnull=True) | Q(end_year__isnull=True) | Q(start_year__lte=F("end_year")),
                name="project_years",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectAlias(Audited):
    """Another spelling under which documents name the project."""

    project = models.ForeignKey(Project, verbose_name=_("project"), on_delete=models.PROTECT, related_name="aliases")
    text = models.CharField(_("spelling"), max_length=200)

    class Meta:
        verbose_name = _("other spelling")
        verbose_name_plural = _("other spellings")
        constraints = [models.UniqueConstraint(fields=("project", "text"), name="project_alias_once")]

    def __str__(self) -> str:
        return self.text


class PlanProject(Audited):
    """A project that serves a plan."""

    plan = models.ForeignKey(
        PeriodPlan, verbose_name=_("action plan"), on_delete=models.PROTECT, related_name="project_links"
    )
    project = models.ForeignKey(Project, verbose_name=_("project"), on_delete=models.PROTECT, related_name="plan_links")
    order = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("project of a plan")
        verbose_name_plural = _("projects of plans")
        ordering = ("order",)
        constraints = [models.UniqueConstraint(fields=("plan", "project"), name="plan_project_once")]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.project_id}"


class PlanBudgetLine(Audited):
    """A budget line that pays for a plan."""

    plan = models.ForeignKey(
        PeriodPlan, verbose_name=_("action plan"), on_delete=models.PROTECT, related_name="budget_links"
    )
    budget_line = models.ForeignKey(
        BudgetLine, verbose_name=_("budget line"), on_delete=models.PROTECT, related_name="plan_links"
    )
    order = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("budget line of a plan")
        verbose_name_plural = _("budget lines of plans")
        ordering = ("order",)
        constraints = [models.UniqueConstraint(fields=("plan", "budget_line"), name="plan_budget_line_once")]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.budget_line_id}"


class Comment(Audited):
    """A remark on a plan, outside a move."""

    plan = models.ForeignKey(
        PeriodPlan, verbose_name=_("action plan"), on_delete=models.PROTECT, related_name="comments"
    )
    text = models.TextField(_("comment"))
    at = models.DateTimeField(_("time"))
    author = models.ForeignKey(
        "toimenpiteet.User",
        null=True,
        verbose_name=_("who"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    author_name = name_reference(_("who"))

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("at",)
        indexes = [models.Index(fields=("at",), name="comment_at")]

    def __str__(self) -> str:
        return self.text[:80]
