"""Between which two moments changes are asked for: days, or rounds, of which each stands for the day of its lock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from toimenpiteet.access import Scope
from toimenpiteet.calendar import local_day
from toimenpiteet.dates import day_words
from toimenpiteet.models import ReportingRound, Strategy, Theme
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.history.past import NoSuchDay, past_day, record_begins
from toimenpiteet.selectors.plan.page import units_of_plan
from toimenpiteet.selectors.rounds.rounds import opened_rounds
from toimenpiteet.selectors.strategies.strategy import find_strategy
from toimenpiteet.selectors.translated import Named, named_of

_PAIRS = 4
_USUAL = timedelta(days=30)
"""How far back one looks who names no day, where no round has been locked."""


@dataclass(frozen=True)
class Moment:
    """The end of a day in Europe/Helsinki; of a round, that on which it was locked, today where it is not."""

    day: date
    round: int = 0
    name: str = ""

    @property
    def words(self) -> str:
        """Return the day, after the name of its round."""
        return f"{self.name} ({day_words(self.day)})" if self.name else day_words(self.day)


@dataclass(frozen=True)
class Asked:
    """Between what is asked for: days as typed, or rounds; of a unit with those within it, or of a theme (0: all)."""

    since: str = ""
    until: str = ""
    since_round: int = 0
    until_round: int = 0
    unit: int = 0
    theme: int = 0


class NotBetween(NoSuchDay):
    """One of the two moments cannot be; `field` is "from" or "to"."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Choices:
    """Of what the changes can be asked: the strategy, its rounds, the units of its plan, its themes."""

    strategy: Named
    rounds: list[Moment]
    units: list[Named]
    themes: list[Named]

    @property
    def between_rounds(self) -> list[tuple[Moment, Moment]]:
        """Return each of the last rounds with the one before it."""
        return list(pairwise(self.rounds))[-_PAIRS:]


def choices(scope: Scope, strategy_id: int, today: date) -> Choices:
    """Return what can be asked of a strategy; five queries. Raises Http404 when it does not exist for the person."""
    strategy = find_strategy(scope, strategy_id)
    own = strategy.municipality.language
    themes = Theme.objects.filter(strategy=strategy)
    return Choices(
        named_of(strategy, own),
        round_moments(strategy, opened_rounds(scope, strategy), today),
        units_of_plan(scope, strategy),
        [named_of(theme, own) for theme in themes],
    )


def round_moments(strategy: Strategy, opened: Iterable[ReportingRound], today: date) -> list[Moment]:
    """Return the moments of a strategy's `opened` rounds, in their order; one query."""
    rows: Any = ReportingRound.history.filter(strategy=strategy, status=ReportingRound.Status.LOCKED)
    locked = dict(columns_of(rows.order_by("-version"), ["id", "history_date"]))
    return [
        Moment(local_day(locked[row.pk]) if row.pk in locked else today, row.pk, row.occasion.capitalize())
        for row in opened
    ]


def moments(scope: Scope, strategy: Strategy, asked: Asked, today: date) -> tuple[Moment, Moment]:
    """Return the two moments that are asked for, up to four queries; raises NotBetween for one that cannot be.

    Where none is said, the first is that of the last round before the second, and the second is today.
    """
    rounds = round_moments(strategy, opened_rounds(scope, strategy), today)
    until = _moment(scope, strategy, ("to", asked.until, asked.until_round), rounds, today) or Moment(today)
    since = _moment(scope, strategy, ("from", asked.since, asked.since_round), rounds, today)
    if since is None:
        since = usual(scope, strategy, rounds, until)
    if since.day > until.day:
        raise NotBetween(_("The first day is later than the last. Give them the other way round."), "from")
    return since, until


def _moment(
    scope: Scope, strategy: Strategy, asked: tuple[str, str, int], rounds: list[Moment], today: date
) -> Moment | None:
    field, text, number = asked
    if number:
        found = next((one for one in rounds if one.round == number), None)
        if found is None:
            raise NotBetween(_("This round has not been opened, or is not of this strategy."), field)
        return found
    if not text:
        return None
    try:
        return Moment(past_day(text, scope, today, pk=strategy.pk))
    except NoSuchDay as error:
        raise NotBetween(str(error), field) from error


def usual(scope: Scope, strategy: Strategy, rounds: list[Moment], until: Moment) -> Moment:
    """Return the last round that ended before `until`, else a month before it, or when the record begins."""
    earlier = [one for one in rounds if one.day < until.day]
    if earlier:
        return earlier[-1]
    first = record_begins(scope, pk=strategy.pk) or until.day
    return Moment(min(max(first, until.day - _USUAL), until.day))
