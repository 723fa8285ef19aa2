"""What a report counts and compares, out of a snapshot: lights, movements, sums. Pure, and without words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from toimenpiteet.answers import Light, Review, Said, brighter
from toimenpiteet.exchange.report.document import Mark
from toimenpiteet.snapshots import Assessment, Figure, Goal, Indicator, Plan, Snapshot, WholePlan
from toimenpiteet.workflow import Status

_LIGHTS = {Mark.OFF_TRACK, Mark.AT_RISK, Mark.ON_TRACK}


def mark_of(plan: Plan) -> Mark:
    """Return the light of a plan that was asked: that of its answer, silence where there is none that stands."""
    answer = plan["answer"]
    # Given back and not answered since is silent too (docs/domain.md).
    if answer is None or answer["said"] == Said.NOTHING or answer["review"] == Review.RETURNED:
        return Mark.NOT_REPORTED
    return Mark(answer["light"])


def moved(plan: Plan) -> int:
    """Return 1 where the light is better than in the round before, -1 where it is worse, else 0."""
    before = plan["before"]
    if before is None or before["said"] == Said.NOTHING or before["light"] == Light.NOT_ASSESSED:
        return 0
    mark = mark_of(plan)
    return brighter(Light(before["light"]), Light(mark)) if mark in _LIGHTS else 0


def comparable(plan: Plan) -> bool:
    """Tell whether the light can be compared with that of the round before."""
    before = plan["before"]
    told = before is not None and before["said"] != Said.NOTHING and before["light"] != Light.NOT_ASSESSED
    return told and mark_of(plan) in _LIGHTS


@dataclass(frozen=True)
class Sums:
    """How many were asked, by light, and how many moved; the lights add up to `total`."""

    total: int
    marks: dict[Mark, int]
    up: int
    down: int
    compared: int

    @property
    def answered(self) -> int:
        """Return of how many there is an answer."""
        return self.total - self.marks[Mark.NOT_REPORTED]


def sums(plans: Iterable[Plan]) -> Sums:
    """Count the plans that were asked."""
    asked = [plan for plan in plans if plan["asked"]]
    marks = dict.fromkeys(Mark, 0)
    for plan in asked:
        marks[mark_of(plan)] += 1
    moves = [moved(plan) for plan in asked]
    return Sums(len(asked), marks, moves.count(1), moves.count(-1), sum(map(comparable, asked)))


def asked(snapshot: Snapshot, *marks: Mark) -> list[Plan]:
    """Return the plans that were asked and have one of `marks`, in the order of the marks, then of the document."""
    found = [plan for plan in snapshot["plans"] if plan["asked"]]
    return [plan for mark in marks for plan in found if mark_of(plan) == mark]


def in_force(snapshot: Snapshot) -> list[Plan]:
    """Return the plans of the period in which the status day lies."""
    year = status_day(snapshot).year
    return [p for p in snapshot["plans"] if p["period"]["start_year"] <= year <= p["period"]["end_year"]]


def newly(snapshot: Snapshot, *statuses: Status) -> list[Plan]:
    """Return the plans in force that have one of `statuses`, and had another when the round before ended."""
    wanted = {status.value for status in statuses}
    found = [plan for plan in in_force(snapshot) if plan["status"] in wanted]
    return [plan for plan in found if plan["before"] is None or plan["before"]["status"] not in wanted]


def goals_with_plans(snapshot: WholePlan) -> list[tuple[Goal, list[Plan]]]:
    """Return each goal with its plans, in the order of the document."""
    by_goal: dict[str, list[Plan]] = {goal["key"]: [] for goal in snapshot["goals"]}
    for plan in snapshot["plans"]:
        by_goal.setdefault(plan["goal"], []).append(plan)
    return [(goal, by_goal[goal["key"]]) for goal in snapshot["goals"]]


def assessments(snapshot: Snapshot) -> dict[str, Assessment]:
    """Return what is said of goals, by their keys."""
    return {one["goal"]: one for one in snapshot.get("assessments", [])}


def texts_in(snapshot: WholePlan, language: str) -> tuple[int, int]:
    """Return how many texts of goals and plans there are in `language`, and how many in any."""
    found = [words for goal in snapshot["goals"] for words in (goal["name"], goal["theme"])]
    for plan in snapshot["plans"]:
        found += [plan["name"], plan["text"], *(step["text"] for step in plan["steps"]), *plan["means"]]
    found = [words for words in found if words]
    return sum(language in words for words in found), len(found)


def status_day(snapshot: Snapshot) -> date:
    """Return the day whose state the round tells; without one, that on which answers were due."""
    told = snapshot["round"]
    return date.fromisoformat(told["status_on"] or told["answers_due_on"])


# Indicators

ACTUAL, UNKNOWN_KIND = "TP", "unknown"
NO_TARGET = "none"
HIGHER = "higher"


class Trend(StrEnum):
    """Where an indicator goes, measured by what is good."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    UNKNOWN = "unknown"


def latest(indicator: Indicator, kind: str) -> Figure | None:
    """Return the latest figure of a kind, None where no year has one."""
    found = [figure for figure in _placed(indicator) if figure["kind"] == kind]
    return found[-1] if found else None


def series(indicator: Indicator) -> list[Figure]:
    """Return the figures of the best kind that there is, one a year: the actual ones, else those of the latest.

    A figure whose year or kind is lost is never the latest (docs/domain.md).
    """
    figures = _placed(indicator)
    kinds = {figure["kind"] for figure in figures}
    kind = ACTUAL if ACTUAL in kinds else figures[-1]["kind"] if figures else ""
    return [figure for figure in figures if figure["kind"] == kind]


def _placed(indicator: Indicator) -> list[Figure]:
    known = [figure for figure in indicator["figures"] if figure["year"] and figure["kind"] != UNKNOWN_KIND]
    return sorted((one for one in known if one["value"] is not None), key=lambda one: one["year"] or 0)


def trend(indicator: Indicator) -> Trend:
    """Return where the latest figure has gone from the one before, by the direction that is good."""
    values = [Decimal(figure["value"] or 0) for figure in series(indicator)]
    if len(values) < 2 or not indicator["better"]:
        return Trend.UNKNOWN
    change = values[-1] - values[-2]
    if not change:
        return Trend.SAME
    return Trend.BETTER if (change > 0) == (indicator["better"] == HIGHER) else Trend.WORSE


def next_figure(indicator: Indicator) -> str | None:
    """Return by which day the next figure comes, None where nobody has said."""
    coming = [figure["next_expected_on"] for figure in indicator["figures"] if figure["next_expected_on"]]
    return coming[-1] if coming else None


def without_figures(snapshot: Snapshot) -> list[Indicator]:
    """Return the indicators that have a target and of which no figure is known with its year and kind."""
    return [one for one in snapshot["indicators"] if has_target(one) and not series(one)]


def unused(snapshot: Snapshot) -> list[Indicator]:
    """Return the indicators that have neither a target nor a figure that is known with its year and kind."""
    return [one for one in snapshot["indicators"] if not has_target(one) and not series(one)]


def has_target(indicator: Indicator) -> bool:
    """Tell whether somebody has stated a target of the indicator."""
    return any(target["operator"] != NO_TARGET or target["note"] for target in indicator["targets"])
