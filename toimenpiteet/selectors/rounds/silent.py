"""The silent units of rounds: of how many plans nothing was said, whom to ask, what was sent to them, and when last."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncMinute

from toimenpiteet import access
from toimenpiteet.access import Scope, UnitTree
from toimenpiteet.answers import Said
from toimenpiteet.calendar import local_day
from toimenpiteet.dates import moment_words
from toimenpiteet.models import Nudge, PlanUnit, ReportingRound, StatusReport, Told, Unit
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.plan.view import ROW, PlanView, views
from toimenpiteet.selectors.rounds.review_units import Responsible
from toimenpiteet.selectors.translated import Named, in_alphabet, text_of
from toimenpiteet.selectors.units.asked import Contact, is_asked, whom_to_ask

Place = tuple[int, int, int]
"""A round, a unit, and of how many of the unit's plans nothing was said in it."""


@dataclass(frozen=True)
class SilentUnit:
    """A unit of which nothing was said of `count` plans in a round: whom to ask, what was told them and when (`told`).

    Without `contacts` there is nobody to ask. `nudged` tells that it is reminded today already. One that is not
    `asked` in rounds stands here only for plans of which no other unit is. `plans` are there where they were asked for.
    """

    round: int
    round_name: str
    pk: int
    name: Named
    asked: bool
    contacts: list[Contact]
    count: int
    plans: list[PlanView]
    told: list[str]
    nudged: bool


def silent_units(
    scope: Scope, asked: ReportingRound, of: Responsible, plans: Sequence[int], today: date, *, named: bool
) -> list[SilentUnit]:
    """Return the units that answer for `plans`, by key, of which nothing was said; those with the most first.

    `named` tells whether the plans themselves are wanted. Five queries, and three for them.
    """
    theirs: dict[int, list[int]] = defaultdict(list)
    for plan in plans:
        for pk in of.by_plan[plan]:
            theirs[pk].append(plan)
    shown = {view.pk: view for view in views(plans, today, ROW)} if named else {}
    rounds = {asked.pk: asked}
    places = _in_order(((asked.pk, pk, len(there)) for pk, there in theirs.items()), rounds, of.units)
    views_of = {pk: [shown[plan] for plan in there] for pk, there in theirs.items()} if named else {}
    return _told_of(scope, rounds, places, of.units, today, views_of)


@dataclass(frozen=True)
class RoundSilence:
    """The silent units of the rounds that ask now: the first ones, and how many units it is in all.

    One that is silent in two rounds stands in `units` for each. `more` tells that these are not all.
    """

    units: list[SilentUnit]
    count: int
    more: bool


def most_silent(scope: Scope, there: Collection[ReportingRound], today: date, limit: int) -> RoundSilence:
    """Return the first `limit` units that did not answer in some rounds, without the plans: who is due first, and most.

    Six queries and one for each round, however many answers are missing; the rounds are read with their strategies.
    """
    rounds = {asked.pk: asked for asked in there}
    missing = access.visible(scope, StatusReport).filter(said=Said.NOTHING)
    counted = [
        (asked, unit, count)
        for asked in rounds
        for unit, count in columns_of(_by_unit(missing.filter(round=asked)), ["unit", "plans"])
    ]
    rows = access.visible(scope, Unit).filter(pk__in={unit for _asked, unit, _count in counted})
    units = {unit.pk: unit for unit in rows.annotate(is_asked=is_asked())}
    places = _in_order((place for place in counted if place[1] in units), rounds, units)
    first = _told_of(scope, rounds, places[:limit], units, today, {})
    return RoundSilence(first, len({unit for _asked, unit, _count in places}), more=len(places) > limit)


def _by_unit(missing: "QuerySet[StatusReport]") -> "QuerySet[Any]":
    """Return the units of missing answers with how many `plans` each; who is not asked where nobody is."""
    links = PlanUnit.objects.filter(plan__in=missing.values("plan")).order_by()
    others = PlanUnit.objects.filter(is_asked("unit__"), plan=OuterRef("plan"))
    counting = links.filter(is_asked("unit__") | ~Exists(others))
    return counting.values("unit").annotate(plans=Count("plan"))


def _in_order(places: Iterable[Place], rounds: Mapping[int, ReportingRound], units: Mapping[int, Any]) -> list[Place]:
    """Return `places`, those of the round first whose answers are due first, then those with the most plans."""

    def order(place: Place) -> tuple[Any, ...]:
        asked, unit, count = place
        return rounds[asked].due_on, asked, -count, in_alphabet(text_of(units[unit], "name"))

    return sorted(places, key=order)


def _told_of(
    scope: Scope,
    rounds: Mapping[int, ReportingRound],
    places: list[Place],
    units: Mapping[int, Any],
    today: date,
    plans: Mapping[int, list[PlanView]],
) -> list[SilentUnit]:
    """Return `places` with whom to ask and what was told them; five queries."""
    if not places:
        return []
    keys = {unit for _asked, unit, _count in places}
    contacts = whom_to_ask(scope, keys, {one.strategy.municipality_id for one in rounds.values()}, today)
    told, nudged = _told(rounds), _nudged(rounds, keys, today)
    return [
        SilentUnit(
            round=asked,
            round_name=rounds[asked].occasion,
            pk=unit,
            name=Named(unit, text_of(units[unit], "name")),
            asked=units[unit].is_asked,
            contacts=contacts[unit],
            count=count,
            plans=plans.get(unit, []),
            told=list(told[asked, unit]),
            nudged=(asked, unit) in nudged,
        )
        for asked, unit, count in places
    ]


def _told(rounds: Mapping[int, ReportingRound]) -> Mapping[tuple[int, int], Iterable[str]]:
    """Return what was told of each unit in each round; what a group is asked is told to its units, in their names."""
    tree = UnitTree.load({one.strategy.municipality_id for one in rounds.values()})
    found: dict[tuple[int, int], dict[str, None]] = defaultdict(dict)
    rows = Told.objects.filter(round__in=list(rounds), unit__isnull=False).annotate(minute=TruncMinute("at"))
    # As it is said: a unit has many people, and one mail each.
    sent = rows.values_list("round_id", "unit_id", "minute", "outcome").distinct().order_by("minute")
    for asked, unit, at, outcome in sent:
        for covered in tree.stood_for(unit):
            found[asked, covered][f"{moment_words(at)}, {Told.Outcome(outcome).label}"] = None
    return found


def _nudged(rounds: Collection[int], units: Collection[int], today: date) -> set[tuple[int, int]]:
    rows = Nudge.objects.filter(round__in=rounds, unit__in=units).values_list("round_id", "unit_id", "at")
    return {(asked or 0, unit or 0) for asked, unit, at in rows if local_day(at) == today}
