"""What changed in a plan between two days or rounds: how it stood then beside how it stood later, in sentences."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.answers import Light, brighter
from toimenpiteet.labels import Label
from toimenpiteet.models import AnswerCorrection, Goal, PeriodPlan, StatusReport, Strategy, Theme
from toimenpiteet.models.reading import columns_of
from toimenpiteet.models.reporting import SILENT
from toimenpiteet.selectors.history.moments import Asked, Moment, moments
from toimenpiteet.selectors.history.past import as_of
from toimenpiteet.selectors.plan.deadlines import stated
from toimenpiteet.selectors.plan.lineage import Lineage, onward
from toimenpiteet.selectors.plan.view import Part, PlanView, in_plan_order, views_of
from toimenpiteet.selectors.strategies.strategy import find_strategy
from toimenpiteet.selectors.translated import Named, Phrase, Text
from toimenpiteet.selectors.units.units import find_unit
from toimenpiteet.workflow import headway

_MOST = 100
"""Changes of one kind; as many a page shows, and the API all."""


class Kind(StrEnum):
    """In what a plan differs; the words for each are ``DIFFERENCE``."""

    ADDED = "added"
    REMOVED = "removed"
    CAME = "came"
    LEFT = "left"
    MOVED = "moved"
    STATUS_UP = "status_up"
    STATUS_DOWN = "status_down"
    STATUS_OTHER = "status_other"
    LIGHT_UP = "light_up"
    LIGHT_DOWN = "light_down"
    DUE_LATER = "due_later"
    DUE_EARLIER = "due_earlier"
    SPLIT = "split"
    MERGED = "merged"
    GOES_ON = "goes_on"


DIFFERENCE: dict[Kind, Label] = {
    Kind.ADDED: gettext_lazy("Added"),
    Kind.REMOVED: gettext_lazy("Removed"),
    Kind.CAME: gettext_lazy("Came from elsewhere"),
    Kind.LEFT: gettext_lazy("Went elsewhere"),
    Kind.MOVED: gettext_lazy("Moved to other units or goals"),
    Kind.STATUS_UP: gettext_lazy("Status further on"),
    Kind.STATUS_DOWN: gettext_lazy("Status fell back"),
    Kind.STATUS_OTHER: gettext_lazy("Carried over, or taken up again"),
    Kind.LIGHT_UP: gettext_lazy("Light better"),
    Kind.LIGHT_DOWN: gettext_lazy("Light worse"),
    Kind.DUE_LATER: gettext_lazy("Due date later"),
    Kind.DUE_EARLIER: gettext_lazy("Due date earlier"),
    Kind.SPLIT: gettext_lazy("Split into several action items"),
    Kind.MERGED: gettext_lazy("Merged with another action item"),
    Kind.GOES_ON: gettext_lazy("Goes on in another action item"),
}


@dataclass(frozen=True)
class Change:
    """One difference of one plan, which is shown as it stood last.

    `before` and `after` are codes of a status or light, days in ISO 8601, or names; `days` is how far a due date moved.
    """

    kind: Kind
    plan: PlanView
    before: str
    after: str
    sentence: str
    days: int = 0


@dataclass(frozen=True)
class Group:
    """The changes of one kind, in the order of the plan."""

    kind: Kind
    label: str
    changes: list[Change]

    @property
    def shown(self) -> list[Change]:
        """Return as many of them as a page holds."""
        return self.changes[:_MOST]

    @property
    def left_out(self) -> int:
        """Return how many it does not hold."""
        return len(self.changes) - len(self.shown)


@dataclass(frozen=True)
class Tally:
    """How many plans there were, what became of them, and how many there are.

    before + added + came - removed - left = after; changed + unchanged are those that were there both times, and differ
    in as many ways as `differences` says.
    """

    before: int
    added: int
    came: int
    removed: int
    left: int
    after: int
    changed: int
    differences: int
    unchanged: int


@dataclass(frozen=True)
class Between:
    """What changed from one moment to another."""

    since: Moment
    until: Moment
    tally: Tally
    groups: list[Group]

    @property
    def items(self) -> frozenset[int]:
        """Return the items of which something is told."""
        return frozenset(change.plan.item_id for group in self.groups for change in group.changes)


def between(scope: Scope, strategy_id: int, asked: Asked, today: date) -> Between:
    """Return what changed in the plan of a strategy; some twenty queries, however long it is.

    Raises Http404 for what does not exist for the person, NotBetween for a moment that cannot be.
    """
    strategy = find_strategy(scope, strategy_id)
    since, until = moments(scope, strategy, asked, today)
    units = _within(scope, strategy, asked.unit)
    if asked.theme:
        access.get(scope, access.visible(scope, Theme), pk=asked.theme, strategy=strategy)
    before, after = (_standing(scope, strategy, asked.theme, units, one.day, today) for one in (since, until))
    changes = [change for plan in _in_order(before, after) for change in _of_plan(before.get(plan), after.get(plan))]
    groups = [Group(kind, str(DIFFERENCE[kind]), [one for one in changes if one.kind == kind]) for kind in Kind]
    return Between(since, until, _tally(before, after, changes), [group for group in groups if group.changes])


# How it stood


@dataclass(frozen=True)
class _Plan:
    """A plan on a day, with the light that was said of it last; `inside` tells that it is of what is asked for.

    `onward` is where it goes on, where items were named for that.
    """

    view: PlanView
    light: Light
    inside: bool
    onward: list[Lineage]

    @property
    def successors(self) -> list[Named]:
        """Return the items in which it goes on."""
        return [one.item for line in self.onward for one in line.relatives]


def _within(scope: Scope, strategy: Strategy, unit: int) -> frozenset[int] | None:
    if not unit:
        return None
    # By today's tree on both days: a unit that was renamed has not gone elsewhere.
    return scope.units.within(find_unit(scope, strategy.municipality_id, unit).pk)


def _standing(
    scope: Scope, strategy: Strategy, theme: int, units: frozenset[int] | None, day: date, today: date
) -> Mapping[int, _Plan]:
    # What the past of today holds is what is there.
    with as_of(day) if day < today else nullcontext():
        rows = access.visible(scope, PeriodPlan).filter(item__strategy=strategy)
        found = views_of(in_plan_order(rows), day, frozenset({Part.UNITS}))
        goals, lights = _goals(strategy, theme), _lights(strategy)
        ahead = onward(scope, strategy.pk, found)
    return {
        view.pk: _Plan(
            view,
            lights.get(view.pk, Light.NOT_ASSESSED),
            (units is None or any(unit.pk in units for unit in view.units))
            and (goals is None or view.goal_id in goals),
            ahead.get(view.pk, []),
        )
        for view in found
    }


def _goals(strategy: Strategy, theme: int) -> frozenset[int] | None:
    """Return the goals under a theme and the themes under it; None for all."""
    if not theme:
        return None
    under = {theme}
    above = dict(columns_of(Theme.objects.filter(strategy=strategy).order_by(), ["pk", "parent_id"]))
    while more := {pk for pk, parent in above.items() if parent in under} - under:
        under |= more
    goals = Goal.objects.filter(theme__in=under).order_by()
    return frozenset(pk for (pk,) in columns_of(goals, ["pk"]))


def _lights(strategy: Strategy) -> dict[int, Light]:
    """Return the light of the last answer that was given of each plan and stands, as it was corrected since."""
    last = AnswerCorrection.objects.filter(report=OuterRef("pk")).order_by("-at", "-pk").values("light")[:1]
    rows = StatusReport.objects.filter(round__strategy=strategy).annotate(corrected=Subquery(last))
    said = rows.filter(~SILENT | Q(corrected__isnull=False)).order_by("round__due_on", "round_id")
    return {plan: Light(after or light) for plan, light, after in columns_of(said, ["plan_id", "light", "corrected"])}


def _in_order(before: Mapping[int, _Plan], after: Mapping[int, _Plan]) -> Iterable[int]:
    return dict.fromkeys((*after, *before))


# What differs


def _of_plan(then: _Plan | None, now: _Plan | None) -> Iterator[Change]:
    if then is None or now is None:
        yield from _there_once(then, now)
    elif then.inside and now.inside:
        yield from _moved(then.view, now.view)
        yield from _status(then.view, now.view)
        yield from _light(then, now)
        yield from _due(then.view, now.view)
        yield from _goes_on(then, now)
    elif then.inside or now.inside:
        kind = Kind.CAME if now.inside else Kind.LEFT
        yield from (replace(change, kind=kind) for change in list(_moved(then.view, now.view))[:1])


def _there_once(then: _Plan | None, now: _Plan | None) -> Iterator[Change]:
    if now and now.inside:
        words = _("New; it is now “%(status)s”.") % {"status": now.view.status_label}
        yield Change(Kind.ADDED, now.view, "", now.view.status, words)
    if then and then.inside:
        words = _("Removed; it was “%(status)s”.") % {"status": then.view.status_label}
        yield Change(Kind.REMOVED, then.view, then.view.status, "", words)


_FROM_TO: dict[str, Label] = {
    "units": gettext_lazy("Responsible units: %(before)s → %(after)s."),
    "goal": gettext_lazy("Goal: %(before)s → %(after)s."),
    Kind.STATUS_UP: gettext_lazy("Further on: %(before)s → %(after)s."),
    Kind.STATUS_DOWN: gettext_lazy("Fell back: %(before)s → %(after)s."),
    Kind.STATUS_OTHER: gettext_lazy("Status: %(before)s → %(after)s."),
    Kind.LIGHT_UP: gettext_lazy("The light is better: %(before)s → %(after)s."),
    Kind.LIGHT_DOWN: gettext_lazy("The light is worse: %(before)s → %(after)s."),
}


def _words(form: str, before: str | Sequence[Text], after: str | Sequence[Text]) -> Phrase:
    return Phrase.of(str(_FROM_TO[form]), before=before, after=after)


def _moved(then: PlanView, now: PlanView) -> Iterator[Change]:
    if {unit.pk for unit in then.units} != {unit.pk for unit in now.units}:
        yield _move("units", now, [[unit.name for unit in view.units] for view in (then, now)])
    if then.goal_id != now.goal_id:
        yield _move("goal", now, [[view.goal_title] for view in (then, now)])


def _move(what: str, now: PlanView, names: Sequence[Sequence[Text]]) -> Change:
    before, after = (", ".join(map(str, of)) for of in names)
    return Change(Kind.MOVED, now, before, after, _words(what, *names))


def _status(then: PlanView, now: PlanView) -> Iterator[Change]:
    if then.status != now.status:
        kinds = {1: Kind.STATUS_UP, -1: Kind.STATUS_DOWN, 0: Kind.STATUS_OTHER}
        kind = kinds[headway(then.status, now.status)]
        yield Change(kind, now, then.status, now.status, _words(kind, then.status_label, now.status_label))


def _light(then: _Plan, now: _Plan) -> Iterator[Change]:
    if way := brighter(then.light, now.light):
        kind = Kind.LIGHT_UP if way > 0 else Kind.LIGHT_DOWN
        words = _words(kind, str(labels.LIGHT[then.light]), str(labels.LIGHT[now.light]))
        yield Change(kind, now.view, then.light, now.light, words)


def _due(then: PlanView, now: PlanView) -> Iterator[Change]:
    days = [stated(view.due_on, view.period_years[1]) for view in (then, now)]
    slipped = (days[1] - days[0]).days
    if slipped:
        words = {"days": abs(slipped), "before": then.due_or_end, "after": now.due_or_end}
        kind = Kind.DUE_LATER if slipped > 0 else Kind.DUE_EARLIER
        sentence = _due_form(slipped) % words
        yield Change(kind, now, days[0].isoformat(), days[1].isoformat(), sentence, slipped)


def _goes_on(then: _Plan, now: _Plan) -> Iterator[Change]:
    """Tell where a plan goes on since; one that was carried over in its own item alone is told by its status."""
    if not now.successors or [one.pk for one in now.successors] == [one.pk for one in then.successors]:
        return
    names = [one.name for one in now.successors]
    split, merged = (any(getattr(line, way) for line in now.onward) for way in ("split", "merged"))
    kind = Kind.SPLIT if split else Kind.MERGED if merged else Kind.GOES_ON
    yield Change(kind, now.view, "", ", ".join(map(str, names)), Phrase.of(str(_ONWARD[kind]), items=names))


_ONWARD: dict[Kind, Label] = {
    Kind.SPLIT: gettext_lazy("Split; goes on in: %(items)s."),
    Kind.MERGED: gettext_lazy("Merged; goes on in: %(items)s."),
    Kind.GOES_ON: gettext_lazy("Goes on in: %(items)s."),
}


def _due_form(slipped: int) -> str:
    if slipped > 0:
        return ngettext(
            "Due %(days)s day later: %(before)s → %(after)s.",
            "Due %(days)s days later: %(before)s → %(after)s.",
            slipped,
        )
    return ngettext(
        "Due %(days)s day earlier: %(before)s → %(after)s.",
        "Due %(days)s days earlier: %(before)s → %(after)s.",
        -slipped,
    )


def _tally(before: Mapping[int, _Plan], after: Mapping[int, _Plan], changes: Iterable[Change]) -> Tally:
    then = {pk for pk, plan in before.items() if plan.inside}
    now = {pk for pk, plan in after.items() if plan.inside}
    both = then & now
    differ = [change.plan.pk for change in changes if change.plan.pk in both]
    changed = set(differ)
    return Tally(
        before=len(then),
        added=len(now - before.keys()),
        came=len(now & before.keys() - then),
        removed=len(then - after.keys()),
        left=len(then & after.keys() - now),
        after=len(now),
        changed=len(changed),
        differences=len(differ),
        unchanged=len(both) - len(changed),
    )
