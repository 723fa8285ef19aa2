"""The strategies, as a list and one by one: what a strategy says, and how far its plans have come."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb
from toimenpiteet.dates import due_words
from toimenpiteet.languages import DEFAULT
from toimenpiteet.models import (
    Indicator,
    Municipality,
    PeriodPlan,
    PlanPeriod,
    Programme,
    Strategy,
)
from toimenpiteet.selectors.plan.counts import Counts, counts_by
from toimenpiteet.selectors.plan.outline import ThemeFrame, frame
from toimenpiteet.selectors.rounds.rounds import RoundRow, RuleRow, newest_rounds, round_row, rule_rows
from toimenpiteet.selectors.strategies.texts import StrategyTexts, strategy_texts
from toimenpiteet.selectors.translated import Named, Text, in_alphabet, named_of, text_of

_ROUNDS = 6


@dataclass(frozen=True)
class StrategyRow:
    """A strategy in a list."""

    pk: int
    name: Text
    municipality: Named
    years: str
    status: str
    slogan: Text
    progress: Counts


@dataclass(frozen=True)
class PeriodRow:
    """A plan period with how far its plans have come."""

    pk: int
    name: Text
    years: str
    progress: Counts


@dataclass(frozen=True)
class ProgrammeLink:
    """A programme in a list."""

    pk: int
    name: Text
    years: str
    status: str


@dataclass(frozen=True)
class StrategyHead:
    """What stands at the head of a strategy's pages."""

    pk: int
    name: Text
    municipality: Named
    years: str
    status: str
    slogan: Text
    vision: Text
    vision_year: int | None
    doubt: str
    source: str
    retold: bool


@dataclass(frozen=True)
class StrategyPage(StrategyHead):
    """Everything that a strategy says; `inside` tells that the reader is of the municipality.

    `may_close` tells that they decide what becomes of the plans of a period.
    """

    mission: Text
    vision_number: int | None
    decided_by: Text
    decided_on: str
    factors_called: Text
    documents: list[str]
    texts: StrategyTexts
    themes: list[ThemeFrame]
    programmes: list[ProgrammeLink]
    indicators: int
    periods: list[PeriodRow]
    calendar: list[tuple[str, list[RuleRow]]]
    rounds: list[RoundRow]
    follows: list[Named]
    followed_by: list[Named]
    inside: bool
    may_close: bool


def years_words(start: int | None, end: int | None) -> str:
    """Return '2022–2025', '2004–', '–2020', '2020' or nothing."""
    if start == end:
        return str(start or "")
    return f"{start or ''}–{end or ''}"


def find_strategy(scope: Scope, pk: int) -> Strategy:
    """Return a strategy with its municipality; raises Http404 when it does not exist for the person."""
    return access.get(scope, access.visible(scope, Strategy).select_related("municipality"), pk=pk)


def strategies_named(scope: Scope, keys: Collection[int]) -> list[Named]:
    """Return those of `keys` that exist for the person, by name; one query."""
    rows = access.visible(scope, Strategy).filter(pk__in=keys).select_related("municipality")
    named = [named_of(row, row.municipality.language) for row in rows]
    return sorted(named, key=lambda one: in_alphabet(one.name))


def strategy_rows(scope: Scope, today: date, municipality: Municipality | None = None) -> list[StrategyRow]:
    """Return the strategies that exist for the person, of one municipality or of all, with how far each has come.

    By municipality, the newest first; two queries.
    """
    found = access.visible(scope, Strategy).select_related("municipality")
    if municipality is not None:
        found = found.filter(municipality=municipality)
    rows = list(found.order_by("municipality__key", "-start_year", "-end_year", f"name_{DEFAULT}"))
    progress = counts_by(PeriodPlan.objects.filter(item__strategy__in=rows), "item__strategy", today=today)
    return [_strategy_row(row, progress.get(row.pk, Counts())) for row in rows]


def _strategy_row(row: Strategy, progress: Counts) -> StrategyRow:
    own = row.municipality.language
    return StrategyRow(
        pk=row.pk,
        name=text_of(row, "name", own),
        municipality=named_of(row.municipality, own),
        years=years_words(row.start_year, row.end_year),
        status=row.get_status_display(),
        slogan=text_of(row, "slogan", own),
        progress=progress,
    )


def strategy_head(row: Strategy) -> StrategyHead:
    """Return what stands at the head of the pages of a strategy (with its municipality)."""
    own = row.municipality.language
    return StrategyHead(
        pk=row.pk,
        municipality=named_of(row.municipality, own),
        years=years_words(row.start_year, row.end_year),
        status=row.get_status_display(),
        **{name: text_of(row, name, own) for name in ("name", "slogan", "vision")},
        vision_year=row.vision_year,
        doubt=row.doubt,
        source=row.source,
        retold=row.retold,
    )


def strategy_page(scope: Scope, strategy_id: int, today: date) -> StrategyPage:
    """Return everything that a strategy says; raises Http404 when it does not exist for the person."""
    measured = Indicator.objects.filter(strategy=OuterRef("pk")).order_by().values("strategy").annotate(n=Count("pk"))
    rows = access.visible(scope, Strategy).select_related("municipality")
    row = access.get(scope, rows.annotate(measured=Coalesce(Subquery(measured.values("n")), 0)), pk=strategy_id)
    own = row.municipality.language
    around = list(access.visible(scope, Strategy).filter(Q(pk=row.follows_id) | Q(follows=row.pk)))
    return StrategyPage(
        **vars(strategy_head(row)),
        mission=text_of(row, "mission", own),
        vision_number=row.vision_number,
        decided_by=text_of(row, "decided_by", own),
        decided_on=due_words(row.decided_on, row.decided_on_precision) if row.decided_on else "",
        factors_called=text_of(row, "success_factors_called", own),
        documents=row.documents.splitlines(),
        texts=strategy_texts(row),
        themes=frame(row),
        programmes=programme_links(Programme.objects.filter(strategy_links__strategy=row), own),
        indicators=getattr(row, "measured", 0),
        periods=_periods(row, own, today),
        calendar=rule_rows(row.calendar.all(), own),
        rounds=[round_row(one, own, today, with_days=False) for one in newest_rounds(scope, row, _ROUNDS)][::-1],
        follows=[named_of(other, own) for other in around if other.pk == row.follows_id],
        followed_by=[named_of(other, own) for other in around if other.follows_id == row.pk],
        inside=not scope.anonymous,
        may_close=bool(access.may(scope, Verb.DIRECT, row.municipality_id)),
    )


def programme_links(programmes: "QuerySet[Programme]", own: str) -> list[ProgrammeLink]:
    """Return `programmes` for a list."""
    return [
        ProgrammeLink(
            row.pk,
            text_of(row, "name", own),
            years_words(row.start_year, row.end_year),
            row.get_status_display() if row.status else "",
        )
        for row in programmes.distinct()
    ]


def _periods(strategy: Strategy, own: str, today: date) -> list[PeriodRow]:
    progress = counts_by(PeriodPlan.objects.filter(period__strategy=strategy), "period", today=today)
    return [
        period_row(period, own, progress.get(period.pk, Counts()))
        for period in PlanPeriod.objects.filter(strategy=strategy)
    ]


def period_row(period: PlanPeriod, own: str, progress: Counts) -> PeriodRow:
    """Return a period with how far its plans have come."""
    years = years_words(period.start_year, period.end_year)
    return PeriodRow(period.pk, text_of(period, "name", own), years, progress)
