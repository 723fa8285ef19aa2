"""The parts of a report about indicators: the goals that bind, and each indicator with its figures."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from toimenpiteet.exchange.report import facts, words
from toimenpiteet.exchange.report.document import Block, Cell, Column, Line, Paragraph, Part, Table, cell
from toimenpiteet.exchange.report.facts import Trend
from toimenpiteet.models import IndicatorTarget, IndicatorValue
from toimenpiteet.models.strategy import GoalCounting
from toimenpiteet.selectors.indicators import target_words
from toimenpiteet.snapshots import Figure, Goal, Indicator, Snapshot, Target

_Kind = IndicatorValue.Kind
_TREND = {
    Trend.BETTER: pgettext_lazy("trend", "getting better"),
    Trend.SAME: pgettext_lazy("trend", "unchanged"),
    Trend.WORSE: pgettext_lazy("trend", "getting worse"),
    Trend.UNKNOWN: pgettext_lazy("trend", "nothing to compare with"),
}


def binding(snapshot: Snapshot, own: str) -> Part:
    """Return the goals that bind the city towards its council, with the targets and figures of their indicators."""
    columns = (
        Column(_("Goal"), 3.5),
        Column(_("Indicator"), 3.5),
        Column(_("Target level"), 2.5),
        Column(pgettext("figure", "Actual"), 2.2),
    )
    goals = [goal for goal in snapshot["goals"] if goal["binding"]]
    rows = tuple(row for goal in goals for row in _binding_rows(snapshot, goal, own))
    heading = _("Binding goals")
    if not rows:
        return Part("binding", heading, (Paragraph(Line(_("None of the goals is binding."))),))
    return Part("binding", heading, (Table("binding", _("Binding goals and their indicators"), columns, rows),))


def _binding_rows(snapshot: Snapshot, goal: Goal, own: str) -> list[tuple[Cell, ...]]:
    name = cell(words.name_of_goal(goal, own), _counting(goal))
    found = [one for one in snapshot["indicators"] if one["goal"] == goal["key"]]
    if not found:
        return [(name, cell(_("no indicator")), cell(words.NOTHING), cell(words.NOTHING))]
    return [(name, _name(one, own), _targets(one, own), _figure(facts.latest(one, _Kind.ACTUAL))) for one in found]


def _counting(goal: Goal) -> str:
    if not goal["counting"]:
        return ""
    words_of = {"counting": GoalCounting(goal["counting"]).label, "share": goal["counting_share"]}
    if goal["counting_share"] is None:
        return _("reached when %(counting)s") % words_of
    return _("reached when %(counting)s: %(share)s %%") % words_of


def indicators(snapshot: Snapshot, own: str) -> Part:
    """Return each indicator with its baseline, latest figures, target, direction, source and next figure."""
    columns = (
        Column(_("Indicator and unit"), 3),
        Column(_("Baseline"), 1.6),
        Column(_("Previous"), 1.6),
        Column(_("Latest"), 1.8),
        Column(_("Target"), 2.2),
        Column(_("Direction"), 2.3),
        Column(_("Source, and when the next figure comes"), 2.4),
    )
    unused = facts.unused(snapshot)
    rows = tuple(_indicator(one, own) for one in snapshot["indicators"] if one not in unused)
    blocks: list[Block] = []
    if rows:
        blocks.append(Table("indicators", _("Indicators with a figure or a target"), columns, rows))
    if unused:
        blocks.append(Paragraph(Line(_unused(len(unused)))))
    nothing = Paragraph(Line(_("The strategy has no indicators.")))
    return Part("indicators", _("Indicators"), tuple(blocks) or (nothing,))


def _unused(count: int) -> str:
    return ngettext(
        "%(count)s indicator has neither a figure nor a target; part 8 names it.",
        "%(count)s indicators have neither a figure nor a target; part 8 names them.",
        count,
    ) % {"count": count}


def _indicator(one: Indicator, own: str) -> tuple[Cell, ...]:
    series = facts.series(one)
    coming = facts.next_figure(one)
    return (
        _name(one, own),
        _figure(series[0] if len(series) > 2 else None),
        _figure(series[-2] if len(series) > 1 else None),
        _figure(series[-1] if series else None),
        _targets(one, own),
        cell(str(_TREND[facts.trend(one)]), _better(one)),
        cell(one["origin"], _("next: %(day)s") % {"day": words.day(coming)} if coming else "") or cell(words.NOTHING),
    )


def _name(one: Indicator, own: str) -> Cell:
    return cell(words.said(one["name"], own), f"({one['unit_of_measure']})" if one["unit_of_measure"] else "")


def _better(one: Indicator) -> str:
    return {"higher": _("up is good"), "lower": _("down is good")}.get(one["better"], "")


def _figure(figure: Figure | None) -> Cell:
    if figure is None:
        return cell(words.NOTHING)
    value = _("no data") if figure["value"] is None else words.number(figure["value"])
    kind = _Kind(figure["kind"]).label
    when = str(figure["year"]) if figure["year"] else _("year not known")
    return cell(Line(value, strong=True), f"{when}, {kind}")


def _targets(one: Indicator, own: str) -> Cell:
    return cell(*(line for target in one["targets"] for line in _target(target, own))) or cell(_("no target yet"))


def _target(target: Target, own: str) -> list[Line]:
    operator, note = IndicatorTarget.Operator(target["operator"]), words.said(target["note"], own)
    if operator == IndicatorTarget.Operator.NONE:
        return [Line(_("no target yet"))]
    value = None if target["value"] is None else Decimal(target["value"])
    told = [] if value is None and note.text else [Line(target_words(operator, value, "", target["by_year"]))]
    return [*told, note, Line(f"({IndicatorTarget.Standing(target['standing']).label})")]
