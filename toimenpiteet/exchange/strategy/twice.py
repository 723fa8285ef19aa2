"""What a file has twice: a key, the number of a goal, a figure of a year, a target, a year in two periods."""

from collections.abc import Iterator
from itertools import combinations

from django.utils.translation import gettext as _

from toimenpiteet.exchange import schema, values
from toimenpiteet.exchange.strategy.checked import Checked, Found
from toimenpiteet.exchange.strategy.problems import Steps


def found(checked: Checked) -> Found:
    """Yield everything that is in the file twice, at its second place, with the line of the first."""
    for wanted, what, cure in (
        (
            _keys(checked),
            _('"%(key)s" is already used on line %(line)s.'),
            _("Give each entry a key of its own, or remove one."),
        ),
        (
            _goal_numbers(checked),
            _("A goal has the number %(key)s on line %(line)s."),
            _("Correct one number."),
        ),
        (_figures(checked), _("The figure of %(key)s is already on line %(line)s."), _("Keep one of them.")),
        (_targets(checked), _("The target %(key)s is already on line %(line)s."), _("Keep one of them.")),
    ):
        first: dict[tuple[object, str], Steps] = {}
        for scope, key, place in wanted:
            earlier = first.setdefault((scope, key), place)
            if earlier != place:
                yield place, what % {"key": key, "line": checked.place.at(earlier).line}, cure
    yield from _periods(checked)


_Once = Iterator[tuple[object, str, Steps]]
"""Within what something may stand once, what it is, and its place."""


def _goal_numbers(checked: Checked) -> _Once:
    for path, goal in checked.of(schema.Goal):
        if goal.number is not None:
            yield (), str(goal.number), (*path, "number")


def _figures(checked: Checked) -> _Once:
    for path, value in checked.of(schema.Value):
        yield path[:-1], f"{value.year or value.position} ({value.kind})", path


def _targets(checked: Checked) -> _Once:
    for path, target in checked.of(schema.Target):
        yield path[:-1], f"{target.op} {target.by_year or ''}".strip(), path


def _periods(checked: Checked) -> Found:
    for (_one_path, one), (path, other) in combinations(checked.of(schema.Period), 2):
        if one.start_year <= other.end_year and other.start_year <= one.end_year:
            what = _('The years overlap those of the period "%(key)s".') % {"key": one.key}
            yield (*path, "start_year"), what, _("Correct the years: a year belongs to one period.")


_LOCAL = (schema.SuccessFactor, schema.Step, schema.Means, schema.Plan)


def _identity(entry: values.Entry) -> tuple[str, str] | None:
    if isinstance(entry, schema.CalendarEntry):
        return "kind", f"{entry.kind} {entry.which}"
    for name in ("key", "period", "kind", "number"):
        value = getattr(entry, name, None)
        if isinstance(value, str):
            return name, value
    return None


_KEYED = (
    schema.Document, schema.Unit, schema.BudgetLine, schema.Project, schema.Period, schema.CalendarEntry, schema.Part,
    schema.CoreValue, schema.Event, schema.FollowUp, schema.Theme, schema.Goal, schema.Item, schema.Indicator,
    schema.Programme, *_LOCAL,
)  # fmt: skip


def _keys(checked: Checked) -> _Once:
    for path, entry in checked.entries:
        if isinstance(entry, _KEYED) and (identity := _identity(entry)):
            name, value = identity
            yield (type(entry), path[:-1] if isinstance(entry, _LOCAL) else ()), value, (*path, name)
