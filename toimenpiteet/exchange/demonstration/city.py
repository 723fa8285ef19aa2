"""What a city of the demonstration has set for itself: the look of its reports, which goals bind, and how they are met.

The sources state none of it. What is set already stays.
"""

from decimal import Decimal
from typing import Any

from toimenpiteet.exchange.demonstration import remarks
from toimenpiteet.models import Goal, Indicator, IndicatorTarget, IndicatorValue, Municipality, ReportingRound
from toimenpiteet.round_days import RoundKind
from toimenpiteet.services import audited, changing
from toimenpiteet.services.audited import By

LOOKS = {
    "kuopio": {
        "colour": "#7a1f5c",
        "report_words_fi": remarks.FIXED_FI,
        "report_words_sv": remarks.FIXED_SV,
        "function_class": "00.01.02",
        "retention": remarks.RETENTION,
    }
}
_LEVEL, _BY_YEAR = Decimal(80), 2030
_FIRST, _GROWTH = (Decimal(52), Decimal(68)), Decimal("1.5")


def dress(city: Municipality, by: By) -> None:
    """Give a city its colour, the fixed words of its reports, and what case management asks of them."""
    missing = {name: value for name, value in LOOKS.get(city.key, {}).items() if not getattr(city, name)}
    if missing:
        changing.change(Municipality, city.pk, missing, version=city.version, **by)


def bind(city: Municipality, by: By) -> None:
    """Let the first goals bind towards the council, each with an indicator, where the city has a look and none does."""
    goals = Goal.objects.filter(strategy__municipality=city)
    if city.key not in LOOKS or goals.filter(binding=True).exists():
        return
    chosen = goals.filter(action_items__plans__isnull=False).order_by("number", "order", "pk").distinct()
    for goal, name in zip(chosen, remarks.MEASURED, strict=False):
        changing.change(Goal, goal.pk, {"binding": True}, version=goal.version, **by)
        about: Any = {"strategy": goal.strategy, "goal": goal, "name_fi": name[0], "name_sv": name[1]}
        measure = {"unit_of_measure": "%", "better": Indicator.Better.HIGHER, "origin": remarks.INVENTED}
        indicator = changing.add(Indicator(**about, **measure), **by)
        level: Any = {"operator": "ge", "value": _LEVEL, "by_year": _BY_YEAR, "standing": "agreed"}
        changing.add(IndicatorTarget(indicator=indicator, **level), **by)


def measure(asked: ReportingRound, by: Any) -> None:
    """Let the director (`by`) write down the year's figures of the binding goals, in the round of its annual report."""
    if asked.kind != RoundKind.ANNUAL_REPORT:
        return
    stamp = audited.stamp(by["actor"], remarks.FIGURES, by["now"])
    measured = Indicator.objects.filter(goal__binding=True, strategy=asked.strategy).order_by("pk")
    for indicator, first in zip(measured, _FIRST, strict=False):
        figure: Any = {"year": asked.year, "kind": "TP", "value": first + _GROWTH * (asked.year % 10)}
        changing.add(IndicatorValue(indicator=indicator, **figure), scope=by["scope"], stamp=stamp)
