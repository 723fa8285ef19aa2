"""How a row of each kind is recognised: the table behind ``matching``."""

from dataclasses import dataclass

from toimenpiteet import models
from toimenpiteet.models import Audited

_STRATEGY = "strategy__municipality"
_PLAN = "plan__municipality"


@dataclass(frozen=True)
class Kind:
    """`identity` are the columns that tell a row from others; `municipality` is the way to its municipality.

    `of` is the way to its strategy where that does not follow from `municipality`.

    A leaf has nothing hanging on it, so that a person may have removed it. A link belongs to `owner`, a column of it
    that leads to `owner_model`, and goes when the file no longer has it.
    """

    identity: tuple[str, ...]
    municipality: str
    leaf: bool = False
    owner: str = ""
    owner_model: type[Audited] = models.Municipality
    related: tuple[str, ...] = ()
    of: str = ""

    @property
    def strategy(self) -> str:
        """Return the way from a row to its strategy, "" where those of a municipality share it."""
        if self.municipality == _PLAN:
            return "plan__item__strategy"
        return self.municipality.removesuffix("__municipality") if self.municipality.endswith(_STRATEGY) else self.of


def _link(owner: str, owner_model: type[Audited], other: str, municipality: str) -> Kind:
    return Kind((f"{owner}_id", other), municipality, leaf=True, owner=owner, owner_model=owner_model)


KINDS: dict[type[Audited], Kind] = {
    models.Municipality: Kind(("key",), "pk"),
    models.Unit: Kind(("municipality_id", "key"), "municipality"),
    models.UnitAlias: _link("unit", models.Unit, "text", "unit__municipality"),
    models.GroupMember: _link("group", models.Unit, "unit_id", "group__municipality"),
    models.UnitHandover: Kind(("unit_id", "place"), "unit__municipality", leaf=True),
    models.BudgetLine: Kind(("municipality_id", "key"), "municipality"),
    models.Project: Kind(("municipality_id", "key"), "municipality"),
    models.ProjectAlias: _link("project", models.Project, "text", "project__municipality"),
    models.Strategy: Kind(("municipality_id", "key"), "municipality"),
    models.PlanPeriod: Kind(("strategy_id", "key"), _STRATEGY),
    models.CalendarEntry: Kind(("strategy_id", "kind", "which"), _STRATEGY, leaf=True),
    models.StrategyPart: Kind(("strategy_id", "key"), _STRATEGY, leaf=True),
    models.CoreValue: Kind(("strategy_id", "key"), _STRATEGY, leaf=True),
    models.ProcessEvent: Kind(("strategy_id", "key"), _STRATEGY, leaf=True),
    models.FollowUp: Kind(("strategy_id", "key"), _STRATEGY, leaf=True),
    models.Theme: Kind(("strategy_id", "key"), _STRATEGY),
    models.SuccessFactor: Kind(("theme_id", "key"), "theme__strategy__municipality", leaf=True),
    models.Goal: Kind(("strategy_id", "key"), _STRATEGY),
    models.ActionItem: Kind(("strategy_id", "key"), "municipality", related=("strategy",), of="strategy"),
    models.LinkedGoal: _link("item", models.ActionItem, "goal_id", "item__municipality"),
    models.PeriodPlan: Kind(
        ("item_id", "period_id"), "municipality", related=("period", "item__strategy"), of="item__strategy"
    ),
    models.PlanUnit: _link("plan", models.PeriodPlan, "unit_id", _PLAN),
    models.PlanProject: _link("plan", models.PeriodPlan, "project_id", _PLAN),
    models.PlanBudgetLine: _link("plan", models.PeriodPlan, "budget_line_id", _PLAN),
    models.Step: Kind(("plan_id", "key"), _PLAN, leaf=True, related=("plan__period", "plan__item__strategy")),
    models.PlanMeans: Kind(("plan_id", "key"), _PLAN, leaf=True),
    models.Programme: Kind(("municipality_id", "key"), "municipality"),
    # Owned from the other end: another strategy's file may name the same programme.
    models.ProgrammeStrategy: _link("strategy", models.Strategy, "programme_id", _STRATEGY),
    models.ProgrammeTheme: _link("theme", models.Theme, "programme_id", "theme__strategy__municipality"),
    models.Indicator: Kind(("strategy_id", "key"), _STRATEGY),
    models.IndicatorValue: Kind(("indicator_id", "key"), "indicator__strategy__municipality", leaf=True),
    models.IndicatorTarget: Kind(("indicator_id", "key"), "indicator__strategy__municipality", leaf=True),
}
"""Every kind that a strategy file can hold."""
