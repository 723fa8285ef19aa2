"""The frame of a plan: its themes, what stands under them, and how far each goal has come."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import CharField, Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from toimenpiteet.languages import CODES, columns_for
from toimenpiteet.models import ActionItem, Goal, PeriodPlan, Strategy, SuccessFactor, Theme
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.plan.counts import Counts, counts_by
from toimenpiteet.selectors.translated import Text, text_in, text_of

_UNDER = ["kind", "key_", "of_theme", "no", "at", *CODES, "unsure", "from_", "all_items"]


@dataclass(frozen=True)
class GoalFrame:
    """A goal without its rows; `items` counts them all, whatever is filtered."""

    pk: int
    number: int | None
    name: Text
    doubt: str
    source: str
    items: int


@dataclass
class ThemeFrame:
    """A theme, its success factors, its goals, and the themes under it."""

    pk: int
    kind: Text
    number: int | None
    name: Text
    slogan: Text
    focus: Text
    description: Text
    doubt: str
    source: str
    factors: list[tuple[int | None, Text, str]] = field(default_factory=list)
    goals: list[GoalFrame] = field(default_factory=list)
    themes: list["ThemeFrame"] = field(default_factory=list)

    @property
    def all_goals(self) -> list[GoalFrame]:
        """Return its goals and those of the themes under it, in the order of the plan."""
        return [*self.goals, *(goal for theme in self.themes for goal in theme.all_goals)]


def frame(strategy: Strategy) -> list[ThemeFrame]:
    """Return the themes of a visible `strategy` (with its municipality) that stand under no other; two queries."""
    own = strategy.municipality.language
    themes = list(Theme.objects.filter(strategy=strategy))
    frames = {theme.pk: _theme(theme, own) for theme in themes}
    for kind, pk, theme_id, number, _order, *names, doubt, source, items in _under(strategy):
        if kind == "goal":
            goal = GoalFrame(pk, number, text_in(names, own), doubt, source, items)
            frames[theme_id].goals.append(goal)
        else:
            frames[theme_id].factors.append((number, text_in(names, own), doubt))
    for theme in themes:
        if theme.parent_id:
            frames[theme.parent_id].themes.append(frames[theme.pk])
    return [frames[theme.pk] for theme in themes if not theme.parent_id]


def _theme(theme: Theme, own: str) -> ThemeFrame:
    return ThemeFrame(
        pk=theme.pk,
        kind=text_of(theme, "kind", own),
        number=theme.number,
        name=text_of(theme, "name", own),
        slogan=text_of(theme, "slogan", own),
        focus=text_of(theme, "focus", own),
        description=text_of(theme, "description", own),
        doubt=theme.doubt,
        source=theme.source,
    )


def _under(strategy: Strategy) -> list[tuple[Any, ...]]:
    """Return the goals and the success factors in order, those without a number last."""
    items = ActionItem.objects.filter(goal=OuterRef("pk")).order_by().values("goal").annotate(n=Count("*"))
    counted = Coalesce(Subquery(items.values("n")), 0)
    goals = _alike(Goal.objects.filter(strategy=strategy), "goal", counted)
    factors = _alike(SuccessFactor.objects.filter(theme__strategy=strategy), "factor", Value(0, IntegerField()))
    rows = goals.union(factors, all=True)
    return sorted(rows, key=lambda row: (row[3] is None, row[3] or 0, row[4], row[1]))


def _alike(rows: "QuerySet[Any]", kind: str, items: Any) -> "QuerySet[Any]":
    names = dict(zip(CODES, map(F, columns_for("name")), strict=True))
    found = rows.order_by().annotate(
        kind=Value(kind, CharField()),
        key_=F("pk"),
        of_theme=F("theme_id"),
        no=F("number"),
        at=F("order"),
        unsure=F("doubt"),
        from_=F("source"),
        all_items=items,
        **names,
    )
    return columns_of(found, _UNDER)


def progress(frames: Iterable[GoalFrame], plans: "QuerySet[PeriodPlan]", today: date) -> dict[int, Counts]:
    """Return how far all `plans` of the goals have come on `today`; one query.

    An item may have no plan yet, so that items are those of the frames.
    """
    counted = counts_by(plans, "item__goal", today=today, items=Value(0))
    return {goal.pk: replace(counted.get(goal.pk, Counts()), items=goal.items) for goal in frames}
