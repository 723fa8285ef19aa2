"""Who is to be told that a round waits for answers: on its reminder days, and when somebody asks."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from notifications.kinds.base import Debt
from notifications.recipients import Told
from toimenpiteet.calendar import Quiet, end_of_day, local_day, next_send_time
from toimenpiteet.models import Nudge, ReportingRound
from toimenpiteet.reminder_days import OPENING, Stage, latest
from toimenpiteet.selectors.history.happenings import days_before
from toimenpiteet.selectors.plan import open_plans
from toimenpiteet.selectors.rounds.asking import reminder_stages

if TYPE_CHECKING:
    from notifications.situation import Situation


@dataclass(frozen=True)
class Asked:
    """That somebody asked at an instant that a unit be reminded, in their words; the mail may leave from `on`.

    `was` is the day of answers that they moved then, if it is why.
    """

    at: datetime
    on: date
    words: str
    was: date | None = None


def owed(situation: "Situation") -> Iterator[Debt]:
    """Return a debt for each unit of each round that asks, and each of its receivers."""
    nudges = nudged_in(situation.rounds, situation.day, situation.quiet) if situation.rounds else {}
    nudged = {round_id for round_id, _unit in nudges}
    for asked_in in situation.rounds.values():
        stage = stage_of(asked_in, situation.day, situation.quiet)
        if stage is None and asked_in.pk not in nudged:
            continue
        units = sorted(open_plans.units_asked(asked_in))
        yield from _of_round(situation, asked_in.pk, {unit: nudges.get((asked_in.pk, unit)) for unit in units}, stage)


def stage_of(asked_in: ReportingRound, day: date, quiet: Quiet) -> Stage | None:
    """Return the reminder of a round that holds on `day`, None before the first and when the review has ended.

    A round that somebody opened before its day is told as opened, since ever: whatever is asked for comes later.
    """
    if asked_in.review_ends_on is not None and day > asked_in.review_ends_on:  # type: ignore[attr-defined]  # annotated
        return None
    opened_early = asked_in.strategy.remind_on_opening and day < asked_in.opens_on
    return Stage(OPENING, date.min) if opened_early else latest(reminder_stages(asked_in, quiet), day)


def _of_round(
    situation: "Situation", round_id: int, units: Mapping[int, Asked | None], stage: Stage | None
) -> Iterator[Debt]:
    sources: dict[Told, set[int]] = defaultdict(set)
    asked: dict[Told, Asked] = {}
    for unit, latest_nudge in units.items():
        # What came last holds: who was asked for on the way is not told anew of the reminder day before.
        nudge = latest_nudge if latest_nudge and (stage is None or latest_nudge.on >= stage.on) else None
        if nudge is None and stage is None:
            continue
        for told in situation.directory.told(unit, above=nudge is None and stage is not None and stage.above):
            sources[told].add(unit)
            if nudge and (told not in asked or asked[told].at < nudge.at):
                asked[told] = nudge
    for told, named in sources.items():
        yield _debt(round_id, told, frozenset(named), stage, asked.get(told))


def _debt(round_id: int, told: Told, sources: frozenset[int], stage: Stage | None, asked: Asked | None) -> Debt:
    about = f"{round_id}:{told.unit}:{_moment(stage, asked)}"
    words, was = (asked.words, asked.was) if asked else ("", None)
    return Debt("round_due", about, told, round_id, sources=sources, words=words, was=was)


def _moment(stage: Stage | None, asked: Asked | None) -> str:
    if asked:
        return f"asked {asked.at.isoformat()}"
    if stage is None or stage.name == OPENING:
        # Once, whenever it was opened.
        return OPENING
    return f"{stage.name} {stage.on}"


def nudged_in(rounds: Collection[int], day: date, quiet: Quiet) -> dict[tuple[int, int], Asked]:
    """Return the units of which somebody asked that they be reminded, by round and unit; one query, two if any."""
    rows = Nudge.objects.filter(round__in=rounds, at__lt=end_of_day(day)).order_by("at")
    columns = ("round", "unit", "plan__unit_links__unit", "at", "text")
    asked = list(rows.values_list(*columns))
    found, moved = {}, days_before(rounds) if asked else {}
    for round_id, unit, of_plan, at, words in asked:
        on = local_day(next_send_time(at, quiet))
        if on <= day:
            found[round_id, unit or of_plan] = Asked(at, on, words, moved.get((round_id, at)))
    return found
