"""A strategy and its parts, down to the goals."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from toimenpiteet.calendar import Precision
from toimenpiteet.models.audit import Audited
from toimenpiteet.models.people import Municipality, Sourced, Unit

PRECISIONS = [
    (Precision.DAY.value, _("day")),
    (Precision.MONTH.value, _("month")),
    (Precision.SEASON.value, _("season")),
    (Precision.HALF.value, _("half-year")),
    (Precision.YEAR_END.value, _("by the end of the year")),
    (Precision.YEAR.value, _("year")),
]


class StrategyStatus(models.TextChoices):
    """How far the strategy itself is."""

    DRAFT = "draft", _("draft")
    ADOPTED = "adopted", _("adopted")
    ENDED = "ended", _("ended")


_WORKING_DAYS = [MinValueValidator(1), MaxValueValidator(60)]


class Strategy(Audited, Sourced):
    """A municipality's strategy; `documents` names what it was read from.

    `retold` says that its texts are not those of the documents, which have the last word.
    """

    municipality = models.ForeignKey(
        Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="strategies"
    )
    name = models.CharField(_("name"), max_length=300)
    slogan = models.CharField(_("slogan"), max_length=300, blank=True)
    start_year = models.PositiveSmallIntegerField(_("first year"), null=True, blank=True)
    end_year = models.PositiveSmallIntegerField(_("last year"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=StrategyStatus.choices)
    published = models.BooleanField(_("published"), default=False)
    decided_by = models.CharField(_("decided by"), max_length=200, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_on_precision = models.CharField(max_length=10, blank=True, choices=PRECISIONS)
    mission = models.TextField(_("mission"), blank=True)
    vision = models.TextField(_("vision"), blank=True)
    vision_number = models.IntegerField(_("number in the vision"), null=True, blank=True)
    vision_year = models.PositiveSmallIntegerField(_("year of the vision"), null=True, blank=True)
    follows = models.ForeignKey(
        "self", null=True, blank=True, verbose_name=_("follows"), on_delete=models.PROTECT, related_name="followed_by"
    )
    shift_deadlines = models.BooleanField(_("deadlines move to the next working day"), default=True)
    rounds_from = models.DateField(_("rounds count from"), null=True, blank=True)
    documents = models.TextField(_("source documents"), blank=True)
    success_factors_called = models.CharField(_("what success factors are called"), max_length=100, blank=True)
    retold = models.BooleanField(_("the texts are retold from the documents"), default=False)
    # When people are reminded; toimenpiteet.reminder_days reads these.
    remind_on_opening = models.BooleanField(_("reminder on the day when a round opens"), default=True)
    remind_before = models.CharField(
        _("reminders before answers are due"), max_length=40, blank=True, default="10, 3, 1"
    )
    remind_after = models.CharField(_("reminders after answers were due"), max_length=40, blank=True, default="1, 5")
    remind_above = models.PositiveSmallIntegerField(
        _("reminder to the unit above"), null=True, blank=True, default=9, validators=_WORKING_DAYS
    )
    remind_due = models.PositiveSmallIntegerField(
        _("reminder before a due date"), null=True, blank=True, default=5, validators=_WORKING_DAYS
    )

    class Meta:
        verbose_name = _("strategy")
        verbose_name_plural = _("strategies")
        ordering = ("municipality", "order", "key")
        constraints = [
            models.UniqueConstraint(fields=("municipality", "key"), name="strategy_key"),
            models.CheckConstraint(
                condition=Q(start_year__isnull=True) | Q(end_year__isnull=True) | Q(start_year__lte=F("end_year")),
                name="strategy_years",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def success_factors(self) -> "models.QuerySet[SuccessFactor]":
        """Return the success factors of all its themes."""
        factors = SuccessFactor.objects.filter(theme__strategy=self).order_by("order", "pk")
        return factors.select_related("theme__strategy__municipality")

    @property
    def programmes(self) -> "models.QuerySet[Programme]":
        """Return the programmes that carry it out."""
        found = Programme.objects.filter(strategy_links__strategy=self).order_by("order", "pk")
        return found.select_related("municipality")


class StrategyPart(Audited, Sourced):
    """A part of a strategy that is none of the other nouns: what the vision means, the situation, how it is done."""

    class Kind(models.TextChoices):
        """What the part is about."""

        VISION = "vision", _("what the vision means")
        SITUATION = "situation", _("situation")
        PRINCIPLE = "principle", _("principle")
        IMPLEMENTATION = "implementation", _("implementation")
        PROGRAMMES = "programmes", _("programmes")
        FOUNDATION = "foundation", _("foundation")

    strategy = models.ForeignKey(Strategy, verbose_name=_("strategy"), on_delete=models.PROTECT, related_name="parts")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=300)
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("part of a strategy")
        verbose_name_plural = _("parts of a strategy")
        ordering = ("order",)
        constraints = [models.UniqueConstraint(fields=("strategy", "key"), name="strategy_part_key")]

    def __str__(self) -> str:
        return self.name


class ProcessEvent(Audited, Sourced):
    """A step of the work that made the strategy: a survey, a seminar, a decision."""

    class Kind(models.TextChoices):
        """What happened."""

        SURVEY = "survey", _("survey")
        SEMINAR = "seminar", _("seminar")
        DRAFT = "draft", _("draft")
        DECISION = "decision", _("decision")
        REVIEW = "review", _("review")
        OTHER = "other", _("other")

    strategy = models.ForeignKey(Strategy, verbose_name=_("strategy"), on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=300)
    start_on = models.DateField(_("from"), null=True, blank=True)
    end_on = models.DateField(_("until"))
    end_on_precision = models.CharField(max_length=10, choices=PRECISIONS, default=Precision.DAY.value)
    participants = models.PositiveIntegerField(_("participants"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("step of the strategy process")
        verbose_name_plural = _("steps of the strategy process")
        ordering = ("end_on", "order")
        constraints = [
            models.UniqueConstraint(fields=("strategy", "key"), name="process_event_key"),
            models.CheckConstraint(
                condition=Q(start_on__isnull=True) | Q(start_on__lte=F("end_on")), name="process_event_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FollowUp(Audited, Sourced):
    """One line of the follow-up rhythm; `per_year` is empty where the follow-up is continuous."""

    strategy = models.ForeignKey(
        Strategy, verbose_name=_("strategy"), on_delete=models.PROTECT, related_name="follow_ups"
    )
    text = models.TextField(_("text"))
    body = models.CharField(_("body"), max_length=200, blank=True)
    per_year = models.PositiveSmallIntegerField(_("times a year"), null=True, blank=True)

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-up rhythm")
        ordering = ("order",)
        constraints = [models.UniqueConstraint(fields=("strategy", "key"), name="follow_up_key")]

    def __str__(self) -> str:
        return self.text


class CoreValue(Audited, Sourced):
    """A value of the municipality, with or without an explanation."""

    strategy = models.ForeignKey(Strategy, verbose_name=_("strategy"), on_delete=models.PROTECT, related_name="values")
    name = models.CharField(_("name"), max_length=200)
    explanation = models.TextField(_("explanation"), blank=True)

    class Meta:
        verbose_name = pgettext_lazy("of a strategy", "core value")
        verbose_name_plural = pgettext_lazy("of a strategy", "core values")
        ordering = ("order",)
        constraints = [models.UniqueConstraint(fields=("strategy", "key"), name="core_value_key")]

    def __str__(self) -> str:
        return self.name


class PlanPeriod(Audited, Sourced):
    """A period of plans, such as 2020 or 2021–2030; years are inclusive."""

    strategy = models.ForeignKey(Strategy, verbose_name=_("strategy"), on_delete=models.PROTECT, related_name="periods")
    name = models.CharField(_("name"), max_length=50)
    start_year = models.PositiveSmallIntegerField(_("first year"))
    end_year = models.PositiveSmallIntegerField(_("last year"))

    class Meta:
        verbose_name = _("plan period")
        verbose_name_plural = _("plan periods")
        ordering = ("start_year", "order")
        constraints = [
            models.UniqueConstraint(fields=("strategy", "key"), name="plan_period_key"),
            models.CheckConstraint(condition=Q(start_year__lte=F("end_year")), name="plan_period_years"),
        ]

    def __str__(self) -> str:
        return self.name


class Theme(Audited, Sourced):
    """A branch of the strategy's tree; `kind` is the strategy's own word for it."""

    strategy = models.ForeignKey(Strategy, verbose_name=_("strategy"), on_delete=models.PROTECT, related_name="themes")
    parent = models.ForeignKey(
        "self", null=True, blank=True, verbose_name=_("parent"), on_delete=models.PROTECT, related_name="children"
    )
    kind = models.CharField(_("called"), max_length=100)
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=300)
    slogan = models.CharField(_("slogan"), max_length=300, blank=True)
    focus = models.CharField(_("focus"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=("strategy", "key"), name="theme_key")]

    def __str__(self) -> str:
        return self.name


class SuccessFactor(Audited, Sourced):
    """A critical success factor under a theme."""

    theme = models.ForeignKey(Theme, verbose_name=_("theme"), on_delete=models.PROTECT, related_name="success_factors")
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=300)

    class Meta:
        verbose_name = _("critical success factor")
        verbose_name_plural = _("critical success factors")
        ordering = ("number", "order")
        constraints = [models.UniqueConstraint(fields=("theme", "key"), name="success_factor_key")]

    def __str__(self) -> str:
        return self.name


class GoalCounting(models.TextChoices):
    """When its indicators make the goal reached; empty where nothing was agreed."""

    ALL = "all", _("all of its indicators reach their targets")
    ANY = "any", _("one of its indicators reaches its target")
    SHARE = "share", _("a share of its indicators reach their targets")


class Goal(Audited, Sourced):
    """A goal under a theme; `strategy` repeats the theme's, for lists and constraints.

    `keywords` are words and names of the document that the retold name does not have; the search finds by them.
    `counting` says how its indicators count together, and `counting_share` how many per cent of them make the goal.
    """

    strategy = models.ForeignKey(Strategy, verbose_name=_("strategy"), on_delete=models.PROTECT, related_name="goals")
    theme = models.ForeignKey(Theme, verbose_name=_("theme"), on_delete=models.PROTECT, related_name="goals")
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=300)
    keywords = models.CharField(_("keywords"), max_length=500, blank=True)
    owner = models.ForeignKey(
        Unit, null=True, blank=True, verbose_name=_("owner unit"), on_delete=models.PROTECT, related_name="owned_goals"
    )
    binding = models.BooleanField(_("binding towards the council"), default=False)
    counting = models.CharField(_("reached when"), max_length=10, blank=True, choices=GoalCounting.choices)
    counting_share = models.PositiveSmallIntegerField(_("share of the indicators, %"), null=True, blank=True)

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ("strategy", "number", "order")
        constraints = [
            models.UniqueConstraint(fields=("strategy", "key"), name="goal_key"),
            models.CheckConstraint(
                condition=Q(counting="share", counting_share__gte=1, counting_share__lte=100)
                | (~Q(counting="share") & Q(counting_share__isnull=True)),
                name="goal_counting_share",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProgrammeStatus(models.TextChoices):
    """How far a programme is; empty where the source does not say."""

    IN_PREPARATION = "in_preparation", _("in preparation")
    IN_FORCE = "in_force", _("in force")
    ENDED = "ended", _("ended")


class Programme(Audited, Sourced):
    """A programme that carries out strategies; its years may lie outside theirs, and municipalities may share it."""

    municipality = models.ForeignKey(
        Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="programmes"
    )
    name = models.CharField(_("name"), max_length=300)
    start_year = models.PositiveSmallIntegerField(_("first year"), null=True, blank=True)
    end_year = models.PositiveSmallIntegerField(_("last year"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=20, blank=True, choices=ProgrammeStatus.choices)
    prepared_by = models.CharField(_("prepared by"), max_length=300, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True)
    follow_up = models.TextField(_("follow-up"), blank=True)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ("order", "key")
        constraints = [
            models.UniqueConstraint(fields=("municipality", "key"), name="programme_key"),
            models.CheckConstraint(
                condition=Q(start_year__isnull=True) | Q(end_year__isnull=True) | Q(start_year__lte=F("end_year")),
                name="programme_years",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProgrammeStrategy(Audited):
    """A programme carries out a strategy."""

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="strategy_links"
    )
    strategy = models.ForeignKey(
        Strategy, verbose_name=_("strategy"), on_delete=models.PROTECT, related_name="programme_links"
    )

    class Meta:
        verbose_name = _("strategy of a programme")
        verbose_name_plural = _("strategies of programmes")
        constraints = [models.UniqueConstraint(fields=("programme", "strategy"), name="programme_strategy_once")]

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.strategy_id}"


class ProgrammeTheme(Audited):
    """A programme serves a theme."""

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="theme_links"
    )
    theme = models.ForeignKey(Theme, verbose_name=_("theme"), on_delete=models.PROTECT, related_name="programme_links")

    class Meta:
        verbose_name = _("theme of a programme")
        verbose_name_plural = _("themes of programmes")
        constraints = [models.UniqueConstraint(fields=("programme", "theme"), name="programme_theme_once")]

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.theme_id}"
