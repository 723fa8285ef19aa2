"""Indicators, their figures and their targets."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from toimenpiteet.models.audit import Audited
from toimenpiteet.models.people import Sourced
from toimenpiteet.models.strategy import PRECISIONS, Goal, Programme, Strategy, Theme

PLACES = 4
"""How many decimals a figure is kept with."""


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
    """One figure. `year` is empty where the source gives none; `position` then keeps the order of reading.

    `decimals` is how many the source prints, where zeros at the end are among them: 17,0 is not 17.
    `next_expected_on` is the last day of when the next figure comes, at `next_expected_precision`.
    """

    class Kind(models.TextChoices):
        """What kind of figure it is; several kinds of one year stand side by side."""

        ACTUAL = "TP", _("actual (TP)")
        PRELIMINARY = "preliminary", _("preliminary")
        BUDGET = "TA", _("budget (TA)")
        PLAN = "TS", _("plan (TS)")
        FORECAST = "KS", _("forecast (KS)")
        ESTIMATE = "estimate", _("estimate")
        SURVEY = "survey", _("survey")
        UNKNOWN = "unknown", _("kind not known")

    indicator = models.ForeignKey(
        Indicator, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="values"
    )
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), null=True, blank=True)
    kind = models.CharField(_("kind of figure"), max_length=20, choices=Kind.choices)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=PLACES, null=True, blank=True)
    decimals = models.PositiveSmallIntegerField(
        _("decimals"), null=True, blank=True, validators=[MaxValueValidator(PLACES)]
    )
    no_data = models.BooleanField(_("no data for the year"), default=False)
    next_expected_on = models.DateField(_("the next figure comes"), null=True, blank=True)
    next_expected_precision = models.CharField(_("precision"), max_length=10, blank=True, choices=PRECISIONS)
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
            models.CheckConstraint(
                condition=Q(next_expected_on__isnull=True, next_expected_precision="")
                | (Q(next_expected_on__isnull=False) & ~Q(next_expected_precision="")),
                name="indicator_value_next",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.year or self.position} {self.kind}"


class IndicatorTarget(Audited, Sourced):
    """A target, and how far it is decided. Operator 'none' says that there is no target yet, which is not zero.

    `decimals` as those of a figure. "above" compares with `above_indicator`, or with what the note names where that is
    none of the indicators.
    """

    class Operator(models.TextChoices):
        """How the value is to be met."""

        LESS = "lt", "<"
        AT_MOST = "le", "≤"
        EQUAL = "eq", "="
        AT_LEAST = "ge", "≥"
        MORE = "gt", ">"
        CHANGE = "change", _("change by an amount")
        CHANGE_PERCENT = "change_percent", _("relative change")
        ABOVE = "above", _("above another indicator")
        NONE = "none", _("no target yet")

    class Standing(models.TextChoices):
        """How far the target is decided."""

        AGREED = "agreed", _("agreed")
        DRAFT = "draft", _("stated in a draft")
        PROPOSED = "proposed", _("only proposed")

    indicator = models.ForeignKey(
        Indicator, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="targets"
    )
    operator = models.CharField(_("operator"), max_length=20, choices=Operator.choices)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=PLACES, null=True, blank=True)
    decimals = models.PositiveSmallIntegerField(
        _("decimals"), null=True, blank=True, validators=[MaxValueValidator(PLACES)]
    )
    by_year = models.PositiveSmallIntegerField(_("by year"), null=True, blank=True)
    above_indicator = models.ForeignKey(
        Indicator,
        null=True,
        blank=True,
        verbose_name=_("above this indicator"),
        on_delete=models.PROTECT,
        related_name="compared_in",
    )
    standing = models.CharField(_("decided"), max_length=10, choices=Standing.choices, default=Standing.PROPOSED)
    set_in = models.CharField(
        _("set in"),
        max_length=200,
        blank=True,
        help_text=_("The document or decision in which the target was set, with its day, where it is known."),
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ("indicator", "order")
        constraints = [
            models.UniqueConstraint(fields=("indicator", "key"), name="indicator_target_key"),
            models.CheckConstraint(
                condition=~Q(operator__in=["none", "above"]) | Q(value__isnull=True),
                name="indicator_target_without_value",
            ),
            models.CheckConstraint(
                condition=Q(operator="above") | Q(above_indicator__isnull=True), name="indicator_target_above"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.operator} {self.value}"
