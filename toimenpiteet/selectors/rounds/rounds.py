"""Where a strategy's reporting stands: when the next answers are due, when the last round opened, and all its days."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.dates import day_words, rule_words
from toimenpiteet.models import CalendarEntry, Goal, ReportingRound, ReportVersion, RoundDay, Strategy
from toimenpiteet.models.reading import columns_of
from toimenpiteet.round_days import DEFAULTS, RoundKind, Which
from toimenpiteet.round_moves import ANSWERABLE, RoundStatus
from toimenpiteet.selectors.rounds.asking import reminder_words
from toimenpiteet.selectors.rounds.counting import why_not_held
from toimenpiteet.selectors.rounds.days import DayRow, day_row
from toimenpiteet.selectors.rounds.years import Year, year_of
from toimenpiteet.selectors.translated import Named, Text, named_of, text_of

_COLUMNS = ["strategy_id", "opens_on", "due_on", "status", "strategy__rounds_from"]


@dataclass(frozen=True)
class Rounds:
    """By strategy: the day the next answers are due. And the day the last round opened, None before the first."""

    ends: dict[int, date]
    opened_on: date | None


def rounds(scope: Scope, today: date) -> Rounds:
    """Return where the reporting of the person's strategies stands on `today`; one query."""
    ends: dict[int, list[date]] = defaultdict(list)
    opened: list[date] = []
    rows = access.visible(scope, ReportingRound).order_by()
    for strategy, opens_on, due_on, status, since in columns_of(rows, _COLUMNS):
        if why_not_held(status, due_on, since, today):
            continue
        if opens_on <= today:
            opened.append(opens_on)
        if due_on >= today and status not in ReportingRound.CLOSED:
            ends[strategy].append(due_on)
    return Rounds({strategy: min(days) for strategy, days in ends.items()}, max(opened, default=None))


# The page of a strategy's rounds


@dataclass(frozen=True)
class RuleRow:
    """How a day of a round is found; `own` where the strategy's calendar says it, with where that comes from."""

    day: str
    rule: str
    body: Text
    own: bool
    stated: bool
    basis: str


@dataclass(frozen=True)
class RoundRow:
    """A reporting round with its days; `due` is the day of answers, `decided` where it moved to a working day.

    `reported` tells that its report exists for the person, `answerable` that there is a draft of one, `planned` that it
    has not been opened, `over` that nothing is done in it any more, `not_held` why nothing is owed of it.
    `reminders` are the days on which people are reminded of it.
    """

    pk: int
    name: str
    status: str
    body: Text
    due: str
    decided: str
    days: list[DayRow]
    reported: bool
    answerable: bool
    planned: bool
    over: bool
    not_held: str
    reminders: str


@dataclass(frozen=True)
class RoundsPage:
    """The rounds of a strategy: one year of them, the rules of their days by occasion, and all of them.

    `rounds` are those that ask now, then those ahead, then the past ones, newest first.
    `counts_from` is the first round that counts, "" where there is none, `chosen_day` the day from which the city says
    that they do.
    """

    pk: int
    name: Text
    municipality: Named
    year: Year
    counts_from: str
    chosen_day: str
    rules: list[tuple[str, list[RuleRow]]]
    rounds: list[RoundRow]


def rounds_page(scope: Scope, strategy_id: int, today: date, year: int = 0) -> RoundsPage:
    """Return the page of a strategy's rounds in a `year` (0: this one); five queries.

    Raises Http404 when the strategy does not exist for the person.
    """
    visible = access.visible(scope, Strategy).select_related("municipality")
    strategy = access.get(scope, visible, pk=strategy_id)
    own = strategy.municipality.language
    entries = list(CalendarEntry.objects.filter(strategy=strategy))
    every = list(_with_reports(scope, strategy).order_by("due_on").prefetch_related("days"))
    for row in every:
        row.strategy = strategy
    return RoundsPage(
        strategy.pk,
        text_of(strategy, "name", own),
        named_of(strategy.municipality, own),
        year_of(strategy, entries, every, year, today),
        next((row.occasion for row in every if not _not_held(row, today)), ""),
        day_words(strategy.rounds_from) if strategy.rounds_from else "",
        rule_rows(entries, own),
        [round_row(row, own, today) for row in _current_first(every, today)],
    )


def _current_first(rounds: list[ReportingRound], today: date) -> list[ReportingRound]:
    """Return rounds, which come by their days: those that ask now, those ahead, and the past ones, newest first."""
    past = [row for row in rounds if _over(row, today)]
    asking = [row for row in rounds if row.status in ANSWERABLE]
    ahead = [row for row in rounds if row not in past and row not in asking]
    return [*asking, *ahead, *reversed(past)]


