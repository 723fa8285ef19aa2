"""The part of a report about indicators: each with its figures, targets and direction."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from toimenpiteet.exchange.report import facts, words
from toimenpiteet.exchange.report.document import Block, Cell, Column, Line, Paragraph, Part, Table, cell
from toimenpiteet.exchange.report.facts import Trend
from toimenpiteet.models import IndicatorTarget, IndicatorValue
from toimenpiteet.selectors.indicators import target_words
from toimenpiteet.snapshots import Figure, Indicator, Snapshot, Target

_Kind = IndicatorValue.Kind
_TREND = {
    Trend.BETTER: pgettext_lazy("trend", "getting better"),
    Trend.SAME: pgettext_lazy("trend", "unchanged"),
    Trend.WORSE: pgettext_lazy("trend", "getting worse"),
    Trend.UNKNOWN: pgettext_lazy("trend", "nothing to compare with"),
}


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
        name(one, own),
        figure(series[0] if len(series) > 2 else None),
        figure(series[-2] if len(series) > 1 else None),
        figure(series[-1] if series else None),
        targets(one, own),
        cell(str(_TREND[facts.trend(one)]), _better(one)),
        cell(one["origin"], _("next: %(day)s") % {"day": words.day(coming)} if coming else "") or cell(words.NOTHING),
    )


def name(one: Indicator, own: str) -> Cell:
    """Return an indicator's name with its unit of measure."""
    return cell(words.said(one["name"], own), f"({one['unit_of_measure']})" if one["unit_of_measure"] else "")


def _better(one: Indicator) -> str:
    return {"higher": _("up is good"), "lower": _("down is good")}.get(one["better"], "")


def figure(one: Figure | None) -> Cell:
    """Return a figure with its year and kind; a dash where there is none."""
    if one is None:
        return cell(words.NOTHING)
    value = _("no data") if one["value"] is None else words.number(one["value"])
    kind = _Kind(one["kind"]).label
    when = str(one["year"]) if one["year"] else _("year not known")
    doubt = _("in doubt: %(why)s") % {"why": one["doubt"]} if one["doubt"] else ""
    return cell(Line(value, strong=True), f"{when}, {kind}", doubt)


def targets(one: Indicator, own: str) -> Cell:
    """Return the targets of an indicator in words, or that there is none yet."""
    return cell(*(line for target in one["targets"] for line in _target(one, target, own))) or cell(_("no target yet"))


def _target(one: Indicator, target: Target, own: str) -> list[Line]:
    operator, note = IndicatorTarget.Operator(target["operator"]), words.said(target["note"], own)
    if operator == IndicatorTarget.Operator.NONE:
        return [Line(_("no target yet"))]
    value = None if target["value"] is None else Decimal(target["value"])
    words_of_it = target_words(operator, value, one["unit_of_measure"], target["by_year"])
    told = [] if value is None and note.text else [Line(words_of_it)]
    set_in = _("set in: %(document)s") % {"document": found} if (found := target.get("set_in")) else ""
    return [*told, note, Line(f"({IndicatorTarget.Standing(target['standing']).label})"), Line(set_in)]
