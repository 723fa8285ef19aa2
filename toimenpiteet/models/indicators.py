"""Indicators, their figures and their targets."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from toimenpiteet.models.audit import Audited
from toimenpiteet.models.people import Sourced
from toimenpiteet.models.strategy import Goal, Programme, Strategy, Theme


class Indicator(Audited, Sourced):
    """A measure of a theme, goal or programme, or of the strategy itself where none is named."""

    class Perspective(models.TextChoices):
        """From which side it looks."""

        ECONOMY = "economy", _("economy")
        EFFECTIVENESS = "effectiveness", _("effectiveness")
        PERFORMANCE = "performance", _("performance")

    class Better(models.TextChoices):
        """Which direction is good; empty where the source does not say."""

        HIGHER = "higher", _("higher is better")
        LOWER = "lower", _("lower is better")

    strategy = models.ForeignKey(
        Strategy, verbose_name=_("strategy"), on_delete=models.PROTECT, related_name="indicators"
    )
    theme = models.ForeignKey(
        Theme, null=True, blank=True, verbose_name=_("theme"), on_delete=models.PROTECT, related_name="indicators"
    )
    goal = models.ForeignKey(
        Goal, null=True, blank=True, verbose_name=_("goal"), on_delete=models.PROTECT, related_name="indicators"
    )
    programme = models.ForeignKey(
        Programme,
        null=True,
        blank=True,
        verbose_name=_("programme"),
        on_delete=models.PROTECT,
        related_name="indicators",
    )
    name = models.CharField(_("name"), max_length=300)
    perspective = models.CharField(_("perspective"), max_length=20, blank=True, choices=Perspective.choices)
    unit_of_measure = models.CharField(_("unit of measure"), max_length=100, blank=True)
    better = models.CharField(_("better direction"), max_length=10, blank=True, choices=Better.choices)
    origin = models.CharField(_("measured by"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ("strategy", "order")
        constraints = [models.UniqueConstraint(fields=("strategy", "key"), name="indicator_key")]

    def __str__(self) -> str:
        return self.name


class IndicatorValue(Audited, Sourced):
    """One figure. `year` is empty where the source gives none; `position` then keeps the order of reading."""

    class Kind(models.TextChoices):
        """What kind of figure it is; several kinds of one year stand side by side."""

        ACTUAL = "TP", _("actual (TP)")
        BUDGET = "TA", _("budget (TA)")
        PLAN = "TS", _("plan (TS)")
        FORECAST = "KS", _("forecast (KS)")
        ESTIMATE = "estimate", _("estimate")
        SURVEY = "survey", _("survey")

    indicator = models.ForeignKey(
        Indicator, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="values"
    )
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), null=True, blank=True)
    kind = models.CharField(_("kind of figure"), max_length=10, choices=Kind.choices)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4, null=True, blank=True)
    no_data = models.BooleanField(_("no data for the year"), default=False)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ("indicator", "order")
        constraints = [
            models.UniqueConstraint(fields=("indicator", "key"), name="indicator_value_key"),
            models.CheckConstraint(
                condition=Q(no_data=True, value__isnull=True) | Q(no_data=False, value__isnull=False),
                name="indicator_value_or_no_data",
            ),
            models.CheckConstraint(
                condition=Q(year__isnull=False) | Q(position__isnull=False), name="indicator_value_placed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.year or self.position} {self.kind}"


class IndicatorTarget(Audited, Sourced):
    """A target, agreed or only proposed. Operator 'none' says that there is no target yet, which is not zero."""

    class Operator(models.TextChoices):
        """How the value is to be met."""

        LESS = "lt", "<"
        AT_MOST = "le", "≤"
        EQUAL = "eq", "="
        AT_LEAST = "ge", "≥"
        MORE = "gt", ">"
        CHANGE = "change", _("relative change")
        NONE = "none", _("no target yet")

    indicator = models.ForeignKey(
        Indicator, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="targets"
    )
    operator = models.CharField(_("operator"), max_length=10, choices=Operator.choices)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4, null=True, blank=True)
    by_year = models.PositiveSmallIntegerField(_("by year"), null=True, blank=True)
    agreed = models.BooleanField(_("agreed"), default=False)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ("indicator", "order")
        constraints = [
            models.UniqueConstraint(fields=("indicator", "key"), name="indicator_target_key"),
            models.CheckConstraint(
                condition=~Q(operator="none") | Q(value__isnull=True), name="indicator_target_none_has_no_value"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.operator} {self.value}"