def _over(row: ReportingRound, today: date) -> bool:
    return row.status in ReportingRound.CLOSED or bool(_not_held(row, today))


def _not_held(row: ReportingRound, today: date) -> str:
    return why_not_held(row.status, row.due_on, row.strategy.rounds_from, today)


def rule_rows(calendar: Iterable[CalendarEntry], own: str) -> list[tuple[str, list[RuleRow]]]:
    """Return how the days of a strategy's rounds are found, for each occasion that its `calendar` has."""
    entries: dict[str, dict[str, CalendarEntry]] = defaultdict(dict)
    for entry in calendar:
        entries[entry.kind][entry.which] = entry
    return [
        (str(label), [_rule(kind, which, entries[kind].get(which), own) for which in Which])
        for kind, label in labels.ROUND_KIND.items()
        if kind in entries
    ]


def _rule(kind: RoundKind, which: Which, entry: CalendarEntry | None, own: str) -> RuleRow:
    day = str(labels.ROUND_DAY[which])
    if entry is None:
        return RuleRow(day, rule_words(DEFAULTS[kind][which]), Text(""), own=False, stated=False, basis="")
    body = text_of(entry, "body", own)
    return RuleRow(day, rule_words(entry.rule), body, own=True, stated=entry.stated, basis=entry.basis)


def newest_rounds(scope: Scope, strategy: Strategy, count: int) -> "QuerySet[ReportingRound]":
    """Return the last `count` rounds of a strategy, the newest first."""
    return _with_reports(scope, strategy).select_related("strategy").order_by("-due_on")[:count]


def opened_rounds(scope: Scope, strategy: Strategy) -> "list[Any]":
    """Return the rounds of a strategy that have been opened, the oldest first, with `reported`; one query."""
    opened = _with_reports(scope, strategy).exclude(status=RoundStatus.PLANNED)
    return list(opened.order_by("due_on", "pk"))


def _with_reports(scope: Scope, strategy: Strategy) -> "QuerySet[ReportingRound]":
    """Return the rounds of a strategy, `reported` where their report exists for the person."""
    reports = access.visible(scope, ReportVersion).filter(round=OuterRef("pk"))
    return ReportingRound.objects.filter(strategy=strategy).annotate(reported=Exists(reports))


def round_row(row: ReportingRound, own: str, today: date, *, with_days: bool = True) -> RoundRow:
    """Return a round, read with its strategy, in words, in the active language."""
    not_held = _not_held(row, today)
    return RoundRow(
        row.pk,
        row.occasion,
        _status(row, not_held, today),
        text_of(row, "body", own),
        day_words(row.due_on),
        day_words(row.decided_on) if row.decided_on != row.due_on else "",
        _days(row.days.all(), today) if with_days else [],
        getattr(row, "reported", False),
        row.status in ANSWERABLE,
        row.status == RoundStatus.PLANNED,
        _over(row, today),
        not_held,
        reminder_words(row) if with_days and not _over(row, today) else "",
    )


def _status(row: ReportingRound, not_held: str, today: date) -> str:
    if not_held:
        return _("not held")
    status = row.get_status_display()
    early = row.status in ANSWERABLE and row.opens_on > today
    return _("%(status)s: opened before its day") % {"status": status} if early else status


def _days(rows: Iterable[RoundDay], today: date) -> list[DayRow]:
    order = list(Which)
    return [day_row(row, today) for row in sorted(rows, key=lambda row: order.index(Which(row.which)))]


def find_round(scope: Scope | None, pk: int) -> ReportingRound:
    """Return a round with its strategy and municipality; None is a program, for which all exist.

    Raises Http404 when it does not exist for the person.
    """
    existing = ReportingRound.objects.all() if scope is None else access.visible(scope, ReportingRound)
    return access.get(scope or Scope(), existing.select_related("strategy__municipality"), pk=pk)


def goal_of(scope: Scope, asked: ReportingRound, pk: int) -> Goal:
    """Return a goal of a round's strategy; raises Http404 when it does not exist for the person."""
    return access.get(scope, access.visible(scope, Goal).filter(strategy=asked.strategy_id), pk=pk)


def round_day(scope: Scope, pk: int) -> RoundDay:
    """Return a day with its round and strategy; raises Http404 when it does not exist for the person."""
    rows = access.visible(scope, RoundDay).select_related("round__strategy__municipality")
    return access.get(scope, rows, pk=pk)
